"""From settings to what training takes: the table, the data set, the job."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from rnnstudio.data.builtin import load
from rnnstudio.data.dataset import Dataset, SplitSpec, build_dataset
from rnnstudio.data.table import Split, Table
from rnnstudio.engine.training import Examples, TrainingJob
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


def job_of(spec: ProjectSpec, dataset: Dataset) -> TrainingJob:
    """What `fit` takes to train the network of these settings on a data set."""
    return TrainingJob(
        network=spec.model.network(dataset.vocabulary.size, len(dataset.labels)),
        training=spec.training,
        train=_examples(dataset, Split.TRAIN),
        validation=_examples(dataset, Split.VALIDATION),
    )


def _examples(dataset: Dataset, split: Split) -> Examples:
    rows = dataset.rows_of(split)
    return Examples(tuple(dataset.sequences[row] for row in rows), dataset.targets[rows])
