"""Whether confidence can be trusted: how often predictions of a confidence are right.

Reliability bins and calibration errors as in Guo et al., "On Calibration of Modern Neural
Networks" (2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray

# Sums of float32 probabilities miss 1 by less.
_ROUNDING = 1e-5


class Binning(StrEnum):
    """How bins are laid over the confidences: alike in width, or in how many predictions each has.

    Bins of equal count end at the quantiles of the confidences, as scikit-learn's "quantile"; where
    many are equal, some bins are empty.
    """

    WIDTH = "equal width"
    COUNT = "equal count"


@dataclass(frozen=True)
class Bin:
    """The predictions whose confidence is above `low` and at most `high` (the first: from `low`).

    `confidence` is their mean confidence and `accuracy` the share that is right, both 0 in an
    empty bin.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float

    @property
    def gap(self) -> float:
        """|accuracy − confidence|, 0 in an empty bin."""
        return abs(self.accuracy - self.confidence)


@dataclass(frozen=True)
class Calibration:
    """Bins of confidence, and how far confidence and accuracy lie apart.

    `expected_error` is Σ_b count_b / n · gap_b (ECE), `maximum_error` is max_b gap_b (MCE).
    """

    bins: tuple[Bin, ...]
    expected_error: float
    maximum_error: float

    @property
    def count(self) -> int:
        """The number n of predictions in the bins."""
        return sum(one.count for one in self.bins)


def calibration(
    probabilities: FloatArray, truth: IntArray, bins: int = 10, binning: Binning = Binning.WIDTH
) -> Calibration:
    """Return the calibration of ŷ (n, C) for the true classes (n,).

    The confidence of a prediction is the probability of the predicted class, max_c ŷ_c.

    Raises:
        ValueError: as `reliability`.
    """
    if len(probabilities) == 0:
        return reliability(np.zeros(0), np.zeros(0, np.bool_), bins, binning)
    right = probabilities.argmax(axis=1) == truth
    return reliability(probabilities.max(axis=1), right, bins, binning)


def reliability(
    confidence: FloatArray, right: BoolArray, bins: int = 10, binning: Binning = Binning.WIDTH
) -> Calibration:
    """Return the calibration of confidences (n,), given which predictions are `right` (n,).

    A confidence on the border of two bins is in the lower one, as in Guo et al. and in
    scikit-learn's `calibration_curve`. A prediction whose confidence is NaN is in no bin.

    Raises:
        ValueError: there are no bins, the lengths differ, or a confidence is not in 0 … 1.
    """
    if bins < 1:
        raise ValueError("At least one bin is needed.")
    if confidence.shape != right.shape:
        raise ValueError("Confidences and what is right differ in length.")
    known = ~np.isnan(confidence)
    sure, hit = np.asarray(confidence[known], np.float64), right[known]
    if len(sure) and (sure.min() < 0 or sure.max() > 1 + _ROUNDING):
        raise ValueError("A confidence is not in 0 … 1.")
    borders = np.linspace(0, 1, bins + 1)
    if binning is Binning.COUNT and len(sure):
        borders = np.quantile(sure, borders)
    place = np.searchsorted(borders[1:-1], sure)
    count = np.bincount(place, minlength=bins)
    mean, accuracy = (_means(place, values, count) for values in (sure, hit))
    gap = np.abs(accuracy - mean)
    return Calibration(
        bins=tuple(
            Bin(*values)
            for values in zip(
                borders[:-1].tolist(),
                borders[1:].tolist(),
                count.tolist(),
                mean.tolist(),
                accuracy.tolist(),
                strict=True,
            )
        ),
        expected_error=float(count @ gap / max(1, len(sure))),
        maximum_error=float(gap.max()),
    )


def _means(
    place: npt.NDArray[np.intp], values: npt.NDArray[np.generic], count: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    return np.bincount(place, weights=values, minlength=len(count)) / np.maximum(count, 1)
