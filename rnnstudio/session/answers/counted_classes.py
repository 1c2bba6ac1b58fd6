"""Which classes are counted as one: those of a group, and B- and I- of a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.entities import entities, is_bio
from rnnstudio.session.answers.judging import Group
from rnnstudio.session.memo import remembered


@dataclass(frozen=True, eq=False)
class CountedClasses:
    """The `names` (C,) of what is counted, and the place in them of each class (K,)."""

    names: tuple[str, ...]
    place_of: IntArray


@remembered(4)
def counted_classes(
    labels: tuple[str, ...], groups: tuple[Group, ...] = (), merged: bool = False
) -> CountedClasses:
    """Take the classes of a group for one and, of tags that mark entities, B-X and I-X for X.

    What is counted as one stands where its first member stood. The members of a group may be
    called by the names that merging gives. A group that has fewer than two classes here is none;
    a class in two groups belongs to the first.
    """
    names = list(labels)
    if merged and is_bio(labels):
        names = [type_of(label) or label for label in labels]
    return as_one(names, groups)


def type_of(tag: str) -> str | None:
    """Return the type of what a tag marks, None where it marks nothing."""
    found = entities((tag,))
    return found[0].type if found else None


def as_one(names: Sequence[str], groups: Sequence[Group]) -> CountedClasses:
    """Count equal names, and names of one group, as one."""
    group_of: dict[str, int] = {}
    for number, group in enumerate(groups):
        members = [name for name in dict.fromkeys(names) if name in group.members - group_of.keys()]
        if len(members) > 1:
            group_of.update(dict.fromkeys(members, number))
    keys: list[str | int] = [group_of.get(name, name) for name in names]
    order = list(dict.fromkeys(keys))
    taken = {key for key in order if isinstance(key, str)}
    counted: list[str] = []
    for key in order:
        name = key if isinstance(key, str) else groups[key].name
        # A group may have the name of a class that is not in it.
        while not isinstance(key, str) and name in taken:
            name += " (group)"
        taken.add(name)
        counted.append(name)
    place = {key: number for number, key in enumerate(order)}
    place_of = np.array([place[key] for key in keys], np.int64)
    return CountedClasses(tuple(counted), read_only(place_of))
