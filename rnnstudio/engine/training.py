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
from functools import partial

import numpy as np
import numpy.typing as npt

from rnnstudio.engine import metrics
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import divide, take
from rnnstudio.engine.checkpoint import Checkpoint, Progress
from rnnstudio.engine.losses import Objective
from rnnstudio.engine.model import (
    BatchGradients,
    Cancelled,
    label_probabilities,
    probabilities,
)
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters, check_shapes, initial_parameters
from rnnstudio.engine.schedules import ScheduleName, rate_factor
from rnnstudio.engine.training_spec import Criterion, LossMean, TrainingSpec
from rnnstudio.engine.update import WeightUpdate
from rnnstudio.engine.workers import GradientWorkers
from rnnstudio.errors import RnnStudioError

# Independent streams of random numbers from one seed: another size of network leaves the order of
# the batches as it is.
_WEIGHTS_STREAM, _ORDER_STREAM, _DROPOUT_STREAM = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Examples:
    """Sentences as word ids, each with its class: `targets` (n,).

    For labelling `tags` are the classes of their steps instead, −1 where none is asked, and the
    targets are all −1.
    """

    sequences: tuple[IntArray, ...] = ()
    targets: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    tags: tuple[IntArray, ...] = ()

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
    `accuracy` is the share of right sentences, or of right words; `gradient_norm` is that before
    clipping; `tokens` counts words without padding.
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
    """What an epoch gave: means over its sentences, and the validation figures after it.

    Both losses are averaged as `LossMean` says, the validation loss without class weights and
    label smoothing.
    """

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

    `best_parameters` are the weights of the epoch that was best by `TrainingSpec.criterion` on the
    validation data (by the training loss or accuracy, where nothing is there to validate on).
    `fit` alone changes a state; but `learning_rate` may be set by its owner between two records.
    """

    def __init__(self, job: TrainingJob, checkpoint: Checkpoint) -> None:
        training = job.training
        self.weights = WeightUpdate(job.network, training, checkpoint.parameters.copy())
        self.best_parameters = checkpoint.best_parameters
        self.learning_rate = checkpoint.learning_rate
        self.progress = checkpoint.progress
        self.optimizer_name = training.optimizer
        # With other settings the optimiser starts afresh.
        same = checkpoint.optimizer is training.optimizer
        if same and checkpoint.optimizer_updates and self.weights.fits(checkpoint.moments):
            self.weights.remember(checkpoint.moments, checkpoint.optimizer_updates)
        self._epochs = training.epochs
        self._patience = training.patience

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
    def parameters(self) -> Parameters:
        """The weights as they are now: a frozen copy."""
        return self.weights.settled()

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
            parameters=self.parameters,
            best_parameters=self.best_parameters,
            learning_rate=self.learning_rate,
            optimizer=self.optimizer_name,
            optimizer_updates=self.weights.updates,
            moments=self.weights.memory(),
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
    objective = objective_of(job)
    workers = GradientWorkers(job.network, state.weights.parameters, state.weights.by_word)
    try:
        while not state.finished:
            batches = _order_of_epoch(job, state.epoch)
            while state.progress.batch < len(batches):
                yield _train_batch(job, state, batches, workers, objective)
            try:
                record = _end_epoch(job, state, cancelled)
            except Cancelled:
                return
            yield record
    finally:
        workers.close()


def objective_of(job: TrainingJob) -> Objective:
    """Return the loss that a job minimises."""
    training = job.training
    class_weights = None
    if training.balanced:
        asked = np.concatenate(job.train.tags) if job.train.tags else job.train.targets
        counts = np.bincount(asked[asked >= 0], minlength=job.network.classes)
        # A class that does not occur is asked nowhere: any weight will do.
        class_weights = counts.sum() / (job.network.classes * np.maximum(counts, 1))
    return Objective(training.loss_mean, training.label_smoothing, class_weights)


def _order_of_epoch(job: TrainingJob, epoch: int) -> list[IntArray]:
    """Return the sentences of each batch of an epoch, as places in `job.train`."""
    rng = np.random.default_rng([job.training.seed, _ORDER_STREAM, epoch])
    return divide(job.train.sequences, job.training.batch_size, rng)


def _train_batch(
    job: TrainingJob,
    state: TrainingState,
    batches: list[IntArray],
    workers: GradientWorkers,
    objective: Objective,
) -> BatchRecord:
    """Compute ŷ, L and the gradients of the next batch, and update every weight."""
    progress, training = state.progress, job.training
    train = job.train
    batch = take(train.sequences, train.targets, batches[progress.batch], train.tags)
    step = progress.step + 1
    state.weights.before(batch.occurrences.words - 1)
    dropout = None
    if job.network.dropout:
        dropout = partial(_dropout_numbers, training.seed, step)
    result = workers.gradients(batch, objective, training.truncation, dropout)
    if not math.isfinite(result.loss):
        raise NotFiniteError(_first_not_finite(result), step)
    position = progress.epoch + progress.batch / len(batches)
    rate = state.learning_rate * rate_factor(training, progress.step, position, progress.plateau)
    gradient_norm = state.weights.make(result.gradients.flat, result.words, result.by_word, rate)
    if not math.isfinite(gradient_norm):
        raise NotFiniteError(_first_not_finite(result), step)

    averaged = result.asked if _is_mean_of_words(job) else batch.size
    state.progress = replace(
        progress,
        step=step,
        batch=progress.batch + 1,
        loss_sum=progress.loss_sum + result.loss * averaged,
        averaged=progress.averaged + averaged,
        right=progress.right + result.right,
        asked=progress.asked + result.asked,
    )
    return BatchRecord(
        step=step,
        epoch=progress.epoch + 1,
        batch=progress.batch + 1,
        batches=len(batches),
        loss=result.loss,
        accuracy=result.right / max(result.asked, 1),
        gradient_norm=gradient_norm,
        tokens=batch.tokens,
    )


def _dropout_numbers(seed: int, step: int, half: int) -> np.random.Generator:
    return np.random.default_rng([seed, _DROPOUT_STREAM, step, half])


def _is_mean_of_words(job: TrainingJob) -> bool:
    return job.network.task is Task.LABEL and job.training.loss_mean is LossMean.WORD


def _end_epoch(
    job: TrainingJob, state: TrainingState, cancelled: Callable[[], bool] | None
) -> EpochRecord:
    """Validate, keep the weights if they are the best, and turn to the next epoch."""
    progress, training = state.progress, job.training
    train_loss = progress.loss_sum / max(progress.averaged, 1)
    train_accuracy = progress.right / max(progress.asked, 1)
    weights = state.parameters
    loss, accuracy = train_loss, train_accuracy
    validation: tuple[float, float] | None = None
    if len(job.validation):
        validation = loss, accuracy = _validate(job, weights, cancelled)

    score = loss if training.criterion is Criterion.LOSS else -accuracy
    is_best = score < progress.best_score
    if is_best:
        state.best_parameters = weights
    plateau = progress.plateau
    if training.schedule is ScheduleName.PLATEAU:
        plateau = plateau.advanced(training, loss)
    state.progress = Progress(
        step=progress.step,
        epoch=progress.epoch + 1,
        best_score=score if is_best else progress.best_score,
        best_epoch=progress.epoch + 1 if is_best else progress.best_epoch,
        epochs_since_best=0 if is_best else progress.epochs_since_best + 1,
        plateau=plateau,
    )
    return EpochRecord(
        step=progress.step,
        epoch=progress.epoch + 1,
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        validation_loss=None if validation is None else validation[0],
        validation_accuracy=None if validation is None else validation[1],
        is_best=is_best,
        stopped_early=state.stopped_early,
    )


def _validate(
    job: TrainingJob, weights: Parameters, cancelled: Callable[[], bool] | None
) -> tuple[float, float]:
    """Return the loss and the accuracy on the validation data."""
    validation = job.validation
    y: FloatArray
    if job.network.task is Task.CLASSIFY:
        y = probabilities(job.network, weights, validation.sequences, cancelled=cancelled)
        truth = validation.targets
    else:
        steps = label_probabilities(job.network, weights, validation.sequences, cancelled=cancelled)
        tags = np.concatenate(validation.tags)
        y, truth = np.concatenate(steps)[tags >= 0], tags[tags >= 0]
    loss = metrics.cross_entropy(y, truth)
    if job.network.task is Task.LABEL and not _is_mean_of_words(job):
        loss *= len(truth) / len(validation)
    return loss, metrics.accuracy(truth, y.argmax(axis=1))


def _first_not_finite(result: BatchGradients) -> str:
    if result.by_word is not None and not np.isfinite(result.by_word).all():
        return "embedding.weight"
    for name, gradient in result.gradients.items():
        if not np.isfinite(gradient).all():
            return name
    return "output.weight"  # the loss alone: its scores are made by these weights
