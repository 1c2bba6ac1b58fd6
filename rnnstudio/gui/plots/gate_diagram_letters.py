"""The letters of the parts of a step: short beside a wire, with their steps above a grid."""

from __future__ import annotations

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.lettering import indexed
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.session.looking import Notation
from rnnstudio.session.step_parts import (
    BIAS_PART,
    CELL_STATE_BEFORE,
    EARLIER_PART,
    INPUT_PART,
    RECURRENT_PART,
    STATE_BEFORE,
)

STATES_BEFORE = {STATE_BEFORE: "s", CELL_STATE_BEFORE: "c"}


def part_letter(model: StripModel, step: int, part: str) -> str:
    """Return the letter of a part of a step as text, e.g. "f₇", "W s₆", "U₇,₇ x₇"."""
    before = model.layer.step_before(step)
    if part in STATES_BEFORE:
        return model.letter(STATES_BEFORE[part], before)
    if part == INPUT_PART:
        return f"{input_weight(model, step)} {model.letter('x', step)}"
    if part == EARLIER_PART:
        return _earlier_letter(model, step)
    if part == RECURRENT_PART:
        return f"{model.weight_letters[1]} {model.letter('s', before)}"
    if part == BIAS_PART:
        return indexed("b", step) if model.reading.spec.cell.has_length else "b"
    return model.letter(part, step)


def short_letter(model: StripModel, step: int, part: str) -> str:
    """Return the letter of a part without its step, e.g. "f", "Ws"; of weights of their own with
    it, e.g. "U₇x".
    """
    if part == EARLIER_PART:
        return "before"
    if part == INPUT_PART:
        if model.reading.spec.cell is Cell.HISTORY:
            return f"{_base(model)}x"  # beside "before"; both indices would not fit
        return f"{input_weight(model, step)}x"
    words = {RECURRENT_PART: f"{model.weight_letters[1]}s", BIAS_PART: "b", "tanh_c": "tanh c"}
    return words.get(part) or model.letters.quantity(part)


def input_weight(model: StripModel, step: int) -> str:
    """Return the letter of the weights that x_t meets, with the step where it has its own."""
    cell = model.reading.spec.cell
    if not cell.has_length:
        return model.weight_letters[0]
    return _own_weight(model, step, step if cell is Cell.HISTORY else None)


def earlier_inputs(model: StripModel, step: int) -> str:
    """Return the inputs before a step, e.g. "x₁ … x₆"; empty at the first."""
    if step == 1:
        return ""
    first, last = model.letter("x", 1), model.letter("x", step - 1)
    return first if step == 2 else f"{first} … {last}"


def _earlier_letter(model: StripModel, step: int) -> str:
    if step == 1:
        return "before: none"
    if step == 2:
        return f"{_own_weight(model, 2, 1)} {model.letter('x', 1)}"
    return f"{_base(model)} {earlier_inputs(model, step).replace(' ', '')}"


def _own_weight(model: StripModel, step: int, word: int | None) -> str:
    letter = indexed(_base(model), step)
    return letter if word is None else f"{letter},{indexed('', word)}"


def _base(model: StripModel) -> str:
    return "W" if model.notation is Notation.PYTORCH else "U"
