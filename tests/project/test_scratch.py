"""A project in work survives the death of its process and is never taken for dead before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.scratch import discard_scratch, scratch_folder, unfinished_scratches
from tests.project.conftest import Sample

# Opens a scratch copy of a project and appends records, one transaction each, until it dies.
_WORKER = """
import sys
from pathlib import Path
from rnnstudio.engine.training import BatchRecord
from rnnstudio.project.file import ProjectFile

file = ProjectFile.open_copy(Path(sys.argv[1]))
print(file.path, flush=True)
step = 1000
while True:
    step += 1
    file.append_records(1, [BatchRecord(step, 9, step, 10**6, 0.5, 0.5, 1.0, 9)])
    print(step, flush=True)
"""


def test_killed_while_it_writes(project_path: Path) -> None:
    before = project_path.read_bytes()
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(project_path)], stdout=subprocess.PIPE, text=True
    ) as worker:
        try:
            assert worker.stdout is not None
            scratch = Path(worker.stdout.readline().strip())
            written = [int(worker.stdout.readline()) for _ in range(200)]
            assert unfinished_scratches() == []
            with pytest.raises(ProjectFileError, match="in use by another"):
                ProjectFile.open_scratch(scratch)
        finally:
            worker.kill()
        written += [int(line) for line in worker.stdout.read().splitlines()]
    if os.name == "posix":
        assert worker.returncode == -signal.SIGKILL

    (info,) = unfinished_scratches()
    assert (info.path, info.name, info.saved_as) == (scratch, "films", project_path)
    assert abs(info.modified.timestamp() - time.time()) < 60
    assert unfinished_scratches() == [info]
    with ProjectFile.open_scratch(scratch) as file:
        assert file.unsaved
        assert file.saved_as == project_path
        run = file.load().runs[0]
        # The last line may not have reached the pipe, or not been printed yet.
        steps = [record.step for record in run.batch_records if record.step > 1000]
        assert steps[: len(written)] == written
        assert len(steps) - len(written) <= 1
        assert run.last is not None
        file.save_to(project_path)
        file.discard()
    assert unfinished_scratches() == []
    assert list(scratch_folder().iterdir()) == []
    assert project_path.read_bytes() != before


def test_scratch_of_this_process_is_no_crash(sample: Sample) -> None:
    with ProjectFile.create_scratch() as file:
        sample.write_to(file)
        assert unfinished_scratches() == []
        file.append_records(1, sample.records)
        file.discard()


def test_unsaved_follows_writes_and_saves(sample: Sample, project_path: Path) -> None:
    with ProjectFile.open_copy(project_path) as file:
        assert not file.unsaved
        assert file.saved_as == project_path
        file.write_spec(sample.spec)
        assert file.unsaved
        other = project_path.with_name("other.rnnstudio")
        file.save_to(other)
        assert not file.unsaved
        assert file.saved_as == other
        file.write_sentences("", [])
        file.mark_saved(None)
        assert not file.unsaved
        assert file.saved_as is None
        file.discard()


def test_scratch_is_changed_and_the_named_file_is_not(sample: Sample, project_path: Path) -> None:
    before = project_path.read_bytes()
    with ProjectFile.open_copy(project_path) as file:
        file.write_sentences("other", [])
        file.discard()
    assert project_path.read_bytes() == before


def test_closed_scratch_is_found_until_it_is_discarded(sample: Sample) -> None:
    with ProjectFile.create_scratch() as file:
        sample.write_to(file)
    (info,) = unfinished_scratches()
    assert (info.name, info.saved_as) == ("films", None)
    discard_scratch(info.path)
    assert unfinished_scratches() == []


def test_scratch_without_changes_is_cleared_away(project_path: Path) -> None:
    ProjectFile.open_copy(project_path).close()
    ProjectFile.create_scratch().close()
    assert len(list(scratch_folder().iterdir())) == 2
    assert unfinished_scratches() == []
    assert list(scratch_folder().iterdir()) == []


def test_newest_is_first_and_looking_is_no_change(sample: Sample) -> None:
    for day in (2, 3, 1):
        with ProjectFile.create_scratch() as file:
            sample.write_to(file)
        assert file.path is not None
        os.utime(file.path, (day * 86_400, day * 86_400))
    for _ in range(2):
        days = [info.modified.timestamp() / 86_400 for info in unfinished_scratches()]
        assert days == [3, 2, 1]


def test_what_is_no_project_is_left_alone(sample: Sample) -> None:
    scratch_folder().mkdir(parents=True)
    odd = scratch_folder() / "odd.rnnstudio"
    odd.write_bytes(b"what is this " * 100)
    assert unfinished_scratches() == []
    assert odd.exists()
    with pytest.raises(ProjectFileError):
        ProjectFile.open_scratch(odd)


def test_no_folder_yet() -> None:
    assert unfinished_scratches() == []


def test_missing_scratch(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="does not exist"):
        ProjectFile.open_scratch(tmp_path / "none.rnnstudio")
    assert list(tmp_path.iterdir()) == []


def test_data_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("RNNSTUDIO_HOME", str(blocked))
    with pytest.raises(ProjectFileError, match="could not be written"):
        ProjectFile.create_scratch()


def test_damaged_file_leaves_no_scratch(project_path: Path) -> None:
    project_path.write_bytes(project_path.read_bytes()[:-4096])
    with pytest.raises(ProjectFileError, match="cut off"):
        ProjectFile.open_copy(project_path)
    assert not scratch_folder().exists()


def test_copy_of_a_scratch_can_be_opened_and_leaves_nothing_beside(
    sample: Sample, tmp_path: Path
) -> None:
    with ProjectFile.create_scratch() as file:
        sample.write_to(file)
    assert file.path is not None
    copy = tmp_path / "rescued.rnnstudio"
    copy.write_bytes(file.path.read_bytes())
    with ProjectFile.open(copy) as opened:
        assert opened.load().table == sample.table
    assert [path.name for path in tmp_path.iterdir()] == ["rescued.rnnstudio"]
