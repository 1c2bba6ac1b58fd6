"""States of the session for the tests of the Train page, with records of real training."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.table import Row, Table
from rnnstudio.engine.training import BatchRecord, Examples, Record, TrainingJob, TrainingState, fit
from rnnstudio.project.project import Probe
from rnnstudio.project.spec import DEFAULT_SPEC
from rnnstudio.session.commands.network import fresh_model
from rnnstudio.session.commands.training import extended
from rnnstudio.session.session import empty_curves, empty_probe_history
from rnnstudio.session.state import (
    Curves,
    ProbeHistory,
    RunState,
    RunStatus,
    Selection,
    SessionState,
)

EPOCHS = 6


@lru_cache(maxsize=4)
def fresh(classes: int = 2) -> SessionState:
    """Nothing trained yet: the lecture's four sentences, or as many one-word classes."""
    table = load_builtin("lecture")
    if classes != 2:
        rows = [Row(f"word{n}", f"class {n:02d}", None, "made.tsv", n + 1) for n in range(classes)]
        table = Table("made", tuple(rows), (), "made.tsv")
    spec = dataclasses.replace(
        DEFAULT_SPEC,
        training=dataclasses.replace(DEFAULT_SPEC.training, epochs=EPOCHS, batch_size=2),
    )
    dataset = build_dataset(table)
    return SessionState(
        spec=spec,
        table=table,
        dataset=dataset,
        model=fresh_model(spec, dataset),
        run=RunState(),
        curves=empty_curves(),
        evaluation=None,
        evaluation_epoch=0,
        probes=(),
        probe_history=empty_probe_history(),
        selection=Selection(),
    )


@lru_cache(maxsize=8)
def trained(batches: int | None = None, validation: bool = True, classes: int = 2) -> SessionState:
    """A run after some batches (all of them: finished), with validation on the training rows."""
    state = fresh(classes)
    assert state.dataset is not None
    assert state.model is not None
    examples = Examples(state.dataset.sequences, state.dataset.targets)
    job = TrainingJob(
        state.model.network,
        state.spec.training,
        examples,
        examples if validation else Examples(),
    )
    training = TrainingState.initial(job)
    records: list[Record] = []
    for record in fit(job, training):
        records.append(record)
        if isinstance(record, BatchRecord) and record.step == batches:
            break
    newest = next(record for record in reversed(records) if isinstance(record, BatchRecord))
    return dataclasses.replace(
        state,
        model=dataclasses.replace(state.model, parameters=training.parameters.copy().frozen()),
        curves=extended(empty_curves(), tuple(records)),
        run=RunState(
            number=1,
            status=RunStatus.FINISHED if batches is None else RunStatus.RUNNING,
            spec=state.spec,
            epoch=newest.epoch,
            epochs=EPOCHS,
            batch=newest.batch,
            batches=newest.batches,
            tokens_per_second=1000.0,
            seconds_left=None if batches is None else 83.0,
        ),
    )


def with_probes(state: SessionState, *probes: Probe, snapshots: int = 5) -> SessionState:
    """The state with probe sentences whose first class grows surer at each snapshot."""
    assert state.model is not None
    classes = len(state.model.labels)
    rising = np.linspace(0.5, 0.9, snapshots, dtype=np.float32)
    probabilities = np.repeat(((1 - rising) / (classes - 1))[:, None], classes, axis=1)
    probabilities[:, 0] = rising
    history = ProbeHistory(
        np.arange(1.0, snapshots + 1),
        np.repeat(probabilities[None], len(probes), axis=0),
    )
    return dataclasses.replace(state, probes=probes, probe_history=history)


def made_curves(batches: int, batches_an_epoch: int = 50) -> Curves:
    """Curves of a long run, as from a file."""
    steps = np.arange(1, batches + 1)
    loss = np.exp(-3.0 * steps / batches) + 0.1 * np.sin(steps)
    epochs = np.arange(1.0, batches // batches_an_epoch + 1)
    course = np.linspace(1.0, 0.1, len(epochs))
    return Curves(
        steps / batches_an_epoch,
        loss,
        1.0 - loss / 2.0,
        np.ones(batches),
        epochs,
        course,
        1.0 - course,
        course + 0.1,
        0.9 - course / 2.0,
        int(epochs[-1]),
    )
