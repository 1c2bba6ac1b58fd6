"""Data: open a set, edit its rows, and make them ready for the network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnstudio.data.builtin import PREFIX, built_in, load
from rnnstudio.data.dataset import AS_GIVEN, Dataset, build_dataset, require_trainable
from rnnstudio.data.problems import Severity
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.project.loading import dataset_of
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.network import fresh_network, is_fresh
from rnnstudio.session.commands.training import halt
from rnnstudio.session.commands.view import last_step
from rnnstudio.session.session import Session, Tone
from rnnstudio.session.state import Activity, Selection

_READING = "read"
# Tables up to this size are made ready at once (about 30 microseconds a row), larger ones beside
# the window.
_ROWS_AT_ONCE = 3000


def open_builtin(session: Session, name: str) -> None:
    """Put a built-in data set in place of the present data."""
    _open(session, PREFIX + name, name)


def open_data(session: Session, path: Path) -> None:
    """Put the data of a file or folder in place of the present ones."""
    _open(session, str(path.absolute()), path.name)


def cancel_activity(session: Session) -> None:
    """Stop reading; everything is as it was before."""
    session.background.cancel(_READING)
    session.apply(activity=None)


def rebuild(session: Session) -> None:
    """Split, tokenise and number the rows again after the settings for it have changed."""
    _rebuild(session, session.state.table)


def edit_row(session: Session, row: int, field: str, value: str) -> None:
    """Change the sentence ("text"), the "label" or the "split" of a row."""
    table = _pinned(session)
    value = value.strip()
    old = table.rows[row]
    if not value:
        session.tell(Tone.WARNING, f"The {_WORDS[field]} cannot be empty.", "It stays as it was.")
        session.changed.emit()
        return
    changes: dict[str, Any] = {field: Split(value) if field == "split" else value}
    new = dataclasses.replace(old, **changes)
    if new != old:
        rows = (*table.rows[:row], new, *table.rows[row + 1 :])
        _replace_rows(session, f"Edit {_WORDS[field]}", rows)


def add_row(session: Session, text: str, label: str) -> None:
    """Add a sentence to the training split."""
    if text.strip() and label.strip():
        row = Row(text.strip(), label.strip(), Split.TRAIN, "typed", None)
        _replace_rows(session, "Add sentence", (*_pinned(session).rows, row))
    else:
        session.tell(Tone.WARNING, "A row needs a sentence and a label.", "Type both.")


def delete_rows(session: Session, rows: Sequence[int]) -> None:
    """Take rows out of the data; undo brings them back."""
    gone = set(rows)
    kept = tuple(row for index, row in enumerate(_pinned(session).rows) if index not in gone)
    words = "sentence" if len(gone) == 1 else f"{len(gone)} sentences"
    _replace_rows(session, f"Delete {words}", kept)


_WORDS = {"text": "sentence", "label": "label", "split": "split"}


def _open(session: Session, source: str, words: str) -> None:
    spec = session.state.spec

    def work(cancelled: IsCancelled) -> tuple[ProjectSpec, Dataset]:
        table = load(source, cancelled=cancelled)
        data = dataclasses.replace(
            spec.data, source=source, name=table.name, validation=0.1, test=0.1
        )
        opened = dataclasses.replace(spec, data=data)
        dataset = dataset_of(opened, table, cancelled)
        require_trainable(dataset)
        return opened, dataset

    def done(result: tuple[ProjectSpec, Dataset]) -> None:
        _show_opened(session, *result)

    _begin(session, f"Reading {words}", work, done)


def _show_opened(session: Session, spec: ProjectSpec, dataset: Dataset) -> None:
    halt(session)
    # What was set meanwhile stays; only the data are new.
    spec = dataclasses.replace(session.state.spec, data=spec.data)
    old = session.state.selection
    first = dataset.table.rows[0].text if dataset.table.rows else ""
    selection = Selection(sentence=first, row=0 if first else None, split=old.split)
    session.apply(
        undo=f"Open {dataset.table.name}",
        spec=spec,
        table=dataset.table,
        dataset=dataset,
        selection=selection,
        activity=None,
        **fresh_network(spec, dataset),
    )
    last_step(session)
    save_data(session)
    evaluate_soon(session)
    if not dataset.table.problems and built_in(dataset.table.origin) is None:
        classes = len(dataset.labels)
        session.tell(
            Tone.SUCCESS,
            f"{dataset.table.name}: {len(dataset.table.rows):,} sentences in {classes} classes.",
            "Press Train (F5) to train a network on them.",
        )
    problems = [one for one in dataset.table.problems if one.severity is not Severity.NOTE]
    if problems:
        count = f"{len(problems)} {'remark' if len(problems) == 1 else 'remarks'}"
        session.tell(
            Tone.WARNING,
            f"{dataset.table.name}: {count} while reading. {problems[0]}",
            "All are listed on the Data page.",
        )


def _pinned(session: Session) -> Table:
    """Return the table with each row's split written into it: an edit moves no other row."""
    dataset = session.state.dataset
    table = session.state.table
    return table if dataset is None else table.with_splits(dataset.splits)


def _replace_rows(session: Session, label: str, rows: tuple[Row, ...]) -> None:
    if session.state.activity is not None:
        session.tell(Tone.INFO, "The data are still being read.", "Edit them in a moment.")
        return
    table = dataclasses.replace(session.state.table, rows=rows)
    _rebuild(session, table, label)


def _rebuild(session: Session, table: Table, label: str | None = None) -> None:
    """Make the rows ready; with a label they were edited, and each keeps its split."""
    spec = session.state.spec

    def work(cancelled: IsCancelled) -> Dataset:
        if label is None:
            return dataset_of(spec, table, cancelled)
        return build_dataset(table, spec.text, AS_GIVEN, cancelled=cancelled)

    def done(dataset: Dataset) -> None:
        changes: dict[str, Any] = {"table": table, "dataset": dataset, "activity": None}
        if is_fresh(session.state):
            changes |= fresh_network(session.state.spec, dataset)
        session.apply(undo=label, **changes)
        save_data(session)
        evaluate_soon(session)

    if len(table.rows) <= _ROWS_AT_ONCE:
        done(work(lambda: False))
    else:
        _begin(session, "Making the data ready", work, done)


def save_data(session: Session) -> None:
    """Put settings and rows into the project's file."""
    state = session.state
    if state.dataset is not None:
        spec, table, splits = state.spec, state.table, state.dataset.splits
        session.writer.submit(lambda file: file.write_project(spec, table, splits))


def _begin(session: Session, words: str, work: Any, done: Any) -> None:
    def failed(error: Exception) -> None:
        session.apply(activity=None)
        session.fail(error)

    session.apply(activity=Activity(words))
    session.background.submit(_READING, work, done, failed)
