"""`shot` takes no picture where it could not show what was asked for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from rnnstudio.project.file import ProjectFile
from tests.cli.conftest import SMALL, Command, write_films


@pytest.fixture(autouse=True)
def offscreen(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command sets the variable itself; here it is put back."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def bounded(rnnstudio: Command, films: Path) -> Path:
    """A project whose network has weights for six words."""
    project = films.with_name("bounded.rnnstudio")
    assert rnnstudio("train", films, "-o", project, "--cell", "history", *SMALL).status == 0
    return project


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (bytes(range(256)) * 40, "is not a text file"),
        (b"SQLite format 3\0 and no more", "is cut off"),
    ],
)
@pytest.mark.parametrize("name", ["films.rnnstudio", "films.tsv", "films"])
def test_no_picture_of_a_file_that_cannot_be_read(
    rnnstudio: Command, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    file, picture = tmp_path / name, tmp_path / "page.png"
    if content is not None:
        file.write_bytes(content)
    answer = rnnstudio("shot", file, "--page", "data", "-o", picture)
    assert (answer.status, answer.out) == (2, "")
    if name != "films.rnnstudio" or content is None:
        assert words in answer.line
    assert answer.line
    assert not picture.exists()


def test_damaged_project(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    file, picture = tmp_path / "films.rnnstudio", tmp_path / "page.png"
    content = bytearray(trained.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    file.write_bytes(content)
    answer = rnnstudio("shot", file, "--page", "data", "-o", picture)
    assert answer.status == 2
    assert "is damaged" in answer.line
    assert not picture.exists()


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("", "The sentence is empty."),
        (" ", "The sentence is empty."),
        ("a b c d e f g", "The sentence of 7 words is too long"),
        ("नमस्ते \udcff", "cannot be decoded"),
    ],
)
def test_sentence_that_cannot_be_read(
    rnnstudio: Command, bounded: Path, sentence: str, words: str
) -> None:
    picture = bounded.with_name("page.png")
    shot = ("shot", bounded, "--page", "unroll", "-o", picture, "--sentence")
    answer = rnnstudio(*shot, sentence)
    assert (answer.status, answer.out) == (2, "")
    assert words in answer.line
    assert not picture.exists()
    assert rnnstudio(*shot, "a b c d e f").status == 0
    assert picture.exists()


def test_no_network_to_read_a_sentence(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    project, picture = tmp_path / "one.rnnstudio", tmp_path / "page.png"
    with ProjectFile.open(trained) as file, ProjectFile.create(project) as new:
        former = file.load()
        rows = tuple(dataclasses.replace(row, label="1") for row in former.table.rows)
        table = dataclasses.replace(former.table, rows=rows)
        new.write_project(former.spec, table, former.splits)
    shot = ("shot", project, "--page", "unroll", "-o", picture)
    answer = rnnstudio(*shot, "--sentence", "good")
    assert answer.status == 2
    assert "There is no network that could read the sentence." in answer.line
    assert rnnstudio(*shot).status == 0


def test_data_that_no_network_can_learn(rnnstudio: Command, tmp_path: Path) -> None:
    data, picture = write_films(tmp_path / "one.tsv", label="1"), tmp_path / "page.png"
    answer = rnnstudio("shot", data, "--page", "data", "-o", picture)
    assert answer.status == 2
    assert "only one class" in answer.line


@pytest.mark.parametrize("name", ["page.jpg", "page", "page.png.bak"])
def test_name_of_another_kind_of_picture(rnnstudio: Command, tmp_path: Path, name: str) -> None:
    answer = rnnstudio("shot", "--page", "data", "-o", tmp_path / name)
    assert answer.status == 2
    assert "Choose a name that ends in .png." in answer.line
    assert list(tmp_path.iterdir()) == []


def test_former_picture_is_replaced(rnnstudio: Command, tmp_path: Path) -> None:
    picture = tmp_path / "page.PNG"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nformer")
    assert rnnstudio("shot", "--page", "data", "-o", picture, "--size", "400x300").status == 0
    assert picture.stat().st_size > 1000
