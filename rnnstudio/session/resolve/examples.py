"""The answers of the selection, as they are listed: in an order, searched, with their reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Row
from rnnstudio.data.tokens import TextSpec, tokenize
from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.network import Task
from rnnstudio.session.answers.judgement import THIS_NETWORK, Cells, Judgement, cells_there, chosen
from rnnstudio.session.answers.judging import Against, ExampleOrder, Judging
from rnnstudio.session.answers.listing import Listing, explained, listing_of
from rnnstudio.session.findings import ExampleFound, ExamplesFound
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import judged
from rnnstudio.session.resolve.matrix_words import count_in_words, title_of
from rnnstudio.session.resolve.who_answered import WhoAnswered, who_answered
from rnnstudio.session.state import SessionState

# In log ŷ: the fullest shade never stands for less, so that nothing is not shown as much.
LEAST_SCALE = 0.1
_MOST_PERCENT = 95  # of the sentences; what the others did beyond it is not told apart


@dataclass(frozen=True)
class Line:
    """A sentence as it is listed.

    `words` are the letters (start, end) of each word that was read, that of step 2 first; `mark`
    those of the word, or entity, that is asked; what stands behind letter `read` was not read.
    `said` are the letters of the entity that the network sees there, where its border is another
    one or where there is none in truth; then it is the same as `mark`.
    """

    text: str
    words: tuple[tuple[int, int], ...]
    mark: tuple[int, int] | None
    read: int
    said: tuple[int, int] | None = None


@dataclass(frozen=True)
class ExamplesState:
    """The answers of the selected cells; `message` says why there are none.

    `labels` are those that a truth can be changed to. `sure` says to which confidence the list is
    narrowed, "" where it is not. `says` and `other` are the names of two
    networks, the one that is looked at first, "" where there is only one. `live` says that the
    network learns, so that the next list follows soon. `found` is what moved the answers, as far
    as it is known, and `scale` what the fullest shade stands for, of every line.
    """

    listing: Listing | None
    title: str
    count: str
    message: str
    live: bool
    order: ExampleOrder = ExampleOrder.MOST_SURE
    search: str = ""
    outcome: Outcome | None = None
    outcomes: tuple[tuple[Outcome | None, str], ...] = ()
    sure: str = ""
    says: str = ""
    other: str = ""
    labels: tuple[str, ...] = ()
    text: TextSpec | None = None
    words: int | None = None
    found: ExamplesFound | None = None
    scale: float = LEAST_SCALE


_OUTCOMES: tuple[tuple[Outcome | None, str], ...] = (
    (None, "whoever is right"),
    (Outcome.FIRST_ONLY, "only this network is right"),
    (Outcome.SECOND_ONLY, "only the other is right"),
    (Outcome.BOTH_RIGHT, "both are right"),
    (Outcome.BOTH_WRONG, "both are wrong"),
)


def resolve_examples(state: SessionState) -> ExamplesState:
    """The answers of the selected cells, or all errors."""
    now = judged(state)
    judgement, judging = now.judgement, state.judging
    if judgement is None or state.dataset is None:
        return ExamplesState(None, "Sentences", "", now.message, now.live)
    cells = cells_there(judgement, state.selection.cells)
    taken = chosen(judgement, cells, judging)
    listing = listing_of(
        state.dataset,
        judgement,
        bool(judging.groups),
        judging.merged,
        judging.search.strip().lower(),
        judging.example_order,
        taken,
    )
    who = who_answered(state, now)
    found = _known(state, who, now.live)
    outcomes = _outcomes(judgement)
    both = ("", "") if not outcomes else (THIS_NETWORK, judgement.rival)
    if judgement.against is Against.OTHER:
        both = both[::-1]
    return ExamplesState(
        listing=listing,
        title=_title(judgement, cells, judging),
        count=_count(judgement, taken, len(listing), judging),
        message=_message(judgement, cells, judging, len(taken), len(listing)),
        live=now.live,
        order=judging.example_order,
        search=judging.search,
        outcome=judging.outcome if outcomes else None,
        outcomes=outcomes,
        sure="" if judging.sure is None else f"{_sureness(judging.sure)} sure",
        says=both[0],
        other=both[1],
        labels=judgement.evaluation.labels,
        text=who.model.text if who is not None else state.spec.text,
        words=who.words if who is not None else now.words,
        found=found,
        scale=shade_scale(found, listing),
    )


@remembered(2)
def asked(
    judgement: Judgement, places: tuple[tuple[int, int], ...], who: WhoAnswered
) -> tuple[tuple[int, int, int], ...]:
    """Return (row, step, class) of those answers of a judgement that are at (row, step) places."""
    rows = judgement.evaluation.rows[judgement.places]
    steps = judgement.evaluation.steps[judgement.places]
    wanted = np.array(places, np.int64).reshape(-1, 2)
    near = np.flatnonzero(np.isin(rows, wanted[:, 0], kind="table"))
    near = near[np.isin(steps[near], wanted[:, 1], kind="table")]
    first: dict[tuple[int, int], int] = {}
    for row, step, answer in zip(
        rows[near].tolist(), steps[near].tolist(), near.tolist(), strict=True
    ):
        first.setdefault((row, step), answer)
    result = []
    for row, step in places:
        if (row, step) not in first:
            continue
        name = explained(judgement, first[row, step])
        if name in who.model.labels:
            result.append((row, step, who.model.labels.index(name)))
    return tuple(result)


def line_of(state: ExamplesState, line: int) -> Line:
    """Return the sentence of a line, with the places of its words."""
    listing = state.listing
    assert listing is not None
    number = listing.row(line)
    # For a moment after an edit the evaluation may be of the table before it.
    if number >= len(listing.table.rows):
        return Line("", (), None, 0)
    row = listing.table.rows[number]
    if listing.labels_words and row.words is not None:
        text, spans = _joined(row.words)
        mark = _letters(spans, listing.step(line), listing.stop(line))
        steps = listing.answer_steps(line)
        said = None if steps is None else _letters(spans, *steps)
        if said == mark and listing.is_true_entity(line):
            said = None
    else:
        text, spans, mark, said = row.text, _spans(row, state.text), None, None
    read = spans if state.words is None else spans[: state.words]
    return Line(text, read, mark, len(text) if len(read) == len(spans) else _end(read), said)


@remembered(2)
def shade_scale(found: ExamplesFound | None, listing: Listing) -> float:
    """Return what the fullest shade stands for: what the word that did most moved log ŷ by.

    That is of the listed sentences of which it is known. A few that stand out are shaded as full as
    the others; where all did little the shades are faint.
    """
    places = list(found.by_place) if found is not None else []
    if found is None or not places or not len(listing):
        return LEAST_SCALE
    asked_rows = np.array([row for row, _ in places], np.int64)
    listed = np.isin(asked_rows, listing.rows, kind="table").tolist()
    largest = [
        float(np.abs(words).max())
        for place, is_listed in zip(places, listed, strict=True)
        if is_listed and len(words := found.by_place[place].contributions[1:-1])
    ]
    known = [one for one in largest if math.isfinite(one)]
    return max(LEAST_SCALE, float(np.percentile(known, _MOST_PERCENT))) if known else LEAST_SCALE


def found_of(state: ExamplesState, line: int) -> ExampleFound | None:
    """Return what moved the answer of a line, where it is known."""
    listing, found = state.listing, state.found
    if listing is None or found is None:
        return None
    one = found.by_place.get((listing.row(line), listing.step(line)))
    if one is None or one.class_index >= len(found.model.labels):
        return None
    steps = int(listing.lengths[line]) + 2
    if len(one.ids) != (steps if state.words is None else min(steps, state.words + 2)):
        return None  # of more or fewer words than were read here
    said = explained(listing.judgement, int(listing.answers[line]))
    return one if found.model.labels[one.class_index] == said else None


def _joined(words: tuple[str, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    spans, start = [], 0
    for word in words:
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return " ".join(words), tuple(spans)


def _letters(spans: tuple[tuple[int, int], ...], step: int, stop: int) -> tuple[int, int] | None:
    """Return the letters of the words that are read from one step until before another."""
    inside = spans[max(step - 2, 0) : stop - 2]
    return (inside[0][0], inside[-1][1]) if inside else None


def _spans(row: Row, text: TextSpec | None) -> tuple[tuple[int, int], ...]:
    if text is None:
        return ()
    return tuple((token.start, token.end) for token in tokenize(row.text, text))


def _end(spans: tuple[tuple[int, int], ...]) -> int:
    return spans[-1][1] if spans else 0


def _known(state: SessionState, who: WhoAnswered | None, live: bool) -> ExamplesFound | None:
    found = state.findings.examples
    if found is None or who is None:
        return None
    if found.dataset is not who.dataset:
        return None
    same = found.model is who.model
    # While the network learns, what was found a second ago is better than a flicker.
    return found if same or (live and found.model.network == who.model.network) else None


def _outcomes(judgement: Judgement) -> tuple[tuple[Outcome | None, str], ...]:
    """Return the choices of outcome where there is a second network."""
    return () if judgement.outcomes is None else _OUTCOMES


def _title(judgement: Judgement, cells: Cells, judging: Judging) -> str:
    outcome = judging.outcome if judgement.outcomes is not None else None
    if cells or (outcome is None and judging.sure is None):
        title = title_of(cells, judgement)
    elif outcome is None:
        title = f"All {judgement.plural}"
    else:
        words = dict(_OUTCOMES)[outcome]
        title = words[0].upper() + words[1:]
    return title if judging.sure is None else f"{title}, {_sureness(judging.sure)} sure"


def _sureness(sure: tuple[float, float]) -> str:
    """Write a range of confidence, e.g. "0.60–0.70"."""
    return "–".join(f"{end:.2f}" for end in sure)


def _count(judgement: Judgement, taken: IntArray, shown: int, judging: Judging) -> str:
    """Say how many answers there are: "42 words in 38 sentences", "7 of 42 sentences"."""
    total = count_in_words(judgement, len(taken))
    if judging.search.strip():
        return f"{shown:,} of {total}"
    if judgement.evaluation.task is not Task.LABEL or not len(taken):
        return total
    rows = judgement.evaluation.rows[judgement.places[taken]]
    return f"{total} in {counted(int(np.count_nonzero(np.bincount(rows))), 'sentence')}"


def _message(judgement: Judgement, cells: Cells, judging: Judging, taken: int, shown: int) -> str:
    if shown:
        return ""
    if taken:
        return f"None of these {judgement.plural} has “{judging.search.strip()}” in its sentence."
    if judging.sure is not None or (judging.outcome is not None and judgement.outcomes is not None):
        return f"There is no such {judgement.noun}."
    if cells:
        return "Nothing in this cell." if len(cells) == 1 else "Nothing in these cells."
    split = judgement.evaluation.split
    name = split.value if split is not None else "given"
    if judgement.is_difference or judgement.between:
        return f"No differences: both say the same of every {name} {judgement.noun}."
    if not len(judgement.places):
        return f"There is no {judgement.noun} in these sentences."
    return f"No errors: every {name} {judgement.noun} is right."
