"""What a painted confusion matrix shows: which class stands where, what each cell says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judgement import NO_ANSWER, Cells, Judgement, display_order
from rnnstudio.session.answers.judging import Judging, Measure
from rnnstudio.session.memo import remembered

Place = tuple[int, int]  # a painted (row, column); −1 is a heading
_FEW = 4  # classes: among them there is room for a decimal of any mass
_LARGE_MASS = 99.95  # from here on a mass of many classes has no decimal


@dataclass(frozen=True, eq=False)
class Side:
    """The rows or the columns of the painted matrix, n of them, arrays read-only.

    `places` (n,) are rows or columns of `Judgement.table`; the last `extras` are no classes.
    `shares` (n,) are the recalls or precisions at the end, called `share_name` (lines below each
    other); NaN where there is nothing to share. `totals` (n,) is what they count in all, whether
    painted or hidden; of what was called a type, with the wrong borders that its precision counts.
    """

    title: str
    names: tuple[str, ...]
    places: IntArray
    extras: int
    share_name: str
    shares: NDArray[np.float64]
    totals: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MatrixTable:
    """R × C painted cells: their rows and columns in the order in which they stand.

    `counts` (R, C); `values` (R, C) is what the cells are coloured by, NaN where there is nothing;
    `right` (R, C) marks the diagonal of the classes, wherever it stands, and `wrong` (R, C) what
    can be an error: neither an answer that was held back nor what cannot be at all. `total` is that
    of all cells.
    """

    judgement: Judgement
    measure: Measure
    swapped: bool
    errors_only: bool
    rows: Side
    columns: Side
    counts: NDArray[np.int64]
    values: NDArray[np.float64]
    right: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    total: float

    @property
    def is_difference(self) -> bool:
        """Whether the cells say how many more or fewer there are than of another network."""
        return self.judgement.is_difference

    @property
    def has_shares(self) -> bool:
        """Whether recall and precision stand at the ends: they are of counts, not of a mass."""
        return not self.is_difference and self.measure is not Measure.MASS

    @cached_property
    def decimals(self) -> int:
        """How many decimals every mass in this matrix has."""
        largest = float(np.abs(np.nan_to_num(self.values)).max(initial=0.0))
        return int(largest < _LARGE_MASS or len(self.rows.names) <= _FEW)

    @property
    def least_mass(self) -> float:
        """The smallest mass that is not written as nothing."""
        return 0.5 * 0.1**self.decimals

    def total_text(self, total: float) -> str:
        """Write what a row or a column, or all, count."""
        sign = "+" if self.is_difference and total > 0 else ""
        if self.measure is Measure.MASS:
            return sign + short_mass(total, self.decimals)
        return sign + number(round(total))

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The values of full colour: on the diagonal, and beside it."""
        sizes = np.abs(np.nan_to_num(self.values))
        right = float(sizes[self.right].max(initial=0.0))
        wrong = float(sizes[self.wrong].max(initial=0.0))
        # Fewer of one are more of another: differences share a scale.
        return (max(right, wrong),) * 2 if self.is_difference else (right, wrong)

    def cell_of(self, place: Place) -> tuple[int, int]:
        """Return the (row, column) of `Judgement.table` that stands in a painted place."""
        row, column = int(self.rows.places[place[0]]), int(self.columns.places[place[1]])
        return (column, row) if self.swapped else (row, column)

    def cells_of(self, place: Place) -> Cells:
        """Return the cell of a place, all of a heading's row or column, or all for the corner.

        Classes that are hidden belong to it: they are counted with it.
        """
        down, across = self.judgement.table.shape
        first = None if place[0] < 0 else int(self.rows.places[place[0]])
        second = None if place[1] < 0 else int(self.columns.places[place[1]])
        if self.swapped:
            first, second = second, first
        rows = range(down) if first is None else (first,)
        columns = range(across) if second is None else (second,)
        return frozenset((row, column) for row in rows for column in columns)

    def block(self, one: Place, other: Place) -> Cells:
        """Return the cells of the painted block between two places."""
        rows = range(min(one[0], other[0]), max(one[0], other[0]) + 1)
        columns = range(min(one[1], other[1]), max(one[1], other[1]) + 1)
        return frozenset(self.cell_of((row, column)) for row in rows for column in columns)

    def place_of(self, cell: tuple[int, int]) -> Place | None:
        """Return where a cell of `Judgement.table` is painted, None where it is not."""
        row, column = reversed(cell) if self.swapped else cell
        first, second = self._row_places.get(row), self._column_places.get(column)
        return None if first is None or second is None else (first, second)

    def selected(self, cells: Cells) -> NDArray[np.bool_]:
        """Return which of the painted places (R, C) are among `cells`."""
        result = np.zeros(self.counts.shape, np.bool_)
        for place in map(self.place_of, cells):
            if place is not None:
                result[place] = True
        return result

    def text(self, place: Place) -> str:
        """What a cell says where there is room for one line."""
        value, count = float(self.values[place]), int(self.counts[place])
        sign = "+" if self.is_difference and value > 0 else ""
        match self.measure:
            case Measure.COUNTS:
                return sign + number(count)
            case Measure.MASS:
                return sign + short_mass(value, self.decimals)
            case _:
                return sign + short_percent(value)

    def two_texts(self, place: Place) -> tuple[str, str]:
        """What a cell says where there is room for two lines."""
        count, value = int(self.counts[place]), float(self.values[place])
        if self.is_difference:
            return self.text(place), ""
        match self.measure:
            case Measure.COUNTS:
                return number(count), percent(float(self.of_truth[place]))
            case Measure.MASS:
                return short_mass(value, self.decimals), f"counted {number(count)}"
            case _:
                return percent(value), number(count)

    @cached_property
    def of_truth(self) -> NDArray[np.float64]:
        """The shares of the cells (R, C) in the truth that they are of."""
        return _painted(shares_of(self.judgement.table, Measure.OF_TRUTH), self)

    @cached_property
    def _row_places(self) -> dict[int, int]:
        return {place: row for row, place in enumerate(self.rows.places.tolist())}

    @cached_property
    def _column_places(self) -> dict[int, int]:
        return {place: column for column, place in enumerate(self.columns.places.tolist())}


