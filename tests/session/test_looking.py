"""How the Unroll page looks at a reading."""

from __future__ import annotations

import pytest

from rnnstudio.engine.network import Cell
from rnnstudio.session.commands import looking, view
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.looking import Beside, Place
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.session import Session

SENTENCE = "It was not good."


@pytest.fixture
def read_session(session: Session) -> Session:
    view.set_sentence(session, SENTENCE)
    return session


def test_a_place_is_gone_to(read_session: Session) -> None:
    change_setting(read_session, "model.cell", Cell.LSTM)
    change_setting(read_session, "model.layers", 2)
    looking.look_at(read_session, Place("f", 0, 0, 3, 5))
    now = shown(read_session.state)
    assert (now.step, now.unit) == (3, 5)
    assert (now.looking.quantity, now.looking.layer) == ("f", 0)
    looking.look_at(read_session, Place("y", None, 0, 4, 1))
    now = shown(read_session.state)
    assert (now.step, now.unit, now.looking.quantity) == (4, 1, "y")


def test_what_the_network_has_not_is_its_last_state(read_session: Session) -> None:
    change_setting(read_session, "model.cell", Cell.LSTM)
    change_setting(read_session, "model.layers", 2)
    change_setting(read_session, "model.bidirectional", True)
    looking.look_at(read_session, Place("f", 1, 1, 3, 5))
    change_setting(read_session, "model.cell", Cell.RNN)
    change_setting(read_session, "model.layers", 1)
    change_setting(read_session, "model.bidirectional", False)
    now = shown(read_session.state).looking
    assert (now.quantity, now.layer, now.direction) == ("s", None, 0)


def test_a_unit_that_is_not_there_is_not_selected(read_session: Session) -> None:
    looking.look_at(read_session, Place("y", None, 0, 3, 1))
    assert shown(read_session.state).unit == 1
    view.select_unit(read_session, 2)
    assert shown(read_session.state).unit is None  # two classes


def test_a_phrase_ends_with_its_sentence(read_session: Session) -> None:
    looking.select_phrase(read_session, 5, 3)
    assert read_session.state.looking.phrase == (3, 5)
    assert read_session.state.looking.beside is Beside.PHRASE
    view.set_sentence(read_session, "Another one.")
    assert read_session.state.looking.phrase is None
    assert read_session.state.looking.beside is Beside.INSPECTOR


def test_sentences_are_swapped(read_session: Session) -> None:
    looking.set_other(read_session, "It was good.")
    looking.swap_sentences(read_session)
    assert read_session.state.selection.sentence == "It was good."
    assert read_session.state.looking.other == SENTENCE


def test_a_word_is_found_in_the_data(read_session: Session) -> None:
    looking.find_word(read_session, "not")
    state = read_session.state
    assert state.selection.row is not None
    reading = shown(state).reading
    assert reading is not None
    assert reading.words[state.selection.step - 1] == "not"
    looking.find_word(read_session, "not")
    assert read_session.state.selection.row != state.selection.row


def test_a_word_that_is_nowhere_changes_nothing(read_session: Session) -> None:
    before = read_session.state
    looking.find_word(read_session, "zyzzyva")
    assert read_session.state.selection == before.selection
