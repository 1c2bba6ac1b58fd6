"""Finds out beside the window what moved the listed answers, for the sentences that are seen."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence

import numpy as np

from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.attribution import Attribution, gradient_times_input, leave_one_out
from rnnstudio.engine.model import Cancelled
from rnnstudio.engine.network import Task
from rnnstudio.engine.trace import trace
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.findings import ExampleFound, ExamplesFound
from rnnstudio.session.looking import Method
from rnnstudio.session.resolve.examples import asked
from rnnstudio.session.resolve.judged import judged
from rnnstudio.session.resolve.who_answered import WhoAnswered, who_answered
from rnnstudio.session.session import Session
from rnnstudio.session.state import SessionState

KIND = "examples"
# So many at a time (3 to 10 ms each), so that the first are there at once, and another sentence
# that scrolls into view does not wait long. While the network learns there is one time only.
_AT_ONCE = 8
_AT_ONCE_LEARNING = 24
# While the network learns more would only flicker, and it would learn more slowly: of the time at
# most this share is spent on it.
_REST_MILLISECONDS = 1_500
_SHARE_LEARNING = 0.03
_MOST_KEPT = 2_000
# Leaving each word out, as the Unroll page does unless told, reads T sentences of T − 1 words; of
# longer sentences the gradient tells it in one pass.
_LONGEST_LEFT_OUT = 60
# One pass forward and back of so many words takes a tenth of a second.
_LONGEST = 3_000

_Asked = tuple[int, int, int]  # row, step, class


def see_examples(session: Session, places: Sequence[tuple[int, int]]) -> None:
    """Remember which answers are seen, as (row, step), and find out what moved them."""
    session.seen_examples = tuple(places)
    find_examples(session)


def find_examples(session: Session) -> None:
    """Start on what is seen and not known; whatever changes the state calls this."""
    if session.training is None or KIND not in session.resting:
        _find(session)  # else the end of its rest calls this again


def _find(session: Session) -> None:
    state, learning = session.state, session.training is not None
    seen = session.seen_examples
    if state.page != "evaluate" or not seen or session.background.running(KIND):
        return
    now = judged(state)
    who = who_answered(state, now)
    if who is None or now.judgement is None:
        return
    wanted = _missing(state, who, asked(now.judgement, seen, who))
    wanted = wanted[: _AT_ONCE_LEARNING if learning else _AT_ONCE]
    key = (who, wanted)
    # What could not be found out is not asked again and again.
    if not wanted or session.sought.get(KIND) == key:
        return
    session.sought[KIND] = key

    def work(cancelled: IsCancelled) -> tuple[dict[tuple[int, int], ExampleFound], float]:
        started = time.perf_counter()
        found = _examine(who, wanted, cancelled)
        return found, time.perf_counter() - started

    def done(result: tuple[dict[tuple[int, int], ExampleFound], float]) -> None:
        found, seconds = result
        if learning:
            rest = max(_REST_MILLISECONDS, round(seconds / _SHARE_LEARNING * 1_000))
            session.rest(KIND, rest)
        findings = session.state.findings
        examples = _joined(findings.examples, who, found)
        session.apply(findings=dataclasses.replace(findings, examples=examples))

    def failed(error: Exception) -> None:
        if not isinstance(error, RnnStudioError):
            session.fail(error)

    session.background.submit(KIND, work, done, failed)


def _missing(
    state: SessionState, who: WhoAnswered, places: tuple[_Asked, ...]
) -> tuple[_Asked, ...]:
    # For a moment after an edit the evaluation may be of the table before it.
    places = tuple(one for one in places if one[0] < len(who.dataset.sequences))
    known = state.findings.examples
    if known is None or known.model is not who.model or known.dataset is not who.dataset:
        return places
    missing = []
    for row, step, class_index in places:
        found = known.by_place.get((row, step))
        read = len(who.read(who.dataset.sequences[row]))
        if found is None or found.class_index != class_index or len(found.ids) != read:
            missing.append((row, step, class_index))
    return tuple(missing)


def _joined(
    known: ExamplesFound | None, who: WhoAnswered, found: dict[tuple[int, int], ExampleFound]
) -> ExamplesFound:
    """Return what is known of this network with what was found added, the newest of it."""
    if known is None or known.model is not who.model or known.dataset is not who.dataset:
        return ExamplesFound(who.model, who.dataset, found)
    newest = list({**known.by_place, **found}.items())[-_MOST_KEPT:]
    return ExamplesFound(who.model, who.dataset, dict(newest))


def _examine(
    who: WhoAnswered, wanted: tuple[_Asked, ...], cancelled: IsCancelled
) -> dict[tuple[int, int], ExampleFound]:
    data = dataset_of_model(who.dataset, who.model)
    result = {}
    for row, step, class_index in wanted:
        if cancelled():
            raise Cancelled
        ids = who.read(data.sequences[row])
        if len(ids) <= _LONGEST and who.model.fits(ids):
            result[row, step] = _example(who.model, ids, step, class_index, cancelled)
    return result


def _example(
    model: Model, ids: IntArray, step: int, class_index: int, cancelled: IsCancelled
) -> ExampleFound:
    of_words = model.task is Task.LABEL
    method = Method.LEAVE_ONE_OUT
    attribute: Callable[..., Attribution] = leave_one_out
    if len(ids) > _LONGEST_LEFT_OUT:
        method, attribute = Method.GRADIENT_TIMES_INPUT, gradient_times_input
    result = attribute(
        model.network,
        model.parameters,
        ids,
        class_index,
        step if of_words else None,
        cancelled=cancelled,
    )
    flips: tuple[int, ...] = ()
    if not of_words:
        leading = trace(model.network, model.parameters, ids).predictions
        flips = tuple((np.flatnonzero(np.diff(leading)) + 2).tolist())
    return ExampleFound(ids, result.step, class_index, method, result.contributions, flips)
