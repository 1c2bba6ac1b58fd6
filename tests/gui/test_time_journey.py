"""Someone goes back through the epochs and the words on the Evaluate page of the real window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.time_bar import TimeBar
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.moments import moment_at
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.answers.first_words import with_first_words
from rnnstudio.session.answers.review import model_at
from rnnstudio.session.commands import settings, training
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.resolve.judged import judged
from tests.gui.person import WAIT, Key, Person


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    """Before the Evaluate page, with a network of three epochs."""
    session = make_session(Preferences())
    new_project(session)
    settings.change_setting(session, "training.epochs", 3)
    wiring = Wiring(session)
    wiring.window.resize(1280, 720)
    wiring.render()
    wiring.window.show()
    qtbot.waitUntil(wiring.window.isActiveWindow)
    result = Person(wiring, qtbot)
    result.go_to("evaluate")
    training.train(session)
    result.wait()
    yield result
    session.shut_down()
    wiring.take_down()


def bar_of(person: Person) -> TimeBar:
    return person.wiring.evaluate.time_bar


def shown(person: Person) -> Evaluation:
    judgement = judged(person.state).judgement
    assert judgement is not None
    return judgement.evaluation


def wanted(person: Person, epoch: int | None, words: int | None) -> Evaluation:
    """The answers that the engine gives without the session."""
    model, dataset = person.state.model, person.state.dataset
    assert model is not None
    assert dataset is not None
    split = person.state.selection.split
    if epoch is not None:
        moment = moment_at(person.state.moments, epoch)
        assert moment is not None
        model = model_at(model, moment)
    if words is not None:
        dataset = with_first_words(dataset, split, words, model)
    return evaluate(model, dataset, split)


def click_stop(person: Person, name: str, stop: int) -> None:
    slider = getattr(bar_of(person), name).slider
    person.click(slider, QPoint(round(slider.x_of(stop)), slider.height() // 2))
    person.wait()


def test_the_matrix_goes_back_to_an_epoch_and_to_the_first_words(person: Person) -> None:
    bar = bar_of(person)
    assert bar.epochs.slider.maximum() == 3
    assert bar.epochs.end.isChecked()
    click_stop(person, "epochs", 1)
    assert bar.epochs.words.words == "after epoch 1 of 3"
    assert np.array_equal(shown(person).probabilities, wanted(person, 1, None).probabilities)
    click_stop(person, "reading", 2)
    assert bar.reading.words.words == "after 2 words"
    assert np.array_equal(shown(person).probabilities, wanted(person, 1, 2).probabilities)
    person.key(Key.Key_Right)
    person.wait()
    assert person.state.judging.words == 3
    person.click(bar.epochs.end)
    person.click(bar.reading.end)
    person.wait()
    assert shown(person) is person.state.evaluation


def test_playing_shows_each_epoch_and_ends_with_the_present(person: Person) -> None:
    seen: list[int | None] = []

    def look() -> None:
        review = person.state.review
        epoch = None if review is None else review.epoch
        if not seen or seen[-1] != epoch:
            seen.append(epoch)

    bar = bar_of(person)
    person.wiring.session.changed.connect(look)
    person.click(bar.epochs.play)
    person.qtbot.waitUntil(lambda: not bar.epochs.is_playing, timeout=WAIT)
    person.wait()
    model = person.state.model
    assert model is not None
    assert [epoch for epoch in seen if epoch is not None] == sorted({0, 1, 2, 3} - {model.epoch})
    assert person.state.judging.epoch is None


def test_playing_stops_where_the_page_is_left(person: Person) -> None:
    bar = bar_of(person)
    person.click(bar.reading.play)
    assert bar.reading.is_playing
    person.go_to("unroll")
    assert not bar.reading.is_playing
