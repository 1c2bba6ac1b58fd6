"""Counting entities cell by cell: true ones by what they were taken for, and invented ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.entities import EntityReport
from rnnstudio.engine.metrics import ClassFigures, Summary
from rnnstudio.session.answers.answering import Answers, answers
from rnnstudio.session.answers.entity_spans import (
    Kind,
    Spans,
    Tagging,
    least,
    matches,
    report,
    same_words,
    spans,
    tagging,
)
from rnnstudio.session.answers.judging import Against, Judging
from rnnstudio.session.answers.tally import Pair, Tally

INVENTED = "invented"
WRONG_BORDER = "wrong border"
MISSED = "missed"
# Of one network's entities by the other's.
OTHER_BORDER = "other border"
NO_ENTITY = "no entity"

_Array = TypeVar("_Array", IntArray, FloatArray, BoolArray)

# By whether the present network is right and whether the second one is.
_OUTCOMES = np.array(
    [[Outcome.BOTH_WRONG, Outcome.SECOND_ONLY], [Outcome.FIRST_ONLY, Outcome.BOTH_RIGHT]], np.int8
)


@dataclass(frozen=True, eq=False)
class _Found:
    """The entities that a network found (k,), and how sure it was of each (k,)."""

    spans: Spans
    confidence: FloatArray
    margin: FloatArray


@dataclass(frozen=True, eq=False)
class _Items:
    """What is listed (m,), in the order of the words: words `starts` … `stops` − 1.

    What was answered are words `answer_starts` … `answer_stops` − 1, −1 and 0 where it is nothing.
    """

    starts: IntArray
    stops: IntArray
    answer_starts: IntArray
    answer_stops: IntArray
    rows: IntArray
    columns: IntArray
    truth: IntArray
    right: BoolArray
    confidence: FloatArray
    margin: FloatArray
    other_columns: IntArray
    outcomes: IntArray

    def with_more(self, more: _Items, chosen: BoolArray) -> _Items:
        """Return these and the chosen ones of others, in the order of the words."""
        both = [
            np.concatenate([getattr(self, field.name), getattr(more, field.name)[chosen]])
            for field in fields(self)
        ]
        order = np.lexsort((both[1], both[0]))
        return _Items(*(values[order] for values in both))


def tally_entities(pair: Pair, judging: Judging, against: Against) -> Tally:
    """Count the entities of the true tags by what the network that is looked at took them for.

    A word without an answer is in no entity. An entity is as sure as its least sure word.
    """
    own, theirs = pair.own, pair.theirs
    meaning = tagging(own.labels, judging.groups, judging.strict)
    names, count = meaning.names, len(meaning.names)
    begins = np.append(True, np.diff(own.rows) != 0)[: len(own.rows)]
    truth = spans(own.truth, begins, meaning)
    mine = _found(answers(own, judging.threshold, judging.abstain), begins, meaning)
    other = _NOTHING
    if theirs is not None:
        given = answers(theirs, judging.threshold, judging.abstain)
        other = _found(_laid_over(pair, given), begins, meaning)
    first = _of_truth(truth, mine, other, count)
    items, table, counted_truth, found = first, _table(first, count), truth, mine.spans
    if against is Against.OTHER:
        items = _of_truth(truth, other, mine, count, shows_other=True)
        table, found = _table(items, count), other.spans
    elif against is Against.DIFFERENCE:
        second = _of_truth(truth, other, mine, count, shows_other=True)
        table = _table(second, count) - table
        # What the present network invents as well is listed already.
        items = first.with_more(second, (second.rows == count) & (second.other_columns > count))
    elif against is Against.BETWEEN:
        items = _of_each_other(truth, mine, other, count)
        table, counted_truth, found = _table(items, count), mine.spans, other.spans
    full = report(counted_truth, found, names)
    between = against is Against.BETWEEN
    other_columns, outcomes = items.other_columns, items.outcomes
    if theirs is not None and len(pair.places) < len(own.rows):
        known = pair.laid_over(np.zeros(len(theirs.rows), np.int64), -1)[items.starts] == 0
        other_columns, outcomes = (
            np.where(known, values, -1) for values in (other_columns, outcomes)
        )
    return Tally(
        labels=names,
        extra_rows=(NO_ENTITY,) if between else (INVENTED,),
        extra_columns=(OTHER_BORDER, NO_ENTITY) if between else (WRONG_BORDER, MISSED),
        places=read_only(items.starts),
        stops=read_only(own.steps[items.stops - 1] + 1),
        rows=read_only(items.rows),
        columns=read_only(items.columns),
        truth=read_only(items.truth),
        right=read_only(items.right),
        confidence=read_only(items.confidence),
        margin=read_only(items.margin),
        table=read_only(table),
        deal=None,
        figures=_summary(full, names),
        report=full,
        other_columns=None if theirs is None else read_only(other_columns),
        outcomes=None if theirs is None else read_only(outcomes),
        answer_places=read_only(items.answer_starts),
        answer_stops=read_only(_at(own.steps, items.answer_stops - 1, -2) + 1),
    )


def _found(given: Answers, begins: BoolArray, meaning: Tagging) -> _Found:
    outside = len(meaning.prefix) - 1
    found = spans(np.where(given.held, outside, given.said), begins, meaning)
    return _Found(found, least(given.confidence, found), least(given.margin, found))


_NOTHING = _Found(
    Spans(*(read_only(np.zeros(0, np.int64)) for _ in range(3))),
    *(read_only(np.zeros(0, np.float32)) for _ in range(2)),
)


def _laid_over(pair: Pair, given: Answers) -> Answers:
    """Lay the second network's answers beside the first one's words; what it lacks is held back."""
    whole = len(pair.places) == len(pair.own.rows) == len(given.said)
    if whole and np.array_equal(pair.places, pair.their_places):
        return given
    place = pair.laid_over(np.arange(len(given.said)), -1)
    there = place >= 0
    return Answers(
        said=np.where(there, given.said[place], 0),
        held=~there | given.held[place],
        confidence=given.confidence[place],
        margin=given.margin[place],
    )


def _of_truth(
    truth: Spans, shown: _Found, other: _Found, count: int, shows_other: bool = False
) -> _Items:
    """List the true entities, as they were found by `shown`, and what it invented."""
    pairs = matches(truth, shown.spans)
    theirs = matches(truth, other.spans)
    real, invented = pairs.truth >= 0, pairs.truth < 0
    columns = _columns(pairs.found, pairs.kinds, shown.spans, count)
    # In the order of the true entities.
    of_real = theirs.truth >= 0
    order = np.argsort(theirs.truth[of_real])
    their_columns = _columns(theirs.found, theirs.kinds, other.spans, count)[of_real][order]
    their_kinds = theirs.kinds[of_real][order]
    found = pairs.found[invented]
    same = same_words(shown.spans, other.spans)[found]
    other_columns = np.empty(len(columns), np.int64)
    other_columns[real] = their_columns[pairs.truth[real]]
    # It has no entity there: what would be missed, if there were one.
    other_columns[invented] = _at(other.spans.types, same, count + 1)
    right = pairs.kinds == Kind.EXACT
    other_right = np.empty(len(columns), np.bool_)
    other_right[real] = their_kinds[pairs.truth[real]] == Kind.EXACT
    other_right[invented] = same < 0
    starts, stops = _words(pairs.truth, pairs.found, truth, shown.spans)
    types = _at(truth.types, pairs.truth, -1)
    first, second = (other_right, right) if shows_other else (right, other_right)
    return _Items(
        starts=starts,
        stops=stops,
        answer_starts=_at(shown.spans.starts, pairs.found, -1),
        answer_stops=_at(shown.spans.stops, pairs.found, 0),
        rows=np.where(real, types, count),
        columns=columns,
        truth=types,
        right=right,
        confidence=_at(shown.confidence, pairs.found, math.nan),
        margin=_at(shown.margin, pairs.found, math.nan),
        other_columns=other_columns,
        outcomes=_OUTCOMES[first.astype(np.int8), second.astype(np.int8)],
    )


def _of_each_other(truth: Spans, mine: _Found, theirs: _Found, count: int) -> _Items:
    """List the entities of one network, as the other one found them, and those it alone found."""
    pairs = matches(mine.spans, theirs.spans)
    own, others = pairs.truth, pairs.found
    columns = _columns(others, pairs.kinds, theirs.spans, count)
    mine_true, theirs_true = _is_true(mine.spans, truth), _is_true(theirs.spans, truth)
    # Who found nothing is right where what the other one found is not true.
    first = np.where(own >= 0, _at(mine_true, own, False), ~_at(theirs_true, others, False))
    second = np.where(others >= 0, _at(theirs_true, others, False), ~_at(mine_true, own, False))
    true_place = np.where(
        own >= 0,
        _at(same_words(mine.spans, truth), own, -1),
        _at(same_words(theirs.spans, truth), others, -1),
    )
    starts, stops = _words(own, others, mine.spans, theirs.spans)
    return _Items(
        starts=starts,
        stops=stops,
        answer_starts=_at(theirs.spans.starts, others, -1),
        answer_stops=_at(theirs.spans.stops, others, 0),
        rows=np.where(own >= 0, _at(mine.spans.types, own, -1), count),
        columns=columns,
        truth=_at(truth.types, true_place, -1),
        right=first,
        confidence=np.where(
            own >= 0,
            _at(mine.confidence, own, math.nan),
            _at(theirs.confidence, others, math.nan),
        ),
        margin=np.where(
            own >= 0, _at(mine.margin, own, math.nan), _at(theirs.margin, others, math.nan)
        ),
        other_columns=columns,
        outcomes=_OUTCOMES[first.astype(np.int8), second.astype(np.int8)],
    )


def _columns(found: IntArray, kinds: IntArray, of: Spans, count: int) -> IntArray:
    """Return the column of each match: a type, or behind them a wrong border, or missed."""
    columns = _at(of.types, found, -1)
    columns = np.where(kinds == Kind.BORDER, count, columns)
    return np.where(kinds == Kind.MISSED, count + 1, columns)


def _words(
    first: IntArray, second: IntArray, of_first: Spans, of_second: Spans
) -> tuple[IntArray, IntArray]:
    """Return the words of the one entity of each match, or of the other where it has only that."""
    starts, stops = (
        np.where(first >= 0, _at(one, first, 0), _at(other, second, 0))
        for one, other in (
            (of_first.starts, of_second.starts),
            (of_first.stops, of_second.stops),
        )
    )
    return starts, stops


def _is_true(found: Spans, truth: Spans) -> BoolArray:
    place = same_words(found, truth)
    same: BoolArray = (place >= 0) & (_at(truth.types, place, -1) == found.types)
    return same


def _at(values: _Array, places: IntArray, nothing: float) -> _Array:
    """Return the values at places, and `nothing` at those that are −1."""
    padded: _Array = np.append(values, values.dtype.type(nothing))
    return padded[places]


def _table(items: _Items, count: int) -> npt.NDArray[np.int64]:
    """Count (C + 1, C + 2) what stands in each cell."""
    width = count + 2
    cells = np.bincount(items.rows * width + items.columns, minlength=(count + 1) * width)
    return cells.reshape(count + 1, width).astype(np.int64)


def _summary(full: EntityReport, names: tuple[str, ...]) -> Summary:
    by_name = {figures.type: figures for figures in full.types}
    classes = []
    for place, name in enumerate(names):
        one = by_name.get(name)
        rates = (
            (0.0, 0.0, 0.0, 0) if one is None else (one.precision, one.recall, one.f1, one.support)
        )
        classes.append(ClassFigures(place, *rates))
    return Summary(
        count=full.micro.support,
        accuracy=math.nan,
        kappa=math.nan,
        macro=full.macro,
        weighted=full.weighted,
        classes=tuple(classes),
    )
