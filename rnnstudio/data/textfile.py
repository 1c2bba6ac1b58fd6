"""Reads one text file whole, with a clear message for everything that can go wrong."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from rnnstudio.data.encoding import decode
from rnnstudio.data.problems import DataError, Problem

# A million reviews have about 100 MB; Python's text and rows take ten times the file's size.
LARGEST_FILE = 500_000_000


@dataclass(frozen=True)
class TextFile:
    """The lines of a file; line n of the file is `lines[n - 1]`."""

    lines: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_text(path: Path, source: str) -> TextFile:
    """Read a file; `source` is its name in problems, where the folder is known.

    Raises:
        DataError: it cannot be read, is not text, or is empty.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DataError(f"{path} is not a file.", "Choose a file or a folder with data.")
        if status.st_size > LARGEST_FILE:
            raise DataError(
                f"{path} is larger than the limit of {LARGEST_FILE // 1_000_000} MB.",
                "Choose a part of it.",
            )
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    decoded = decode(content, source)
    if not decoded.text.strip():
        raise DataError(f"{source} is empty.", "Choose a file with a sentence and a label a line.")
    return TextFile(tuple(decoded.text.split("\n")), decoded.problems)


def unreadable(path: Path, error: OSError | ValueError) -> DataError:
    """Say in words why the system would not open a file or folder."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return DataError(f"{path} does not exist.", "Check the name and the folder.")
        case PermissionError():
            return DataError(
                f"{path} may not be read.", "Change its permissions or choose another file."
            )
        case OSError():
            return DataError(f"{path} cannot be read ({error.strerror}).", "Choose another file.")
        case _:  # pathlib: a NUL character in the path
            return DataError(f"{str(path)!r} is not the name of a file.", "Choose another file.")
