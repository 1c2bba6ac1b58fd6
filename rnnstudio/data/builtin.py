"""The built-in data sets, and the one way to load a table from wherever it comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rnnstudio.data.cancellation import IsCancelled
from rnnstudio.data.problems import DataError, Severity
from rnnstudio.data.readers import read
from rnnstudio.data.table import Table
from rnnstudio.resources import resource

PREFIX = "builtin:"


@dataclass(frozen=True)
class BuiltIn:
    """A data set that comes with the program; `file` lies in `resources/data`.

    A set without splits trains on all its rows.
    """

    name: str
    title: str
    summary: str
    file: str
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
)


def built_in(origin: str) -> BuiltIn | None:
    """Return the built-in set that an origin such as "builtin:polarity" names, if any."""
    return next((entry for entry in BUILT_INS if origin == PREFIX + entry.name), None)


def load_builtin(name: str, cancelled: IsCancelled | None = None) -> Table:
    """Read a built-in set by its name, such as "polarity".

    Raises:
        DataError: there is no such set.
    """
    entry = built_in(PREFIX + name)
    if entry is None:
        names = ", ".join(PREFIX + known.name for known in BUILT_INS)
        raise DataError(f"There is no built-in data set “{name}”.", f"There are: {names}.")
    table = read(resource("data", entry.file), cancelled)
    # Notes are for whoever made a file: here they would tell the user of our own spare columns.
    problems = tuple(p for p in table.problems if p.severity is not Severity.NOTE)
    return replace(table, name=entry.title, problems=problems, origin=PREFIX + name)


def load(source: str, cancelled: IsCancelled | None = None) -> Table:
    """Read "builtin:NAME", or the file or folder at a path.

    Raises:
        DataError: nothing usable is there.
        Cancelled: `cancelled()` was true.
    """
    if source.startswith(PREFIX):
        return load_builtin(source.removeprefix(PREFIX), cancelled)
    if not source.strip():
        raise DataError("No data are named.", "Name a file, a folder or builtin:polarity.")
    return read(Path(source), cancelled)
