"""The answers of the selection, as they are listed: in an order, searched, with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Row, Table
from rnnstudio.data.tokens import TextSpec, tokenize
from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.arrays import BoolArray, IntArray, read_only
from rnnstudio.engine.network import Task
from rnnstudio.session.findings import ExampleFound, ExamplesFound
from rnnstudio.session.judgement import THIS_NETWORK, Cells, Judgement, chosen
from rnnstudio.session.judging import Against, ExampleOrder, Judging
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import judged
from rnnstudio.session.resolve.matrix_words import count_in_words, title_of
from rnnstudio.session.resolve.who_answered import WhoAnswered, who_answered
from rnnstudio.session.state import SessionState


@dataclass(frozen=True, eq=False)
class Listing:
    """Some answers in the order in which they are listed.

    `answers` (n,) are places in the judgement's arrays, `lengths` (n,) how many words their
    sentences have. Where some classes `are_grouped`, they count as one in the matrix.
    """

    table: Table
    judgement: Judgement
    are_grouped: bool
    answers: IntArray
    lengths: IntArray

    def __len__(self) -> int:
        """How many answers are listed."""
        return len(self.answers)

    @property
    def rows(self) -> IntArray:
        """The table's rows of all lines (n,)."""
        return self.judgement.evaluation.rows[self._places]

    @property
    def steps(self) -> IntArray:
        """The steps at which the answers were given (n,): the last one for a sentence."""
        return self.judgement.evaluation.steps[self._places]

    @property
    def _places(self) -> IntArray:
        return self.judgement.places[self.answers]

    @property
    def labels_words(self) -> bool:
        """Whether the answers are tags of words, or entities."""
        return self.judgement.evaluation.task is Task.LABEL

    def row(self, line: int) -> int:
        """Return the number of the table's row of a line."""
        return int(self.judgement.evaluation.rows[self._place(line)])

    def step(self, line: int) -> int:
        """Return the step of the answer: that of the word, the last one for a sentence."""
        return int(self.judgement.evaluation.steps[self._place(line)])

    def stop(self, line: int) -> int:
        """Return the step after the last word that is asked."""
        return int(self.judgement.stops[self.answers[line]])

    def is_right(self, line: int) -> bool:
        """Whether the answer is right."""
        return bool(self.judgement.right[self.answers[line]])

    def confidence(self, line: int) -> float:
        """Return how sure the network was; NaN where it said nothing."""
        return float(self.judgement.confidence[self.answers[line]])

    def margin(self, line: int) -> float:
        """Return how far the answer was ahead of the second one."""
        return float(self.judgement.margin[self.answers[line]])

    def truth(self, line: int) -> str:
        """Return what would be right: the class of the data, also where several count as one."""
        judgement = self.judgement
        if judgement.by_entity:
            place = int(judgement.truth[self.answers[line]])
            return judgement.labels[place] if place >= 0 else "–"
        return judgement.evaluation.labels[int(judgement.evaluation.truth[self._place(line)])]

    def said(self, line: int) -> str:
        """Return what was answered by the network that is looked at."""
        judgement, answer = self.judgement, self.answers[line]
        column = int((judgement.rows if judgement.between else judgement.columns)[answer])
        if judgement.by_entity or not self.are_grouped or column >= len(judgement.labels):
            return judgement.column_names[column]
        # Of classes that count as one the list tells them apart.
        evaluation = judgement.evaluation
        return evaluation.labels[int(evaluation.predicted[self._place(line)])]

    def other_said(self, line: int) -> str:
        """Return what the second of two networks answered; "" where it has no answer."""
        judgement = self.judgement
        columns = judgement.columns if judgement.between else judgement.other_columns
        column = -1 if columns is None else int(columns[self.answers[line]])
        return "" if column < 0 else judgement.column_names[column]

    def other_is_right(self, line: int) -> bool:
        """Whether the second of two networks is right; also where it has no answer."""
        outcomes, against = self.judgement.outcomes, self.judgement.against
        if outcomes is None:
            return True
        alone = Outcome.FIRST_ONLY if against is Against.OTHER else Outcome.SECOND_ONLY
        return int(outcomes[self.answers[line]]) in (-1, Outcome.BOTH_RIGHT, alone)

    def _place(self, line: int) -> int:
        return int(self.judgement.places[self.answers[line]])


@dataclass(frozen=True)
class Line:
    """A sentence as it is listed.

    `words` are the letters (start, end) of each word that was read, that of step 2 first; `mark`
    those of the word, or entity, that is asked; what stands behind letter `read` was not read.
    """

    text: str
    words: tuple[tuple[int, int], ...]
    mark: tuple[int, int] | None
    read: int


