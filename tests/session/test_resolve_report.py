"""The report says what the Evaluate page shows, in whichever way it is looked at."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.network import Task
from rnnstudio.project.report import Report
from rnnstudio.project.report_html import report_html
from rnnstudio.session.answers.judging import Against, Group, Judging, MatrixOrder
from rnnstudio.session.answers.review import Review, Rival
from rnnstudio.session.commands.reporting import save_report
from rnnstudio.session.resolve.report import resolve_report
from rnnstudio.session.session import Session
from rnnstudio.session.state import Curves, RunState, RunStatus, SessionState
from tests.session.conftest import Listener
from tests.session.page_states import evaluation_of, state_of, table_of

MADE = datetime(2024, 5, 17, 9, 30)
LABELS = ("a", "b", "c")
TABLE = table_of(*((f"word {n} stands here", LABELS[n % 3]) for n in range(9)))
TRUTH = [0, 1, 2, 0, 1, 2, 0, 1, 2]
SAID = [0, 0, 2, 1, 0, 2, 0, 1, 1]
SURE = [0.9, 0.6, 0.9, 0.5, 0.8, 0.9, 0.9, 0.9, 0.7]


def _state(**judging: Any) -> SessionState:
    state = state_of(TABLE, evaluation=evaluation_of(LABELS, TRUTH, SAID, SURE))
    return dataclasses.replace(state, judging=Judging(**judging))


def _report(state: SessionState) -> Report:
    report = resolve_report(state, MADE)
    assert report is not None
    assert report_html(report)
    return report


def test_plain_answers() -> None:
    report = _report(_state())
    assert report.matrix.counts.tolist() == [[2, 1, 0], [2, 1, 0], [0, 1, 2]]
    assert report.matrix.row_ends == ("66.7 %", "33.3 %", "66.7 %")
    assert report.matrix.column_ends == ("50.0 %", "33.3 %", "100.0 %")
    assert (report.matrix.row_title, report.matrix.column_title) == ("truth", "predicted")
    assert [line.name for line in report.classes] == ["a", "b", "c"]
    assert [line.name for line in report.averages] == ["macro average", "weighted average"]
    figures = {one.name: one.value for one in report.figures}
    assert figures["accuracy"] == "55.6 %"
    assert "ECE" in figures
    assert report.subtitle == "test split, 9 sentences, weights after epoch 3"
    first = report.errors[0]
    assert first.words == "2 of 3 sentences that are “b” were called “a”"
    assert [one.before for one in first.sentences] == ["word 4 stands here", "word 1 stands here"]
    assert first.sentences[0].confidence == pytest.approx(0.8)
    assert dict(report.settings)["data"] == "builtin:polarity"


def test_order_direction_and_hidden_classes_are_the_windows() -> None:
    report = _report(_state(order=MatrixOrder.HAND, by_hand=("c", "b", "a"), swapped=True))
    assert report.matrix.rows == report.matrix.columns == ("c", "b", "a")
    assert report.matrix.counts.tolist() == [[2, 0, 0], [1, 1, 1], [0, 2, 2]]
    assert (report.matrix.row_title, report.matrix.row_end) == ("predicted", "precision")
    assert report.matrix.row_ends == ("100.0 %", "33.3 %", "50.0 %")
    hidden = _report(_state(hidden=frozenset({"b"})))
    assert hidden.matrix.counts.tolist() == [[2, 0], [0, 2]]
    assert "1 class not drawn in the matrix." in hidden.notes
    # Hidden, but not left out of the figures.
    assert [line.name for line in hidden.classes] == ["a", "c", "b"]


def test_what_is_held_back_and_counted_as_one_is_said() -> None:
    report = _report(_state(abstain=0.65))
    assert report.matrix.columns == ("a", "b", "c", "no answer")
    assert report.matrix.classes == 3
    assert report.matrix.counts[:, 3].tolist() == [1, 1, 0]
    assert report.matrix.column_ends[3] == ""
    assert "No answer below a confidence of 0.65." in report.notes
    grouped = _report(_state(groups=(Group("ab", frozenset("ab")),)))
    assert grouped.matrix.counts.tolist() == [[6, 0], [1, 2]]
    assert "Counted as one: ab = a, b." in grouped.notes


@pytest.mark.parametrize("against", list(Against))
def test_a_second_network(against: Against) -> None:
    state = _state(against=against)
    assert state.model is not None
    theirs = evaluation_of(LABELS, TRUTH, [0, 1, 2, 0, 1, 2, 0, 1, 0])
    rival = Rival("GRU 8", state.model, 2, state.dataset, Split.TEST, theirs)
    report = _report(dataclasses.replace(state, rival=rival))
    matrix = report.matrix
    assert matrix.signed == (against is Against.DIFFERENCE)
    if against in (Against.DIFFERENCE, Against.BETWEEN):
        assert (matrix.row_ends, matrix.column_ends) == ((), ())
    if against is Against.DIFFERENCE:
        assert matrix.counts.tolist() == [[1, -1, 0], [-2, 2, 0], [1, -1, 0]]
    if against is Against.OTHER:
        assert np.trace(matrix.counts) == 8
        assert "GRU 8" in report.subtitle
        assert dict(report.settings)["network"] == "GRU 8"
    assert report.errors
    comparison = report.comparison
    assert comparison is not None
    assert comparison.title == "This network against GRU 8"
    assert [one.value for one in comparison.figures[:3]] == ["55.6 %", "88.9 %", "+33.3"]
    assert [count for _, count, _ in comparison.outcomes] == [5, 0, 3, 1]
    assert comparison.words.startswith("McNemar's test: ")
    page = report_html(report)
    for words in ("This network against GRU 8", "only GRU 8 right", "55.6 %", "McNemar"):
        assert words in page


def test_without_a_second_network_nothing_is_compared() -> None:
    report = _report(_state())
    assert report.comparison is None
    assert "against" not in report_html(report)


def test_the_run_and_the_epoch_of_the_answers_are_told_apart() -> None:
    state = _trained(_state())
    settings = dict(_report(state).settings)
    assert settings["training"].startswith("10 epochs, 30 updates, ")
    assert settings["weights"] == "after epoch 9 of 10, the best"
    model, dataset = state.model, state.dataset
    assert model is not None
    assert dataset is not None
    review = Review(model, dataset, Split.TEST, 2, None, state.evaluation)
    earlier = dataclasses.replace(state, judging=Judging(epoch=2), review=review)
    settings = dict(_report(earlier).settings)
    assert settings["training"].startswith("10 epochs, 30 updates, ")
    assert settings["weights"] == "after epoch 2 of 10"
    assert "weights after epoch 2" in _report(earlier).subtitle
    within = dict(_report(dataclasses.replace(state, evaluation_within=True)).settings)
    assert within["weights"] == "within epoch 10"


def _trained(state: SessionState) -> SessionState:
    """After 10 epochs of 3 batches, with the weights of epoch 9."""
    assert state.model is not None
    batches, none = np.zeros(30), np.zeros(10)
    curves = Curves(
        np.arange(30) / 3, batches, batches, batches, np.arange(1.0, 11), none, none, none, none, 9
    )
    return dataclasses.replace(
        state,
        model=dataclasses.replace(state.model, epoch=9, step=27),
        run=RunState(number=1, status=RunStatus.FINISHED, epoch=10, epochs=10),
        curves=curves,
        evaluation_epoch=9,
    )


@pytest.mark.parametrize("by_entity", [False, True])
def test_words_with_tags(by_entity: bool) -> None:
    rows = (
        Row("ann lee met bob", "", Split.TEST, "n", 1, ("ann", "lee", "met", "bob"),
            ("B-P", "I-P", "O", "B-P")),
        Row("she met ann", "", Split.TRAIN, "n", 2, ("she", "met", "ann"), ("O", "O", "B-P")),
    )  # fmt: skip
    table = Table("names", rows, (), "n", Task.LABEL)
    dataset = build_dataset(table)
    labels = dataset.labels
    plain = evaluation_of(labels, [0, 1, 2, 0], [0, 2, 2, 2])
    found = dataclasses.replace(
        plain, task=Task.LABEL, rows=np.zeros(4, np.int64), steps=np.arange(2, 6)
    )
    state = dataclasses.replace(
        state_of(TABLE, evaluation=found), table=table, dataset=dataset,
        judging=Judging(by_entity=by_entity),
    )  # fmt: skip
    report = _report(state)
    marked = {one.marked for kind in report.errors for one in kind.sentences}
    assert report.subtitle.startswith("test split, 4 words in 1 sentence")
    if by_entity:
        # "ann" alone was found: the border is wrong.
        assert marked == {"ann lee", "bob"}
        assert report.kind == "type"
        assert not any(one.name == "ECE" for one in report.figures)
    else:
        assert marked == {"lee", "bob"}


def test_nothing_to_report() -> None:
    assert resolve_report(state_of(TABLE), MADE) is None
    assert resolve_report(dataclasses.replace(_state(), model=None), MADE) is None


def test_report_is_saved_beside_the_window(
    qtbot: QtBot, session: Session, listener: Listener, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    qtbot.waitUntil(lambda: session.state.evaluation is not None, timeout=20_000)
    save_report(session, path)
    qtbot.waitUntil(lambda: bool(listener.notices), timeout=20_000)
    assert "Saved the report as report.html" in listener.words
    assert "polarity" in path.read_text(encoding="utf-8")
    save_report(session, tmp_path / "none" / "report.html")
    qtbot.waitUntil(lambda: len(listener.notices) > 1, timeout=20_000)
    assert "does not exist" in listener.words


def test_before_there_is_anything_it_is_said(
    session: Session, listener: Listener, tmp_path: Path
) -> None:
    session.apply(evaluation=None)
    save_report(session, tmp_path / "report.html")
    assert "nothing to report" in listener.words
    assert list(tmp_path.iterdir()) == []
