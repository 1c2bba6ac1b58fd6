"""Which sentence is looked at next: one that was tried, any of the data, the most wrong one."""

from __future__ import annotations

import dataclasses

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.project.evaluation import evaluate
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.history import remember_sentence
from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.commands.view import open_row, set_sentence
from rnnstudio.session.memo import remembered
from rnnstudio.session.ranking import Ranking, Tour, most_wrong_first
from rnnstudio.session.session import Session, Tone
from rnnstudio.session.state import Activity

MOST_WRONG = "most_wrong"
_MANY_ROWS = 3_000  # what takes longer than a blink is worth a word in the status bar
_NAMES = {Split.TRAIN: "training", Split.VALIDATION: "validation", Split.TEST: "test"}


def choose_sentence(session: Session, sentence: str) -> None:
    """Look at a sentence that was chosen whole, as the data have it where they do."""
    dataset = session.state.dataset
    row = None if dataset is None else _row_by_text(dataset).get(sentence)
    set_sentence(session, sentence, row)
    remember_sentence(session)


def choose_from(session: Session, split: str, most_wrong: bool = False) -> None:
    """Look at a sentence of a split: any, or the next one about which the network errs most."""
    if most_wrong:
        most_wrong_row(session, Split(split))
    else:
        random_row(session, Split(split))


def random_row(session: Session, split: Split | None = None) -> None:
    """Show a sentence of a split, another each time.

    Where none is named it is the test split, or the training split where that is empty.
    """
    dataset = session.state.dataset
    if dataset is None or not dataset.splits:
        return
    rows = dataset.rows_of(split or Split.TEST)
    if split is None and not len(rows):
        rows = dataset.rows_of(Split.TRAIN)
    others = rows[rows != session.state.selection.row]
    if len(others):
        open_row(session, int(session.chance.choice(others)))


def most_wrong_row(session: Session, split: Split) -> None:
    """Show the sentence of a split about which the network errs most, then the next, and so on.

    The split is evaluated beside the window, once for a network.
    """
    state = session.state
    model, dataset = state.model, state.dataset
    if model is None or dataset is None or not len(dataset.rows_of(split)):
        return
    if session.tour is not None and session.tour.is_of(model, dataset, split):
        _go_on(session, session.tour)
        return

    def work(cancelled: IsCancelled) -> Ranking:
        data = dataset_of_model(dataset, model)
        return most_wrong_first(evaluate(model, data, split, cancelled))

    def done(ranking: Ranking) -> None:
        end_activity()
        # The data may have been replaced meanwhile; newer weights are no other question.
        if session.state.dataset is dataset:
            _begin(session, Tour(model, dataset, split, ranking))

    def failed(error: Exception) -> None:
        end_activity()
        session.fail(error)

    def end_activity() -> None:
        if session.state.activity is activity:
            session.apply(activity=None)

    activity = Activity(f"Looking for the most wrong sentence of the {_NAMES[split]} set")
    if state.activity is None and dataset.splits.count(split) > _MANY_ROWS:
        session.apply(activity=activity)
    session.background.submit(MOST_WRONG, work, done, failed)


def _begin(session: Session, tour: Tour) -> None:
    # While the network learns each press ranks anew; the same sentence twice would be no answer.
    if len(tour.ranking.rows) and int(tour.ranking.rows[0]) == session.state.selection.row:
        tour = dataclasses.replace(tour, place=0)
    _go_on(session, tour)


def _go_on(session: Session, tour: Tour) -> None:
    ranking = tour.ranking
    count, last = len(ranking.rows), tour.place
    if not count:
        return
    place = (last + 1) % count
    session.tour = dataclasses.replace(tour, place=place)
    open_row(session, int(ranking.rows[place]), int(ranking.steps[place]))
    # Said where the errors end, not at each sentence after them.
    if place == ranking.wrong and place > last:
        name = _NAMES[tour.split]
        happened = f"These were all {ranking.wrong:,} errors in the {name} set."
        if not ranking.wrong:
            happened = f"The network makes no error in the {name} set."
        session.tell(Tone.INFO, happened, "What follows is right, the least sure first.")


@remembered(1)
def _row_by_text(dataset: Dataset) -> dict[str, int]:
    """The first row with each text."""
    rows = dataset.table.rows
    return {rows[index].text: index for index in reversed(range(len(rows)))}
