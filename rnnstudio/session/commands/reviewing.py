"""Finds out beside the window what another epoch's weights say, or what is said after some words.

After k words the network has read `<sos>`, the first k words and `<eos>`, as if the sentence ended
there.
"""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.arrays import read_only
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.model import Model
from rnnstudio.project.moments import moment_at
from rnnstudio.session.answers.first_words import with_first_words
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.answers.review import Review, model_at
from rnnstudio.session.answers.reviews import Answered, Asked
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.session import Session
from rnnstudio.session.state import SessionState

_KIND = "review"
# While the network learns, its answers after some words follow about twice a second.
_REST_MILLISECONDS = 400


def review_soon(session: Session) -> None:
    """Start what is asked for and not known; whatever changes the state calls this.

    What is being worked out for the same sentences is finished: who drags a slider sees something
    of what lies between. Then this is called again, so that the newest wish is always fulfilled.
    """
    judging = answerable(session.state)
    if judging != session.state.judging:
        session.apply(judging=judging)  # which calls this again
        return
    if judging.epoch is None and judging.words is None:
        session.background.cancel(_KIND)
        if session.state.review is not None:
            session.apply(review=None)
        return
    state = session.state
    if state.page == "evaluate" and state.model is not None and state.dataset is not None:
        _review(session, _question(state, state.model, state.dataset))


def answerable(state: SessionState) -> Judging:
    """Return how the answers are looked at, without an epoch or words that cannot be asked for.

    Only epochs that are kept have weights; words that are labelled have answers of their own.
    """
    judging, model = state.judging, state.model
    if judging.epoch is not None and moment_at(state.moments, judging.epoch) is None:
        judging = dataclasses.replace(judging, epoch=None)
    if judging.words is not None and model is not None and model.task is Task.LABEL:
        judging = dataclasses.replace(judging, words=None)
    return judging


def _question(state: SessionState, model: Model, dataset: Dataset) -> Review:
    """Return what is asked for: a review without answers."""
    judging = state.judging
    return Review(
        model, dataset, state.selection.split, judging.epoch, judging.words, evaluation=None
    )


def _review(session: Session, question: Review) -> None:
    state, split = session.state, question.split
    if state.review is not None and _is_about(state.review, question):
        return
    model = question.model
    if question.epoch is not None:
        moment = moment_at(state.moments, question.epoch)
        assert moment is not None  # the caller has looked
        model = model_at(model, moment)
    asked = Asked(model.parameters, question.dataset, split, question.words)
    known = session.reviews.get(asked)
    if known is not None:
        session.apply(review=_answered(question, known))
        return
    # Weights that the next batch replaces are never asked again.
    passing = question.epoch is None and session.training is not None
    if session.background.running(_KIND):
        running = session.sought.get(_KIND)
        if running is not None and running[0] is question.dataset and running[1] is split:
            return
    elif passing and _KIND in session.resting:
        return  # the end of its rest calls `review_soon` again

    def done(evaluation: Evaluation | None, problem: str = "") -> None:
        answered = Answered(evaluation, problem)
        if passing:
            session.rest(_KIND, _REST_MILLISECONDS)
        else:
            session.reviews.keep(asked, answered)
        session.apply(review=_answered(question, answered))

    def failed(error: Exception) -> None:
        # Labels that the network does not know, sentences too long for it: the page says so.
        expected = isinstance(error, RnnStudioError)
        done(None, str(error) if expected else "")
        if not expected:
            session.fail(error)

    session.sought[_KIND] = (question.dataset, split)
    work = partial(_evaluate, model, question.dataset, split, question.words)
    session.background.submit(_KIND, work, done, failed)


def _is_about(review: Review, question: Review) -> bool:
    return (
        review.model is question.model
        and review.dataset is question.dataset
        and (review.split, review.epoch, review.words)
        == (question.split, question.epoch, question.words)
    )


def _answered(question: Review, answered: Answered) -> Review:
    return dataclasses.replace(question, evaluation=answered.evaluation, problem=answered.problem)


def _evaluate(
    model: Model, dataset: Dataset, split: Split, words: int | None, cancelled: IsCancelled
) -> Evaluation | None:
    data = dataset_of_model(dataset, model)
    if not len(data.rows_of(split)):
        return None
    if words is None:
        return evaluate(model, data, split, cancelled)
    cut = with_first_words(data, split, words, model)
    evaluation = evaluate(model, cut, split, cancelled)
    # Where the whole sentence is unrolled, no <eos> comes after the last word that was read.
    steps = [
        len(whole) if len(whole) - 2 <= words else words + 1
        for whole in (data.sequences[row] for row in evaluation.rows.tolist())
    ]
    return dataclasses.replace(evaluation, steps=read_only(np.array(steps, np.int64)))
