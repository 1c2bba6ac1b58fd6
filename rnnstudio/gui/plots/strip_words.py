"""Says in words what a part of the unrolled network is, with its value."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstudio.gui.plots.lettering import indexed, number, signed
from rnnstudio.session.resolve.unroll import Reading


def step_words(reading: Reading, step: int) -> str:
    """Return the words for a step: its number, word and id."""
    unknown = ", not in the vocabulary" if reading.is_unknown(step) else ""
    place = f"step {step} of {len(reading)}"
    return f"{place}: “{reading.words[step - 1]}”, id {reading.ids[step - 1]}{unknown}"


def unit_words(reading: Reading, step: int, unit: int) -> str:
    """Return the words for a unit of s_t."""
    value = number(reading.trace.s[step - 1, unit])
    return f"unit {unit + 1} of {indexed('s', step)} = {value} after “{reading.words[step - 1]}”"


def output_words(reading: Reading, step: int, classes: Sequence[int]) -> str:
    """Return the words for some classes of ŷ_t."""
    row = reading.trace.y[step - 1]
    values = ", ".join(f"{reading.labels[index]} {row[index]:.3f}" for index in classes)
    last = step == len(reading)
    asked = "the prediction" if last else f"if asked after “{reading.words[step - 1]}”"
    return f"{indexed('ŷ', step)}: {values} ({asked})"


def input_words(reading: Reading, step: int, component: int | None) -> str:
    """Return the words for x_t, or for one component of an embedding."""
    word, id_ = reading.words[step - 1], int(reading.ids[step - 1])
    x = indexed("x", step)
    if reading.is_unknown(step):
        return f"{x} = 0: “{word}” is not in the vocabulary (id 0)"
    if reading.trace.spec.embedding is None:
        return f"{x}: one-hot vector of “{word}”, 1 at id {id_} of {reading.trace.spec.inputs}"
    if component is None:
        return f"{x}: embedding of “{word}”, id {id_}"
    value = signed(reading.trace.x(step)[component])
    return f"{x}[{component + 1}] = {value}, embedding of “{word}”, id {id_}"


def initial_state_words() -> str:
    """Return the words for s_0."""
    return "s₀: the state before the first step, all zeros"


def weight_words(reading: Reading, letter: str, step: int) -> str:
    """Return the words for the arrow U, W or V that ends at or begins from s_t.

    W is the one that leads from s_{t−1} to s_t.
    """
    spec = reading.trace.spec
    start, end, rows, columns = {
        "U": (("x", step), ("s", step), spec.units, spec.inputs),
        "W": (("s", step - 1), ("s", step), spec.units, spec.units),
        "V": (("s", step), ("ŷ", step), spec.classes, spec.units),
    }[letter]
    between = f"{letter}: weights from {indexed(*start)} to {indexed(*end)}"
    return f"{between}, {rows} × {columns}, the same at every step"
