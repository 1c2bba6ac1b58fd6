"""Everything below the window, and every command that needs none, runs without Qt."""

from __future__ import annotations

import subprocess
import sys

_IMPORTS = """
import importlib, pkgutil, sys
import rnnstudio.project, rnnstudio.cli
for package in (rnnstudio.project, rnnstudio.cli):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if module.name != "rnnstudio.cli.window":
            importlib.import_module(module.name)
loaded = sorted(name for name in sys.modules if name.split(".")[0] in {"PySide6", "pyqtgraph"})
assert not loaded, loaded
"""


def test_qt_is_not_imported() -> None:
    subprocess.run([sys.executable, "-c", _IMPORTS], check=True)


def test_blas_threads_are_set_before_numpy() -> None:
    code = "import sys, rnnstudio.cli.main; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
