"""What is copied of a number: code that computes it, LaTeX and text with every term."""

from __future__ import annotations

import re

import pytest

from rnnstudio.engine.network import Cell
from rnnstudio.engine.surgery import Change
from rnnstudio.session.looking import Notation, Place
from rnnstudio.session.writing import as_latex, as_numpy, as_text
from tests.session.readings import NAMES, computed, places, reading_named, taken_at


@pytest.mark.parametrize(
    ("name", "notation"),
    [
        *((name, Notation.LECTURE) for name in NAMES),
        *((f"{cell} one-hot", Notation.PYTORCH) for cell in Cell),
    ],
)
def test_the_code_computes_the_number(name: str, notation: Notation) -> None:
    reading = reading_named(name)
    for place in places(reading):
        taken = taken_at(reading, place, notation)
        value = taken.explanation.value
        assert computed(as_numpy(taken)) == pytest.approx(value, abs=3e-6), place


@pytest.mark.parametrize("name", NAMES)
def test_latex_and_text_have_every_term(name: str) -> None:
    reading = reading_named(name)
    for place in places(reading):
        taken = taken_at(reading, place)
        count = len(taken.explanation.terms)
        formula = as_latex(taken)
        assert formula.count("{") == formula.count("}")
        assert formula.startswith("\\begin{align*}\n")
        lines = as_text(taken).splitlines()
        assert sum(bool(re.match(r" *[+−]\d", line)) for line in lines) == count + 1
        numbers = [float(line.split()[0].replace("−", "-")) for line in lines[-count - 1 :]]
        assert sum(numbers) == pytest.approx(taken.explanation.total, abs=1e-6 * (count + 2))


def test_latex_of_a_state_is_in_letters_and_in_numbers() -> None:
    taken = taken_at(reading_named("rnn one-hot"), Place("s", 0, 0, 5, 2))
    first, second, *_ = as_latex(taken).splitlines()[1:]
    assert first == r"  s_t &= \tanh(U x_t + W s_{t-1} + b) \\"
    assert second.startswith(r"  s_{5}[3] &= \tanh\bigl(")
    numbers = re.findall(r"-?\d+\.\d{4}", as_latex(taken))
    assert len(numbers) == 1 + 2 * taken.reading.spec.units + 2 + 2


def test_names_of_classes_are_written_in_full() -> None:
    taken = taken_at(reading_named("gru"), Place("y", None, 0, 4, 1))
    assert r"\hat{y}_{4}[\text{neutral, 100 \% of \_ or none}] &=" in as_latex(taken)
    assert computed(as_numpy(taken)) == pytest.approx(taken.explanation.value, abs=3e-6)


def test_a_number_set_by_hand_is_computed_as_it_would_be() -> None:
    change = Change("c", 0, 0, 4, 2, (0.5,))
    reading = reading_named("lstm", (change,))
    taken = taken_at(reading, Place("c", 0, 0, 4, 2))
    assert taken.explanation.value == 0.5
    would_be = taken.explanation.would_be
    assert would_be is not None
    assert computed(as_numpy(taken)) == pytest.approx(would_be, abs=3e-6)
    assert "set by hand" in as_numpy(taken)
    assert "set by hand" in as_text(taken)
    assert "set by hand" in as_latex(taken)
