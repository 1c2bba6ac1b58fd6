"""From settings to what training takes: the table, the data set, the job."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from rnnstudio.data.builtin import load
from rnnstudio.data.dataset import (
    AS_GIVEN,
    Dataset,
    SplitSpec,
    build_dataset,
    require_trainable,
)
from rnnstudio.data.table import Split, Table
from rnnstudio.data.vectors import WordVectors, read_vectors
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.training import Examples, TrainingJob, TrainingState
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.limits import require_size
from rnnstudio.project.project import Project, Run
from rnnstudio.project.spec import DataSpec, ProjectSpec


def load_table(data: DataSpec) -> Table:
    """Read the data, with the files for validation and test where such are named.

    The rows of such a file are that split, whole; what the data themselves give for it trains.

    Raises:
        DataError: a source has nothing usable.
    """
    table = load(data.source)
    rows, problems = list(table.rows), list(table.problems)
    for split, choice in ((Split.VALIDATION, data.validation), (Split.TEST, data.test)):
        if isinstance(choice, str):
            part = load(choice)
            rows = [
                dataclasses.replace(row, split=Split.TRAIN) if row.split is split else row
                for row in rows
            ]
            rows += [dataclasses.replace(row, split=split) for row in part.rows]
            problems += part.problems
    return dataclasses.replace(table, rows=tuple(rows), problems=tuple(problems))


def dataset_of(
    spec: ProjectSpec, table: Table, cancelled: Callable[[], bool] | None = None
) -> Dataset:
    """The table as the settings divide and read it, with a vocabulary of its own.

    Raises:
        DataError: the shares of the splits are impossible.
        Cancelled: `cancelled()` was true.
    """
    validation, test = (
        0.0 if isinstance(share, str) else share for share in (spec.data.validation, spec.data.test)
    )
    split_spec = SplitSpec(validation, test, spec.data.seed)
    return build_dataset(table, spec.text, split_spec, cancelled=cancelled)


def network_of(spec: ProjectSpec, dataset: Dataset) -> NetworkSpec:
    """The network of these settings for a data set: its words, classes, task and longest sentence.

    It may be too large to be made; `job_of` sees to that.
    """
    longest = None
    if spec.model.cell.has_length:
        rows = dataset.rows_of(Split.TRAIN).tolist()
        longest = max((len(dataset.sequences[row]) for row in rows), default=1)
    return spec.model.network(dataset.vocabulary.size, len(dataset.labels), dataset.task, longest)


def run_to_come(project: Project) -> Run:
    """The run, not yet begun, that would train the network of a project's settings.

    Raises:
        DataError: nothing can be trained on the project's data.
        RnnStudioError: the network would be too large for an ordinary computer.
    """
    table = project.table.with_splits(project.splits)
    dataset = build_dataset(table, project.spec.text, AS_GIVEN)
    require_trainable(dataset)
    network = network_of(project.spec, dataset)
    require_size(network)
    return Run(
        number=0,
        spec=project.spec,
        vocabulary=dataset.vocabulary,
        labels=dataset.labels,
        task=network.task,
        longest=network.longest,
    )


def job_of(spec: ProjectSpec, dataset: Dataset) -> TrainingJob:
    """What `fit` takes to train the network of these settings on a data set.

    Sentences to validate on that are longer than a network with weights for each position can
    read are left out.

    Raises:
        RnnStudioError: the network would be too large for an ordinary computer.
    """
    network = network_of(spec, dataset)
    require_size(network)
    return TrainingJob(
        network=network,
        training=spec.training,
        train=_examples(dataset, Split.TRAIN, network.longest),
        validation=_examples(dataset, Split.VALIDATION, network.longest),
    )


def vectors_of(
    spec: ProjectSpec, dataset: Dataset, cancelled: Callable[[], bool] | None = None
) -> WordVectors | None:
    """The word vectors that the settings name, for the words of a data set; None without a name.

    Raises:
        DataError: the file cannot be read, or holds no word vectors.
        Cancelled: `cancelled()` was true.
    """
    if spec.model.vectors is None:
        return None
    return read_vectors(Path(spec.model.vectors), dataset.vocabulary, cancelled)


def initial_state(
    spec: ProjectSpec, dataset: Dataset, job: TrainingJob, vectors: WordVectors | None = None
) -> TrainingState:
    """The state before the first batch: fresh weights, with `vectors` in the embedding.

    Without `vectors` they are read, if the settings name any. Words without one stay as drawn.

    Raises:
        DataError: the file of word vectors cannot be read.
        RnnStudioError: its vectors are not as long as the embedding.
    """
    state = TrainingState.initial(job)
    vectors = vectors or vectors_of(spec, dataset)
    if vectors is None:
        return state
    if vectors.dimensions != job.network.embedding:
        raise RnnStudioError(
            f"The word vectors in {spec.model.vectors} have {vectors.dimensions:,} numbers each, "
            f"and the embedding has {job.network.embedding:,}.",
            f"Choose an embedding of {vectors.dimensions:,}.",
        )
    parameters = state.parameters.copy()
    parameters["embedding.weight"][vectors.found] = vectors.matrix[vectors.found]
    return TrainingState.initial(job, parameters=parameters)


def _examples(dataset: Dataset, split: Split, longest: int | None) -> Examples:
    rows = [
        row
        for row in dataset.rows_of(split).tolist()
        if longest is None or len(dataset.sequences[row]) <= longest
    ]
    return Examples(
        tuple(dataset.sequences[row] for row in rows),
        dataset.targets[rows],
        tuple(dataset.tags[row] for row in rows) if dataset.task is Task.LABEL else (),
    )
