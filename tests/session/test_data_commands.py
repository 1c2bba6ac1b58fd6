"""Data through the session: opening, editing, and whatever can be wrong with a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.session.commands.data import (
    add_row,
    cancel_activity,
    delete_rows,
    edit_row,
    open_builtin,
    open_data,
)
from rnnstudio.session.commands.settings import redo, undo
from rnnstudio.session.commands.training import one_batch, train
from rnnstudio.session.session import Session
from tests.session.conftest import Listener


def wait_for_reading(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.state.activity is None, timeout=20_000)


def test_lecture_sentences_have_the_lectures_ids(session: Session, qtbot: QtBot) -> None:
    open_builtin(session, "lecture")
    wait_for_reading(session, qtbot)
    dataset = session.state.dataset
    assert dataset is not None
    assert dataset.vocabulary.size == 24
    assert [dataset.vocabulary.id_of(word) for word in ("the", "first", "half", "time")] == [
        4, 5, 6, 24,
    ]  # fmt: skip
    assert set(dataset.splits) == {Split.TRAIN}


def test_real_reviews_open_and_train(session: Session, shared_data: Path, qtbot: QtBot) -> None:
    open_data(session, shared_data / "sentiment" / "imdb_labelled.txt")
    wait_for_reading(session, qtbot)
    assert len(session.state.table.rows) == 1000
    assert session.state.model is not None
    assert session.state.model.labels == ("0", "1")
    one_batch(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=20_000)
    assert len(session.state.curves.batch_loss) == 1


BAD_FILES = {
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 20,
    "one_column.csv": b"only a sentence\nand another\n",
    "one_class.tsv": b"good\t1\nvery good\t1\nfine\t1\n",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_is_told_and_changes_nothing(
    name: str, session: Session, listener: Listener, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    before = session.state
    open_data(session, path)
    wait_for_reading(session, qtbot)
    assert name in listener.words
    for field in ("table", "dataset", "model", "spec", "selection", "unsaved"):
        assert getattr(session.state, field) is getattr(before, field)


def test_missing_file_is_told(
    session: Session, listener: Listener, tmp_path: Path, qtbot: QtBot
) -> None:
    open_data(session, tmp_path / "nowhere.csv")
    wait_for_reading(session, qtbot)
    assert "nowhere.csv" in listener.words


def test_data_that_become_one_class_do_not_train(session: Session, listener: Listener) -> None:
    rows = session.state.table.rows
    delete_rows(session, [index for index, row in enumerate(rows) if row.label == "positive"])
    train(session)
    assert session.training is None
    assert "only one class" in listener.words


def test_undo_after_opening_leaves_nothing_running(session: Session, qtbot: QtBot) -> None:
    open_builtin(session, "lecture")
    wait_for_reading(session, qtbot)
    undo(session)
    assert session.state.activity is None
    edit_row(session, 0, "text", "It can be edited.")
    assert session.state.table.rows[0].text == "It can be edited."


def test_reading_can_be_cancelled(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "large.tsv"
    path.write_text("".join(f"sentence number {n}\t{n % 2}\n" for n in range(200_000)))
    before = session.state.table
    open_data(session, path)
    assert session.state.activity is not None
    cancel_activity(session)
    assert session.state.activity is None
    qtbot.wait(200)
    assert session.state.table is before


def test_edited_row_moves_no_other_row(session: Session) -> None:
    dataset = session.state.dataset
    assert dataset is not None
    splits = dataset.splits
    edit_row(session, 5, "label", "positive")
    edit_row(session, 5, "text", "A new sentence.")
    edited = session.state.dataset
    assert edited is not None
    assert edited.splits == splits
    assert session.state.table.rows[5].text == "A new sentence."
    assert session.state.unsaved


def test_rows_come_back_with_undo(session: Session) -> None:
    before = len(session.state.table.rows)
    delete_rows(session, [0, 1, 2])
    assert len(session.state.table.rows) == before - 3
    assert session.state.undo_label == "Delete 3 sentences"
    undo(session)
    assert len(session.state.table.rows) == before
    redo(session)
    assert len(session.state.table.rows) == before - 3


def test_trained_network_keeps_its_vocabulary(session: Session, qtbot: QtBot) -> None:
    one_batch(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=20_000)
    model = session.state.model
    assert model is not None
    add_row(session, "A zyzzyva among films.", "positive")
    assert session.state.model is not None
    assert session.state.model.vocabulary is model.vocabulary
    dataset = session.state.dataset
    assert dataset is not None
    assert dataset.vocabulary.id_of("zyzzyva") > 0
    assert model.vocabulary.id_of("zyzzyva") == 0


def test_empty_row_is_not_added(session: Session, listener: Listener) -> None:
    before = session.state.table
    add_row(session, "  ", "positive")
    assert session.state.table is before
    assert "needs a sentence" in listener.words
