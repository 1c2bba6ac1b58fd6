"""Project files with a network to compare with, made without training."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from rnnstudio.data.dataset import AS_GIVEN, build_dataset
from rnnstudio.data.table import Table
from rnnstudio.engine.training import TrainingState
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import job_of
from rnnstudio.project.spec import DEFAULT_SPEC, ProjectSpec


def spec_of(units: int = 5, seed: int = 7, **model: object) -> ProjectSpec:
    """Settings with a small network."""
    small = dataclasses.replace(DEFAULT_SPEC.model, units=units, **model)  # type: ignore[arg-type]
    training = dataclasses.replace(DEFAULT_SPEC.training, seed=seed)
    return dataclasses.replace(DEFAULT_SPEC, model=small, training=training)


def write_rival(
    path: Path,
    table: Table,
    spec: ProjectSpec | None = None,
    labels: tuple[str, ...] | None = None,
    trained: bool = True,
) -> Path:
    """Write a project whose one run has the weights that it would begin with."""
    spec = spec or spec_of()
    dataset = build_dataset(table, spec.text, AS_GIVEN, labels=labels)
    job = job_of(spec, dataset)
    with ProjectFile.create(path) as file:
        file.write_project(spec, table, dataset.splits)
        if trained:
            number = file.start_run(
                spec, dataset.vocabulary, dataset.labels, job.network.task, job.network.longest
            )
            file.write_checkpoint(number, TrainingState.initial(job).checkpoint())
    return path
