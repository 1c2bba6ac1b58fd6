"""What the Evaluate page must show, counted anew: answer by answer, in plain loops."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.agreement import Outcome
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Against, Judging, Measure

Cells = frozenset[tuple[int, int]]
Entity = tuple[int, int, int, str]  # sentence, first word, the word after it, type
HELD = "no answer"


@dataclass(frozen=True)
class Answer:
    """One answer: where it was asked, its cell, what is true and what two networks say.

    `sure` and `ahead` are those of the answer that is listed; `other` is the column of the one
    that is not counted.
    """

    row: int
    step: int
    cell: tuple[int, int]
    truth: int
    said: int
    sure: float
    ahead: float
    other: int | None = None
    outcome: Outcome | None = None

    @property
    def right(self) -> bool:
        """Whether the answer that is listed is right."""
        return self.said == self.truth


@dataclass(frozen=True)
class Recount:
    """All answers, the table of them, and the `plain` table (C, C) whose figures are shown.

    `mass` has the form of the table; it is counted where that is the measure.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    table: npt.NDArray[np.int64]
    plain: npt.NDArray[np.int64]
    mass: npt.NDArray[np.float64]
    answers: tuple[Answer, ...]
    against: Against

    def taken(self, cells: Cells, judging: Judging) -> list[Answer]:
        """Return the answers that are listed, in the order of the data."""
        known = list(self.answers)
        asks_outcome = judging.outcome is not None and self.answers[0].other is not None
        if asks_outcome:
            known = [one for one in known if one.outcome is judging.outcome]
        if judging.sure is not None:
            low, high = judging.sure
            known = [one for one in known if (one.sure > low or not low) and one.sure <= high]
        if cells and self.against is Against.DIFFERENCE:
            return [
                one
                for one in known
                if one.other != one.cell[1] and {one.cell, (one.cell[0], one.other)} & cells
            ]
        if cells:
            return [one for one in known if one.cell in cells]
        if judging.sure is not None or asks_outcome:
            return known
        return [one for one in known if self._is_listed(one)]

    def _is_listed(self, one: Answer) -> bool:
        if self.against is Against.DIFFERENCE:
            return one.other != one.cell[1]
        if self.against is Against.BETWEEN:
            return one.cell[0] != one.cell[1]
        return not one.right and one.said < len(self.names)


def counted_names(
    labels: Sequence[str], judging: Judging
) -> tuple[tuple[str, ...], dict[int, int]]:
    """Return what is counted, and what each label counts as."""
    names = list(labels)
    if judging.merged:
        names = [name[2:] if name[:2] in ("B-", "I-") else name for name in names]
    for group in judging.groups:
        if len(group.members & {*names}) < 2:
            continue
        names = [group.name if name in group.members else name for name in names]
    counted = tuple(dict.fromkeys(names))
    return counted, {place: counted.index(name) for place, name in enumerate(names)}


def said_of(
    probabilities: npt.NDArray[np.float32], judging: Judging
) -> list[tuple[int | None, float, float]]:
    """Return for each answer the class (None: held back), its probability, and its lead."""
    result: list[tuple[int | None, float, float]] = []
    for shares in probabilities.tolist():
        said = shares.index(max(shares))
        if len(shares) == 2 and judging.threshold != 0.5:
            said = int(shares[1] >= judging.threshold)
        sure = shares[said]
        ahead = sure - max([*shares[:said], *shares[said + 1 :]], default=0.0)
        held = judging.abstain > 0 and sure < judging.abstain
        result.append((None if held else said, sure, ahead))
    return result


def recount(own: Evaluation, judging: Judging, theirs: Evaluation | None = None) -> Recount:
    """Count the answers of one network, or of two to the same questions."""
    names, place = counted_names(own.labels, judging)
    count = len(names)
    against = Against.THIS if theirs is None else judging.against
    extra = (HELD,) if judging.abstain > 0 else ()
    width = count + len(extra)
    mine = said_of(own.probabilities, judging)
    others = mine if theirs is None else said_of(theirs.probabilities, judging)
    table = np.zeros((width if against is Against.BETWEEN else count, width), np.int64)
    plain, mass = np.zeros((count, count), np.int64), np.zeros((count, width))
    answers = []
    for at, (true, one, other) in enumerate(zip(own.truth.tolist(), mine, others, strict=True)):
        first, second = (count if s[0] is None else place[s[0]] for s in (one, other))
        truth = place[true]
        shown, hidden = (second, first) if against is Against.OTHER else (first, second)
        cell = (first, second) if against is Against.BETWEEN else (truth, shown)
        if against is Against.DIFFERENCE:
            table[truth, second] += 1
            table[truth, first] -= 1
        else:
            table[cell] += 1
        if max(cell) < count:
            plain[cell] += 1
        if judging.measure is Measure.MASS and theirs is not None and against is not Against.THIS:
            mass[truth] += _dealt(theirs, at, other, place, width)
        if judging.measure is Measure.MASS and against in (Against.THIS, Against.DIFFERENCE):
            less = -1 if against is Against.DIFFERENCE else 1
            mass[truth] += less * _dealt(own, at, one, place, width)
        _, sure, ahead = other if against is Against.OTHER else one
        asked = theirs if against is Against.OTHER and theirs is not None else own
        outcome = Outcome(2 * (first != truth) + (second != truth))
        answers.append(
            Answer(
                row=int(own.rows[at]),
                step=int(asked.steps[at]),
                cell=cell,
                truth=truth,
                said=shown,
                sure=sure,
                ahead=ahead,
                other=None if theirs is None else hidden,
                outcome=None if theirs is None else outcome,
            )
        )
    between = against is Against.BETWEEN
    return Recount(
        names=names,
        columns=(*names, *extra),
        rows=(*names, *extra) if between else names,
        table=table,
        plain=plain,
        mass=mass,
        answers=tuple(answers),
        against=against,
    )


