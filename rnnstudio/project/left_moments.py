"""Thins the moments of runs that were left: a project does not grow with each new run."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

# As much as the present run may have besides.
MOST_BYTES = 64_000_000


def thin_left_moments(connection: sqlite3.Connection, run: int) -> None:
    """Remove moments of other runs than `run` until those that stay are small enough together.

    The run with most loses every second one, again and again; its best and its last weights are in
    its checkpoint as well.
    """
    left: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for other, epoch, size in connection.execute(
        "SELECT run, epoch, length(weights) FROM moments WHERE run != ? ORDER BY run, epoch", (run,)
    ):
        left[other].append((epoch, size))
    sizes = {other: sum(size for _, size in moments) for other, moments in left.items()}
    removed: list[tuple[int, int]] = []
    while sum(sizes.values()) > MOST_BYTES:
        largest = max(sizes, key=sizes.__getitem__)
        moments = left[largest]
        removed += [(largest, epoch) for epoch, _ in moments[1::2] or moments]
        left[largest] = moments[::2] if len(moments) > 1 else []
        sizes[largest] = sum(size for _, size in left[largest])
    connection.executemany("DELETE FROM moments WHERE run = ? AND epoch = ?", removed)
