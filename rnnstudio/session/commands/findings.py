"""Finds out beside the window what the Unroll page asks for: attributions, states, replacements."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.attribution import (
    Attribution,
    gradient_times_input,
    integrated_gradients,
    leave_one_out,
)
from rnnstudio.engine.network import Task
from rnnstudio.engine.replacing import replace_word
from rnnstudio.engine.states import collect_states
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.findings import AttributionFound, ReplacementsFound, StatesFound
from rnnstudio.session.looking import Below, Beside, Looking, Method
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.unroll import Shown, shown
from rnnstudio.session.session import Session
from rnnstudio.session.state import SessionState
from rnnstudio.session.state_cloud import cloud_of

_METHODS: dict[Method, Callable[..., Attribution]] = {
    Method.LEAVE_ONE_OUT: leave_one_out,
    Method.GRADIENT_TIMES_INPUT: gradient_times_input,
    Method.INTEGRATED_GRADIENTS: integrated_gradients,
}
# Leaving each word out reads T sentences of T − 1 words.
LONGEST_LEFT_OUT = 1_000
# How long each kind rests after an answer while the network learns: all would only flicker, and
# training would wait.
_REST = {"attribution": 1_000, "states": 2_000, "replacements": 1_500}


@dataclass(frozen=True, eq=False)
class _Wish:
    """Something that is wanted: `key` says what it is about, compared by identity."""

    kind: str
    key: tuple[object, ...]
    work: Callable[[IsCancelled], object]


def find_soon(session: Session) -> None:
    """Start what is wanted and has not been found out; whatever changes the state calls this."""
    state = session.state
    if state.page != "unroll" or state.model is None:
        return
    now = shown(state)
    if now.reading is None:
        return
    for wish in (_attribution(now), _states(state, now), _replacements(now)):
        if wish is not None and not _same(session.sought.get(wish.kind), wish.key):
            _seek(session, wish)


def _seek(session: Session, wish: _Wish) -> None:
    learning = session.training is not None
    if learning and (session.background.running(wish.kind) or wish.kind in session.resting):
        return  # the end of its rest calls `find_soon` again
    session.sought[wish.kind] = wish.key

    def done(result: Any) -> None:
        findings = dataclasses.replace(session.state.findings, **{wish.kind: result})
        session.rest(wish.kind, _REST[wish.kind])
        session.apply(findings=findings)

    def failed(error: Exception) -> None:
        if not isinstance(error, RnnStudioError):
            session.fail(error)

    session.background.submit(wish.kind, wish.work, done, failed)


def _attribution(now: Shown) -> _Wish | None:
    reading, method = now.reading, now.looking.method
    assert reading is not None
    if method is Method.NONE or not reading.is_asked(now.step):
        return None
    if method is Method.LEAVE_ONE_OUT and len(reading) > LONGEST_LEFT_OUT:
        return None
    labels = reading.model.task is Task.LABEL
    step = now.step if labels else None
    answered = reading.trace.y[(step or len(reading)) - 1]
    class_index = now.looking.ranked_class
    if class_index is None:
        class_index = int(answered.argmax())
    key = (reading.model, reading.words, method, class_index, step)
    return _Wish("attribution", key, partial(_attribute, reading, method, class_index, step))


def _attribute(
    reading: Reading, method: Method, class_index: int, step: int | None, cancelled: IsCancelled
) -> AttributionFound:
    model = reading.model
    result = _METHODS[method](
        model.network, model.parameters, reading.ids, class_index, step, cancelled=cancelled
    )
    return AttributionFound(model, reading.words, method, result)


def _states(state: SessionState, now: Shown) -> _Wish | None:
    looking, dataset, model = now.looking, state.dataset, state.model
    assert model is not None
    seen = (
        looking.below is Below.PATHS
        or looking.beside is Beside.PHRASE
        or (looking.beside is Beside.INSPECTOR and now.unit is not None)
    )
    if dataset is None or not seen or looking.quantity == "x":
        return None
    key = (model, dataset, looking.quantity, looking.layer, looking.direction)
    return _Wish("states", key, partial(_collect, model, dataset, looking))


def _collect(
    model: Model, dataset: Dataset, looking: Looking, cancelled: IsCancelled
) -> StatesFound:
    data = dataset_of_model(dataset, model)
    rows = [int(row) for split in Split for row in data.rows_of(split)]
    result = collect_states(
        model.network,
        model.parameters,
        [data.sequences[row] for row in rows],
        looking.quantity,
        -1 if looking.layer is None else looking.layer,
        looking.direction,
        cancelled=cancelled,
    )
    read = sorted({int(row) for row in result.rows})
    words = {
        row: tuple(model.vocabulary.word_of(int(id_)) for id_ in data.sequences[rows[row]])
        for row in read
    }
    return StatesFound(
        model=model,
        quantity=looking.quantity,
        layer=looking.layer,
        direction=looking.direction,
        table_rows=tuple(rows),
        words=tuple(words.get(row, ()) for row in range(len(rows))),
        result=result,
        cloud=cloud_of(model, looking.quantity, looking.layer, result.values),
    )


def _replacements(now: Shown) -> _Wish | None:
    reading = now.reading
    assert reading is not None
    inside = 2 <= now.step <= len(reading) - 1
    if now.looking.beside is not Beside.REPLACEMENTS or not inside:
        return None
    key = (reading.model, reading.words, now.step)
    return _Wish("replacements", key, partial(_replace, reading, now.step))


def _replace(reading: Reading, step: int, cancelled: IsCancelled) -> ReplacementsFound:
    model = reading.model
    result = replace_word(model.network, model.parameters, reading.ids, step, cancelled=cancelled)
    return ReplacementsFound(model, reading.words, step, result)


def _same(sought: tuple[Any, ...] | None, key: tuple[object, ...]) -> bool:
    """Whether two keys are of the same objects; words, numbers and names are compared by value."""
    if sought is None or len(sought) != len(key):
        return False
    return all(
        one is other or (isinstance(one, int | str | tuple) and one == other)
        for one, other in zip(sought, key, strict=True)
    )
