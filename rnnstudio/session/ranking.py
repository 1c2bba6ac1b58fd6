"""The sentences of an evaluation in the order of how wrong the network is about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows of the table (n,), the most wrong first; the first `wrong` of them are not right.

    `steps` (n,) are where to look: the word with the least probability of its true tag, or the
    last step of a sentence that has one class.
    """

    rows: IntArray
    steps: IntArray
    wrong: int


@dataclass(frozen=True, eq=False)
class Tour:
    """A walk through a ranking, which holds for one network, data set and split.

    `place` is that of the sentence shown last, from 0.
    """

    model: Model
    dataset: Dataset
    split: Split
    ranking: Ranking
    place: int = -1

    def is_of(self, model: Model, dataset: Dataset, split: Split) -> bool:
        """Whether it is a walk through what these make."""
        return (self.model, self.dataset, self.split) == (model, dataset, split)


def most_wrong_first(evaluation: Evaluation) -> Ranking:
    """Rank the sentences of an evaluation.

    By the probability ŷ_c of the true class, the lowest first; for labelling by the number of
    wrong tags, then by the mean of log ŷ_c over the words.
    """
    count = len(evaluation.truth)
    true = evaluation.probabilities[np.arange(count), evaluation.truth].astype(np.float64)
    # Weights that overflow give no number: nothing is known of these, so they come last.
    true = np.where(np.isfinite(true), true, np.inf)
    wrong = evaluation.predicted != evaluation.truth
    if evaluation.task is Task.CLASSIFY:
        # Equals keep the order of the table. What is wrong comes before what is right.
        order = np.lexsort((true, ~wrong))
        return Ranking(
            read_only(evaluation.rows[order]), read_only(evaluation.steps[order]), int(wrong.sum())
        )
    rows, first = np.unique(evaluation.rows, return_index=True)
    words = np.diff(first, append=count)
    errors = np.add.reduceat(wrong.astype(np.int64), first)
    logarithms = np.log(np.maximum(true, np.finfo(np.float32).tiny))
    means = np.add.reduceat(logarithms, first) / words
    # The least sure word of each row: the first in the order of row and probability.
    worst = np.lexsort((true, evaluation.rows))[first]
    order = np.lexsort((means, -errors))
    return Ranking(
        read_only(rows[order]),
        read_only(evaluation.steps[worst][order]),
        int(np.count_nonzero(errors)),
    )
