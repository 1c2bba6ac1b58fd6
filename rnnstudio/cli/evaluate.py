"""`rnnstudio evaluate`: how right a project's network is, on its own or on other data."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rnnstudio.cli.options import Parser, add_file, add_json, add_weights, file_path
from rnnstudio.cli.output import print_json, print_note, print_table
from rnnstudio.cli.train import tell_problems, tell_too_long
from rnnstudio.data.builtin import load
from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.entities import EntityFigures
from rnnstudio.engine.metrics import Average, ClassFigures
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.kinds import Kind
from rnnstudio.project.model import Model
from rnnstudio.project.percent import percent
from rnnstudio.project.project import dataset_for
from rnnstudio.project.report import excluded_rows, report_of
from rnnstudio.project.report_html import write_report
from rnnstudio.project.saving import check_can_save

_ALL = "all"


def parser() -> Parser:
    """The arguments of `rnnstudio evaluate`."""
    parser = Parser("rnnstudio evaluate", "Say how right a project's network is.")
    add_file(parser)
    parser.add_argument(
        "--data", metavar="DATA", help="other data: all rows of a file, a folder or builtin:NAME"
    )
    parser.add_argument(
        "--split",
        choices=[*(split.value for split in Split), _ALL],
        help="the part to evaluate (default: test; with --data all of it)",
    )
    add_weights(parser)
    parser.add_argument(
        "--html",
        metavar="OUT.html",
        type=file_path,
        help="write a page with figures, matrix and errors; a former one is replaced, no other "
        "file is",
    )
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Evaluate and print.

    Raises:
        RnnStudioError: the project or the data cannot be used, or the page cannot be written.
    """
    page: Path | None = arguments.html
    if page is not None:
        check_can_save(page, Kind.REPORT)
    with ProjectFile.open(arguments.file) as file:
        project = file.load()
    model = project.model(arguments.weights)
    if arguments.data is None:
        chosen = arguments.split or Split.TEST.value
        dataset = project.dataset_for(model)
    else:
        chosen = arguments.split or _ALL
        table = load(arguments.data)
        tell_problems(table.problems)
        dataset = dataset_for(model, table)
    split = None if chosen == _ALL else Split(chosen)
    _require_rows(dataset, split)
    evaluation = evaluate(model, dataset, split)
    tell_too_long(evaluation, model)
    tell_excluded(dataset, split)
    if page is not None:
        spec = project.trained_run().spec
        if arguments.data is not None:
            spec = replace(spec, data=replace(spec.data, source=arguments.data))
        made = datetime.now().astimezone()
        write_report(report_of(evaluation, model, spec, dataset, made), page)
    if arguments.json:
        print_json(evaluation.to_json())
    else:
        part = "all rows" if split is None else f"{split.value} split"
        words = f", {len(evaluation.rows):,} words" if model.task is Task.LABEL else ""
        print(
            f"{dataset.table.name}, {part}: {evaluation.sentences:,} sentences{words}, "
            f"{_weights(model, arguments.weights)}"
        )
        _print(evaluation)
        if page is not None:
            print(f"\nWritten to {page}")
    return 0


def tell_excluded(dataset: Dataset, split: Split | None) -> None:
    """Say that excluded sentences are left out, if there are any."""
    if count := excluded_rows(dataset, split):
        which = "1 excluded sentence is" if count == 1 else f"{count:,} excluded sentences are"
        print_note(f"{which} left out.")


def _require_rows(dataset: Dataset, split: Split | None) -> None:
    """See that there is something to evaluate.

    Raises:
        RnnStudioError: the split has no rows; it says which have.
    """
    there = [one.value for one in Split if len(dataset.rows_of(one))]
    if split is not None and split.value not in there and there:
        more = f" or {_ALL}" if len(there) > 1 else ""
        raise RnnStudioError(
            f"The {split.value} split is empty.", f"Choose --split {', '.join(there)}{more}."
        )


def _weights(model: Model, which: str) -> str:
    """Which weights these are; before the first batch there are only those that were imported."""
    if model.step == 0:
        return "imported weights"
    if model.epoch == 0:
        return f"{which} weights (batch {model.step:,} of the first epoch)"
    return f"{which} weights (epoch {model.epoch})"


def _print(evaluation: Evaluation) -> None:
    loss = "loss" if evaluation.task is Task.CLASSIFY else "loss per word"
    print(
        f"accuracy {percent(evaluation.accuracy)}, {loss} {evaluation.loss:.4f}, "
        f"macro F1 {evaluation.macro_f1:.3f}\n"
    )
    print_table(
        [
            ("truth \\ predicted", *evaluation.labels),
            *(
                (label, *(f"{count:,}" for count in counts))
                for label, counts in zip(
                    evaluation.labels, evaluation.confusion.tolist(), strict=True
                )
            ),
        ]
    )
    print()
    labels = evaluation.labels
    classes = [(labels[figures.label], figures) for figures in evaluation.per_class]
    _print_figures("class" if evaluation.task is Task.CLASSIFY else "tag", classes)
    if (report := evaluation.entities) is not None:
        print()
        types = [(figures.type, figures) for figures in report.types]
        _print_figures("entity", [*types, ("all", report.micro)])


def _print_figures(
    heading: str, figures: Sequence[tuple[str, ClassFigures | EntityFigures | Average]]
) -> None:
    print_table(
        [
            (heading, "precision", "recall", "F1", "support"),
            *(
                (
                    name,
                    f"{one.precision:.3f}",
                    f"{one.recall:.3f}",
                    f"{one.f1:.3f}",
                    f"{one.support:,}",
                )
                for name, one in figures
            ),
        ]
    )
