"""The network that the pages show: fresh weights, settings that wait, its own view of the data."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.vectors import WordVectors, read_vectors
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.training import TrainingJob, TrainingState
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.loading import initial_state, job_of
from rnnstudio.project.model import Model
from rnnstudio.project.project import dataset_for
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.memo import remembered
from rnnstudio.session.session import empty_curves, empty_probe_history
from rnnstudio.session.state import RunState, RunStatus, SessionState


def fresh_model(spec: ProjectSpec, dataset: Dataset) -> Model | None:
    """Return a network with the weights that training with `spec` would start from.

    None where the data have fewer than two classes or no words, or where it would be too large
    or its word vectors cannot be read: who trains it is told why.
    """
    if len(dataset.labels) < 2 or not dataset.vocabulary.words:
        return None
    try:
        job = job_of(spec, dataset)
        start = start_of(spec, dataset, job)
    except RnnStudioError:
        return None
    return Model(
        job.network, start.parameters.frozen(), dataset.vocabulary, dataset.labels, dataset.text
    )


def start_of(spec: ProjectSpec, dataset: Dataset, job: TrainingJob) -> TrainingState:
    """Return the state before the first batch.

    Raises:
        RnnStudioError: the word vectors that the settings name cannot be used.
    """
    return initial_state(spec, dataset, job, _vectors(spec.model.vectors, dataset.vocabulary))


@remembered(1)
def _vectors(path: str | None, vocabulary: Vocabulary) -> WordVectors | None:
    """Return the word vectors, read once for a vocabulary: their file may be large."""
    return None if path is None else read_vectors(Path(path), vocabulary)


def fresh_network(spec: ProjectSpec, dataset: Dataset | None) -> dict[str, Any]:
    """Return the fields of a state whose run has not begun."""
    return {
        "model": None if dataset is None else fresh_model(spec, dataset),
        "run": RunState(epochs=spec.training.epochs),
        "curves": empty_curves(),
        "checkpoint": None,
        "evaluation": None,
        "evaluation_epoch": 0,
        "evaluation_problem": "",
        "probe_history": empty_probe_history(),
        "moments": (),
        "review": None,
    }


def needs_new_run(state: SessionState) -> bool:
    """Return whether the settings or the data ask for another network than the run's.

    η and the number of epochs can change during a run; everything else waits for the next one.
    """
    run, model, dataset = state.run, state.model, state.dataset
    if run.spec is None or model is None or dataset is None:
        return True
    return _frame(run.spec) != _frame(state.spec) or (
        (model.vocabulary, model.labels, model.task)
        != (dataset.vocabulary, dataset.labels, dataset.task)
    )


def _frame(spec: ProjectSpec) -> ProjectSpec:
    """Return the settings with those that a running network can take set to fixed values."""
    training = dataclasses.replace(spec.training, learning_rate=1.0, epochs=1)
    data = dataclasses.replace(spec.data, name="")
    return dataclasses.replace(spec, training=training, data=data)


@remembered(2)
def dataset_of_model(dataset: Dataset, model: Model) -> Dataset:
    """Return the data as the model reads them: with its own vocabulary, labels and text settings.

    Raises:
        DataError: the data have a label that the model does not know.
    """
    known = (model.vocabulary, model.labels, model.text, model.task)
    if (dataset.vocabulary, dataset.labels, dataset.text, dataset.task) == known:
        return dataset
    return dataset_for(model, dataset.table, dataset.splits)


def is_fresh(state: SessionState) -> bool:
    """Return whether nothing has been trained yet."""
    return state.run.status is RunStatus.FRESH
