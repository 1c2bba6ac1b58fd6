"""What is said of two networks: outcomes, McNemar's test, agreement, differences by class."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnstudio.engine.agreement import Outcome, compare
from rnnstudio.engine.metrics import kappa
from rnnstudio.engine.network import Task
from rnnstudio.session.answers.judging import Against, Group, Judging
from rnnstudio.session.resolve.runs import Compared, resolve_runs
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.rival_states import RUNS, two_networks, with_rival, without_rival

TRUTH = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
FIRST = [0, 0, 1, 1, 1, 1, 1, 0, 0, 0]
SECOND = [0, 1, 0, 1, 1, 1, 1, 1, 1, 0]


def compared(state: SessionState) -> Compared:
    found = resolve_runs(state)
    assert found.compared is not None, found.message
    return found.compared


def test_each_outcome_is_counted_and_said() -> None:
    found = compared(two_networks(TRUTH, FIRST, SECOND))
    assert {cell.outcome: cell.count for cell in found.outcomes} == {
        Outcome.BOTH_RIGHT: 4,
        Outcome.FIRST_ONLY: 1,
        Outcome.SECOND_ONLY: 3,
        Outcome.BOTH_WRONG: 2,
    }
    assert [cell.title for cell in found.outcomes] == [
        "both right",
        "only Run 2 right",
        "only Run 1 right",
        "neither right",
    ]
    assert found.outcomes[2].words == ("3 of 10 sentences (30.0 %): Run 1 is right, Run 2 is wrong")
    assert (found.this, found.other) == (0.5, 0.7)
    assert found.difference == pytest.approx(0.2)
    assert found.test.replace("\u00a0", " ").startswith(
        "McNemar's test: Run 2 alone is right on 1 sentence, Run 1 alone on 3 sentences."
    )


@pytest.mark.parametrize(
    ("this", "other", "shown"),
    [
        (0.5, 0.7, ("50.0 %", "70.0 %", "+20.0")),
        (0.8234, 0.8248, ("82.34 %", "82.48 %", "+0.14")),
        (0.8248, 0.8234, ("82.48 %", "82.34 %", "−0.14")),
        (0.5, 0.5, ("50.0 %", "50.0 %", "0.0")),
        (0.8226, 0.8774, ("82.3 %", "87.7 %", "+5.4")),
        (0.99999, 1.0, ("99.99 %", "100.00 %", "+0.01")),
        (0.9999, 0.5, ("99.9 %", "50.0 %", "−49.9")),
    ],
)
def test_the_difference_shown_is_that_of_the_numbers_shown(
    this: float, other: float, shown: tuple[str, str, str]
) -> None:
    plain = compared(two_networks([0, 1], [0, 0], [0, 1]))
    assert dataclasses.replace(plain, this=this, other=other).in_percent == shown


def test_agreement_and_kappa_are_those_of_the_engine() -> None:
    rng = np.random.default_rng(5)
    truth, first, second = (rng.integers(0, 4, 300) for _ in range(3))
    labels = ("a", "b", "c", "d")
    found = compared(two_networks(truth.tolist(), first.tolist(), second.tolist(), labels))
    expected = compare(truth, first, second, 4)
    assert found.agreement == pytest.approx(expected.agreement)
    assert found.kappa == pytest.approx(kappa(expected.table))
    assert [cell.count for cell in found.outcomes] == list(expected.counts.values())
    for place, line in enumerate(found.classes):
        own = truth == place
        assert line.name == labels[place]
        assert line.support == own.sum()
        assert line.this == pytest.approx((first[own] == place).mean())
        assert line.difference == pytest.approx(
            (second[own] == place).mean() - (first[own] == place).mean()
        )
        assert line.cells == {(place, column) for column in range(4)}


@pytest.mark.parametrize("against", list(Against))
@pytest.mark.parametrize("outcome", [None, Outcome.SECOND_ONLY])
def test_figures_are_the_same_whatever_the_matrix_shows(
    against: Against, outcome: Outcome | None
) -> None:
    state = two_networks(TRUTH, FIRST, SECOND)
    looked = dataclasses.replace(state, judging=Judging(against=against, outcome=outcome))
    plain, found = compared(state), compared(looked)
    assert found.outcomes == plain.outcomes
    assert (found.agreement, found.kappa, found.test) == (
        plain.agreement,
        plain.kappa,
        plain.test,
    )
    assert resolve_runs(looked).against is against
    # The rows of model × model are no truth: a class leads nowhere there.
    assert all(bool(line.cells) is (against is not Against.BETWEEN) for line in found.classes)


def test_what_only_one_has_answered_is_left_out_and_said() -> None:
    state = two_networks(TRUTH, FIRST, SECOND)
    assert state.rival is not None
    whole = state.rival.evaluation
    assert whole is not None
    part = dataclasses.replace(
        whole,
        **{
            name: getattr(whole, name)[2:]
            for name in ("rows", "truth", "predicted", "probabilities", "steps")
        },
    )
    found = compared(with_rival(state, evaluation=part))
    assert found.count == 8
    assert sum(cell.count for cell in found.outcomes) == 8
    assert found.left_out == "2 sentences left out: one of the networks gives no answer there"


def test_an_abstaining_network_is_not_right() -> None:
    state = two_networks(TRUTH, FIRST, SECOND)  # each with a confidence of 0.9
    held = dataclasses.replace(state, judging=Judging(abstain=0.95))
    found = compared(held)
    assert found.outcomes[Outcome.BOTH_WRONG].count == 10
    assert found.agreement == 1.0


def test_classes_counted_as_one_are_compared_as_one() -> None:
    state = two_networks([0, 0, 1, 2], [1, 0, 1, 0], [0, 2, 1, 2], ("a", "b", "c"))
    group = Judging(groups=(Group("early", frozenset(("a", "b"))),))
    found = compared(dataclasses.replace(state, judging=group))
    assert [(line.name, line.support, line.this, line.other) for line in found.classes] == [
        ("early", 3, 1.0, pytest.approx(2 / 3)),
        ("c", 1, 0.0, 1.0),
    ]


def test_by_entity_the_true_ones_are_compared() -> None:
    labels = ("B-x", "I-x", "O")
    truth, first, second = ([0, 1, 2, 2, 0, 2], [0, 1, 2, 0, 2, 2], [0, 2, 2, 2, 0, 0])
    state = two_networks(truth, first, second, labels)
    assert state.evaluation is not None
    assert state.rival is not None
    assert state.rival.evaluation is not None
    one, other = (
        dataclasses.replace(
            found,
            task=Task.LABEL,
            rows=np.zeros(6, np.int64),
            steps=np.arange(2, 8, dtype=np.int64),
        )
        for found in (state.evaluation, state.rival.evaluation)
    )
    state = with_rival(dataclasses.replace(state, evaluation=one), evaluation=other)
    found = compared(dataclasses.replace(state, judging=Judging(by_entity=True)))
    assert (found.count, found.noun) == (2, "entity")
    assert [cell.count for cell in found.outcomes] == [0, 1, 1, 0]
    assert [(line.name, line.support) for line in found.classes] == [("x", 2)]


def test_classes_that_do_not_occur_are_not_listed() -> None:
    found = compared(two_networks([0, 0], [0, 1], [0, 0], ("a", "b", "c")))
    assert [line.name for line in found.classes] == ["a"]
    assert found.classes[0].words == (
        "a, 2 sentences: Run 2 gets 1 right (50.0 %); Run 1 gets 2 right (100.0 %)"
    )


def test_equal_networks_are_said_to_be_equal() -> None:
    found = compared(two_networks(TRUTH, FIRST, FIRST))
    assert "on the very same sentences" in found.test
    assert found.kappa == 1.0
    assert {line.difference for line in found.classes} == {0.0}


def test_networks_have_names_that_can_be_told_apart() -> None:
    state = two_networks(TRUTH, FIRST, SECOND, name="best_of_june · RNN 4", run=None)
    found = resolve_runs(state)
    assert (found.this, found.other, found.other_name) == (
        "Run 2",
        "best_of_june",
        "best_of_june · RNN 4",
    )
    long = two_networks(TRUTH, FIRST, SECOND, name=f"{'long ' * 20}· RNN 4", run=None)
    assert len(resolve_runs(long).other) == 24
    fresh = dataclasses.replace(state, run=RunState())
    assert resolve_runs(fresh).this == "This network"
    first_only = compared(fresh).outcomes[1]
    assert first_only.title == "only this network right"
    assert first_only.words.endswith("this network is right, best_of_june is wrong")
    # The same run, shown again after a Reset was undone.
    same = two_networks(TRUTH, FIRST, SECOND, name="Run 2 · RNN 4", run=2)
    assert (resolve_runs(same).this, resolve_runs(same).other) == ("This network", "Run 2")


def test_runs_are_listed_newest_first_without_the_one_that_is_shown() -> None:
    choices = resolve_runs(two_networks(TRUTH, FIRST, SECOND)).choices
    assert [choice.number for choice in choices] == [2, 1]
    assert choices[0].words == "Run 2 · GRU 8 · 3 epochs"
    assert choices[1].words == "Run 1 · RNN 4 · 12 epochs · validation 75.0 %"
    assert choices[0].why_not
    assert not choices[1].why_not


def test_alone_it_says_how_to_get_a_second_network() -> None:
    state = without_rival(two_networks(TRUTH, FIRST, SECOND))
    assert resolve_runs(state).message.startswith("Choose another run")
    one = without_rival(state, runs=RUNS[1:])
    assert resolve_runs(one).message.startswith("There is one network so far. Press Reset")
    none = without_rival(state, runs=(), run=RunState())
    assert resolve_runs(none).message.startswith("Nothing has been trained yet")
    for alone in (one, none):
        assert "open a project file" in resolve_runs(alone).message
        assert resolve_runs(alone).compared is None


def test_it_says_why_there_is_no_comparison() -> None:
    state = two_networks(TRUTH, FIRST, SECOND)
    waiting = resolve_runs(with_rival(state, evaluation=None))
    assert waiting.waiting
    assert waiting.message == "Working out what Run 1 says…"
    refused = resolve_runs(with_rival(state, evaluation=None, problem="It cannot be."))
    assert not refused.waiting
    assert refused.message == "It cannot be."
    nothing = resolve_runs(dataclasses.replace(state, evaluation=None))
    assert nothing.compared is None
    assert nothing.message


def test_answers_to_another_split_are_not_compared() -> None:
    state = two_networks(TRUTH, FIRST, SECOND)
    for changes in ({"split": None}, {"dataset": None}):
        found = resolve_runs(with_rival(state, **changes))
        assert found.compared is None
        assert found.waiting


def test_it_says_that_the_network_learns() -> None:
    state = two_networks(TRUTH, FIRST, SECOND)
    learning = dataclasses.replace(state.run, status=RunStatus.RUNNING)
    assert resolve_runs(dataclasses.replace(state, run=learning)).live
    assert not resolve_runs(state).live


def test_an_unchanged_document_gives_an_equal_state() -> None:
    state = two_networks(TRUTH, FIRST, SECOND)
    again = dataclasses.replace(state, playing=True)
    assert resolve_runs(state) == resolve_runs(again)
