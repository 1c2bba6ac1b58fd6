"""What one batch does to the weights: optimiser, clipping, and the embedding's rows.

An embedding is most of a network's weights, and a batch has few of its words. Where it is large
and the optimiser allows it, only the rows of those words are touched (`lazy_rows`); all other
weights are one vector that is updated as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.lazy_rows import LAZY_ROWS, LazyRows
from rnnstudio.engine.model import quiet
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.optimizers import OPTIMIZERS, clip, clip_values, norm
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training_spec import TrainingSpec

# Embeddings of fewer numbers are updated as a whole, which costs less than looking rows up:
# 116 µs against 130 µs at 2,000 words of 32 numbers, 3 ms against 0.75 ms at 10,000 of 128.
_LEAST_LAZY = 100_000

_ROWS = "rows."
_RAW = "weights"


def updates_rows(network: NetworkSpec, training: TrainingSpec) -> bool:
    """Return whether only the rows of a batch's words are touched in the embedding."""
    return (
        network.embedding is not None
        and network.train_embedding
        and network.vocabulary_size * network.embedding >= _LEAST_LAZY
        and training.weight_decay == 0.0
        and training.optimizer in LAZY_ROWS
    )


class WeightUpdate:
    """Changes the weights of a network, batch by batch.

    `parameters` is the network's whole vector, changed in place. Where `rows` is not None, rows of
    the embedding that were in no batch of late wait for their update; `settled` has it made. With
    `by_word` the embedding is no part of the gradient that is updated as a whole: its own is given
    by word, or it is not trained at all.
    """

    def __init__(
        self, network: NetworkSpec, training: TrainingSpec, parameters: Parameters
    ) -> None:
        self.parameters = parameters
        self._training = training
        self.rows: LazyRows | None = None
        flat = parameters.flat
        if updates_rows(network, training):
            self.rows = LAZY_ROWS[training.optimizer](parameters["embedding.weight"])
        fixed = network.embedding is not None and not network.train_embedding
        self.by_word = self.rows is not None or fixed
        if self.by_word:
            flat = flat[parameters["embedding.weight"].size :]
        # All that is updated as a whole; the gradient has the same numbers.
        self._dense = flat
        self._optimizer = OPTIMIZERS[training.optimizer](
            flat, training.momentum, training.weight_decay
        )

    @property
    def updates(self) -> int:
        """The number of updates made."""
        return self._optimizer.updates

    def before(self, words: IntArray) -> None:
        """Bring the embedding's rows of `words` (R,), from 0, up to date for a forward pass."""
        if self.rows is not None:
            with quiet():
                self.rows.catch_up(words)

    def make(
        self,
        gradient: FloatArray,
        words: IntArray | None,
        by_word: FloatArray | None,
        learning_rate: float,
    ) -> float:
        """Clip and update, and return the norm of the whole gradient before clipping.

        `gradient` is that of the dense part, `by_word` (R, E) of the embedding's rows `words`; both
        are changed. Where the norm is not finite nothing is.
        """
        training, parts = self._training, [gradient]
        if by_word is not None:
            parts.append(by_word.reshape(-1))
        with quiet():
            gradient_norm = math.hypot(*map(norm, parts))
            if not math.isfinite(gradient_norm):
                return gradient_norm
            for part in parts:
                if training.clip_norm is not None:
                    clip(part, gradient_norm, training.clip_norm)
                if training.clip_value is not None:
                    clip_values(part, training.clip_value)
            self._optimizer.update(self._dense, gradient, learning_rate)
            if self.rows is not None:
                assert words is not None
                assert by_word is not None
                self.rows.update(words, by_word, learning_rate)
        return gradient_norm

    def settled(self) -> Parameters:
        """Return a frozen copy of the weights in which no row waits."""
        if self.rows is None:
            return self.parameters.frozen()
        copy = self.parameters.copy()
        with quiet():
            self.rows.settled(copy["embedding.weight"])
        return copy.frozen()

    def memory(self) -> dict[str, FloatArray]:
        """Return copies of all that is remembered beside `settled`, by name."""
        return {name: read_only(moment.copy()) for name, moment in self._memory().items()}

    def fits(self, memory: Mapping[str, FloatArray]) -> bool:
        """Return whether `memory` has the arrays that `remember` needs."""
        own = self._memory()
        return {name: array.shape for name, array in memory.items()} == {
            name: array.shape for name, array in own.items()
        }

    def remember(self, memory: Mapping[str, FloatArray], updates: int) -> None:
        """Take up what `memory` returned after so many updates."""
        self._optimizer.updates = updates
        if self.rows is not None:
            self.rows.updates = updates
        for name, array in self._memory().items():
            array[...] = memory[name]

    def _memory(self) -> dict[str, FloatArray]:
        memory = dict(self._optimizer.moments)
        if self.rows is not None:
            memory.update({_ROWS + name: moment for name, moment in self.rows.moments.items()})
            memory[_ROWS + _RAW] = self.rows.weights
        return memory
