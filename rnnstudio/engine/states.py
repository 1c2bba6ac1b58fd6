"""What many sentences leave in a network: one quantity at every word of every one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import Batch, divide_bounded, take
from rnnstudio.engine.layer_trace import layer_quantities, quantities_of
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.model import Cancelled, Network, quiet
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.recurrent import Recurrence
from rnnstudio.engine.trace import read_so_far

_BATCH_SIZE = 64
# The most words that are read at once, padding counted, as for `model.probabilities`.
_MOST_WORDS = 8_192
# The most numbers that are kept: 160 MB of float32.
_MOST_NUMBERS = 40_000_000


@dataclass(frozen=True, eq=False)
class States:
    """Numbers of n words: `values` (n, H); all arrays are read-only.

    Word i is that of step `steps[i]` (from 1) of sequence `rows[i]` (from 0); the words of a
    sequence stand together, in its own order. `left_out` is the number of sequences not read.
    """

    values: FloatArray
    rows: IntArray
    steps: IntArray
    left_out: int = 0


def collect_states(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    quantity: str = "s",
    layer: int = -1,
    direction: int = 0,
    most: int = 60_000,
    cancelled: Callable[[], bool] | None = None,
) -> States:
    """Read sequences of ids, in batches, and keep one quantity of each word.

    `quantity` is a name of `LayerTrace.quantities` or "x" of a layer and direction, from 0, or one
    of the network, for which these do not count: "m", "scores" (z) or "y", as if asked after each
    word. Where the sequences have more than `most` words, or so many that their numbers would take
    too much memory, every so manyth sequence is read, from all parts alike; those that are longer
    than the network can read, or have no words, are left out.

    Raises:
        KeyError: the cell has no such quantity.
        IndexError: there is no such layer or direction, or an id is above L.
        Cancelled: `cancelled`, asked before each batch, said so.
    """
    width, read = _reader(spec, quantity, layer, direction)
    most = min(most, _MOST_NUMBERS // width)
    lengths = np.array([len(sequence) for sequence in sequences], np.int64)
    chosen = _spread(lengths, most, spec.longest)
    lengths = lengths[chosen]
    ends = np.cumsum(lengths)
    starts = ends - lengths
    values = np.empty((int(lengths.sum()), width), parameters.dtype)
    network = Network(spec, parameters, keep=True)
    some = [sequences[row] for row in chosen]
    for rows in divide_bounded(some, _BATCH_SIZE, _MOST_WORDS):
        if cancelled is not None and cancelled():
            raise Cancelled
        batch = take(some, None, rows)
        with quiet():
            network.forward(batch)
            found = read(network, batch)
        places = starts[batch.rows] + np.arange(batch.length)[:, None]
        values[places[batch.real]] = found.reshape(batch.length, batch.size, -1)[batch.real]
    return States(
        values=read_only(values),
        rows=read_only(np.repeat(chosen, lengths)),
        steps=read_only(np.arange(len(values)) - np.repeat(starts, lengths) + 1),
        left_out=len(sequences) - len(chosen),
    )


class DrivingWord(NamedTuple):
    """A word, the mean of a unit's values where it stands, and how often it stands there."""

    word: str
    mean: float
    times: int


def driving_words(
    states: States, words: Sequence[str], unit: int, most: int = 8, least_count: int = 1
) -> tuple[DrivingWord, ...]:
    """Return the words at which a unit is highest and lowest on the average, the highest first.

    `words` (n,) are those of the states. At most `most` words of each end are there, none twice;
    words that stand in fewer than `least_count` places do not count, nor do values that are not
    finite.

    Raises:
        ValueError: there is not a word for each state.
        IndexError: there is no such unit.
    """
    if len(words) != len(states.values):
        raise ValueError(f"{len(words)} words are given for {len(states.values)} states.")
    if not 0 <= unit < states.values.shape[1]:
        raise IndexError(f"There is no unit {unit} of {states.values.shape[1]}.")
    numbers: dict[str, int] = {}
    owner = np.fromiter((numbers.setdefault(word, len(numbers)) for word in words), np.int64)
    values = states.values[:, unit].astype(np.float64)
    finite = np.isfinite(values)
    counts = np.bincount(owner[finite], minlength=len(numbers))
    sums = np.bincount(owner[finite], values[finite], minlength=len(numbers))
    often = np.flatnonzero(counts >= max(1, least_count))
    means = sums[often] / counts[often]
    order = np.argsort(-means, kind="stable")
    if len(order) > 2 * most:
        order = np.concatenate([order[:most], order[len(order) - most :]])
    names = list(numbers)
    return tuple(
        DrivingWord(names[often[place]], float(means[place]), int(counts[often[place]]))
        for place in order
    )


