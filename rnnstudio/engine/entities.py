"""Entities in sequences of BIO tags, how many were found, and what kind of error each miss is.

A tag is `O`, or a prefix and a type ("B-PER"; without a type it is "_"):

    B  begins an entity        I  is inside one        E, L  ends one        S, U  is one by itself

Every other tag stands outside of all entities, as O does. Unless told, tags are read by the lenient
rules of conlleval (Tjong Kim Sang and De Meulder 2003) and of seqeval's default mode: an I or E
goes on with the entity before it if that has the same type and has not ended; otherwise it begins
one. By the strict rules, those of seqeval's strict mode, it then stands outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.engine.metrics import Average, macro_average, rates, weighted_average

OUTSIDE = "O"
NO_TYPE = "_"
# IOBES, BILOU (last, unit) and plain BIO in one table.
_PREFIXES = {"B": "B", "I": "I", "E": "E", "L": "E", "S": "S", "U": "S"}


class Rules(StrEnum):
    """How tags are read that do not follow each other as they should.

    Strictly in BIO an entity is a B and the I of its type after it; E, L, S and U are outside. In
    IOBES (or BILOU) it is a B, then I, then an E, or an S; one that does not end is none.
    """

    LENIENT = "lenient"
    STRICT_BIO = "strict BIO"
    STRICT_IOBES = "strict IOBES"


@dataclass(frozen=True, order=True)
class Entity:
    """The words `start` … `stop` − 1 of a sentence, from 0, as one thing of a type."""

    type: str
    start: int
    stop: int


@dataclass(frozen=True)
class EntityFigures:
    """How well entities of one type were found; `support` is how many there truly are."""

    type: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class EntityReport:
    """Figures by entity, where only the exact words with the exact type are right.

    `types` has every type of truth or prediction, sorted. `micro` counts each entity alike,
    `macro` each type, `weighted` each type by its support.
    """

    types: tuple[EntityFigures, ...]
    micro: Average
    macro: Average
    weighted: Average


class MatchKind(StrEnum):
    """What became of an entity."""

    EXACT = "exact"
    BORDER = "right type, wrong border"
    TYPE = "right border, wrong type"
    MISSED = "missed"
    INVENTED = "invented"


@dataclass(frozen=True)
class Match:
    """A true entity with the predicted one that it was taken for, in sentence `row`, from 0.

    `truth` is None for an invented entity, `predicted` for a missed one.
    """

    row: int
    kind: MatchKind
    truth: Entity | None
    predicted: Entity | None


def is_bio(labels: Iterable[str]) -> bool:
    """Whether a set of tags marks entities: all are O or prefixed, and one says B or I."""
    parts = [_parts(label) for label in labels if label != OUTSIDE]
    return None not in parts and any(part is not None and part[0] in "BI" for part in parts)


def strict_rules(labels: Iterable[str]) -> Rules:
    """Return the strict rules for a set of tags: those of IOBES where one says E, L, S or U."""
    parts = map(_parts, labels)
    ends = any(part is not None and part[0] in "ES" for part in parts)
    return Rules.STRICT_IOBES if ends else Rules.STRICT_BIO


def entities(tags: Sequence[str], rules: Rules = Rules.LENIENT) -> tuple[Entity, ...]:
    """Return the entities of one sentence's tags, in their order."""
    if rules is not Rules.LENIENT:
        return tuple(_strict_entities(tags, rules))
    found: list[Entity] = []
    open_type: str | None = None
    start = 0
    for index, tag in enumerate(tags):
        part = _parts(tag)
        goes_on = part is not None and part[0] in "IE" and part[1] == open_type
        if not goes_on:
            if open_type is not None:
                found.append(Entity(open_type, start, index))
            open_type, start = (None if part is None else part[1]), index
        if part is not None and part[0] in "ES":
            found.append(Entity(part[1], start, index + 1))
            open_type = None
    if open_type is not None:
        found.append(Entity(open_type, start, len(tags)))
    return tuple(found)


def entity_report(
    truth: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    rules: Rules = Rules.LENIENT,
) -> EntityReport:
    """Return precision, recall and F1 by entity, over sentences of true and predicted tags.

    Raises:
        ValueError: the numbers of sentences, or of the tags of one, differ.
    """
    right: dict[str, int] = {}
    said: dict[str, int] = {}
    there: dict[str, int] = {}
    for true, found in _pairs(truth, predicted, rules):
        for counts, some in ((right, true & found), (said, found), (there, true)):
            for entity in some:
                counts[entity.type] = counts.get(entity.type, 0) + 1
    types = tuple(
        EntityFigures(
            name,
            *rates(right.get(name, 0), said.get(name, 0), there.get(name, 0)),
            there.get(name, 0),
        )
        for name in sorted(said.keys() | there.keys())
    )
    total = sum(there.values())
    return EntityReport(
        types=types,
        micro=Average(*rates(sum(right.values()), sum(said.values()), total), total),
        macro=macro_average(types),
        weighted=weighted_average(types),
    )