@remembered(4)
def matrix_table(judgement: Judgement, judging: Judging) -> MatrixTable:
    """Lay the answers out as they are looked at."""
    order = display_order(judgement, judging)
    classes = len(judgement.labels)
    down, across = judgement.table.shape
    rows = np.concatenate([order, np.arange(classes, down)]).astype(np.int64)
    columns = np.concatenate([order, np.arange(classes, across)]).astype(np.int64)
    recalls, precisions = _shares_at_the_ends(judgement)
    values = np.array(_values(judgement, judging.measure))
    said, there = judgement.said, judgement.table.sum(axis=1)
    total = float(judgement.table.sum())
    if shown_measure(judgement, judging.measure) is Measure.MASS:
        # Sums of differences that are nothing are not to be nearly nothing.
        said, there = (values.sum(axis=axis).round(6) for axis in (0, 1))
        total = round(float(values.sum()), 6)
    recall, precision = _share_names(judgement)
    truth = _side(
        judgement.row_title, judgement.row_names, rows, classes, recall, recalls, there
    )  # fmt: skip
    called = _side(
        judgement.column_title, judgement.column_names, columns, classes, precision, precisions,
        said,
    )  # fmt: skip
    cells = np.ix_(rows, columns)
    right = (rows[:, None] == columns[None, :]) & (rows[:, None] < classes)
    wrong = judgement.wrong[cells]
    counts, values = judgement.table[cells], values[cells]
    if judging.swapped:
        truth, called = called, truth
        counts, values, right, wrong = counts.T, values.T, right.T, wrong.T
    return MatrixTable(
        judgement=judgement,
        measure=shown_measure(judgement, judging.measure),
        swapped=judging.swapped,
        errors_only=judging.errors_only,
        rows=truth,
        columns=called,
        counts=read_only(counts.copy()),
        values=read_only(values.copy()),
        right=read_only(right.copy()),
        wrong=read_only(wrong.copy()),
        total=total,
    )


