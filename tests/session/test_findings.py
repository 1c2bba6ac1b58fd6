"""What is found out beside the window: it comes, it fits, and it is not asked for in vain."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.attribution import gradient_times_input, leave_one_out
from rnnstudio.engine.trace import trace
from rnnstudio.session.commands import looking, view
from rnnstudio.session.looking import Beside, Method
from rnnstudio.session.resolve.unroll import resolve_unrolled, shown
from rnnstudio.session.session import Session

SENTENCE = "It was not good."


@pytest.fixture
def read_session(session: Session) -> Session:
    view.set_sentence(session, SENTENCE)
    return session


def settled(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.background.busy, timeout=20_000)


def test_attribution_is_the_engine_s(read_session: Session, qtbot: QtBot) -> None:
    settled(read_session, qtbot)
    found = resolve_unrolled(read_session.state).attribution
    reading = shown(read_session.state).reading
    assert found is not None
    assert reading is not None
    answer = reading.trace.prediction
    network, parameters = reading.model.network, reading.model.parameters
    expected = leave_one_out(network, parameters, reading.ids, answer)
    np.testing.assert_array_equal(found.result.contributions, expected.contributions)
    looking.look(read_session, method=Method.GRADIENT_TIMES_INPUT)
    assert resolve_unrolled(read_session.state).attribution is None
    settled(read_session, qtbot)
    found = resolve_unrolled(read_session.state).attribution
    assert found is not None
    other = gradient_times_input(network, parameters, reading.ids, answer)
    np.testing.assert_array_equal(found.result.contributions, other.contributions)


def test_another_sentence_has_no_attribution_of_the_old_one(
    read_session: Session, qtbot: QtBot
) -> None:
    settled(read_session, qtbot)
    view.set_sentence(read_session, "It was very good.")
    assert resolve_unrolled(read_session.state).attribution is None
    settled(read_session, qtbot)
    assert resolve_unrolled(read_session.state).attribution is not None


def test_nothing_is_sought_twice(read_session: Session, qtbot: QtBot) -> None:
    settled(read_session, qtbot)
    found = read_session.state.findings.attribution
    view.step_by(read_session, -1)
    view.set_speed(read_session, 2.0)
    settled(read_session, qtbot)
    assert read_session.state.findings.attribution is found


def test_without_a_method_nothing_is_sought(session: Session, qtbot: QtBot) -> None:
    looking.look(session, method=Method.NONE)
    view.set_sentence(session, SENTENCE)
    settled(session, qtbot)
    assert resolve_unrolled(session.state).attribution is None


def test_states_of_the_data_are_those_of_the_traces(read_session: Session, qtbot: QtBot) -> None:
    assert read_session.state.findings.states is None
    view.select_unit(read_session, 1, 3)
    settled(read_session, qtbot)
    found, model = read_session.state.findings.states, read_session.state.model
    assert found is not None
    assert model is not None
    row = int(found.result.rows[0])
    own = found.result.rows == row
    text = read_session.state.table.rows[found.table_rows[row]].text
    ids = model.encode(text).ids
    expected = trace(model.network, model.parameters, ids).s
    np.testing.assert_allclose(found.result.values[own], expected, atol=1e-5)
    assert found.words[row] == model.encode(text).words or len(found.words[row]) == len(ids)


def test_replacements_are_sought_for_the_word_at_the_play_head(
    read_session: Session, qtbot: QtBot
) -> None:
    looking.look(read_session, beside=Beside.REPLACEMENTS)
    view.go_to_step(read_session, 4)
    settled(read_session, qtbot)
    found, model = read_session.state.findings.replacements, read_session.state.model
    assert found is not None
    assert model is not None
    assert found.step == 4
    candidate = int(found.result.candidates[7])
    ids = model.encode(SENTENCE).ids.copy()
    ids[3] = candidate
    expected = trace(model.network, model.parameters, ids).y[-1]
    np.testing.assert_allclose(found.result.probabilities[7], expected, atol=1e-5)


def test_a_new_network_is_asked_again(read_session: Session, qtbot: QtBot) -> None:
    from rnnstudio.session.commands.settings import change_setting

    settled(read_session, qtbot)
    before = read_session.state.findings.attribution
    change_setting(read_session, "model.units", 7)
    settled(read_session, qtbot)
    after = read_session.state.findings.attribution
    assert after is not None
    assert after is not before
    assert after.model is read_session.state.model
