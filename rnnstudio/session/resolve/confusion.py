"""What the confusion matrix shows, worked out from the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnnstudio.data.table import Split
from rnnstudio.engine.entities import is_bio
from rnnstudio.engine.network import Task
from rnnstudio.session.answers.judgement import Cells, Judgement, cells_there, display_order, judge
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.judged import judged, note_on, why_nothing
from rnnstudio.session.resolve.matrix_words import deciding_in_words, top_confusions
from rnnstudio.session.state import RunStatus, SessionState

# How many of the most frequent errors are said in words.
TOP = 12


@dataclass(frozen=True)
class ConfusionState:
    """The matrix with the cells selected in it; `message` stands where there is no `judgement`.

    `order` has the places of the labels that are drawn (the extra rows and columns follow them),
    `hidden` the names of the others. `note` says what the reader must know about the figures,
    `in_words` the most frequent errors: the cell and its sentence. `labelling` says that words
    have tags, `marks_entities` that the tags are B-, I- and O. `deciding` says which thresholds
    were set, "" where none is. `rival` is the second network's
    name, "" where there are no answers of one.
    """

    judgement: Judgement | None
    judging: Judging
    split: Split
    cells: Cells
    order: tuple[int, ...]
    hidden: tuple[str, ...]
    in_words: tuple[tuple[tuple[int, int], str], ...]
    note: str = ""
    deciding: str = ""
    message: str = ""
    epoch: int = 0
    within: bool = False
    words: int | None = None
    labelling: bool = False
    marks_entities: bool = False
    rival: str = ""
    live: bool = False


def resolve_confusion(state: SessionState) -> ConfusionState:
    """The matrix as the Evaluate page looks at it."""
    found = judged(state)
    return _state(
        state,
        found.judgement,
        state.judging,
        note=found.note,
        message=found.message,
        epoch=found.epoch,
        within=found.within,
        words=found.words,
        rival=found.rival.name if found.rival is not None else "",
    )


def resolve_live_confusion(state: SessionState) -> ConfusionState:
    """The plain matrix of the present network, as it stands beside the curves."""
    evaluation, plain = state.evaluation, Judging()
    return _state(
        state,
        None if evaluation is None else judge(evaluation, plain),
        plain,
        note=note_on(state, evaluation),
        message="" if evaluation is not None else why_nothing(state),
        epoch=state.evaluation_epoch,
        within=state.evaluation_within,
    )


def _state(
    state: SessionState, judgement: Judgement | None, judging: Judging, **others: Any
) -> ConfusionState:
    order: tuple[int, ...] = ()
    hidden: tuple[str, ...] = ()
    labelling = marks_entities = False
    cells = state.selection.cells
    if judgement is not None:
        cells = cells_there(judgement, cells)
        order = tuple(display_order(judgement, judging).tolist())
        drawn = set(order)
        hidden = tuple(name for place, name in enumerate(judgement.labels) if place not in drawn)
        labelling = judgement.evaluation.task is Task.LABEL
        marks_entities = labelling and is_bio(judgement.evaluation.labels)
    return ConfusionState(
        judgement=judgement,
        judging=judging,
        split=state.selection.split,
        cells=cells,
        order=order,
        hidden=hidden,
        deciding="" if judgement is None else deciding_in_words(judgement, judging),
        in_words=() if judgement is None else top_confusions(judgement, TOP, order),
        labelling=labelling,
        marks_entities=marks_entities,
        live=state.run.status is RunStatus.RUNNING,
        **others,
    )
