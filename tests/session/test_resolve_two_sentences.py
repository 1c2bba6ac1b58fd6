"""Two sentences by one network: every number is one of their traces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnstudio.engine.network import Cell, Task
from rnnstudio.engine.surgery import Change
from rnnstudio.project.model import Model
from rnnstudio.session.reading import read
from rnnstudio.session.resolve.two_sentences import Comparison, resolve_two_sentences
from rnnstudio.session.state import SessionState
from tests.session.comparing_states import OTHER, PRESENT, comparing, network


def compared(state: SessionState) -> Comparison:
    found = resolve_two_sentences(state).comparison
    assert found is not None
    return found


NETWORKS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"cell": Cell.GRU, "embedding": 4}, {"quantity": "z"}),
    ({"cell": Cell.GRU, "layers": 2}, {"quantity": "s", "layer": 0}),
    ({"cell": Cell.LSTM, "bidirectional": True}, {"quantity": "c", "direction": 1}),
    ({"cell": Cell.LSTM, "task": Task.LABEL}, {"quantity": "f"}),
    ({"cell": Cell.HISTORY, "longest": 12}, {}),
    ({"cell": Cell.SHARED}, {}),
    ({"embedding": 4}, {"quantity": "x"}),
    ({"bidirectional": True}, {"quantity": "m"}),
    ({}, {"quantity": "y"}),
]


@pytest.mark.parametrize(("settings", "looking"), NETWORKS)
def test_every_pair_has_the_numbers_of_both_traces(
    settings: dict[str, Any], looking: dict[str, Any]
) -> None:
    state = comparing(model=network(**settings), looking=looking)
    found = compared(state)
    values = found.present.values(state.looking).astype(np.float64)
    others = found.other.values(state.looking).astype(np.float64)
    pairs = 0
    for column, (one, other) in enumerate(found.columns):
        if one is None or other is None:
            continue
        pairs += 1
        difference = values[one - 1] - others[other - 1]
        assert np.array_equal(found.values[column], values[one - 1])
        assert np.array_equal(found.other_values[column], others[other - 1])
        assert np.array_equal(found.difference[column], difference)
        assert found.norms[column] == pytest.approx(np.linalg.norm(difference))
    assert pairs == 8
    assert len(found.names) == found.difference.shape[1]
    assert found.limit >= np.nanmax(np.abs(found.difference))


def test_the_words_stand_in_their_columns() -> None:
    found = compared(comparing())
    words = [found.words_of(column) for column in range(len(found))]
    assert words[4:8] == [("was", "was"), ("very", "awesome"), ("boring", ""), (".", ".")]
    assert [found.is_changed(column) for column in range(len(found))].count(True) == 2
    assert found.column_of(8) == 7
    assert found.column_of(99) is None


def test_where_a_sentence_has_no_word_its_state_stays() -> None:
    found = compared(comparing())
    held = found.other.trace.s[5]  # after “awesome”
    assert np.array_equal(found.other_values[6], held)
    assert np.array_equal(found.difference[6], found.present.trace.s[6].astype(np.float64) - held)


def test_the_reversed_direction_stands_still_after_what_follows() -> None:
    model = network(bidirectional=True)
    found = compared(comparing(model=model, looking={"direction": 1}))
    following = found.other.trace.layer(-1, 1).s[6]  # at “.”, which it read before
    assert np.array_equal(found.other_values[6], following)
    # It reads from the end, so that is where they part: before that both read “. <eos>”.
    assert found.parted == 6


@pytest.mark.parametrize(
    ("settings", "quantity"), [({"cell": Cell.GRU}, "r"), ({"cell": Cell.SHARED}, "s")]
)
def test_what_is_not_kept_has_no_difference_where_a_word_is_missing(
    settings: dict[str, Any], quantity: str
) -> None:
    found = compared(comparing(model=network(**settings), looking={"quantity": quantity}))
    assert np.isnan(found.difference[6]).all()
    assert np.isnan(found.norms[6])
    assert np.isfinite(found.norms[[0, 1, 2, 3, 4, 5, 7, 8]]).all()


def test_where_they_part_is_said_in_words() -> None:
    state = comparing()
    found, shown = compared(state), resolve_two_sentences(state)
    assert found.parted == 5
    assert not found.difference[:5].any()
    answers = found.answers != found.other_answers
    assert found.answers_parted == int(np.flatnonzero(answers)[0])
    norm = np.linalg.norm(found.present.trace.s[5] - found.other.trace.s[5])
    assert shown.summary.startswith(f"They part at “very” / “awesome”: ‖Δs‖ = {norm:.2f}; ")
    assert "the answers part at" in shown.summary


def test_the_same_sentence_never_parts() -> None:
    shown = resolve_two_sentences(comparing(other=PRESENT.upper()))
    assert shown.comparison is not None
    assert shown.comparison.parted is None
    assert shown.comparison.answers_parted is None
    assert shown.summary == "Nothing parts them: both are read alike."


def test_memory_surgery_parts_equal_sentences() -> None:
    change = Change("s", 0, 0, 3, 0, (0.9,))
    found = compared(comparing(other=PRESENT, changes=(change,)))
    assert found.parted == 2
    assert found.values[2, 0] == pytest.approx(0.9)


def test_answers_of_a_sentence_are_those_so_far() -> None:
    found = compared(comparing())
    assert (found.classes == found.present.trace.prediction).all()
    for column in range(len(found)):
        y = found.present.trace.y[found.steps[column] - 1]
        other = found.other.trace.y[found.other_steps[column] - 1]
        class_index = found.classes[column]
        assert found.y[column] == y[class_index]
        assert found.other_y[column] == other[class_index]
        assert found.answers[column] == y.argmax()
        assert found.other_answers[column] == other.argmax()


def test_a_chosen_class_is_compared() -> None:
    model = network(labels=("a", "b", "c"))
    found = compared(comparing(model=model, looking={"ranked_class": 2}))
    assert (found.classes == 2).all()
    assert np.array_equal(found.y, found.present.trace.y[found.steps - 1, 2])


def test_each_word_of_a_labeller_has_its_own_answer() -> None:
    model = network(labels=("A", "B", "C"), task=Task.LABEL)
    found = compared(comparing(model=model))
    assert found.answers[0] == found.other_answers[0] == found.classes[0] == -1
    assert found.answers[-1] == -1
    assert found.other_answers[6] == -1
    assert np.isnan(found.other_y[6])
    for column in range(1, 8):
        one = found.columns[column].one
        assert one is not None
        assert found.classes[column] == found.present.trace.y[one - 1].argmax()


def test_a_transplant_hands_a_memory_to_the_next_step() -> None:
    found = compared(comparing())
    assert found.transplant_at(5) == (7, 6)
    assert found.transplant_at(6) == (8, 6)  # the other sentence stands still
    assert found.transplant_at(8) is None
    without = compared(comparing(model=network(cell=Cell.SHARED)))
    assert without.transplant_at(5) is None


def test_one_hot_vectors_are_not_compared_but_states() -> None:
    found = compared(comparing(looking={"quantity": "x"}))
    assert found.looking.quantity == "s"
    assert resolve_two_sentences(comparing(looking={"quantity": "x"})).letter == "s"


def test_pytorch_has_other_letters() -> None:
    state = comparing()
    preferences = type(state.preferences)(notation="pytorch")
    shown = resolve_two_sentences(comparing(preferences=preferences))
    assert shown.letter == "h"
    assert "‖Δh‖" in shown.summary


def test_the_same_sentences_are_the_same_object() -> None:
    model = network()
    first = resolve_two_sentences(comparing(model=model, step=2))
    second = resolve_two_sentences(comparing(model=model, step=5))
    assert first.comparison is second.comparison
    assert first != second
    assert second == resolve_two_sentences(comparing(model=model, step=5))


@pytest.mark.parametrize("other", ["", "   "])
def test_without_a_second_sentence_one_is_suggested(other: str) -> None:
    shown = resolve_two_sentences(comparing(other=other))
    assert shown.comparison is None
    assert not shown.problem
    assert "second sentence" in shown.message
    suggested = shown.suggestion.split()
    words = PRESENT.lower().split()
    assert suggested != words
    assert len(suggested) in (len(words), len(words) - 1)


def test_a_word_is_suggested_that_the_data_have_in_its_place() -> None:
    shown = resolve_two_sentences(comparing("The movie was boring .", ""))
    assert shown.suggestion == "the music was awesome ." or len(shown.suggestion.split()) in (4, 5)


def test_too_long_a_sentence_is_said_in_words() -> None:
    model = network(cell=Cell.HISTORY, longest=9)
    shown = resolve_two_sentences(comparing(other=f"{OTHER} {OTHER}", model=model))
    assert shown.comparison is None
    assert shown.problem
    assert "9" in shown.message or "7" in shown.message


def test_without_a_present_sentence_nothing_is_compared() -> None:
    shown = resolve_two_sentences(comparing(present=""))
    assert shown.comparison is None
    assert shown.message
    assert not shown.problem


def spoiled(value: float) -> Model:
    model = network()
    parameters = model.parameters.copy()
    parameters.flat[:] = value
    return type(model)(
        model.network, parameters.frozen(), model.vocabulary, model.labels, model.text
    )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_no_answers(value: float) -> None:
    found = compared(comparing(model=spoiled(value)))
    assert (found.answers == -1).all()
    assert found.answers_parted is None
    assert np.isfinite(found.limit)


def test_the_other_sentence_is_read_as_any_is() -> None:
    model = network()
    found = compared(comparing(model=model))
    assert found.other is read(model, OTHER)
