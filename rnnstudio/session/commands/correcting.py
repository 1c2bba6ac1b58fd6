"""Corrects the data where a wrong truth was found: another label, or the sentence left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rnnstudio.data.table import Row
from rnnstudio.session.commands.data import pinned, replace_rows
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.session import Session

_BACK = "Ctrl+Z takes it back."


def relabel(session: Session, row: int, step: int | None, label: str) -> None:
    """Say that the truth of a sentence, or of the word of a step, is another label.

    Every other row keeps its split; what the network says of the row is worked out again.
    """
    rows = pinned(session).rows
    if not 0 <= row < len(rows):
        return
    old = rows[row]
    if step is None and old.tags is None:
        new, was, what = dataclasses.replace(old, label=label), old.label, _sentence(old)
    elif step is not None and old.tags is not None and 0 <= step - 2 < len(old.tags):
        place = step - 2
        tags = (*old.tags[:place], label, *old.tags[place + 1 :])
        new, was, what = dataclasses.replace(old, tags=tags), old.tags[place], _word(old, place)
    else:
        return
    if new == old:
        return
    happened = f"{what} is now “{label}”, no longer “{was}”."
    _replace(session, f"Relabel as {label}", (*rows[:row], new, *rows[row + 1 :]), happened)


def exclude(session: Session, rows: Sequence[int], excluded: bool = True) -> None:
    """Leave rows out of training and evaluation, or take them in again; they stay in the table."""
    wanted = set(rows)
    table = pinned(session)
    changed = [
        number
        for number in sorted(wanted)
        if 0 <= number < len(table.rows) and table.rows[number].excluded != excluded
    ]
    if not changed:
        return
    taken = set(changed)
    new = tuple(
        dataclasses.replace(row, excluded=excluded) if number in taken else row
        for number, row in enumerate(table.rows)
    )
    sentences = counted(len(changed), "sentence")
    one = len(changed) == 1
    what = _sentence(table.rows[changed[0]]) if one else sentences
    are = "is" if one else "are"
    happened = f"{what} {are} left out of training and evaluation."
    if not excluded:
        happened = f"{what} {are} trained on and evaluated again."
    _replace(session, f"{'Exclude' if excluded else 'Take in'} {sentences}", new, happened)


def _replace(session: Session, label: str, rows: tuple[Row, ...], happened: str) -> None:
    replace_rows(session, label, rows, happened, _BACK)


def _sentence(row: Row) -> str:
    return f"“{_short(row.text)}”"


def _word(row: Row, place: int) -> str:
    assert row.words is not None
    return f"“{_short(row.words[place])}”"


def _short(text: str, most: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
