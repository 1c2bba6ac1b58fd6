"""`rnnstudio export`: a project's weights as a safetensors file under PyTorch's names."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from rnnstudio.cli.options import Parser, add_file, add_json, file_path
from rnnstudio.cli.output import print_json, print_shapes
from rnnstudio.project.exchange import export_weights
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.kinds import Kind
from rnnstudio.project.saving import check_can_save


def parser() -> Parser:
    """The arguments of `rnnstudio export`."""
    parser = Parser(
        "rnnstudio export",
        "Write a project's weights under PyTorch's names, shapes and gate order, so that\n"
        "torch.nn.RNN, GRU and LSTM load them and give the same numbers.",
    )
    add_file(parser)
    add = parser.add_argument
    add(
        "--weights",
        metavar="OUT.safetensors",
        type=file_path,
        required=True,
        help="the file to write; a former one is replaced, no other file is",
    )
    add(
        "--which",
        choices=("best", "last"),
        default="best",
        help="those of the best epoch by validation, or the last ones (default: best)",
    )
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Export the weights.

    Raises:
        RnnStudioError: the project cannot be used, or the file cannot be written.
    """
    output: Path = arguments.weights
    check_can_save(output, Kind.SAFETENSORS)
    with ProjectFile.open(arguments.file) as file:
        model = file.load().model(arguments.which)
    export_weights(model, output)
    shapes = {name: list(array.shape) for name, array in model.parameters.items()}
    if arguments.json:
        print_json({"file": str(output), "epoch": model.epoch, "shapes": shapes})
    else:
        print_shapes(shapes)
        print(f"\nWritten to {output}")
    return 0