@dataclass(frozen=True)
class ExamplesState:
    """The answers of the selected cells; `message` says why there are none.

    `labels` are those that a truth can be changed to. `says` and `other` are the names of two
    networks, the one that is looked at first, "" where there is only one. `live` says that the
    network learns, so that the next list follows soon. `found` is what moved the answers, as far
    as it is known.
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
    says: str = ""
    other: str = ""
    labels: tuple[str, ...] = ()
    text: TextSpec | None = None
    words: int | None = None
    found: ExamplesFound | None = None


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
    cells = state.selection.cells
    taken = chosen(judgement, cells, judging)
    listing = _listing(
        state.dataset,
        judgement,
        bool(judging.groups or judging.merged),
        judging.search.strip().lower(),
        judging.example_order,
        taken,
    )
    who = who_answered(state, now)
    outcomes = _outcomes(judgement)
    both = ("", "") if not outcomes else (THIS_NETWORK, judgement.rival)
    if judgement.against is Against.OTHER:
        both = both[::-1]
    return ExamplesState(
        listing=listing,
        title=_title(judgement, cells, judging.outcome),
        count=_count(judgement, taken, len(listing), judging),
        message=_message(judgement, cells, judging, len(taken), len(listing)),
        live=now.live,
        order=judging.example_order,
        search=judging.search,
        outcome=judging.outcome if outcomes else None,
        outcomes=outcomes,
        says=both[0],
        other=both[1],
        labels=judgement.evaluation.labels,
        text=who.model.text if who is not None else state.spec.text,
        words=who.words if who is not None else now.words,
        found=_known(state, who, now.live),
    )


def explained(judgement: Judgement, answer: int) -> str:
    """Return the class for which the words of an answer are weighed: the one that was said."""
    evaluation = judgement.evaluation
    # Only with two classes may another one be said than the most probable one.
    column = int(judgement.columns[answer])
    own = not judgement.between and judgement.labels == evaluation.labels
    if own and column < len(judgement.labels):
        return judgement.labels[column]
    return evaluation.labels[int(evaluation.predicted[judgement.places[answer]])]


def asked(
    judgement: Judgement, places: Sequence[tuple[int, int]], who: WhoAnswered
) -> tuple[tuple[int, int, int], ...]:
    """Return (row, step, class) of those answers of a judgement that are at (row, step) places."""
    rows = judgement.evaluation.rows[judgement.places]
    steps = judgement.evaluation.steps[judgement.places]
    result = []
    for row, step in places:
        answers = np.flatnonzero((rows == row) & (steps == step))
        if not len(answers):
            continue
        name = explained(judgement, int(answers[0]))
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
        first, stop = listing.step(line) - 2, listing.stop(line) - 2
        inside = spans[first:stop]
        mark = (inside[0][0], inside[-1][1]) if inside else None
    else:
        text, spans, mark = row.text, _spans(row, state.text), None
    read = spans if state.words is None else spans[: state.words]
    return Line(text, read, mark, len(text) if len(read) == len(spans) else _end(read))


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


@remembered(2)
def _listing(
    dataset: Dataset,  # not its table, which is compared by value: slowly
    judgement: Judgement,
    are_grouped: bool,
    search: str,
    order: ExampleOrder,
    taken: IntArray,
) -> Listing:
    evaluation = judgement.evaluation
    if search:
        hits = _hits(dataset, search)
        rows = evaluation.rows[judgement.places[taken]]
        known = rows < len(hits)
        taken = taken[known][hits[rows[known]]]
    places = judgement.places[taken]
    rows = evaluation.rows[places]
    words = _words(dataset)
    # For a moment after an edit the evaluation may be of the table before it.
    lengths = np.where(rows < len(words), words[np.minimum(rows, len(words) - 1)], 0)
    sorted_ = _order(judgement, order, taken, lengths)
    return Listing(
        dataset.table,
        judgement,
        are_grouped,
        read_only(taken[sorted_]),
        read_only(lengths[sorted_]),
    )


@remembered(1)
def _words(dataset: Dataset) -> IntArray:
    """Return how many words each row of the data has: (rows,), one 0 at least."""
    counts = [len(sequence) - 2 for sequence in dataset.sequences]  # without <sos> and <eos>
    return read_only(np.array(counts or [0], np.int64))


def _order(
    judgement: Judgement, wanted: ExampleOrder, taken: IntArray, lengths: IntArray
) -> IntArray:
    """Return the order of the answers that are taken; not-a-number comes last."""
    match wanted:
        case ExampleOrder.MOST_SURE:
            keys: npt.NDArray[Any] = -judgement.confidence[taken]
        case ExampleOrder.LEAST_SURE:
            keys = judgement.confidence[taken]
        case ExampleOrder.CLOSEST:
            keys = judgement.margin[taken]
        case ExampleOrder.LONGEST:
            keys = -lengths
        case ExampleOrder.SHORTEST:
            keys = lengths
        case ExampleOrder.DATA:
            return np.arange(len(taken))
    return np.argsort(keys, kind="stable")


@remembered(1)
def _lowered(dataset: Dataset) -> list[str]:
    return [row.text.lower() for row in dataset.table.rows]


@remembered(2)
def _hits(dataset: Dataset, words: str) -> BoolArray:
    """Return which rows (n,) have `words`, in lower case, in their text."""
    texts = _lowered(dataset)
    return np.fromiter((words in text for text in texts), np.bool_, len(texts))


def _joined(words: tuple[str, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    spans, start = [], 0
    for word in words:
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return " ".join(words), tuple(spans)


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


def _title(judgement: Judgement, cells: Cells, outcome: Outcome | None) -> str:
    if cells or outcome is None or judgement.outcomes is None:
        return title_of(cells, judgement)
    words = dict(_OUTCOMES)[outcome]
    return words[0].upper() + words[1:]


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
    if judging.outcome is not None and judgement.outcomes is not None:
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
