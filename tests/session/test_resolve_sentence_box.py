"""What the sentence box is told to show."""

from __future__ import annotations

import dataclasses

import pytest

from rnnstudio.data.table import Row, Split
from rnnstudio.session.reading import read
from rnnstudio.session.resolve.sentence_box import resolve_sentence_box
from rnnstudio.session.state import Selection, SessionState
from tests.session.page_states import state_of, table_of
from tests.session.unroll_states import SENTENCE, unroll_state


def test_the_marked_word_is_the_one_at_the_play_head() -> None:
    sentence = "  The FIRST half,was"
    marked = {
        step: resolve_sentence_box(unroll_state(sentence, step=step)).marked for step in range(1, 8)
    }
    words = {step: span and sentence[span[0] : span[1]] for step, span in marked.items()}
    assert words == {1: None, 2: "The", 3: "FIRST", 4: "half", 5: ",", 6: "was", 7: None}


def test_the_badge_is_the_prediction_and_knows_the_truth() -> None:
    state = unroll_state(step=9)
    assert state.model is not None
    right = read(state.model, SENTENCE).trace.y[-1]
    badge = resolve_sentence_box(state).badge
    assert badge.class_index == int(right.argmax())
    assert badge.probability == right.max()
    assert (badge.note, badge.truth) == ("", None)
    row = dataclasses.replace(state, selection=Selection(SENTENCE, row=0, step=9))
    truth = row.table.rows[0].label
    sign = "✓" if badge.label == truth else "✗"
    badge = resolve_sentence_box(row).badge
    assert (badge.note, badge.truth) == (f"truth: {truth} {sign}", truth)


def test_the_truth_is_known_only_of_the_sentence_of_the_row() -> None:
    state = unroll_state(step=9)
    edited = dataclasses.replace(state, selection=Selection(f"{SENTENCE} .", row=0, step=10))
    assert resolve_sentence_box(edited).badge.truth is None
    # Of a row that stands elsewhere since another was deleted.
    rows = state.table.rows[1:]
    moved = dataclasses.replace(
        state,
        table=dataclasses.replace(state.table, rows=rows),
        selection=Selection(SENTENCE, row=0, step=9),
    )
    assert resolve_sentence_box(moved).badge.truth is None


@pytest.mark.parametrize("playing", [False, True])
def test_before_the_end_the_badge_is_what_was_read_so_far(playing: bool) -> None:
    state = unroll_state(step=3, playing=playing)
    assert state.model is not None
    row = read(state.model, SENTENCE).trace.y[2]
    badge = resolve_sentence_box(state).badge
    assert (badge.probability, badge.note) == (float(row.max()), "so far")
    selection = dataclasses.replace(state.selection, step=9)
    at_end = resolve_sentence_box(dataclasses.replace(state, selection=selection)).badge
    assert at_end.note == ""


def sources_of(state: SessionState) -> list[tuple[str, int]]:
    return [(source.words, source.count) for source in resolve_sentence_box(state).sources]


def test_random_sentences_come_from_every_part_that_has_some() -> None:
    assert sources_of(unroll_state()) == [("training set", 4)]
    assert sources_of(unroll_state(dataset=None)) == []
    table = table_of(*[(f"word {n}", "ab"[n % 2]) for n in range(20)])
    splits = [Split.TRAIN] * 17 + [Split.VALIDATION, Split.TEST, Split.TEST]
    assert sources_of(state_of(table.with_splits(splits))) == [
        ("test set", 2),
        ("validation set", 1),
        ("training set", 17),
    ]


def test_examples_are_about_films_only_where_the_data_are() -> None:
    films = resolve_sentence_box(unroll_state()).examples
    assert SENTENCE in films[0][1]
    own = table_of(("Kowalski", "Polish"), ("Sharma", "Hindi"), ("x" * 500, "Hindi"))
    (group,) = resolve_sentence_box(state_of(own)).examples
    assert group == ("From the training set", ("Kowalski", "Sharma"))


def test_what_was_tried_is_there() -> None:
    state = unroll_state(tried=("b", "a"))
    assert resolve_sentence_box(state).tried == ("b", "a")


def test_rows_without_a_label_have_no_truth() -> None:
    state = unroll_state(step=9)
    row = Row(SENTENCE, "", None, "", None)
    table = dataclasses.replace(state.table, rows=(row,))
    state = dataclasses.replace(state, table=table, selection=Selection(SENTENCE, row=0, step=9))
    assert resolve_sentence_box(state).badge.truth is None
