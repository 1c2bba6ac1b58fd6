"""What the settings and the progress panel of the Train page show."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import GATES, Cell, NetworkSpec
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.engine.training_spec import Criterion, LossMean, TrainingSpec
from rnnstudio.project.loading import network_of
from rnnstudio.project.spec import DEFAULT_SPEC, ModelSpec, ProjectSpec
from rnnstudio.session.memo import remembered
from rnnstudio.session.network_name import CELL_NAMES
from rnnstudio.session.resolve.chrome import duration
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.missing import why_no_network
from rnnstudio.session.state import RunState, RunStatus, SessionState

ACTIVATION_NAMES = {
    Activation.TANH: "tanh",
    Activation.LOGISTIC: "logistic",
    Activation.RELU: "ReLU",
}
OPTIMIZER_NAMES = {
    OptimizerName.SGD: "SGD",
    OptimizerName.MOMENTUM: "momentum",
    OptimizerName.NESTEROV: "Nesterov",
    OptimizerName.RMSPROP: "RMSprop",
    OptimizerName.ADAM: "Adam",
    OptimizerName.ADAMW: "AdamW",
}
SCHEDULE_NAMES = {
    ScheduleName.CONSTANT: "constant",
    ScheduleName.STEP: "step",
    ScheduleName.COSINE: "cosine",
    ScheduleName.PLATEAU: "plateau",
}
_HAVE_MOMENTUM = (OptimizerName.MOMENTUM, OptimizerName.NESTEROV)
_DECAYING = (ScheduleName.STEP, ScheduleName.PLATEAU)

# Seconds of a training step for each word position of a batch (the price of the calls), and for
# each weight that each word is multiplied with: fitted to the NumPy times of teaching, small and
# medium networks, 0.09, 0.5 and 3.3 ms a step, on two cores. A measured speed corrects both.
_SECONDS_A_POSITION = 8e-6
_SECONDS_A_WEIGHT = 7e-11
# A speed that was measured for less than this says more about the start than about the network.
_SECONDS_TO_MEASURE = 1.0
_LARGEST_CORRECTION = 20.0


@dataclass(frozen=True)
class SettingsState:
    """The settings of the next run.

    `summary` says how large the network is and how long it takes, `besides` which settings it has
    that have no control here, `waiting` which changes the present run does not follow; each may
    be empty.
    """

    cell: str
    model: ModelSpec
    training: TrainingSpec
    summary: str
    waiting: str
    besides: str = ""


@dataclass(frozen=True)
class ProgressState:
    """How far the run is, in words and as `fraction` (0 … 1), and what can be pressed.

    `problem` says why the run stopped with an error or cannot start; else it is empty.
    """

    running: bool
    title: str
    problem: str
    fraction: float
    place: str
    left: str
    speed: str
    can_train: bool
    can_step: bool
    can_reset: bool


def resolve_settings(state: SessionState) -> SettingsState:
    """What the settings panel shows."""
    return SettingsState(
        cell=CELL_NAMES[state.spec.model.cell],
        model=state.spec.model,
        training=state.spec.training,
        summary=_summary(state),
        waiting=_waiting_words(state),
        besides=", ".join(_besides(state.spec)),
    )


def _besides(spec: ProjectSpec) -> list[str]:
    """What is set that has no control on the page, as far as it differs from the defaults."""
    model, training, text = spec.model, spec.training, spec.text
    clip, cut = training.clip_value, training.truncation
    vectors = Path(model.vectors).name if model.vectors is not None else ""
    decay = f"η × {training.decay_factor:g} after {counted(training.decay_epochs, 'epoch')}"
    bias = model.forget_bias
    bias_words = "no forget bias" if bias is None else f"forget bias {bias:g}"
    words = [
        (text.level != "word", f"reads by {text.level}"),
        (text.longest is not None, f"reads at most {text.longest} {text.level}s"),
        (model.read is not None, f"ŷ reads the {model.read}"),
        (bool(vectors), f"begins with {vectors}"),
        (not model.train_embedding, "the embedding stays as it is"),
        (model.train_initial_state, "s₀ is learned"),
        (model.cell is Cell.LSTM and bias != 1.0, bias_words),
        (training.optimizer in _HAVE_MOMENTUM, f"momentum {training.momentum:g}"),
        (training.schedule in _DECAYING, decay),
        (training.warmup > 0, f"warm-up of {counted(training.warmup, 'batch', 'batches')}"),
        (clip is not None, f"each number of the gradient clipped at {clip}"),
        (training.criterion is Criterion.ACCURACY, "best by accuracy"),
        (training.loss_mean is LossMean.WORD, "loss averaged over words"),
        (training.label_smoothing > 0, f"label smoothing {training.label_smoothing:g}"),
        (training.balanced, "classes balanced"),
        (cut is not None, f"gradients go back {cut} steps"),
    ]
    return [what for holds, what in words if holds]


def resolve_progress(state: SessionState) -> ProgressState:
    """What the progress panel shows."""
    run = state.run
    running = run.status is RunStatus.RUNNING
    able = state.model is not None
    done = run.epoch - 1 + run.batch / run.batches if run.batches else 0.0
    return ProgressState(
        running=running,
        title=_title(run),
        problem=_problem(state),
        fraction=min(max(done / max(run.epochs, 1), 0.0), 1.0),
        place=_place(run),
        left=_left(run),
        speed=f"{run.tokens_per_second:,.0f} tokens/s" if running and run.tokens_per_second else "",
        can_train=able,
        can_step=able and not running,
        can_reset=able and run.status is not RunStatus.FRESH,
    )


def estimated_seconds(spec: ProjectSpec, tokens: int, longest: float) -> float:
    """About how long training takes, from the shape of the network and the size of the data.

    Args:
        tokens: words in the training split, each read once an epoch.
        longest: length of a typical batch in words.
    """
    model = spec.model
    gates = len(GATES.get(model.cell, ("s",)))
    ways = 2 if model.bidirectional else 1
    # A one-hot input multiplies nothing: it picks a column of U.
    inputs = (model.embedding or 0) + (model.layers - 1) * ways * model.units
    memory = model.units * model.layers if model.cell.recurrent else 0
    weights = gates * ways * model.units * (inputs + memory)
    if model.cell is Cell.HISTORY:
        weights = int(weights * (longest + 1) / 2)  # the words before are read once more
    sentences = tokens / max(longest, 1.0)
    positions = sentences / spec.training.batch_size * longest
    calls = model.layers * ways * (2 if gates > 1 else 1)
    epoch = positions * calls * _SECONDS_A_POSITION + tokens * weights * _SECONDS_A_WEIGHT
    return spec.training.epochs * epoch


def _summary(state: SessionState) -> str:
    dataset, spec = state.dataset, state.spec
    if dataset is None or len(dataset.labels) < 2:
        return ""
    network = _network(spec.model, dataset)
    if network is None:
        return ""
    tokens, length = _reading(dataset)
    seconds = estimated_seconds(spec, tokens, length)
    seconds *= _correction(state.run, tokens, length)
    about = "less than 1 s" if seconds < 1 else f"about {duration(seconds)}"
    epochs = spec.training.epochs
    noun = "epoch" if epochs == 1 else "epochs"
    return f"{network.parameter_count:,} parameters · {about} for {epochs:,} {noun}"


@remembered(2)
def _network(model: ModelSpec, dataset: Dataset) -> NetworkSpec | None:
    """The network of the settings; None where they make none."""
    try:
        return network_of(dataclasses.replace(DEFAULT_SPEC, model=model), dataset)
    except ValueError:
        return None


def _correction(run: RunState, tokens: int, length: float) -> float:
    """How many times longer the present run takes than estimated; 1 until enough is measured."""
    if run.spec is None or run.tokens_per_second <= 0 or not run.batches or not tokens:
        return 1.0
    measured_epoch = tokens / run.tokens_per_second
    measured = max(run.epoch - 1 + run.batch / run.batches, 0.0) * measured_epoch
    # A few batches may hang for a second: the first epoch must be over, too.
    if run.epoch < 2 or measured < _SECONDS_TO_MEASURE:
        return 1.0
    guess = estimated_seconds(run.spec, tokens, length) / run.spec.training.epochs
    ratio = min(max(measured_epoch / guess, 1 / _LARGEST_CORRECTION), _LARGEST_CORRECTION)
    # From the estimate to the measurement, without a jump.
    return float(ratio ** (1 - _SECONDS_TO_MEASURE / measured))


@remembered(2)
def _reading(dataset: Dataset) -> tuple[int, float]:
    """The words that an epoch reads, and the mean length of a sentence."""
    rows = dataset.rows_of(Split.TRAIN)
    lengths = np.array([len(dataset.sequences[row]) for row in rows], np.int64)
    return int(lengths.sum()), float(lengths.mean()) if len(lengths) else 0.0


def _waiting_words(state: SessionState) -> str:
    if state.run.spec is None or state.run.status is RunStatus.FRESH:
        return ""
    changes = _changes(state.run.spec, state.spec)
    if not changes:
        return ""
    start = "Reset" if state.run.status is RunStatus.RUNNING else "Train"
    return f"From the next run on: {', '.join(changes)}. {start} starts one."


def _changes(old: ProjectSpec, new: ProjectSpec) -> list[str]:
    """What the run cannot follow; η and the number of epochs it can."""
    a, b = old.model, new.model
    s, t = old.training, new.training
    words = [
        (a.cell, b.cell, CELL_NAMES[b.cell]),
        (a.layers, b.layers, counted(b.layers, "layer")),
        (a.bidirectional, b.bidirectional, "two directions" if b.bidirectional else "one way"),
        (a.units, b.units, f"{b.units} units"),
        (a.embedding, b.embedding, f"embedding {b.embedding}" if b.embedding else "one-hot input"),
        (a.activation, b.activation, f"σ = {ACTIVATION_NAMES[b.activation]}"),
        (s.optimizer, t.optimizer, OPTIMIZER_NAMES[t.optimizer]),
        (a.dropout, b.dropout, f"dropout {b.dropout:g}"),
        (s.schedule, t.schedule, f"η {SCHEDULE_NAMES[t.schedule]}"),
        (s.weight_decay, t.weight_decay, f"weight decay {t.weight_decay:g}"),
        (s.batch_size, t.batch_size, f"batch size {t.batch_size}"),
        (s.clip_norm, t.clip_norm, f"clip at {t.clip_norm:g}" if t.clip_norm else "no clipping"),
        (
            s.patience,
            t.patience,
            f"stop early after {t.patience}" if t.patience else "no early stop",
        ),
        (s.seed, t.seed, f"seed {t.seed}"),
        ((old.data.source, old.data.seed), (new.data.source, new.data.seed), new.data.name),
        (old.text, new.text, "text settings"),
    ]
    return [word for before, after, word in words if before != after]


def _title(run: RunState) -> str:
    words = {
        RunStatus.FRESH: "not trained yet",
        RunStatus.RUNNING: f"run {run.number} · training",
        RunStatus.PAUSED: f"run {run.number} · paused",
        RunStatus.FINISHED: f"run {run.number} · {run.message or 'finished'}",
        RunStatus.FAILED: f"run {run.number} · stopped",
    }
    return words[run.status]


def _problem(state: SessionState) -> str:
    if state.run.status is RunStatus.FAILED:
        return state.run.message or "The training stopped with an error."
    if state.model is None:
        data = "These data cannot train a network: it takes sentences of at least two classes."
        return why_no_network(state) or data
    return ""


def _place(run: RunState) -> str:
    if not run.epoch:
        return "fresh weights"
    return f"epoch {run.epoch:,} of {run.epochs:,} · batch {run.batch:,} of {run.batches:,}"


def _left(run: RunState) -> str:
    if run.status is not RunStatus.RUNNING or run.seconds_left is None:
        return ""
    return f"{duration(run.seconds_left)} left"
