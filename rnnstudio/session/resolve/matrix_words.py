"""What the cells, rows and columns of the matrix count, in words."""

from __future__ import annotations

import math

import numpy as np

from rnnstudio.project.percent import percent
from rnnstudio.session.answers.entity_tally import NO_ENTITY, OTHER_BORDER
from rnnstudio.session.answers.judgement import (
    MISSED,
    NO_ANSWER,
    THIS_NETWORK,
    WRONG_BORDER,
    Cells,
    Judgement,
    cells_there,
    right_cells,
    wrong_cells,
)
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted

_THIS = THIS_NETWORK[0].upper() + THIS_NETWORK[1:]
_LONGEST = 24  # characters of a name where there is little room


def count_in_words(judgement: Judgement, number: int) -> str:
    """Say how many of what is counted, e.g. "1 entity", "1,200 sentences"."""
    return counted(number, judgement.noun, judgement.plural)


def all_in_words(judgement: Judgement, split: str = "") -> str:
    """Say how many were judged in all: "12 test sentences", "172 entities, 23 invented"."""
    number, invented = len(judgement.rows), 0
    if judgement.by_entity and not judgement.between:
        invented = int((judgement.rows >= len(judgement.labels)).sum())
        number -= invented
    noun, many = (f"{split} {word}".strip() for word in (judgement.noun, judgement.plural))
    words = counted(number, noun, many)
    # Of a difference, what either network invents: it is no part of either one's figures.
    return f"{words}, {invented:,} invented" if invented and not judgement.is_difference else words


def deciding_in_words(judgement: Judgement, judging: Judging) -> str:
    """Say what was set on when to answer: "“good” from 0.91 · no answer below 0.70", or ""."""
    plain, labels, parts = Judging(), judgement.evaluation.labels, []
    if len(labels) == 2 and judging.threshold != plain.threshold:
        parts.append(f"{_quoted(_cut(labels[1]))} from {judging.threshold:.2f}")
    if judging.abstain > 0:
        parts.append(f"no answer below {judging.abstain:.2f}")
    return " · ".join(parts)


def cell_in_words(judgement: Judgement, row: int, column: int) -> str:
    """Say what a cell counts: "12 of 40 sentences that are negative were called positive"."""
    if judgement.is_difference:
        return _difference_in_words(judgement, row, column)
    if judgement.between:
        return _agreement_in_words(judgement, row, column)
    count, total = int(judgement.table[row, column]), int(judgement.table[row].sum())
    name, noun = _row_name(judgement, row), judgement.noun
    called = _column_name(judgement, column)
    if row >= len(judgement.labels):
        if column >= len(judgement.labels):
            return f"Nothing can stand here: what is {name} is no true {noun}"
        were = "was" if count == 1 else "were"
        return f"{count_in_words(judgement, count)} called {called} {were} invented: none is there"
    kind = _kind(judgement, column)
    if not total:
        so = f", so none was called {called}" if not kind else ""
        return f"No {noun} is {name}{so}"
    if not count:
        what = {
            "": f"was called {called}",
            NO_ANSWER: "was left without an answer",
            WRONG_BORDER: "has a wrong border",
            MISSED: "was missed",
        }[kind]
        return f"No {noun} that is {name} {what}"
    one = count == 1
    what = {
        "": f"{'was' if one else 'were'} called {called}",
        NO_ANSWER: "got no answer",
        WRONG_BORDER: f"{'has' if one else 'have'} a wrong border",
        MISSED: f"{'was' if one else 'were'} missed",
    }[kind]
    are, things = ("is", noun) if total == 1 else ("are", judgement.plural)
    right = ": right" if row == column else ""
    return f"{count:,} of {total:,} {things} that {are} {name} {what}{right}"


def row_in_words(judgement: Judgement, row: int) -> str:
    """Say what one row counts."""
    name, noun = _row_name(judgement, row), judgement.noun
    total = int(judgement.table[row].sum())
    if row >= len(judgement.labels):
        return _extra_row_in_words(judgement, row)
    right = int(judgement.table[row, row])
    if judgement.is_difference:
        of = f"Of the {judgement.plural} that are {name}"
        return f"{of}, {judgement.rival} gets {_more(right, 'right')}"
    if judgement.between:
        if not total:
            return f"{_THIS} calls no {noun} {name}"
        return (
            f"{_THIS} calls {count_in_words(judgement, total)} {name}, "
            f"{judgement.rival} {right:,} of them"
        )
    if not total:
        return f"No {noun} is {name}"
    held = (
        int(judgement.table[row, judgement.column_names.index(NO_ANSWER)])
        if _holds(judgement)
        else 0
    )
    without = f", {held:,} without an answer" if held else ""
    of = " of the answered" if held else ""
    recall = percent(right / (total - held)) if total > held else percent(math.nan)
    return (
        f"{count_in_words(judgement, total)} {'is' if total == 1 else 'are'} {name}, {right:,} of "
        f"them right{without}: recall {recall}{of}"
    )


