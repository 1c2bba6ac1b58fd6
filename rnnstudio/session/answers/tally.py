"""Counting answers cell by cell: one for each sentence, or one for each word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.agreement import compare
from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.confusions import probability_mass
from rnnstudio.engine.entities import EntityReport
from rnnstudio.engine.metrics import Summary, confusion, summary
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.answering import Answers, answers
from rnnstudio.session.answers.counted_classes import CountedClasses, counted_classes
from rnnstudio.session.answers.judging import Against, Judging

NO_ANSWER = "no answer"
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Tally:
    """n answers, each in one cell of a table; arrays are read-only.

    `rows` and `columns` (n,) are the cell of each answer, `truth` (n,) the place of its true class
    among the labels (−1: an entity where there is none), `right` (n,) whether it is right,
    `confidence` and `margin` (n,) how sure it was of what it said (NaN where it said nothing: an
    entity that was missed; an answer that was held back has its own). `places` (n,) are the places
    in the evaluation that they come from; for an entity it is its first word, and `stops` (n,) has
    the step after its last word.

    The first C rows and columns are the `labels`, in the order of the data, with the truth in the
    rows; behind them may be `extra_rows` ("invented") and `extra_columns` ("no answer", "wrong
    border", "missed"). `table` (C + R, C + K) counts; of a difference it may be negative. `mass`
    has the same form, None where there is none; `deal` works it out. `figures` are those of
    `labels`, without what was held back; of a difference those of the present network. By entity
    `report` has them too, with the average that counts each entity alike, and there is no accuracy
    and no κ (NaN).

    Where a second network answered, `other_columns` (n,) has the column of the answer that is not
    counted, and `outcomes` (n,) which of both is right (`engine.agreement.Outcome`, the present
    network first), each −1 where there is none. A network that has no entity where the other
    invents one has "missed" it.

    By entity the answer's own words, which may be others, begin at `answer_places` (n,) and end
    before the step `answer_stops` (n,), each −1 where nothing was said.
    """

    labels: tuple[str, ...]
    extra_rows: tuple[str, ...]
    extra_columns: tuple[str, ...]
    places: IntArray
    stops: IntArray
    rows: IntArray
    columns: IntArray
    truth: IntArray
    right: BoolArray
    confidence: FloatArray
    margin: FloatArray
    table: npt.NDArray[np.int64]
    deal: Callable[[], Doubles] | None
    figures: Summary
    report: EntityReport | None = None
    other_columns: IntArray | None = None
    outcomes: IntArray | None = None
    answer_places: IntArray | None = None
    answer_stops: IntArray | None = None

    @property
    def has_mass(self) -> bool:
        """Whether there is a `mass`."""
        return self.deal is not None

    @cached_property
    def mass(self) -> Doubles | None:
        """The probability mass of the cells, worked out when it is first looked at."""
        return None if self.deal is None else self.deal()


@dataclass(frozen=True, eq=False)
class Pair:
    """The answers of the present network and, where there is one, of a second one.

    The second one's at `their_places` (m,) are to what the first one answered at `places` (m,).
    """

    own: Evaluation
    theirs: Evaluation | None = None
    places: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    their_places: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    def laid_over(self, values: IntArray, nothing: int) -> IntArray:
        """Lay what the second network has (m',) beside the first one's (n,)."""
        whole = np.full(len(self.own.rows), nothing, np.int64)
        whole[self.places] = values[self.their_places]
        return whole


def tally_answers(pair: Pair, judging: Judging, against: Against) -> Tally:
    """Count one answer for each prediction of the network that is looked at."""
    own = pair.own
    classes = counted_classes(own.labels, judging.groups, judging.merged)
    count = len(classes.names)
    truth = classes.place_of[own.truth]
    shown, given = own, answers(own, judging.threshold, judging.abstain)
    first = columns = _columns(given, classes)
    extra = (NO_ANSWER,) if judging.abstain > 0 else ()
    table = _count(truth, first, count, count + len(extra))
    deal = partial(_mass, own, given, classes, len(extra))
    counts = table
    rows = truth
    second = others = outcomes = None
    if pair.theirs is not None:
        theirs = answers(pair.theirs, judging.threshold, judging.abstain)
        second = others = pair.laid_over(_columns(theirs, classes), -1)
        outcomes = _outcomes(truth, first, second, count)
        if against is not Against.THIS:
            their_table = _count(truth, second, count, count + len(extra))
            their_deal = partial(_mass, pair.theirs, theirs, classes, len(extra))
        if against is Against.OTHER:
            shown, given, columns, others = pair.theirs, theirs, second, first
            table = counts = their_table
            deal = their_deal
        elif against is Against.DIFFERENCE:
            table, deal = their_table - table, partial(_less, their_deal, deal)
        elif against is Against.BETWEEN:
            rows, columns = first, second
            table = counts = _count(rows, columns, *[count + len(extra)] * 2)
    return Tally(
        labels=classes.names,
        extra_rows=extra if against is Against.BETWEEN else (),
        extra_columns=extra,
        places=read_only(np.arange(len(truth))),
        stops=read_only(shown.steps + 1),
        rows=read_only(rows),
        columns=read_only(columns),
        truth=read_only(truth),
        right=read_only(np.equal(columns if against is Against.OTHER else first, truth)),
        confidence=given.confidence,
        margin=given.margin,
        table=read_only(table),
        deal=None if against is Against.BETWEEN else deal,
        figures=summary(counts[:count, :count]),
        other_columns=None if others is None else read_only(others),
        outcomes=outcomes,
    )


def _columns(given: Answers, classes: CountedClasses) -> IntArray:
    """Return the place of each answer among the columns, the one behind all where it was held."""
    return np.where(given.held, len(classes.names), classes.place_of[given.said])


def _count(rows: IntArray, columns: IntArray, height: int, width: int) -> npt.NDArray[np.int64]:
    size = max(height, width)
    return np.ascontiguousarray(confusion(rows, columns, size)[:height, :width])


def _less(one: Callable[[], Doubles], other: Callable[[], Doubles]) -> Doubles:
    return read_only(one() - other())


def _mass(evaluation: Evaluation, given: Answers, classes: CountedClasses, extra: int) -> Doubles:
    """Deal each answer out by its probabilities; what was held back goes whole to its column."""
    count = len(classes.names)
    probabilities, truth = evaluation.probabilities, classes.place_of[evaluation.truth]
    if count < len(evaluation.labels):
        member = (classes.place_of[:, None] == np.arange(count)).astype(probabilities.dtype)
        probabilities = probabilities @ member
    if not extra:
        return probability_mass(probabilities, truth)
    answered = ~given.held
    held = np.bincount(truth[given.held], minlength=count).astype(np.float64)
    dealt = probability_mass(probabilities[answered], truth[answered])
    return read_only(np.column_stack([dealt, held]))


def _outcomes(truth: IntArray, first: IntArray, second: IntArray, count: int) -> IntArray:
    both = second >= 0
    found = np.full(len(truth), -1, np.int8)
    # What was held back is of no true class.
    found[both] = compare(truth[both], first[both], second[both], count + 1).outcomes
    return read_only(found)
