"""Lets the user stop long work between two items of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from rnnstudio.engine.model import Cancelled

__all__ = ["Cancelled", "IsCancelled", "interruptible"]

IsCancelled: TypeAlias = Callable[[], bool]
_Item = TypeVar("_Item")


def interruptible(items: Iterable[_Item], cancelled: IsCancelled | None) -> Iterator[_Item]:
    """Yield the items, asking `cancelled()` before each.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    if cancelled is None:
        yield from items
        return
    for item in items:
        if cancelled():
            raise Cancelled
        yield item
