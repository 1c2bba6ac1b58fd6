"""The entry of the command line: finds the command, runs it, and puts every error in one line.

Each command is a module with `parser()` and `run(arguments)`, imported only when it is called,
so that no command waits for what it does not use.
"""

from __future__ import annotations

import difflib
import importlib
import io
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol, cast

from rnnstudio import __version__
from rnnstudio.cli.options import Parser, file_path
from rnnstudio.cli.output import BROKEN_PIPE, STOPPED, USAGE_ERROR
from rnnstudio.errors import RnnStudioError

COMMANDS = {
    "demo": "train the built-in polarity network and open the window on it",
    "train": "train a network on data and write a project",
    "evaluate": "say how right a project's network is",
    "predict": "let a project's network read sentences",
    "trace": "write every quantity of one sentence's way through the network",
    "export": "write a project's weights under PyTorch's names",
    "import": "read weights into a project as a new run",
    "shot": "save a page of the window as a picture, with no screen needed",
}


# Where a command's word is none that a module can have.
_MODULES = {"import": "import_weights"}


class Command(Protocol):
    """What the module of a command offers."""

    def parser(self) -> Parser:
        """The command's own arguments."""

    def run(self, arguments: Namespace) -> int:
        """Do it and return the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `rnnstudio` with the given arguments (by default the program's) and return its status."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Before NumPy is imported: one thread is best at teaching sizes, and sums keep one order.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    _prepare_streams()
    try:
        status = _status_of(words)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered has nowhere to go either.
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:
        if error.filename is not None:
            raise  # a file, of which whoever opened it should have told: a bug
        from rnnstudio.project.saving import words_of

        _drop_output()
        _say(f"The output could not be written: {words_of(error)}.")
        return USAGE_ERROR


def _status_of(words: list[str]) -> int:
    """Run a command, with what ends it early as a line on the error stream and a status."""
    try:
        return _dispatch(words)
    except RnnStudioError as error:
        _say(str(error))
        return USAGE_ERROR
    except KeyboardInterrupt:
        _say("Stopped. No file was changed.")
        return STOPPED
    except SystemExit as end:
        # How argparse ends after --help, --version and its own errors.
        return end.code if isinstance(end.code, int) else USAGE_ERROR


def _prepare_streams() -> None:
    # Closed by whoever started the program, or there is no console: what is said is lost.
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - to the end of the program
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # A character that a console does not know must not end the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Let what is still buffered go nowhere, or Python would fail to write it at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        module = _MODULES.get(words[0], words[0])
        command = cast(Command, importlib.import_module(f"rnnstudio.cli.{module}"))
        return command.run(command.parser().parse_intermixed_args(words[1:]))
    if words and not words[0].startswith("-") and not os.path.exists(words[0]):
        near = difflib.get_close_matches(words[0], COMMANDS, n=1)
        hint = f"Did you mean “rnnstudio {near[0]}”?" if near else "See rnnstudio --help."
        raise RnnStudioError(f"“{words[0]}” is neither a file nor a command.", hint)
    file = _parser().parse_args(words).file
    # Qt is imported here and in `demo` and `shot`, nowhere else on the command line.
    from rnnstudio.gui.start import open_window

    return open_window(file)


def _parser() -> Parser:
    width = max(map(len, COMMANDS))
    parser = Parser(
        "rnnstudio",
        "See a recurrent network read, learn and fail on sentences of your own.",
        epilog="\n".join(
            [
                "Without a command the window opens, on FILE if it is given. Commands:",
                *(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items()),
                "",
                "rnnstudio COMMAND --help lists a command's options.",
            ]
        ),
    )
    parser.add_argument("--version", action="version", version=f"rnnstudio {__version__}")
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=file_path, help="a *.rnnstudio file"
    )
    return parser


def _say(message: str) -> None:
    with suppress(OSError):  # where the error stream fails, the status says it
        print(f"rnnstudio: {' '.join(message.split())}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
