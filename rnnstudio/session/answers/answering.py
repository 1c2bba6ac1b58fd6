"""What a network answered, as it is asked: from a threshold on, and nothing where it is unsure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from rnnstudio.engine import metrics
from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.certainty import certainties
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.memo import remembered

# The threshold at which the leading class of two is the answer.
EVEN = 0.5


@dataclass(frozen=True, eq=False)
class Answers:
    """n answers; arrays are read-only.

    `said` (n,) is the class of each, `held` (n,) whether it was held back. `confidence` (n,) is
    the probability of the class that was said, `margin` (n,) its lead over the best other one,
    negative where a threshold had another one said than the leading one.
    """

    said: IntArray
    held: BoolArray
    confidence: FloatArray
    margin: FloatArray


@remembered(4)
def answers(evaluation: Evaluation, threshold: float = EVEN, abstain: float = 0.0) -> Answers:
    """Ask again for the answers of an evaluation.

    Of two classes the second one is said from a probability of `threshold` on; of more, and at
    0.5, the leading one. Below a confidence of `abstain`, or where it is NaN, none is given.
    """
    probabilities = evaluation.probabilities
    said: IntArray = evaluation.predicted
    confidence, margin = certainty_of(evaluation)
    if len(evaluation.labels) == 2 and threshold != EVEN:
        # In double precision, as the curves: a float32 0.7 is below 0.7.
        asked = (probabilities[:, 1].astype(np.float64) >= threshold).astype(np.int64)
        said = read_only(np.where(np.isnan(confidence), said, asked))
        other = said != evaluation.predicted
        own = probabilities[np.arange(len(said)), said]
        confidence = read_only(np.where(other, own, confidence))
        margin = read_only(np.where(other, -margin, margin))
    held = np.zeros(len(said), np.bool_)
    if abstain > 0:
        held = ~(confidence.astype(np.float64) >= abstain)
    return Answers(said, read_only(held), confidence, margin)


@remembered(4)
def certainty_of(evaluation: Evaluation) -> tuple[FloatArray, FloatArray]:
    """Return confidence and margin of each answer (n,), whatever the thresholds are."""
    return certainties(evaluation.probabilities)


@remembered(4)
def common_places(first: Evaluation, second: Evaluation) -> tuple[IntArray, IntArray]:
    """Return where both have the answers that both gave, in the order of the first: (m,), (m,)."""
    if first.task is Task.LABEL:
        length = 1 + max(int(one.steps.max(initial=0)) for one in (first, second))
        keys = [one.rows * length + one.steps for one in (first, second)]
    else:
        # The last step of a sentence is another one where it is cut into other tokens.
        keys = [first.rows, second.rows]
    if np.array_equal(keys[0], keys[1]):
        everything = read_only(np.arange(len(keys[0])))
        return everything, everything
    _, own, others = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    order = np.argsort(own)
    return read_only(own[order]), read_only(others[order])


@remembered(4)
def part_of(evaluation: Evaluation, places: IntArray) -> Evaluation:
    """Return the evaluation of the answers at `places` (m,) only."""
    if np.array_equal(places, np.arange(len(evaluation.rows))):
        return evaluation
    rows, steps, truth, predicted = (
        read_only(array[places])
        for array in (evaluation.rows, evaluation.steps, evaluation.truth, evaluation.predicted)
    )
    probabilities = read_only(evaluation.probabilities[places])
    counts = read_only(metrics.confusion(truth, predicted, len(evaluation.labels)))
    return dataclasses.replace(
        evaluation,
        rows=rows,
        truth=truth,
        predicted=predicted,
        probabilities=probabilities,
        steps=steps,
        loss=metrics.cross_entropy(probabilities, truth),
        accuracy=metrics.accuracy(truth, predicted),
        confusion=counts,
        per_class=metrics.per_class(counts),
        macro_f1=metrics.macro_f1(counts),
    )
