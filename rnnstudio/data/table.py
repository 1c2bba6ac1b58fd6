"""The table of sentences with their labels, from which everything else starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from rnnstudio.data.problems import Problem
from rnnstudio.engine.network import Task


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

    A row with a tag for each word has `words` and as many `tags`, and "" as its `label`; its
    words are never cut anew, and `text` is the sentence as it stood.

    An `excluded` row stays in the table and is neither learned from nor evaluated.

    Raises:
        ValueError: there are not as many tags as words.
    """

    text: str
    label: str
    split: Split | None
    source: str
    line: int | None
    words: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    excluded: bool = False

    def __post_init__(self) -> None:
        words, tags = self.words, self.tags
        if words is tags is None:
            return
        if words is None or tags is None or len(words) != len(tags):
            raise ValueError(f"{self.source}, line {self.line}: each word needs one tag.")


@dataclass(frozen=True)
class Table:
    """Rows in the order of their source, with the problems met while reading them.

    `origin` is what reads the table again: "builtin:polarity" or a path. `task` is
    `Task.LABEL` where each word has a tag; then all rows have `words` and `tags`.
    """

    name: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    origin: str
    task: Task = Task.CLASSIFY

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The different labels of the rows or, for `Task.LABEL`, of their words, sorted.

        What only excluded rows have is none of them.
        """
        rows = [row for row in self.rows if not row.excluded]
        if self.task is Task.LABEL:
            return tuple(sorted({tag for row in rows for tag in row.tags or ()}))
        return tuple(sorted({row.label for row in rows}))

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
