"""Every number of every network taken apart: it adds up, and leads down to the words."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from rnnstudio.engine.explain import TermKind
from rnnstudio.engine.network import Cell
from rnnstudio.session.letters import Letters, latex, plain
from rnnstudio.session.looking import Notation, Place
from tests.session.readings import NAMES, places, reading_named, taken_at, value_at

ROUNDING = 2e-5
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "": float,
    "tanh": math.tanh,
    "σ": lambda x: 1 / (1 + math.exp(-x)),
    "ReLU": lambda x: max(x, 0.0),
}


@pytest.mark.parametrize("name", NAMES)
def test_terms_and_parts_add_up_to_the_number(name: str) -> None:
    reading = reading_named(name)
    for place in places(reading):
        taken = taken_at(reading, place)
        explanation = taken.explanation
        assert explanation.value == pytest.approx(value_at(reading, place), abs=0.0), place
        terms = math.fsum(term.value for term in explanation.terms) + explanation.remainder
        assert terms == pytest.approx(explanation.total, abs=1e-12), place
        parts = math.fsum(part.value for part in taken.parts())
        assert parts == pytest.approx(explanation.total, abs=ROUNDING), place
        if taken.function != "softmax":
            made = FUNCTIONS[taken.function](explanation.total)
            assert made == pytest.approx(explanation.value, abs=ROUNDING), place


@pytest.mark.parametrize("name", NAMES)
def test_each_term_leads_to_the_number_that_it_multiplies(name: str) -> None:
    reading = reading_named(name)
    for place in places(reading):
        taken = taken_at(reading, place)
        for term in taken.explanation.terms:
            source = taken.place_of(term)
            if source is not None:
                assert value_at(reading, source) == pytest.approx(term.factor_b, abs=1e-7)
            for _, value, factor in taken.factors_of(term):
                if factor is not None and not (factor.quantity == "z" and "−" in term.symbol):
                    assert value_at(reading, factor) == pytest.approx(value, abs=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_every_way_ends_at_a_word_or_a_parameter(name: str) -> None:
    reading = reading_named(name)
    seen: set[Place] = set()
    ends: set[TermKind] = set()
    ways = [Place("y", None, 0, len(reading), 0)]
    while ways:
        taken = taken_at(reading, ways.pop())
        for term in taken.explanation.terms:
            place = taken.place_of(term)
            if place is None:
                ends.add(term.kind)
                initial = term.kind in (TermKind.RECURRENT, TermKind.PRODUCT) and not taken.before
                learned = term.source is not None and term.source.step == 0
                ending = term.kind in (TermKind.BIAS, TermKind.GIVEN)
                assert ending or initial or learned, (taken.place, term)
            elif place not in seen:
                seen.add(place)
                ways.append(place)
    assert TermKind.GIVEN in ends
    words = {place.step for place in seen if place.quantity == "x" and place.layer == 0}
    given = set(range(1, len(reading) + 1)) - ({3} if "one-hot" in name else set())
    if "max" in name:  # only the greatest states are read
        assert words
        assert words <= given
    else:
        alone = reading.spec.cell in (Cell.INDEPENDENT, Cell.SHARED) and "mean" not in name
        assert words == ({len(reading)} if alone else given)


@pytest.mark.parametrize("notation", list(Notation))
@pytest.mark.parametrize("name", ["rnn", "gru two layers", "lstm both", "history", "shared mean"])
def test_names_and_formulas_are_of_the_notation(name: str, notation: Notation) -> None:
    reading = reading_named(name)
    for place in places(reading):
        taken = taken_at(reading, place, notation)
        texts = [taken.formula, taken.name, *(part.words for part in taken.parts())]
        texts += [taken.name_of(term).product for term in taken.explanation.terms]
        written = " ".join(texts)
        assert "{}" not in written, place
        if notation is Notation.PYTORCH:
            assert "U" not in written.replace("ReLU", ""), (place, written)
            assert "V" not in written, place
            assert "s_{" not in written, (place, written)
        else:
            assert "h_{t" not in written, (place, written)
            assert "W_{hh}" not in written, place


def test_the_reversed_direction_reads_what_follows() -> None:
    reading = reading_named("rnn both")
    taken = taken_at(reading, Place("s", 0, 1, 4, 2))
    assert taken.formula == r"s_t = \tanh(U x_t + W s_{t+1} + b)"
    assert any("s_{5}" in part.words for part in taken.parts())
    last = taken_at(reading, Place("s", 0, 1, len(reading), 2))
    assert any("s_{0}" in part.words for part in last.parts())


def test_products_lead_to_the_gate_too() -> None:
    taken = taken_at(reading_named("lstm"), Place("c", 0, 0, 4, 2))
    forget = next(term for term in taken.explanation.terms if term.symbol == "f·c")
    (gate, _, to_gate), (state, _, to_state) = taken.factors_of(forget)
    assert (gate, to_gate) == ("f_{4}", Place("f", 0, 0, 4, 2))
    assert (state, to_state) == ("c_{3}", Place("c", 0, 0, 3, 2))


def test_letters_are_written_as_text_and_as_latex() -> None:
    assert plain("W_{hh}[3, j]·s_{12}[j]") == "Wₕₕ[3, j]·s₁₂[j]"
    assert plain("a_{f,7}") == "a_f,7"
    assert latex("tanh c_{7}·ŷ_{2} − “50 % of_it”") == (
        r"\tanh c_{7} \cdot \hat{y}_{2} - \text{“50 \% of\_it”}"
    )
    assert Letters(Cell.LSTM, Notation.PYTORCH).at("s", 3) == "h_{3}"
    assert Letters(Cell.LSTM, Notation.LECTURE).at("a_g", 3) == "a_{g,3}"
