"""The engine needs NumPy and nothing else."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import importlib, pkgutil, sys
import numpy
before = set(sys.modules)
import rnnstudio.engine
for module in pkgutil.iter_modules(rnnstudio.engine.__path__):
    importlib.import_module(f"rnnstudio.engine.{module.name}")
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(new - set(sys.stdlib_module_names) - {"numpy", "rnnstudio"}))
"""


def test_engine_imports_nothing_but_numpy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
