"""`rnnstudio train`: reads data, trains a network with a progress bar, writes a project."""

from __future__ import annotations

import dataclasses
import math
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from rnnstudio.cli.output import percent, print_json, print_note, print_table
from rnnstudio.cli.train_options import check_task, parser, spec_of, with_size_of
from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import Dataset, require_trainable
from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.table import Split, Table
from rnnstudio.data.vectors import WordVectors
from rnnstudio.engine.network import NetworkSpec, Reading, Task
from rnnstudio.engine.training import BatchRecord, EpochRecord, Record, fit
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import dataset_of, initial_state, job_of, load_table, vectors_of
from rnnstudio.project.model import Model, SentencesTooLongError
from rnnstudio.project.project import Run
from rnnstudio.project.saving import check_can_save
from rnnstudio.project.schema import is_project_file
from rnnstudio.project.spec import DEFAULT_SPEC, OWN_FUNCTIONS, ProjectSpec

__all__ = [
    "Trained",
    "check_output",
    "described",
    "parser",
    "print_summary",
    "run",
    "summary",
    "tell_problems",
    "tell_too_long",
    "train",
    "write",
]

_PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class Trained:
    """What a training gave, before it is written."""

    dataset: Dataset
    run: Run
    seconds: float
    evaluations: dict[Split, Evaluation | None]

    @property
    def epochs(self) -> int:
        """How many epochs were made."""
        return len(self.run.epoch_records)

    @property
    def tokens_per_second(self) -> float:
        """Words read in training, padding not counted, by the time it took."""
        return sum(record.tokens for record in self.run.batch_records) / self.seconds


def run(arguments: Namespace) -> int:
    """Train and write the project.

    Raises:
        RnnStudioError: the data, an option or the output cannot be used.
    """
    spec = spec_of(arguments)
    output: Path = arguments.output
    check_output(output)
    table = load_table(spec.data)
    check_task(arguments, spec, table)
    spec = dataclasses.replace(spec, data=dataclasses.replace(spec.data, name=table.name))
    dataset = dataset_of(spec, table)
    require_trainable(dataset)
    tell_problems((*table.problems, *check_table(table, dataset.splits)))
    _tell_unused_shares(spec, table)
    _tell_cut(spec, dataset)
    vectors = vectors_of(spec, dataset)
    if vectors is not None:
        spec = with_size_of(vectors, spec, arguments)
        tell_problems(vectors.problems, "word vectors")
        known, words = int(vectors.found.sum()), len(dataset.vocabulary.words)
        print_note(f"the file of word vectors has {known:,} of the {words:,} words.")
    trained = train(spec, dataset, vectors)
    write(trained, output)
    if arguments.json:
        print_json({**summary(trained), "file": str(output)})
    else:
        print_summary(trained)
        print(f"Written to {output}")
    return 0


def check_output(path: Path) -> None:
    """See before the training that its result can be written, and to no file of another kind.

    Raises:
        ProjectFileError: it cannot.
    """
    check_can_save(path)
    if path.exists() and not is_project_file(path):
        raise ProjectFileError(
            f"{path} exists and is no RNN Studio project; it is left as it is.",
            "Choose another name.",
        )


def tell_problems(found: Sequence[Problem], what: str = "data") -> None:
    """Say how many problems the data have, and the first few, a line each."""
    problems = [problem for problem in found if problem.severity is not Severity.NOTE]
    if not problems:
        return
    noun = "problem" if len(problems) == 1 else "problems"
    print_note(f"{len(problems)} {noun} in the {what}:")
    for problem in problems[:_PROBLEMS_SHOWN]:
        print(f"  {problem}", file=sys.stderr)
    if len(problems) > _PROBLEMS_SHOWN:
        print(f"  … and {len(problems) - _PROBLEMS_SHOWN} more", file=sys.stderr)


def train(spec: ProjectSpec, dataset: Dataset, vectors: WordVectors | None = None) -> Trained:
    """Train, with a progress bar on the error stream, and evaluate the best weights.

    `vectors` are those that the settings name, if they have been read already.

    Raises:
        NotFiniteError: a gradient is not finite.
    """
    job = job_of(spec, dataset)
    state = initial_state(spec, dataset, job, vectors)
    batches = math.ceil(len(job.train) / spec.training.batch_size)
    if spec.training.warmup >= spec.training.epochs * batches:
        print_note("the warm-up is as long as the whole training; η does not reach its value.")
    records: list[Record] = []
    # No second thread to watch over a bar that is updated all the time anyway.
    tqdm.monitor_interval = 0
    started = time.perf_counter()
    with tqdm(
        total=spec.training.epochs * batches,
        desc="Training",
        unit="batch",
        file=sys.stderr,
        dynamic_ncols=True,
        mininterval=0.1 if sys.stderr.isatty() else 5.0,
    ) as bar:
        for record in fit(job, state):
            records.append(record)
            if isinstance(record, BatchRecord):
                bar.update()
            else:
                bar.set_postfix_str(_progress_of(record), refresh=False)
    seconds = time.perf_counter() - started
    run = Run(
        number=1,
        spec=spec,
        vocabulary=dataset.vocabulary,
        labels=dataset.labels,
        batch_records=tuple(r for r in records if isinstance(r, BatchRecord)),
        epoch_records=tuple(r for r in records if isinstance(r, EpochRecord)),
        last=state.checkpoint(),
        task=job.network.task,
        longest=job.network.longest,
    )
    model = run.model("best")
    evaluations = {split: _evaluated(model, dataset, split) for split in Split}
    return Trained(dataset, run, seconds, evaluations)


