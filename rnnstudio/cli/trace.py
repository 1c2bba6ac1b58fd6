"""`rnnstudio trace`: every named quantity of one sentence as arrays in an NPZ file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from rnnstudio.cli.options import Parser, add_file, add_json, add_weights, file_path
from rnnstudio.cli.output import print_json, print_shapes
from rnnstudio.cli.sentences import given_sentence
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.kinds import Kind
from rnnstudio.project.saving import check_can_save, put_in_place


def parser() -> Parser:
    """The arguments of `rnnstudio trace`."""
    parser = Parser(
        "rnnstudio trace",
        "Write every quantity of one sentence's way through the network, with its words and the\n"
        "names of the classes.",
    )
    add_file(parser)
    parser.add_argument("sentence", metavar="SENTENCE", help="a sentence in quotation marks")
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT.npz",
        type=file_path,
        required=True,
        help="the file to write; a former one is replaced, no other file is",
    )
    add_weights(parser)
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Trace and write.

    Raises:
        RnnStudioError: the project cannot be used, the sentence is empty or no text, or the file
            cannot be written.
    """
    output: Path = arguments.output
    check_can_save(output, Kind.NPZ)
    with ProjectFile.open(arguments.file) as file:
        model = file.load().model(arguments.weights)
    encoded, trace = model.trace(given_sentence(arguments.sentence))
    arrays: dict[str, np.ndarray[Any, Any]] = {
        **trace.quantities(),
        "words": np.array(encoded.words),
        "labels": np.array(model.labels),
    }

    def write(path: Path) -> None:
        with path.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]

    put_in_place(output, write)
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    if arguments.json:
        print_json({"file": str(output), "words": list(encoded.words), "shapes": shapes})
    else:
        print(f"{' '.join(encoded.words)}\n")
        print_shapes(shapes)
        print(f"\nWritten to {output}")
    return 0
