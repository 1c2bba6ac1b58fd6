"""Other words in the place of one: what each of them would make of the prediction.

Up to the place all candidates have the same sentence before them. A network that reads forward
only, and whose answer is that of its last state, goes on from there: it reads the rest of the
sentence with what it remembers at that place as its initial state. All others read the whole
sentence once for each candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import PAD_ID, make_batch
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.model import Cancelled, Network, quiet
from rnnstudio.engine.network import NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import Trace, trace

# Ids up to that of `<pad>` are marks, not words.
FIRST_WORD_ID = PAD_ID + 1

# Candidates that are read at once, and the most words of those, which bounds the memory and how
# long a cancellation waits. Larger batches are no faster.
_CANDIDATES = 128
_MOST_WORDS = 8_192


@dataclass(frozen=True, eq=False)
class Replacements:
    """`candidates` (n,) are ids, `probabilities` (n, C) what is answered with each of them.

    `asked` is the step whose answer it is, from 1; `present` (C,) is the answer as it is. For
    labelling the answer is that for the word that is replaced.
    """

    candidates: IntArray
    probabilities: FloatArray
    present: FloatArray
    asked: int


def replace_word(
    spec: NetworkSpec,
    parameters: Parameters,
    ids: IntArray,
    step: int,
    candidates: IntArray | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Replacements:
    """Put each candidate (all words of the vocabulary if None) in the place of step `step`.

    Raises:
        IndexError: there is no such step or word.
        ValueError: the sentence has no words, or an id is negative.
        TooLongError: the network has no weights for so many steps.
        Cancelled: `cancelled`, asked now and then, said so.
    """
    seen = trace(spec, parameters, ids)
    seen.check_step(step)
    if candidates is None:
        candidates = np.arange(FIRST_WORD_ID, spec.vocabulary_size + 1, dtype=np.int32)
    asked = step if spec.task is Task.LABEL else len(seen)
    part = _part(seen, step)
    network = Network(part.spec, part.parameters)
    found = np.empty((len(candidates), spec.classes), parameters.dtype)
    width = max(1, min(_CANDIDATES, _MOST_WORDS // len(part.ids)))
    for start in range(0, len(candidates), width):
        if cancelled is not None and cancelled():
            raise Cancelled
        some = candidates[start : start + width]
        columns = np.repeat(part.ids[None], len(some), axis=0)
        columns[:, step - part.first] = some
        z = network.forward(make_batch(list(columns)))
        if spec.task is Task.LABEL:
            z = z.reshape(len(part.ids), len(some), -1)[step - part.first]
        with quiet():
            found[start : start + width] = softmax(z)
    return Replacements(
        candidates=read_only(np.array(candidates)),
        probabilities=read_only(found),
        present=seen.y[asked - 1],
        asked=asked,
    )


class _Part(NamedTuple):
    """What has to be read for each candidate: `ids`, those of the steps from `first` on."""

    spec: NetworkSpec
    parameters: Parameters
    ids: IntArray
    first: int


def _part(seen: Trace, step: int) -> _Part:
    """Return the part of a sentence on which a word at `step` has an influence."""
    spec = seen.spec
    forward = spec.cell.recurrent and not spec.bidirectional
    if not forward or (spec.task is Task.CLASSIFY and spec.read is not Reading.LAST):
        return _Part(spec, seen.parameters, seen.ids, 1)
    remembered = {
        f"initial.{name}_{layer.end}": layer.before(name, step)
        for (layer,) in seen.layers
        for name in ("s", "c")
        if f"{name}_0" in layer.initial
    }
    last = step if spec.task is Task.LABEL else len(seen)
    from_here = replace(spec, train_initial_state=True)
    parameters = Parameters.from_arrays(dict(seen.parameters) | remembered, seen.parameters.dtype)
    return _Part(from_here, parameters, seen.ids[step - 1 : last], step)
