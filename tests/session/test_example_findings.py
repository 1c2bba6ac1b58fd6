"""What moved the listed answers is found beside the window, for those that are seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.attribution import leave_one_out
from rnnstudio.engine.deciding import decided_at
from rnnstudio.engine.trace import trace
from rnnstudio.session.commands import judging, training, view
from rnnstudio.session.commands.example_findings import KIND, find_examples, see_examples
from rnnstudio.session.findings import ExamplesFound
from rnnstudio.session.looking import Method
from rnnstudio.session.resolve.examples import found_of, resolve_examples
from rnnstudio.session.session import Session


def settled(session: Session, qtbot: QtBot) -> None:
    def ready() -> bool:
        return not (session.background.busy or session.evaluation_timer.isActive())

    qtbot.waitUntil(ready, timeout=20_000)


@pytest.fixture
def evaluated(session: Session, qtbot: QtBot) -> Session:
    def find() -> None:
        find_examples(session)

    view.show_page(session, "evaluate")
    settled(session, qtbot)
    session.changed.connect(find)
    return session


def places(session: Session, count: int) -> tuple[tuple[int, int], ...]:
    listing = resolve_examples(session.state).listing
    assert listing is not None
    return tuple((listing.row(line), listing.step(line)) for line in range(count))


def known(session: Session) -> ExamplesFound:
    found = session.state.findings.examples
    assert found is not None
    return found


def test_what_is_seen_is_found_and_is_the_engine_s(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    seen = places(session, 12)  # more than at one time
    see_examples(session, seen)
    settled(session, qtbot)
    assert set(known(session).by_place) == set(seen)
    shown, model = resolve_examples(session.state), session.state.model
    assert shown.listing is not None
    assert model is not None
    for line in range(12):
        found = found_of(shown, line)
        assert found is not None
        assert model.labels[found.class_index] == shown.listing.said(line)
        expected = leave_one_out(model.network, model.parameters, found.ids, found.class_index)
        assert found.method is Method.LEAVE_ONE_OUT
        np.testing.assert_array_equal(found.contributions, expected.contributions)
        traced = trace(model.network, model.parameters, found.ids)
        assert (found.flips[-1] if found.flips else 1) == decided_at(traced)


def test_nothing_is_found_twice_and_nothing_unseen(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    assert session.state.findings.examples is None
    see_examples(session, places(session, 3))
    settled(session, qtbot)
    first = known(session)
    session.changed.emit()
    see_examples(session, places(session, 2))
    assert not session.background.running(KIND)
    see_examples(session, places(session, 4))
    settled(session, qtbot)
    assert len(known(session).by_place) == 4
    for place, found in first.by_place.items():
        assert known(session).by_place[place] is found


def test_on_another_page_nothing_is_sought(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    view.show_page(session, "train")
    see_examples(session, places(session, 3))
    settled(session, qtbot)
    assert session.state.findings.examples is None
    view.show_page(session, "evaluate")
    settled(session, qtbot)
    assert len(known(session).by_place) == 3


def test_new_weights_have_findings_of_their_own(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    see_examples(session, places(session, 3))
    settled(session, qtbot)
    old = known(session)
    training.one_batch(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=20_000)
    session.resting.discard(KIND)
    session.changed.emit()
    settled(session, qtbot)
    assert known(session).model is session.state.model
    assert known(session).model is not old.model


def test_while_the_network_learns_findings_rest(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    seen = places(session, 4)
    session.resting.add(KIND)
    see_examples(session, seen)
    settled(session, qtbot)
    assert session.state.findings.examples is not None  # it does not learn yet
    spec = session.state.spec
    epochs = dataclasses.replace(spec.training, epochs=10_000)
    session.apply(
        spec=dataclasses.replace(spec, training=epochs),
        findings=dataclasses.replace(session.state.findings, examples=None),
    )
    training.train(session)
    qtbot.waitUntil(lambda: session.state.evaluation is not None, timeout=20_000)
    session.resting.add(KIND)
    session.background.cancel(KIND)
    session.sought.pop(KIND, None)
    find_examples(session)
    see_examples(session, seen)  # with each evaluation there are others in the list
    assert not session.background.running(KIND)
    session.resting.discard(KIND)
    find_examples(session)
    assert session.background.running(KIND)
    training.pause(session)
    qtbot.waitUntil(lambda: session.training is None, timeout=20_000)


def test_another_threshold_asks_for_the_class_that_is_said_then(
    evaluated: Session, qtbot: QtBot
) -> None:
    session = evaluated
    judging.judge(session, threshold=0.0)  # everything is the second class
    see_examples(session, places(session, 3))
    settled(session, qtbot)
    assert {found.class_index for found in known(session).by_place.values()} == {1}
    same = tuple(known(session).by_place)
    judging.judge(session, threshold=1.0)
    see_examples(session, same)
    settled(session, qtbot)
    assert {known(session).by_place[place].class_index for place in same} == {0}


def test_rows_that_are_gone_are_passed_over(evaluated: Session, qtbot: QtBot) -> None:
    session = evaluated
    see_examples(session, ((10**6, 3), *places(session, 1)))
    settled(session, qtbot)
    assert set(known(session).by_place) == set(places(session, 1))