def column_in_words(judgement: Judgement, column: int) -> str:
    """Say what one column counts."""
    name, noun = _column_name(judgement, column), judgement.noun
    count, kind = int(judgement.said[column]), _kind(judgement, column)
    if judgement.is_difference:
        return f"{judgement.rival} {_change(judgement, column, count, judgement.plural)}"
    if judgement.between:
        counted_ = count_in_words(judgement, count) if count else f"no {noun}"
        if kind:
            return f"{judgement.rival}: {counted_} with {name}"
        same = f", {THIS_NETWORK} {int(judgement.table[column, column]):,} of them" if count else ""
        return f"{judgement.rival} calls {counted_} {name}{same}"
    if kind:
        counted_ = count_in_words(judgement, count) if count else f"No {noun}"
        one = count <= 1
        what = {
            NO_ANSWER: "got no answer",
            WRONG_BORDER: f"{'has' if one else 'have'} a wrong border",
            MISSED: f"{'was' if one else 'were'} missed",
        }[kind]
        return f"{counted_} {what}"
    if not count:
        return f"No {noun} was called {name}"
    right = int(judgement.table[column, column])
    rightly = f"{right:,} of them rightly"
    if judgement.by_entity:
        rightly += _besides(judgement, column)
    return (
        f"{count_in_words(judgement, count)} {'was' if count == 1 else 'were'} called {name}, "
        f"{rightly}: precision {percent(right / count)}"
    )


def _besides(judgement: Judgement, column: int) -> str:
    """Say what else was called a type: ", 3 with a wrong border, 1 of another type, 9 invented"."""
    types = len(judgement.labels)
    column_counts = judgement.table[:, column]
    invented = int(column_counts[types:].sum())
    others = int(column_counts[:types].sum() - column_counts[column])
    parts = (
        (int(judgement.table[column, types]), "with a wrong border"),
        (others, "of another type"),
        (invented, "invented"),
    )
    return "".join(f", {count:,} {what}" for count, what in parts if count)


@remembered(4)
def title_of(cells: Cells, judgement: Judgement) -> str:
    """Name a selection: "Truth “bad”, called “good”", "All errors", "2 rows", "3 cells"."""
    height, width = judgement.table.shape
    known = cells_there(judgement, cells)
    both = judgement.is_difference or judgement.between
    if not known:
        return "Different answers" if both else "All errors"
    if len(known) == 1:
        ((row, column),) = known
        return _title_of_cell(judgement, row, column)
    everything = {(row, column) for row in range(height) for column in range(width)}
    right, wrong = right_cells(judgement), wrong_cells(judgement)
    rows, columns = {row for row, _ in known}, {column for _, column in known}
    if known == everything:
        title = f"All {judgement.plural}"
    elif known == right:
        title = "The same answers" if judgement.between else "All right answers"
    elif known == wrong or (judgement.by_entity and wrong <= known <= everything - right):
        title = "Different answers" if judgement.between else "All errors"
    elif known == everything - right:
        title = "All that is not right"
    elif len(known) == width and len(rows) == 1:
        title = _title_of_row(judgement, min(rows))
    elif len(known) == height and len(columns) == 1:
        title = _title_of_column(judgement, min(columns))
    elif len(known) == width * len(rows):
        title = f"{len(rows)} rows"
    elif len(known) == height * len(columns):
        title = f"{len(columns)} columns"
    else:
        title = f"{len(known)} cells of the matrix"
    return f"{title}, by one network only" if judgement.is_difference else title


def _title_of_cell(judgement: Judgement, row: int, column: int) -> str:
    name, called = _row_name(judgement, row), _column_name(judgement, column)
    if judgement.between:
        return f"{_THIS}: {name}, {judgement.rival}: {called}"
    only = " by one network only" if judgement.is_difference else ""
    if row >= len(judgement.labels):
        return f"Invented, called {called}{only}"
    called = f", {called}" if _kind(judgement, column) else f", called {called}"
    return f"Truth {name}{called}{only}"


def _title_of_row(judgement: Judgement, row: int) -> str:
    name = _row_name(judgement, row)
    if judgement.between:
        return f"{_THIS}: {name}"
    if row >= len(judgement.labels):
        return f"All that is {name}"
    return f"Truth {name}, called anything"


def _title_of_column(judgement: Judgement, column: int) -> str:
    name = _column_name(judgement, column)
    if judgement.between:
        return f"{judgement.rival}: {name}"
    if _kind(judgement, column):
        return f"All with {name}" if name != MISSED else "All that was missed"
    return f"Called {name}, whatever the truth"


