"""The one document: everything the window shows, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split, Table
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.surgery import Change
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.project import Probe
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.answers.review import Moment, Review, Rival, RunLine
from rnnstudio.session.findings import Findings
from rnnstudio.session.looking import Looking

PAGES = ("data", "train", "unroll", "evaluate")


class RunStatus(StrEnum):
    """Where the run stands."""

    FRESH = "fresh"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class RunState:
    """The run that the pages show.

    `epoch` is the one being trained (1-based, 0 before the first batch), `batch` the last batch
    done in it, `seconds_left` the time to the last epoch at the present speed.
    """

    number: int = 0
    status: RunStatus = RunStatus.FRESH
    spec: ProjectSpec | None = None
    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    tokens_per_second: float = 0.0
    seconds_left: float | None = None
    message: str = ""


@dataclass(frozen=True, eq=False)
class Curves:
    """What was measured during a run: read-only arrays that grow with it.

    A batch array has one number a batch (n,), an epoch array one an epoch (m,); `batch_position` is
    the batch's place in epochs (3.25: a quarter into the fourth). No validation is NaN.
    """

    batch_position: NDArray[np.float64]
    batch_loss: NDArray[np.float64]
    batch_accuracy: NDArray[np.float64]
    gradient_norm: NDArray[np.float64]
    epoch: NDArray[np.float64]
    train_loss: NDArray[np.float64]
    train_accuracy: NDArray[np.float64]
    validation_loss: NDArray[np.float64]
    validation_accuracy: NDArray[np.float64]
    best_epoch: int | None = None


@dataclass(frozen=True, eq=False)
class ProbeHistory:
    """Probabilities of the probe sentences after each epoch.

    `epochs` (k,), `probabilities` (probes, k, C); NaN before a probe was added.
    """

    epochs: NDArray[np.float64]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class Selection:
    """What all pages point at: the sentence, the step, the unit, the cells of the matrix.

    `row` is the table's row where the sentence is one of the data's; `step` is the lecture's t
    (1 reads `<sos>`); `unit` counts from 0; `cells` are (truth, predicted) pairs.
    """

    sentence: str = ""
    row: int | None = None
    step: int = 1
    unit: int | None = None
    cells: frozenset[tuple[int, int]] = frozenset()
    split: Split = Split.TEST


@dataclass(frozen=True)
class Activity:
    """Something that takes time and is not training, e.g. reading a file."""

    words: str
    fraction: float | None = None
    cancellable: bool = True


@dataclass(frozen=True, eq=False)
class SessionState:
    """Everything the window shows. Replaced as a whole by a command; never changed in place."""

    spec: ProjectSpec
    table: Table
    dataset: Dataset | None
    model: Model | None
    run: RunState
    curves: Curves
    evaluation: Evaluation | None
    evaluation_epoch: int
    probes: tuple[Probe, ...]
    probe_history: ProbeHistory
    selection: Selection
    playing: bool = False
    speed: float = 1.0
    path: Path | None = None
    unsaved: bool = False
    undo_label: str | None = None
    redo_label: str | None = None
    activity: Activity | None = None
    preferences: Preferences = field(default_factory=Preferences)
    page: str = "unroll"
    # What the run goes on from; None before the first batch.
    checkpoint: Checkpoint | None = None
    # Why there is no evaluation where one was tried.
    evaluation_problem: str = ""
    looking: Looking = field(default_factory=Looking)
    # What was set by hand in the network's memory, in the order in which it was done.
    changes: tuple[Change, ...] = ()
    # The sentences that were tried, the newest first.
    tried: tuple[str, ...] = ()
    findings: Findings = field(default_factory=Findings)
    judging: Judging = field(default_factory=Judging)
    # The weights of the run's epochs, ascending, thinned where they would be too many.
    moments: tuple[Moment, ...] = ()
    review: Review | None = None
    rival: Rival | None = None
    # Whether the weights of the evaluation are from within the epoch after `evaluation_epoch`.
    evaluation_within: bool = False
    # The runs in the project's file.
    runs: tuple[RunLine, ...] = ()
