"""`rnnstudio trace`: every named quantity of one sentence as arrays in an NPZ file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import numpy as np

from rnnstudio.cli.options import Parser, add_file, add_json, add_weights
from rnnstudio.cli.output import print_json, print_shapes
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.saving import check_can_save, put_in_place


def parser() -> Parser:
    """The arguments of `rnnstudio trace`."""
    parser = Parser(
        "rnnstudio trace", "Write every quantity of one sentence's way through the network."
    )
    add_file(parser)
    parser.add_argument("sentence", metavar="SENTENCE", help="a sentence in quotation marks")
    parser.add_argument(
        "-o", "--output", metavar="OUT.npz", type=Path, required=True, help="the file to write"
    )
    add_weights(parser)
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Trace and write.

    Raises:
        RnnStudioError: the project cannot be used, the sentence is empty, or the file cannot be
            written.
    """
    output: Path = arguments.output
    check_can_save(output)
    with ProjectFile.open(arguments.file) as file:
        model = file.load().model(arguments.weights)
    encoded, trace = model.trace(arguments.sentence)
    quantities = trace.quantities()

    def write(path: Path) -> None:
        with path.open("wb") as stream:
            np.savez(stream, **quantities)  # type: ignore[arg-type]

    put_in_place(output, write)
    shapes = {name: list(array.shape) for name, array in quantities.items()}
    if arguments.json:
        print_json({"file": str(output), "words": list(encoded.words), "shapes": shapes})
    else:
        print(f"{' '.join(encoded.words)}\n")
        print_shapes(shapes)
        print(f"\nWritten to {output}")
    return 0