def _difference_in_words(judgement: Judgement, row: int, column: int) -> str:
    change, rival = int(judgement.table[row, column]), judgement.rival
    name, called = _row_name(judgement, row), _column_name(judgement, column)
    plural = judgement.plural
    if row >= len(judgement.labels):
        if column >= len(judgement.labels):
            return f"Nothing can stand here: what is {name} is no true {judgement.noun}"
        return f"{rival} invents {_more(change, f'{plural} called {called}')}"
    right = ": right" if row == column else ""
    what = _change(judgement, column, change)
    return f"Of the {plural} that are {name}, {rival} {what}{right}"


def _change(judgement: Judgement, column: int, change: int, things: str = "") -> str:
    """Say of how many more or fewer things the second network says what a column stands for."""
    things = things and f"{things} "
    return {
        "": f"calls {_more(change, things + _column_name(judgement, column))}",
        NO_ANSWER: f"leaves {_more(change, things + 'without an answer')}",
        WRONG_BORDER: f"gives {_more(change, things + 'a wrong border')}",
        MISSED: f"misses {_more(change, things.rstrip())}",
    }[_kind(judgement, column)]


def _agreement_in_words(judgement: Judgement, row: int, column: int) -> str:
    count, total = int(judgement.table[row, column]), int(judgement.table[row].sum())
    name, called = _row_name(judgement, row), _column_name(judgement, column)
    noun, rival = judgement.noun, judgement.rival
    classes = len(judgement.labels)
    what = {
        "": f"calls {count:,} {called}",
        NO_ANSWER: f"gives no answer to {count:,}",
        OTHER_BORDER: f"sees {count:,} with another border",
        NO_ENTITY: f"does not find {count:,}",
    }["" if column < classes else called]
    if row >= classes and name == NO_ENTITY:
        if column >= classes:
            return "Nothing can stand here: neither network has an entity"
        return f"{rival} alone finds {count_in_words(judgement, count)} that it calls {called}"
    says = f"calls {name}" if row < classes else "does not answer"
    if not total:
        return f"There is no {noun} that {THIS_NETWORK} {says}"
    same = ": both say the same" if row == column and count else ""
    return f"Of {count_in_words(judgement, total)} that {THIS_NETWORK} {says}, {rival} {what}{same}"


def _extra_row_in_words(judgement: Judgement, row: int) -> str:
    count, name = int(judgement.table[row].sum()), judgement.row_names[row]
    if judgement.is_difference:
        return f"{judgement.rival} invents {_more(count, judgement.plural)}"
    counted_ = count_in_words(judgement, count)
    if name == NO_ENTITY:
        return f"{judgement.rival} alone finds {counted_}"
    if judgement.between:
        return f"{_THIS} does not answer {counted_}"
    return f"{counted_} {'was' if count == 1 else 'were'} invented: none is there"


def _more(change: int, what: str) -> str:
    """Say a difference: "3 more … than this network", "as many … as this network"."""
    amount = f"{abs(change):,} {'more' if change > 0 else 'fewer'}" if change else "as many"
    words = f"{amount} {what}" if what else amount
    return f"{words} {'than' if change else 'as'} {THIS_NETWORK}"


def _row_name(judgement: Judgement, row: int) -> str:
    """A row in a sentence: a class' name in quotes, "invented" without."""
    name = judgement.row_names[row]
    return _quoted(name) if row < len(judgement.labels) else name


def _column_name(judgement: Judgement, column: int) -> str:
    """A column in a sentence: a class' name in quotes, "no answer" without."""
    name = judgement.column_names[column]
    return _quoted(name) if column < len(judgement.labels) else name


def _quoted(name: str) -> str:
    return f"“{name}”"


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _kind(judgement: Judgement, column: int) -> str:
    """Return which of the extra columns one is, "" for a class."""
    return "" if column < len(judgement.labels) else judgement.column_names[column]


def _holds(judgement: Judgement) -> bool:
    return NO_ANSWER in judgement.extra_columns


@remembered(4)
def top_confusions(
    judgement: Judgement, number: int = 3, drawn: tuple[int, ...] | None = None
) -> tuple[tuple[tuple[int, int], str], ...]:
    """The `number` most frequent errors: (row, column) and the sentence that says it.

    Of a difference the largest differences, in errors as in what is right. Classes that are not
    among the `drawn` ones are left out; what was held back is no error.
    """
    cells = np.array(judgement.wrong)
    if judgement.is_difference:
        np.fill_diagonal(cells[: len(judgement.labels), : len(judgement.labels)], True)
    if drawn is not None:
        hidden = np.setdiff1d(np.arange(len(judgement.labels)), np.array(drawn, np.int64))
        cells[hidden] = cells[:, hidden] = False
    counts = np.where(cells, np.abs(judgement.table), 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:number].tolist()
    places = [divmod(place, counts.shape[1]) for place in order if counts.flat[place] > 0]
    return tuple((cell, cell_in_words(judgement, *cell)) for cell in places)
