"""Batches of sentences of different lengths, laid out so that no step computes padding.

The sentences of a batch are its columns, the longest first. At step t only the first
`active[t]` columns still have a word, so a cell computes those and leaves the rest alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnstudio.engine.arrays import BoolArray, IntArray, read_only

UNKNOWN_ID = 0
PAD_ID = 3

# Sentences are sorted by length within pools of so many shuffled batches: similar lengths come
# together, yet no batch is the same in two epochs.
_POOL = 16


@dataclass(frozen=True)
class Span:
    """Neighbouring steps `start` … `stop − 1` at which the same number of columns is active."""

    start: int
    stop: int
    columns: int


@dataclass(frozen=True, eq=False)
class Batch:
    """Sentences that are computed together.

    `ids` (T, B) int32, `PAD_ID` beyond a sentence's end; `lengths` (B,), longest first;
    `targets` (B,), the class of each sentence, −1 where it is not known; `rows` (B,), the place of
    each sentence in the caller's list.
    """

    ids: IntArray
    lengths: IntArray
    targets: IntArray
    rows: IntArray

    @property
    def size(self) -> int:
        """The number B of sentences."""
        return len(self.lengths)

    @cached_property
    def tokens(self) -> int:
        """The number of words, padding not counted."""
        return int(self.lengths.sum())

    @cached_property
    def real(self) -> BoolArray:
        """(T, B): true where there is a word, false where there is padding."""
        return read_only(np.arange(len(self.ids))[:, None] < self.lengths)

    @cached_property
    def active(self) -> tuple[int, ...]:
        """For each of the T steps the number of columns that still have a word."""
        return tuple(span.columns for span in self.spans for _ in range(span.start, span.stop))

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The steps 0 … T − 1, in runs with the same number of active columns."""
        spans = []
        start = 0
        lengths = self.lengths.tolist()
        for columns in range(self.size, 0, -1):
            if (stop := lengths[columns - 1]) > start:
                spans.append(Span(start, stop, columns))
                start = stop
        return tuple(spans)


def make_batch(
    sequences: Sequence[IntArray], targets: IntArray | None = None, rows: IntArray | None = None
) -> Batch:
    """Lay some sentences out as one batch, longest first, equal lengths in the given order.

    `targets` (n,) and `rows` default to −1 and to 0 … n − 1.

    Raises:
        ValueError: there is no sentence, one has no words, or an id is negative.
    """
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    if len(lengths) == 0 or lengths.min() < 1:
        raise ValueError("A batch needs sentences, and each of them at least one word.")
    if targets is None:
        targets = np.full(len(sequences), -1)
    if rows is None:
        rows = np.arange(len(sequences))
    order = np.argsort(-lengths, kind="stable")
    ids = np.full((lengths.max(), len(sequences)), PAD_ID, dtype=np.int32)
    for column, row in enumerate(order):
        ids[: lengths[row], column] = sequences[row]
    if ids.min() < 0:
        raise ValueError("A word id is negative.")
    return Batch(
        ids=read_only(ids),
        lengths=read_only(lengths[order]),
        targets=read_only(targets[order]),
        rows=read_only(rows[order]),
    )


def divide(
    sequences: Sequence[IntArray], batch_size: int, rng: np.random.Generator | None = None
) -> list[IntArray]:
    """Divide sentences into batches of similar length: for each the places of its sentences.

    Every sentence is in exactly one. With `rng` the sentences and the order of the batches are
    shuffled, without it everything is in order of length, longest first.
    """
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    if rng is None:
        order = np.argsort(-lengths, kind="stable")
    else:
        shuffled = rng.permutation(len(sequences))
        pools = np.arange(len(sequences)) // (_POOL * batch_size)
        order = shuffled[np.lexsort((-lengths[shuffled], pools))]
    parts: list[IntArray] = [
        order[start : start + batch_size] for start in range(0, len(order), batch_size)
    ]
    if rng is not None:
        rng.shuffle(parts)
    return parts


def take(sequences: Sequence[IntArray], targets: IntArray | None, rows: IntArray) -> Batch:
    """Return the batch of the sentences at `rows`, as `make_batch` lays it out."""
    chosen = [sequences[row] for row in rows]
    return make_batch(chosen, None if targets is None else targets[rows], rows)


def make_batches(
    sequences: Sequence[IntArray],
    targets: IntArray | None,
    batch_size: int,
    rng: np.random.Generator | None = None,
) -> list[Batch]:
    """Return all batches that `divide` makes; `targets` (n,) are None where they are not known.

    Raises:
        ValueError: as `make_batch`.
    """
    return [take(sequences, targets, rows) for rows in divide(sequences, batch_size, rng)]
