"""`rnnstudio demo`: trains the built-in polarity network and opens the window on it."""

from __future__ import annotations

from argparse import Namespace

from rnnstudio.cli.options import Parser
from rnnstudio.cli.train import train, write
from rnnstudio.cli.trained import print_summary
from rnnstudio.project.connection import telling
from rnnstudio.project.folders import data_folder
from rnnstudio.project.kinds import Kind
from rnnstudio.project.loading import dataset_of, load_table
from rnnstudio.project.saving import check_can_save
from rnnstudio.project.schema import SUFFIX
from rnnstudio.project.spec import DEFAULT_SPEC


def parser() -> Parser:
    """The arguments of `rnnstudio demo`: none."""
    return Parser(
        "rnnstudio demo",
        "Train the built-in polarity network and open the window on it; with no screen, write a "
        "picture of every page.",
    )


def run(arguments: Namespace) -> int:
    """Train, print what was reached, and show it.

    Raises:
        RnnStudioError: the data folder cannot be written.
    """
    del arguments
    path = data_folder() / f"demo{SUFFIX}"
    with telling(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    check_can_save(path, Kind.PROJECT)
    trained = train(DEFAULT_SPEC, dataset_of(DEFAULT_SPEC, load_table(DEFAULT_SPEC.data)))
    write(trained, path)
    print_summary(trained)
    from rnnstudio.gui.start import demo

    return demo(path)
