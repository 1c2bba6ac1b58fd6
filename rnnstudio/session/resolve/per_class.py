"""How good the answers are in all, and for each class, as the Evaluate page says it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.metrics import Average
from rnnstudio.engine.network import Task
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judgement import (
    THIS_NETWORK,
    Cells,
    Judgement,
    cells_there,
    display_order,
)
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import Judged, judged
from rnnstudio.session.resolve.reliability import whose_answers
from rnnstudio.session.state import SessionState


@dataclass(frozen=True)
class ClassLine:
    """The figures of one class, or of an average; None where they are a share of nothing.

    `row` is the row of the matrix that counts the class, `drawn` whether the matrix shows it.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    row: int | None = None
    drawn: bool = True


@dataclass(frozen=True)
class Figure:
    """A number over all classes, with its name and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class PerClassState:
    """What stands in the table of classes; `message` says why there is none.

    `classes` are in the order of the matrix, `selected` the rows of it that are selected whole;
    `columns` is how many columns a row has. `kind` is what a line is of ("class", "tag", "type"),
    `counted` what the support counts ("sentences").
    """

    split: Split
    figures: tuple[Figure, ...]
    classes: tuple[ClassLine, ...] = ()
    averages: tuple[ClassLine, ...] = ()
    selected: frozenset[int] = frozenset()
    cells: Cells = frozenset()
    columns: int = 0
    kind: str = "class"
    counted: str = "sentences"
    subtitle: str = ""
    message: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but the message."""
        return not self.classes


def resolve_per_class(state: SessionState) -> PerClassState:
    """The figures of each class of the split that is looked at."""
    found = judged(state)
    judgement = found.judgement
    if judgement is None:
        return PerClassState(state.selection.split, _no_figures(), message=found.message)
    cells = cells_there(judgement, state.selection.cells)
    columns = len(judgement.column_names)
    return PerClassState(
        split=state.selection.split,
        figures=_figures(judgement),
        classes=_classes(judgement, state.judging),
        averages=_averages(judgement),
        selected=whole_rows(cells, len(judgement.labels), columns),
        cells=cells,
        columns=columns,
        kind={"entity": "type", "word": "tag"}.get(judgement.noun, "class"),
        counted=judgement.plural,
        subtitle=whose(found),
    )


def whole_rows(cells: Cells, rows: int, columns: int) -> frozenset[int]:
    """Return the rows of which every cell is selected."""
    return frozenset(
        row for row in range(rows) if all((row, column) in cells for column in range(columns))
    )


def said_of(judgement: Judgement) -> IntArray:
    """Count the answers by the class that was said: (C,). With the support it shows what is 0/0."""
    size = len(judgement.labels)
    said = np.bincount(judgement.columns, minlength=size)[:size]
    if judgement.by_entity:
        # One with a wrong border was called by its type, but stands in the column behind the types.
        of_type = judgement.rows[judgement.columns == size]
        said = said + np.bincount(of_type, minlength=size)[:size]
    return np.asarray(said, np.int64)


@remembered(2)
def _classes(judgement: Judgement, judging: Judging) -> tuple[ClassLine, ...]:
    drawn = display_order(judgement, judging).tolist()
    not_drawn = sorted(set(range(len(judgement.labels))) - set(drawn))
    said = said_of(judgement).tolist()
    lines: list[ClassLine] = []
    for place in (*drawn, *not_drawn):
        figures = judgement.figures.classes[place]
        support = figures.support
        lines.append(
            ClassLine(
                name=judgement.labels[place],
                precision=figures.precision if said[place] else None,
                recall=figures.recall if support else None,
                f1=figures.f1 if said[place] + support else None,
                support=support,
                row=place,
                drawn=len(lines) < len(drawn),
            )
        )
    return tuple(lines)


@remembered(2)
def _averages(judgement: Judgement) -> tuple[ClassLine, ...]:
    figures = judgement.figures
    lines = [("macro average", figures.macro), ("weighted average", figures.weighted)]
    if judgement.report is not None:
        lines.insert(0, ("all entities", judgement.report.micro))
    return tuple(_average(name, average) for name, average in lines)


def _average(name: str, average: Average) -> ClassLine:
    # scikit-learn's averages take a share of nothing for 0; without any example they say nothing.
    if not average.support:
        return ClassLine(name, None, None, None, 0)
    return ClassLine(name, average.precision, average.recall, average.f1, average.support)


_ACCURACY = "Right answers over all answers"
_AGREEMENT = "Where both networks say the same, over all answers"
_KAPPA = "Cohen's κ: how far the accuracy is above that of chance; 1 is perfect, 0 is chance"
_KAPPA_BETWEEN = "Cohen's κ: how far the agreement is above that of chance; 1 is full, 0 is chance"
_MACRO = "The mean of the classes' F1: every class counts the same"
_MICRO = "F1 over all entities: the right ones by those that were found and those that there are"
_LOSS = "The mean of −log ŷ of the true class, in nats"
_LOSS_WORD = "The mean over all words of −log ŷ of the true tag, in nats"


@remembered(2)
def _figures(judgement: Judgement) -> tuple[Figure, ...]:
    summary, plural, between = judgement.figures, judgement.plural, judgement.between
    figures = []
    if judgement.report is not None:
        figures.append(Figure("F1", _three(judgement.report.micro.f1), _MICRO))
    elif between:
        figures.append(Figure("agreement", _share(summary.accuracy, summary.count), _AGREEMENT))
    else:
        figures.append(Figure("accuracy", _share(summary.accuracy, summary.count), _ACCURACY))
    figures.append(Figure("macro F1", _three(summary.macro.f1), _MACRO))
    if not math.isnan(summary.kappa):
        meaning = _KAPPA_BETWEEN if between else _KAPPA
        figures.append(Figure("κ", _three(summary.kappa), meaning))
    if not between:
        loss = _three(judgement.evaluation.loss)
        by_word = judgement.evaluation.task is Task.LABEL
        figures.append(
            Figure("loss a word", loss, _LOSS_WORD) if by_word else Figure("loss", loss, _LOSS)
        )
    count, meaning = f"{summary.count:,}", f"How many {plural} were evaluated"
    if not judgement.by_entity and summary.count < len(judgement.rows):
        count, meaning = f"{count} of {len(judgement.rows):,}", f"How many {plural} got an answer"
    return (*figures, Figure(plural, count, meaning))


def _share(share: float, count: int) -> str:
    return percent(share if count else math.nan)


def _no_figures() -> tuple[Figure, ...]:
    return (
        Figure("accuracy", "–", _ACCURACY),
        Figure("macro F1", "–", _MACRO),
        Figure("κ", "–", _KAPPA),
        Figure("loss", "–", _LOSS),
        Figure("sentences", "–", "How many sentences were evaluated"),
    )


def _three(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.3f}".replace("-0.000", "0.000").replace("-", "−")


def whose(found: Judged) -> str:
    """Say whose answers they are: of which weights, and after how many words."""
    if found.judgement is None or not found.judgement.between:
        return whose_answers(found)
    parts = [f"{THIS_NETWORK} against {found.judgement.rival}"]
    if found.words is not None:
        parts.append(f"of the first {counted(found.words, 'word')}")
    return ", ".join(parts)
