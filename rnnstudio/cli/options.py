"""What the commands' parsers share: errors of one line, and how values are written."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn


class _NotingStore(argparse.Action):
    """Stores a value, as argparse does by itself, and notes in `given` that it was given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, values)
        namespace.given |= {self.dest}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line and that takes no abbreviations.

    `given` among what it finds are the names of the options that stood there with a value: a
    default says nothing of them.
    """

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.register("action", None, _NotingStore)
        self.set_defaults(given=frozenset())

    def error(self, message: str) -> NoReturn:
        """End with one line and status 2."""
        self.exit(2, f"rnnstudio: {' '.join(message.split())}. See {self.prog} --help.\n")


def add_file(parser: Parser) -> None:
    """Declare the project that a command reads."""
    parser.add_argument("file", metavar="FILE", type=file_path, help="a *.rnnstudio project")


def add_weights(parser: Parser) -> None:
    """Declare which weights of the project a command uses."""
    parser.add_argument(
        "--weights",
        choices=("best", "last"),
        default="best",
        help="those of the best epoch by validation, or the last ones (default: best)",
    )


def add_json(parser: Parser) -> None:
    """Declare that the answer can be one JSON object."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def file_path(text: str) -> Path:
    """The path of a file; an empty one, which would be the present folder, is refused."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the file is empty")
    return Path(text)


def share_or_file(text: str) -> float | str:
    """A share such as 0.1 or 10%, or else the path of a data file."""
    number = text.strip().removesuffix("%")
    try:
        value = float(number)
    except ValueError:
        return text
    if text.strip().endswith("%"):
        value /= 100
    elif os.path.exists(text):
        return text
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no share: write 0.1 or 10%, or name a file")
    return value


def whole_or(word: str) -> Callable[[str], int | None]:
    """A whole number, or None for a word such as "one-hot"."""

    def parse(text: str) -> int | None:
        if text == word:
            return None
        try:
            return int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"“{text}” is neither a whole number nor “{word}”"
            ) from None

    return parse


def limit_or_none(text: str) -> float | None:
    """A number above which something is cut, or None for 0 and "none"."""
    if text == "none":
        return None
    try:
        return float(text) or None
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is neither a number nor “none”") from None


def bias_or_switch(text: str) -> float | None:
    """A number, 1 for "on", or None for "off"."""
    if text in ("on", "off"):
        return 1.0 if text == "on" else None
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is neither a number nor on or off") from None


def picture_size(text: str) -> tuple[int, int]:
    """Width and height in pixels, such as 1600x1000."""
    parts = text.lower().split("x")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        width, height = int(parts[0][:6]), int(parts[1][:6])
        if 200 <= width <= 10_000 and 200 <= height <= 10_000:
            return width, height
    raise argparse.ArgumentTypeError(
        f"“{text}” is no size: write one such as 1600x1000, each side from 200 to 10000"
    )