def entity_matches(
    truth: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    rules: Rules = Rules.LENIENT,
) -> tuple[Match, ...]:
    """Sort every true and every predicted entity; each is in exactly one match.

    In each sentence equal entities are paired first, then those of the same words, then those of
    the same type that share words, the largest overlap first and the earlier ones where overlaps
    are equal. What is left was missed or invented. Matches are in the order of the sentences and
    of the words in them.

    Raises:
        ValueError: the numbers of sentences, or of the tags of one, differ.
    """
    return tuple(
        match
        for row, (true, found) in enumerate(_pairs(truth, predicted, rules))
        for match in sorted(_matches(row, true, found), key=_position)
    )


def count_kinds(matches: Iterable[Match]) -> dict[MatchKind, int]:
    """Count matches by what became of the entity; every kind is there.

    Exact, wrong border, wrong type and missed are together the true entities; exact, wrong border,
    wrong type and invented the predicted ones.
    """
    counts = Counter(match.kind for match in matches)
    return {kind: counts[kind] for kind in MatchKind}


def _parts(tag: str) -> tuple[str, str] | None:
    """The prefix as one of B, I, E, S and the type of a tag; None for a tag outside."""
    letter, dash, name = tag.partition("-")
    prefix = _PREFIXES.get(letter)
    return None if prefix is None else (prefix, name if dash and name else NO_TYPE)


def _strict_entities(tags: Sequence[str], rules: Rules) -> Iterator[Entity]:
    open_type: str | None = None
    start = 0
    for index, tag in enumerate((*tags, OUTSIDE)):
        prefix, name = _parts(tag) or (OUTSIDE, None)
        if rules is Rules.STRICT_BIO and prefix in "ES":
            prefix, name = OUTSIDE, None
        if open_type is not None and prefix in "IE" and name == open_type:
            if prefix == "E":
                yield Entity(open_type, start, index + 1)
                open_type = None
            continue
        if open_type is not None and rules is Rules.STRICT_BIO:
            yield Entity(open_type, start, index)
        open_type = None
        if name is not None and prefix == "S":
            yield Entity(name, index, index + 1)
        elif prefix == "B":
            open_type, start = name, index


def _pairs(
    truth: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], rules: Rules
) -> Iterator[tuple[set[Entity], set[Entity]]]:
    if len(truth) != len(predicted):
        raise ValueError("Truth and prediction differ in the number of sentences.")
    for row, (true, found) in enumerate(zip(truth, predicted, strict=True)):
        if len(true) != len(found):
            raise ValueError(f"Truth and prediction of sentence {row} differ in length.")
        yield set(entities(true, rules)), set(entities(found, rules))


def _matches(row: int, true: set[Entity], found: set[Entity]) -> Iterator[Match]:
    for entity in true & found:
        yield Match(row, MatchKind.EXACT, entity, entity)
    true, found = true - found, found - true
    by_words = {(entity.start, entity.stop): entity for entity in found}
    for entity in sorted(true):
        if same_words := by_words.get((entity.start, entity.stop)):
            yield Match(row, MatchKind.TYPE, entity, same_words)
            true.remove(entity)
            found.remove(same_words)
    # The entities of one sequence of tags share no words.
    at_word = {word: entity for entity in found for word in range(entity.start, entity.stop)}
    overlaps = {
        (-_overlap(one, other), one, other)
        for one in true
        for other in map(at_word.get, range(one.start, one.stop))
        if other is not None and other.type == one.type
    }
    for _, one, other in sorted(overlaps, key=lambda pair: (pair[0], pair[1].start, pair[2].start)):
        if one in true and other in found:
            yield Match(row, MatchKind.BORDER, one, other)
            true.remove(one)
            found.remove(other)
    for entity in true:
        yield Match(row, MatchKind.MISSED, entity, None)
    for entity in found:
        yield Match(row, MatchKind.INVENTED, None, entity)


def _overlap(one: Entity, other: Entity) -> int:
    return min(one.stop, other.stop) - max(one.start, other.start)


def _position(match: Match) -> tuple[int, int, str]:
    entity = match.truth or match.predicted
    return (0, 0, "") if entity is None else (entity.start, entity.stop, match.kind)