def tell_too_long(evaluation: Evaluation, model: Model) -> None:
    """Say how many sentences an evaluation had to leave out, if any."""
    if count := len(evaluation.too_long):
        assert model.network.longest is not None
        part = "" if evaluation.split is None else f" of the {evaluation.split} split"
        print_note(
            f"{count:,} of {count + evaluation.sentences:,} sentences{part} are left out: they are "
            f"longer than the {model.network.longest - 2:,} words for whose positions the network "
            "has weights."
        )


def _evaluated(model: Model, dataset: Dataset, split: Split) -> Evaluation | None:
    if not len(dataset.rows_of(split)):
        return None
    try:
        evaluation = evaluate(model, dataset, split)
    except SentencesTooLongError as error:
        print_note(str(error))
        return None
    tell_too_long(evaluation, model)
    return evaluation


def write(trained: Trained, output: Path) -> None:
    """Write a project with the data and the one run, in one step.

    Raises:
        ProjectFileError: it cannot be written; what was there is as it was.
    """
    run = trained.run
    assert run.last is not None
    with ProjectFile.in_memory() as file:
        file.write_project(run.spec, trained.dataset.table, trained.dataset.splits)
        number = file.start_run(run.spec, run.vocabulary, run.labels, run.task, run.longest)
        # An epoch's record has the step of its last batch and follows it.
        records: list[Record] = [*run.batch_records, *run.epoch_records]
        records.sort(key=lambda record: record.step)
        file.append_records(number, records)
        file.write_checkpoint(number, run.last)
        file.save_to(output)


def summary(trained: Trained) -> dict[str, object]:
    """What `rnnstudio train --json` prints."""
    dataset, run = trained.dataset, trained.run
    return {
        **{
            split.value: {
                "loss": None if evaluation is None else evaluation.loss,
                "accuracy": None if evaluation is None else evaluation.accuracy,
            }
            for split, evaluation in trained.evaluations.items()
        },
        "epochs": trained.epochs,
        "best_epoch": run.model("best").epoch,
        "parameters": run.network.parameter_count,
        "tokens_per_second": trained.tokens_per_second,
        "data": {
            "source": run.spec.data.source,
            "name": dataset.table.name,
            "task": dataset.task.value,
            "rows": {split.value: len(dataset.rows_of(split)) for split in Split},
            "labels": list(dataset.labels),
            "vocabulary": dataset.vocabulary.size,
            "problems": len(dataset.table.problems),
        },
        "settings": run.spec.to_json(),
    }


def print_summary(trained: Trained) -> None:
    """Print the same for people."""
    dataset, network = trained.dataset, trained.run.network
    labelling = network.task is Task.LABEL
    print(
        f"{dataset.table.name}: {len(dataset.table.rows):,} sentences, "
        f"{len(dataset.labels)} {'tags' if labelling else 'classes'}, "
        f"L = {dataset.vocabulary.size:,} different {dataset.text.level}s"
    )
    print(f"{described(network)}: {network.parameter_count:,} parameters")
    epochs = "1 epoch" if trained.epochs == 1 else f"{trained.epochs} epochs"
    print(
        f"{epochs} at {trained.tokens_per_second:,.0f} tokens a second; "
        f"best weights: epoch {trained.run.model('best').epoch}"
    )
    print()
    rows: list[tuple[str, ...]] = [("", "sentences", "loss", "accuracy")]
    if labelling:
        rows = [("", "sentences", "words", "loss per word", "accuracy")]
    for split, result in trained.evaluations.items():
        words = [] if not labelling else ["–" if result is None else f"{len(result.rows):,}"]
        figures = ("–", "–") if result is None else (f"{result.loss:.4f}", percent(result.accuracy))
        rows.append((split.value, f"{len(dataset.rows_of(split)):,}", *words, *figures))
    print_table(rows)
    print()


def described(network: NetworkSpec) -> str:
    """A network in words, such as "lstm, 2 layers, two directions of 64 units, one-hot input"."""
    parts = [
        network.cell.value,
        f"{network.layers} layers" if network.layers > 1 else "1 layer",
        f"{'two directions of ' if network.bidirectional else ''}{network.units:,} units",
        "one-hot input" if network.embedding is None else f"embedding of {network.embedding:,}",
    ]
    if network.cell not in OWN_FUNCTIONS:
        parts.append(network.activation.value)
    if network.dropout:
        parts.append(f"dropout {network.dropout:g}")
    if network.longest is not None:
        parts.append(f"weights for {network.longest:,} positions")
    if network.task is Task.CLASSIFY and network.read is not Reading.LAST:
        parts.append(f"reading the {network.read} of all states")
    return ", ".join(parts)


def _tell_cut(spec: ProjectSpec, dataset: Dataset) -> None:
    if count := len(dataset.cut_rows):
        print_note(
            f"{count:,} of {len(dataset.table.rows):,} sentences are longer than "
            f"{spec.text.longest:,} and are cut there."
        )


def _tell_unused_shares(spec: ProjectSpec, table: Table) -> None:
    given = {row.split for row in table.rows}
    for split in (Split.VALIDATION, Split.TEST):
        share = getattr(spec.data, split.value)
        asked = share != getattr(DEFAULT_SPEC.data, split.value)
        if split in given and asked and not isinstance(share, str):
            print_note(f"the data have a {split.value} split of their own; {share:g} is not used.")


def _progress_of(record: EpochRecord) -> str:
    loss, accuracy = record.validation_loss, record.validation_accuracy
    if loss is None or accuracy is None:
        loss, accuracy = record.train_loss, record.train_accuracy
    return f"epoch {record.epoch}, loss {loss:.3f}, accuracy {percent(accuracy)}"
