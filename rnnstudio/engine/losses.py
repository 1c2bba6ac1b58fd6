"""The output function, and the loss with its gradient.

    ŷ = softmax(z)        ŷ_i = e^{z_i} / Σ_j e^{z_j}
    L = −Σ_i y_i log ŷ_i = −log ŷ_c        for the true class c
    ∂L/∂z = ŷ − y

The loss of a batch sums the losses of its answers, each with the same share w: with one over their
number it is their mean; for labelling it may be one over the number of sentences, and the loss the
mean over sentences of the sum over their words. With class weights k, and label smoothing that
takes ε of the target and spreads it over all classes,

    L = w Σ [(1 − ε) k_c (−log ŷ_c) + ε/C Σ_i k_i (−log ŷ_i)]

as `torch.nn.functional.cross_entropy` has it, and the w of a mean is one over the sum of all k_c.
Answers are rows, classes columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Asked, Batch
from rnnstudio.engine.training_spec import LossMean


@dataclass(frozen=True, eq=False)
class Objective:
    """What is minimised; `class_weights` is (C,), or None for all equal."""

    mean: LossMean = LossMean.SENTENCE
    label_smoothing: float = 0.0
    class_weights: FloatArray | None = None


CROSS_ENTROPY = Objective()


class Answers(NamedTuple):
    """The answers that a batch asks for, and the `share` w of each in the loss."""

    asked: Asked
    share: float


def answers(batch: Batch, objective: Objective = CROSS_ENTROPY) -> Answers:
    """Return the answers that a batch asks for, with their share.

    Raises:
        IndexError: a sentence's class is not known.
    """
    asked = batch.asked
    k = objective.class_weights
    if batch.tags is not None and objective.mean is LossMean.SENTENCE:
        total = float(batch.size)
    else:
        total = float(len(asked.targets) if k is None else k[asked.targets].sum())
    return Answers(asked, 1.0 / (total or 1.0))


# Arrays (n, C) are views of (C, n): NumPy adds up along a long axis several times faster.


def softmax(z: FloatArray) -> FloatArray:
    """Return ŷ (n, C) for z (n, C), each row summing to one."""
    y: FloatArray = z.T - np.maximum.reduce(z.T, 0)
    np.exp(y, y)
    y /= np.add.reduce(y, 0)
    return y.T


class Loss(NamedTuple):
    """The loss of a batch and ∂L/∂z (n, C) for all answers of the head, 0 where nothing is asked.

    Of the `asked` answers `right` are right: no class has a greater score than the true one.
    """

    loss: float
    dz: FloatArray
    right: int
    asked: int


def loss_of(z: FloatArray, wanted: Answers, objective: Objective = CROSS_ENTROPY) -> Loss:
    """Return the loss of the scores z (n, C).

    −log ŷ_c is computed from z as log Σ_j e^{z_j} − z_c, which stays finite where ŷ_c rounds to 0.

    Raises:
        IndexError: a true class is not among the C.
    """
    count, classes = z.shape
    asked = wanted.asked
    if asked.highest >= classes:
        raise IndexError(f"There is no class {asked.highest} of {classes}.")
    scores = z.T
    shifted = np.subtract(scores, np.maximum.reduce(scores, 0), order="C")
    own = shifted.reshape(-1)[asked.places]
    right = int(np.count_nonzero(own == 0.0))
    y = np.exp(shifted)
    sums = np.add.reduce(y, 0)
    np.divide(y, sums, y)
    logarithms = np.log(sums, sums)
    share, k, epsilon = wanted.share, objective.class_weights, objective.label_smoothing
    if k is None and not epsilon:
        loss = float(asked.weights.dot(logarithms) - np.add.reduce(own))
        if asked.rows is not None:
            np.multiply(y, asked.weights, y)
        np.subtract(y, asked.one_hot(classes), y)
        np.multiply(y, share, y)
        return Loss(loss * share, y.T, right, len(own))
    each = np.zeros(count, z.dtype)
    spread = np.full(classes, epsilon / classes, z.dtype)
    own_weights = np.ones(len(own), z.dtype)
    if k is not None:
        spread *= k
        own_weights = k[asked.targets].astype(z.dtype)
    rows = slice(None) if asked.rows is None else asked.rows
    each[rows] = (1.0 - epsilon) * own_weights + spread.sum()
    loss = float(np.dot(each, logarithms) - (1.0 - epsilon) * np.dot(own_weights, own))
    loss -= float((spread @ shifted)[rows].sum())
    y *= each
    y.reshape(-1)[asked.places] -= (1.0 - epsilon) * own_weights
    y[:, rows] -= spread[:, None]
    y *= share
    return Loss(loss * share, y.T, right, len(own))
