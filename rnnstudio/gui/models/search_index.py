"""Finds rows by text, label, split or “excluded” off a lower-case copy that is made bit by bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.table import Row, Split

# 10 ms of work: short enough not to be felt between two frames.
_SLICE = 20_000
# What finds the rows that are left out.
EXCLUDED = "\nexcluded"


def label_of(row: Row) -> str:
    """Return what stands as a row's label: its class, or the tags of its words."""
    return row.label if row.tags is None else " ".join(row.tags)


class SearchIndex:
    """The rows of a table in lower case, to be searched while the user types."""

    def __init__(self, rows: Sequence[Row], splits: Sequence[Split] | None) -> None:
        self._rows = rows
        self._splits = splits
        self._texts: list[str] = []

    @property
    def is_complete(self) -> bool:
        """Whether all rows are in the index."""
        return len(self._texts) == len(self._rows)

    def advance(self) -> None:
        """Take in the next rows."""
        first = len(self._texts)
        rows = self._rows[first : first + _SLICE]
        splits: Sequence[Split | str] = (
            [""] * len(rows) if self._splits is None else self._splits[first : first + _SLICE]
        )
        self._texts += [
            f"{row.text}\n{label_of(row)}\n{split}{EXCLUDED if row.excluded else ''}".lower()
            for row, split in zip(rows, splits, strict=True)
        ]

    def find(self, words: str, among: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those row numbers of `among` (n,) whose row contains `words`, in their order."""
        while not self.is_complete:
            self.advance()
        wanted = words.lower()
        texts = self._texts
        return np.array([row for row in among.tolist() if wanted in texts[row]], dtype=np.int64)
