"""The built-in data sets, and the one way to load a table from wherever it comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rnnstudio.data.cancellation import IsCancelled
from rnnstudio.data.memory import DEFAULT_LENGTH, MEMORY_TESTS, memory_rows, parsed_length
from rnnstudio.data.problems import DataError, Severity
from rnnstudio.data.readers import read
from rnnstudio.data.table import Table
from rnnstudio.resources import resource

PREFIX = "builtin:"


@dataclass(frozen=True)
class BuiltIn:
    """A data set that comes with the program; `file` lies in `resources/data`.

    A set without splits trains on all its rows. A set without a file is a memory test: it is
    generated, and its origin may end in a length, as in "builtin:recall:30".
    """

    name: str
    title: str
    summary: str
    file: str | None
    has_splits: bool = True


BUILT_INS = (
    BuiltIn(
        "lecture",
        "The lecture's sentences",
        "Four sentences about a film, 24 different words: small enough to follow every number.",
        "lecture.tsv",
        has_splits=False,
    ),
    BuiltIn(
        "polarity",
        "Movie polarity",
        "Is a sentence about a film positive or negative? Negation and contrast make the order "
        "of the words matter.",
        "polarity.tsv",
    ),
    BuiltIn(
        "recall",
        "Recall the first symbol",
        "A memory test: the first symbol is the class, and what follows says nothing. Ten steps "
        "lie between them, or as many as you ask for.",
        None,
    ),
    BuiltIn(
        "parity",
        "Parity",
        "A memory test: is the number of ones even or odd? Each symbol may turn the answer.",
        None,
    ),
    BuiltIn(
        "brackets",
        "Balanced brackets",
        "A memory test: does each bracket close the last one left open?",
        None,
    ),
)


def built_in(origin: str) -> BuiltIn | None:
    """Return the built-in set that an origin such as "builtin:polarity" names, if any."""
    try:
        return _found(origin)[0]
    except DataError:
        return None


def _found(origin: str) -> tuple[BuiltIn, int]:
    """Return the set that an origin names, and its length if it is a memory test.

    Raises:
        DataError: there is no such set, or none of that length.
    """
    name, colon, length = origin.removeprefix(PREFIX).partition(":")
    entry = next((known for known in BUILT_INS if known.name == name), None)
    if entry is None or not origin.startswith(PREFIX):
        names = ", ".join(PREFIX + known.name for known in BUILT_INS)
        raise DataError(f"There is no built-in data set “{name}”.", f"There are: {names}.")
    if not colon:
        return entry, DEFAULT_LENGTH
    if name not in MEMORY_TESTS:
        raise DataError(
            f"The built-in data set “{name}” has no length to choose.",
            f"Name it {PREFIX}{name}.",
        )
    return entry, parsed_length(length)


def load_builtin(name: str, cancelled: IsCancelled | None = None) -> Table:
    """Read a built-in set by its name, such as "polarity", or make one, such as "recall:30".

    Raises:
        DataError: there is no such set, or none of that length.
    """
    origin = PREFIX + name
    entry, length = _found(origin)
    if entry.file is None:
        title = entry.title if length == DEFAULT_LENGTH else f"{entry.title}, length {length}"
        return Table(title, memory_rows(entry.name, length, entry.name), (), origin)
    table = read(resource("data", entry.file), cancelled)
    # Notes are for whoever made a file: here they would tell the user of our own spare columns.
    problems = tuple(p for p in table.problems if p.severity is not Severity.NOTE)
    return replace(table, name=entry.title, problems=problems, origin=origin)


def load(source: str, cancelled: IsCancelled | None = None) -> Table:
    """Read "builtin:NAME" (or "builtin:NAME:LENGTH"), or the file or folder at a path.

    Raises:
        DataError: nothing usable is there.
        Cancelled: `cancelled()` was true.
    """
    if source.startswith(PREFIX):
        return load_builtin(source.removeprefix(PREFIX), cancelled)
    if not source.strip():
        raise DataError("No data are named.", "Name a file, a folder or builtin:polarity.")
    return read(Path(source), cancelled)
