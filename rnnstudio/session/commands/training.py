"""Training: start, pause, one batch, one epoch, reset, and what arrives from the thread."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.dataset import Dataset, require_trainable
from rnnstudio.engine.training import (
    BatchRecord,
    EpochRecord,
    Record,
    TrainingJob,
    TrainingState,
)
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.loading import job_of
from rnnstudio.project.model import Model
from rnnstudio.project.moment import Moment
from rnnstudio.project.moments import thinned
from rnnstudio.project.spec import LIMITS, ProjectSpec
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.network import fresh_network, needs_new_run, start_of
from rnnstudio.session.mailbox import Delivery, End
from rnnstudio.session.probing import history_row, probe_size
from rnnstudio.session.session import Session, Tone
from rnnstudio.session.state import Curves, ProbeHistory, RunState, RunStatus, SessionState
from rnnstudio.session.training_thread import Stretch, TrainingThread


def train(session: Session, stretch: Stretch = Stretch.RUN) -> None:
    """Train from where the run stands; a run whose settings have changed gives way to a new one.

    A run that has finished goes on for as many epochs again.
    """
    if session.training is not None:
        return
    try:
        job, training_state = _prepare(session)
    except RnnStudioError as error:
        session.fail(error)
        return
    run = dataclasses.replace(
        session.state.run,
        status=RunStatus.RUNNING,
        epochs=job.training.epochs,
        message="",
        seconds_left=None,
    )
    session.training = TrainingThread(
        job, training_state, stretch, lambda delivery: _receive(session, delivery)
    )
    session.apply(run=run, unsaved=True)
    session.training.start()


def pause(session: Session) -> None:
    """Stop after the batch that is being computed."""
    if session.training is not None:
        session.training.stop()


def train_or_pause(session: Session) -> None:
    """Do what the main button says."""
    if session.training is None:
        train(session)
    else:
        pause(session)


def one_batch(session: Session) -> None:
    """Train on one batch."""
    train(session, Stretch.BATCH)


def one_epoch(session: Session) -> None:
    """Train to the end of the epoch."""
    train(session, Stretch.EPOCH)


def reset(session: Session) -> None:
    """Put fresh weights in place of the trained ones; the run is kept and undo brings it back."""
    halt(session)
    state = session.state
    session.apply(undo="Reset", **fresh_network(state.spec, state.dataset))
    evaluate_soon(session)


def halt(session: Session) -> None:
    """Stop training at once and take in what it has reached."""
    if session.training is not None:
        session.training.finish()


def _prepare(session: Session) -> tuple[TrainingJob, TrainingState]:
    """Return what the thread needs; puts a new run into the state where one has to begin."""
    dataset = session.state.dataset
    if dataset is None:
        raise RnnStudioError("There are no data to train on.", "Open a file on the Data page.")
    require_trainable(dataset)
    state = session.state
    if state.checkpoint is not None and not needs_new_run(state):
        job, training_state = _going_on(state, dataset)
        _keep_target(session, job.training.epochs)
        return job, training_state
    job = job_of(state.spec, dataset)
    training_state = start_of(state.spec, dataset, job)
    session.run_count += 1
    fields = fresh_network(state.spec, dataset)
    fields["run"] = dataclasses.replace(fields["run"], spec=state.spec, number=session.run_count)
    fields["moments"] = thinned([Moment(0, 0, training_state.parameters)])
    session.unwritten_moments = fields["moments"]
    session.apply(**fields)
    spec, labels, vocabulary = state.spec, dataset.labels, dataset.vocabulary
    task, longest = job.network.task, job.network.longest
    session.writer.submit(lambda file: file.start_run(spec, vocabulary, labels, task, longest))
    return job, training_state


def _going_on(state: SessionState, dataset: Dataset) -> tuple[TrainingJob, TrainingState]:
    assert state.checkpoint is not None
    training = dataclasses.replace(state.spec.training, epochs=_target(state))
    job = job_of(dataclasses.replace(state.spec, training=training), dataset)
    # Whoever presses Train after an early stop wants the patience to begin anew.
    progress = state.checkpoint.progress
    if state.run.status is RunStatus.FINISHED:
        progress = dataclasses.replace(progress, epochs_since_best=0)
    checkpoint = dataclasses.replace(state.checkpoint, progress=progress)
    training_state = TrainingState.resumed(job, checkpoint)
    training_state.learning_rate = training.learning_rate
    return job, training_state


def _target(state: SessionState) -> int:
    """Return the epoch to which a run goes on.

    A finished run goes on for as many epochs again; any other to where it was going, unless the
    number of epochs has been changed meanwhile.

    Raises:
        RnnStudioError: no run can be that long.
    """
    run, wanted = state.run, state.spec.training.epochs
    assert state.checkpoint is not None
    assert run.spec is not None
    done = state.checkpoint.progress.epoch
    target = run.epochs if wanted == run.spec.training.epochs else wanted
    if run.status is RunStatus.FINISHED or target <= done:
        target = done + wanted
    most = int(LIMITS["training.epochs"].high)
    if done >= most:
        raise RnnStudioError(
            f"The run has {done:,} epochs; no run can have more.", "Press Reset to begin anew."
        )
    return min(target, most)


def _keep_target(session: Session, epochs: int) -> None:
    """Write down how far the run is to go, so that it goes as far after it was opened again."""
    run, wanted = session.state.run, session.state.spec.training.epochs
    assert run.spec is not None
    number, spec = run.number, with_epochs(run.spec, epochs)
    if epochs != run.epochs:
        session.writer.submit(lambda file: file.write_run_spec(number, spec))
    session.apply(run=dataclasses.replace(run, spec=with_epochs(run.spec, wanted), epochs=epochs))


def with_epochs(spec: ProjectSpec, epochs: int) -> ProjectSpec:
    """Return the settings with another number of epochs."""
    return dataclasses.replace(spec, training=dataclasses.replace(spec.training, epochs=epochs))


def _receive(session: Session, delivery: Delivery) -> None:
    """Take in what the thread has posted."""
    state = session.state
    if state.model is None:
        return
    changes: dict[str, Any] = {"curves": extended(state.curves, delivery.records)}
    run = _advanced(state.run, delivery)
    model = state.model
    snapshot = delivery.snapshot
    if snapshot is not None:
        model = dataclasses.replace(
            model,
            parameters=snapshot.parameters,
            epoch=snapshot.epoch,
            step=snapshot.step,
            generation=model.generation + 1,
        )
        changes["probe_history"] = _probed(
            state, model, snapshot.position, delivery.end is not None
        )
    if delivery.checkpoint is not None:
        changes["checkpoint"] = delivery.checkpoint
    if delivery.moments:
        best, looked_at = changes["curves"].best_epoch, state.judging.epoch
        changes["moments"] = thinned((*state.moments, *delivery.moments), best, looked_at)
    if delivery.end is not None:
        session.training = None
        run = _ended(run, delivery.end)
        if run.status is RunStatus.FINISHED:
            model = _best(model, delivery.end, changes["curves"])
    session.apply(run=run, model=model, **changes)
    _write(session, delivery)
    _tell_end(session, delivery.end)
    evaluate_soon(session)


def _advanced(run: RunState, delivery: Delivery) -> RunState:
    newest = next((r for r in reversed(delivery.records) if isinstance(r, BatchRecord)), None)
    if newest is None:
        return run
    speed = delivery.tokens_per_second or run.tokens_per_second
    left = (run.epochs - newest.epoch) * newest.batches + newest.batches - newest.batch
    return dataclasses.replace(
        run,
        epoch=newest.epoch,
        batch=newest.batch,
        batches=newest.batches,
        tokens_per_second=speed,
        seconds_left=left * newest.tokens / speed if speed > 0 else None,
    )


def _ended(run: RunState, end: End) -> RunState:
    status, message = RunStatus.PAUSED, ""
    if end.error is not None:
        status = RunStatus.FAILED
        message = str(end.error)
    elif end.finished:
        status = RunStatus.FINISHED
        message = "stopped early" if end.stopped_early else ""
    return dataclasses.replace(run, status=status, message=message, seconds_left=None)


def _best(model: Model, end: End, curves: Curves) -> Model:
    """A run that has finished shows its best weights, as `evaluate` and `predict` use them."""
    best = end.checkpoint.best_parameters
    if best is None or curves.best_epoch is None:
        return model
    return dataclasses.replace(model, parameters=best, epoch=curves.best_epoch)


def _write(session: Session, delivery: Delivery) -> None:
    """Write with each checkpoint, about once a second, what has come since the last one."""
    session.unwritten += delivery.records
    session.unwritten_moments += delivery.moments
    # A large network may take the disk longer than a second: what waits there must not pile up.
    if delivery.checkpoint is None or (delivery.end is None and session.writer.is_behind):
        return
    number, checkpoint = session.state.run.number, delivery.checkpoint
    records, session.unwritten = session.unwritten, ()
    session.writer.submit(lambda file: file.append_records(number, records))
    session.writer.submit(lambda file: file.write_checkpoint(number, checkpoint))
    _write_moments(session, number, checkpoint.progress.epoch)


def _write_moments(session: Session, number: int, until: int) -> None:
    """Write the moments up to the epoch of the checkpoint: none in the file is ahead of it."""
    kept = frozenset(moment.epoch for moment in session.state.moments if moment.epoch <= until)
    waiting = session.unwritten_moments
    moments = tuple(moment for moment in waiting if moment.epoch in kept)
    session.unwritten_moments = tuple(moment for moment in waiting if moment.epoch > until)
    if moments:
        session.writer.submit(lambda file: file.write_moments(number, moments, kept))


def _tell_end(session: Session, end: End | None) -> None:
    if end is None:
        return
    if end.error is not None:
        session.fail(end.error)
    elif end.stopped_early:
        patience = session.state.spec.training.patience
        session.tell(
            Tone.INFO,
            f"Training stopped early: {patience} epochs without a better validation loss.",
            "Press Train to go on anyway.",
        )


def extended(curves: Curves, records: tuple[Record, ...]) -> Curves:
    """Return the curves with more records at their ends."""
    batches = [record for record in records if isinstance(record, BatchRecord)]
    epochs = [record for record in records if isinstance(record, EpochRecord)]
    best = next((r.epoch for r in reversed(epochs) if r.is_best), curves.best_epoch)
    return Curves(
        _more(curves.batch_position, [r.epoch - 1 + r.batch / r.batches for r in batches]),
        _more(curves.batch_loss, [r.loss for r in batches]),
        _more(curves.batch_accuracy, [r.accuracy for r in batches]),
        _more(curves.gradient_norm, [r.gradient_norm for r in batches]),
        _more(curves.epoch, [r.epoch for r in epochs]),
        _more(curves.train_loss, [r.train_loss for r in epochs]),
        _more(curves.train_accuracy, [r.train_accuracy for r in epochs]),
        _more(curves.validation_loss, [_number(r.validation_loss) for r in epochs]),
        _more(curves.validation_accuracy, [_number(r.validation_accuracy) for r in epochs]),
        best,
    )


def _more(array: NDArray[np.float64], values: list[float]) -> NDArray[np.float64]:
    if not values:
        return array
    longer = np.concatenate([array, np.asarray(values, np.float64)])
    longer.setflags(write=False)
    return longer


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _probed(state: SessionState, model: Model, position: float, last: bool) -> ProbeHistory:
    """Return the probes' history with the answers of the newest weights.

    Every third snapshot is enough for a line as wide as a thumb; the last one is always there.
    """
    history = state.probe_history
    probes, classes = len(state.probes), probe_size(model)
    if probes == 0 or (model.generation % 3 and not last):
        return history
    now = history_row(model, [probe.sentence for probe in state.probes])
    before = history.probabilities
    if before.shape[0] != probes or before.shape[2:] != (classes,):
        before = np.full((probes, len(history.epochs), classes), np.nan, np.float32)
    return ProbeHistory(
        np.append(history.epochs, position),
        np.concatenate([before, now[:, None, :]], axis=1),
    )