def shown_measure(judgement: Judgement, measure: Measure) -> Measure:
    """Return `measure`, or counts where there is nothing else to be had."""
    if measure is Measure.MASS and not judgement.has_mass:
        return Measure.COUNTS
    if measure is Measure.OF_PREDICTED and judgement.is_difference:
        return Measure.COUNTS  # the two networks' columns have other sums
    return measure


def shares_of(counts: NDArray[np.int64], measure: Measure) -> NDArray[np.float64]:
    """What the cells are coloured by (R, C): counts, or shares 0 … 1; a share of nothing is NaN."""
    values = counts.astype(np.float64)
    if measure not in (Measure.OF_TRUTH, Measure.OF_PREDICTED):
        return values
    totals = values.sum(axis=1 if measure is Measure.OF_TRUTH else 0, keepdims=True)
    return _divided(values, totals)


def number(count: int) -> str:
    """Write a count with a minus of the width of a plus."""
    return f"{count:,}".replace("-", "−")


def short_percent(share: float) -> str:
    """Write a share in two or three signs, e.g. "12", "<1"; only all is "100"."""
    if share != share:
        return "–"
    text = f"{abs(share) * 100:.0f}"
    if text == "0" and share:
        text = "<1"
    elif text == "100" and abs(share) < 1:
        text = ">99"
    return f"−{text}" if share < 0 else text


def short_mass(mass: float, decimals: int = 1) -> str:
    """Write a probability mass in few signs, e.g. "12.3", "<0.1", without decimals "340", "<1"."""
    if mass != mass:
        return "–"
    text = f"{abs(mass):,.{decimals}f}"
    if mass and not float(text.replace(",", "")):
        text = "<0.1" if decimals else "<1"
    return f"−{text}" if mass < 0 else text


def _values(judgement: Judgement, measure: Measure) -> NDArray[np.float64]:
    measure = shown_measure(judgement, measure)
    if measure is Measure.MASS and judgement.mass is not None:
        return judgement.mass
    if judgement.is_difference and measure is Measure.OF_TRUTH:
        # A difference's own rows sum to nothing; what was held back is of its truth, too.
        totals = np.zeros((len(judgement.table), 1))
        classes = len(judgement.labels)
        totals[:classes, 0] = np.bincount(judgement.rows, minlength=classes)[:classes]
        return _divided(judgement.table.astype(np.float64), totals)
    return shares_of(judgement.table, measure)


def _divided(values: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.full(values.shape, np.nan)
    np.divide(values, totals, out=shares, where=totals > 0)
    return shares


def _shares_at_the_ends(
    judgement: Judgement,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The recall of each row and the precision of each column of the table, NaN where 0/0."""
    recalls = np.full(judgement.table.shape[0], np.nan)
    precisions = np.full(judgement.table.shape[1], np.nan)
    if judgement.is_difference:
        return recalls, precisions
    for place, figures in enumerate(judgement.figures.classes):
        if figures.support:
            recalls[place] = figures.recall
        if judgement.said[place]:
            precisions[place] = figures.precision
    return recalls, precisions


def _share_names(judgement: Judgement) -> tuple[str, str]:
    """What the shares at the ends of rows and columns are called, in lines."""
    if judgement.between:
        return "same", "same"
    # What was held back is in the row, and not in its recall.
    answered = NO_ANSWER in judgement.extra_columns
    return "recall of\nanswered" if answered else "recall", "precision"


def _side(
    title: str,
    names: Sequence[str],
    places: IntArray,
    classes: int,
    share_name: str,
    shares: NDArray[np.float64],
    totals: NDArray[Any],
) -> Side:
    return Side(
        title=title,
        names=tuple(names[place] for place in places),
        places=read_only(places),
        extras=int((places >= classes).sum()),
        share_name=share_name,
        shares=read_only(shares[places]),
        totals=read_only(totals[places].astype(np.float64)),
    )


def _painted(values: NDArray[np.float64], table: MatrixTable) -> NDArray[np.float64]:
    laid = values.T if table.swapped else values
    return np.asarray(laid[np.ix_(table.rows.places, table.columns.places)])
