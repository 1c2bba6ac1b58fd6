"""What the matrix counts: the answers of an evaluation as they are looked at, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.certainty import confidences, margins
from rnnstudio.engine.metrics import Summary, summary
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.judging import Judging
from rnnstudio.session.memo import remembered

Cells = frozenset[tuple[int, int]]  # (row, column) places in `Judgement.table`


@dataclass(frozen=True, eq=False)
class Judgement:
    """n answers, each in one cell of a table; arrays are read-only.

    `rows` and `columns` (n,) are the cell of each answer, `right` (n,) whether it is right,
    `confidence` and `margin` (n,) how sure it was (NaN where there is no answer). `places` (n,)
    are the places in `evaluation` that they come from; for an entity it is its first word, and
    `stops` (n,) has the step after its last word.

    The first C rows and columns are the `labels`, in the order of the data, with the truth in the
    rows; behind them may be `extra_rows` ("invented") and `extra_columns` ("no answer", "wrong
    border", "missed"). `table` (C + R, C + K) counts; of a difference it may be negative. `mass`
    has the same form, None where there is none. `row_title` and `column_title` name the axes.
    `noun` is what is counted: "sentence", "word" or "entity". `figures` are those of `labels`.
    """

    evaluation: Evaluation
    noun: str
    labels: tuple[str, ...]
    extra_rows: tuple[str, ...]
    extra_columns: tuple[str, ...]
    row_title: str
    column_title: str
    places: IntArray
    stops: IntArray
    rows: IntArray
    columns: IntArray
    right: npt.NDArray[np.bool_]
    confidence: FloatArray
    margin: FloatArray
    table: npt.NDArray[np.int64]
    mass: npt.NDArray[np.float64] | None
    figures: Summary
    is_difference: bool = False

    @cached_property
    def row_names(self) -> tuple[str, ...]:
        """The names of all rows."""
        return (*self.labels, *self.extra_rows)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return (*self.labels, *self.extra_columns)

    @property
    def plural(self) -> str:
        """What is counted, many of them."""
        return "entities" if self.noun == "entity" else f"{self.noun}s"


@remembered(4)
def judge(evaluation: Evaluation, judging: Judging) -> Judgement:
    """Count the answers of an evaluation as they are looked at."""
    count = len(evaluation.rows)
    return Judgement(
        evaluation=evaluation,
        noun="word" if evaluation.task is Task.LABEL else "sentence",
        labels=evaluation.labels,
        extra_rows=(),
        extra_columns=(),
        row_title="truth",
        column_title="predicted",
        places=read_only(np.arange(count, dtype=np.int64)),
        stops=read_only(evaluation.steps + 1),
        rows=evaluation.truth,
        columns=evaluation.predicted,
        right=read_only(evaluation.truth == evaluation.predicted),
        confidence=confidences(evaluation.probabilities),
        margin=margins(evaluation.probabilities),
        table=evaluation.confusion,
        mass=None,
        figures=summary(evaluation.confusion),
    )
