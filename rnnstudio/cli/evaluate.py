"""`rnnstudio evaluate`: how right a project's network is, on its own or on other data."""

from __future__ import annotations

from argparse import Namespace

from rnnstudio.cli.options import Parser, add_file, add_json, add_weights
from rnnstudio.cli.output import percent, print_json, print_table
from rnnstudio.cli.train import tell_problems
from rnnstudio.data.builtin import load
from rnnstudio.data.dataset import SplitSpec, build_dataset
from rnnstudio.data.table import Split
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile


def parser() -> Parser:
    """The arguments of `rnnstudio evaluate`."""
    parser = Parser("rnnstudio evaluate", "Say how right a project's network is.")
    add_file(parser)
    parser.add_argument(
        "--data", metavar="DATA", help="other data: all rows of a file, a folder or builtin:NAME"
    )
    parser.add_argument(
        "--split",
        choices=[split.value for split in Split],
        help="the part to evaluate (default: test; with --data all of it)",
    )
    add_weights(parser)
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Evaluate and print.

    Raises:
        RnnStudioError: the project or the data cannot be used.
    """
    with ProjectFile.open(arguments.file) as file:
        project = file.load()
    model = project.model(arguments.weights)
    split = None if arguments.split is None else Split(arguments.split)
    if arguments.data is None:
        split = split or Split.TEST
        dataset = project.dataset_for(model)
    else:
        table = load(arguments.data)
        tell_problems(table.problems)
        dataset = build_dataset(
            table, model.text, SplitSpec(0.0, 0.0), vocabulary=model.vocabulary, labels=model.labels
        )
    evaluation = evaluate(model, dataset, split)
    if arguments.json:
        print_json(evaluation.to_json())
    else:
        part = "all rows" if split is None else f"{split.value} split"
        print(
            f"{dataset.table.name}, {part}: {len(evaluation.rows):,} sentences, "
            f"{arguments.weights} weights (epoch {model.epoch})"
        )
        _print(evaluation)
    return 0


def _print(evaluation: Evaluation) -> None:
    print(
        f"accuracy {percent(evaluation.accuracy)}, loss {evaluation.loss:.4f}, "
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
    print_table(
        [
            ("class", "precision", "recall", "F1", "support"),
            *(
                (
                    evaluation.labels[figures.label],
                    f"{figures.precision:.3f}",
                    f"{figures.recall:.3f}",
                    f"{figures.f1:.3f}",
                    f"{figures.support:,}",
                )
                for figures in evaluation.per_class
            ),
        ]
    )
