"""What the frame around the pages shows: title, rail, bars, and which actions can run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Row
from rnnstudio.engine.network import Task
from rnnstudio.engine.training_spec import LossMean
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model
from rnnstudio.project.percent import percent
from rnnstudio.session.memo import remembered
from rnnstudio.session.network_name import network_name
from rnnstudio.session.resolve.counting import counted, unit_of
from rnnstudio.session.resolve.judged import judged
from rnnstudio.session.resolve.per_class import whose
from rnnstudio.session.resolve.reliability import whose_answers
from rnnstudio.session.resolve.weights import is_within, weights_in_words
from rnnstudio.session.sentence import encoded, given_row
from rnnstudio.session.state import RunStatus, SessionState

_SPARKLINE_POINTS = 60  # the sparkline is about 100 pixels wide
_NONE = "–"


@dataclass(frozen=True)
class Figure:
    """A number of the top bar with its name and a sentence about it."""

    value: str
    name: str
    hint: str


@dataclass(frozen=True)
class TopBarState:
    """The top bar. `sparkline` is the training loss so far, oldest first, thinned."""

    project: str
    network: str
    unsaved: bool
    sparkline: tuple[float, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class RailState:
    """The rail: the page that is shown, and whether the network learns just now."""

    page: str
    training: bool


@dataclass(frozen=True)
class StatusBarState:
    """The status bar.

    `place` are words about the page, shown while the mouse is over nothing. `work` says what is
    running ("" for nothing), `fraction` how far it is (None: not known).
    """

    place: str
    work: str
    fraction: float | None
    left: str
    speed: str
    cancellable: bool


@dataclass(frozen=True)
class EnabledActions:
    """Which of the rules that the actions table names hold now."""

    undo: bool
    redo: bool
    trainable: bool
    steppable: bool
    resettable: bool
    cancellable: bool
    readable: bool
    changed: bool


@dataclass(frozen=True)
class ActionsState:
    """What menus and buttons say besides the table: which can run, and words that change."""

    enabled: EnabledActions
    undo: str
    redo: str
    running: bool
    playing: bool
    dark: bool
    still: bool
    page: str
    recent: tuple[str, ...]


@dataclass(frozen=True)
class ChromeState:
    """Everything the frame of the window shows."""

    title: str
    unsaved: bool
    theme: str
    rail: RailState
    top_bar: TopBarState
    status_bar: StatusBarState
    actions: ActionsState


def resolve_chrome(state: SessionState) -> ChromeState:
    """Return what the frame of the window shows."""
    return ChromeState(
        title=window_title(state),
        unsaved=state.unsaved,
        theme=state.preferences.theme,
        rail=RailState(state.page, state.run.status is RunStatus.RUNNING),
        top_bar=resolve_top_bar(state),
        status_bar=resolve_status_bar(state),
        actions=resolve_actions(state),
    )


def project_name(state: SessionState) -> str:
    """Return the file's name without its ending, or the data's before the first save."""
    return state.path.stem if state.path is not None else state.spec.data.name


def window_title(state: SessionState) -> str:
    """Return the title; "[*]" is where Qt puts the system's mark for what is not saved."""
    return f"{project_name(state)}[*] · RNN Studio"


def network_words(state: SessionState) -> str:
    """Return the network shown, or the one the settings make, in few words, e.g. "RNN 24"."""
    network = state.model.network if state.model is not None else state.spec.model
    return network_name(network)


def resolve_top_bar(state: SessionState) -> TopBarState:
    """Return the top bar."""
    return TopBarState(
        project=project_name(state),
        network=network_words(state),
        unsaved=state.unsaved,
        sparkline=thinned(state.curves.batch_loss),
        figures=(_epoch_figure(state), *_score_figures(state)),
    )


def _epoch_figure(state: SessionState) -> Figure:
    epochs = state.run.epochs or state.spec.training.epochs
    hint = f"Epoch {state.run.epoch} of {epochs}: one is one reading of all training sentences"
    return Figure(f"{state.run.epoch} / {epochs}", "epoch", hint)


def _score_figures(state: SessionState) -> tuple[Figure, Figure]:
    """Return loss and accuracy on the validation split, or in training where there is none."""
    curves = state.curves
    validated = bool(np.isfinite(curves.validation_loss).any())
    trained = len(curves.epoch) > 0
    split = "train" if trained and not validated else "validation"
    losses = curves.validation_loss if validated else curves.train_loss
    accuracies = curves.validation_accuracy if validated else curves.train_accuracy
    sentences = "the validation sentences" if split == "validation" else "the training sentences"
    answers = f"the words of {sentences}" if _labels_words(state) else sentences
    return (
        Figure(
            f"{losses[-1]:.3f}" if trained else _NONE,
            f"{split} loss{_loss_unit(state)}",
            f"Loss L after the last epoch: {_mean_words(state)} over {sentences}",
        ),
        Figure(
            percent(float(accuracies[-1])) if trained else _NONE,
            f"{split} accuracy",
            f"Share of {answers} that the network calls right, after the last epoch",
        ),
    )


def _labels_words(state: SessionState) -> bool:
    return state.model is not None and state.model.task is Task.LABEL


def _loss_unit(state: SessionState) -> str:
    """Say what the loss is of where it could be of two things: a labeller's is summed up or not."""
    spec = state.run.spec or state.spec
    if not _labels_words(state):
        return ""
    return ", a word" if spec.training.loss_mean is LossMean.WORD else ", a sentence"


def _mean_words(state: SessionState) -> str:
    """Say of what the loss is a mean."""
    spec = state.run.spec or state.spec
    if not _labels_words(state):
        return "the mean of −log ŷ of the right class"
    if spec.training.loss_mean is LossMean.WORD:
        return "the mean of −log ŷ of a word's right tag"
    return "the sum of −log ŷ of its words' right tags, averaged"


