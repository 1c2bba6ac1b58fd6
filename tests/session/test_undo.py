"""Undo: what is taken back, what becomes one step, what is forgotten."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.session import undo
from rnnstudio.session.commands import settings
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.commands.training import one_batch, reset, train
from rnnstudio.session.session import Session
from rnnstudio.session.state import RunStatus
from rnnstudio.session.undo import UndoStack


class Document:
    """A document of two fields."""

    def __init__(self, units: int = 24, rate: float = 0.01) -> None:
        self.units = units
        self.rate = rate


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    result = Clock()
    monkeypatch.setattr(undo, "time", result)
    return result


def test_back_and_forth(clock: Clock) -> None:
    stack = UndoStack()
    assert (stack.undo_label, stack.redo_label) == (None, None)
    stack.push("units 24 → 48", {"units": 24})
    assert (stack.undo_label, stack.redo_label) == ("units 24 → 48", None)
    assert stack.undo(Document(units=48)) == {"units": 24}
    assert (stack.undo_label, stack.redo_label) == (None, "units 24 → 48")
    assert stack.redo(Document(units=24)) == {"units": 48}
    assert (stack.undo_label, stack.redo_label) == ("units 24 → 48", None)


def test_steps_are_taken_back_from_the_newest(clock: Clock) -> None:
    stack = UndoStack()
    for number in (1, 2, 3):
        stack.push(f"step {number}", {"units": number})
    taken = [stack.undo(Document(units=units))["units"] for units in (4, 3, 2)]
    assert taken == [3, 2, 1]
    again = [stack.redo(Document(units=units))["units"] for units in (1, 2, 3)]
    assert again == [2, 3, 4]


def test_a_new_change_forgets_what_was_taken_back(clock: Clock) -> None:
    stack = UndoStack()
    stack.push("one", {"units": 1})
    stack.undo(Document())
    stack.push("other", {"units": 2})
    assert stack.redo_label is None


def test_quick_repetitions_are_one_step_back_to_the_first_value(clock: Clock) -> None:
    stack = UndoStack()
    for value in (1, 2, 3):
        stack.push("Change units", {"units": value}, merge="model.units")
        clock.now += 1.0
    assert stack.undo(Document(units=4)) == {"units": 1}
    assert stack.undo_label is None


@pytest.mark.parametrize(
    ("pause", "merge", "fields"),
    [
        (60.0, "model.units", {"units": 2}),
        (0.1, "training.learning_rate", {"units": 2}),
        (0.1, None, {"units": 2}),
        (0.1, "model.units", {"units": 2, "rate": 0.01}),
    ],
    ids=["slow", "of something else", "of no kind", "more fields"],
)
def test_what_stays_a_step_of_its_own(
    clock: Clock, pause: float, merge: str | None, fields: dict[str, object]
) -> None:
    stack = UndoStack()
    stack.push("first", {"units": 1}, merge="model.units")
    clock.now += pause
    stack.push("second", fields, merge=merge)
    assert stack.undo(Document(units=3)) == fields
    assert stack.undo_label == "first"


def test_a_step_that_was_made_again_is_not_merged_into(clock: Clock) -> None:
    stack = UndoStack()
    stack.push("Change units", {"units": 1}, merge="model.units")
    stack.undo(Document(units=2))
    stack.redo(Document(units=1))
    stack.push("Change units", {"units": 2}, merge="model.units")
    assert stack.undo(Document(units=3)) == {"units": 2}
    assert stack.undo_label == "Change units"


def test_the_oldest_of_very_many_steps_is_forgotten(clock: Clock) -> None:
    stack = UndoStack()
    for number in range(250):
        stack.push(f"step {number}", {"units": number})
    taken = []
    while stack.undo_label is not None:
        taken.append(stack.undo(Document())["units"])
    assert taken == list(range(249, 149, -1))


def test_what_was_given_can_change_later(clock: Clock) -> None:
    stack = UndoStack()
    before = {"units": 1}
    stack.push("one", before)
    before["units"] = 7
    assert stack.undo(Document()) == {"units": 1}


def test_clearing_forgets_both_ways(clock: Clock) -> None:
    stack = UndoStack()
    stack.push("one", {"units": 1})
    stack.push("two", {"units": 2})
    stack.undo(Document())
    stack.clear()
    assert (stack.undo_label, stack.redo_label) == (None, None)


# ---- in the session


def test_the_labels_stand_in_the_document(session: Session) -> None:
    before = session.state.spec.model.units
    assert session.state.undo_label is None
    change_setting(session, "model.units", 48)
    assert session.state.undo_label == "Change units"
    assert session.state.unsaved
    settings.undo(session)
    assert session.state.spec.model.units == before != 48
    assert (session.state.undo_label, session.state.redo_label) == (None, "Change units")
    settings.redo(session)
    assert session.state.spec.model.units == 48


def test_with_nothing_to_take_back_nothing_happens(session: Session) -> None:
    before = session.state
    settings.undo(session)
    settings.redo(session)
    assert session.state is before


def test_undo_brings_a_reset_network_back(session: Session, qtbot: QtBot) -> None:
    one_batch(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=30_000)
    trained = session.state
    reset(session)
    assert len(session.state.curves.batch_loss) == 0
    settings.undo(session)
    assert session.state.model is trained.model
    assert session.state.curves is trained.curves
    assert session.state.checkpoint is trained.checkpoint


def test_another_project_has_nothing_to_take_back(session: Session) -> None:
    change_setting(session, "model.units", 48)
    settings.undo(session)
    change_setting(session, "model.units", 12)
    new_project(session)
    assert (session.state.undo_label, session.state.redo_label) == (None, None)


def test_undo_while_training_stops_it_and_redo_does_not_pretend_it_runs(
    session: Session, qtbot: QtBot
) -> None:
    one_batch(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=30_000)
    reset(session)
    train(session)
    settings.undo(session)
    assert session.training is None
    assert _status(session) is RunStatus.PAUSED
    settings.redo(session)
    assert session.training is None
    assert _status(session) is not RunStatus.RUNNING


def _status(session: Session) -> RunStatus:
    return session.state.run.status
