"""Figures that say how good predictions are: confusion, accuracy, F1, cross-entropy.

Rows of a confusion matrix are the truth, columns the prediction. A share of nothing (0/0) is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class ClassFigures:
    """How well one class was recognised; `support` is how many examples truly have it."""

    label: int
    precision: float
    recall: float
    f1: float
    support: int


def confusion(truth: IntArray, predicted: IntArray, classes: int) -> npt.NDArray[np.int64]:
    """Count (C, C): rows the truth (n,), columns the prediction (n,).

    Raises:
        ValueError: the lengths differ, or a class is not in 0 … C − 1.
    """
    if len(truth) != len(predicted):
        raise ValueError("Truth and prediction differ in length.")
    for given in (truth, predicted):
        if len(given) and (given.min() < 0 or given.max() >= classes):
            raise ValueError(f"A class is not in 0 … {classes - 1}.")
    cells = np.asarray(truth, np.int64) * classes + predicted
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def accuracy(truth: IntArray, predicted: IntArray) -> float:
    """Return the share of right predictions."""
    return _share(int(np.count_nonzero(truth == predicted)), len(truth))


def per_class(counts: npt.NDArray[np.int64]) -> tuple[ClassFigures, ...]:
    """Return the figures of each class from a confusion matrix (C, C)."""
    truths, predictions = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()
    figures = []
    for label, right in enumerate(counts.diagonal().tolist()):
        support, predicted = truths[label], predictions[label]
        figures.append(
            ClassFigures(
                label=label,
                precision=_share(right, predicted),
                recall=_share(right, support),
                f1=_share(2 * right, support + predicted),
                support=support,
            )
        )
    return tuple(figures)


def macro_f1(counts: npt.NDArray[np.int64]) -> float:
    """Return the mean F1 over all classes of a confusion matrix (C, C)."""
    scores = [figures.f1 for figures in per_class(counts)]
    return sum(scores) / len(scores) if scores else 0.0


def cross_entropy(probabilities: FloatArray, truth: IntArray) -> float:
    """Return the mean of −log ŷ_c for ŷ (n, C) and the true classes (n,).

    A ŷ_c that was rounded to 0 counts as the smallest normal number of its dtype.
    """
    if len(truth) == 0:
        return 0.0
    right = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(right, np.finfo(right.dtype).tiny)).mean(dtype=np.float64))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
