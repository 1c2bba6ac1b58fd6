"""What can be done with the classes of a matrix: each is a change of how the answers are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rnnstudio.session.answers.judging import Group, Judging, MatrixOrder

_NAMED = 3  # classes whose names a group is called by
_QUOTED = 24  # characters of a name in a menu


@dataclass(frozen=True)
class Deed:
    """A line of the menu of a heading: its words, and the fields of `Judging` that it changes."""

    words: str
    changes: Mapping[str, Any] = field(default_factory=dict)


def deeds(judging: Judging, names: Sequence[str], chosen: Sequence[str]) -> tuple[Deed, ...]:
    """What can be done with `chosen` of the classes that are drawn, `names` in their order."""
    result: list[Deed] = []
    some = quoted(chosen[0]) if len(chosen) == 1 else f"{len(chosen)} classes"
    if 1 < len(chosen) < len(names):
        result.append(Deed(f"Count {some} as one", counted_as_one(judging, chosen)))
    groups = [group for group in judging.groups if group.name in chosen]
    if groups:
        taken = quoted(groups[0].name) if len(groups) == 1 else f"{len(groups)} groups"
        result.append(Deed(f"Ungroup {taken}", ungrouped(judging, chosen)))
    if len(chosen) < len(names):
        result.append(Deed(f"Hide {some}", {"hidden": judging.hidden | set(chosen)}))
        others = frozenset(names) - frozenset(chosen)
        result.append(Deed(f"Show only {some}", {"hidden": judging.hidden | others}))
    if judging.hidden:
        result.append(Deed("Show all classes", {"hidden": frozenset()}))
    if judging.groups and len(groups) < len(judging.groups):
        result.append(Deed("Ungroup all", {"groups": ()}))
    if judging.order is MatrixOrder.HAND:
        result.append(Deed("Order of the data again", {"order": MatrixOrder.DATA, "by_hand": ()}))
    return tuple(result)


def counted_as_one(judging: Judging, chosen: Sequence[str]) -> dict[str, Any]:
    """Count some classes as one; groups among them are dissolved in it."""
    members: list[str] = []
    inside = {group.name: group for group in judging.groups}
    for name in chosen:
        members += sorted(inside[name].members) if name in inside else [name]
    rest = tuple(group for group in judging.groups if group.name not in chosen)
    name = " + ".join(members[:_NAMED])
    if len(members) > _NAMED:
        name += f" + {len(members) - _NAMED} more"
    return {"groups": (*rest, Group(name, frozenset(members)))}


def ungrouped(judging: Judging, chosen: Sequence[str]) -> dict[str, Any]:
    """Count the members of the groups that are chosen each on its own."""
    return {"groups": tuple(group for group in judging.groups if group.name not in chosen)}


def moved(names: Sequence[str], chosen: Sequence[str], before: int) -> dict[str, Any]:
    """Put some classes together before the place `before` (0 … n) of `names`."""
    taken = set(chosen)
    head = [name for name in names[:before] if name not in taken]
    tail = [name for name in names[before:] if name not in taken]
    block = [name for name in names if name in taken]
    return {"order": MatrixOrder.HAND, "by_hand": (*head, *block, *tail)}


def quoted(name: str) -> str:
    """A name in a menu, cut where it is long."""
    return f"“{name}”" if len(name) <= _QUOTED else f"“{name[: _QUOTED - 1]}…”"
