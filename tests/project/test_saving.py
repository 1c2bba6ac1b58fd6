"""A save that fails leaves the old file as it was, says why, and leaves nothing else behind."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.exchange import export_weights
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.kinds import Kind
from rnnstudio.project.model import Model
from rnnstudio.project.report_html import BEGINNING
from rnnstudio.project.saving import check_can_save, put_in_place
from tests.project.conftest import Sample


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


def _text(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def _full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


def _full_database() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@pytest.mark.parametrize(
    ("place", "name", "error", "words"),
    [
        (os, "replace", _full(), "the disk is full"),
        (os, "fsync", _full(), "the disk is full"),
        (os, "open", _full(), "the disk is full"),
        (os, "open", PermissionError(errno.EACCES, ""), "there is no permission"),
        (os, "open", OSError(errno.EROFS, ""), "the disk is read-only"),
        (os, "replace", PermissionError(errno.EPERM, ""), "there is no permission"),
        (ProjectFile, "_copy_to", _full_database(), "the disk is full"),
        (ProjectFile, "_copy_to", _full(), "the disk is full"),
    ],
)
def test_refusing_disk_changes_nothing(
    sample: Sample,
    project_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: object,
    name: str,
    error: Exception,
    words: str,
) -> None:
    before = project_path.read_bytes()
    with ProjectFile.create_scratch() as file:
        sample.write_to(file)
        with monkeypatch.context() as patch:
            patch.setattr(place, name, _raise(error))
            with pytest.raises(ProjectFileError) as caught:
                file.save_to(project_path)
        assert words in str(caught.value)
        assert "unchanged" in str(caught.value)
        assert file.unsaved
        assert project_path.read_bytes() == before
        assert [path.name for path in project_path.parent.iterdir()] == [project_path.name]
        file.save_to(project_path)
        assert not file.unsaved
        file.discard()


# Saves while the system refuses files of more than 20,000 bytes.
_LIMITED = """
import resource, sys
from pathlib import Path
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.file import ProjectFile

with ProjectFile.open(Path(sys.argv[1])) as file:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        file.save_to(Path(sys.argv[2]))
    except ProjectFileError as error:
        print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="a limit of POSIX")
def test_system_that_refuses_more_bytes(project_path: Path) -> None:
    target = project_path.with_name("target.rnnstudio")
    target.write_bytes(b"the old file")
    process = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(project_path), str(target)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "could not be written" in process.stdout
    assert target.read_bytes() == b"the old file"
    names = sorted(path.name for path in project_path.parent.iterdir())
    assert names == [project_path.name, target.name]


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_read_only_folder(project_path: Path) -> None:
    project_path.parent.chmod(0o555)
    try:
        with pytest.raises(ProjectFileError, match="no permission"):
            check_can_save(project_path.with_name("new.rnnstudio"))
    finally:
        project_path.parent.chmod(0o755)


def test_save_to_a_folder(project_path: Path) -> None:
    with (
        ProjectFile.open(project_path) as file,
        pytest.raises(ProjectFileError, match="is a folder"),
    ):
        file.save_to(project_path.parent)
    assert [path.name for path in project_path.parent.iterdir()] == [project_path.name]


def test_save_into_a_missing_folder(project_path: Path, tmp_path: Path) -> None:
    with (
        ProjectFile.open(project_path) as file,
        pytest.raises(ProjectFileError, match=r"folder .*none does not exist"),
    ):
        file.save_to(tmp_path / "none" / "films.rnnstudio")


def test_save_below_a_file(project_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="does not exist"):
        check_can_save(project_path / "films.rnnstudio")


@pytest.mark.parametrize("name", ["n" * 300, "nul\0byte"])
def test_impossible_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectFileError, match="could not be written"):
        check_can_save(tmp_path / name)


def test_read_only_file_is_not_replaced(
    project_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ProjectFileError, match="is read-only"):
        check_can_save(project_path)


def test_check_leaves_no_trace(project_path: Path) -> None:
    before = project_path.read_bytes()
    check_can_save(project_path)
    check_can_save(project_path.with_name("new.rnnstudio"))
    assert [path.name for path in project_path.parent.iterdir()] == [project_path.name]
    assert project_path.read_bytes() == before


def test_only_a_file_of_the_kind_or_an_empty_one_may_be_replaced(
    project_path: Path, model: Model, tmp_path: Path
) -> None:
    names = ("arrays", "weights", "picture", "report", "empty")
    arrays, weights, picture, report, empty = (tmp_path / name for name in names)
    with arrays.open("wb") as file:
        np.savez_compressed(file, größe=np.zeros(2))
    export_weights(model, weights)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    report.write_text(BEGINNING, encoding="utf-8")
    empty.touch()
    files = {
        Kind.PROJECT: project_path,
        Kind.NPZ: arrays,
        Kind.SAFETENSORS: weights,
        Kind.PNG: picture,
        Kind.REPORT: report,
    }
    assert set(files) == set(Kind)
    for kind in Kind:
        check_can_save(empty, kind)
        check_can_save(tmp_path / "new", kind)
        for other, path in files.items():
            if other is kind:
                check_can_save(path, kind)
                continue
            with pytest.raises(ProjectFileError, match=f"is no {kind.title}; it is left as it is"):
                check_can_save(path, kind)
            # Whoever has been asked may replace it.
            check_can_save(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
def test_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for save in (check_can_save, lambda path: put_in_place(path, _text("new"))):
        with pytest.raises(ProjectFileError, match="no ordinary file"):
            save(pipe)
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_permissions_stay_and_a_new_file_has_the_usual_ones(tmp_path: Path) -> None:
    old, new, plain = (tmp_path / name for name in ("old", "new", "plain"))
    old.write_text("old")
    old.chmod(0o640)
    plain.write_text("plain")
    for path in (old, new):
        put_in_place(path, _text("written"))
        assert path.read_text() == "written"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_save_through_a_link_replaces_the_file_and_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "file", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    put_in_place(link, _text("new"))
    assert link.is_symlink()
    assert target.read_text() == "new"
