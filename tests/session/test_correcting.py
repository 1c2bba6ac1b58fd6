"""Wrong truths are put right on the Evaluate page, and Ctrl+Z brings them back."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.session.commands import data, evaluation, files, settings, view
from rnnstudio.session.commands.correcting import exclude, relabel
from rnnstudio.session.resolve.examples import resolve_examples
from rnnstudio.session.session import Session
from tests.session.conftest import Listener

CONLL = "in\tO\nNew\tB-LOC\nYork\tI-LOC\n\n" + "see\tO\nRome\tB-LOC\n\n" * 10


def settled(session: Session, qtbot: QtBot) -> None:
    def ready() -> bool:
        timer = session.evaluation_timer.isActive()
        return not (session.background.busy or timer) and session.state.activity is None

    qtbot.waitUntil(ready, timeout=20_000)


@pytest.fixture
def evaluated(session: Session, qtbot: QtBot) -> Session:
    view.show_page(session, "evaluate")
    settled(session, qtbot)
    assert session.state.evaluation is not None
    return session


def first_error(session: Session) -> tuple[int, str, str]:
    listing = resolve_examples(session.state).listing
    assert listing is not None
    return listing.row(0), listing.truth(0), listing.said(0)


def listed(session: Session) -> list[int]:
    listing = resolve_examples(session.state).listing
    assert listing is not None
    return [int(row) for row in listing.rows]


def train_a_little(session: Session, qtbot: QtBot) -> None:
    """A fresh network would be another one after each change of the data."""
    from rnnstudio.session.commands import training

    training.one_batch(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=20_000)
    settled(session, qtbot)


def test_a_relabelled_row_leaves_the_list_and_undo_brings_it_back(
    evaluated: Session, listener: Listener, qtbot: QtBot
) -> None:
    session = evaluated
    train_a_little(session, qtbot)
    row, truth, said = first_error(session)
    before, splits = listed(session), session.state.dataset
    assert splits is not None
    relabel(session, row, None, said)
    settled(session, qtbot)
    assert row not in listed(session)
    assert len(listed(session)) == len(before) - 1
    assert session.state.table.rows[row].label == said
    assert session.state.dataset is not None
    assert session.state.dataset.splits == splits.splits
    assert f"is now “{said}”, no longer “{truth}”. Ctrl+Z" in listener.words
    assert session.state.undo_label == f"Relabel as {said}"
    settings.undo(session)
    settled(session, qtbot)
    assert listed(session) == before
    settings.redo(session)
    settled(session, qtbot)
    assert row not in listed(session)


def test_an_excluded_row_is_evaluated_no_more_until_it_is_taken_in(
    evaluated: Session, listener: Listener, qtbot: QtBot
) -> None:
    session = evaluated
    train_a_little(session, qtbot)
    row, _, _ = first_error(session)
    count = session.state.evaluation
    assert count is not None
    exclude(session, [row], True)
    settled(session, qtbot)
    now = session.state.evaluation
    assert now is not None
    assert len(now.rows) == len(count.rows) - 1
    assert row not in now.rows
    assert session.state.table.rows[row].excluded
    assert "left out of training and evaluation. Ctrl+Z" in listener.words
    exclude(session, [row], False)
    settled(session, qtbot)
    now = session.state.evaluation
    assert now is not None
    assert row in now.rows
    assert "is trained on and evaluated again." in listener.words
    settings.undo(session)
    settings.undo(session)
    settled(session, qtbot)
    assert not session.state.table.rows[row].excluded


def test_undo_says_what_it_took_back(evaluated: Session, listener: Listener, qtbot: QtBot) -> None:
    session = evaluated
    row, _, said = first_error(session)
    relabel(session, row, None, said)
    told = listener.notices[-1]
    assert told.turn == session.undo_stack.turn
    settings.undo(session)
    assert told.turn != session.undo_stack.turn, "the words are true no more"
    undone = listener.notices[-1]
    assert undone.happened == f"Undone: Relabel as {said}."
    assert undone.turn == session.undo_stack.turn
    settings.redo(session)
    assert listener.notices[-1].happened == f"Done again: Relabel as {said}."
    settled(session, qtbot)
    count = len(listener.notices)
    view.show_page(session, "unroll")
    session.apply(undo="Set a unit", changes=session.state.changes)
    settings.undo(session)
    assert len(listener.notices) == count, "it is before the eyes"


def test_many_rows_are_told_when_they_are_there(
    evaluated: Session, listener: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = evaluated
    monkeypatch.setattr(data, "_ROWS_AT_ONCE", 0)
    exclude(session, [0])
    assert not listener.notices
    settled(session, qtbot)
    (told,) = listener.notices
    assert "left out" in told.happened
    assert told.turn == session.undo_stack.turn


def test_several_rows_are_excluded_in_one_step(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    rows = listed(session)[:3]
    exclude(session, rows)
    settled(session, qtbot)
    assert session.state.undo_label == "Exclude 3 sentences"
    assert [row for row, one in enumerate(session.state.table.rows) if one.excluded] == sorted(rows)
    settings.undo(session)
    assert not any(row.excluded for row in session.state.table.rows)


def test_what_changes_nothing_is_no_step(evaluated: Session) -> None:
    session = evaluated
    row = session.state.table.rows[0]
    label = session.state.undo_label
    relabel(session, 0, None, row.label)
    exclude(session, [0], False)
    relabel(session, 10**6, None, row.label)
    exclude(session, [10**6])
    exclude(session, [])
    assert session.state.undo_label == label


def test_a_word_is_relabelled(
    session: Session, listener: Listener, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "places.conll"
    path.write_text(CONLL, encoding="utf-8")
    data.open_data(session, path)
    settled(session, qtbot)
    relabel(session, 0, 3, "O")
    assert session.state.table.rows[0].tags == ("O", "O", "I-LOC")
    assert "“New” is now “O”, no longer “B-LOC”." in listener.words
    settings.undo(session)
    assert session.state.table.rows[0].tags == ("O", "B-LOC", "I-LOC")
    relabel(session, 0, 9, "O")  # there is no such word
    relabel(session, 0, None, "O")
    assert session.state.table.rows[0].tags == ("O", "B-LOC", "I-LOC")


def test_corrections_are_kept_in_the_project(
    evaluated: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session = evaluated
    (first, _, said), second = first_error(session), listed(session)[1]
    relabel(session, first, None, said)
    exclude(session, [second])
    settled(session, qtbot)
    path = tmp_path / "own.rnnstudio"
    files.save(session, path)
    qtbot.waitUntil(lambda: session.state.path == path and not session.state.unsaved)
    files.new_project(session)
    files.open_project(session, path)
    qtbot.waitUntil(lambda: session.state.path == path)
    settled(session, qtbot)
    rows = session.state.table.rows
    assert rows[first].label == said
    assert rows[second].excluded
    evaluation.set_split(session, Split.TEST)
    settled(session, qtbot)
    assert second not in listed(session)
