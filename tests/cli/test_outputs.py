"""What a command writes replaces nothing but a former file of the same kind."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from rnnstudio.project.file import ProjectFile
from tests.cli.conftest import SMALL, Command

# The picture's name must end so; the others may.
OUTPUT = "out.png"


def _document() -> bytes:
    """What word processors write: a ZIP archive, as NPZ files are."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("array.npy", "")
    return content.getvalue()


def _arrays() -> bytes:
    content = io.BytesIO()
    np.savez(content, s=np.zeros(3))
    return content.getvalue()


CONTENTS = {
    "text": b"a film\t1\n" * 20,
    "object": b'[0, 0, 0{"a": 1}]',
    "document": _document(),
    "arrays": _arrays(),
    "weights": safetensors.numpy.save({"w": np.zeros(3, np.float32)}),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "project": b"",  # the trained one's
}
OWN_KIND = {"train": "project", "trace": "arrays", "export": "weights", "shot": "picture"}


def _command(name: str, project: Path, output: Path) -> list[object]:
    data = project.with_name("films.tsv")
    return {
        "train": ["train", data, "-o", output, *SMALL],
        "trace": ["trace", project, "good", "-o", output],
        "export": ["export", project, "--weights", output],
        "shot": ["shot", project, "--page", "data", "-o", output],
    }[name]


@pytest.mark.parametrize(
    ("name", "content"),
    [(name, other) for name, own in OWN_KIND.items() for other in CONTENTS if other != own],
)
def test_file_of_another_kind_is_left_as_it_is(
    rnnstudio: Command, trained: Path, tmp_path: Path, name: str, content: str
) -> None:
    output = tmp_path / OUTPUT
    before = CONTENTS[content] or trained.read_bytes()
    output.write_bytes(before)
    answer = rnnstudio(*_command(name, trained, output))
    assert (answer.status, answer.out) == (2, "")
    assert f"{output} exists and is no " in answer.line
    assert "it is left as it is" in answer.line
    assert output.read_bytes() == before
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("name", ["trace", "export"])
def test_project_that_is_read_is_not_written_over(
    rnnstudio: Command, trained: Path, tmp_path: Path, name: str
) -> None:
    project = tmp_path / "films.rnnstudio"
    shutil.copyfile(trained, project)
    assert rnnstudio(*_command(name, project, project)).status == 2
    assert project.read_bytes() == trained.read_bytes()


@pytest.mark.parametrize("name", ["train", "trace", "export"])
def test_file_of_the_same_kind_and_an_empty_one_are_replaced(
    rnnstudio: Command, trained: Path, tmp_path: Path, name: str
) -> None:
    output = tmp_path / OUTPUT
    output.touch()
    for _ in range(2):
        assert rnnstudio(*_command(name, trained, output)).status == 0
        assert output.stat().st_size > 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("name", sorted(OWN_KIND))
def test_pipe_is_not_replaced(
    rnnstudio: Command, trained: Path, tmp_path: Path, name: str, linked: bool
) -> None:
    pipe, output = tmp_path / "pipe.png", tmp_path / OUTPUT
    os.mkfifo(pipe)
    if linked:
        output.symlink_to(pipe)
    answer = rnnstudio(*_command(name, trained, output if linked else pipe))
    assert answer.status == 2
    assert "is no ordinary file but a device or a pipe" in answer.line
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", sorted(OWN_KIND))
def test_empty_name(rnnstudio: Command, trained: Path, name: str) -> None:
    words = ["" if word == Path() else word for word in _command(name, trained, Path())]
    answer = rnnstudio(*words)
    assert answer.status == 2
    assert "the name of the file is empty" in answer.line


def _seed(project: Path) -> int:
    with ProjectFile.open(project) as file:
        return file.load().spec.training.seed


class TestTrain:
    def test_missing_folder_is_told_before_anything_is_read(
        self, rnnstudio: Command, tmp_path: Path
    ) -> None:
        answer = rnnstudio("train", tmp_path / "no.tsv", "-o", tmp_path / "none" / "x.rnnstudio")
        assert answer.status == 2
        assert "none does not exist" in answer.line

    def test_folder(self, rnnstudio: Command, films: Path) -> None:
        answer = rnnstudio("train", films, "-o", films.parent)
        assert answer.status == 2
        assert "is a folder" in answer.line

    def test_read_only_folder_is_told_before_the_training(
        self, rnnstudio: Command, films: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*arguments: object) -> int:
            raise PermissionError(13, "Permission denied")

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", refuse)
            answer = rnnstudio("train", films, "-o", films.with_name("out.rnnstudio"))
        assert answer.status == 2
        assert "there is no permission" in answer.line

    def test_project_is_replaced(self, rnnstudio: Command, films: Path, trained: Path) -> None:
        output = films.with_name("out.rnnstudio")
        output.write_bytes(trained.read_bytes())
        assert rnnstudio("train", films, "-o", output, "--seed", "9", *SMALL).status == 0
        assert _seed(output) == 9

    def test_disk_that_fills_up_leaves_the_old_project(
        self, rnnstudio: Command, films: Path, trained: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*arguments: object) -> None:
            raise OSError(28, "No space left on device")

        output = films.with_name("out.rnnstudio")
        output.write_bytes(trained.read_bytes())
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            answer = rnnstudio("train", films, "-o", output, *SMALL)
        assert (answer.status, answer.out) == (2, "")
        assert "the disk is full" in answer.err.splitlines()[-1]
        assert output.read_bytes() == trained.read_bytes()
        assert sorted(path.name for path in films.parent.iterdir()) == ["films.tsv", output.name]
