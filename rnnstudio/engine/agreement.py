"""Two models, or more, on the same examples: what each gets right, and how often they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.metrics import confusion, kappa, share


class Outcome(IntEnum):
    """Which of two models is right on an example."""

    BOTH_RIGHT = 0
    FIRST_ONLY = 1
    SECOND_ONLY = 2
    BOTH_WRONG = 3


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two models on n examples of C classes; arrays are read-only.

    `outcomes` (n,) has an `Outcome` for each example. `table` (C, C) counts the answers of the
    first model in its rows and of the second in its columns, whatever the truth. `difference`
    (C, C) is the second's confusion matrix less the first's, rows the truth.
    """

    outcomes: npt.NDArray[np.int8]
    table: npt.NDArray[np.int64]
    difference: npt.NDArray[np.int64]

    @cached_property
    def counts(self) -> dict[Outcome, int]:
        """How many examples have each outcome."""
        counts = np.bincount(self.outcomes, minlength=len(Outcome)).tolist()
        return {outcome: counts[outcome] for outcome in Outcome}

    @property
    def agreement(self) -> float:
        """The share of the examples with the same answer, right or wrong."""
        return share(int(self.table.trace()), len(self.outcomes))

    @property
    def kappa(self) -> float:
        """Cohen's κ between the two models."""
        return kappa(self.table)

    def examples(self, outcome: Outcome) -> IntArray:
        """Return the places of the examples with an outcome, rising."""
        return read_only(np.flatnonzero(self.outcomes == outcome))


def compare(truth: IntArray, first: IntArray, second: IntArray, classes: int) -> Comparison:
    """Compare the answers of two models (n,) with the truth (n,) and with each other.

    Raises:
        ValueError: the lengths differ, or a class is not in 0 … C − 1.
    """
    difference = confusion(truth, second, classes) - confusion(truth, first, classes)
    wrong = np.where(first == truth, 0, 2) + (second != truth)
    # Of the two bits the first model's is the higher one: wrong alone, the second alone is right.
    outcomes = np.array(
        [Outcome.BOTH_RIGHT, Outcome.FIRST_ONLY, Outcome.SECOND_ONLY, Outcome.BOTH_WRONG], np.int8
    )[wrong]
    return Comparison(
        outcomes=read_only(outcomes),
        table=read_only(confusion(first, second, classes)),
        difference=read_only(difference),
    )


def agreement_table(answers: Sequence[IntArray]) -> npt.NDArray[np.float64]:
    """Return (M, M): the share of the examples on which two of M models answer (n,) the same.

    1 on the diagonal, 0 everywhere where there are no examples.

    Raises:
        ValueError: the lengths differ.
    """
    if len({len(one) for one in answers}) > 1:
        raise ValueError("The models' answers differ in length.")
    table = np.zeros((len(answers), len(answers)))
    for row, one in enumerate(answers):
        for column, other in enumerate(answers[: row + 1]):
            same = share(int(np.count_nonzero(one == other)), len(one))
            table[row, column] = table[column, row] = same
    return read_only(table)
