"""The writer: one thread, one file, everything in order, failures told once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import build_dataset
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.project import Project
from rnnstudio.project.scratch import scratch_folder
from rnnstudio.project.spec import DEFAULT_SPEC
from rnnstudio.session.writer import Writer

WAIT = 30_000


class Opener:
    """Opens scratch files, or fails as long as it is told to; knows what it opened."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False
        self.opened: list[ProjectFile] = []

    def __call__(self) -> ProjectFile:
        self.calls += 1
        if self.fails:
            raise ProjectFileError("The disk is full.")
        self.opened.append(ProjectFile.create_scratch())
        return self.opened[-1]


class Ear:
    """Hears answers and failures, with the thread they come in."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.errors: list[Exception] = []
        self.failures: list[str] = []
        self.threads: set[int] = set()

    def answer(self, value: object) -> None:
        self.answers.append(value)
        self.threads.add(threading.get_ident())

    def error(self, error: Exception) -> None:
        self.errors.append(error)
        self.threads.add(threading.get_ident())

    def failure(self, error: Exception) -> None:
        self.failures.append(str(error))
        self.threads.add(threading.get_ident())


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def writer(qtbot: QtBot, opener: Opener, ear: Ear) -> Iterator[Writer]:
    result = Writer(opener)
    result.failed.connect(ear.failure)
    yield result
    result.shut_down(discard=True)


def scratches() -> list[Path]:
    return sorted(scratch_folder().glob("*.rnnstudio"))


def settle(writer: Writer, qtbot: QtBot) -> None:
    """Wait until everything that was submitted has been answered."""
    errors: list[Exception] = []

    def refuse() -> ProjectFile:
        raise ProjectFileError("nothing to open")

    # It comes after all others, needs no open file, and replaces nothing.
    writer.replace(refuse, None, errors.append)
    qtbot.waitUntil(lambda: bool(errors), timeout=WAIT)


def lecture(file: ProjectFile) -> None:
    """Put the lecture's sentences into a file."""
    dataset = build_dataset(load_builtin("lecture"))
    file.write_project(DEFAULT_SPEC, dataset.table, dataset.splits)


def _note(written: list[int], number: int, file: ProjectFile) -> None:
    written.append(number)


def failing(words: str) -> Callable[[ProjectFile], None]:
    def operation(file: ProjectFile) -> None:
        raise ProjectFileError(words)

    return operation


def test_operations_run_in_order_in_one_other_thread(
    writer: Writer, opener: Opener, ear: Ear, qtbot: QtBot
) -> None:
    ran: list[tuple[int, int, ProjectFile]] = []

    def operation(number: int) -> Callable[[ProjectFile], int]:
        def run(file: ProjectFile) -> int:
            ran.append((number, threading.get_ident(), file))
            return number

        return run

    for number in range(50):
        writer.submit(operation(number), ear.answer)
    settle(writer, qtbot)
    assert [number for number, _, _ in ran] == list(range(50))
    assert ear.answers == list(range(50))
    assert {thread for _, thread, _ in ran}.isdisjoint({threading.get_ident()})
    assert len({thread for _, thread, _ in ran}) == 1
    assert {id(file) for _, _, file in ran} == {id(opener.opened[0])}
    assert ear.threads == {threading.get_ident()}
    assert opener.calls == 1


def test_a_file_is_made_only_when_something_is_written(
    writer: Writer, opener: Opener, qtbot: QtBot
) -> None:
    settle(writer, qtbot)
    assert opener.calls == 0
    assert scratches() == []


def test_who_waits_for_an_answer_gets_the_error(writer: Writer, ear: Ear, qtbot: QtBot) -> None:
    writer.submit(failing("no room"), ear.answer, ear.error)
    settle(writer, qtbot)
    assert [str(error) for error in ear.errors] == ["no room"]
    assert ear.answers == []
    assert ear.failures == []
    assert ear.threads == {threading.get_ident()}


def test_equal_failures_in_a_row_are_told_once(writer: Writer, ear: Ear, qtbot: QtBot) -> None:
    for words in ("no room", "no room", "no right", "no room"):
        writer.submit(failing(words))
    settle(writer, qtbot)
    assert ear.failures == ["no room", "no right", "no room"]


def test_a_failure_that_comes_back_is_told_again(writer: Writer, ear: Ear, qtbot: QtBot) -> None:
    writer.submit(failing("no room"))
    settle(writer, qtbot)
    writer.submit(lambda file: None)
    settle(writer, qtbot)
    writer.submit(failing("no room"))
    settle(writer, qtbot)
    assert ear.failures == ["no room", "no room"]


def test_after_a_failure_the_next_operation_runs(writer: Writer, ear: Ear, qtbot: QtBot) -> None:
    writer.submit(failing("no room"))
    writer.submit(lambda file: "written", ear.answer)
    settle(writer, qtbot)
    assert ear.answers == ["written"]


def test_a_file_that_could_not_be_made_is_tried_again(
    writer: Writer, opener: Opener, ear: Ear, qtbot: QtBot
) -> None:
    opener.fails = True
    writer.submit(lambda file: None)
    settle(writer, qtbot)
    assert ear.failures == ["The disk is full."]
    opener.fails = False
    writer.submit(lambda file: "written", ear.answer)
    settle(writer, qtbot)
    assert ear.answers == ["written"]
    assert opener.calls == 2


def test_another_project_takes_the_place_of_this_one(
    writer: Writer, opener: Opener, ear: Ear, qtbot: QtBot
) -> None:
    writer.submit(lambda file: None)
    settle(writer, qtbot)
    (old,) = scratches()

    def other() -> ProjectFile:
        file = ProjectFile.create_scratch()
        lecture(file)
        return file

    writer.replace(other, ear.answer, ear.error)
    writer.submit(lambda file: file.path, ear.answer)
    settle(writer, qtbot)
    assert ear.errors == []
    project, path = ear.answers
    assert isinstance(project, Project)
    assert len(project.table.rows) == 4
    assert scratches() == [path]
    assert path != old
    assert opener.calls == 1


def test_a_project_that_cannot_be_read_leaves_this_one_and_is_kept(
    writer: Writer, ear: Ear, qtbot: QtBot
) -> None:
    writer.submit(lambda file: file.path, ear.answer)
    settle(writer, qtbot)
    empty: list[ProjectFile] = []

    def unreadable() -> ProjectFile:
        empty.append(ProjectFile.create_scratch())  # nothing in it to load
        return empty[-1]

    writer.replace(unreadable, ear.answer, ear.error)
    writer.submit(lambda file: file.path, ear.answer)
    settle(writer, qtbot)
    assert len(ear.errors) == 1
    before, after = ear.answers
    assert before == after
    assert set(scratches()) == {before, empty[0].path}


def test_the_end_waits_for_everything_and_throws_the_scratch_away(
    qtbot: QtBot, opener: Opener
) -> None:
    writer = Writer(opener)
    written: list[int] = []
    for number in range(20):
        writer.submit(partial(_note, written, number))
    writer.shut_down(discard=True)
    assert written == list(range(20))
    assert scratches() == []
    assert "project-writer" not in {thread.name for thread in threading.enumerate()}


def test_the_scratch_can_be_left_for_the_next_start(qtbot: QtBot, opener: Opener) -> None:
    writer = Writer(opener)
    writer.submit(lecture)
    writer.shut_down(discard=False)
    (path,) = scratches()
    with ProjectFile.open_scratch(path) as file:  # nobody holds it any more
        assert len(file.load().table.rows) == 4
        assert file.unsaved
