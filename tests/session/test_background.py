"""Jobs beside the window: who gets which answer, and in which thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.session.background import Background, IsCancelled

WAIT = 30_000


class Answers:
    """Keeps what jobs answered, with the thread that brought it."""

    def __init__(self) -> None:
        self.results: list[object] = []
        self.errors: list[Exception] = []
        self.threads: set[int] = set()

    def done(self, result: object) -> None:
        self.results.append(result)
        self.threads.add(threading.get_ident())

    def failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.threads.add(threading.get_ident())


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    result = Background()
    yield result
    result.shut_down()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds jobs back until it is set; open at the end of the test, whatever happened."""
    event = threading.Event()
    yield event
    event.set()


def returns(value: object) -> Callable[[IsCancelled], object]:
    return lambda cancelled: value


def held(gate: threading.Event, value: object) -> Callable[[IsCancelled], object]:
    def work(cancelled: IsCancelled) -> object:
        gate.wait(30)
        return value

    return work


def settle(background: Background, answers: Answers, qtbot: QtBot) -> None:
    """Wait until everything submitted so far has run and been answered."""
    last = object()
    background.submit("the last of the test", returns(last), answers.done, answers.failed)
    qtbot.waitUntil(lambda: last in answers.results, timeout=WAIT)
    answers.results.remove(last)


def test_work_runs_elsewhere_and_answers_here(
    background: Background, answers: Answers, qtbot: QtBot
) -> None:
    def work(cancelled: IsCancelled) -> int:
        assert not cancelled()
        return threading.get_ident()

    background.submit("read", work, answers.done, answers.failed)
    settle(background, answers, qtbot)
    (worker,) = answers.results
    assert worker != threading.get_ident()
    assert answers.threads == {threading.get_ident()}
    assert answers.errors == []


def test_an_exception_is_an_answer_too(
    background: Background, answers: Answers, qtbot: QtBot
) -> None:
    error = ValueError("no")

    def work(cancelled: IsCancelled) -> object:
        raise error

    background.submit("read", work, answers.done, answers.failed)
    settle(background, answers, qtbot)
    assert answers.errors == [error]
    assert answers.results == []


def test_a_newer_job_of_a_kind_silences_the_older(
    background: Background, answers: Answers, gate: threading.Event, qtbot: QtBot
) -> None:
    asked: list[bool] = []

    def older(cancelled: IsCancelled) -> str:
        gate.wait(30)
        asked.append(cancelled())
        return "older"

    background.submit("read", older, answers.done, answers.failed)
    background.submit("read", returns("newer"), answers.done, answers.failed)
    gate.set()
    settle(background, answers, qtbot)
    assert answers.results == ["newer"]
    assert asked == [True]


def test_kinds_do_not_disturb_each_other_and_keep_their_order(
    background: Background, answers: Answers, gate: threading.Event, qtbot: QtBot
) -> None:
    for kind in ("read", "evaluate", "draw"):
        background.submit(kind, held(gate, kind), answers.done, answers.failed)
    gate.set()
    settle(background, answers, qtbot)
    assert answers.results == ["read", "evaluate", "draw"]


def test_a_cancelled_job_answers_neither_way(
    background: Background, answers: Answers, gate: threading.Event, qtbot: QtBot
) -> None:
    def fails(cancelled: IsCancelled) -> object:
        gate.wait(30)
        raise ValueError("no")

    background.submit("read", held(gate, "value"), answers.done, answers.failed)
    background.submit("evaluate", fails, answers.done, answers.failed)
    background.cancel("read")
    background.cancel("evaluate")
    gate.set()
    settle(background, answers, qtbot)
    assert answers.results == []
    assert answers.errors == []


def test_a_job_can_be_cancelled_after_it_ran_and_before_it_answered(
    background: Background, answers: Answers, qtbot: QtBot
) -> None:
    ran = threading.Event()

    def work(cancelled: IsCancelled) -> str:
        ran.set()
        return "late"

    background.submit("read", work, answers.done, answers.failed)
    assert ran.wait(30)  # its answer now waits for the event loop of this thread
    background.cancel("read")
    settle(background, answers, qtbot)
    assert answers.results == []


def test_it_knows_what_runs(
    background: Background, answers: Answers, gate: threading.Event, qtbot: QtBot
) -> None:
    assert not background.busy
    background.submit("read", held(gate, 1), answers.done, answers.failed)
    assert background.busy
    assert background.running("read")
    assert not background.running("evaluate")
    gate.set()
    qtbot.waitUntil(lambda: not background.busy, timeout=WAIT)
    assert answers.results == [1]
    assert not background.running("read")


def test_a_job_may_submit_the_next_from_its_answer(
    background: Background, answers: Answers, qtbot: QtBot
) -> None:
    def again(result: object) -> None:
        answers.done(result)
        background.submit("read", returns("second"), answers.done, answers.failed)

    background.submit("read", returns("first"), again, answers.failed)
    qtbot.waitUntil(lambda: answers.results == ["first", "second"], timeout=WAIT)


def test_shutting_down_waits_for_the_work_and_drops_its_answer(
    background: Background, answers: Answers, qtbot: QtBot
) -> None:
    started, ended = threading.Event(), threading.Event()

    def work(cancelled: IsCancelled) -> str:
        started.set()
        while not cancelled():
            pass
        ended.set()
        return "too late"

    background.submit("read", work, answers.done, answers.failed)
    assert started.wait(30)
    background.shut_down()
    assert ended.is_set()
    assert not background.busy
    settle(background, answers, qtbot)
    assert answers.results == []