@remembered(2)
def thinned(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Return (n,) values as at most 60 means over neighbours of equal count; NaN is left out."""
    finite = values[np.isfinite(values)]
    if len(finite) <= _SPARKLINE_POINTS:
        return tuple(finite.tolist())
    edges = np.linspace(0, len(finite), _SPARKLINE_POINTS + 1).astype(np.intp)
    return tuple((np.add.reduceat(finite, edges[:-1]) / np.diff(edges)).tolist())


def resolve_status_bar(state: SessionState) -> StatusBarState:
    """Return the status bar: an activity beside the training is named before the training."""
    run = state.run
    place = place_words(state)
    running = run.status is RunStatus.RUNNING
    speed = f"{run.tokens_per_second:,.0f} tokens/s" if running and run.tokens_per_second else ""
    if state.activity is not None:
        activity = state.activity
        return StatusBarState(
            place, activity.words, activity.fraction, "", speed, activity.cancellable
        )
    if running:
        done = max(run.epoch - 1, 0) + (run.batch / run.batches if run.batches else 0.0)
        return StatusBarState(
            place=place,
            work=f"epoch {run.epoch} / {run.epochs} · batch {run.batch} / {run.batches}",
            fraction=min(done / run.epochs, 1.0) if run.epochs else None,
            left="" if run.seconds_left is None else f"{duration(run.seconds_left)} left",
            speed=speed,
            cancellable=True,
        )
    return StatusBarState(place, "", None, "", "", False)


def duration(seconds: float) -> str:
    """Return a time as a person says it: "4 s", "2 min 10 s", "1 h 5 min".

    Args:
        seconds: at least 0; not finite gives "a long time".
    """
    if not math.isfinite(seconds):
        return "a long time"
    whole = max(math.ceil(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def place_words(state: SessionState) -> str:
    """Return a few words about what the page shows, e.g. "9 steps · 0 unknown words"."""
    words = {"data": _data_words, "unroll": _sentence_words, "evaluate": _evaluation_words}
    return words.get(state.page, _network_size_words)(state)


def _data_words(state: SessionState) -> str:
    rows = f"{len(state.table.rows):,} sentences"
    if state.dataset is None:
        return rows
    longest = _longest(state.dataset)
    size = state.dataset.vocabulary.size
    words = f"different {unit_of(state.dataset.text)}s"
    return f"{rows} · L = {size:,} {words} · longest {longest:,} steps"


@remembered(2)
def _longest(dataset: Dataset) -> int:
    return max(map(len, dataset.sequences), default=0)


def _network_size_words(state: SessionState) -> str:
    if state.model is None:
        return network_words(state)
    return f"{network_words(state)} · {state.model.network.parameter_count:,} parameters"


def _sentence_words(state: SessionState) -> str:
    if state.model is None:
        return _network_size_words(state)
    try:
        steps, unknown = _counted(state.model, state.selection.sentence, given_row(state))
    except RnnStudioError:  # a sentence without words
        return _network_size_words(state)
    words = counted(unknown, f"unknown {unit_of(state.model.text)}")
    return f"{steps:,} steps · {words} · {_network_size_words(state)}"


@remembered(4)
def _counted(model: Model, sentence: str, row: Row | None) -> tuple[int, int]:
    ids = encoded(model, sentence, row).ids
    return len(ids), int(np.count_nonzero(ids == model.vocabulary.unknown_id))


def _evaluation_words(state: SessionState) -> str:
    found = judged(state)
    if found.judgement is None:
        return _network_size_words(state)
    evaluation = found.judgement.evaluation
    split = "all rows" if evaluation.split is None else f"{evaluation.split} split"
    asked = counted(evaluation.sentences, "sentence")
    if evaluation.task is Task.LABEL:
        asked = f"{counted(len(evaluation.rows), 'word')} in {asked}"
    return f"{split} · {asked} · {whose_answers(found)}"


def caption_words(state: SessionState) -> str:
    """Return what a picture of the page is of: data, network, and of which epoch.

    On the Evaluate page also the split, and whose answers are looked at.
    """
    parts = [state.table.name]
    if state.page != "data":
        parts.append(network_words(state))
    if state.page == "evaluate":
        found = judged(state)
        parts += [f"{state.selection.split} split", whose(found)]
    elif state.page != "data" and state.model is not None:
        parts.append(weights_in_words(state.model.epoch, is_within(state.run, state.model)))
    return " · ".join(part for part in parts if part)


def resolve_actions(state: SessionState) -> ActionsState:
    """Return which actions can run and the words that change with the state."""
    return ActionsState(
        enabled=enabled_actions(state),
        undo=state.undo_label or "",
        redo=state.redo_label or "",
        running=state.run.status is RunStatus.RUNNING,
        playing=state.playing,
        dark=state.preferences.theme == "dark",
        still=state.preferences.reduce_motion,
        page=state.page,
        recent=state.preferences.recent_files,
    )


def enabled_actions(state: SessionState) -> EnabledActions:
    """Return which rules of the actions table hold."""
    running = state.run.status is RunStatus.RUNNING
    ready = state.model is not None
    return EnabledActions(
        undo=state.undo_label is not None,
        redo=state.redo_label is not None,
        trainable=ready or running,
        steppable=ready and not running,
        resettable=state.run.status is not RunStatus.FRESH,
        cancellable=running
        or (state.activity is not None and state.activity.cancellable)
        or (state.page == "unroll" and (state.looking.opened or state.looking.phrase is not None))
        or (state.page == "evaluate" and bool(state.selection.cells)),
        readable=ready and bool(state.selection.sentence.strip()),
        changed=bool(state.changes),
    )
