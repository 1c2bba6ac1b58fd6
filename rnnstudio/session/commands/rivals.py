"""Another network beside the present one: chosen from the runs or a file, kept up to date."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.model import Model
from rnnstudio.project.project import Run, RunOverview
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.answers.pairing import aligned, require_comparable, same_questions
from rnnstudio.session.answers.review import Rival, RunLine
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.judging import judge
from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.network_name import network_name
from rnnstudio.session.session import Session, Tone
from rnnstudio.session.state import Activity, SessionState

READING_RIVAL = "read_rival"
_KIND = "rival"
# Keys of `Session.sought`: which network was chosen last, which comparison was asked for last,
# what the other network said to a split, and of which runs the list is.
_CHOSEN, _COMPARED, _ANSWERS, _LISTED = "rival_chosen", _KIND, "rival_answers", "runs"


def compare_with_run(session: Session, number: int) -> None:
    """Compare the present network with a run of the project, with its best weights."""
    choice = _choose(session)

    def done(run: Run) -> None:
        if session.sought.get(_CHOSEN) is not choice:
            return
        try:
            model = run.model("best")
        except RnnStudioError as error:
            session.tell(Tone.WARNING, f"Run {number} has no weights yet.", error.remedy)
            return
        _take(session, Rival(f"Run {number} · {network_name(model.network)}", model, number))

    def failed(error: Exception) -> None:
        if session.sought.get(_CHOSEN) is choice:
            session.fail(error)

    session.writer.submit(lambda file: file.load_run(number), done, failed)


def compare_with_file(session: Session, path: Path) -> None:
    """Compare the present network with the one of another project file, with its best weights.

    The file is only read. Where it has no network that can be compared, nothing changes.
    """
    activity = Activity(f"Reading {path.name}")
    choice = _choose(session, activity)

    def work(cancelled: IsCancelled) -> Model:
        with ProjectFile.open(path) as file:
            return file.load().model("best")

    def done(model: Model) -> None:
        end()
        if session.sought.get(_CHOSEN) is choice:
            _take(session, Rival(f"{path.stem} · {network_name(model.network)}", model))

    def failed(error: Exception) -> None:
        end()
        session.fail(error)

    def end() -> None:
        if session.state.activity is activity:
            session.apply(activity=None)

    session.background.submit(READING_RIVAL, work, done, failed)


def clear_rival(session: Session) -> None:
    """Look at the present network alone."""
    _choose(session)
    _forget(session)
    if session.state.rival is not None:
        session.apply(rival=None)
    judge(session, against=Against.THIS, outcome=None)


def rival_soon(session: Session) -> None:
    """Keep the other network's answers those to what the present one is asked; list the runs.

    Whatever changes the state calls this. Newer weights of the present network are asked the same
    as before: nothing is evaluated again then.
    """
    state = session.state
    _list_soon(session)
    rival = state.rival
    if rival is None:
        return
    if rival.dataset is not state.dataset or rival.split is not state.selection.split:
        session.background.cancel(_KIND)
        session.sought.pop(_COMPARED, None)
        # Answers to other questions are not to be seen for a moment; `apply` calls this again.
        _show(session, rival, None)
        return
    present = state.evaluation
    if state.page != "evaluate" or present is None or not _is_up_to_date(session):
        return
    before = session.sought.get(_COMPARED)
    if before is not None and before[0] is rival.model and isinstance(before[1], Evaluation):
        if before[1] is present:
            return
        if before[1].labels == present.labels and same_questions(before[1], present):
            session.sought[_COMPARED] = (rival.model, present)
            return
    _compare(session, rival, present)


def list_runs(session: Session) -> None:
    """List the runs in the project's file that have a network to compare with."""

    def done(runs: tuple[RunOverview, ...]) -> None:
        lines = tuple(
            RunLine(run.number, network_name(run.spec.model), run.epochs, run.accuracy)
            for run in runs
            if run.has_weights
        )
        if lines != session.state.runs:
            session.apply(runs=lines)

    session.writer.submit(lambda file: file.run_lines(), done)


