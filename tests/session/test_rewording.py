"""Single words of the sentence that is looked at: what is read then, and where the play head is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Row
from rnnstudio.session.commands import view
from rnnstudio.session.commands.data import open_data
from rnnstudio.session.commands.evaluation import select_cells
from rnnstudio.session.commands.rewording import (
    delete_word,
    repeat_word,
    replace_word,
    shuffle_words,
    swap_words,
    wording_of,
)
from rnnstudio.session.commands.settings import redo, undo
from rnnstudio.session.sentence import encoded, given_row
from rnnstudio.session.session import Session
from tests.session.unroll_states import model_of

SENTENCE = "It was (not) good."  # <sos> it was ( not ) good . <eos>


@pytest.fixture
def reading(session: Session) -> Session:
    """The session with a sentence of nine steps."""
    view.set_sentence(session, SENTENCE)
    return session


def sentence(session: Session) -> str:
    return session.state.selection.sentence


def step(session: Session) -> int:
    return session.state.selection.step


def words(session: Session) -> tuple[str, ...]:
    """The words that the network reads now."""
    state = session.state
    assert state.model is not None
    return encoded(state.model, state.selection.sentence, given_row(state)).words[1:-1]


def test_a_word_is_replaced_and_looked_at(reading: Session) -> None:
    replace_word(reading, 5, "very")
    assert sentence(reading) == "It was (very) good."
    assert step(reading) == 5
    replace_word(reading, 7, "  not \n bad ")
    assert sentence(reading) == "It was (very) not bad."
    assert step(reading) == 7
    replace_word(reading, 5, "")
    assert sentence(reading) == "It was () not bad."
    assert step(reading) == 5


def test_words_are_swapped_and_the_play_head_goes_along(reading: Session) -> None:
    swap_words(reading, 7, 2)
    assert sentence(reading) == "good was (not) It."
    assert step(reading) == 2
    swap_words(reading, 2, 5)
    assert sentence(reading) == "not was (good) It."
    assert step(reading) == 5


def test_a_word_is_taken_away(reading: Session) -> None:
    delete_word(reading, 2)
    assert sentence(reading) == "was (not) good."
    assert step(reading) == 2
    delete_word(reading, 7)  # the last word: what follows it is <eos>
    assert sentence(reading) == "was (not) good"
    assert step(reading) == 7


def test_the_only_word_can_be_taken_away(reading: Session) -> None:
    view.set_sentence(reading, "good")
    delete_word(reading, 2)
    assert sentence(reading) == ""
    delete_word(reading, 2)
    shuffle_words(reading)
    assert sentence(reading) == ""


def test_a_word_is_repeated(reading: Session) -> None:
    repeat_word(reading, 5)
    assert sentence(reading) == "It was (not not) good."
    assert step(reading) == 6


def test_shuffling_leaves_the_play_head(reading: Session) -> None:
    view.go_to_step(reading, 4)
    shuffle_words(reading)
    assert sentence(reading) != SENTENCE
    assert sorted(words(reading)) == sorted(["it", "was", "(", "not", ")", "good", "."])
    assert step(reading) == 4


@pytest.mark.parametrize("outside", [-1, 0, 1, 9, 10, 1000])
def test_the_ends_of_a_sentence_stay(reading: Session, outside: int) -> None:
    before = reading.state
    replace_word(reading, outside, "good")
    delete_word(reading, outside)
    repeat_word(reading, outside)
    swap_words(reading, outside, 2)
    swap_words(reading, 2, outside)
    swap_words(reading, 2, 2)
    replace_word(reading, 2, "It")
    assert reading.state is before


def test_an_edited_sentence_is_no_row_of_the_data(reading: Session) -> None:
    view.choose_row(reading, 5)
    replace_word(reading, 2, "nothing")
    assert reading.state.selection.row is None
    assert not reading.state.unsaved


def test_an_edit_stops_playing(reading: Session) -> None:
    view.play(reading)
    delete_word(reading, 3)
    assert not reading.state.playing
    assert step(reading) == 3


def test_words_from_right_to_left(reading: Session) -> None:
    view.set_sentence(reading, "הסרט היה טוב.")
    swap_words(reading, 2, 4)
    assert sentence(reading) == "טוב היה הסרט."
    delete_word(reading, 3)
    assert sentence(reading) == "טוב הסרט."
    assert step(reading) == 3


def open_and_wait(session: Session, qtbot: QtBot, path: Path) -> None:
    open_data(session, path)
    qtbot.waitUntil(lambda: session.state.activity is None, timeout=60_000)


def test_characters(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text("text\tlabel\n" + "\n".join(f"a{n}b\t{'xy'[n % 2]}" for n in range(40)))
    open_and_wait(session, qtbot, path)
    view.set_sentence(session, "a 1b")
    swap_words(session, 2, 5)
    assert sentence(session) == "b 1a"
    assert step(session) == 5
    delete_word(session, 3)
    assert sentence(session) == "b1a"
    assert step(session) == 3
    replace_word(session, 3, " ")
    assert sentence(session) == "b a"


@pytest.fixture
def tagged(session: Session, qtbot: QtBot, tmp_path: Path) -> Session:
    """A session with words that are cut as no typed sentence would be."""
    path = tmp_path / "tags.conll"
    blocks = ["I\tPRON\ndo\tAUX\nn't\tPART\nsee\tVERB\nU.S.\tNOUN\nfilms\tNOUN\n"] * 12
    path.write_text("\n".join(blocks), encoding="utf-8")
    open_and_wait(session, qtbot, path)
    view.choose_row(session, 0)
    return session


def test_words_that_the_data_give(tagged: Session) -> None:
    assert words(tagged) == ("i", "do", "n't", "see", "u.s.", "films")
    swap_words(tagged, 2, 7)
    assert tagged.state.selection.row is None
    assert words(tagged)[:2] == ("films", "do")
    assert words(tagged)[-1] == "i"
    assert step(tagged) == 2 + len(words(tagged)) - 1
    view.choose_row(tagged, 0)
    replace_word(tagged, 5, "love")
    assert words(tagged)[:4] == ("i", "do", "n't", "love")
    assert step(tagged) == 5


def test_words_that_do_not_stand_in_the_text_are_written_out() -> None:
    row = Row("Idontsee", "", None, "", None, ("I", "do", "n't", "see"), ("P", "A", "N", "V"))
    wording = wording_of(model_of(), row.text, row)
    assert wording.text == "I do n't see"
    assert [wording.word(index) for index in range(4)] == ["I", "do", "n't", "see"]
    # As long as a typed sentence would be cut into the same words it stays as it was typed.
    row = dataclasses.replace(row, text="see  (it)", words=("see", "(", "it", ")"))
    assert wording_of(model_of(), row.text, row).text == "see  (it)"


def test_without_a_network_there_are_no_words(reading: Session) -> None:
    reading.apply(model=None)
    before = reading.state
    delete_word(reading, 2)
    shuffle_words(reading)
    assert reading.state is before


def test_the_network_reads_what_the_sentence_says(reading: Session) -> None:
    delete_word(reading, 5)
    model = reading.state.model
    assert model is not None
    _, trace = model.trace(sentence(reading))
    assert len(trace.ids) == 8
    np.testing.assert_array_equal(trace.ids, model.encode("It was () good.").ids)


def test_a_changed_word_can_be_taken_back(reading: Session) -> None:
    before, unsaved = reading.state.selection, reading.state.unsaved
    replace_word(reading, 4, "surely")
    assert "surely" in reading.state.selection.sentence
    delete_word(reading, 3)
    assert reading.state.undo_label == "Change words"
    undo(reading)
    assert "surely" in reading.state.selection.sentence
    undo(reading)
    assert reading.state.selection == before
    assert reading.state.unsaved == unsaved
    redo(reading)
    assert "surely" in reading.state.selection.sentence


def test_taking_a_word_back_leaves_the_matrix_alone(reading: Session) -> None:
    delete_word(reading, 3)
    select_cells(reading, frozenset({(0, 1)}))
    undo(reading)
    assert reading.state.selection.cells == {(0, 1)}
