"""Which answers the Evaluate page looks at, and why there are none: said once for its panels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.problems import shortened
from rnnstudio.data.table import Split
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judgement import Judgement, judge
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.answers.review import Review, Rival
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.missing import why_no_network
from rnnstudio.session.resolve.weights import is_within
from rnnstudio.session.state import RunStatus, SessionState

NOT_TRAINED = "Not trained yet: these are the answers of random weights"
_MOST_NAMES = 3


@dataclass(frozen=True)
class Judged:
    """The judgement that is looked at, or the `message` that says why there is none.

    `note` is what the reader must know about it ("3 sentences left out: …"), `epoch` that of the
    weights that answered (`within`: they are from within the next one), `words` how many words were
    read (None: all), `name` the network if it is not the present one. `rival` is the second network
    where its answers to the same split are there. `live` says that the network learns, so that the
    next one follows soon.
    """

    judgement: Judgement | None
    message: str = ""
    note: str = ""
    epoch: int = 0
    within: bool = False
    words: int | None = None
    name: str = ""
    live: bool = False
    rival: Rival | None = None


def judged(state: SessionState) -> Judged:
    """Return what the Evaluate page's panels show."""
    judging = state.judging
    evaluation, epoch, words = state.evaluation, state.evaluation_epoch, None
    within = state.evaluation_within
    review = _review(state)
    if review is not None:
        evaluation, words = review.evaluation, review.words
        epoch = review.model.epoch if review.epoch is None else review.epoch
        within = review.epoch is None and is_within(state.run, review.model)
    rival = _rival(state)
    judgement = None if evaluation is None else judge(evaluation, judging, rival)
    message = ""
    if evaluation is None:
        message = why_nothing(state) if review is None else review.problem or why_nothing(state)
    is_other = judgement is not None and judgement.against is Against.OTHER
    notes = [note_on(state, None if judgement is None else judgement.evaluation)]
    if judgement is not None:
        notes.append(_about_rival(state, judgement, rival, words))
    return Judged(
        judgement=judgement,
        message=message,
        note=" · ".join(note for note in notes if note),
        epoch=epoch,
        within=within,
        words=words,
        name=rival.name if is_other and rival is not None else "",
        live=state.run.status is RunStatus.RUNNING,
        rival=rival,
    )


def note_on(state: SessionState, evaluation: Evaluation | None) -> str:
    """Return what the reader must know about the figures of an evaluation, or ""."""
    untrained = state.model is not None and state.model.step == 0
    if untrained and state.run.status is RunStatus.FRESH:
        return NOT_TRAINED
    notes = []
    if evaluation is not None:
        left_out = len(evaluation.too_long)
        if left_out:
            notes.append(f"{counted(left_out, 'sentence')} left out: too long for this network")
        if state.dataset is not None:
            notes.append(_about_labels(state.dataset, evaluation))
    return " · ".join(note for note in notes if note)


def why_nothing(state: SessionState) -> str:
    """Return why there is no evaluation of the present network on the split that is looked at."""
    dataset, split = state.dataset, state.selection.split
    if dataset is None or state.model is None:
        if dataset is not None and len(dataset.labels) == 1:
            kind = "word has the tag" if dataset.task is Task.LABEL else "sentence has the label"
            return (
                f"Nothing to evaluate: every {kind} “{dataset.labels[0]}”. "
                "A second one is needed to tell them apart."
            )
        data = "Nothing to evaluate: these sentences cannot be trained on yet."
        return why_no_network(state) or data
    if not any(
        own is split and not row.excluded
        for own, row in zip(dataset.splits, dataset.table.rows, strict=True)
    ):
        return f"The {split.value} split is empty. Choose another split."
    if dataset.task is state.model.task:
        new = sorted(set(dataset.labels) - set(state.model.labels))
        if new:
            kind = "tag" if state.model.task is Task.LABEL else "label"
            return f"The network does not know the {kind} “{new[0]}”. Reset and train it again."
    return state.evaluation_problem or "Evaluating…"


def _review(state: SessionState) -> Review | None:
    """The answers of another epoch, or after some words, if they are asked for.

    While newer ones are worked out the older ones stay, and before the first ones the present.
    """
    review, judging = state.review, state.judging
    if review is None or (judging.epoch is None and judging.words is None):
        return None
    if review.dataset is not state.dataset or review.split is not state.selection.split:
        return None
    return review


def _rival(state: SessionState) -> Rival | None:
    """The second network, if its answers to the split that is looked at are there."""
    rival = state.rival
    if rival is None or rival.evaluation is None:
        return None
    same = rival.dataset is state.dataset and rival.split is state.selection.split
    return rival if same else None


def _about_rival(
    state: SessionState, judgement: Judgement, rival: Rival | None, words: int | None
) -> str:
    """What the reader must know about the second network where its answers are asked for."""
    if state.rival is None or state.judging.against is Against.THIS:
        return ""
    name = state.rival.name
    if rival is None:
        return state.rival.problem or f"Working out what {name} says…"
    if judgement.against is Against.THIS:
        return f"{name} has other classes: these are the answers of the present network"
    if words is not None:
        return f"{name} has read the whole sentences"
    return ""


@remembered(4)
def _about_labels(dataset: Dataset, evaluation: Evaluation) -> str:
    """Say what is odd about the classes: of one kind only, or never seen in training."""
    labels = evaluation.labels
    if labels != dataset.labels or not len(evaluation.truth):
        return ""
    counts = np.bincount(evaluation.truth, minlength=len(labels))
    seen = _seen_in_training(dataset)
    noun = "word" if evaluation.task is Task.LABEL else "sentence"
    there = np.flatnonzero(counts).tolist()
    new = [labels[place] for place in there if not seen[place]]
    notes = []
    if len(there) == 1:
        where = "" if evaluation.split is None else f" in the {evaluation.split.value} split"
        notes.append(f"Every {noun}{where} is {labels[there[0]]}: there is nothing else to tell")
    if new and evaluation.split is not Split.TRAIN:
        names = shortened([f"“{name}”" for name in new], _MOST_NAMES)
        occur = "occurs" if len(new) == 1 else "occur"
        notes.append(f"{names} {occur} in no training sentence, so none could be learned")
    return " · ".join(notes)


@remembered(2)
def _seen_in_training(dataset: Dataset) -> tuple[bool, ...]:
    """Which labels occur in the training split."""
    rows = dataset.rows_of(Split.TRAIN)
    if dataset.task is Task.LABEL:
        # The tag of <sos> and <eos> is −1.
        parts = [dataset.tags[row][1:-1] for row in rows]
        found = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
    else:
        found = np.unique(dataset.targets[rows])
    known = set(found.tolist())
    return tuple(place in known for place in range(len(dataset.labels)))
