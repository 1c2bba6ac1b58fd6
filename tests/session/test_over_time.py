"""A quantity over the time of a reading: its numbers are the trace's."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import build_dataset
from rnnstudio.engine.surgery import Change
from rnnstudio.session.looking import Looking
from rnnstudio.session.over_time import (
    Kind,
    best_threshold,
    fitted,
    over_time,
    phrase_of,
    phrase_units,
    place_words,
)
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading, read
from tests.session.readings import NAMES, model_named, reading_named
from tests.session.unroll_states import SENTENCE, model_of


def looked_at(reading: Reading, **fields: object) -> Looking:
    return fitted(dataclasses.replace(Looking(), **fields), reading)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_of_every_network_is_that_of_the_trace(name: str) -> None:
    reading = reading_named(name)
    trace = reading.trace
    for layer, directions in enumerate(trace.layers):
        for way, one in enumerate(directions):
            for quantity in reading.quantities(layer):
                looking = looked_at(reading, quantity=quantity, layer=layer, direction=way)
                assert (looking.quantity, looking.layer, looking.direction) == (
                    quantity,
                    layer,
                    way,
                )
                numbers = over_time(reading, looking)
                if quantity in NETWORK_QUANTITIES:
                    wanted = getattr(trace, NETWORK_QUANTITIES[quantity])
                elif quantity == "x":
                    wanted = one.x
                else:
                    wanted = one[quantity]
                whole = np.zeros_like(wanted)
                whole[:, numbers.units] = numbers.values
                assert np.array_equal(whole, wanted)
                assert len(numbers.names) == len(numbers) == numbers.values.shape[1]
                assert numbers.low < numbers.high
                inside = numbers.values[np.isfinite(numbers.values)]
                assert (numbers.low - 1e-6 <= inside).all()
                assert (inside <= numbers.high + 1e-6).all()
                assert over_time(reading, looking) is numbers


def test_of_a_one_hot_input_only_the_words_that_occur_have_rows() -> None:
    reading = read(model_of(), "the zebra the boring zebra")
    numbers = over_time(reading, looked_at(reading, quantity="x"))
    assert numbers.kind is Kind.WORD
    assert set(numbers.names) == {"<sos>", "the", "boring", "<eos>"}
    assert numbers.values.sum(axis=1).tolist() == [1, 1, 0, 1, 1, 0, 1]
    the = numbers.names.index("the")
    assert numbers.units[the] == reading.ids[1] - 1
    assert numbers.place_of(int(numbers.units[the])) == the
    assert numbers.place_of(10**6) is None


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Looking(quantity="f"), ("s", 1, 0)),
        (Looking(quantity="z", layer=0), ("z", 0, 0)),
        (Looking(quantity="z", layer=7, direction=1), ("z", 1, 1)),
        (Looking(direction=2), ("s", 1, 0)),
        (Looking(quantity="scores"), ("scores", 1, 0)),
    ],
)
def test_what_the_network_lacks_is_replaced(asked: Looking, shown: tuple[str, int, int]) -> None:
    name = next(one for one in NAMES if _is_deep_gru(one))
    looking = fitted(asked, reading_named(name))
    assert (looking.quantity, looking.layer, looking.direction) == shown


def _is_deep_gru(name: str) -> bool:
    spec = model_named(name).network
    return (spec.cell, spec.layers, spec.bidirectional) == ("gru", 2, True)


def test_a_class_that_the_network_lacks_is_not_chosen() -> None:
    reading = reading_named(NAMES[0])
    assert fitted(Looking(ranked_class=99), reading).ranked_class is None
    assert fitted(Looking(ranked_class=1), reading).ranked_class == 1


def test_what_surgery_set_is_marked_and_the_rest_remembered() -> None:
    model = model_of()
    changes = (
        Change("s", 0, 0, 3, 2, (0.9,)),
        Change("s", 0, 0, 5, 4, (0.0,), onwards=True),
        Change("a", 0, 0, 4, None, (0.1,)),
    )
    reading = read(model, SENTENCE, None, changes)
    numbers = over_time(reading, looked_at(reading))
    wanted = np.zeros(numbers.values.shape, bool)
    wanted[2, 2] = True
    wanted[4:, 4] = True
    assert numbers.by_hand is not None
    assert np.array_equal(numbers.by_hand, wanted)
    assert numbers.values[2, 2] == np.float32(0.9)
    original = read(model, SENTENCE).trace.s
    assert numbers.original is not None
    assert np.array_equal(numbers.original, original)
    assert over_time(read(model, SENTENCE), looked_at(reading)).by_hand is None


def test_backwards_a_change_holds_on_to_the_first_word() -> None:
    name = next(one for one in NAMES if _is_deep_gru(one))
    reading = reading_named(name, (Change("z", 1, 1, 3, 0, (1.0,), onwards=True),))
    looking = looked_at(reading, quantity="z", layer=1, direction=1)
    numbers = over_time(reading, looking)
    assert numbers.by_hand is not None
    assert numbers.by_hand[:, 0].tolist() == [True] * 3 + [False] * (len(reading) - 3)
    assert (numbers.values[:3, 0] == 1.0).all()


def test_the_units_of_a_phrase_are_on_in_it_and_off_beside_it() -> None:
    reading = read(model_of(units=40), SENTENCE)
    numbers = over_time(reading, looked_at(reading))
    seen = 0
    for phrase in ((3, 4), (1, 2), (8, 9), (5, 5), (1, 9)):
        first, last = phrase
        found = phrase_units(numbers, phrase, 0.25)
        seen += len(found)
        listed = {one.unit for one in found}
        for unit in range(40):
            course = numbers.values[:, unit]
            sign = -1 if course[first - 1 : last].sum() < 0 else 1
            on = course * sign >= 0.25
            exactly = on[first - 1 : last].all()
            exactly &= not (first > 1 and on[first - 2])
            exactly &= not (last < 9 and on[last])
            assert (unit in listed) == exactly
        for one in found:
            part = numbers.values[first - 1 : last, one.unit]
            assert one.mean == pytest.approx(float(part.mean()), rel=1e-5)
            assert one.sign == (1 if part[0] > 0 else -1)
            assert one.name == str(one.unit + 1)
    assert seen


def test_the_better_threshold_finds_units_where_there_are_any() -> None:
    reading = read(model_of(units=40), SENTENCE)
    numbers = over_time(reading, looked_at(reading))
    best = best_threshold(numbers, (3, 4))
    assert best is not None
    most = len(phrase_units(numbers, (3, 4), best))
    assert most
    for part in range(1, 101):
        assert len(phrase_units(numbers, (3, 4), part / 100)) <= most
    never = read(model_of(units=1), "boring")
    assert best_threshold(over_time(never, looked_at(never)), (1, 3)) is not None


@pytest.mark.parametrize(
    ("phrase", "shown"), [((2, 4), (2, 4)), ((8, 20), (8, 9)), ((12, 14), None), (None, None)]
)
def test_a_phrase_ends_with_the_sentence(
    phrase: tuple[int, int] | None, shown: tuple[int, int] | None
) -> None:
    reading = read(model_of(), SENTENCE)
    assert phrase_of(reading, Looking(phrase=phrase)) == shown


def test_the_place_is_named_where_there_are_several() -> None:
    name = next(one for one in NAMES if _is_deep_gru(one))
    reading = reading_named(name)
    assert place_words(reading, looked_at(reading, layer=0, direction=1)) == ", layer 1, backward"
    assert place_words(reading, looked_at(reading, quantity="y")) == ""
    dataset = build_dataset(load_builtin("lecture"))
    assert dataset.labels
    simple = read(model_of(), SENTENCE)
    assert place_words(simple, looked_at(simple)) == ""
