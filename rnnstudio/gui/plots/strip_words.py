"""Says in words what a part of the unrolled network is, with its value."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstudio.engine.network import GATES, Cell
from rnnstudio.engine.network import Reading as Read
from rnnstudio.gui.plots.lettering import indexed, number, signed
from rnnstudio.session.resolve.unroll import Reading


def step_words(reading: Reading, step: int) -> str:
    """Return the words for a step: its number, word and id."""
    unknown = ", not in the vocabulary" if reading.is_unknown(step) else ""
    place = f"step {step} of {len(reading)}"
    tag = reading.true_tag(step)
    truth = "" if tag is None else f", truth {tag}"
    return f"{place}: “{reading.words[step - 1]}”, id {reading.ids[step - 1]}{unknown}{truth}"


def unit_words(reading: Reading, step: int, unit: int) -> str:
    """Return the words for a unit of s_t."""
    value = number(reading.trace.s[step - 1, unit])
    at = "after" if reading.spec.cell.recurrent else "at"
    layers = reading.spec.layers
    layer = f", layer {layers}" if layers > 1 else ""
    word = reading.words[step - 1]
    return f"unit {unit + 1} of {indexed('s', step)} = {value} {at} “{word}”{layer}"


def output_words(reading: Reading, step: int, classes: Sequence[int]) -> str:
    """Return the words for some classes of ŷ_t."""
    word = reading.words[step - 1]
    if not reading.is_asked(step):
        return f"{word} is no word: it has no tag, and nothing is asked of it"
    row = reading.trace.y[step - 1]
    values = ", ".join(f"{reading.labels[index]} {row[index]:.3f}" for index in classes)
    last = step == len(reading)
    asked = "the prediction" if last else f"if asked after “{word}”"
    if reading.labels_words:
        tag = reading.true_tag(step)
        asked = f"the tag of “{word}”" + ("" if tag is None else f", truth {tag}")
    return f"{indexed('ŷ', step)}: {values} ({asked})"


def input_words(reading: Reading, step: int, component: int | None) -> str:
    """Return the words for x_t, or for one component of an embedding."""
    word, id_ = reading.words[step - 1], int(reading.ids[step - 1])
    x = indexed("x", step)
    if reading.is_zero(step):
        return f"{x} = 0: “{word}” is not in the vocabulary (id 0)"
    if reading.is_unknown(step):
        word = f"{word}”, read as “<unk>"
    if reading.trace.spec.embedding is None:
        return f"{x}: one-hot vector of “{word}”, 1 at id {id_} of {reading.trace.spec.inputs}"
    if component is None:
        return f"{x}: embedding of “{word}”, id {id_}"
    value = signed(reading.trace.x(step)[component])
    return f"{x}[{component + 1}] = {value}, embedding of “{word}”, id {id_}"


def initial_state_words(reading: Reading) -> str:
    """Return the words for s_0."""
    if reading.trace.s_0.any():
        return "s₀: the state before the first step, learned"
    return "s₀: the state before the first step, all zeros"


def weight_words(reading: Reading, letter: str, step: int) -> str:
    """Return the words for the arrow U, W or V that ends at or begins from s_t.

    W is the one that leads from s_{t−1} to s_t.
    """
    spec, shapes = reading.spec, reading.trace.parameters.shapes
    x, s = indexed("x", step), indexed("s", step)
    layer = f"l{spec.layers - 1}"
    if letter == "V":
        read, y = _read_words(reading, step), indexed("ŷ", step)
        size = _size(shapes["output.weight"])
        return f"V: weights from {read} to {y}, {size}, the same at every step"
    gates = GATES.get(spec.cell, ())
    of_gates = f", for {len(gates)} gates" if len(gates) > 1 else ""
    if letter == "W":
        size = _size(shapes[f"rnn.weight_hh_{layer}"])
        before = indexed("s", step - 1)
        return f"W: weights from {before} to {s}, {size}{of_gates}, the same at every step"
    if spec.layers > 1:
        size = _size(shapes[f"rnn.weight_ih_{layer}"])
        below = spec.layers - 1
        way = "layer 1" if below == 1 else f"layers 1 to {below}"
        return f"From {x} through {way} to {s}, which is layer {spec.layers}: its U is {size}"
    if spec.cell.has_length:
        size = _size(shapes[f"step.{step}.weight"])
        start = f"{indexed('x', 1)} … {x}" if spec.cell is Cell.HISTORY and step > 1 else x
        return f"{indexed('U', step)}: weights from {start} to {s}, {size}, those of step {step}"
    name = "step.weight" if spec.cell is Cell.SHARED else f"rnn.weight_ih_{layer}"
    return f"U: weights from {x} to {s}, {_size(shapes[name])}{of_gates}, the same at every step"


def _read_words(reading: Reading, step: int) -> str:
    """Return what the output reads at a step."""
    spec, s = reading.spec, indexed("s", step)
    of = " of both directions" if spec.bidirectional else ""
    if reading.labels_words:
        return f"{s}{of}"
    first = indexed("s", 1)
    if spec.read is Read.MEAN:
        return f"the mean of {first} … {s}{of}"
    if spec.read is Read.MAX:
        return f"the greatest of {first} … {s}{of}"
    if spec.bidirectional:
        return f"{s} and the other direction's state after as many words"
    return s


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{number:,}" for number in shape)
