"""Lays two sentences side by side: which words belong together, which stand alone.

The alignment has the smallest edit distance (Wagner and Fischer 1974: to leave a word out, to put
one in and to replace one cost 1 each) and, of all with that distance, the most equal words. Where
several are still equal, words are paired as early as they can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]

# Cells of one table of costs, 8 bytes each: 10 ms. What needs more is cut in pieces.
_MOST_CELLS = 1_000_000


class Pair(NamedTuple):
    """A column of two aligned sentences: a step of each, from 1, or None where one has no word."""

    one: int | None
    other: int | None


def align(one: Sequence[str], other: Sequence[str]) -> tuple[Pair, ...]:
    """Return the columns in which two sequences of words stand side by side.

    Every step of either stands in exactly one column, in its own order. What two sentences begin
    and end with alike is paired whatever its length; between, more than a million combinations
    are cut in pieces of equal shares, in each of which the alignment is the best.
    """
    numbers: dict[str, int] = {}
    first = [numbers.setdefault(word, len(numbers)) for word in one]
    second = [numbers.setdefault(word, len(numbers)) for word in other]
    shorter = min(len(first), len(second))
    start = _equal_ones(first, second, shorter)
    end = _equal_ones(first[::-1], second[::-1], shorter - start)
    a = np.array(first[start : len(first) - end], np.int64)
    b = np.array(second[start : len(second) - end], np.int64)
    pieces = 1
    while -(-len(a) // pieces) * -(-len(b) // pieces) > _MOST_CELLS:
        pieces += 1
    columns = [Pair(step, step) for step in range(1, start + 1)]
    for piece in range(pieces):
        a_start, a_stop = (len(a) * cut // pieces for cut in (piece, piece + 1))
        b_start, b_stop = (len(b) * cut // pieces for cut in (piece, piece + 1))
        found = _aligned(a[a_start:a_stop], b[b_start:b_stop])
        columns += [_moved(pair, start + a_start, start + b_start) for pair in found]
    columns += [Pair(len(first) - back, len(second) - back) for back in range(end - 1, -1, -1)]
    return tuple(columns)


def _equal_ones(one: Sequence[int], other: Sequence[int], most: int) -> int:
    """Return how many of the first words are equal, `most` at most."""
    return next((place for place in range(most) if one[place] != other[place]), most)


def _moved(pair: Pair, by: int, other_by: int) -> Pair:
    return Pair(
        None if pair.one is None else pair.one + by,
        None if pair.other is None else pair.other + other_by,
    )


def _aligned(a: Words, b: Words) -> list[Pair]:
    """Return the best columns of two short sequences."""
    costs, unit = _costs(a, b)
    i = j = 0
    columns: list[Pair] = []
    while i < len(a) or j < len(b):
        here = costs[i, j]
        if i < len(a) and j < len(b):
            paired = costs[i + 1, j + 1] - (1 + unit if a[i] == b[j] else 0)
            if here == paired:
                i, j = i + 1, j + 1
                columns.append(Pair(i, j))
                continue
        if i < len(a) and here == costs[i + 1, j] + unit:
            i += 1
            columns.append(Pair(i, None))
        else:
            j += 1
            columns.append(Pair(None, j))
    return columns


def _costs(a: Words, b: Words) -> tuple[Words, int]:
    """Return what it costs more to align the rest of `a` from i on with that of `b` from j on.

    The costs of an alignment are distance · unit − number of equal words, with a unit so large
    that a distance outweighs all equal words; it is the second result. The first has the costs
    (len(a) + 1, len(b) + 1) less those of putting in the rest of `b` alone, unit · (len(b) − j).
    """
    unit = len(a) + len(b) + 1
    costs = np.zeros((len(a) + 1, len(b) + 1), np.int64)
    gains = {word: np.where(b == word, -1 - unit, 0) for word in set(a.tolist())}
    for i in range(len(a) - 1, -1, -1):
        below, row = costs[i + 1], costs[i]
        np.add(below, unit, out=row)
        np.minimum(row[:-1], below[1:] + gains[int(a[i])], out=row[:-1])
        # To put in a word of b costs nothing more: the least of all places further on.
        np.minimum.accumulate(row[::-1], out=row[::-1])
    return costs, unit