def _list_soon(session: Session) -> None:
    state = session.state
    run = state.run
    key = (state.path, session.run_count, run.number, run.status, run.spec)
    if state.page != "evaluate" or session.sought.get(_LISTED) == key:
        return
    session.sought[_LISTED] = key
    # After this turn: what has just ended is written by then.
    QTimer.singleShot(0, session, partial(list_runs, session))


def _choose(session: Session, activity: Activity | None = None) -> tuple[object, ...]:
    """Note that a network is being chosen: what was chosen before and is still read is dropped.

    `activity` is to be seen while it is read.
    """
    session.background.cancel(READING_RIVAL)
    former = session.sought.get(_CHOSEN)
    choice = (activity or object(),)
    session.sought[_CHOSEN] = choice
    shown = session.state.activity
    own = shown is None or (former is not None and former[0] is shown)
    if own and shown is not activity:
        session.apply(activity=activity)
    return choice


def _forget(session: Session) -> None:
    """Drop what is being worked out, and was, about the other network."""
    session.background.cancel(_KIND)
    for key in (_COMPARED, _ANSWERS):
        session.sought.pop(key, None)


def _take(session: Session, rival: Rival) -> None:
    """Put a network beside the present one, if the two can be compared."""
    state = session.state
    if state.model is None:
        session.tell(Tone.WARNING, "There is no network to compare with.", "Open some data first.")
        return
    try:
        require_comparable(rival.name, rival.model, state.model)
    except RnnStudioError as error:
        session.tell(Tone.WARNING, error.happened, error.remedy)
        return
    _forget(session)
    session.apply(
        rival=dataclasses.replace(rival, dataset=state.dataset, split=state.selection.split)
    )


def _show(session: Session, rival: Rival, evaluation: Evaluation | None, problem: str = "") -> None:
    state = session.state
    session.apply(
        rival=dataclasses.replace(
            rival,
            dataset=state.dataset,
            split=state.selection.split,
            evaluation=evaluation,
            problem=problem,
        )
    )


def _is_up_to_date(session: Session) -> bool:
    """Whether the present evaluation is of the present data and split."""
    state = session.state
    if session.evaluated is None or session.background.running("evaluate"):
        return False
    _, dataset, split = session.evaluated
    return dataset is state.dataset and split is state.selection.split


def _compare(session: Session, rival: Rival, present: Evaluation) -> None:
    """Have the other network asked what the present one was asked."""
    state = session.state
    dataset, split, model = state.dataset, state.selection.split, state.model
    assert dataset is not None  # there is an evaluation of it
    assert model is not None
    session.sought[_COMPARED] = (rival.model, present)
    try:
        require_comparable(rival.name, rival.model, model)
    except RnnStudioError as error:
        session.background.cancel(_KIND)
        _show(session, rival, None, str(error))
        return
    known = _answers(session, rival.model, dataset, split)

    def work(cancelled: IsCancelled) -> Evaluation:
        return evaluate(rival.model, dataset_of_model(dataset, rival.model), split, cancelled)

    def done(answers: Evaluation) -> None:
        session.sought[_ANSWERS] = (rival.model, dataset, split, answers)
        comparable = aligned(answers, present)
        problem = "" if comparable is not None else _nothing_in_common(session.state)
        _show(session, rival, comparable, problem)

    def failed(error: Exception) -> None:
        expected = isinstance(error, RnnStudioError)
        _show(session, rival, None, f"{rival.name}: {error}" if expected else "")
        if not expected:
            session.fail(error)

    if known is not None:
        done(known)
        return
    session.background.submit(_KIND, work, done, failed)
    if rival.evaluation is not None or rival.problem:
        _show(session, rival, None)


def _answers(session: Session, model: Model, dataset: Dataset, split: Split) -> Evaluation | None:
    """Return what the other network has said to this split, if it was asked before."""
    known = session.sought.get(_ANSWERS)
    if known is None:
        return None
    same = known[0] is model and known[1] is dataset and known[2] is split
    return known[3] if same and isinstance(known[3], Evaluation) else None


def _nothing_in_common(state: SessionState) -> str:
    of = "word" if state.model is not None and state.model.task is Task.LABEL else "sentence"
    return f"There is no {of} in the {state.selection.split.value} split that both networks read."
