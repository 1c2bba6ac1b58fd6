"""Says in words what a part of the unrolled network is, with its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rnnstudio.engine.attribution import Measure
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, Task
from rnnstudio.engine.network import Reading as Read
from rnnstudio.gui.plots.gate_diagram_letters import part_letter
from rnnstudio.gui.plots.lettering import indexed, number, signed
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.session.letters import decimal
from rnnstudio.session.looking import Method
from rnnstudio.session.quantity_words import quantity_words
from rnnstudio.session.reading import Reading
from rnnstudio.session.step_parts import (
    BIAS_PART,
    CELL_STATE_BEFORE,
    EARLIER_PART,
    INPUT_PART,
    RECURRENT_PART,
    STATE_BEFORE,
)

METHOD_WORDS: Mapping[Method, str] = {
    Method.NONE: "",
    Method.LEAVE_ONE_OUT: "leave-one-out",
    Method.GRADIENT_TIMES_INPUT: "gradient × input",
    Method.INTEGRATED_GRADIENTS: "integrated gradients",
}
_MEASURES: Mapping[Measure, str] = {
    Measure.SCORE: "the score of",
    Measure.LOG_PROBABILITY: "log ŷ of",
    Measure.PROBABILITY: "the probability of",
}


def step_words(reading: Reading, step: int) -> str:
    """Return the words for a step: its number, word and id."""
    unknown = ", not in the vocabulary" if reading.is_unknown(step) else ""
    place = f"step {step} of {len(reading)}"
    tag = reading.true_tag(step)
    truth = "" if tag is None else f", truth {tag}"
    return f"{place}: “{reading.words[step - 1]}”, id {reading.ids[step - 1]}{unknown}{truth}"


def unit_words(model: StripModel, step: int, unit: int, name: str | None = None) -> str:
    """Return the words for a unit of a quantity (None: the one in the cells)."""
    reading, quantity = model.reading, name or model.quantity
    value = number(float(model.layer[quantity][step - 1, unit]))
    word = reading.words[step - 1]
    at = "after" if reading.spec.cell.recurrent else "at"
    said = f"unit {unit + 1} of {_at_step(model, quantity, step)} = {value} {at} “{word}”"
    if quantity != "s":
        title = quantity_words(quantity, reading.spec.cell, model.notation).title
        said = f"{said}: {title[0].lower()}{title[1:]}"
    return said + _where(model) + _surgery_words(model, step, unit, quantity)


def part_words(model: StripModel, step: int, name: str, unit: int | None) -> str:
    """Return the words for a part of an opened step, or for a unit of it."""
    if name in model.layer.quantities:
        if unit is not None:
            return unit_words(model, step, unit, name)
        words = quantity_words(name, model.reading.spec.cell, model.notation)
        return f"{_at_step(model, name, step)}: {words.meaning}"
    has_own = model.reading.spec.cell.has_length
    of = f"x₁ … {indexed('x', step - 1)}" if step > 2 else "x₁"
    said = {
        INPUT_PART: "what the input adds to the sum",
        EARLIER_PART: f"what the words before ({of}) add to the sum, all together"
        if step > 1
        else "there are no words before the first step",
        RECURRENT_PART: "what the state before adds to the sum",
        BIAS_PART: "what the bias adds to the sum, "
        + ("that of this step" if has_own else "the same at every step"),
        STATE_BEFORE: "the state that the step was handed",
        CELL_STATE_BEFORE: "the cell state that the step was handed",
    }[name]
    letter = (
        "words before" if name == EARLIER_PART and step == 1 else part_letter(model, step, name)
    )
    meaning = f"{letter}: {said}"
    if unit is None:
        return meaning
    letter, _, rest = meaning.partition(": ")
    return f"unit {unit + 1} of {letter} = {number(float(model.parts(step)[name][unit]))}: {rest}"


def mean_words(model: StripModel, step: int, name: str) -> str:
    """Return the words for the mean size of a part of a step over all units."""
    value = model.part_number(step, name, None)
    assert value is not None, "it is a part of the step"
    return f"{part_words(model, step, name, None)}; mean size over the units {number(value)}"


def _at_step(model: StripModel, quantity: str, step: int) -> str:
    base, _, index = model.letters.quantity(quantity).partition("_")
    if index:
        return f"{base}_{index.strip('{}')} at step {step}"
    return model.letter(quantity, step)


def _where(model: StripModel) -> str:
    """Say which layer and direction it is, where there are several."""
    spec = model.reading.spec
    layer = f", layer {model.layer_index + 1}" if spec.layers > 1 else ""
    ways = ("forward", "backward")
    return layer + (f", {ways[model.direction]} direction" if spec.bidirectional else "")


def _surgery_words(model: StripModel, step: int, unit: int, quantity: str) -> str:
    original = model.reading.original
    if original is None:
        return ""
    is_set = unit in model.set_units(step, quantity)
    was = float(original.layer(model.layer_index, model.direction)[quantity][step - 1, unit])
    if not is_set and was == float(model.layer[quantity][step - 1, unit]):
        return ""
    return f"; {'set by hand, ' if is_set else ''}it would be {number(was)} without the changes"


def output_words(model: StripModel, step: int, classes: Sequence[int]) -> str:
    """Return the words for some classes of ŷ_t."""
    reading = model.reading
    word = reading.words[step - 1]
    if not reading.is_asked(step):
        return f"{word} is no word: it has no tag, and nothing is asked of it"
    row, original = model.shares(step), model.original_shares(step)

    def said(index: int) -> str:
        value, label = float(row[index]), reading.labels[index]
        if original is None or abs(value - float(original[index])) < 5e-4:
            return f"{label} {value:.3f}"
        was = float(original[index])
        return f"{label} {value:.3f} (without the changes {was:.3f}, Δ {signed(value - was)})"

    values = ", ".join(map(said, classes))
    asked = "the prediction" if step == len(reading) else f"if asked after “{word}”"
    if reading.labels_words:
        tag = reading.true_tag(step)
        asked = f"the tag of “{word}”" + ("" if tag is None else f", truth {tag}")
    return f"{model.letter('y', step)}: {values} ({asked})"


def decided_words(model: StripModel) -> str:
    """Say where the decision became final."""
    step, reading = model.decided, model.reading
    assert step is not None, "only a decision has a step"
    label = reading.labels[reading.trace.prediction]
    if step == 1:
        return f"decided at step 1: “{label}” leads from the start to the end"
    word = reading.words[step - 1]
    return f"decided at step {step}, “{word}”: from here on “{label}” leads to the end"


def contribution_words(model: StripModel, step: int) -> str:
    """Say how much a word moved the decision, or that it is not known yet."""
    method = METHOD_WORDS[model.looking.method]
    found, word = model.attribution, model.reading.words[step - 1]
    if found is None or model.contributions is None:
        return f"how much “{word}” moved the decision ({method}) is being worked out"
    label = model.reading.labels[found.result.class_index]
    value = float(model.contributions[step - 1])
    of = _MEASURES[found.result.measure]
    speaks = "speaks for" if value > 0 else "speaks against"
    asked = ""
    if model.reading.labels_words:
        asked = f" at “{model.reading.words[found.result.step - 1]}”"
    said = f"“{word}” {speaks} “{label}”{asked}" if value else f"“{word}” moves nothing"
    return f"{said}: it moves {of} “{label}” by {signed(value)} ({method})"


def legend_words(model: StripModel) -> str:
    """Say what the bars under the words are."""
    method = METHOD_WORDS[model.looking.method]
    said = f"pink bar: how much each word moved the decision ({method})"
    found = model.attribution
    if found is None or model.contributions is None:
        return f"{said}, being worked out"
    label = model.reading.labels[found.result.class_index]
    asked = ""
    if model.reading.labels_words:
        asked = f" of “{model.reading.words[found.result.step - 1]}”"
    flag = "" if model.decided is None else " · flag: decided from here on"
    return f"{said}; + for “{label}”{asked}, − hollow: against it{flag}"


def changes_words(model: StripModel, step: int) -> str:
    """Say what was set by hand at a step and is not in its cells; empty for nothing."""
    said = []
    if model.is_handed_another_memory(step):
        said.append("another memory was handed to this step by hand")
    for change in model.hidden_changes(step)[:3]:
        unit = "all units" if change.unit is None else f"unit {change.unit + 1}"
        value = decimal(change.values[0], 2) if len(change.values) == 1 else "…"
        said.append(f"{unit} of {change.quantity} set to {value} by hand")
    return "; ".join(said)


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


def initial_state_words(model: StripModel) -> str:
    """Return the words for s_0."""
    which = "last step, which is read first" if model.direction else "first step"
    values = "learned" if model.layer.s_0.any() else "all zeros"
    return f"{model.letter('s', 0)}: the state before the {which}, {values}"


def weight_words(model: StripModel, letter: str, step: int) -> str:
    """Return the words for the arrow "U", "W" or "V" that ends at or begins from s_t.

    W is the one that leads from the state before to s_t.
    """
    reading, layer = model.reading, model.layer
    spec, shapes = reading.spec, reading.trace.parameters.shapes
    x, s = model.letter("x", step), model.letter("s", step)
    u, w, v = model.weight_letters
    if letter == "V":
        return _output_weight_words(model, step, v)
    gates = GATES.get(spec.cell, ())
    of_gates = f", for {len(gates)} gates" if len(gates) > 1 else ""
    if letter == "W":
        size = _size(shapes[f"rnn.weight_hh_{layer.end}"])
        before = model.letter("s", layer.step_before(step))
        return f"{w}: weights from {before} to {s}, {size}{of_gates}, the same at every step"
    if model.layer_index:
        size = _size(shapes[f"rnn.weight_ih_{layer.end}"])
        below = model.layer_index
        way = "layer 1" if below == 1 else f"layers 1 to {below}"
        return f"From {x} through {way} to {s}, which is layer {below + 1}: its {u} is {size}"
    if spec.cell.has_length:
        size = _size(shapes[f"step.{step}.weight"])
        start = f"{model.letter('x', 1)} … {x}" if spec.cell is Cell.HISTORY and step > 1 else x
        return f"{indexed(u, step)}: weights from {start} to {s}, {size}, those of step {step}"
    name = "step.weight" if spec.cell is Cell.SHARED else f"rnn.weight_ih_{layer.end}"
    return f"{u}: weights from {x} to {s}, {_size(shapes[name])}{of_gates}, the same at every step"


def _output_weight_words(model: StripModel, step: int, letter: str) -> str:
    spec, y = model.reading.spec, model.letter("y", step)
    size = _size(model.reading.trace.parameters.shapes["output.weight"])
    said = f"{letter}: weights from {_read_words(model, step)} to {y}, {size}"
    if not model.is_last_layer:
        first, last = model.layer_index + 2, spec.layers
        way = f"layer {last}" if first == last else f"layers {first} to {last}"
        return f"From {model.letter('s', step)} through {way} to {y}. {said}"
    return f"{said}, the same at every step"


def _read_words(model: StripModel, step: int) -> str:
    """Return what the output reads at a step."""
    spec: NetworkSpec = model.reading.spec
    s = model.letter("s", step) if model.is_last_layer else f"the states of layer {spec.layers}"
    of = " of both directions" if spec.bidirectional else ""
    if spec.task is Task.LABEL:
        return f"{s}{of}"
    first = model.letter("s", 1)
    if spec.read is Read.MEAN:
        return f"the mean of {first} … {s}{of}"
    if spec.read is Read.MAX:
        return f"the greatest of {first} … {s}{of}"
    if not spec.bidirectional:
        return s
    forward, backward = (
        model.letter("s", model.reading.trace.read_step(step, direction)) for direction in (0, 1)
    )
    return f"the forward {forward} and the backward {backward}, each after as many words"


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{number:,}" for number in shape)
