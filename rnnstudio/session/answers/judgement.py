"""What the matrix counts: the answers of an evaluation as they are looked at, cell by cell."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.arrays import BoolArray, IntArray, read_only
from rnnstudio.engine.class_order import by_confusion, by_name
from rnnstudio.engine.entities import OUTSIDE, is_bio
from rnnstudio.engine.metrics import confusion
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.answering import common_places, part_of
from rnnstudio.session.answers.entity_tally import INVENTED, MISSED, WRONG_BORDER, tally_entities
from rnnstudio.session.answers.judging import Against, Judging, MatrixOrder
from rnnstudio.session.answers.review import Rival
from rnnstudio.session.answers.tally import NO_ANSWER, Pair, Tally, tally_answers
from rnnstudio.session.memo import remembered

__all__ = [
    "INVENTED",
    "MISSED",
    "NO_ANSWER",
    "THIS_NETWORK",
    "WRONG_BORDER",
    "Cells",
    "Judgement",
    "cells_there",
    "chosen",
    "display_order",
    "judge",
    "marks_entities",
    "right_cells",
    "wrong_cells",
]

Cells = frozenset[tuple[int, int]]  # (row, column) places in `Judgement.table`
THIS_NETWORK = "this network"


@dataclass(frozen=True, eq=False, kw_only=True)
class Judgement(Tally):
    """A tally, with what it was counted from and how it is called.

    `row_title` and `column_title` name the axes. `noun` is what is counted: "sentence", "word" or
    "entity". `against` is whose answers are counted and `rival` the name of the second network,
    "" where there are no answers of one. `evaluation` is that of the answers that are counted (of
    the present network's, where both are).
    """

    evaluation: Evaluation
    noun: str
    row_title: str
    column_title: str
    against: Against = Against.THIS
    rival: str = ""

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

    @property
    def by_entity(self) -> bool:
        """Whether entities are counted."""
        return self.noun == "entity"

    @property
    def is_difference(self) -> bool:
        """Whether the table has the second network's counts less the present one's."""
        return self.against is Against.DIFFERENCE

    @property
    def between(self) -> bool:
        """Whether the answers of one network are counted by those of the other."""
        return self.against is Against.BETWEEN

    @cached_property
    def said(self) -> IntArray:
        """How many were called what each column says (C + K,): what its precision is a share of.

        An entity with a wrong border was called by the type that it has.
        """
        count = len(self.labels)
        said = self.table.sum(axis=0)
        if self.by_entity:
            said[:count] += self.table[:count, count]
        return read_only(said)

    @cached_property
    def held(self) -> BoolArray:
        """Which answers were held back: (n,)."""
        return read_only(self.columns == _place(self.column_names, NO_ANSWER, len(self.labels)))

    @cached_property
    def wrong(self) -> BoolArray:
        """In which cells of the table errors can stand; an answer that was held back is none."""
        count = len(self.labels)
        found = np.ones(self.table.shape, np.bool_)
        np.fill_diagonal(found[:count, :count], False)
        if self.by_entity:
            # What is invented is of some type.
            found[count:, count:] = False
        elif not self.between:
            found[:, count:] = False
        else:
            np.fill_diagonal(found, False)
        return read_only(found)

    @cached_property
    def listed(self) -> BoolArray:
        """What is listed where nothing is chosen (n,): the errors, or where two networks differ."""
        if self.is_difference and self.other_columns is not None:
            return read_only(self.columns != self.other_columns)
        if self.between:
            return read_only(self.columns != self.rows)
        return read_only(~self.right & ~self.held)


def judge(evaluation: Evaluation, judging: Judging, rival: Rival | None = None) -> Judgement:
    """Count the answers of an evaluation as they are looked at.

    Where the second network's answers are not there, or are of other classes, there is none. Both
    are counted over what both have answered, unless only the present one is looked at.
    """
    # Nothing else changes what is counted, so that the same counts stay the same object.
    plain = Judging(
        groups=judging.groups,
        by_entity=judging.by_entity,
        strict=judging.strict and judging.by_entity,
        merged=judging.merged,
        threshold=judging.threshold,
        abstain=judging.abstain,
        against=Against.THIS if rival is None else judging.against,
    )
    return _judge(evaluation, plain, rival)


@remembered(8)
def _judge(evaluation: Evaluation, judging: Judging, rival: Rival | None) -> Judgement:
    theirs = None if rival is None else rival.evaluation
    if theirs is not None and (theirs.labels, theirs.task) != (evaluation.labels, evaluation.task):
        theirs = None
    pair, against, name = Pair(evaluation), Against.THIS, ""
    if rival is not None and theirs is not None:
        against, name = judging.against, rival.name
        own_places, places = common_places(evaluation, theirs)
        if against is not Against.THIS:
            evaluation, theirs = part_of(evaluation, own_places), part_of(theirs, places)
            own_places = places = read_only(np.arange(len(evaluation.rows)))
        pair = Pair(evaluation, theirs, own_places, places)
    by_entity = judging.by_entity and marks_entities(evaluation)
    tally = (tally_entities if by_entity else tally_answers)(pair, judging, against)
    row_title, column_title = {
        Against.THIS: ("truth", "predicted"),
        Against.OTHER: ("truth", f"predicted by {name}"),
        Against.DIFFERENCE: ("truth", "predicted"),
        Against.BETWEEN: (THIS_NETWORK, name),
    }[against]
    return Judgement(
        evaluation=theirs if theirs is not None and against is Against.OTHER else evaluation,
        noun="entity" if by_entity else "word" if evaluation.task is Task.LABEL else "sentence",
        row_title=row_title,
        column_title=column_title,
        against=against,
        rival=name,
        **{field.name: getattr(tally, field.name) for field in dataclasses.fields(Tally)},
    )


def marks_entities(evaluation: Evaluation) -> bool:
    """Whether the words of an evaluation have tags that mark entities."""
    return evaluation.task is Task.LABEL and is_bio(evaluation.labels)


def cells_there(judgement: Judgement, cells: Cells) -> Cells:
    """Return those of the selected cells that the table has; the others count as not selected.

    A selection may be older than the table: of data with more classes, or of a column "no answer".
    """
    height, width = judgement.table.shape
    inside = frozenset((row, column) for row, column in cells if row < height and column < width)
    return cells if len(inside) == len(cells) else inside


@remembered(2)
def _chosen(
    judgement: Judgement,
    cells: Cells,
    outcome: Outcome | None,
    sure: tuple[float, float] | None,
) -> IntArray:
    wanted = np.zeros(judgement.table.shape, np.bool_)
    for cell in cells:
        wanted[cell] = True
    known = judgement.outcomes is not None and outcome is not None
    if cells:
        take = wanted[judgement.rows, judgement.columns]
        if judgement.is_difference and judgement.other_columns is not None:
            # What only one of both networks has there.
            others = judgement.other_columns
            take = (take | wanted[judgement.rows, others]) & judgement.listed
    elif known or sure is not None:
        take = np.ones(len(judgement.rows), np.bool_)
    else:
        take = judgement.listed
    if known:
        take = take & (judgement.outcomes == outcome)
    if sure is not None:
        low, high = sure
        # In double precision, as the bins of the reliability diagram.
        confidence = judgement.confidence.astype(np.float64)
        take = take & ((confidence > low) | (low == 0)) & (confidence <= high)
    return read_only(np.flatnonzero(take))


def chosen(judgement: Judgement, cells: Cells, judging: Judging) -> IntArray:
    """Return which of the n answers are in `cells`, in the order of the data: (m,).

    Of a difference these are the answers that only one of both networks has in them. Where no cell
    is chosen, all errors, or all on which two networks differ where both are counted. With
    `judging.outcome`, where a second network answered, or with `judging.sure`, only those; and all
    of those if no cell is chosen.
    """
    return _chosen(judgement, cells_there(judgement, cells), judging.outcome, judging.sure)


def right_cells(judgement: Judgement) -> Cells:
    """Return the cells of what is right, or where two networks say the same."""
    return frozenset((place, place) for place in range(len(judgement.labels)))


def wrong_cells(judgement: Judgement) -> Cells:
    """Return the cells in which errors can stand; an answer that was held back is none."""
    rows, columns = (places.tolist() for places in np.nonzero(judgement.wrong))
    return frozenset(zip(rows, columns, strict=True))


@remembered(4)
def display_order(judgement: Judgement, judging: Judging) -> IntArray:
    """Return the places of the labels that are drawn, in their order: (at most C,).

    Hidden ones are left out, and "O" where it is not to be seen. What stands behind the labels
    (`extra_rows`, `extra_columns`) is not in it: it is always drawn last.
    """
    names = judgement.labels
    order: IntArray
    match judging.order:
        case MatrixOrder.DATA:
            order = np.arange(len(names), dtype=np.int64)
        case MatrixOrder.SIZE:
            order = np.argsort(-_sizes(judgement), kind="stable")
        case MatrixOrder.NAME:
            order = by_name(names)
        case MatrixOrder.SIMILARITY:
            order = by_confusion(_plain_counts(judgement))
        case MatrixOrder.HAND:
            rank = {name: place for place, name in enumerate(judging.by_hand)}
            places = [rank.get(name, len(rank)) for name in names]
            order = np.argsort(np.array(places, np.int64), kind="stable")
    hidden = set(judging.hidden)
    if not (judging.outside or judgement.by_entity) and marks_entities(judgement.evaluation):
        hidden.add(OUTSIDE)
    drawn = [place for place in order.tolist() if names[place] not in hidden]
    return read_only(np.array(drawn, np.int64))


def _sizes(judgement: Judgement) -> IntArray:
    """How many truly are of each class, whether they were answered or not: (C,)."""
    return np.bincount(judgement.rows, minlength=len(judgement.labels))[: len(judgement.labels)]


def _plain_counts(judgement: Judgement) -> npt.NDArray[np.int64]:
    """The matrix (C, C) of the answers that are listed, of a difference that of one network."""
    count = len(judgement.labels)
    if not judgement.is_difference:
        return judgement.table[:count, :count]
    inside = (judgement.rows < count) & (judgement.columns < count)
    return confusion(judgement.rows[inside], judgement.columns[inside], count)


def _place(names: tuple[str, ...], name: str, start: int) -> int:
    """The place of an extra row or column, −1 where there is none."""
    return next((place for place in range(start, len(names)) if names[place] == name), -1)
