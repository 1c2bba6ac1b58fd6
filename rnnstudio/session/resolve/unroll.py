"""What the Unroll page shows: one reading of the sentence and where its play head stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnnstudio.engine.deciding import decided_at
from rnnstudio.engine.model import TooLongError
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model
from rnnstudio.session.findings import AttributionFound
from rnnstudio.session.looking import Looking, Notation
from rnnstudio.session.reading import Reading, read
from rnnstudio.session.resolve.missing import why_no_network
from rnnstudio.session.resolve.weights import is_within, weights_in_words
from rnnstudio.session.sentence import given_row
from rnnstudio.session.state import RunState, RunStatus, SessionState


@dataclass(frozen=True)
class UnrolledState:
    """The reading with its play head and selected unit; `message` says why there is none.

    `attribution` is how much each word moved the decision, `decided` the step from which on the
    answer is the final one; None where that is not known. `motion` says whether pictures may move
    by themselves, `moving` that the play head does.
    """

    reading: Reading | None
    step: int
    unit: int | None
    message: str
    looking: Looking = field(default_factory=Looking)
    attribution: AttributionFound | None = None
    decided: int | None = None
    moving: bool = False
    motion: bool = True
    notation: Notation = Notation.LECTURE


@dataclass(frozen=True)
class TransportState:
    """The play head's controls; `weights` says how far the network is trained."""

    step: int
    steps: int
    playing: bool
    speed: float
    weights: str
    live: bool


@dataclass(frozen=True)
class Shown:
    """The reading that the page is about, with the play head and the selected unit.

    `message` says why there is no reading, `short` the same in few words. `looking` is how the page
    looks at it, with the state of the last layer in place of what this network does not have.
    """

    reading: Reading | None
    step: int
    unit: int | None
    message: str
    short: str
    looking: Looking


def shown(state: SessionState) -> Shown:
    """Return what the page is about."""
    reading, message, short = _reading_or_message(state)
    looking = state.looking if reading is None else reading.available(state.looking)
    steps = len(reading) if reading else 0
    step = min(max(state.selection.step, 1), steps) if steps else 0
    unit = state.selection.unit
    if reading is None or unit is None or not 0 <= unit < reading.width(looking):
        unit = None
    return Shown(reading, step, unit, message, short, looking)


def resolve_unrolled(state: SessionState) -> UnrolledState:
    """Return the strip."""
    now = shown(state)
    reading = now.reading
    found = state.findings.attribution
    if found is not None and (reading is None or not _fits(found, reading, state)):
        found = None
    return UnrolledState(
        reading=reading,
        step=now.step,
        unit=now.unit,
        message=now.message,
        looking=now.looking,
        attribution=found,
        decided=decided_at(reading.trace) if reading else None,
        moving=state.playing and not state.preferences.reduce_motion,
        motion=not state.preferences.reduce_motion,
        notation=Notation(state.preferences.notation),
    )


def resolve_transport(state: SessionState) -> TransportState:
    """Return the play head's controls."""
    now = shown(state)
    return TransportState(
        step=now.step,
        steps=len(now.reading) if now.reading else 0,
        playing=state.playing,
        speed=state.speed,
        weights=_weights_words(state.model, state.run),
        live=state.run.status is RunStatus.RUNNING,
    )


def _fits(found: AttributionFound, reading: Reading, state: SessionState) -> bool:
    """Whether an attribution is of this sentence; while training it may be of older weights."""
    if found.words != reading.words or found.method is not state.looking.method:
        return False
    if found.model.network != reading.model.network:
        return False
    return found.model is reading.model or state.run.status is RunStatus.RUNNING


def _reading_or_message(state: SessionState) -> tuple[Reading | None, str, str]:
    """Return the reading, or words that say why there is none, and the same in short."""
    model = state.model
    if model is None:
        words = why_no_network(state) or (
            "There is no network yet. Choose data with at least two classes on the Data page."
        )
        return None, words, "No network yet"
    try:
        return read(model, state.selection.sentence, given_row(state), state.changes), "", ""
    except TooLongError as error:
        assert model.network.longest is not None
        return None, str(error), f"too long: at most {model.network.longest - 2:,} words"
    except RnnStudioError:
        words = "Type a sentence above and watch the network read it, word by word."
        return None, words, "Type a sentence"


def _weights_words(model: Model | None, run: RunState) -> str:
    if model is None:
        return ""
    if model.step == 0:
        return "fresh weights, not trained yet"
    of = f" / {run.epochs}" if run.epochs else ""
    return f"weights {weights_in_words(model.epoch, is_within(run, model))}{of}"
