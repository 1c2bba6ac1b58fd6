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

from rnnstudio.cli.options import Parser, add_json, clip_norm, only, share_or_file, whole_or
from rnnstudio.cli.output import percent, print_json, print_note, print_table
from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import Dataset, require_trainable
from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.table import Split, Table
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.training import BatchRecord, EpochRecord, Record, TrainingState, fit
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import dataset_of, job_of, load_table
from rnnstudio.project.project import Run
from rnnstudio.project.saving import check_can_save
from rnnstudio.project.schema import is_project_file
from rnnstudio.project.spec import DEFAULT_SPEC, LEVELS, ProjectSpec

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


def parser() -> Parser:
    """The arguments of `rnnstudio train`."""
    spec = DEFAULT_SPEC
    parser = Parser("rnnstudio train", "Train a network and write it, with the data, as a project.")
    add = parser.add_argument
    add("data", metavar="DATA", help="a file, a folder or builtin:NAME")
    add("-o", "--output", metavar="FILE", type=Path, required=True, help="the project to write")
    add("--task", type=only(["classify"]), default="classify", help="classify")
    add("--cell", type=only(["rnn"]), default="rnn", help="rnn")
    add("--layers", type=only(["1"]), default="1", help="1")
    add("--level", type=only(LEVELS), default=spec.text.level, help="word")
    add(
        "--hidden",
        metavar="N",
        type=int,
        default=spec.model.units,
        help="units in the state (default: %(default)s)",
    )
    add(
        "--embedding",
        metavar="N|one-hot",
        type=whole_or("one-hot"),
        default=spec.model.embedding,
        help="length of the learned embedding, or one-hot (default: %(default)s)",
    )
    add(
        "--activation",
        choices=[name.value for name in Activation],
        default=spec.model.activation.value,
        help="default: %(default)s",
    )
    add(
        "--optimizer",
        choices=[name.value for name in OptimizerName],
        default=spec.training.optimizer.value,
        help="default: %(default)s",
    )
    add(
        "--lr",
        metavar="X",
        type=float,
        default=spec.training.learning_rate,
        help="learning rate η (default: %(default)s)",
    )
    add(
        "--batch",
        metavar="N",
        type=int,
        default=spec.training.batch_size,
        help="sentences in a batch (default: %(default)s)",
    )
    add(
        "--epochs",
        metavar="N",
        type=int,
        default=spec.training.epochs,
        help="times through the training data (default: %(default)s)",
    )
    add(
        "--clip",
        metavar="X",
        type=clip_norm,
        default=spec.training.clip_norm,
        help="greatest gradient norm; 0 or none for no clipping (default: %(default)s)",
    )
    add(
        "--patience",
        metavar="N",
        type=whole_or("none"),
        default=spec.training.patience,
        help="stop after so many epochs without a better validation loss (default: %(default)s)",
    )
    add(
        "--seed",
        metavar="N",
        type=int,
        default=spec.training.seed,
        help="of the splits, the weights and the order of batches (default: %(default)s)",
    )
    for split in ("validation", "test"):
        add(
            f"--{split}",
            metavar="FILE|SHARE",
            type=share_or_file,
            default=getattr(spec.data, split),
            help="a file with these rows, or a share such as 0.1 or 10%% (default: %(default)s)",
        )
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Train and write the project.

    Raises:
        RnnStudioError: the data, an option or the output cannot be used.
    """
    spec = _spec_of(arguments)
    output: Path = arguments.output
    check_output(output)
    table = load_table(spec.data)
    spec = dataclasses.replace(spec, data=dataclasses.replace(spec.data, name=table.name))
    dataset = dataset_of(spec, table)
    require_trainable(dataset)
    tell_problems((*table.problems, *check_table(table, dataset.splits)))
    _tell_unused_shares(spec, table)
    trained = train(spec, dataset)
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


def tell_problems(found: Sequence[Problem]) -> None:
    """Say how many problems the data have, and the first few, a line each."""
    problems = [problem for problem in found if problem.severity is not Severity.NOTE]
    if not problems:
        return
    print_note(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'} in the data:")
    for problem in problems[:_PROBLEMS_SHOWN]:
        print(f"  {problem}", file=sys.stderr)
    if len(problems) > _PROBLEMS_SHOWN:
        print(f"  … and {len(problems) - _PROBLEMS_SHOWN} more", file=sys.stderr)


def train(spec: ProjectSpec, dataset: Dataset) -> Trained:
    """Train, with a progress bar on the error stream, and evaluate the best weights.

    Raises:
        NotFiniteError: a gradient is not finite.
    """
    job = job_of(spec, dataset)
    state = TrainingState.initial(job)
    records: list[Record] = []
    # No second thread to watch over a bar that is updated all the time anyway.
    tqdm.monitor_interval = 0
    started = time.perf_counter()
    with tqdm(
        total=spec.training.epochs * math.ceil(len(job.train) / spec.training.batch_size),
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
    )
    model = run.model("best")
    evaluations = {
        split: evaluate(model, dataset, split) if len(dataset.rows_of(split)) else None
        for split in Split
    }
    return Trained(dataset, run, seconds, evaluations)


def write(trained: Trained, output: Path) -> None:
    """Write a project with the data and the one run, in one step.

    Raises:
        ProjectFileError: it cannot be written; what was there is as it was.
    """
    run = trained.run
    assert run.last is not None
    with ProjectFile.in_memory() as file:
        file.write_project(run.spec, trained.dataset.table, trained.dataset.splits)
        number = file.start_run(run.spec, run.vocabulary, run.labels)
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
    words = "one-hot" if network.embedding is None else f"embedding {network.embedding}"
    print(
        f"{dataset.table.name}: {len(dataset.table.rows):,} sentences, "
        f"{len(dataset.labels)} classes, L = {dataset.vocabulary.size:,} different words"
    )
    print(
        f"RNN with {network.units} units, {words}, {network.activation.value}: "
        f"{network.parameter_count:,} parameters"
    )
    print(
        f"{trained.epochs} epochs at {trained.tokens_per_second:,.0f} tokens a second; "
        f"best weights: epoch {trained.run.model('best').epoch}"
    )
    print()
    rows = [("", "sentences", "loss", "accuracy")]
    for split, result in trained.evaluations.items():
        figures = ("–", "–") if result is None else (f"{result.loss:.4f}", percent(result.accuracy))
        rows.append((split.value, f"{len(dataset.rows_of(split)):,}", *figures))
    print_table(rows)
    print()


def _spec_of(arguments: Namespace) -> ProjectSpec:
    default = DEFAULT_SPEC
    spec = ProjectSpec(
        data=dataclasses.replace(
            default.data,
            source=arguments.data,
            validation=arguments.validation,
            test=arguments.test,
            seed=arguments.seed,
        ),
        text=dataclasses.replace(default.text, level=arguments.level),
        model=dataclasses.replace(
            default.model,
            units=arguments.hidden,
            embedding=arguments.embedding,
            activation=Activation(arguments.activation),
        ),
        training=dataclasses.replace(
            default.training,
            optimizer=OptimizerName(arguments.optimizer),
            learning_rate=arguments.lr,
            batch_size=arguments.batch,
            epochs=arguments.epochs,
            clip_norm=arguments.clip,
            patience=arguments.patience,
            seed=arguments.seed,
        ),
    )
    for problem in spec.validate():
        raise RnnStudioError(problem.message, problem.hint)
    return spec


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
