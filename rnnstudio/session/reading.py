"""One sentence read by one network: what every picture of the Unroll page draws from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Row
from rnnstudio.data.vocabulary import UNKNOWN_ID
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, Task
from rnnstudio.engine.surgery import Change, fits, operate_on
from rnnstudio.engine.trace import Trace, trace
from rnnstudio.project.model import Encoded, Model
from rnnstudio.session.looking import Looking
from rnnstudio.session.memo import remembered
from rnnstudio.session.sentence import encoded

# What can be seen of a unit of each cell in the inspector's first row, beginning with its state.
UNIT_QUANTITIES: Mapping[Cell, tuple[str, ...]] = {
    Cell.GRU: ("s", "n", "r", "z", "q"),
    Cell.LSTM: ("s", "c", "i", "f", "g", "o"),
}
_CANDIDATES = frozenset({"n", "g"})
# Numbers of the network, not of a layer, under which names `explain` and traces have them. A GRU's
# gate is called "z" as well, so that of the network goes by another name here.
NETWORK_QUANTITIES: Mapping[str, str] = {"m": "m", "scores": "z", "y": "y"}


@dataclass(frozen=True, eq=False)
class Reading:
    """One sentence read by one network: what strip, heat map and inspector draw from.

    `state_low` … `state_high` is the scale on which states are coloured, `input_limit` the size of
    the largest component of an embedding. `tags` are the true ones of the words, where the data
    give them. `changes` were made by hand on the way, and `original` is the trace without them;
    None where there are none.
    """

    model: Model
    encoded: Encoded
    trace: Trace
    state_low: float
    state_high: float
    input_limit: float
    tags: tuple[str, ...] | None = None
    changes: tuple[Change, ...] = ()
    original: Trace | None = None

    @property
    def spec(self) -> NetworkSpec:
        """The network's settings."""
        return self.trace.spec

    @property
    def labels_words(self) -> bool:
        """Whether the answer is a tag for each word."""
        return self.spec.task is Task.LABEL

    def is_asked(self, step: int) -> bool:
        """Whether there is an answer at a step: a labeller is not asked at `<sos>` and `<eos>`."""
        return not self.labels_words or 2 <= step <= len(self) - 1

    def true_tag(self, step: int) -> str | None:
        """Return the tag that the data give the word of a step, if they do."""
        return self.tags[step - 2] if self.tags and 2 <= step <= len(self) - 1 else None

    def unit_quantities(self) -> tuple[str, ...]:
        """What can be seen of a unit, beginning with its state."""
        return UNIT_QUANTITIES.get(self.spec.cell, ("s",))

    def quantities(self, layer: int | None = None) -> tuple[str, ...]:
        """What can be seen of a layer (None: the last one) over time, beginning with its state.

        `values` and `scale` take each of these names.
        """
        own = self.trace.layer(-1 if layer is None else layer).quantities
        first = [name for name in self.unit_quantities() if name in own]
        return (*first, *(name for name in own if name not in first), "x", *NETWORK_QUANTITIES)

    def available(self, looking: Looking) -> Looking:
        """Return what of `looking` this network has.

        After a change of network a quantity, layer, direction or class may not be there: then it
        is the state, the last layer, the forward direction, the class that is answered.
        """
        spec = self.spec
        layer, ranked = looking.layer, looking.ranked_class
        if layer is not None and not 0 <= layer < spec.layers:
            layer = None
        direction = looking.direction if looking.direction in range(spec.directions) else 0
        quantity = looking.quantity if looking.quantity in self.quantities(layer) else "s"
        if ranked is not None and not 0 <= ranked < spec.classes:
            ranked = None
        return dataclasses.replace(
            looking, quantity=quantity, layer=layer, direction=direction, ranked_class=ranked
        )

    def values(self, looking: Looking, trace: Trace | None = None) -> FloatArray:
        """Return what is looked at over time (T, n); of another trace of the sentence if given.

        Raises:
            KeyError: the cell has no such quantity.
            IndexError: there is no such layer or direction.
        """
        traced = self.trace if trace is None else trace
        name = looking.quantity
        if name in NETWORK_QUANTITIES:
            found: FloatArray = getattr(traced, NETWORK_QUANTITIES[name])
            return found
        layer = traced.layer(-1 if looking.layer is None else looking.layer, looking.direction)
        return layer.x if name == "x" else layer[name]

    def width(self, looking: Looking) -> int:
        """Return how many numbers what is looked at has at each step."""
        name = looking.quantity
        if name == "x":
            first = self.spec.layers == 1 if looking.layer is None else looking.layer == 0
            return self.spec.inputs if first else self.spec.features
        if name in NETWORK_QUANTITIES:
            return int(getattr(self.trace, NETWORK_QUANTITIES[name]).shape[1])
        return self.spec.units

    def scale(self, looking: Looking) -> tuple[float, float]:
        """Return the ends of the scale on which what is looked at is coloured.

        0 … 1 for gates and probabilities, the activation's for states, otherwise −l … l with l a
        round number, so that the colours rest while the network learns.
        """
        name = looking.quantity
        cell = self.spec.cell
        if name in ("s", "m"):
            return self.state_low, self.state_high
        if name == "y" or (name in GATES.get(cell, ()) and name not in _CANDIDATES):
            return 0.0, 1.0
        if name in _CANDIDATES or name == "tanh_c":
            return -1.0, 1.0
        if name == "x":
            if looking.layer or (looking.layer is None and self.spec.layers > 1):
                return self.state_low, self.state_high
            return (
                (0.0, 1.0) if self.spec.embedding is None else (-self.input_limit, self.input_limit)
            )
        limit = round_limit(self.values(looking))
        return -limit, limit

    def __len__(self) -> int:
        """The number T of steps."""
        return len(self.trace)

    @property
    def words(self) -> tuple[str, ...]:
        """The words (T,) from `<sos>` to `<eos>`."""
        return self.encoded.words

    @property
    def ids(self) -> IntArray:
        """The words' ids (T,)."""
        return self.encoded.ids

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes (C,)."""
        return self.model.labels

    def is_unknown(self, step: int) -> bool:
        """Whether the vocabulary lacks the word of step t = 1 … T."""
        return int(self.ids[step - 1]) == self.model.vocabulary.unknown_id

    def is_zero(self, step: int) -> bool:
        """Whether x_t = 0, because the vocabulary lacks the word and has no `<unk>`."""
        return int(self.ids[step - 1]) == UNKNOWN_ID

    def span(self, step: int) -> tuple[int, int] | None:
        """Where the word of a step stands in the sentence as typed; None for `<sos>`, `<eos>`."""
        if not 2 <= step <= len(self) - 1:
            return None
        token = self.encoded.tokens[step - 2]
        return (token.start, token.end) if token.end > token.start else None


@remembered(6)
def read(
    model: Model, sentence: str, row: Row | None = None, changes: tuple[Change, ...] = ()
) -> Reading:
    """Read a sentence, as `row` gives its words; the same arguments give the same object.

    Of `changes` those are made that the network and the sentence have room for.

    Raises:
        RnnStudioError: the sentence has no word.
        TooLongError: the network has no weights for so many steps.
    """
    read_as = encoded(model, sentence, row)
    original = trace(model.network, model.parameters, read_as.ids)
    fitting = tuple(change for change in changes if fits(change, original))
    traced = operate_on(original, fitting) if fitting else original
    low, high = _state_scale(traced)
    tags = row.tags if row is not None and model.task is Task.LABEL else None
    return Reading(
        model=model,
        encoded=read_as,
        trace=traced,
        state_low=low,
        state_high=high,
        input_limit=_input_limit(traced),
        tags=tags,
        changes=fitting,
        original=original if fitting else None,
    )


def _state_scale(trace: Trace) -> tuple[float, float]:
    if trace.spec.cell in (Cell.GRU, Cell.LSTM):
        return -1.0, 1.0  # whose states are always those of tanh
    match trace.spec.activation:
        case Activation.TANH:
            return -1.0, 1.0
        case Activation.LOGISTIC:
            return 0.0, 1.0
        case Activation.RELU:
            return 0.0, round_limit(trace.s)


def _input_limit(trace: Trace) -> float:
    known = trace.ids[trace.ids != UNKNOWN_ID]
    if trace.spec.embedding is None or len(known) == 0:
        return 1.0
    return round_limit(trace.parameters["embedding.weight"][known - 1])


def round_limit(values: FloatArray) -> float:
    """Return the next of 1, 2, 3, 5 times a power of ten above all values: a scale that rests.

    While training the exact maximum would change, and with it every colour, at each picture.
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    if largest == 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((f * power for f in (1.0, 2.0, 3.0, 5.0) if largest <= f * power), 10.0 * power)
