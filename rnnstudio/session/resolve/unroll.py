"""What the Unroll page shows: one reading of the sentence and where its play head stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.data.vocabulary import UNKNOWN_ID
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.explain import Explanation, explain_output, explain_state
from rnnstudio.engine.trace import Trace
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Encoded, Model
from rnnstudio.session.memo import remembered
from rnnstudio.session.state import RunState, RunStatus, SessionState

LEADING_CLASSES = 4


@dataclass(frozen=True, eq=False)
class Reading:
    """One sentence read by one network: what strip, heat map and inspector draw from.

    `state_low` … `state_high` is the scale on which states are coloured, `input_limit` the size of
    the largest component of an embedding. `by_change` (H,) lists the units from the one that
    changes most, Σ_t |s_t − s_{t−1}|, to the one that changes least.
    """

    model: Model
    encoded: Encoded
    trace: Trace
    state_low: float
    state_high: float
    input_limit: float
    by_change: IntArray

    def __len__(self) -> int:
        """The number T of steps."""
        return len(self.trace)

    @property
    def words(self) -> tuple[str, ...]:
        """The words (T,) from `<sos>` to `<eos>`."""
        return self.encoded.words

    @property
    def ids(self) -> IntArray:
        """The words' ids (T,)."""
        return self.encoded.ids

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes (C,)."""
        return self.model.labels

    def is_unknown(self, step: int) -> bool:
        """Whether the vocabulary lacks the word of step t = 1 … T."""
        return int(self.ids[step - 1]) == UNKNOWN_ID

    def span(self, step: int) -> tuple[int, int] | None:
        """Where the word of a step stands in the sentence as typed; None for `<sos>`, `<eos>`."""
        if not 2 <= step <= len(self) - 1:
            return None
        token = self.encoded.tokens[step - 2]
        return token.start, token.end


@dataclass(frozen=True)
class Badge:
    """The prediction beside the sentence, or `words` where there is none."""

    label: str = ""
    class_index: int = 0
    probability: float = 0.0
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class SentenceState:
    """The sentence as typed, the characters under the play head, what the network makes of it.

    `source` names where a random sentence comes from ("test set"); empty where there is none.
    """

    sentence: str
    marked: tuple[int, int] | None
    badge: Badge
    source: str


@dataclass(frozen=True)
class UnrolledState:
    """The reading with its play head and selected unit; `message` says why there is none."""

    reading: Reading | None
    step: int
    unit: int | None
    message: str


@dataclass(frozen=True)
class InspectorState:
    """What the inspector takes apart: the selected unit, or the leading classes of ŷ_t."""

    reading: Reading | None
    step: int
    unit: int | None
    message: str

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The one of the unit, or those of the leading classes, likeliest first.

        Computed when it is drawn: while the network learns not every reading is.
        """
        if self.reading is None:
            return ()
        return _explanations(self.reading, self.step, self.unit)


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
class UnrollState:
    """All panels of the page."""

    sentence_box: SentenceState
    unrolled: UnrolledState
    inspector: InspectorState
    transport: TransportState


def resolve_unroll(state: SessionState) -> UnrollState:
    """Return what the Unroll page shows."""
    sentence = state.selection.sentence
    reading, message = _reading_or_message(state.model, sentence)
    steps = len(reading) if reading else 0
    step = min(max(state.selection.step, 1), steps) if steps else 0
    unit = state.selection.unit
    if reading is None or unit is None or not 0 <= unit < reading.trace.spec.units:
        unit = None
    return UnrollState(
        sentence_box=SentenceState(
            sentence=sentence,
            marked=reading.span(step) if reading else None,
            badge=_badge(state, reading, step),
            source=_source_words(state),
        ),
        unrolled=UnrolledState(reading, step, unit, message),
        inspector=InspectorState(reading, step, unit, message),
        transport=TransportState(
            step=step,
            steps=steps,
            playing=state.playing,
            speed=state.speed,
            weights=_weights_words(state.model, state.run),
            live=state.run.status is RunStatus.RUNNING,
        ),
    )


@remembered(4)
def read(model: Model, sentence: str) -> Reading:
    """Read a sentence; the same model and sentence give the same object.

    Raises:
        RnnStudioError: the sentence has no word.
    """
    encoded, trace = model.trace(sentence)
    low, high = _state_scale(trace)
    with np.errstate(invalid="ignore"):  # ReLU states can be infinite
        steps = np.abs(np.diff(trace.s, axis=0, prepend=trace.s_0[np.newaxis]))
    by_change = np.argsort(-steps.sum(axis=0), kind="stable")
    by_change.setflags(write=False)
    return Reading(model, encoded, trace, low, high, _input_limit(trace), by_change)


def _reading_or_message(model: Model | None, sentence: str) -> tuple[Reading | None, str]:
    if model is None:
        return (
            None,
            "There is no network yet. Choose data with at least two classes on the Data page.",
        )
    try:
        return read(model, sentence), ""
    except RnnStudioError:
        return None, "Type a sentence above and watch the network read it, word by word."


@remembered(8)
def _explanations(reading: Reading, step: int, unit: int | None) -> tuple[Explanation, ...]:
    if unit is not None:
        return (explain_state(reading.trace, step, unit),)
    leading = np.argsort(-reading.trace.y[step - 1], kind="stable")[:LEADING_CLASSES]
    return tuple(explain_output(reading.trace, step, int(index)) for index in leading)


def _state_scale(trace: Trace) -> tuple[float, float]:
    match trace.spec.activation:
        case Activation.TANH:
            return -1.0, 1.0
        case Activation.LOGISTIC:
            return 0.0, 1.0
        case Activation.RELU:
            return 0.0, _round_limit(trace.s)


def _input_limit(trace: Trace) -> float:
    known = trace.ids[trace.ids != UNKNOWN_ID]
    if trace.spec.embedding is None or len(known) == 0:
        return 1.0
    return _round_limit(trace.parameters["embedding.weight"][known - 1])


def _round_limit(values: FloatArray) -> float:
    """Return the next of 1, 2, 3, 5 times a power of ten above all values: a scale that rests.

    While training the exact maximum would change, and with it every colour, at each picture.
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    if largest == 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((f * power for f in (1.0, 2.0, 3.0, 5.0) if largest <= f * power), 10.0 * power)


def _badge(state: SessionState, reading: Reading | None, step: int) -> Badge:
    if reading is None:
        return Badge(words="Type a sentence" if state.model else "No network yet")
    so_far = step < len(reading)
    row = reading.trace.y[step - 1]
    index = int(row.argmax())
    label = reading.labels[index]
    truth = _truth(state)
    if so_far:
        note = "so far"
    elif truth is not None:
        note = f"truth: {truth} {'✓' if truth == label else '✗'}"
    else:
        note = ""
    return Badge(label, index, float(row[index]), note)


def _truth(state: SessionState) -> str | None:
    row = state.selection.row
    if row is None or not 0 <= row < len(state.table.rows):
        return None
    return state.table.rows[row].label


def _source_words(state: SessionState) -> str:
    """Return where a random sentence comes from: training rows only where there is no test set."""
    if state.dataset is None:
        return ""
    return "test set" if len(state.dataset.rows_of(Split.TEST)) else "training set"


def _weights_words(model: Model | None, run: RunState) -> str:
    if model is None:
        return ""
    if model.step == 0:
        return "fresh weights, not trained yet"
    of = f" / {run.epochs}" if run.epochs else ""
    return f"weights as of epoch {model.epoch}{of}"
