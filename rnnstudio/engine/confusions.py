"""What can be read off a confusion matrix besides averages: shares, mass, each class against all.

Rows are the truth, columns the prediction. A share of nothing (0/0) is 0, as in `metrics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only

Doubles = npt.NDArray[np.float64]
# Counts, or probability mass.
Table = npt.NDArray[np.number[Any]]


@dataclass(frozen=True)
class OneAgainstRest:
    """The examples of one class against those of all others.

    `found` are true positives, `invented` false positives, `missed` false negatives and `passed`
    true negatives; together they are all examples.
    """

    label: int
    found: int
    invented: int
    missed: int
    passed: int


def one_against_rest(counts: npt.NDArray[np.int64]) -> tuple[OneAgainstRest, ...]:
    """Return the figures of each class of a confusion matrix (C, C).

    As scikit-learn's `multilabel_confusion_matrix` of classes.
    """
    total = int(counts.sum())
    right, said, there = counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)
    return tuple(
        OneAgainstRest(label, found, called - found, true - found, total - called - true + found)
        for label, (found, called, true) in enumerate(
            zip(right.tolist(), said.tolist(), there.tolist(), strict=True)
        )
    )


def by_truth(table: Table) -> Doubles:
    """Return a table (C, K) as shares of its rows, the true classes: each sums to 1, or to 0."""
    return _shares(table, axis=1)


def by_predicted(table: Table) -> Doubles:
    """Return a table (C, K) as shares of its columns, the answers: each sums to 1, or to 0."""
    return _shares(table, axis=0)


def probability_mass(probabilities: FloatArray, truth: IntArray) -> Doubles:
    """Return (C, C): in row t and column p the sum of ŷ_p (n, C) over the examples of class t.

    A confusion matrix in which each example is dealt out among all classes by its probabilities:
    rows have the same sums, the number of examples. One with a probability that is not a finite
    number is left out.

    Raises:
        ValueError: the lengths differ, or a true class is not in 0 … C − 1.
    """
    count, classes = probabilities.shape
    if count != len(truth):
        raise ValueError("Truth and probabilities differ in length.")
    if count and (truth.min() < 0 or truth.max() >= classes):
        raise ValueError(f"A class is not in 0 … {classes - 1}.")
    if not np.isfinite(probabilities.sum()):  # quicker than to ask each number
        finite = np.isfinite(probabilities).all(axis=1)
        probabilities, truth = probabilities[finite], truth[finite]
    mass = np.empty((classes, classes))
    for label, column in enumerate(np.ascontiguousarray(probabilities.T)):
        mass[:, label] = np.bincount(truth, weights=column, minlength=classes)
    return read_only(mass)


def _shares(table: Table, axis: int) -> Doubles:
    values = table.astype(np.float64)
    sums = values.sum(axis=axis, keepdims=True)
    return read_only(np.divide(values, sums, out=np.zeros(values.shape), where=sums != 0))
