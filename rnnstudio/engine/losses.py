"""The output function, and the loss with its gradient.

    ŷ = softmax(z)        ŷ_i = e^{z_i} / Σ_j e^{z_j}
    L = −Σ_i y_i log ŷ_i = −log ŷ_c        for the true class c
    ∂L/∂z = ŷ − y

The loss of a batch is the mean over its m sentences; for labelling of the sum over a sentence's
words, or the mean over all words. Each answer thus counts with a weight w: 1/m, or one over the
number of words. With class weights k it is k_c/m, and where all answers are averaged k_c over the
sum of all k_c. Label smoothing by ε takes ε of the target and spreads it over all classes:

    L = Σ w/k_c [(1 − ε) k_c (−log ŷ_c) + ε/C Σ_i k_i (−log ŷ_i)]

as `torch.nn.functional.cross_entropy` has it. Answers are rows, classes columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.training_spec import LossMean


@dataclass(frozen=True, eq=False)
class Objective:
    """What is minimised; `class_weights` is (C,), or None for all equal."""

    mean: LossMean = LossMean.SENTENCE
    label_smoothing: float = 0.0
    class_weights: FloatArray | None = None


CROSS_ENTROPY = Objective()


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of a batch that count.

    `rows` (n,) are their places among all that the head answers, None for all of them; `targets`
    (n,) their true classes; `share` what each counts in the loss, class weights apart.
    """

    rows: IntArray | None
    targets: IntArray
    share: float


def answers(batch: Batch, objective: Objective = CROSS_ENTROPY) -> Answers:
    """Return the answers that a batch asks for.

    Raises:
        IndexError: a sentence's class is not known.
    """
    rows: IntArray | None = None
    targets = batch.targets
    if batch.tags is not None:
        tags = batch.tags.reshape(-1)
        rows = np.flatnonzero(tags >= 0)
        targets = tags[rows]
    elif targets.min() < 0:
        raise IndexError("The class of a sentence is not known.")
    k = objective.class_weights
    if batch.tags is not None and objective.mean is LossMean.SENTENCE:
        total = float(batch.size)
    else:
        total = float(len(targets) if k is None else k[targets].sum())
    return Answers(rows, targets, 1.0 / (total or 1.0))


def softmax(z: FloatArray) -> FloatArray:
    """Return ŷ (n, C) for z (n, C), each row summing to one."""
    y: FloatArray = z - z.max(axis=1, keepdims=True)
    np.exp(y, y)
    y /= y.sum(axis=1, keepdims=True)
    return y


@dataclass(frozen=True, eq=False)
class Loss:
    """The loss of a batch, ∂L/∂z (n, C) and ŷ (n, C) for all answers of the head.

    Of the `asked` answers `right` are right. ∂L/∂z is 0 where nothing is asked.
    """

    loss: float
    dz: FloatArray
    y: FloatArray
    right: int
    asked: int


def loss_of(z: FloatArray, wanted: Answers, objective: Objective = CROSS_ENTROPY) -> Loss:
    """Return the loss of the scores z (n, C).

    −log ŷ_c is computed from z as log Σ_j e^{z_j} − z_c, which stays finite where ŷ_c rounds to 0.

    Raises:
        IndexError: a true class is not among the C.
    """
    shifted = z - z.max(axis=1, keepdims=True)
    y = np.exp(shifted)
    sums = y.sum(axis=1, keepdims=True)
    y /= sums
    targets = wanted.targets
    if wanted.rows is None:
        chosen, logarithms = y, np.log(sums)
    else:
        shifted, chosen, logarithms = (
            shifted[wanted.rows],
            y[wanted.rows],
            np.log(sums[wanted.rows]),
        )
    each = np.arange(len(targets))
    right = int(np.count_nonzero(chosen.argmax(axis=1) == targets))
    loss = logarithms[:, 0] - shifted[each, targets]
    d = chosen.copy()
    d[each, targets] -= 1.0
    k, epsilon = objective.class_weights, objective.label_smoothing
    if k is not None:
        k = k.astype(z.dtype, copy=False)
        loss *= k[targets]
        d *= k[targets][:, None]
    if epsilon:
        spread = np.full(z.shape[1], epsilon / z.shape[1], z.dtype)
        if k is not None:
            spread *= k
        loss *= 1.0 - epsilon
        loss += spread.sum() * logarithms[:, 0] - shifted @ spread
        d *= 1.0 - epsilon
        d += spread.sum() * chosen - spread
    d *= wanted.share
    dz = d
    if wanted.rows is not None:
        dz = np.zeros_like(z)
        dz[wanted.rows] = d
    return Loss(float(loss.sum()) * wanted.share, dz, y, right, len(targets))
