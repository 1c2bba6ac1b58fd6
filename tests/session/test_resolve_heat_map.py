"""What the heat map is given: quantity, order, phrase."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine.unit_order import by_change
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.looking import Looking, Order
from rnnstudio.session.quantity_words import Group, quantity_words
from rnnstudio.session.resolve.heat_map import HeatMapState, resolve_heat_map
from tests.session.readings import NAMES, WORDS_READ, model_named
from tests.session.unroll_states import model_of, unroll_state


def resolved(
    name: str = "", step: int = 4, unit: int | None = None, **looking: Any
) -> HeatMapState:
    model = model_named(name) if name else model_of(units=12)
    sentence = {"sentence": WORDS_READ} if name else {}
    state = unroll_state(**sentence, step=step, unit=unit, model=model)
    return resolve_heat_map(dataclasses.replace(state, looking=Looking(**looking)))


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("name", NAMES)
def test_every_order_of_every_quantity_lists_each_row_once(name: str, order: Order) -> None:
    spec = model_named(name).network
    for layer in range(spec.layers):
        for choice in resolved(name, layer=layer).choices:
            state = resolved(name, layer=layer, quantity=choice.name, order=order)
            assert state.words == choice
            assert state.values is not None
            assert state.order is not None
            assert state.picture is not None
            count = state.values.shape[1]
            assert sorted(state.order.tolist()) == list(range(count))
            if state.picture.sorted_by is not order:
                assert order is Order.CLASS_WEIGHT
                assert order not in state.picture.orders
                assert state.order.tolist() == list(range(count))


def test_sorted_by_class_weight_the_rows_follow_v() -> None:
    for ranked in (0, 1):
        state = resolved(order=Order.CLASS_WEIGHT, ranked_class=ranked)
        assert state.reading is not None
        assert state.order is not None
        weights = state.reading.trace.parameters["output.weight"][ranked]
        assert (np.diff(weights[state.order]) <= 0).all()
        assert state.ranked_class == ranked
    leading = resolved(order=Order.CLASS_WEIGHT)
    assert leading.reading is not None
    assert leading.ranked_class == leading.reading.trace.prediction


def test_sorted_by_change_the_first_row_changes_most() -> None:
    state = resolved(order=Order.CHANGE)
    assert state.reading is not None
    assert state.order is not None
    trace = state.reading.trace
    assert state.order.tolist() == by_change(trace.s, trace.s_0).tolist()


def test_the_play_head_does_not_make_a_new_picture() -> None:
    here, there = resolved(step=4, order=Order.SIMILARITY), resolved(step=7, order=Order.SIMILARITY)
    assert here.picture is not None
    # Equal weights are not the same network; the same network is.
    model = model_of(units=12)
    states = [
        dataclasses.replace(
            unroll_state(step=step, model=model), looking=Looking(order=Order.SIMILARITY)
        )
        for step in (4, 7)
    ]
    first, second = (resolve_heat_map(state) for state in states)
    assert first.picture is second.picture
    assert first != second
    assert first == resolve_heat_map(states[0])
    assert there.picture is not None


def test_the_phrase_comes_with_its_units() -> None:
    state = resolved(phrase=(3, 4), threshold=0.2)
    assert state.phrase == (3, 4)
    assert state.phrase_units
    assert resolved(phrase=(30, 34)).phrase is None


def test_a_row_that_is_not_there_is_not_selected() -> None:
    assert resolved(unit=3).unit == 3
    assert resolved(unit=23, quantity="x").unit is None  # a word that does not occur
    state = resolved(quantity="x")
    assert state.picture is not None
    present = int(state.picture.numbers.units[0])
    assert resolved(unit=present, quantity="x").unit == present


def test_without_a_sentence_there_are_words() -> None:
    state = resolve_heat_map(unroll_state(""))
    assert state.reading is None
    assert state.picture is None
    assert state.values is None
    assert state.message


@pytest.mark.parametrize(
    ("name", "cell", "letter", "heading", "group"),
    [
        ("s", "lstm", "s", "Hidden state", Group.STATE),
        ("c", "lstm", "c", "Cell state c", Group.STATE),
        ("f", "lstm", "f", "Forget gate f", Group.GATES),
        ("a_f", "lstm", "a_f", "Sum that enters the forget gate a_f", Group.SUMS),
        ("z", "gru", "z", "Update gate z", Group.GATES),
        ("scores", "gru", "z", "Class scores z", Group.OUTPUT),
        ("y", "rnn", "ŷ", "Prediction if asked ŷ", Group.OUTPUT),
        ("x", "rnn", "x", "Input x", Group.INPUT),
    ],
)
def test_quantities_have_names(
    name: str, cell: Any, letter: str, heading: str, group: Group
) -> None:
    words = quantity_words(name, cell)
    assert (words.letter, words.heading, words.group) == (letter, heading, group)


def test_every_quantity_of_every_cell_has_a_name_of_its_own() -> None:
    for name in NAMES:
        state = resolved(name)
        headings = [choice.heading for choice in state.choices]
        assert len(set(headings)) == len(headings)
        assert all(choice.meaning for choice in state.choices)


def test_the_letters_may_be_those_of_pytorch() -> None:
    state = dataclasses.replace(unroll_state(), preferences=Preferences(notation="pytorch"))
    words = resolve_heat_map(state).words
    assert words is not None
    assert words.letter == "h"
