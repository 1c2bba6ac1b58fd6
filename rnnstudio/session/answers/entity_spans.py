"""Entities of very many words at once: the same as `engine.entities` finds one by one.

The engine's functions read one sentence of tags after another; this does all in a few passes over
arrays, so that the matrix follows while it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.entities import (
    EntityFigures,
    EntityReport,
    Rules,
    strict_rules,
)
from rnnstudio.engine.metrics import Average, macro_average, rates, weighted_average
from rnnstudio.session.answers.counted_classes import as_one, type_of
from rnnstudio.session.answers.judging import Group
from rnnstudio.session.memo import remembered

_OUTSIDE, _B, _I, _E, _S = range(5)
_PREFIXES = {"B": _B, "I": _I, "E": _E, "L": _E, "S": _S, "U": _S}


class Kind(IntEnum):
    """What became of an entity, as `engine.entities.MatchKind`."""

    EXACT = 0
    BORDER = 1
    TYPE = 2
    MISSED = 3
    INVENTED = 4


@dataclass(frozen=True, eq=False)
class Tagging:
    """What K tags mean: the part of an entity, `prefix` (K + 1,), and of which type (K + 1,).

    `types` index into `names`. Tag K stands outside of all entities, whatever the tags are.
    """

    names: tuple[str, ...]
    prefix: IntArray
    types: IntArray
    rules: Rules


@dataclass(frozen=True, eq=False)
class Spans:
    """k entities in the order of the words: words `starts` … `stops` − 1 are of `types` (k,)."""

    starts: IntArray
    stops: IntArray
    types: IntArray


@dataclass(frozen=True, eq=False)
class Matches:
    """m true or predicted entities, or both, that were taken for each other.

    `truth` and `found` (m,) are places in the spans of the truth and of the prediction, −1 where
    there is none; `kinds` (m,) are `Kind`s. They are in the order of the words.
    """

    truth: IntArray
    found: IntArray
    kinds: IntArray


@remembered(4)
def tagging(
    labels: tuple[str, ...], groups: tuple[Group, ...] = (), strict: bool = False
) -> Tagging:
    """Say what tags mean; the types of a group are one type, by whichever rules."""
    rules = strict_rules(labels) if strict else Rules.LENIENT
    types = [type_of(label) for label in labels]
    counted = as_one([name for name in types if name is not None], groups)
    places = iter(counted.place_of.tolist())
    prefix, type_places = [], []
    for label, name in zip(labels, types, strict=True):
        part = _OUTSIDE if name is None else _PREFIXES[label.partition("-")[0]]
        # By the strict rules of BIO there are no ends.
        ends = part in (_E, _S) and rules is Rules.STRICT_BIO
        prefix.append(_OUTSIDE if ends else part)
        type_places.append(-1 if name is None else next(places))
    return Tagging(
        counted.names,
        read_only(np.array([*prefix, _OUTSIDE], np.int8)),
        read_only(np.array([*type_places, -1], np.int64)),
        rules,
    )


def spans(tags: IntArray, first: BoolArray, meaning: Tagging) -> Spans:
    """Return the entities of the tags (n,) of all words; `first` (n,) words begin a sentence."""
    prefix, types = meaning.prefix[tags], meaning.types[tags]
    goes_on = ((prefix == _I) | (prefix == _E)) & ~first
    goes_on[:1] = False
    opened = (prefix[:-1] == _B) | (prefix[:-1] == _I)
    goes_on[1:] &= opened & (types[1:] == types[:-1])
    starts = np.flatnonzero((prefix != _OUTSIDE) & ~goes_on)
    borders = np.append(np.flatnonzero(~goes_on), len(tags))
    stops = borders[np.searchsorted(borders, starts, side="right")]
    if meaning.rules is not Rules.LENIENT:
        whole = prefix[starts] == _B
        if meaning.rules is Rules.STRICT_IOBES:
            whole = (whole & (prefix[stops - 1] == _E)) | (prefix[starts] == _S)
        starts, stops = starts[whole], stops[whole]
    return Spans(read_only(starts), read_only(stops), read_only(types[starts]))


def same_words(spans: Spans, others: Spans) -> IntArray:
    """Return for each entity (k,) the place of the one of the same words in others, or −1."""
    if not len(others.starts):
        return np.full(len(spans.starts), -1, np.int64)
    place = np.minimum(np.searchsorted(others.starts, spans.starts), len(others.starts) - 1)
    same = (others.starts[place] == spans.starts) & (others.stops[place] == spans.stops)
    return np.where(same, place, -1)


def matches(truth: Spans, found: Spans) -> Matches:
    """Sort every true and every predicted entity, as `engine.entities.entity_matches`."""
    kinds = np.full(len(truth.starts), int(Kind.MISSED), np.int64)
    taken = np.zeros(len(found.starts), np.bool_)
    partner = same_words(truth, found)
    there = np.flatnonzero(partner >= 0)
    place = partner[there]
    taken[place] = True
    same = truth.types[there] == found.types[place]
    kinds[there] = np.where(same, int(Kind.EXACT), int(Kind.TYPE))
    for one, other in _overlapping(truth, found, partner < 0, ~taken):
        if partner[one] < 0 and not taken[other]:
            partner[one], taken[other] = other, True
            kinds[one] = int(Kind.BORDER)
    invented = np.flatnonzero(~taken)
    none = np.full(len(invented), -1, np.int64)
    of_truth = np.concatenate([np.arange(len(truth.starts)), none])
    of_found = np.concatenate([partner, invented])
    all_kinds = np.concatenate([kinds, np.full(len(invented), int(Kind.INVENTED), np.int64)])
    starts = np.concatenate([truth.starts, found.starts[invented]])
    stops = np.concatenate([truth.stops, found.stops[invented]])
    order = np.lexsort((stops, starts))
    return Matches(
        read_only(of_truth[order]), read_only(of_found[order]), read_only(all_kinds[order])
    )


def report(truth: Spans, found: Spans, names: tuple[str, ...]) -> EntityReport:
    """Return precision, recall and F1 by entity, as `engine.entities.entity_report`."""
    place = same_words(truth, found)
    exact = truth.types[(place >= 0) & (np.append(found.types, -1)[place] == truth.types)]
    right, said, there = (
        np.bincount(types, minlength=len(names)).tolist()
        for types in (exact, found.types, truth.types)
    )
    places = [place for place in range(len(names)) if said[place] or there[place]]
    types = tuple(
        EntityFigures(names[place], *rates(right[place], said[place], there[place]), there[place])
        for place in sorted(places, key=lambda place: names[place])
    )
    return EntityReport(
        types=types,
        micro=Average(*rates(sum(right), sum(said), sum(there)), sum(there)),
        macro=macro_average(types),
        weighted=weighted_average(types),
    )


def least(values: FloatArray, parts: Spans) -> FloatArray:
    """Return the least of the values (n,) of the words of each entity: (k,)."""
    if not len(parts.starts):
        return read_only(np.zeros(0, values.dtype))
    borders = np.stack([parts.starts, parts.stops], axis=1).ravel()
    # An entity may end with the last word.
    padded = np.append(values, values.dtype.type(np.inf))
    return read_only(np.minimum.reduceat(padded, borders)[::2])


def _overlapping(
    truth: Spans, found: Spans, left: BoolArray, left_found: BoolArray
) -> list[tuple[int, int]]:
    """Return places of entities of a type that share words, the largest overlap first."""
    ones, others = np.flatnonzero(left), np.flatnonzero(left_found)
    starts, stops = truth.starts[ones], truth.stops[ones]
    low = np.searchsorted(found.stops[others], starts, side="right")
    count = np.maximum(np.searchsorted(found.starts[others], stops, side="left") - low, 0)
    one = np.repeat(ones, count)
    before = np.repeat(np.cumsum(count) - count, count)
    other = others[np.repeat(low, count) + np.arange(len(one)) - before]
    alike = truth.types[one] == found.types[other]
    one, other = one[alike], other[alike]
    overlap = np.minimum(truth.stops[one], found.stops[other]) - np.maximum(
        truth.starts[one], found.starts[other]
    )
    order = np.lexsort((found.starts[other], truth.starts[one], -overlap))
    return list(zip(one[order].tolist(), other[order].tolist(), strict=True))
