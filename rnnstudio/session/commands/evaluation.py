"""Keeps the evaluation of the chosen split up to date beside the window."""

from __future__ import annotations

import dataclasses

from rnnstudio.data.table import Split
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.resolve.weights import is_within
from rnnstudio.session.session import Session

_KIND = "evaluate"
# While training runs, the matrix follows about twice a second; more would only flicker.
_PAUSE_MILLISECONDS = 400
_FOLLOWING_PAGES = ("train", "evaluate")


def evaluate_soon(session: Session) -> None:
    """Evaluate the present network, unless that has been done or cannot be seen.

    While an evaluation runs, and a moment after it, nothing is started: the end of that moment
    calls this again, so the newest network is always evaluated in the end.
    """
    state = session.state
    if session.background.running(_KIND) or session.evaluation_timer.isActive():
        return
    if session.training is not None and state.page not in _FOLLOWING_PAGES:
        return
    wanted = (state.model, state.dataset, state.selection.split)
    if session.evaluated is None or any(
        new is not old for new, old in zip(wanted, session.evaluated, strict=True)
    ):
        _evaluate(session)


def set_split(session: Session, split: Split) -> None:
    """Evaluate on another split; the selected cells stay, for the classes are the same."""
    selection = dataclasses.replace(session.state.selection, split=split)
    session.apply(selection=selection, evaluation=None)
    session.background.cancel(_KIND)
    _evaluate(session)


def select_cells(session: Session, cells: frozenset[tuple[int, int]]) -> None:
    """Choose cells of the confusion matrix: (truth, predicted) pairs."""
    session.apply(selection=dataclasses.replace(session.state.selection, cells=cells))


def _evaluate(session: Session) -> None:
    state = session.state
    model, dataset, split = state.model, state.dataset, state.selection.split
    session.evaluated = (model, dataset, split)
    if model is None or dataset is None:
        return
    within = is_within(state.run, model)

    def work(cancelled: IsCancelled) -> Evaluation | None:
        data = dataset_of_model(dataset, model)
        if len(data.rows_of(split)) == 0:
            return None
        return evaluate(model, data, split, cancelled)

    def done(evaluation: Evaluation | None) -> None:
        session.apply(
            evaluation=evaluation,
            evaluation_epoch=model.epoch,
            evaluation_within=within,
            evaluation_problem="",
        )
        session.evaluation_timer.start(_PAUSE_MILLISECONDS)

    def failed(error: Exception) -> None:
        # Labels that the network does not know, sentences too long for it: the page says so.
        expected = isinstance(error, RnnStudioError)
        session.apply(evaluation=None, evaluation_problem=str(error) if expected else "")
        if not expected:
            session.fail(error)

    session.background.submit(_KIND, work, done, failed)
