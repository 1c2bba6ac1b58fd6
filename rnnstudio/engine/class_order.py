"""Orders in which classes are shown: as in the data, by size, by name, by what is mixed up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.confusions import by_truth
from rnnstudio.engine.unit_order import leaves


class ClassOrder(StrEnum):
    """What decides the order of classes."""

    DATA = "data"
    SIZE = "size"
    NAME = "name"
    SIMILARITY = "similarity"


def class_order(order: ClassOrder, counts: npt.NDArray[np.int64], names: Sequence[str]) -> IntArray:
    """Return the C classes of a confusion matrix (C, C), called `names`, in an order: (C,).

    Raises:
        ValueError: the matrix is not (C, C), or there is not a name for each class.
    """
    if counts.shape != (len(names), len(names)):
        raise ValueError(f"{len(names)} classes do not go with counts {counts.shape}.")
    match order:
        case ClassOrder.DATA:
            return read_only(np.arange(len(names)))
        case ClassOrder.SIZE:
            return by_size(counts)
        case ClassOrder.NAME:
            return by_name(names)
        case ClassOrder.SIMILARITY:
            return by_confusion(counts)


def by_size(counts: npt.NDArray[np.int64]) -> IntArray:
    """Return the classes from the one with most true examples on, equals as they stand: (C,)."""
    return read_only(np.argsort(-counts.sum(axis=1), kind="stable"))


def by_name(names: Sequence[str]) -> IntArray:
    """Return the classes in the order of their names, small and capital letters alike: (C,).

    Numbers in them count as numbers: "step 9" comes before "step 10".
    """
    return read_only(np.array(sorted(range(len(names)), key=lambda c: _key(names[c])), np.int64))


def by_confusion(counts: npt.NDArray[np.int64]) -> IntArray:
    """Return the classes so that those which are mixed up stand together: (C,).

    The order is that of the leaves of a clustering with average linkage, as of units. Two classes
    are 1 − (q_ij + q_ji) / 2 apart, where q_ij is the share of the examples of class i that are
    called j. Classes that are never mixed up keep their order.
    """
    if len(counts) == 0:
        return read_only(np.zeros(0, np.int64))
    shares = by_truth(counts)
    return read_only(np.array(leaves(1.0 - (shares + shares.T) / 2), np.int64))


def _key(name: str) -> tuple[list[str | int], str]:
    # Splitting by numbers gives a text at each even place and a number at each odd one.
    parts = re.split(r"(\d+)", name.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name
