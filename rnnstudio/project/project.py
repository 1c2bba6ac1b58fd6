"""The contents of a project file as one frozen value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnnstudio.data.dataset import AS_GIVEN, Dataset, build_dataset
from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Split, Table
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.training import BatchRecord, EpochRecord
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model
from rnnstudio.project.moment import Moment
from rnnstudio.project.spec import ProjectSpec

PROBE_LIMIT = 8


@dataclass(frozen=True)
class Probe:
    """A sentence whose prediction is followed while the network learns, with its class if known."""

    sentence: str
    truth: str | None = None


@dataclass(frozen=True)
class Run:
    """One training: its own settings, vocabulary and labels, its curves and its weights.

    `task` and `longest` (the number of positions of a network with weights for each of them) are
    what its network has of the data besides. `last` has the newest and the best weights and all
    that is needed to go on with the training; None before the first checkpoint. `moments` are the
    weights that were kept of its epochs, ascending; they are read with the run that is in view and
    by `ProjectFile.load_run`, and left out of others.
    """

    number: int
    spec: ProjectSpec
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    batch_records: tuple[BatchRecord, ...] = ()
    epoch_records: tuple[EpochRecord, ...] = ()
    last: Checkpoint | None = None
    task: Task = Task.CLASSIFY
    longest: int | None = None
    moments: tuple[Moment, ...] = ()

    @property
    def network(self) -> NetworkSpec:
        """The network that this run trains."""
        return self.spec.model.network(
            self.vocabulary.size, len(self.labels), self.task, self.longest
        )

    def model(self, weights: str = "best") -> Model:
        """The network with its "best" or "last" weights.

        Raises:
            RnnStudioError: the run has no weights yet.
            ValueError: `weights` is neither.
        """
        if weights not in ("best", "last"):
            raise ValueError(weights)
        if self.last is None:
            raise RnnStudioError("This run has no weights yet.", "Train it first.")
        parameters, progress = self.last.parameters, self.last.progress
        epoch, step = progress.epoch, progress.step
        # Before its first epoch has ended a run has no best weights but those it began with.
        if weights == "best" and progress.best_epoch > 0:
            parameters = self.last.best_parameters
            epoch = progress.best_epoch
            steps = [record.step for record in self.epoch_records if record.epoch == epoch]
            step = steps[0] if steps else step
        return Model(
            network=self.network,
            parameters=parameters,
            vocabulary=self.vocabulary,
            labels=self.labels,
            text=self.spec.text,
            epoch=epoch,
            step=step,
        )


@dataclass(frozen=True)
class RunOverview:
    """What a list of runs says of one of them.

    `words` and `classes` are the numbers of words and classes that its network knows, `epochs`
    those that have ended. `accuracy` is that of the best epoch on the validation split, None where
    nothing was validated. `has_weights` says whether there is a network to look at.
    """

    number: int
    spec: ProjectSpec
    task: Task
    words: int
    classes: int
    epochs: int
    accuracy: float | None
    has_weights: bool


@dataclass(frozen=True)
class Project:
    """Everything in a project file: settings, data with their splits, runs, sentences."""

    spec: ProjectSpec
    table: Table
    splits: tuple[Split, ...]
    runs: tuple[Run, ...] = ()
    probes: tuple[Probe, ...] = ()
    sentence: str = ""
    shown_run: int | None = None

    def model(self, weights: str = "best") -> Model:
        """The network of the newest run that has weights, with its "best" or "last" ones.

        Raises:
            RnnStudioError: nothing has been trained yet.
        """
        return self.trained_run().model(weights)

    @property
    def run_in_view(self) -> Run | None:
        """The run that was shown when the project was saved; None where its weights were fresh.

        Where nothing says which it was, the newest one with weights.
        """
        trained = [run for run in self.runs if run.last is not None]
        if self.shown_run is None:
            return trained[-1] if trained else None
        return next((run for run in trained if run.number == self.shown_run), None)

    def trained_run(self) -> Run:
        """The newest run that has weights.

        Raises:
            RnnStudioError: nothing has been trained yet.
        """
        run = self.run_in_view or next((r for r in reversed(self.runs) if r.last is not None), None)
        if run is not None:
            return run
        raise RnnStudioError("The project has no trained network.", "Train one first.")

    def dataset_for(self, model: Model) -> Dataset:
        """The project's rows as `model` reads them, in the splits that the project has.

        Raises:
            DataError: the rows have another task, or a label that the model does not know.
        """
        return dataset_for(model, self.table, self.splits)


def dataset_for(model: Model, table: Table, splits: Sequence[Split] | None = None) -> Dataset:
    """The rows of a table as `model` reads them: with its text settings, vocabulary and labels.

    They are in `splits`, or in those that the table itself gives.

    Raises:
        DataError: the rows have another task, or a label that the model does not know.
    """
    if table.task is not model.task:
        raise DataError(
            f"{_HAS[table.task]}, and {_SAYS[model.task]}.",
            f"Choose data with {_NEEDS[model.task]}.",
        )
    return build_dataset(
        table if splits is None else table.with_splits(splits),
        model.text,
        AS_GIVEN,
        vocabulary=model.vocabulary,
        labels=model.labels,
    )


_HAS = {
    Task.CLASSIFY: "The data have one class for each sentence",
    Task.LABEL: "The data have a tag for each word",
}
_SAYS = {
    Task.CLASSIFY: "the network says one class for a sentence",
    Task.LABEL: "the network says a tag for each word",
}
_NEEDS = {
    Task.CLASSIFY: "a class for each sentence",
    Task.LABEL: "a tag for each word",
}
