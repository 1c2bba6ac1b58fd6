"""Another network beside the present one: chosen, refused, and kept up to date."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.network import Cell, Task
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.model import Model
from rnnstudio.project.project import dataset_for
from rnnstudio.project.spec import DEFAULT_SPEC
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.answers.review import Rival
from rnnstudio.session.commands import rivals
from rnnstudio.session.commands.correcting import exclude
from rnnstudio.session.commands.data import delete_rows, edit_row, open_data
from rnnstudio.session.commands.evaluation import set_split
from rnnstudio.session.commands.judging import judge
from rnnstudio.session.commands.rivals import (
    clear_rival,
    compare_with_file,
    compare_with_run,
)
from rnnstudio.session.commands.settings import change_setting, undo
from rnnstudio.session.commands.training import one_epoch, reset, train
from rnnstudio.session.commands.view import show_page
from rnnstudio.session.session import Session
from tests.session.conftest import Listener
from tests.session.rival_files import spec_of, write_rival

Settle = Callable[[], None]


@pytest.fixture
def evaluating(session: Session) -> Session:
    """The session on its Evaluate page."""
    show_page(session, "evaluate")
    return session


@pytest.fixture
def settle(evaluating: Session, qtbot: QtBot) -> Settle:
    """Waits until nothing is being worked out."""

    def wait() -> None:
        session = evaluating
        qtbot.waitUntil(
            lambda: (
                session.training is None
                and not session.background.busy
                and session.state.activity is None
                and not session.evaluation_timer.isActive()
            ),
            timeout=30_000,
        )
        session.writer.submit(lambda _: None, lambda _: done.append(True))
        done: list[bool] = []
        qtbot.waitUntil(lambda: bool(done), timeout=30_000)
        qtbot.waitUntil(lambda: not session.background.busy, timeout=30_000)

    return wait


def rival_of(session: Session) -> Rival:
    assert session.state.rival is not None
    return session.state.rival


def answers(session: Session) -> Evaluation:
    found = rival_of(session).evaluation
    assert found is not None, rival_of(session).problem
    return found


def asked_anew(session: Session) -> Evaluation:
    """What the other network says to the present data and split."""
    state, model = session.state, rival_of(session).model
    assert state.dataset is not None
    data = dataset_for(model, state.dataset.table, state.dataset.splits)
    return evaluate(model, data, state.selection.split)


def test_two_runs_of_a_project_are_compared(evaluating: Session, settle: Settle) -> None:
    session = evaluating
    change_setting(session, "training.epochs", 2)
    train(session)
    settle()
    first = session.state.model
    assert first is not None
    assert [(run.number, run.words, run.epochs) for run in session.state.runs] == [(1, "RNN 32", 2)]
    reset(session)
    change_setting(session, "model.units", 6)
    train(session)
    settle()
    assert [run.words for run in session.state.runs] == ["RNN 32", "RNN 6"]
    compare_with_run(session, 1)
    settle()
    rival = rival_of(session)
    assert (rival.name, rival.run, rival.problem) == ("Run 1 · RNN 32", 1, "")
    assert np.array_equal(rival.model.parameters.flat, first.parameters.flat)
    present = session.state.evaluation
    assert present is not None
    assert np.array_equal(answers(session).rows, present.rows)
    assert np.array_equal(answers(session).probabilities, asked_anew(session).probabilities)


def test_the_present_network_trains_on_and_the_other_is_asked_once(
    evaluating: Session, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = evaluating
    asked: list[Model] = []

    def counted(model: Model, *given: Any) -> Evaluation:
        asked.append(model)
        return evaluate(model, *given)

    monkeypatch.setattr(rivals, "evaluate", counted)
    path = write_rival(tmp_path / "other.rnnstudio", session.state.table)
    compare_with_file(session, path)
    settle()
    before, present = answers(session), session.state.evaluation
    one_epoch(session)
    settle()
    reset(session)
    settle()
    one_epoch(session)
    settle()
    assert session.state.evaluation is not present
    assert answers(session) is before
    assert len(asked) == 1
    set_split(session, Split.TRAIN)
    settle()
    assert len(asked) == 2


def test_the_answers_are_of_the_split_that_is_looked_at(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    path = write_rival(tmp_path / "other.rnnstudio", session.state.table)
    compare_with_file(session, path)
    seen: list[tuple[object, object]] = []

    def look() -> None:
        rival = session.state.rival
        if rival is not None and rival.evaluation is not None:
            seen.append((rival.evaluation.split, session.state.selection.split))

    session.changed.connect(look)
    for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
        set_split(session, split)
        settle()
        assert answers(session).split is split
        assert np.array_equal(answers(session).predicted, asked_anew(session).predicted)
    assert {split for split, _ in seen} == set(Split)


def test_edited_data_are_asked_about_anew(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    path = write_rival(tmp_path / "other.rnnstudio", session.state.table)
    compare_with_file(session, path)
    settle()
    first, second = answers(session).rows[:2].tolist()
    before = answers(session)
    edit_row(session, second, "text", "Nobody has ever written this before.")
    assert rival_of(session).evaluation is None
    settle()
    assert not np.array_equal(answers(session).probabilities, before.probabilities)
    delete_rows(session, [first])
    settle()
    present = session.state.evaluation
    assert present is not None
    assert len(answers(session).rows) == len(before.rows) - 1
    assert np.array_equal(answers(session).rows, present.rows)
    assert np.array_equal(answers(session).truth, present.truth)
    assert np.array_equal(answers(session).probabilities, asked_anew(session).probabilities)
    undo(session)
    undo(session)
    settle()
    assert np.array_equal(answers(session).probabilities, before.probabilities)


def test_an_excluded_row_is_asked_of_neither(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    path = write_rival(tmp_path / "other.rnnstudio", session.state.table)
    compare_with_file(session, path)
    settle()
    before = answers(session).rows
    exclude(session, (int(before[1]),))
    settle()
    present = session.state.evaluation
    assert present is not None
    assert answers(session).rows.tolist() == [before[0], *before[2:]]
    assert np.array_equal(present.rows, answers(session).rows)


def test_a_new_class_in_the_data_is_said_and_passes(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    path = write_rival(tmp_path / "other.rnnstudio", session.state.table)
    compare_with_file(session, path)
    settle()
    edit_row(session, int(answers(session).rows[0]), "label", "mixed")
    reset(session)  # a network that knows the new class
    settle()
    assert rival_of(session).evaluation is None
    assert "does not know “mixed”" in rival_of(session).problem
    undo(session)
    undo(session)
    settle()
    assert rival_of(session).problem == ""
    assert len(answers(session).rows)


def test_classes_in_another_order_get_the_present_numbers(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    assert session.state.dataset is not None
    turned = session.state.dataset.labels[::-1]
    path = write_rival(tmp_path / "turned.rnnstudio", session.state.table, labels=turned)
    compare_with_file(session, path)
    settle()
    found, plain, present = answers(session), asked_anew(session), session.state.evaluation
    assert present is not None
    assert plain.labels == turned
    assert found.labels == present.labels == turned[::-1]
    assert np.array_equal(found.truth, present.truth)
    assert np.array_equal(found.probabilities, plain.probabilities[:, ::-1])
    assert np.array_equal(found.predicted, 1 - plain.predicted)
    assert np.array_equal(found.confusion, plain.confusion[::-1, ::-1])
    assert found.accuracy == plain.accuracy


def test_what_one_network_cannot_read_is_left_out(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    table = session.state.table
    short = [row for row in table.rows if len(row.text.split()) <= 7]
    spec = spec_of(cell=Cell.HISTORY)
    small = dataclasses.replace(table, rows=tuple(short))
    path = write_rival(tmp_path / "short.rnnstudio", small, spec)
    compare_with_file(session, path)
    settle()
    found, present = answers(session), session.state.evaluation
    assert present is not None
    assert 0 < len(found.rows) < len(present.rows)
    assert sorted([*found.rows, *found.too_long]) == sorted(present.rows)
    own = np.isin(present.rows, found.rows)
    assert np.array_equal(present.rows[own], found.rows)
    assert np.array_equal(present.truth[own], found.truth)


def test_nothing_in_common_is_said(evaluating: Session, settle: Settle, tmp_path: Path) -> None:
    session = evaluating
    rows = (Row("good", "positive", Split.TRAIN, "a", 1), Row("bad", "negative", None, "a", 2))
    table = dataclasses.replace(session.state.table, rows=rows)
    spec = spec_of(cell=Cell.HISTORY)
    compare_with_file(session, write_rival(tmp_path / "tiny.rnnstudio", table, spec))
    settle()
    assert rival_of(session).evaluation is None
    assert "too long" in rival_of(session).problem


def _spoil(path: Path, write: Callable[[sqlite3.Connection], object]) -> None:
    connection = sqlite3.connect(path)
    write(connection)
    connection.commit()
    connection.close()


def _newer(path: Path, table: Table) -> None:
    write_rival(path, table)
    _spoil(path, lambda connection: connection.execute("PRAGMA user_version = 99"))


def _damaged(path: Path, table: Table) -> None:
    write_rival(path, table)
    _spoil(path, lambda connection: connection.execute("UPDATE checkpoints SET weights = x'00'"))


def _no_project(path: Path, table: Table) -> None:
    path.write_text("good\tpositive\n" * 50, encoding="utf-8")


def _untrained(path: Path, table: Table) -> None:
    write_rival(path, table, trained=False)


def _other_classes(path: Path, table: Table) -> None:
    rows = tuple(dataclasses.replace(row, label=f"{row.label}!") for row in table.rows[:60])
    write_rival(path, dataclasses.replace(table, rows=rows))


def _other_task(path: Path, table: Table) -> None:
    rows = tuple(
        Row("a b", "", Split.TRAIN, "t", n, words=("a", "b"), tags=("X", "Y")) for n in range(4)
    )
    write_rival(path, Table("tags", rows, (), "tags", Task.LABEL))


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (_newer, "written by a newer RNN Studio"),
        (_damaged, "is damaged"),
        (_no_project, "is no RNN Studio project"),
        (lambda path, table: None, "does not exist"),
        (_untrained, "no trained network"),
        (_other_classes, "other classes: it does not know “negative”, “positive” and it says"),
        (_other_task, "says a tag for each word, and the present network says one class"),
    ],
)
def test_a_file_that_cannot_be_compared_changes_nothing(
    evaluating: Session,
    listener: Listener,
    settle: Settle,
    tmp_path: Path,
    write: Callable[[Path, Table], None],
    words: str,
) -> None:
    session = evaluating
    compare_with_file(session, write_rival(tmp_path / "good.rnnstudio", session.state.table))
    settle()
    before = session.state
    path = tmp_path / "other.rnnstudio"
    write(path, session.state.table)
    compare_with_file(session, path)
    settle()
    assert words in listener.words
    assert len(listener.notices) == 1
    assert listener.notices[0].remedy
    for name in ("rival", "evaluation", "model", "judging", "activity", "runs", "table"):
        assert getattr(session.state, name) is getattr(before, name), name


def test_the_newest_choice_counts(evaluating: Session, settle: Settle, tmp_path: Path) -> None:
    session = evaluating
    one_epoch(session)
    settle()
    path = write_rival(tmp_path / "other.rnnstudio", session.state.table)
    compare_with_file(session, path)
    compare_with_run(session, 1)
    settle()
    assert rival_of(session).run == 1
    compare_with_run(session, 1)
    compare_with_file(session, path)
    settle()
    assert rival_of(session).name == "other · RNN 5"
    assert rival_of(session).run is None
    compare_with_run(session, 1)
    compare_with_file(session, path)
    clear_rival(session)
    settle()
    assert session.state.rival is None


def test_a_run_that_is_not_there_is_said(
    evaluating: Session, listener: Listener, settle: Settle
) -> None:
    session = evaluating
    compare_with_run(session, 3)
    settle()
    assert session.state.rival is None
    assert "3" in listener.words


def test_a_run_without_weights_is_not_listed(
    evaluating: Session, listener: Listener, settle: Settle
) -> None:
    session = evaluating
    dataset = session.state.dataset
    assert dataset is not None

    def begin(file: ProjectFile) -> int:
        return file.start_run(DEFAULT_SPEC, dataset.vocabulary, dataset.labels)

    session.writer.submit(begin)
    rivals.list_runs(session)
    compare_with_run(session, 1)
    settle()
    assert session.state.runs == ()
    assert session.state.rival is None
    assert "no weights yet" in listener.words


def test_alone_again_the_matrix_counts_the_present_network(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    compare_with_file(session, write_rival(tmp_path / "other.rnnstudio", session.state.table))
    settle()
    judge(session, against=Against.DIFFERENCE)
    clear_rival(session)
    settle()
    assert session.state.rival is None
    assert session.state.judging.against is Against.THIS


def test_labelled_words_are_compared_word_by_word(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    tags = {"a": "X", "b": "Y", "c": "Z"}
    texts = ("a b c", "b b", "c a a b", "a", "c c c b", "a a a a a")
    blocks = ["\n".join(f"{w}\t{tags[w]}" for w in text.split()) for text in texts * 4]
    data = tmp_path / "tags.conll"
    data.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    open_data(session, data)
    settle()
    set_split(session, Split.TRAIN)
    spec = spec_of()
    # It reads two words of a sentence at most.
    spec = dataclasses.replace(spec, text=dataclasses.replace(spec.text, longest=2))
    path = write_rival(tmp_path / "two.rnnstudio", session.state.table, spec, ("Z", "Y", "X"))
    compare_with_file(session, path)
    settle()
    found, present = answers(session), session.state.evaluation
    assert present is not None
    assert found.labels == ("X", "Y", "Z")
    early = present.steps <= 3
    assert 0 < early.sum() < len(early)
    assert np.array_equal(found.rows, present.rows[early])
    assert np.array_equal(found.steps, present.steps[early])
    assert np.array_equal(found.truth, present.truth[early])


def test_nothing_is_worked_out_for_another_page(
    evaluating: Session, settle: Settle, tmp_path: Path
) -> None:
    session = evaluating
    show_page(session, "data")
    compare_with_file(session, write_rival(tmp_path / "other.rnnstudio", session.state.table))
    settle()
    assert rival_of(session).evaluation is None
    show_page(session, "evaluate")
    settle()
    assert len(answers(session).rows)
