"""A small project, trained for two epochs, from which the tests of files start."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pytest

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.network import Task
from rnnstudio.engine.training import EpochRecord, Record, TrainingJob, TrainingState, fit
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import dataset_of, initial_state, job_of
from rnnstudio.project.model import Model
from rnnstudio.project.project import Probe, Run
from rnnstudio.project.spec import DEFAULT_SPEC, ProjectSpec


@dataclass(frozen=True)
class Sample:
    """Everything that goes into a project file."""

    spec: ProjectSpec
    table: Table
    dataset: Dataset
    job: TrainingJob
    records: tuple[Record, ...]
    checkpoint: Checkpoint

    def write_to(self, file: ProjectFile) -> int:
        """Write it all and return the number of the run."""
        file.write_project(self.spec, self.table, self.dataset.splits)
        file.write_sentences("a good film", [Probe("good", "positive"), Probe("नमस्ते 🎬")])
        run = file.start_run(self.spec, self.dataset.vocabulary, self.dataset.labels)
        file.append_records(run, self.records)
        file.write_checkpoint(run, self.checkpoint)
        return run


@pytest.fixture(scope="session")
def sample() -> Sample:
    """Forty sentences, a network of five units, two epochs."""
    kinds = (("good", "yes"), ("bad", "no"))
    rows = [
        Row(f"film {number % 7} was {word}", label, None, "films.tsv", 2 * number + line)
        for number in range(20)
        for line, (word, label) in enumerate(kinds, start=1)
    ]
    rows[3] = dataclasses.replace(rows[3], text="“ça” — नमस्ते 🎬", line=None)
    rows[4] = dataclasses.replace(rows[4], split=Split.TRAIN)
    problem = Problem("films.tsv", 41, None, "One column only.", "Add a label.", Severity.WARNING)
    table = Table("films", tuple(rows), (problem,), "films.tsv")
    spec = dataclasses.replace(
        DEFAULT_SPEC,
        data=dataclasses.replace(DEFAULT_SPEC.data, source="films.tsv", validation=0.2, test=0.2),
        model=dataclasses.replace(DEFAULT_SPEC.model, units=5, embedding=3),
        training=dataclasses.replace(DEFAULT_SPEC.training, epochs=2, batch_size=8),
    )
    dataset = dataset_of(spec, table)
    job = job_of(spec, dataset)
    state = TrainingState.initial(job)
    records = tuple(fit(job, state))
    return Sample(spec, table, dataset, job, records, state.checkpoint())


@pytest.fixture
def project_path(sample: Sample, tmp_path: Path) -> Path:
    """The small project as a saved file."""
    path = tmp_path / "films.rnnstudio"
    with ProjectFile.in_memory() as file:
        sample.write_to(file)
        file.save_to(path)
    return path


@pytest.fixture
def model(sample: Sample) -> Model:
    """The small network as it was after its last batch."""
    return Model(
        network=sample.job.network,
        parameters=sample.checkpoint.parameters,
        vocabulary=sample.dataset.vocabulary,
        labels=sample.dataset.labels,
        text=sample.spec.text,
    )


@pytest.fixture(scope="session")
def tagged() -> Table:
    """Sixty sentences with a tag for each word, in which a name begins or goes on after it."""
    names, verbs = ("ann", "bob lee", "carla di maio"), ("met", "saw", "called")
    rows = []
    for number in range(60):
        first, second = names[number % 3], names[number // 3 % 3]
        words, tags = [], []
        for part in (first, verbs[number // 9 % 3], second, "."):
            of_part = part.split()
            words += of_part
            named = part in names
            tags += [
                ("I-PER" if place else "B-PER") if named else "O" for place in range(len(of_part))
            ]
        rows.append(
            Row(" ".join(words), "", None, "names.conllu", number + 1, tuple(words), tuple(tags))
        )
    return Table("names", tuple(rows), (), "names.conllu", Task.LABEL)


def labeller(table: Table, **settings: object) -> tuple[ProjectSpec, Dataset]:
    """Settings of a small network, changed by `settings`, and the data that it is to label."""
    model = dataclasses.replace(
        DEFAULT_SPEC.model,
        **{"units": 6, "embedding": 4, **settings},  # type: ignore[arg-type]
    )
    training = dataclasses.replace(DEFAULT_SPEC.training, epochs=2, batch_size=8)
    spec = dataclasses.replace(DEFAULT_SPEC, model=model, training=training)
    return spec, dataset_of(spec, table)


def fresh_run(spec: ProjectSpec, dataset: Dataset, epochs: int = 0) -> Run:
    """A run of these settings after some epochs."""
    job = job_of(spec, dataset)
    state = initial_state(spec, dataset, job)
    records = []
    for record in fit(job, state) if epochs else ():
        records.append(record)
        if isinstance(record, EpochRecord) and record.epoch == epochs:
            break
    return Run(
        number=1,
        spec=spec,
        vocabulary=dataset.vocabulary,
        labels=dataset.labels,
        batch_records=tuple(r for r in records if not isinstance(r, EpochRecord)),
        epoch_records=tuple(r for r in records if isinstance(r, EpochRecord)),
        last=state.checkpoint(),
        task=job.network.task,
        longest=job.network.longest,
    )
