"""Batches of sentences of different lengths, laid out so that little of them is padding.

The sentences of a batch are its columns, the longest first. Sentences of similar length come
together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only

UNKNOWN_ID = 0
PAD_ID = 3

# A word that occurs more often in a batch is summed by a product, not one occurrence after another.
_OFTEN = 8

# Sentences are sorted by length within pools of so many shuffled batches: similar lengths come
# together, yet no batch is the same in two epochs.
_POOL = 16


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Where each of the R different words of a batch occurs, the unknown one left out.

    `words` (R,) are their ids: first those that occur a few times, the most frequent in front, then
    those that occur often. `rounds` are places: of the first occurrence of every word of the first
    kind, of the second of those that have one, and so on. `often` are the places of all words of
    the second kind, and `owner` says for each which of them it is.
    """

    words: IntArray
    rounds: tuple[IntArray, ...]
    often: IntArray
    owner: IntArray

    def sums(self, rows: FloatArray) -> FloatArray:
        """Return for each word the sum of its `rows` (N, F): (R, F)."""
        sums = np.empty((len(self.words), rows.shape[1]), rows.dtype)
        few = len(self.rounds[0])
        np.take(rows, self.rounds[0], 0, sums[:few], "clip")
        for places in self.rounds[1:]:
            sums[: len(places)] += rows[places]
        if few < len(sums):
            belongs = np.zeros((len(sums) - few, len(self.often)), rows.dtype)
            belongs[self.owner, np.arange(len(self.owner))] = 1.0
            np.dot(belongs, rows[self.often], sums[few:])
        return sums


def occurrences(ids: IntArray) -> Occurrences:
    """Find where each known word occurs among `ids`, of any shape; places count it row by row."""
    flat = ids.reshape(-1)
    order = np.argsort(flat, kind="stable")
    words, starts, counts = np.unique(flat[order], return_index=True, return_counts=True)
    if len(words) and words[0] == UNKNOWN_ID:
        words, starts, counts = words[1:], starts[1:], counts[1:]
    by_count = np.argsort(-counts, kind="stable")
    words, starts, counts = words[by_count], starts[by_count], counts[by_count]
    often = int(np.count_nonzero(counts > _OFTEN))
    few_starts, few_counts = starts[often:], counts[often:]
    most = int(few_counts[0]) if len(few_counts) else 1
    rounds = tuple(
        order[few_starts[: np.count_nonzero(few_counts > number)] + number]
        for number in range(most)
    )
    owner = np.repeat(np.arange(often), counts[:often])
    places = [order[starts[word] : starts[word] + counts[word]] for word in range(often)]
    return Occurrences(
        words=np.concatenate([words[often:], words[:often]]),
        rounds=rounds,
        often=np.concatenate(places) if often else order[:0],
        owner=owner,
    )


@dataclass(frozen=True, eq=False)
class Asked:
    """The answers that a batch asks for, among n that a network gives.

    `rows` (m,) are their places, None for all of them in order; `targets` (m,) the true classes;
    `places` (m,) the places of their scores in (C, n) read row by row; `weights` (n,) float32 is 1
    where an answer is asked and 0 elsewhere.
    """

    rows: IntArray | None
    targets: IntArray
    places: IntArray
    weights: FloatArray
    _one_hot: FloatArray | None = None

    @cached_property
    def highest(self) -> int:
        """The highest true class, −1 where nothing is asked."""
        return int(self.targets.max(initial=-1))

    def one_hot(self, classes: int) -> FloatArray:
        """Return (C, n) float32: y of each answer that is asked, 0 for all others."""
        if self._one_hot is None or len(self._one_hot) != classes:
            one_hot = np.zeros((classes, len(self.weights)), np.float32)
            one_hot.reshape(-1)[self.places] = 1.0
            object.__setattr__(self, "_one_hot", read_only(one_hot))
        assert self._one_hot is not None
        return self._one_hot


