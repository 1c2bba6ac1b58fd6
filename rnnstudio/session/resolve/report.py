"""The report of what the Evaluate page shows: its classes, counts and order, with the figures."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from rnnstudio.data.table import Row
from rnnstudio.engine.calibration import reliability
from rnnstudio.engine.network import Task
from rnnstudio.project.percent import percent
from rnnstudio.project.report import (
    MOST_ERRORS,
    SENTENCES_OF_ERROR,
    ClassLine,
    Comparison,
    ErrorKind,
    Figure,
    Matrix,
    Report,
    Sentence,
    calibration_figure,
    evaluated_in_words,
    excluded_rows,
    part_in_words,
    sentence_of,
    settings_in_words,
    shares,
    three,
)
from rnnstudio.session.answers.judgement import Judgement, display_order
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import Judged, judged
from rnnstudio.session.resolve.matrix_words import top_confusions
from rnnstudio.session.resolve.per_class import ClassLine as PageLine
from rnnstudio.session.resolve.per_class import resolve_per_class, said_of
from rnnstudio.session.resolve.runs import resolve_runs
from rnnstudio.session.resolve.weights import weights_in_words
from rnnstudio.session.state import SessionState


def resolve_report(state: SessionState, made: datetime) -> Report | None:
    """The report of what is looked at, None where there is nothing."""
    found = judged(state)
    judgement, model, dataset = found.judgement, state.model, state.dataset
    if judgement is None or model is None or dataset is None:
        return None
    page = resolve_per_class(state)
    figures = tuple(Figure(one.name, one.value, one.meaning) for one in page.figures)
    # The answers of another network, or of another epoch, come from settings of another run.
    own = found.name == ""
    network = (
        *settings_in_words(model, state.run.spec or state.spec, _trained_for(state)),
        ("weights", _weights(state, found)),
    )
    settings = network if own else (("network", found.name), ("data", state.spec.data.source))
    return Report(
        title=dataset.table.name,
        subtitle=_subtitle(judgement, found),
        made=made,
        figures=(*figures, *_calibration(judgement)),
        matrix=_matrix(judgement, state.judging),
        kind=page.kind,
        counted=page.counted,
        classes=tuple(_line(line) for line in page.classes),
        averages=tuple(_line(line) for line in page.averages),
        errors=_errors(judgement, dataset.table.rows),
        settings=settings,
        notes=_notes(state, judgement, found),
        errors_title=_errors_title(judgement),
        comparison=_comparison(state),
    )


def _trained_for(state: SessionState) -> tuple[int, int]:
    """Return the epochs and the updates of the whole run, whichever epoch is looked at."""
    model, curves = state.model, state.curves
    assert model is not None
    epochs = int(curves.epoch[-1]) if len(curves.epoch) else model.epoch
    return max(epochs, model.epoch), max(len(curves.batch_loss), model.step)


def _weights(state: SessionState, found: Judged) -> str:
    """Say of which epoch of the run the answers are."""
    epochs, best = _trained_for(state)[0], state.curves.best_epoch
    words = weights_in_words(found.epoch, found.within)
    if found.within or not found.epoch:
        return words
    return f"{words} of {epochs:,}{', the best' if found.epoch == best else ''}"


def _comparison(state: SessionState) -> Comparison | None:
    """The second network on the same answers, where there is one."""
    found = resolve_runs(state)
    compared = found.compared
    if compared is None:
        return None
    same = f"the same {counted(compared.count, compared.noun, compared.plural)}"
    this, other, points = compared.in_percent
    left_out = f"{compared.left_out}." if compared.left_out else ""
    return Comparison(
        title=f"{found.this} against {found.other_name}",
        figures=(
            Figure(f"{compared.measure}, {found.this}", this, f"over {same}"),
            Figure(f"{compared.measure}, {found.other}", other, f"over {same}"),
            Figure(
                "points of difference", points, "the second less the first, in percentage points"
            ),
            Figure(
                "agree", percent(compared.agreement), f"both networks say the same, over {same}"
            ),
            Figure("κ", three(compared.kappa), "agreement of both networks beyond chance"),
        ),
        outcomes=tuple((one.title, one.count, one.share) for one in compared.outcomes),
        counted=compared.plural,
        words=f"{compared.test} {left_out}".rstrip(),
    )


def _errors_title(judgement: Judgement) -> str:
    if judgement.is_difference:
        return "Greatest differences"
    return "Most frequent disagreements" if judgement.between else "Most frequent errors"


def _subtitle(judgement: Judgement, found: Judged) -> str:
    parts = [
        part_in_words(judgement.evaluation.split),
        evaluated_in_words(judgement.evaluation),
        found.name or "",
        f"weights {weights_in_words(found.epoch, found.within)}",
    ]
    if found.words is not None:
        parts.append(f"after {counted(found.words, 'word')}")
    return ", ".join(part for part in parts if part)


def _notes(state: SessionState, judgement: Judgement, found: Judged) -> tuple[str, ...]:
    judging, notes = state.judging, [found.note]
    if judgement.is_difference:
        notes.append(f"The matrix counts {judgement.rival} less the present network")
    if judging.groups:
        groups = "; ".join(
            f"{group.name} = {', '.join(sorted(group.members))}" for group in judging.groups
        )
        notes.append(f"Counted as one: {groups}")
    if judging.threshold != 0.5 and len(judgement.evaluation.labels) == 2:
        second = judgement.evaluation.labels[1]
        notes.append(f"{second} from a probability of {judging.threshold:.2f} on")
    if judging.abstain > 0:
        notes.append(f"No answer below a confidence of {judging.abstain:.2f}")
    hidden = len(judgement.labels) - len(display_order(judgement, judging))
    if hidden:
        notes.append(f"{counted(hidden, 'class', 'classes')} not drawn in the matrix")
    if state.dataset is not None:
        excluded = excluded_rows(state.dataset, judgement.evaluation.split)
        if excluded:
            notes.append(f"{counted(excluded, 'excluded sentence')} left out")
    return tuple(f"{note}." for note in notes if note)


def _calibration(judgement: Judgement) -> tuple[Figure, ...]:
    if judgement.by_entity or judgement.is_difference or judgement.between:
        return ()
    answered = ~judgement.held
    if not answered.any():
        return ()
    sure = reliability(judgement.confidence[answered], judgement.right[answered])
    return (calibration_figure(sure.expected_error),)


def _line(line: PageLine) -> ClassLine:
    return ClassLine(line.name, line.precision, line.recall, line.f1, line.support)


def _matrix(judgement: Judgement, judging: Judging) -> Matrix:
    """The table in the order and the direction of the window."""
    order = display_order(judgement, judging)
    count = len(judgement.labels)
    rows = np.append(order, np.arange(count, len(judgement.row_names)))
    columns = np.append(order, np.arange(count, len(judgement.column_names)))
    row_ends: tuple[str, ...] = ()
    column_ends: tuple[str, ...] = ()
    if not judgement.is_difference and not judgement.between:
        right = np.diag(judgement.table)[:count]
        recall = shares(right, judgement.table[:count].sum(axis=1))
        precision = shares(right, said_of(judgement))
        row_ends = tuple(recall[row] if row < count else "" for row in rows.tolist())
        column_ends = tuple(precision[place] if place < count else "" for place in columns.tolist())
    titles = ("recall", "precision") if row_ends else ("", "")
    sides = [
        (judgement.row_title, [judgement.row_names[row] for row in rows.tolist()]),
        (judgement.column_title, [judgement.column_names[place] for place in columns.tolist()]),
    ]
    ends = [(titles[0], row_ends), (titles[1], column_ends)]
    counts = judgement.table[np.ix_(rows, columns)]
    if judging.swapped:
        sides, ends, counts = sides[::-1], ends[::-1], counts.T
    return Matrix(
        row_title=sides[0][0],
        column_title=sides[1][0],
        rows=tuple(sides[0][1]),
        columns=tuple(sides[1][1]),
        classes=len(order),
        counts=counts,
        row_end=ends[0][0],
        row_ends=ends[0][1],
        column_end=ends[1][0],
        column_ends=ends[1][1],
        signed=judgement.is_difference,
    )


def _errors(judgement: Judgement, rows: tuple[Row, ...]) -> tuple[ErrorKind, ...]:
    sure = np.nan_to_num(judgement.confidence, nan=-1.0)
    kinds = []
    for (row, column), words in top_confusions(judgement, MOST_ERRORS):
        inside = (judgement.rows == row) & (judgement.columns == column)
        if judgement.is_difference and judgement.other_columns is not None:
            others = (judgement.rows == row) & (judgement.other_columns == column)
            inside = (inside | others) & judgement.listed
        there = np.flatnonzero(inside)
        surest = there[np.argsort(-sure[there], kind="stable")][:SENTENCES_OF_ERROR]
        kinds.append(
            ErrorKind(words, tuple(_sentence(judgement, int(place), rows) for place in surest))
        )
    return tuple(kinds)


def _sentence(judgement: Judgement, place: int, rows: tuple[Row, ...]) -> Sentence:
    evaluation = judgement.evaluation
    at = int(judgement.places[place])
    first = last = None
    if evaluation.task is Task.LABEL:
        # Step 1 reads <sos>: the first word is read at step 2.
        first, last = int(evaluation.steps[at]) - 2, int(judgement.stops[place]) - 2
    confidence = float(judgement.confidence[place])
    shown = None if np.isnan(confidence) else confidence
    return sentence_of(rows[int(evaluation.rows[at])], first, last, shown)
