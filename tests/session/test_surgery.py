"""Memory surgery: what is set by hand, what follows from it, and the ways back."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.network import Cell
from rnnstudio.engine.trace import trace
from rnnstudio.session.commands import settings, surgery, view
from rnnstudio.session.commands.settings import change_setting, redo, undo
from rnnstudio.session.looking import Place
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.changes import resolve_changes
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.session import Session
from tests.session.conftest import Listener

SENTENCE = "It was not good."  # seven steps


@pytest.fixture
def read_session(session: Session) -> Session:
    """The session with a sentence of seven steps."""
    view.set_sentence(session, SENTENCE)
    return session


def reading(session: Session) -> Reading:
    found = shown(session.state).reading
    assert found is not None
    return found


def test_a_clamped_unit_has_the_value_at_its_step_alone(read_session: Session) -> None:
    before = reading(read_session).trace
    surgery.clamp(read_session, Place("s", None, 0, 3, 2), 0.75, onwards=False)
    after = reading(read_session)
    assert after.trace.s[2, 2] == np.float32(0.75)
    np.testing.assert_allclose(after.trace.s[:2], before.s[:2], atol=1e-6)
    assert abs(after.trace.s[3, 2] - 0.75) > 1e-3
    assert np.abs(after.trace.s[3] - before.s[3]).max() > 1e-4
    assert after.original is not None
    np.testing.assert_array_equal(after.original.s, before.s)


def test_a_unit_is_switched_off_from_a_step_on(read_session: Session) -> None:
    surgery.switch_off(read_session, Place("s", None, 0, 4, 1), onwards=True)
    s = reading(read_session).trace.s
    assert (s[3:, 1] == 0).all()
    assert s[2, 1] != 0


@pytest.mark.parametrize("cell", [Cell.RNN, Cell.GRU, Cell.LSTM])
def test_a_reset_memory_is_that_of_a_beginning(read_session: Session, cell: Cell) -> None:
    change_setting(read_session, "model.cell", cell)
    surgery.reset_memory(read_session, 4)
    now = reading(read_session)
    rest = trace(now.model.network, now.model.parameters, now.ids[3:])
    np.testing.assert_allclose(now.trace.s[3:], rest.s, atol=1e-5)


def test_a_transplanted_memory_is_that_of_the_other_sentence(read_session: Session) -> None:
    change_setting(read_session, "model.cell", Cell.LSTM)
    surgery.transplant(read_session, 4, "What a dull and boring film!", 5)
    now = reading(read_session)
    other = now.model.encode("What a dull and boring film!").ids
    joined = np.concatenate([other[:5], now.ids[3:]])
    whole = trace(now.model.network, now.model.parameters, joined)
    np.testing.assert_allclose(now.trace.s[3:], whole.s[5:], atol=1e-5)
    np.testing.assert_allclose(now.trace.y[-1], whole.y[-1], atol=1e-5)


def test_each_change_can_be_taken_back_and_all_at_once(read_session: Session) -> None:
    original = reading(read_session).trace.y[-1]
    surgery.switch_off(read_session, Place("s", None, 0, 2, 0), onwards=False)
    surgery.switch_off(read_session, Place("s", None, 0, 3, 1), onwards=True)
    surgery.reset_memory(read_session, 5)
    assert len(read_session.state.changes) == 3
    undo(read_session)
    assert len(read_session.state.changes) == 2
    redo(read_session)
    assert len(read_session.state.changes) == 3
    surgery.take_back(read_session, (0,))
    assert [change.step for change in read_session.state.changes] == [3, 5]
    surgery.restore(read_session)
    assert read_session.state.changes == ()
    np.testing.assert_array_equal(reading(read_session).trace.y[-1], original)
    undo(read_session)
    assert len(read_session.state.changes) == 2


def test_a_drag_is_one_step_back(read_session: Session) -> None:
    for value in (0.1, 0.2, 0.3):
        surgery.clamp(read_session, Place("s", None, 0, 3, 2), value, onwards=False)
    assert len(read_session.state.changes) == 1
    assert reading(read_session).trace.s[2, 2] == np.float32(0.3)
    undo(read_session)
    assert not read_session.state.changes


def test_surgery_is_no_change_of_the_project(read_session: Session) -> None:
    unsaved = read_session.state.unsaved
    surgery.reset_memory(read_session, 3)
    assert read_session.state.unsaved == unsaved
    model = read_session.state.model
    settings.undo(read_session)
    assert read_session.state.unsaved == unsaved
    assert read_session.state.model is model


def test_a_change_waits_where_the_sentence_is_too_short(read_session: Session) -> None:
    surgery.switch_off(read_session, Place("s", None, 0, 6, 0), onwards=False)
    view.set_sentence(read_session, "Good")
    now = reading(read_session)
    assert now.changes == ()
    assert now.original is None
    (words,) = resolve_changes(read_session.state).changes
    assert words.idle
    view.set_sentence(read_session, SENTENCE)
    assert reading(read_session).trace.s[5, 0] == 0


def test_answers_cannot_be_set(read_session: Session, listener: Listener) -> None:
    surgery.clamp(read_session, Place("y", None, 0, 3, 0), 1.0, onwards=False)
    assert read_session.state.changes == ()
    assert "cannot be set" in listener.words


def test_without_memory_there_is_none_to_reset(read_session: Session, listener: Listener) -> None:
    change_setting(read_session, "model.cell", Cell.SHARED)
    surgery.reset_memory(read_session, 3)
    surgery.transplant(read_session, 3, "A dull film", 2)
    assert read_session.state.changes == ()
    assert "no memory" in listener.words


def test_the_words_say_what_became_of_the_answer(read_session: Session) -> None:
    surgery.clamp(read_session, Place("s", None, 0, 7, 0), 0.5, onwards=False)
    state = resolve_changes(read_session.state)
    now = reading(read_session)
    assert f"{now.trace.y[-1].max():.3f}" in state.effect
    assert state.changes[0].words == "s of unit 1 := 0.50 at step 7"


def test_a_memory_that_is_reset_is_one_thing(read_session: Session) -> None:
    change_setting(read_session, "model.cell", Cell.LSTM)
    surgery.reset_memory(read_session, 4)
    assert len(read_session.state.changes) == 2  # s and c
    (words,) = resolve_changes(read_session.state).changes
    assert words.words == "memory reset before step 4"
    surgery.take_back(read_session, words.places)
    assert not read_session.state.changes
