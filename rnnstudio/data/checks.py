"""Looks over a table and its splits for what would make a result worth less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rnnstudio.data.problems import Problem, Severity, shortened
from rnnstudio.data.table import Row, Split, Table


def check_table(table: Table, splits: Sequence[Split]) -> tuple[Problem, ...]:
    """Return what is wrong with a table as a whole; `splits` are in the order of its rows.

    Found are: one class only, classes with one row or with none to train on, sentences with two
    labels, sentences that stand in training and in another split, and (a note) training rows
    that were taken for a split which the data do not have.
    """
    return (
        *_classes(table, splits),
        *_two_labels(table),
        *_in_two_splits(table, splits),
        *_taken_rows(table, splits),
    )


def _classes(table: Table, splits: Sequence[Split]) -> Iterator[Problem]:
    if len(table.labels) == 1:
        yield _warning(
            f"All rows have the label “{table.labels[0]}”.",
            "A classifier needs at least two classes.",
        )
        return
    rows = Counter(row.label for row in table.rows)
    single = [label for label in table.labels if rows[label] == 1]
    if single:
        yield _warning(
            f"Classes with one row only: {shortened(single)}.",
            "Add rows: the network cannot be tested on them.",
        )
    trained = {
        row.label for row, split in zip(table.rows, splits, strict=True) if split is Split.TRAIN
    }
    untrained = [label for label in table.labels if label not in trained]
    if untrained:
        yield _warning(
            f"Classes without a training row: {shortened(untrained)}.",
            "The network will always be wrong on them.",
        )


def _two_labels(table: Table) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    found: list[Row] = []
    for row in table.rows:
        if first.setdefault(_same(row.text), row).label != row.label:
            found.append(row)
    if found:
        row, other = found[0], first[_same(found[0].text)]
        yield _warning(
            f"{_sentences(len(found))} had another label before, first “{_start(row)}” "
            f"({row.label}, before {other.label}).",
            "Correct or delete one of them.",
            row,
        )


def _in_two_splits(table: Table, splits: Sequence[Split]) -> Iterator[Problem]:
    trained = {
        _same(row.text)
        for row, split in zip(table.rows, splits, strict=True)
        if split is Split.TRAIN
    }
    for held_out in (Split.VALIDATION, Split.TEST):
        found = [
            row
            for row, split in zip(table.rows, splits, strict=True)
            if split is held_out and _same(row.text) in trained
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


def _same(text: str) -> str:
    """What two sentences have in common that differ in case and spaces only."""
    return " ".join(text.casefold().split())


def _start(row: Row) -> str:
    return row.text if len(row.text) <= 60 else row.text[:59] + "…"


def _sentences(count: int) -> str:
    return "1 sentence" if count == 1 else f"{count} sentences"


def _warning(message: str, hint: str, row: Row | None = None) -> Problem:
    source, line = (None, None) if row is None else (row.source, row.line)
    return Problem(source, line, None, message, hint, Severity.WARNING)
