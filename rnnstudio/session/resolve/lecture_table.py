"""The lecture's table: each sentence, what was predicted, the truth, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnnstudio.data.table import Split, Table
from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.network import Task
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judgement import THIS_NETWORK, Judgement
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import judged
from rnnstudio.session.resolve.per_class import whose
from rnnstudio.session.state import SessionState


@dataclass(frozen=True, eq=False)
class Answers:
    """m sentences with n answers: one a sentence, or one a word; arrays are read-only.

    `rows` (m,) are the table's rows; the answers of a sentence are those from `starts` to `stops`
    (m,). `truth` and `said` (n,) are indices into `truths` and `called`, `right` (n,) says whether
    they agree, `held` (n,) what was held back, `confidence` (n,) how sure it was; `steps` (n,) are
    the steps that answered. `right_words` (m,) is how many answers of a sentence are right.
    """

    of_words: bool
    truths: tuple[str, ...]
    called: tuple[str, ...]
    rows: IntArray
    starts: IntArray
    stops: IntArray
    truth: IntArray
    said: IntArray
    right: BoolArray
    held: BoolArray
    confidence: FloatArray
    steps: IntArray
    right_words: IntArray


@dataclass(frozen=True)
class LectureTableState:
    """The sentences in the order of the data; `message` says why there are none.

    `subtitle` says whose answers they are, `summary` counts what is correct. `live` says that the
    network learns, so that the next answers follow soon.
    """

    table: Table
    split: Split
    answers: Answers | None
    subtitle: str = ""
    summary: str = ""
    message: str = ""
    live: bool = False


def resolve_lecture_table(state: SessionState) -> LectureTableState:
    """Every sentence of the split that is looked at."""
    # Where entities are counted it still shows the words.
    found = judged(replace(state, judging=replace(state.judging, by_entity=False)))
    if found.judgement is None:
        return LectureTableState(
            state.table, state.selection.split, None, message=found.message, live=found.live
        )
    answers = answers_of(found.judgement)
    return LectureTableState(
        state.table,
        state.selection.split,
        answers,
        subtitle=whose(found) if not found.judgement.between else THIS_NETWORK,
        summary=_summary(answers),
        live=found.live,
    )


@remembered(2)
def answers_of(judgement: Judgement) -> Answers:
    """Sort the answers that are counted by the sentences they belong to."""
    evaluation = judgement.evaluation
    rows = evaluation.rows[judgement.places]
    of_words = evaluation.task is Task.LABEL
    # The words of a sentence stand together and in their order.
    changes = np.flatnonzero(np.diff(rows)) + 1 if of_words else np.arange(1, len(rows))
    some = min(len(rows), 1)
    starts = np.concatenate([np.zeros(some, np.int64), changes.astype(np.int64)])
    stops = np.concatenate([starts[some:], np.full(some, len(rows), np.int64)])
    right = judgement.right
    right_words = np.add.reduceat(right, starts, dtype=np.int64) if some else starts
    # Between two networks the truth is on neither side of the matrix.
    called, said = judgement.column_names, judgement.columns
    if judgement.between:
        called, said = judgement.row_names, judgement.rows
    return Answers(
        of_words=of_words,
        truths=judgement.labels,
        called=called,
        rows=read_only(rows[starts]),
        starts=read_only(starts),
        stops=read_only(stops),
        truth=judgement.truth,
        said=said,
        right=right,
        # Behind the labels stands what is no answer.
        held=read_only(said >= len(judgement.labels)),
        confidence=judgement.confidence,
        steps=read_only(evaluation.steps[judgement.places]),
        right_words=read_only(right_words),
    )


@remembered(2)
def _summary(answers: Answers) -> str:
    right, held = (int(np.count_nonzero(some)) for some in (answers.right, answers.held))
    count = len(answers.right) - held
    noun = "word" if answers.of_words else "sentence"
    answered = f"answered {noun}" if held else noun
    share = percent(right / count if count else float("nan"))
    words = f"{right:,} of {counted(count, answered)} correct: accuracy {share}"
    if held:
        words += f" · {held:,} without an answer"
    if not answers.of_words:
        return words
    whole = int(np.count_nonzero(answers.right_words == answers.stops - answers.starts))
    return f"{words} · {whole:,} of {counted(len(answers.rows), 'sentence')} wholly correct"
