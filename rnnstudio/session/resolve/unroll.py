"""What the Unroll page shows: one reading of the sentence and where its play head stands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Row, Split
from rnnstudio.data.vocabulary import UNKNOWN_ID
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.explain import Explanation, explain, explain_output
from rnnstudio.engine.model import TooLongError
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.trace import Trace, trace
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Encoded, Model
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.missing import why_no_network
from rnnstudio.session.sentence import encoded, given_row
from rnnstudio.session.state import RunState, RunStatus, SessionState

LEADING_CLASSES = 4

# What can be seen of a unit of each cell, beginning with its state.
UNIT_QUANTITIES: Mapping[Cell, tuple[str, ...]] = {
    Cell.GRU: ("s", "n", "r", "z", "q"),
    Cell.LSTM: ("s", "c", "i", "f", "g", "o"),
}


ABOUT_FILMS = (
    (
        "The lecture's four sentences",
        (
            "The first half was very boring .",
            "Great performance by all the lead actors .",
            "The background music was awesome .",
            "The movie was a waste of time .",
        ),
    ),
    (
        "Negation and contrast",
        (
            "The movie was not good .",
            "The movie was not bad at all .",
            "The start was dull , but the ending was wonderful .",
            "The start was wonderful , but the ending was dull .",
            "I never felt bored .",
        ),
    ),
)
_ABOUT_FILMS = ("builtin:lecture", "builtin:polarity")
_MOST_EXAMPLES = 8
_LONGEST_EXAMPLE = 120  # letters; a menu is no place for a page of text


@dataclass(frozen=True, eq=False)
class Reading:
    """One sentence read by one network: what strip, heat map and inspector draw from.

    `state_low` … `state_high` is the scale on which states are coloured, `input_limit` the size of
    the largest component of an embedding. `by_change` (H,) lists the units from the one that
    changes most, Σ_t |s_t − s_{t−1}|, to the one that changes least. The states are those of the
    last layer, in the forward direction. `tags` are the true ones of the words, where the data
    give them.
    """

    model: Model
    encoded: Encoded
    trace: Trace
    state_low: float
    state_high: float
    input_limit: float
    by_change: IntArray
    tags: tuple[str, ...] | None = None

    @property
    def spec(self) -> NetworkSpec:
        """The network's settings."""
        return self.trace.spec

    @property
    def labels_words(self) -> bool:
        """Whether the answer is a tag for each word."""
        return self.spec.task is Task.LABEL

    def is_asked(self, step: int) -> bool:
        """Whether there is an answer at a step: a labeller is not asked at `<sos>` and `<eos>`."""
        return not self.labels_words or 2 <= step <= len(self) - 1

    def true_tag(self, step: int) -> str | None:
        """Return the tag that the data give the word of a step, if they do."""
        return self.tags[step - 2] if self.tags and 2 <= step <= len(self) - 1 else None

    def unit_quantities(self) -> tuple[str, ...]:
        """What can be seen of a unit, beginning with its state."""
        return UNIT_QUANTITIES.get(self.spec.cell, ("s",))

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
        return int(self.ids[step - 1]) == self.model.vocabulary.unknown_id

    def is_zero(self, step: int) -> bool:
        """Whether x_t = 0, because the vocabulary lacks the word and has no `<unk>`."""
        return int(self.ids[step - 1]) == UNKNOWN_ID

    def span(self, step: int) -> tuple[int, int] | None:
        """Where the word of a step stands in the sentence as typed; None for `<sos>`, `<eos>`."""
        if not 2 <= step <= len(self) - 1:
            return None
        token = self.encoded.tokens[step - 2]
        return (token.start, token.end) if token.end > token.start else None


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
    `examples` are sentences to try, under the words that say what they are.
    """

    sentence: str
    marked: tuple[int, int] | None
    badge: Badge
    source: str
    examples: tuple[tuple[str, tuple[str, ...]], ...] = ()


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

    def explanation(self, quantity: str) -> Explanation:
        """The one of another number of the unit, such as a gate's."""
        assert self.reading is not None
        assert self.unit is not None
        return _of_unit(self.reading, self.step, self.unit, quantity)


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
    reading, message, short = _reading_or_message(state, sentence, given_row(state))
    steps = len(reading) if reading else 0
    step = min(max(state.selection.step, 1), steps) if steps else 0
    unit = state.selection.unit
    if reading is None or unit is None or not 0 <= unit < reading.spec.units:
        unit = None
    taken_apart, instead = reading, message
    if reading is not None and unit is None and not reading.is_asked(step):
        taken_apart = None
        instead = (
            f"Nothing is asked at {reading.words[step - 1]}: it is no word. "
            "Choose a word, or click a unit to see what made it."
        )
    return UnrollState(
        sentence_box=SentenceState(
            sentence=sentence,
            marked=reading.span(step) if reading else None,
            badge=_badge(state, reading, step) if reading else Badge(words=short),
            source=_source_words(state),
            examples=_examples(state.dataset),
        ),
        unrolled=UnrolledState(reading, step, unit, message),
        inspector=InspectorState(taken_apart, step, unit, instead),
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
def read(model: Model, sentence: str, row: Row | None = None) -> Reading:
    """Read a sentence, as `row` gives its words; the same arguments give the same object.

    Raises:
        RnnStudioError: the sentence has no word.
        TooLongError: the network has no weights for so many steps.
    """
    read_as = encoded(model, sentence, row)
    traced = trace(model.network, model.parameters, read_as.ids)
    low, high = _state_scale(traced)
    with np.errstate(invalid="ignore"):  # ReLU states can be infinite
        steps = np.abs(np.diff(traced.s, axis=0, prepend=traced.s_0[np.newaxis]))
    by_change = np.argsort(-steps.sum(axis=0), kind="stable")
    by_change.setflags(write=False)
    tags = row.tags if row is not None and model.task is Task.LABEL else None
    return Reading(model, read_as, traced, low, high, _input_limit(traced), by_change, tags)


def _reading_or_message(
    state: SessionState, sentence: str, row: Row | None
) -> tuple[Reading | None, str, str]:
    """Return the reading, or words that say why there is none, and the same in short."""
    model = state.model
    if model is None:
        words = why_no_network(state) or (
            "There is no network yet. Choose data with at least two classes on the Data page."
        )
        return None, words, "No network yet"
    try:
        return read(model, sentence, row), "", ""
    except TooLongError as error:
        assert model.network.longest is not None
        return None, str(error), f"too long: at most {model.network.longest - 2:,} words"
    except RnnStudioError:
        words = "Type a sentence above and watch the network read it, word by word."
        return None, words, "Type a sentence"


@remembered(8)
def _explanations(reading: Reading, step: int, unit: int | None) -> tuple[Explanation, ...]:
    if unit is not None:
        return (_of_unit(reading, step, unit, "s"),)
    leading = np.argsort(-reading.trace.y[step - 1], kind="stable")[:LEADING_CLASSES]
    return tuple(explain_output(reading.trace, step, int(index)) for index in leading)


@remembered(8)
def _of_unit(reading: Reading, step: int, unit: int, quantity: str) -> Explanation:
    return explain(reading.trace, quantity, step, unit, reading.spec.layers - 1)


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


def _badge(state: SessionState, reading: Reading, step: int) -> Badge:
    if not reading.is_asked(step):
        return Badge(words=_tags_words(reading))
    row = reading.trace.y[step - 1]
    index = int(row.argmax())
    label = reading.labels[index]
    so_far = step < len(reading) and not reading.labels_words
    truth = reading.true_tag(step) if reading.labels_words else _truth(state)
    if so_far:
        note = "so far"
    elif truth is not None:
        note = f"truth: {truth} {'✓' if truth == label else '✗'}"
    else:
        note = ""
    return Badge(label, index, float(row[index]), note)


def _tags_words(reading: Reading) -> str:
    """Say how many of the words' tags are right, or that each has one."""
    count = len(reading) - 2
    noun = "word" if count == 1 else "words"
    if not reading.tags:
        return f"a tag for each of {count:,} {noun}"
    said = reading.trace.predictions[1:-1].tolist()
    right = sum(reading.labels[index] == tag for index, tag in zip(said, reading.tags, strict=True))
    return f"{right:,} of {count:,} {noun} right"


def _truth(state: SessionState) -> str | None:
    row = state.selection.row
    if row is None or not 0 <= row < len(state.table.rows):
        return None
    return state.table.rows[row].label or None


@remembered(2)
def _examples(dataset: Dataset | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return sentences to try: those about films for films, otherwise some of the data."""
    if dataset is None or dataset.table.origin in _ABOUT_FILMS:
        return ABOUT_FILMS
    rows = dataset.rows_of(Split.TEST)
    part = "test set" if len(rows) else "training set"
    rows = rows if len(rows) else dataset.rows_of(Split.TRAIN)
    candidates = [dataset.table.rows[row].text for row in rows[: 4 * _MOST_EXAMPLES].tolist()]
    short = (text for text in candidates if 0 < len(text) <= _LONGEST_EXAMPLE)
    texts = list(dict.fromkeys(short))[:_MOST_EXAMPLES]
    return ((f"From the {part}", tuple(texts)),) if texts else ()


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
