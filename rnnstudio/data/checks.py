"""Looks over a table and its splits for what would make a result worth less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rnnstudio.data.problems import Problem, Severity, shortened
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.network import Task


def check_table(table: Table, splits: Sequence[Split]) -> tuple[Problem, ...]:
    """Return what is wrong with a table as a whole; `splits` are in the order of its rows.

    Found are: one class only, classes with one row or with none to train on, sentences with two
    labels, sentences that stand in training and in another split, and (a note) training rows
    that were taken for a split which the data do not have. Where each word has a tag, the tags
    are looked at word by word, and empty ones are found. Excluded rows are not looked at.
    """
    there = [place for place, row in enumerate(table.rows) if not row.excluded]
    if len(there) < len(table.rows):
        table = replace(table, rows=tuple([table.rows[place] for place in there]))
        splits = [splits[place] for place in there]
    return (
        *_classes(table, splits),
        *_empty_tags(table),
        *_two_labels(table),
        *_in_two_splits(table, splits),
        *_taken_rows(table, splits),
    )


@dataclass(frozen=True)
class _Words:
    """What the labels of a table are called, and who has one."""

    label: str
    classes: str
    one: str
    all: str
    network: str


_OF_TASK: Mapping[Task, _Words] = {
    Task.CLASSIFY: _Words("label", "Classes", "row", "rows", "A classifier"),
    Task.LABEL: _Words("tag", "Tags", "word", "words", "A labeller"),
}


def _own_labels(row: Row) -> tuple[str, ...]:
    return (row.label,) if row.tags is None else row.tags


def _classes(table: Table, splits: Sequence[Split]) -> Iterator[Problem]:
    words = _OF_TASK[table.task]
    if len(table.labels) == 1:
        yield _warning(
            f"All {words.all} have the {words.label} “{table.labels[0]}”.",
            f"{words.network} needs at least two {words.classes.lower()}.",
        )
        return
    counts = Counter(label for row in table.rows for label in _own_labels(row))
    single = [label for label in table.labels if counts[label] == 1]
    if single:
        yield _warning(
            f"{words.classes} with one {words.one} only: {shortened(single)}.",
            f"Add {words.all}: the network cannot be tested on them.",
        )
    trained = {
        label
        for row, split in zip(table.rows, splits, strict=True)
        if split is Split.TRAIN
        for label in _own_labels(row)
    }
    untrained = [label for label in table.labels if label not in trained]
    if untrained:
        yield _warning(
            f"{words.classes} without a training {words.one}: {shortened(untrained)}.",
            "The network will always be wrong on them.",
        )


def _empty_tags(table: Table) -> Iterator[Problem]:
    found = [row for row in table.rows if row.tags is not None and not all(row.tags)]
    if found:
        yield _warning(
            f"{_sentences(len(found))} {'has' if len(found) == 1 else 'have'} words without a "
            f"tag, first “{_start(found[0])}”.",
            "Give each word a tag.",
            found[0],
        )


def _two_labels(table: Table) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    found: list[Row] = []
    for row in table.rows:
        if _own_labels(first.setdefault(_same(row), row)) != _own_labels(row):
            found.append(row)
    if found:
        row, other = found[0], first[_same(found[0])]
        if table.task is Task.LABEL:
            yield _warning(
                f"{_sentences(len(found))} had other tags before, first “{_start(row)}”.",
                "Correct them if both cannot be right.",
                row,
            )
            return
        yield _warning(
            f"{_sentences(len(found))} had another label before, first “{_start(row)}” "
            f"({row.label}, before {other.label}).",
            "Correct or delete one of them.",
            row,
        )


def _in_two_splits(table: Table, splits: Sequence[Split]) -> Iterator[Problem]:
    trained = {
        _same(row) for row, split in zip(table.rows, splits, strict=True) if split is Split.TRAIN
    }
    for held_out in (Split.VALIDATION, Split.TEST):
        found = [
            row
            for row, split in zip(table.rows, splits, strict=True)
            if split is held_out and _same(row) in trained
        ]
        if found:
            yield _warning(
                f"Also in the training split: {_sentences(len(found))} of the {held_out} split, "
                f"first “{_start(found[0])}”.",
                f"The {held_out} accuracy is too good by them; delete them or move them.",
                found[0],
            )


def _taken_rows(table: Table, splits: Sequence[Split]) -> Iterator[Problem]:
    taken = Counter(
        split
        for row, split in zip(table.rows, splits, strict=True)
        if row.split is Split.TRAIN and split is not Split.TRAIN
    )
    for split, count in sorted(taken.items()):
        yield Problem(
            None,
            None,
            None,
            f"The data give no {split} split: {count} training rows were taken for it by the seed.",
            "",
            Severity.NOTE,
        )


def _same(row: Row) -> str:
    """What two sentences have in common that differ in case and spaces only."""
    words = row.text.split() if row.words is None else row.words
    return " ".join(words).casefold()


def _start(row: Row) -> str:
    return row.text if len(row.text) <= 60 else row.text[:59] + "…"


def _sentences(count: int) -> str:
    return "1 sentence" if count == 1 else f"{count} sentences"


def _warning(message: str, hint: str, row: Row | None = None) -> Problem:
    source, line = (None, None) if row is None else (row.source, row.line)
    return Problem(source, line, None, message, hint, Severity.WARNING)