def _dealt(
    asked: Evaluation,
    at: int,
    answer: tuple[int | None, float, float],
    place: dict[int, int],
    width: int,
) -> npt.NDArray[np.float64]:
    """Return what an answer puts into each column: its probabilities, or all where it was held."""
    result = np.zeros(width)
    if answer[0] is None:
        result[-1] = 1
    else:
        for label, share in enumerate(asked.probabilities[at].tolist()):
            result[place[label]] += share
    return result


@dataclass(frozen=True)
class Figures:
    """Precision, recall and F1 of a class, None for a share of nothing, and its support."""

    precision: float | None
    recall: float | None
    f1: float | None
    support: int

    def written(self) -> list[str]:
        """Return them as the page writes them."""
        shares = (self.precision, self.recall, self.f1)
        return [*("–" if one is None else f"{one:.3f}" for one in shares), f"{self.support:,}"]


def figures(right: int, called: int, there: int) -> Figures:
    """Return the figures of a class that is right so often, was called so, and is there."""
    return Figures(
        right / called if called else None,
        right / there if there else None,
        2 * right / (called + there) if called + there else None,
        there,
    )


def averages(classes: Sequence[Figures]) -> tuple[Figures, Figures]:
    """Return the macro and the weighted average; a share of nothing counts as 0."""
    total = sum(one.support for one in classes)
    if not total:
        return (Figures(None, None, None, 0),) * 2
    shares = [tuple(part or 0.0 for part in (c.precision, c.recall, c.f1)) for c in classes]
    return (
        _average(shares, [1] * len(classes), total),
        _average(shares, [one.support for one in classes], total),
    )


def _average(shares: Sequence[tuple[float, ...]], by: Sequence[int], total: int) -> Figures:
    precision, recall, f1 = (
        sum(share[n] * weight for share, weight in zip(shares, by, strict=True)) / sum(by)
        for n in range(3)
    )
    return Figures(precision, recall, f1, total)


def kappa(table: npt.NDArray[np.int64]) -> float:
    """Return Cohen's κ of a square table."""
    total = int(table.sum())
    if not total:
        return math.nan
    agree = sum(int(table[place, place]) for place in range(len(table))) / total
    pairs = sum(int(table[p].sum()) * int(table[:, p].sum()) for p in range(len(table)))
    chance = pairs / total**2
    return (agree - chance) / (1 - chance) if chance < 1 else math.nan


def entities(
    tags: Sequence[str], rows: Sequence[int], strict: bool, judging: Judging
) -> set[Entity]:
    """Return the entities of the tags of all words; `rows` are their sentences.

    An I- that follows nothing of its type begins an entity, by the strict rules it begins none.
    """
    found: set[Entity] = set()
    for row, sentence in _sentences(tags, rows):
        start, kind, whole = -1, "", False
        for place, tag in enumerate([*sentence, "O"]):
            prefix, _, name = tag.partition("-")
            name = _type(name, judging)  # tags of a group are tags of one type
            if start >= 0 and not (prefix == "I" and name == kind):
                if whole or not strict:
                    found.add((row, start, place, kind))
                start = -1
            if start < 0 and prefix in ("B", "I"):
                start, kind, whole = place, name, prefix == "B"
    return found


def _type(name: str, judging: Judging) -> str:
    return next((group.name for group in judging.groups if name in group.members), name)


def _sentences(tags: Sequence[str], rows: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    start = 0
    for place in range(1, len(tags) + 1):
        if place == len(tags) or rows[place] != rows[start]:
            yield rows[start], list(tags[start:place])
            start = place


def calibration_errors(
    sure: Sequence[float], right: Sequence[bool], by_count: bool, bins: int = 10
) -> tuple[float, float, list[int]]:
    """Return expected and largest gap of confidence and accuracy, and how many each bin has."""
    borders = [place / bins for place in range(bins + 1)]
    if by_count:
        borders = [float(np.quantile(np.array(sure), place / bins)) for place in range(bins + 1)]
    inside: list[list[int]] = [[] for _ in range(bins)]
    for place, value in enumerate(sure):
        at = next((b for b in range(bins - 1) if value <= borders[b + 1]), bins - 1)
        inside[at].append(place)
    gaps = [
        abs(sum(right[p] for p in part) - sum(sure[p] for p in part)) / len(part) if part else 0.0
        for part in inside
    ]
    expected = sum(gap * len(part) for gap, part in zip(gaps, inside, strict=True)) / len(sure)
    return expected, max(gaps), [len(part) for part in inside]


def area_under_roc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Return how often a positive one has the higher score; equal scores count half."""
    ups = [score for score, yes in zip(scores, positive, strict=True) if yes]
    downs = [score for score, yes in zip(scores, positive, strict=True) if not yes]
    wins = sum((up > down) + 0.5 * (up == down) for up in ups for down in downs)
    return wins / (len(ups) * len(downs))


def average_precision(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Return Σ (recall − recall before) · precision over all thresholds."""
    total, before, result = sum(positive), 0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        called = [yes for score, yes in zip(scores, positive, strict=True) if score >= threshold]
        found = sum(called)
        result += (found - before) / total * found / len(called)
        before = found
    return result
