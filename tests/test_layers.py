"""What must hold of the whole house: layers, resources in a wheel, files in their places."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import rnnstudio
from rnnstudio.resources import resource

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run a command and return what it prints; it must succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_everything_below_session_is_imported_without_qt() -> None:
    script = """
import importlib, pkgutil, sys
import rnnstudio
for package in ("engine", "data", "project"):
    module = importlib.import_module(f"rnnstudio.{package}")
    for part in pkgutil.walk_packages(module.__path__, f"rnnstudio.{package}."):
        importlib.import_module(part.name)
print([name for name in sys.modules if name.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph")])
"""
    assert run(sys.executable, "-c", script, PYTHONPATH=str(ROOT)).strip() == "[]"


def test_engine_needs_numpy_alone() -> None:
    script = """
import sys
before = set(sys.modules)
import numpy
with_numpy = set(sys.modules)
import rnnstudio.engine, rnnstudio.engine.training, rnnstudio.engine.explain
new = {name.split(".")[0] for name in set(sys.modules) - with_numpy}
print(sorted(new - set(sys.stdlib_module_names) - {"rnnstudio", "numpy"}))
"""
    assert run(sys.executable, "-c", script, PYTHONPATH=str(ROOT)).strip() == "[]"


def test_wheel_carries_the_resources(tmp_path: Path) -> None:
    run(
        sys.executable,
        "-c",
        "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))",
        tmp_path,
        cwd=ROOT,
    )
    (wheel,) = tmp_path.glob("rnnstudio-*.whl")
    environment = tmp_path / "empty"
    venv.create(environment, with_pip=True)
    python = next(path for path in environment.glob("*/python*") if path.stem == "python")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    script = """
import rnnstudio
from rnnstudio.resources import resource
print(rnnstudio.__file__)
print(resource("data", "lecture.tsv").read_text(encoding="utf-8"))
print(resource("welcome.rnnstudio").stat().st_size)
"""
    shown = run(python, "-c", script, cwd=tmp_path, PYTHONPATH="")
    assert str(environment) in shown
    assert "The first half was very boring" in shown


def test_resources_are_found_from_here() -> None:
    assert resource("data", "lecture.tsv").is_file()
    assert rnnstudio.__version__
