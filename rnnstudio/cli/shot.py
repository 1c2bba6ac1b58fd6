"""`rnnstudio shot`: a page of the window as a picture, with no screen needed."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from rnnstudio.cli.options import Parser, picture_size
from rnnstudio.project.saving import check_can_save
from rnnstudio.session.state import PAGES


def parser() -> Parser:
    """The arguments of `rnnstudio shot`."""
    parser = Parser("rnnstudio shot", "Save a page of the window as a picture.")
    add = parser.add_argument
    add("file", metavar="FILE", nargs="?", type=Path, help="a project (default: the first start)")
    add("--page", choices=PAGES, required=True, help=", ".join(PAGES))
    add("-o", "--output", metavar="OUT.png", type=Path, required=True, help="the picture to write")
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
        RnnStudioError: the project cannot be used, or the picture not written.
    """
    check_can_save(arguments.output)
    from rnnstudio.gui.start import take_shot

    take_shot(
        arguments.file,
        arguments.page,
        arguments.output,
        arguments.size,
        arguments.theme,
        arguments.sentence,
    )
    return 0