# What of the batch that a network has just read is kept: rows (T·B, F) in the order of the
# sentences. Padding may have any number.
_Read = Callable[[Network, Batch], FloatArray]


def _reader(spec: NetworkSpec, quantity: str, layer: int, direction: int) -> tuple[int, _Read]:
    """Return how many numbers F a word has of a quantity, and what reads them.

    Raises:
        KeyError, IndexError: as `collect_states`.
    """
    if quantity == "m":
        return spec.features, _what_is_read
    if quantity in ("scores", "y"):
        return spec.classes, partial(_answers, quantity == "y")
    if not -spec.layers <= layer < spec.layers or not 0 <= direction < spec.directions:
        raise IndexError(f"There is no layer {layer} in direction {direction}.")
    layer %= spec.layers
    if quantity == "x":
        return (spec.features if layer else spec.inputs), partial(_input, layer)
    if quantity not in layer_quantities(spec.cell):
        raise KeyError(quantity)
    return spec.units, partial(_of_layer, quantity, layer, direction)


def _of_layer(
    quantity: str, layer: int, direction: int, network: Network, batch: Batch
) -> FloatArray:
    steps = quantities_of(network, layer, direction, batch.length)[quantity]
    rows = np.ascontiguousarray(steps.transpose(0, 2, 1)).reshape(len(batch.word_rows), -1)
    return rows[batch.reversed_rows] if direction else rows


def _input(layer: int, network: Network, batch: Batch) -> FloatArray:
    if layer:
        assert isinstance(network.layers, Recurrence)
        return network.layers.features(batch, layer - 1)
    rows = np.zeros((len(batch.word_rows), network.spec.inputs), network.arena.dtype)
    if network.spec.embedding is not None:
        network.look_up(batch, rows)
    else:
        known = np.flatnonzero(batch.word_rows >= 0)
        rows[known, batch.word_rows[known]] = 1.0
    return rows


def _what_is_read(network: Network, batch: Batch) -> FloatArray:
    """Return m as if asked after each word; for labelling it has been read."""
    spec, layers = network.spec, network.layers
    if spec.task is Task.LABEL:
        return network.head.read
    if isinstance(layers, Recurrence):
        states = [one.cell.s[1 : batch.length + 1] for one in layers.layers[-1]]
    else:
        states = [layers.s]
    m = read_so_far(spec, [s.transpose(0, 2, 1) for s in states])
    return m.reshape(len(batch.word_rows), -1)


def _answers(probabilities: bool, network: Network, batch: Batch) -> FloatArray:
    z = network.head.scores(_what_is_read(network, batch))
    return softmax(z) if probabilities else z


def _spread(lengths: IntArray, most: int, longest: int | None) -> IntArray:
    """Choose sequences (k,) of up to `most` words together, at least one, from all parts alike."""
    fitting = np.flatnonzero((lengths > 0) & (lengths <= (longest or np.inf)))
    total = int(lengths[fitting].sum())
    if total <= most:
        return fitting
    shares = np.floor(np.arange(len(fitting) + 1) * (most / total))
    chosen = fitting[np.diff(shares) > 0]
    chosen = chosen[np.cumsum(lengths[chosen]) <= most]
    return chosen if len(chosen) else fitting[:1]
