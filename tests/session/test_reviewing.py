"""The answers of other epochs and after some words: those that the engine gives, and the newest."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.network import Cell, Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.model import Model
from rnnstudio.project.moments import moment_at
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.answers.first_words import first_words, with_first_words
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.answers.review import Review, model_at
from rnnstudio.session.answers.reviews import Answered, Asked, Reviews
from rnnstudio.session.commands import reviewing
from rnnstudio.session.commands.data import open_builtin, open_data
from rnnstudio.session.commands.evaluation import set_split
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.commands.judging import judge
from rnnstudio.session.commands.settings import change_setting, undo
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import one_batch, reset, train
from rnnstudio.session.commands.view import show_page
from rnnstudio.session.session import Session
from tests.session.page_states import evaluation_of, state_of, table_of


def made() -> Session:
    session = make_session(Preferences())
    new_project(session)
    return session


def wait(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: (
            session.training is None
            and session.state.activity is None
            and not session.background.busy
            and not session.evaluation_timer.isActive()
        ),
        timeout=60_000,
    )


@pytest.fixture
def trained(qtbot: QtBot) -> Iterator[Session]:
    """The polarity sentences after three epochs, seen on the Evaluate page."""
    session = made()
    show_page(session, "evaluate")
    change_setting(session, "training.epochs", 3)
    train(session)
    wait(session, qtbot)
    yield session
    session.shut_down()


def parts(session: Session) -> tuple[Model, Dataset]:
    model, dataset = session.state.model, session.state.dataset
    assert model is not None
    assert dataset is not None
    return model, dataset


def review_of(session: Session) -> Review:
    review = session.state.review
    assert review is not None
    return review


def answers_of(session: Session) -> Evaluation:
    evaluation = review_of(session).evaluation
    assert evaluation is not None
    return evaluation


def at_epoch(session: Session, epoch: int) -> Model:
    moment = moment_at(session.state.moments, epoch)
    assert moment is not None
    return model_at(parts(session)[0], moment)


def assert_same(one: Evaluation, other: Evaluation) -> None:
    assert np.array_equal(one.rows, other.rows)
    assert np.array_equal(one.probabilities, other.probabilities)
    assert np.array_equal(one.predicted, other.predicted)
    assert np.array_equal(one.truth, other.truth)
    assert np.array_equal(one.confusion, other.confusion)
    assert (one.loss, one.accuracy) == (other.loss, other.accuracy)


@pytest.mark.parametrize("epoch", [0, 1, 2, 3])
def test_the_review_of_an_epoch_is_the_evaluation_of_its_weights(
    trained: Session, qtbot: QtBot, epoch: int
) -> None:
    judge(trained, epoch=epoch)
    wait(trained, qtbot)
    _, dataset = parts(trained)
    review = review_of(trained)
    assert (review.epoch, review.words, review.split) == (epoch, None, Split.TEST)
    assert review.model is trained.state.model
    assert_same(answers_of(trained), evaluate(at_epoch(trained, epoch), dataset, Split.TEST))


@pytest.mark.parametrize("words", [0, 1, 4, 100])
def test_answers_after_some_words_are_those_to_the_cut_sentence(
    trained: Session, qtbot: QtBot, words: int
) -> None:
    judge(trained, words=words)
    wait(trained, qtbot)
    model, dataset = parts(trained)
    found = answers_of(trained)
    assert np.array_equal(found.rows, dataset.rows_of(Split.TEST))
    for place, row in enumerate(found.rows.tolist()):
        tokens = dataset.tokens[row]
        assert found.steps[place] == (
            len(tokens) + 2 if len(tokens) <= words else 1 + min(words, len(tokens))
        )
        ids = model.vocabulary.encode(tokens[:words])
        alone = model.probabilities([ids])[0]
        np.testing.assert_allclose(found.probabilities[place], alone, rtol=1e-4, atol=1e-6)
        if words > 0:
            # The words themselves, joined again, are the sentence as one would type it.
            (prediction,) = model.predict([" ".join(tokens[:words])])
            assert np.array_equal(prediction.ids, ids)
            assert prediction.prediction == found.labels[found.predicted[place]]


def test_after_more_words_than_there_are_nothing_is_different(
    trained: Session, qtbot: QtBot
) -> None:
    judge(trained, words=500)
    wait(trained, qtbot)
    whole = trained.state.evaluation
    assert whole is not None
    assert_same(answers_of(trained), whole)
    assert np.array_equal(answers_of(trained).steps, whole.steps)


def test_an_epoch_and_some_words_at_once(trained: Session, qtbot: QtBot) -> None:
    judge(trained, epoch=1, words=2)
    wait(trained, qtbot)
    _, dataset = parts(trained)
    model = at_epoch(trained, 1)
    cut = with_first_words(dataset, Split.TEST, 2, model)
    assert_same(answers_of(trained), evaluate(model, cut, Split.TEST))


def test_of_two_directions_the_second_begins_at_the_last_word_that_was_read(qtbot: QtBot) -> None:
    session = made()
    show_page(session, "evaluate")
    change_setting(session, "model.bidirectional", True)
    one_batch(session)
    judge(session, words=2)
    wait(session, qtbot)
    model, dataset = parts(session)
    found = answers_of(session)
    row = int(found.rows[0])
    (wanted,) = model.predict([" ".join(dataset.tokens[row][:2])])
    np.testing.assert_allclose(found.probabilities[0], wanted.probabilities, rtol=1e-4)
    session.shut_down()


def test_the_newest_wish_is_fulfilled(trained: Session, qtbot: QtBot) -> None:
    for words in (5, 3, 1, 4, 2):
        judge(trained, words=words)
    judge(trained, epoch=2)
    wait(trained, qtbot)
    assert (review_of(trained).epoch, review_of(trained).words) == (2, 2)
    for epoch in (0, 3, 1):
        judge(trained, epoch=epoch)
    set_split(trained, Split.VALIDATION)
    wait(trained, qtbot)
    assert (review_of(trained).epoch, review_of(trained).split) == (1, Split.VALIDATION)


def test_to_go_back_is_instant_and_works_nothing_out(
    trained: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(trained, epoch=1)
    wait(trained, qtbot)
    first = answers_of(trained)
    judge(trained, epoch=2)
    wait(trained, qtbot)

    def never(*_: object) -> None:
        raise AssertionError("worked out a second time")

    monkeypatch.setattr(reviewing, "evaluate", never)
    judge(trained, epoch=1)
    assert answers_of(trained) is first  # before any event was processed


def test_now_and_all_leave_no_review(trained: Session, qtbot: QtBot) -> None:
    judge(trained, epoch=1, words=3)
    wait(trained, qtbot)
    judge(trained, epoch=None)
    judge(trained, words=None)
    assert trained.state.review is None
    wait(trained, qtbot)
    assert trained.state.review is None


def test_an_epoch_that_is_not_kept_is_not_asked_for(trained: Session, qtbot: QtBot) -> None:
    judge(trained, epoch=77)
    assert trained.state.judging.epoch is None
    judge(trained, epoch=2)
    wait(trained, qtbot)
    reset(trained)
    assert trained.state.judging.epoch is None
    assert trained.state.review is None
    undo(trained)
    judge(trained, epoch=2)
    assert review_of(trained).epoch == 2
    wait(trained, qtbot)


def test_a_new_run_takes_the_old_ones_epoch_away(trained: Session, qtbot: QtBot) -> None:
    judge(trained, epoch=3)
    change_setting(trained, "model.units", 6)
    assert trained.state.judging.epoch == 3  # of the network that is still shown
    one_batch(trained)
    wait(trained, qtbot)
    assert trained.state.judging.epoch is None


def test_an_epoch_stays_while_the_run_goes_on(trained: Session, qtbot: QtBot) -> None:
    judge(trained, epoch=1)
    wait(trained, qtbot)
    before = answers_of(trained)
    train(trained)  # three more epochs
    wait(trained, qtbot)
    assert trained.state.judging.epoch == 1
    assert review_of(trained).model is trained.state.model
    assert answers_of(trained) is before


def test_answers_after_some_words_follow_the_training(trained: Session, qtbot: QtBot) -> None:
    judge(trained, words=3)
    train(trained)
    wait(trained, qtbot)
    qtbot.waitUntil(lambda: review_of(trained).model is trained.state.model, timeout=10_000)
    model, dataset = parts(trained)
    cut = with_first_words(dataset, Split.TEST, 3, model)
    assert_same(answers_of(trained), evaluate(model, cut, Split.TEST))


def test_nothing_is_worked_out_while_another_page_is_seen(trained: Session, qtbot: QtBot) -> None:
    show_page(trained, "unroll")
    judge(trained, words=3)
    wait(trained, qtbot)
    assert trained.state.review is None
    show_page(trained, "evaluate")
    wait(trained, qtbot)
    assert review_of(trained).words == 3


def open_tagged(session: Session, folder: Path, qtbot: QtBot) -> None:
    """Open thirty-two sentences in which each word has a tag."""
    nouns, verbs = ("cat", "dog", "bird", "fish"), ("runs", "sleeps", "sings", "swims")
    sentences = [
        f"the\tDET\n{noun}\tNOUN\n{verb}\tVERB\n" + ("here\tADV\n" if more else "")
        for noun in nouns
        for verb in verbs
        for more in (False, True)
    ]
    path = folder / "tagged.conll"
    path.write_text("\n".join(sentences), encoding="utf-8")
    open_data(session, path)
    wait(session, qtbot)
    assert parts(session)[0].task is Task.LABEL


def test_tagged_words_have_no_slider_over_words(
    trained: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    judge(trained, words=3)
    wait(trained, qtbot)
    open_tagged(trained, tmp_path, qtbot)
    assert trained.state.judging.words is None
    judge(trained, words=2)
    assert trained.state.judging.words is None
    assert trained.state.review is None


def test_epochs_of_a_labeller_are_reviewed(tmp_path: Path, qtbot: QtBot) -> None:
    session = made()
    open_tagged(session, tmp_path, qtbot)
    show_page(session, "evaluate")
    change_setting(session, "training.epochs", 2)
    train(session)
    wait(session, qtbot)
    judge(session, epoch=1)
    wait(session, qtbot)
    _, dataset = parts(session)
    assert_same(answers_of(session), evaluate(at_epoch(session, 1), dataset, Split.TEST))
    session.shut_down()


def test_sentences_that_are_too_long_are_left_out_after_few_words_too(qtbot: QtBot) -> None:
    session = made()
    show_page(session, "evaluate")
    change_setting(session, "model.cell", Cell.HISTORY)
    model, dataset = parts(session)
    longest = model.network.longest
    assert longest is not None
    row = int(dataset.rows_of(Split.TEST)[0])
    rows = list(dataset.table.rows)
    rows[row] = dataclasses.replace(rows[row], text="the film was good . " * longest)
    table = dataclasses.replace(dataset.table, rows=tuple(rows))
    tokens = (*dataset.tokens[:row], ("the",) * longest, *dataset.tokens[row + 1 :])
    long = model.vocabulary.encode(tokens[row])
    sequences = (*dataset.sequences[:row], long, *dataset.sequences[row + 1 :])
    changed = dataclasses.replace(dataset, table=table, tokens=tokens, sequences=sequences)
    session.apply(dataset=changed, table=table)
    judge(session, words=1)
    wait(session, qtbot)
    assert answers_of(session).too_long.tolist() == [row]
    session.shut_down()


def test_an_empty_split_has_a_review_without_answers(qtbot: QtBot) -> None:
    session = made()
    open_builtin(session, "lecture")  # all its sentences are learned from
    qtbot.waitUntil(lambda: session.state.activity is None, timeout=30_000)
    show_page(session, "evaluate")
    judge(session, words=2)
    wait(session, qtbot)
    assert review_of(session).evaluation is None
    set_split(session, Split.TRAIN)
    wait(session, qtbot)
    assert len(answers_of(session).rows) == 4
    session.shut_down()


def test_what_goes_wrong_is_said_once(
    trained: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def refuse(*_: object) -> None:
        asked.append(1)
        raise RnnStudioError("It cannot be read.")

    monkeypatch.setattr(reviewing, "evaluate", refuse)
    judge(trained, words=3)
    wait(trained, qtbot)
    assert review_of(trained).evaluation is None
    assert "It cannot be read." in review_of(trained).problem
    trained.changed.emit()
    wait(trained, qtbot)
    assert len(asked) == 1


def test_first_words_end_with_eos() -> None:
    ids = np.array([1, 7, 8, 9, 2], np.int32)
    assert first_words(ids, 0).tolist() == [1, 2]
    assert first_words(ids, 2).tolist() == [1, 7, 8, 2]
    assert first_words(ids, 3) is ids
    assert first_words(ids, 9) is ids
    assert not first_words(ids, 1).flags.writeable


def test_kept_answers_are_few_and_of_the_newest_data() -> None:
    table = table_of(*((f"sentence {i}", "ab"[i % 2]) for i in range(10)))
    state, other = state_of(table), state_of(table)
    assert state.model is not None
    assert state.dataset is not None
    assert other.dataset is not None
    evaluation = evaluation_of(("a", "b"), [0] * 10, [1] * 10)
    size = sum(
        a.nbytes
        for a in (
            evaluation.probabilities,
            evaluation.rows,
            evaluation.truth,
            evaluation.predicted,
            evaluation.steps,
        )
    )
    kept = Reviews(most_bytes=3 * size)

    def asked(words: int, dataset: Dataset | None = state.dataset) -> Asked:
        assert state.model is not None
        assert dataset is not None
        return Asked(state.model.parameters, dataset, Split.TEST, words)

    for words in range(3):
        kept.keep(asked(words), Answered(evaluation))
    assert kept.get(asked(0)) is not None  # looked at, so it is not the oldest any more
    kept.keep(asked(3), Answered(evaluation))
    present = [words for words in range(4) if kept.get(asked(words)) is not None]
    assert present == [0, 2, 3]
    kept.keep(asked(0, other.dataset), Answered(None, "nothing"))
    assert len(kept) == 1
    assert kept.get(asked(0, other.dataset)) == Answered(None, "nothing")


def test_only_what_can_be_asked_for_is_left(session: Session) -> None:
    state = dataclasses.replace(session.state, judging=Judging(epoch=3, words=2))
    assert reviewing.answerable(state) == Judging(words=2)
    state = dataclasses.replace(state, judging=Judging())
    assert reviewing.answerable(state) is state.judging
