"""A small data file and a project that the command line trained on it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rnnstudio.cli.main import main

SMALL = ("--hidden", "6", "--embedding", "4", "--epochs", "2")


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, which is one line of JSON."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line on its error stream."""
        assert self.err.startswith("rnnstudio: ")
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        return self.err.removeprefix("rnnstudio: ").rstrip()


Command = Callable[..., Answer]


@pytest.fixture
def rnnstudio(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        status = main([os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments])
        out, err = capsys.readouterr()
        return Answer(status, out, err)

    return run


def write_films(path: Path, rows: int = 40, label: str = "") -> Path:
    """A file of sentences that are good or bad."""
    lines = [
        f"the film {n} was {'good' if n % 2 else 'bad'} .\t{label or n % 2}\n" for n in range(rows)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A data file of forty sentences."""
    return write_films(tmp_path / "films.tsv")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project trained for two epochs; no test changes it."""
    folder = tmp_path_factory.mktemp("trained")
    films, project = write_films(folder / "films.tsv"), folder / "films.rnnstudio"
    assert main(["train", str(films), "-o", str(project), "--json", *SMALL]) == 0
    return project
