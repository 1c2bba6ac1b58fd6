"""What every test shares: the real data sets, a home of its own, one BLAS thread."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before any test imports NumPy or Qt: sums in one order, and no screen needed.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the checkout (or in RNNSTUDIO_DATA)."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("RNNSTUDIO_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not at {folder}")
    return folder


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and scratch projects of a test stay in a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("RNNSTUDIO_HOME", str(home))
    return home


_TESTS = itertools.count(1)
_ALL_EVERY = 200  # tests; what is old is rarely garbage, and looking through it takes time


@pytest.fixture(autouse=True)
def garbage_is_collected_here() -> Iterator[None]:
    """As in the program, no thread but this one collects garbage: windows do not survive that."""
    gc.disable()
    yield
    gc.collect(1 if next(_TESTS) % _ALL_EVERY else 2)