@dataclass(frozen=True, eq=False)
class Batch:
    """Sentences that are computed together.

    `ids` (T, B) int32, `PAD_ID` beyond a sentence's end; `lengths` (B,), longest first;
    `targets` (B,), the class of each sentence, −1 where it is not known; `rows` (B,), the place of
    each sentence in the caller's list. For labelling `tags` (T, B) has the class of each word, −1
    where none is asked. Where the input is frames, `frames` (T, B, E) has them instead of `ids`.

    What is computed of a sentence beyond its end enters no result: nothing reads those states, and
    as the loss asks nothing of them, no gradient comes from there.
    """

    ids: IntArray
    lengths: IntArray
    targets: IntArray
    rows: IntArray
    tags: IntArray | None = None
    frames: FloatArray | None = None

    @property
    def size(self) -> int:
        """The number B of sentences."""
        return len(self.lengths)

    @property
    def length(self) -> int:
        """The number T of steps of the longest sentence."""
        return len(self.ids)

    @cached_property
    def tokens(self) -> int:
        """The number of words, padding not counted."""
        return int(self.lengths.sum())

    @cached_property
    def real(self) -> BoolArray:
        """(T, B): true where there is a word, false where there is padding."""
        return read_only(np.arange(self.length)[:, None] < self.lengths)

    @cached_property
    def halves(self) -> tuple[Batch, Batch]:
        """Every other sentence, from the first and from the second on."""
        first, second = (
            Batch(
                self.ids[: self.lengths[start], start::2],
                self.lengths[start::2],
                self.targets[start::2],
                self.rows[start::2],
                None if self.tags is None else self.tags[: self.lengths[start], start::2],
                None if self.frames is None else self.frames[: self.lengths[start], start::2],
            )
            for start in (0, 1)
        )
        return first, second

    # The steps and sentences of a batch as T·B rows: step t of sentence b, both from 0, is row
    # t·B + b.

    @cached_property
    def last_rows(self) -> IntArray:
        """The row of the last word of each sentence: (B,)."""
        return (self.lengths - 1) * self.size + np.arange(self.size)

    @cached_property
    def reversed_rows(self) -> IntArray:
        """(T·B,): for each row the one that has its place where sentences are read backwards.

        Each sentence is reversed within its own length; padding stays where it is.
        """
        steps = np.arange(self.length)[:, None]
        backwards = np.where(self.real, self.lengths - 1 - steps, steps)
        return (backwards * self.size + np.arange(self.size)).reshape(-1)

    @cached_property
    def asked(self) -> Asked:
        """The answers that are asked: of every sentence, or of every word with a tag.

        Raises:
            IndexError: a sentence's class is not known.
        """
        if self.tags is None:
            if self.targets.min() < 0:
                raise IndexError("The class of a sentence is not known.")
            places = self.targets.astype(np.intp) * self.size + np.arange(self.size)
            return Asked(None, self.targets, places, np.ones(self.size, np.float32))
        tags = self.tags.reshape(-1)
        rows = np.flatnonzero(tags >= 0)
        targets = tags[rows]
        weights = (tags >= 0).astype(np.float32)
        return Asked(rows, targets, targets.astype(np.intp) * len(tags) + rows, weights)

    def last_places(self, units: int) -> IntArray:
        """Return where the states (B, H) after the last words stand in (T + 1, H, B)."""
        if units not in self._last_places:
            step = self.lengths[:, None] * units + np.arange(units)
            self._last_places[units] = step * self.size + np.arange(self.size)[:, None]
        return self._last_places[units]

    def embedding_places(self, size: int) -> IntArray:
        """Return where the numbers (T·B, E) of all words stand in an embedding (L, E)."""
        if size not in self._embedding_places:
            rows = np.maximum(self.word_rows, 0)[:, None] * size
            self._embedding_places[size] = (rows + np.arange(size)).reshape(-1)
        return self._embedding_places[size]

    @cached_property
    def _embedding_places(self) -> dict[int, IntArray]:
        return {}

    @cached_property
    def _last_places(self) -> dict[int, IntArray]:
        return {}

    @cached_property
    def word_rows(self) -> IntArray:
        """(T·B,): the row of the embedding that each row of the batch reads, from 0."""
        return (self.ids.reshape(-1) - 1).astype(np.intp)

    @cached_property
    def padding_rows(self) -> IntArray:
        """The rows beyond the ends of their sentences."""
        return np.flatnonzero(~self.real.reshape(-1))

    @cached_property
    def unknown_rows(self) -> IntArray:
        """The rows of unknown words."""
        return np.flatnonzero(self.ids.reshape(-1) == UNKNOWN_ID)

    @cached_property
    def highest_id(self) -> int:
        """The highest id that occurs."""
        return int(self.ids.max())

    @cached_property
    def occurrences(self) -> Occurrences:
        """Where each known word occurs, `PAD_ID` counted as one."""
        return occurrences(self.ids)


