"""Data: open a set, edit its rows, and make them ready for the network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rnnstudio.data.builtin import PREFIX, built_in, load
from rnnstudio.data.dataset import AS_GIVEN, Dataset, build_dataset, require_trainable
from rnnstudio.data.problems import Severity
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.data.tokens import CHARACTER, WORD, tokenize
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.loading import dataset_of
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.choosing import MOST_WRONG
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.network import fresh_network, is_fresh
from rnnstudio.session.commands.rivals import READING_RIVAL
from rnnstudio.session.commands.training import halt
from rnnstudio.session.commands.view import rest
from rnnstudio.session.resolve.counting import counted, unit_of
from rnnstudio.session.session import Session, Tone
from rnnstudio.session.state import Activity, Selection

_READING = "read"
# Tables up to this size are made ready at once (about 30 microseconds a row), larger ones beside
# the window.
_ROWS_AT_ONCE = 3000
# Data with more than this share of single words are read by character: a network that reads one
# word has nothing to remember.
_MOSTLY = 0.9


def open_builtin(session: Session, name: str) -> None:
    """Put a built-in data set in place of the present data."""
    _open(session, PREFIX + name, name)


def open_data(session: Session, path: Path) -> None:
    """Put the data of a file or folder in place of the present ones."""
    _open(session, str(path.absolute()), path.name)


def cancel_activity(session: Session) -> None:
    """Stop reading or looking for a sentence; everything is as it was before."""
    session.background.cancel(_READING)
    session.background.cancel(MOST_WRONG)
    session.background.cancel(READING_RIVAL)
    session.apply(activity=None)


def rebuild(session: Session) -> None:
    """Split, tokenise and number the rows again after the settings for it have changed."""
    _rebuild(session, session.state.table)


def edit_row(session: Session, row: int, field: str, value: str) -> None:
    """Change the sentence ("text"), the "label" or the "split" of a row."""
    table = pinned(session)
    value = value.strip()
    old = table.rows[row]
    if not value:
        session.tell(Tone.WARNING, f"The {_WORDS[field]} cannot be empty.", "It stays as it was.")
        session.changed.emit()
        return
    try:
        new = _edited(session, old, field, value)
    except RnnStudioError as error:
        session.tell(Tone.WARNING, error.happened, error.remedy)
        session.changed.emit()
        return
    if new != old:
        rows = (*table.rows[:row], new, *table.rows[row + 1 :])
        replace_rows(session, f"Edit {_WORDS[field]}", rows)


def add_row(session: Session, text: str, label: str) -> None:
    """Add a sentence to the training split; `label` is its class, or a tag for each word."""
    text, label = text.strip(), label.strip()
    tagged = session.state.table.task is Task.LABEL
    if not text or not label:
        what = "a sentence and a tag for each word" if tagged else "a sentence and a label"
        session.tell(Tone.WARNING, f"A row needs {what}.", "Type both.")
        return
    row = Row(text, "" if tagged else label, Split.TRAIN, "typed", None)
    if tagged:
        try:
            row = _tagged(session, text, label.split())
        except RnnStudioError as error:
            session.tell(Tone.WARNING, error.happened, error.remedy)
            return
    replace_rows(session, "Add sentence", (*pinned(session).rows, row))


def _edited(session: Session, row: Row, field: str, value: str) -> Row:
    """Return a row with another text, label, tags or split.

    Raises:
        RnnStudioError: there are not as many tags as words.
    """
    if field == "split":
        return dataclasses.replace(row, split=Split(value))
    if row.words is None or row.tags is None:
        changes: dict[str, Any] = {field: value}
        return dataclasses.replace(row, **changes)
    if field == "text":
        if value == row.text:
            return row
        new = _tagged(session, value, row.tags)
        return dataclasses.replace(row, text=new.text, words=new.words)
    tags = tuple(value.split())
    _require_tags(len(row.words), len(tags))
    return dataclasses.replace(row, tags=tags)


def _tagged(session: Session, text: str, tags: Sequence[str]) -> Row:
    """Return a row of the training split with a tag for each word of a text."""
    tokens = tokenize(text, session.state.spec.text)
    _require_tags(len(tokens), len(tags))
    words = tuple(text[token.start : token.end] for token in tokens)
    return Row(text, "", Split.TRAIN, "typed", None, words, tuple(tags))


def _require_tags(words: int, tags: int) -> None:
    if words != tags:
        raise RnnStudioError(
            f"The sentence has {counted(words, 'word')} and {counted(tags, 'tag')}.",
            "Each word needs one tag, with spaces between them.",
        )


def delete_rows(session: Session, rows: Sequence[int]) -> None:
    """Take rows out of the data; undo brings them back."""
    gone = set(rows)
    kept = tuple(row for index, row in enumerate(pinned(session).rows) if index not in gone)
    words = "sentence" if len(gone) == 1 else f"{len(gone)} sentences"
    replace_rows(session, f"Delete {words}", kept)


_WORDS = {"text": "sentence", "label": "label", "split": "split"}


def _open(session: Session, source: str, words: str) -> None:
    spec = session.state.spec

    def work(cancelled: IsCancelled) -> tuple[ProjectSpec, Dataset]:
        table = load(source, cancelled=cancelled)
        data = dataclasses.replace(
            spec.data, source=source, name=table.name, validation=0.1, test=0.1
        )
        opened = fitting(dataclasses.replace(spec, data=data), table)
        dataset = dataset_of(opened, table, cancelled)
        require_trainable(dataset)
        return opened, dataset

    def done(result: tuple[ProjectSpec, Dataset]) -> None:
        _show_opened(session, *result)

    _begin(session, f"Reading {words}", work, done)


def _show_opened(session: Session, spec: ProjectSpec, dataset: Dataset) -> None:
    halt(session)
    # What was set meanwhile stays; only the data are new, and how they are read.
    spec = dataclasses.replace(session.state.spec, data=spec.data)
    spec = fitting(spec, dataset.table)
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
        judging=session.state.judging.on_other_data(),
        **fresh_network(spec, dataset),
    )
    rest(session)
    save_data(session)
    evaluate_soon(session)
    if not dataset.table.problems and built_in(dataset.table.origin) is None:
        sentences = counted(len(dataset.table.rows), "sentence")
        classes = f"in {counted(len(dataset.labels), 'class', 'classes')}"
        if dataset.task is Task.LABEL:
            classes = f"with {counted(len(dataset.labels), 'tag')} for their words"
        by = "" if spec.text.level == WORD else f", read by {unit_of(spec.text)}"
        session.tell(
            Tone.SUCCESS,
            f"{dataset.table.name}: {sentences} {classes}{by}.",
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


def fitting(spec: ProjectSpec, table: Table) -> ProjectSpec:
    """Return the settings as these data can be read: single words by character, tags by word."""
    level = WORD
    if table.task is not Task.LABEL and table.rows:
        single = sum(len(row.text.split()) <= 1 for row in table.rows)
        level = CHARACTER if single > _MOSTLY * len(table.rows) else WORD
    text = dataclasses.replace(spec.text, level=level)
    model = spec.model
    if table.task is Task.LABEL and model.read is not None:
        model = dataclasses.replace(model, read=None)
    return dataclasses.replace(spec, text=text, model=model)


def pinned(session: Session) -> Table:
    """Return the table with each row's split written into it: an edit moves no other row."""
    dataset = session.state.dataset
    table = session.state.table
    return table if dataset is None else table.with_splits(dataset.splits)


def replace_rows(
    session: Session, label: str, rows: tuple[Row, ...], happened: str = "", remedy: str = ""
) -> None:
    """Put other rows in place of the present ones; `label` is what undo calls it.

    Once it is done, which takes a while for many rows, it is told with `happened` and `remedy`.
    """
    if session.state.activity is not None:
        session.tell(Tone.INFO, "The data are still being read.", "Edit them in a moment.")
        return
    table = dataclasses.replace(session.state.table, rows=rows)

    def tell() -> None:
        if happened:
            session.tell_step(Tone.SUCCESS, happened, remedy)

    _rebuild(session, table, label, tell)


def _rebuild(
    session: Session,
    table: Table,
    label: str | None = None,
    then: Callable[[], None] | None = None,
) -> None:
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
        if then is not None:
            then()

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
