"""Problems found in data: values that name file, line, column, reason and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.errors import RnnStudioError


class Severity(StrEnum):
    """How much a problem costs: the data, a row, or nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or worth knowing about the data.

    `path` is the name of the file as shown to the user; `line` and `column` (in characters)
    count from 1 in that file. `hint` says what to do, if anything can be done.
    """

    path: str | None
    line: int | None
    column: int | None
    message: str
    hint: str
    severity: Severity

    def __str__(self) -> str:
        place = [self.path] if self.path is not None else []
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column}")
        prefix = ", ".join(place)
        text = f"{self.message} {self.hint}".strip()
        return f"{prefix}: {text}" if prefix else text


class Report:
    """Collects the problems of one file; `unit` is what is skipped, a "row" or a "sentence"."""

    def __init__(self, source: str, unit: str = "row") -> None:
        self.source = source
        self.unit = unit
        self.problems: list[Problem] = []

    def add(
        self,
        severity: Severity,
        line: int | None,
        message: str,
        hint: str = "",
        column: int | None = None,
    ) -> None:
        """Add a problem of the file."""
        self.problems.append(Problem(self.source, line, column, message, hint, severity))

    def skipped(self, line: int, message: str, hint: str = "", column: int | None = None) -> None:
        """Add why the row or sentence of a line cannot be used."""
        message = f"{message} The {self.unit} is skipped."
        self.add(Severity.WARNING, line, message, hint, column)

    def skipped_as_broken(self, line: int, column: int) -> None:
        """Say that a line has a character that could not be decoded."""
        self.skipped(
            line, "A character is not valid in the file's encoding.", "Save as UTF-8.", column
        )


class DataError(RnnStudioError):
    """Nothing usable could be read; `problems` lists what was found until then."""

    def __init__(self, happened: str, remedy: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(happened, remedy)
        self.problems = tuple(problems)


def shortened(names: Sequence[str], most: int = 5) -> str:
    """List names for a message: "a, b, c and 4 more"."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def first_problem(problems: Sequence[Problem]) -> str:
    """Return the first problem, warnings before notes, to stand behind a sentence."""
    chosen = min(problems, key=lambda problem: problem.severity is Severity.NOTE, default=None)
    return "" if chosen is None else f" {chosen}"
