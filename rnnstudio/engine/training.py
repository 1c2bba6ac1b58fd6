"""Training as a generator: `for record in fit(job, state)`.

The generator makes one batch after another and owns nothing: all that training changes is in the
`TrainingState`, which its caller holds. Whoever stops iterating between two records may go on
later with the same state, or with one resumed from its checkpoint, and gets the same numbers as
if training had never stopped. To that end the order of the batches follows from the seed and the
epoch alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from rnnstudio.engine import metrics
from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.batch import divide, take
from rnnstudio.engine.checkpoint import Checkpoint, Progress
from rnnstudio.engine.model import Cancelled, loss_and_gradients, probabilities
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.optimizers import OPTIMIZERS, clip, norm
from rnnstudio.engine.parameters import Parameters, check_shapes, initial_parameters
from rnnstudio.engine.training_spec import TrainingSpec
from rnnstudio.errors import RnnStudioError

# Independent streams of random numbers from one seed: another size of network leaves the order of
# the batches as it is.
_WEIGHTS_STREAM, _ORDER_STREAM = 0, 1


@dataclass(frozen=True, eq=False)
class Examples:
    """Sentences as word ids, each with its class: `targets` (n,)."""

    sequences: tuple[IntArray, ...] = ()
    targets: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        """The number n of sentences."""
        return len(self.sequences)


@dataclass(frozen=True, eq=False)
class TrainingJob:
    """All that a run of training needs; `validation` may be empty."""

    network: NetworkSpec
    training: TrainingSpec
    train: Examples
    validation: Examples = field(default_factory=Examples)


@dataclass(frozen=True)
class BatchRecord:
    """What one batch gave with the weights before its update.

    `step` counts batches from 1 over the whole run, `batch` from 1 in the epoch of `batches`;
    `gradient_norm` is that before clipping; `tokens` counts words without padding.
    """

    step: int
    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    gradient_norm: float
    tokens: int


@dataclass(frozen=True)
class EpochRecord:
    """What an epoch gave: means over its sentences, and the validation figures after it."""

    step: int
    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    is_best: bool
    stopped_early: bool


Record = BatchRecord | EpochRecord


class NotFiniteError(RnnStudioError):
    """A gradient is infinite or not a number; the weights are as they were.

    `parameter` is the PyTorch name of the first parameter concerned, `step` the batch, from 1.
    """

    def __init__(self, parameter: str, step: int) -> None:
        super().__init__(
            f"The gradient of {parameter} is not finite at step {step}; "
            "the weights were left as they were before it.",
            "Lower the learning rate η, or clip the gradient at a smaller norm.",
        )
        self.parameter = parameter
        self.step = step


class TrainingState:
    """Where training stands.

    `parameters` are the weights, `best_parameters` those of the epoch with the lowest validation
    loss (training loss, where nothing is there to validate on). `fit` alone changes a state; but
    `learning_rate` may be set by its owner between two records.
    """

    def __init__(self, job: TrainingJob, checkpoint: Checkpoint) -> None:
        name = job.training.optimizer
        self.parameters = checkpoint.parameters.copy()
        self.best_parameters = checkpoint.best_parameters
        self.learning_rate = checkpoint.learning_rate
        self.progress = checkpoint.progress
        self.optimizer_name = name
        self.optimizer = OPTIMIZERS[name](self.parameters.flat)
        if checkpoint.optimizer is name:
            self.optimizer.updates = checkpoint.optimizer_updates
            for key, moment in checkpoint.moments.items():
                self.optimizer.moments[key][...] = moment
        self._epochs = job.training.epochs
        self._patience = job.training.patience

    @classmethod
    def initial(
        cls,
        job: TrainingJob,
        dtype: npt.DTypeLike = np.float32,
        parameters: Parameters | None = None,
    ) -> TrainingState:
        """Return the state before the first batch, with `parameters` or fresh weights."""
        if parameters is None:
            rng = np.random.default_rng([job.training.seed, _WEIGHTS_STREAM])
            parameters = initial_parameters(job.network, rng, dtype)
        weights = parameters.frozen()
        return cls(
            job,
            Checkpoint(
                parameters=weights,
                best_parameters=weights,
                learning_rate=job.training.learning_rate,
                optimizer=job.training.optimizer,
                optimizer_updates=0,
                moments={},
                progress=Progress(),
            ),
        )

    @classmethod
    def resumed(cls, job: TrainingJob, checkpoint: Checkpoint) -> TrainingState:
        """Return the state at a checkpoint.

        η is the checkpoint's. An optimiser other than the checkpoint's starts afresh. A job with
        more epochs goes on after the last one.

        Raises:
            RnnStudioError: the checkpoint's weights do not fit the job's network.
        """
        check_shapes(checkpoint.parameters, job.network.parameter_shapes())
        return cls(job, checkpoint)

    @property
    def step(self) -> int:
        """The number of batches made."""
        return self.progress.step

    @property
    def epoch(self) -> int:
        """The number of whole epochs made."""
        return self.progress.epoch

    @property
    def stopped_early(self) -> bool:
        """Whether `patience` epochs have passed without a better one."""
        return self._patience is not None and self.progress.epochs_since_best >= self._patience

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.epoch >= self._epochs or self.stopped_early

    def checkpoint(self) -> Checkpoint:
        """Return a frozen copy of everything."""
        return Checkpoint(
            parameters=self.parameters.frozen(),
            best_parameters=self.best_parameters,
            learning_rate=self.learning_rate,
            optimizer=self.optimizer_name,
            optimizer_updates=self.optimizer.updates,
            moments={
                name: read_only(moment.copy()) for name, moment in self.optimizer.moments.items()
            },
            progress=self.progress,
        )


def fit(
    job: TrainingJob, state: TrainingState, cancelled: Callable[[], bool] | None = None
) -> Iterator[Record]:
    """Train, yielding a record after each batch and another after each epoch.

    It ends after the last epoch, after `patience` epochs without a better one, or where
    `cancelled()` says so during an epoch's validation, which is then made anew when training goes
    on.

    Raises:
        RnnStudioError: there is nothing to train on.
        NotFiniteError: a gradient is not finite; `state` is as before that batch.
    """
    if not len(job.train):
        raise RnnStudioError("There is no sentence to train on.", "Add sentences to the data.")
    while not state.finished:
        batches = _order_of_epoch(job, state.epoch)
        while state.progress.batch < len(batches):
            yield _train_batch(job, state, batches)
        try:
            record = _end_epoch(job, state, cancelled)
        except Cancelled:
            return
        yield record


def _order_of_epoch(job: TrainingJob, epoch: int) -> list[IntArray]:
    """Return the sentences of each batch of an epoch, as places in `job.train`."""
    rng = np.random.default_rng([job.training.seed, _ORDER_STREAM, epoch])
    return divide(job.train.sequences, job.training.batch_size, rng)


def _train_batch(job: TrainingJob, state: TrainingState, batches: list[IntArray]) -> BatchRecord:
    """Compute ŷ, L and the gradients of the next batch, and update every weight."""
    progress = state.progress
    batch = take(job.train.sequences, job.train.targets, batches[progress.batch])
    step = progress.step + 1
    result = loss_and_gradients(job.network, state.parameters, batch)
    gradient = result.gradients.flat
    gradient_norm = norm(gradient)
    if not math.isfinite(gradient_norm):
        raise NotFiniteError(_first_not_finite(result.gradients), step)
    if job.training.clip_norm is not None:
        clip(gradient, gradient_norm, job.training.clip_norm)
    with np.errstate(over="ignore", invalid="ignore"):
        state.optimizer.update(state.parameters.flat, gradient, state.learning_rate)

    right = int(np.count_nonzero(result.probabilities.argmax(axis=1) == batch.targets))
    state.progress = replace(
        progress,
        step=step,
        batch=progress.batch + 1,
        loss_sum=progress.loss_sum + result.loss * batch.size,
        right=progress.right + right,
        seen=progress.seen + batch.size,
    )
    return BatchRecord(
        step=step,
        epoch=progress.epoch + 1,
        batch=progress.batch + 1,
        batches=len(batches),
        loss=result.loss,
        accuracy=right / batch.size,
        gradient_norm=gradient_norm,
        tokens=batch.tokens,
    )


def _end_epoch(
    job: TrainingJob, state: TrainingState, cancelled: Callable[[], bool] | None
) -> EpochRecord:
    """Validate, keep the weights if they are the best, and turn to the next epoch."""
    progress = state.progress
    train_loss = progress.loss_sum / progress.seen
    validation_loss = validation_accuracy = None
    if len(job.validation):
        y = probabilities(
            job.network, state.parameters, job.validation.sequences, cancelled=cancelled
        )
        validation_loss = metrics.cross_entropy(y, job.validation.targets)
        validation_accuracy = metrics.accuracy(job.validation.targets, y.argmax(axis=1))

    loss = train_loss if validation_loss is None else validation_loss
    is_best = loss < progress.best_loss
    if is_best:
        state.best_parameters = state.parameters.frozen()
    state.progress = Progress(
        step=progress.step,
        epoch=progress.epoch + 1,
        best_loss=loss if is_best else progress.best_loss,
        best_epoch=progress.epoch + 1 if is_best else progress.best_epoch,
        epochs_since_best=0 if is_best else progress.epochs_since_best + 1,
    )
    return EpochRecord(
        step=progress.step,
        epoch=progress.epoch + 1,
        train_loss=train_loss,
        train_accuracy=progress.right / progress.seen,
        validation_loss=validation_loss,
        validation_accuracy=validation_accuracy,
        is_best=is_best,
        stopped_early=state.stopped_early,
    )


def _first_not_finite(gradients: Parameters) -> str:
    return next(name for name, gradient in gradients.items() if not np.isfinite(gradient).all())
