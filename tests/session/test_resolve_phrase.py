"""What the phrase panel is given: units, threshold, places in the data."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine.states import collect_states
from rnnstudio.session.findings import Findings, StatesFound
from rnnstudio.session.looking import Looking
from rnnstudio.session.resolve.phrase import HOW_TO_CHOOSE, PhraseState, resolve_phrase
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.unroll_states import model_of, unroll_state

PHRASE = (6, 7)
THRESHOLD = 0.15


def state_with(found: bool = True, sentence: str = "very boring", **fields: Any) -> SessionState:
    """The lecture's data read by a network of 30 units, with a phrase selected in a sentence."""
    looking = dataclasses.replace(Looking(phrase=(2, 3), threshold=THRESHOLD), **fields)
    state = dataclasses.replace(unroll_state(sentence, model=model_of(units=30)), looking=looking)
    return with_states(state) if found else state


def with_states(state: SessionState, **changes: Any) -> SessionState:
    model, looking, dataset = state.model, state.looking, state.dataset
    assert model is not None
    assert dataset is not None
    result = collect_states(
        model.network, model.parameters, list(dataset.sequences), looking.quantity
    )
    words = tuple(
        tuple(model.vocabulary.word_of(int(id_)) for id_ in ids) for ids in dataset.sequences
    )
    rows = tuple(range(len(dataset.sequences)))
    found = StatesFound(
        model, looking.quantity, looking.layer, looking.direction, rows, words, result
    )
    found = dataclasses.replace(found, **changes)
    return dataclasses.replace(state, findings=Findings(states=found))


def test_the_places_are_where_the_units_are_on_in_the_data() -> None:
    state = state_with()
    phrase = resolve_phrase(state)
    assert phrase.words == ("very", "boring")
    assert phrase.units
    assert phrase.places
    found = state.findings.states
    assert found is not None
    units = [one.unit for one in phrase.units]
    signs = np.array([one.sign for one in phrase.units])
    model = state.model
    assert model is not None
    for place in phrase.places:
        assert state.dataset is not None
        ids = state.dataset.sequences[place.table_row]
        values = found.result.values[found.result.rows == place.table_row]
        on = (values[:, units] * signs >= THRESHOLD).sum(axis=1)
        assert len(place.words) == len(ids)
        assert place.count == on[place.first - 1 : place.last].min()
        assert place.label == state.table.rows[place.table_row].label
    counts = [place.count for place in phrase.places]
    assert counts == sorted(counts, reverse=True)
    assert (phrase.rows_read, phrase.rows_all) == (4, 4)
    assert not phrase.searching
    assert not phrase.note


def test_the_phrase_itself_is_no_other_place() -> None:
    state = state_with(sentence=unroll_state().table.rows[0].text, phrase=PHRASE)
    state = dataclasses.replace(state, selection=dataclasses.replace(state.selection, row=0))
    for place in resolve_phrase(state).places:
        assert place.table_row != 0 or place.last < PHRASE[0] or place.first > PHRASE[1]
    elsewhere = dataclasses.replace(state, selection=dataclasses.replace(state.selection, row=None))
    own = [place for place in resolve_phrase(elsewhere).places if place.table_row == 0]
    assert any(place.first <= PHRASE[1] and PHRASE[0] <= place.last for place in own)


def test_words_that_the_vocabulary_lacks_are_shown_as_they_are() -> None:
    state = state_with()
    dataset = state.dataset
    assert dataset is not None
    tokens = tuple(("zebra", *row[1:]) for row in dataset.tokens)
    state = dataclasses.replace(state, dataset=dataclasses.replace(dataset, tokens=tokens))
    assert all(place.words[1] == "zebra" for place in resolve_phrase(state).places)


def test_until_the_data_are_read_it_says_so() -> None:
    phrase = resolve_phrase(state_with(found=False))
    assert phrase.units
    assert phrase.searching
    assert phrase.places == ()


@pytest.mark.parametrize(
    "changes", [{"quantity": "a"}, {"direction": 1}, {"layer": 1}, {"model": model_of(units=30)}]
)
def test_what_was_found_of_something_else_does_not_count(changes: dict[str, Any]) -> None:
    state = with_states(state_with(found=False), **changes)
    assert resolve_phrase(state).searching


def test_while_training_older_weights_are_better_than_nothing() -> None:
    state = with_states(state_with(found=False), model=model_of(units=30))
    running = dataclasses.replace(state, run=RunState(status=RunStatus.RUNNING))
    assert not resolve_phrase(running).searching
    other = with_states(state_with(found=False), model=model_of(units=31))
    running = dataclasses.replace(other, run=RunState(status=RunStatus.RUNNING))
    assert resolve_phrase(running).searching


def test_the_last_layer_is_the_same_by_name_and_by_number() -> None:
    state = with_states(state_with(found=False), layer=0)
    assert not resolve_phrase(state).searching


def test_a_threshold_that_none_reaches_offers_another() -> None:
    phrase = resolve_phrase(state_with(threshold=0.999))
    assert phrase.units == ()
    assert not phrase.searching
    assert phrase.places == ()
    assert phrase.better is not None
    assert resolve_phrase(state_with(threshold=phrase.better)).units


def test_words_themselves_are_not_searched() -> None:
    phrase = resolve_phrase(state_with(found=False, quantity="x", threshold=0.5, phrase=(2, 2)))
    assert [one.name for one in phrase.units] == ["very"]
    assert not phrase.searching
    assert phrase.note


def test_without_a_phrase_it_says_how_to_choose_one() -> None:
    assert resolve_phrase(state_with(phrase=None)).message == HOW_TO_CHOOSE
    nothing = resolve_phrase(unroll_state(""))
    assert nothing.message
    assert nothing == PhraseState(nothing.message)


def test_the_same_state_gives_an_equal_value() -> None:
    state = state_with()
    assert resolve_phrase(state) == resolve_phrase(state)