def make_batch(
    sequences: Sequence[IntArray],
    targets: IntArray | None = None,
    rows: IntArray | None = None,
    tags: Sequence[IntArray] | None = None,
) -> Batch:
    """Lay some sentences out as one batch, longest first, equal lengths in the given order.

    `targets` (n,) and `rows` default to −1 and to 0 … n − 1; `tags` are parallel to `sequences`.

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
    ids = _padded(sequences, lengths, order, PAD_ID)
    if ids.min() < 0:
        raise ValueError("A word id is negative.")
    return Batch(
        ids=ids,
        lengths=read_only(lengths[order]),
        targets=read_only(targets[order]),
        rows=read_only(rows[order]),
        tags=_padded(tags, lengths, order, -1) if tags else None,
    )


def frame_batch(frames: FloatArray, targets: IntArray | None = None) -> Batch:
    """Return sentences of equal length that are given as frames (T, B, E) as a batch.

    Raises:
        ValueError: there is no sentence, or no step.
    """
    length, size, _ = frames.shape
    batch = make_batch([np.zeros(length, np.int32)] * size, targets)
    return replace(batch, frames=frames)


def _padded(
    sequences: Sequence[IntArray], lengths: IntArray, order: IntArray, padding: int
) -> IntArray:
    """Return (T, B) int32 with a column for each sequence, in `order`."""
    table = np.full((len(order), int(lengths.max())), padding, dtype=np.int32)
    for row, length, place in zip(table, lengths[order].tolist(), order.tolist(), strict=True):
        row[:length] = sequences[place]
    return read_only(np.ascontiguousarray(table.T))


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


def divide_bounded(
    sequences: Sequence[IntArray], batch_size: int, most_words: int
) -> Iterator[IntArray]:
    """Divide sentences as `divide` does, into smaller batches where they are very long.

    A batch of more than one sentence has about `most_words` words at most, padding counted: that
    bounds the memory which reading takes, and how long a cancellation waits.
    """
    for rows in divide(sequences, batch_size):
        longest = len(sequences[rows[0]])
        yield from np.array_split(rows, min(len(rows), 1 + len(rows) * longest // most_words))


def take(
    sequences: Sequence[IntArray],
    targets: IntArray | None,
    rows: IntArray,
    tags: Sequence[IntArray] = (),
) -> Batch:
    """Return the batch of the sentences at `rows`, as `make_batch` lays it out."""
    return make_batch(
        [sequences[row] for row in rows],
        None if targets is None else targets[rows],
        rows,
        [tags[row] for row in rows] if tags else None,
    )


def make_batches(
    sequences: Sequence[IntArray],
    targets: IntArray | None,
    batch_size: int,
    rng: np.random.Generator | None = None,
    tags: Sequence[IntArray] = (),
) -> list[Batch]:
    """Return all batches that `divide` makes; `targets` (n,) are None where they are not known.

    Raises:
        ValueError: as `make_batch`.
    """
    return [take(sequences, targets, rows, tags) for rows in divide(sequences, batch_size, rng)]
