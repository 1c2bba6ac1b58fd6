"""`rnnstudio train`: reads data, trains a network with a progress bar, writes a project."""

from __future__ import annotations

import dataclasses
import math
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from rnnstudio.cli.interruption import Interruption
from rnnstudio.cli.output import STOPPED, print_json, print_note
from rnnstudio.cli.partners import check_partners
from rnnstudio.cli.train_options import check_task, parser, spec_of, with_size_of
from rnnstudio.cli.trained import Trained, print_summary, summary
from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import Dataset, require_trainable
from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.table import Split, Table
from rnnstudio.data.vectors import WordVectors
from rnnstudio.engine.model import Cancelled
from rnnstudio.engine.training import BatchRecord, EpochRecord, Record, fit
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.kinds import Kind
from rnnstudio.project.loading import dataset_of, initial_state, job_of, load_table, vectors_of
from rnnstudio.project.model import Model, SentencesTooLongError
from rnnstudio.project.moment import Moment
from rnnstudio.project.moments import thinned
from rnnstudio.project.percent import percent
from rnnstudio.project.project import Run
from rnnstudio.project.saving import check_can_save
from rnnstudio.project.spec import DEFAULT_SPEC, ProjectSpec

__all__ = ["parser", "run", "tell_problems", "tell_too_long", "train", "write"]

_PROBLEMS_SHOWN = 5


def run(arguments: Namespace) -> int:
    """Train and write the project.

    Raises:
        RnnStudioError: the data, an option or the output cannot be used.
        KeyboardInterrupt: the user stopped it before an epoch was done, or said so twice.
    """
    spec = spec_of(arguments)
    output: Path = arguments.output
    check_can_save(output, Kind.PROJECT)
    table = load_table(spec.data)
    check_task(arguments, spec, table)
    spec = dataclasses.replace(spec, data=dataclasses.replace(spec.data, name=table.name))
    dataset = dataset_of(spec, table)
    require_trainable(dataset)
    check_partners(arguments, spec, dataset)
    tell_problems((*table.problems, *check_table(table, dataset.splits)))
    _tell_unused_shares(spec, table)
    _tell_cut(spec, dataset)
    vectors = vectors_of(spec, dataset)
    if vectors is not None:
        spec = with_size_of(vectors, spec, arguments)
        tell_problems(vectors.problems, "word vectors")
        known, words = int(vectors.found.sum()), len(dataset.vocabulary.words)
        print_note(f"the file of word vectors has {known:,} of the {words:,} words.")
    with Interruption() as interruption:
        trained = train(spec, dataset, vectors, interruption.wanted)
        if trained.stopped and not trained.epochs:
            raise KeyboardInterrupt
        write(trained, output)
    if trained.stopped:
        print_note(f"Stopped after epoch {trained.epochs}; written to {output}")
        return STOPPED
    if arguments.json:
        print_json({**summary(trained), "file": str(output)})
    else:
        print_summary(trained)
        print(f"Written to {output}")
    return 0


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


def train(
    spec: ProjectSpec,
    dataset: Dataset,
    vectors: WordVectors | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Trained:
    """Train, with a progress bar on the error stream, and evaluate the best weights.

    `vectors` are those that the settings name, if they have been read already. Where `cancelled()`
    says so, it stops after the batch, and nothing is evaluated.

    Raises:
        NotFiniteError: a gradient is not finite.
    """
    job = job_of(spec, dataset)
    state = initial_state(spec, dataset, job, vectors)
    batches = math.ceil(len(job.train) / spec.training.batch_size)
    if spec.training.warmup >= spec.training.epochs * batches:
        print_note("the warm-up is as long as the whole training; η does not reach its value.")
    records: list[Record] = []
    moments, best = thinned([Moment(0, 0, state.parameters.frozen())]), None
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
        for record in fit(job, state, cancelled):
            records.append(record)
            if isinstance(record, BatchRecord):
                bar.update()
            else:
                bar.set_postfix_str(_progress_of(record), refresh=False)
                best = record.epoch if record.is_best else best
                newest = Moment(record.epoch, record.step, state.parameters.frozen())
                moments = thinned((*moments, newest), best) if moments else ()
            if cancelled():
                break
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
        moments=moments,
    )
    return Trained(dataset, run, seconds, _evaluations(run.model("best"), dataset, cancelled))


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


def _evaluations(
    model: Model, dataset: Dataset, cancelled: Callable[[], bool]
) -> dict[Split, Evaluation | None]:
    """The figures of each split, None where it has none; empty where they were not wanted."""
    if cancelled():
        return {}
    try:
        return {split: _evaluated(model, dataset, split, cancelled) for split in Split}
    except Cancelled:
        return {}


def _evaluated(
    model: Model, dataset: Dataset, split: Split, cancelled: Callable[[], bool]
) -> Evaluation | None:
    if not len(dataset.rows_of(split)):
        return None
    try:
        evaluation = evaluate(model, dataset, split, cancelled)
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
        file.write_moments(number, run.moments, frozenset(one.epoch for one in run.moments))
        file.save_to(output)


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
