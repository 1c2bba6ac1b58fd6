"""Answers in the order in which they are listed, with what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Table
from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.arrays import BoolArray, IntArray, read_only
from rnnstudio.engine.network import Task
from rnnstudio.engine.sorting import stable_order
from rnnstudio.session.answers.counted_classes import type_of
from rnnstudio.session.answers.judgement import Judgement, marks_entities
from rnnstudio.session.answers.judging import Against, ExampleOrder
from rnnstudio.session.memo import remembered


@dataclass(frozen=True, eq=False)
class Listing:
    """Some answers in the order in which they are listed.

    `answers` (n,) are places in the judgement's arrays, `lengths` (n,) how many words their
    sentences have. Where some classes `are_grouped`, they count as one in the matrix, and the list
    tells them apart; where tags are `merged`, B-X and I-X are X in the list as well.
    """

    table: Table
    judgement: Judgement
    are_grouped: bool
    merged: bool
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

    def answer_steps(self, line: int) -> tuple[int, int] | None:
        """Return the first step of the entity that was said and the one after it, where one was."""
        judgement, answer = self.judgement, self.answers[line]
        if judgement.answer_places is None or judgement.answer_stops is None:
            return None
        first, stop = int(judgement.answer_places[answer]), int(judgement.answer_stops[answer])
        return None if first < 0 else (int(judgement.evaluation.steps[first]), stop)

    def is_true_entity(self, line: int) -> bool:
        """Whether what is listed is in the rows of the matrix: no entity that was only said."""
        return int(self.judgement.rows[self.answers[line]]) < len(self.judgement.labels)

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
        return self._named(int(judgement.evaluation.truth[self._place(line)]))

    def said(self, line: int) -> str:
        """Return what was answered by the network that is looked at."""
        judgement, answer = self.judgement, self.answers[line]
        column = int((judgement.rows if judgement.between else judgement.columns)[answer])
        if judgement.by_entity or not self.are_grouped or column >= len(judgement.labels):
            return judgement.column_names[column]
        return self._named(int(judgement.evaluation.predicted[self._place(line)]))

    def own_labels(self, line: int, step: int | None) -> tuple[str, str]:
        """Return the true label of the data, and what was said, of a word or of the sentence.

        These are the labels of the data also where the list calls them otherwise.
        """
        evaluation = self.judgement.evaluation
        place = self._place(line) + (0 if step is None else step - self.step(line))
        truth = evaluation.labels[int(evaluation.truth[place])]
        if not (self.judgement.by_entity or self.merged):
            return truth, self.said(line)
        return truth, evaluation.labels[int(evaluation.predicted[place])]

    def _named(self, place: int) -> str:
        """Return the label at a place of the data's labels, as it is listed."""
        label = self.judgement.evaluation.labels[place]
        return (type_of(label) or label) if self.merged else label

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


@remembered(2)
def listing_of(
    dataset: Dataset,  # not its table, which is compared by value: slowly
    judgement: Judgement,
    are_grouped: bool,
    merged: bool,
    search: str,
    order: ExampleOrder,
    taken: IntArray,
) -> Listing:
    """List those of the answers that are `taken` (m,) that have `search`, lower case, in them."""
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
        merged and marks_entities(evaluation),
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
    return stable_order(keys)


@remembered(1)
def _lowered(dataset: Dataset) -> list[str]:
    return [row.text.lower() for row in dataset.table.rows]


@remembered(2)
def _hits(dataset: Dataset, words: str) -> BoolArray:
    """Return which rows (n,) have `words`, in lower case, in their text."""
    texts = _lowered(dataset)
    return np.fromiter((words in text for text in texts), np.bool_, len(texts))


def explained(judgement: Judgement, answer: int) -> str:
    """Return the class for which the words of an answer are weighed: the one that was said."""
    evaluation = judgement.evaluation
    # Only with two classes may another one be said than the most probable one.
    column = int(judgement.columns[answer])
    own = not judgement.between and judgement.labels == evaluation.labels
    if own and column < len(judgement.labels):
        return judgement.labels[column]
    return evaluation.labels[int(evaluation.predicted[judgement.places[answer]])]
