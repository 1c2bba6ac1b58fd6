"""Small networks and sentences that the engine's tests share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.engine.training import Examples, TrainingJob
from rnnstudio.engine.training_spec import TrainingSpec

L, E, H, C = 9, 4, 5, 3


def network(activation: Activation = Activation.TANH, embedding: int | None = E) -> NetworkSpec:
    """A network of L words, H units and C classes."""
    return NetworkSpec(L, C, H, embedding, activation)


def sentences(lengths: Sequence[int], rng: np.random.Generator, low: int = 0) -> list[IntArray]:
    """Random words of the ids `low` … L; 0 is an unknown one."""
    return [rng.integers(low, L + 1, length).astype(np.int32) for length in lengths]


def random_batch(lengths: Sequence[int], seed: int = 0) -> Batch:
    """A batch of random sentences and classes."""
    rng = np.random.default_rng(seed)
    words = sentences(lengths, rng)
    return make_batch(words, rng.integers(0, C, len(words)))


def double_parameters(spec: NetworkSpec, seed: int = 1) -> Parameters:
    """Fresh weights in float64."""
    return initial_parameters(spec, np.random.default_rng(seed), np.float64)


def job(
    training: TrainingSpec | None = None,
    *,
    count: int = 40,
    validation: int = 12,
    embedding: int | None = E,
    activation: Activation = Activation.TANH,
) -> TrainingJob:
    """A task that can be learned: the class is the sentence's last word, modulo C."""
    rng = np.random.default_rng(7)
    words = tuple(sentences(rng.integers(1, 8, count + validation).tolist(), rng))
    targets = np.array([int(sentence[-1]) % C for sentence in words])
    return TrainingJob(
        network(activation, embedding),
        training or TrainingSpec(epochs=3, batch_size=8),
        Examples(words[:count], targets[:count]),
        Examples(words[count:], targets[count:]),
    )
