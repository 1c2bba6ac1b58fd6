"""The table of labelled sentences that every reader makes and everything else starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from rnnstudio.data.problems import Problem


class Split(StrEnum):
    """What a row is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence with its label, the split the data give it, and where it came from.

    `source` is the file's name as shown to the user, `line` the line in it, from 1; a row that
    was typed has none.
    """

    text: str
    label: str
    split: Split | None
    source: str
    line: int | None


@dataclass(frozen=True)
class Table:
    """Rows in the order of their source, with the problems met while reading them.

    `origin` is what reads the table again: "builtin:polarity" or a path.
    """

    name: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    origin: str
    task: str = "classify"

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The different labels, sorted."""
        return tuple(sorted({row.label for row in self.rows}))

    def with_splits(self, splits: Sequence[Split]) -> Table:
        """Return the table with the split of each row written into it."""
        rows = tuple(
            replace(row, split=split) for row, split in zip(self.rows, splits, strict=True)
        )
        return replace(self, rows=rows)

    @cached_property
    def has_given_splits(self) -> bool:
        """Whether the data themselves say of any row which split it belongs to."""
        return any(row.split is not None for row in self.rows)
