"""Which sentence comes next: any of a split, the most wrong one, one that was tried."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.session.commands import choosing, view
from rnnstudio.session.commands.data import cancel_activity, open_data
from rnnstudio.session.commands.history import MOST_TRIED, remember_sentence
from rnnstudio.session.commands.training import reset
from rnnstudio.session.ranking import most_wrong_first
from rnnstudio.session.session import Session
from tests.session.conftest import Listener
from tests.session.page_states import evaluation_of


@pytest.mark.parametrize("split", [None, *Split])
def test_random_sentences_are_of_the_split_and_never_twice_running(
    session: Session, split: Split | None
) -> None:
    dataset = session.state.dataset
    assert dataset is not None
    drawn = []
    for _ in range(30):
        choosing.random_row(session, split)
        drawn.append(session.state.selection.row)
    rows = [row for row in drawn if row is not None]
    assert len(rows) == 30
    assert all(dataset.splits[row] is (split or Split.TEST) for row in rows)
    assert all(one != next_one for one, next_one in pairwise(rows))
    assert len(set(rows)) > 5
    assert session.state.page == "unroll"


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: session.state.activity is None and not session.background.busy, timeout=60_000
    )


def evaluated(session: Session, split: Split) -> Evaluation:
    assert session.state.model is not None
    assert session.state.dataset is not None
    return evaluate(session.state.model, session.state.dataset, split)


def true_probabilities(session: Session, split: Split) -> dict[int, tuple[bool, float]]:
    """For each row whether it is right, and the probability of its class."""
    found = evaluated(session, split)
    true = found.probabilities[np.arange(len(found.truth)), found.truth]
    right = found.predicted == found.truth
    return {
        int(row): (bool(ok), float(p)) for row, ok, p in zip(found.rows, right, true, strict=True)
    }


@pytest.mark.parametrize("split", list(Split))
def test_the_most_wrong_sentence_comes_first_and_the_others_follow(
    session: Session, qtbot: QtBot, split: Split
) -> None:
    expected = true_probabilities(session, split)
    shown = []
    for _ in range(5):
        choosing.choose_from(session, split.value, True)
        settle(session, qtbot)
        row = session.state.selection.row
        assert row is not None
        shown.append(row)
    assert shown == sorted(expected, key=expected.__getitem__)[:5]
    assert session.state.tried[0] == session.state.table.rows[shown[-1]].text


def test_a_walk_through_the_errors_holds_for_one_network(session: Session, qtbot: QtBot) -> None:
    choosing.most_wrong_row(session, Split.TEST)
    settle(session, qtbot)
    first, tour = session.state.selection.row, session.tour
    view.set_sentence(session, "Something else.")
    choosing.most_wrong_row(session, Split.TEST)
    assert session.tour is not None
    assert tour is not None
    assert session.tour.ranking is tour.ranking
    assert session.state.selection.row == tour.ranking.rows[1]
    reset(session)
    view.set_sentence(session, "Something else.")
    choosing.most_wrong_row(session, Split.TEST)
    settle(session, qtbot)
    assert session.state.selection.row == first  # the same weights again, ranked anew


def test_newer_weights_do_not_show_the_same_sentence_again(session: Session, qtbot: QtBot) -> None:
    choosing.most_wrong_row(session, Split.TEST)
    settle(session, qtbot)
    first = session.state.selection.row
    reset(session)
    choosing.most_wrong_row(session, Split.TEST)
    settle(session, qtbot)
    assert session.state.selection.row != first


def test_where_the_errors_end_it_is_said_once(
    session: Session, listener: Listener, qtbot: QtBot
) -> None:
    wrong = sum(not right for right, _ in true_probabilities(session, Split.TEST).values())
    assert wrong
    for _ in range(wrong):
        choosing.most_wrong_row(session, Split.TEST)
        settle(session, qtbot)
    assert listener.notices == []
    for _ in range(3):
        choosing.most_wrong_row(session, Split.TEST)
    assert len(listener.notices) == 1
    assert f"all {wrong:,} errors in the test set" in listener.words


def test_looking_for_it_can_be_cancelled(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "_MANY_ROWS", 1)
    before = session.state.selection
    choosing.most_wrong_row(session, Split.TRAIN)
    assert session.state.activity is not None
    assert "training set" in session.state.activity.words
    cancel_activity(session)
    assert not session.background.running(choosing.MOST_WRONG)
    assert session.state.selection == before
    choosing.most_wrong_row(session, Split.TRAIN)
    settle(session, qtbot)
    assert session.state.selection != before


def test_without_network_or_sentences_nothing_is_chosen(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "small.tsv"
    path.write_text("good\ta\nbad\tb\n", encoding="utf-8")
    open_data(session, path)
    settle(session, qtbot)
    before = session.state
    for split in (Split.TEST, Split.VALIDATION):
        choosing.most_wrong_row(session, split)
        choosing.random_row(session, split)
    session.apply(model=None, dataset=None)
    choosing.most_wrong_row(session, Split.TRAIN)
    choosing.random_row(session)
    assert session.state.selection == before.selection


def test_in_labelling_the_most_wrong_word_is_looked_at(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "tags.conll"
    tags = {"a": "X", "b": "Y", "c": "Z"}
    texts = ("a b c", "b b", "c a a b", "a", "c c c b")
    blocks = ["\n".join(f"{w}\t{tags[w]}" for w in text.split()) for text in texts * 4]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    open_data(session, path)
    settle(session, qtbot)
    choosing.most_wrong_row(session, Split.TRAIN)
    settle(session, qtbot)
    found = evaluated(session, Split.TRAIN)
    true = found.probabilities[np.arange(len(found.truth)), found.truth]
    errors = {
        int(row): (
            -int((found.predicted != found.truth)[found.rows == row].sum()),
            float(np.log(true[found.rows == row]).mean()),
        )
        for row in np.unique(found.rows)
    }
    row = session.state.selection.row
    assert row is not None
    best = min(errors.values())
    assert errors[row] == pytest.approx(best, rel=1e-5)
    own = found.rows == row
    assert session.state.selection.step == found.steps[own][true[own].argmin()]


def test_a_ranking_puts_errors_first_and_what_is_no_number_last() -> None:
    found = evaluation_of(("a", "b"), [0, 0, 1, 1], [0, 1, 1, 0], [0.6, 0.9, 0.8, 0.7])
    ranking = most_wrong_first(found)
    assert ranking.rows.tolist() == [1, 3, 0, 2]
    assert ranking.wrong == 2
    assert ranking.steps.tolist() == [5] * 4
    broken = evaluation_of(("a", "b"), [0, 0], [1, 1], [np.nan, 0.9])
    assert most_wrong_first(broken).rows.tolist() == [1, 0]


def test_what_was_tried_is_remembered_newest_first(session: Session) -> None:
    for text in ("one", "two", "one ", "", "  ", "three"):
        view.set_sentence(session, text)
        remember_sentence(session)
    assert session.state.tried == ("three", "one ", "two")
    before = session.state
    remember_sentence(session)
    assert session.state is before
    for number in range(2 * MOST_TRIED):
        view.set_sentence(session, f"number {number}")
        remember_sentence(session)
    assert len(session.state.tried) == MOST_TRIED
    assert session.state.tried[0] == f"number {2 * MOST_TRIED - 1}"
    assert not session.state.unsaved


def test_a_chosen_sentence_is_the_row_that_it_is(session: Session) -> None:
    text = session.state.table.rows[7].text
    choosing.choose_sentence(session, text)
    assert session.state.selection.row == 7
    choosing.choose_sentence(session, "Nobody wrote this.")
    assert session.state.selection.row is None
    assert session.state.tried == ("Nobody wrote this.", text)
    assert session.state.dataset is not None
    assert session.state.dataset.task is Task.CLASSIFY
