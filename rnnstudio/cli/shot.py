"""`rnnstudio shot`: a page of the window as a picture, with no screen needed."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from rnnstudio.cli.options import Parser, file_path, picture_size
from rnnstudio.cli.sentences import given_sentence
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.kinds import Kind
from rnnstudio.project.saving import check_can_save
from rnnstudio.session.state import PAGES


def parser() -> Parser:
    """The arguments of `rnnstudio shot`."""
    parser = Parser("rnnstudio shot", "Save a page of the window as a picture.")
    add = parser.add_argument
    add(
        "file",
        metavar="FILE",
        nargs="?",
        type=file_path,
        help="a project, or data (default: the first start)",
    )
    add("--page", choices=PAGES, required=True, help=", ".join(PAGES))
    add(
        "-o",
        "--output",
        metavar="OUT.png",
        type=file_path,
        required=True,
        help="the picture to write; a former one is replaced, no other file is",
    )
    add(
        "--size",
        metavar="WIDTHxHEIGHT",
        type=picture_size,
        default=(1600, 1000),
        help="in pixels (default: 1600x1000)",
    )
    add("--theme", choices=("light", "dark"), default="light", help="default: %(default)s")
    add("--sentence", metavar="TEXT", help="the sentence that the network reads")
    return parser


def run(arguments: Namespace) -> int:
    """Take the picture.

    Raises:
        RnnStudioError: the project or the sentence cannot be used, or the picture not written.
    """
    output: Path = arguments.output
    if output.suffix.lower() != ".png":
        raise RnnStudioError(
            f"“{output.name}” is no name of a PNG picture, and others are not written here.",
            "Choose a name that ends in .png.",
        )
    check_can_save(output, Kind.PNG)
    sentence = None if arguments.sentence is None else given_sentence(arguments.sentence)
    from rnnstudio.gui.start import take_shot

    take_shot(arguments.file, arguments.page, output, arguments.size, arguments.theme, sentence)
    return 0
