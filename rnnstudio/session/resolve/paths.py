"""The plane of the states: where a sentence leads the network, among all states of the data set."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.network import Reading as Read
from rnnstudio.engine.network import Task
from rnnstudio.engine.state_plane import Extent, OutputPart, StatePlane, output_part, regions
from rnnstudio.engine.trace import Trace
from rnnstudio.errors import RnnStudioError
from rnnstudio.session.findings import StatesFound
from rnnstudio.session.looking import Looking
from rnnstudio.session.memo import remembered
from rnnstudio.session.quantity_words import quantity_words
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading, read
from rnnstudio.session.resolve.data_states import are_of
from rnnstudio.session.resolve.two_sentences import comparable, comparison_of
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import RunStatus, SessionState
from rnnstudio.session.state_cloud import Cloud, cloud_of, is_read, is_read_alone

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Regions:
    """Which class is answered where in the plane: the output layer's `part` that reads it."""

    plane: StatePlane
    part: OutputPart

    def grid(self, extent: Extent, resolution: int) -> IntArray:
        """Return the classes in the cells of a grid, the first row at the bottom."""
        return regions(*self.part, self.plane, extent, resolution)

    def class_at(self, x: float, y: float) -> int:
        """Return the class at a point, −1 where there is none."""
        return int(self.grid(Extent(x, x, y, y), 1)[0, 0])


@dataclass(frozen=True, eq=False)
class Walk:
    """A sentence's way through the plane.

    `points` (T, 2), NaN for states that are not finite; `answers` (T,), −1 where nothing is asked.
    Where `backwards` the last step is the first one that is read.
    """

    words: tuple[str, ...]
    points: Doubles
    answers: IntArray
    backwards: bool

    def __len__(self) -> int:
        """The number T of steps."""
        return len(self.words)


@dataclass(frozen=True)
class PathsState:
    """What the panel shows; `message` says why there is nothing.

    `plane` is that of the data set's states in `cloud`, which `found` has the words of, or of the
    present sentence's own ones until those are there.

    `what` names the quantity ("Hidden state, layer 2"), `note` says what is still to come. `step`
    and `other_step` are where the play head is in the two walks. `original` is the present
    sentence's without memory surgery. `can_compare` says that a second sentence is given.
    `condition` says under which condition the regions hold, "" where there is none.
    """

    step: int
    plane: StatePlane | None = None
    cloud: Cloud | None = None
    found: StatesFound | None = None
    regions: Regions | None = None
    present: Walk | None = None
    original: Walk | None = None
    other: Walk | None = None
    other_step: int = 0
    labels: tuple[str, ...] = ()
    what: str = ""
    note: str = ""
    condition: str = ""
    can_compare: bool = False
    message: str = ""

    def place_of(self, point: int) -> tuple[int, int]:
        """Return the table row and the step of a point of the cloud."""
        assert self.found is not None
        states = self.found.result
        return self.found.table_rows[int(states.rows[point])], int(states.steps[point])

    def words_of(self, point: int) -> tuple[str, ...]:
        """Return the words of the sentence that a point of the cloud is of."""
        assert self.found is not None
        return self.found.words[int(self.found.result.rows[point])]


def resolve_paths(state: SessionState) -> PathsState:
    """Return the plane with the walks of the present and the other sentence."""
    now = shown(state)
    reading = now.reading
    if reading is None:
        return PathsState(now.step, message=now.message)
    looking = comparable(state.looking, reading)
    found = state.findings.states
    if found is not None and not _fits(found, reading, looking, state):
        found = None
    cloud = None if found is None else _cloud(found)
    if cloud is not None:
        plane = cloud.plane
    else:
        plane = _own_plane(reading, looking.quantity, looking.layer, looking.direction)
    result = PathsState(
        step=now.step,
        plane=plane,
        cloud=cloud,
        found=found,
        regions=_regions(reading, looking, plane, now.step),
        present=_walk_of(plane, reading, looking, reading.trace),
        labels=reading.labels,
        what=_what(reading, looking, state.preferences.notation),
        note=_note(state, reading, looking, found),
        condition=_condition(reading, looking),
        can_compare=bool(state.looking.other.strip()),
    )
    if reading.original is not None:
        original = _walk_of(plane, reading, looking, reading.original)
        result = dataclasses.replace(result, original=original)
    return _with_other(result, state.looking.other, reading, looking, plane)


def _with_other(
    result: PathsState, other: str, reading: Reading, looking: Looking, plane: StatePlane
) -> PathsState:
    """Add the second sentence's walk, if there is one that can be read."""
    if not other.strip():
        return result
    try:
        second = read(reading.model, other)
    except RnnStudioError:
        return dataclasses.replace(result, can_compare=False)
    comparison = comparison_of(reading, second, looking)
    column = comparison.column_of(result.step)
    return dataclasses.replace(
        result,
        other=_walk_of(plane, second, looking, second.trace),
        other_step=0 if column is None else int(comparison.other_steps[column]),
    )


def _fits(found: StatesFound, reading: Reading, looking: Looking, state: SessionState) -> bool:
    """Whether states are of what is looked at; once training began they may be of older weights."""
    if not are_of(found, reading, looking) or not len(found.result.values):
        return False
    if found.model is reading.model:
        return True
    return found.model.network == reading.spec and state.run.status is not RunStatus.FRESH


def _note(
    state: SessionState, reading: Reading, looking: Looking, found: StatesFound | None
) -> str:
    if found is None:
        if state.dataset is None or looking.quantity == "x":
            return "the plane of this sentence's own states"
        return "Reading the data set …"
    if found.model is not reading.model and state.run.status is not RunStatus.RUNNING:
        return "Reading the data set with the newest weights …"
    return ""


def _what(reading: Reading, looking: Looking, notation: str) -> str:
    spec = reading.spec
    words = quantity_words(looking.quantity, spec.cell, notation).heading
    if looking.quantity in NETWORK_QUANTITIES:
        return words
    if spec.layers > 1 and looking.layer is not None:
        words += f", layer {looking.layer + 1}"
    if spec.bidirectional and looking.quantity != "x":
        words += ", backward" if looking.direction else ", forward"
    return words


def _regions(reading: Reading, looking: Looking, plane: StatePlane, step: int) -> Regions | None:
    spec, quantity, layer = reading.spec, looking.quantity, looking.layer
    if quantity == "m":
        part = _output_part(reading.trace, 1, None)
    elif is_read_alone(spec, quantity, layer):
        part = _output_part(reading.trace, 1, 0)
    elif is_read(spec, quantity, layer):
        part = _output_part(reading.trace, step, looking.direction)
    else:
        return None
    return _remembered_regions(plane, part)


def _condition(reading: Reading, looking: Looking) -> str:
    """Say under which condition the regions hold."""
    if not is_read(reading.spec, looking.quantity, looking.layer):
        return ""
    if reading.spec.task is Task.CLASSIFY and reading.spec.read is not Read.LAST:
        what = "mean" if reading.spec.read is Read.MEAN else "greatest"
        return f"as if it were the {what}"
    if reading.spec.bidirectional:
        return "the other direction held"
    return ""


@remembered(4)
def _output_part(trace: Trace, step: int, direction: int | None) -> OutputPart:
    return output_part(trace, step, direction)


@remembered(4)
def _remembered_regions(plane: StatePlane, part: OutputPart) -> Regions:
    return Regions(plane, part)


@remembered(2)
def _cloud(found: StatesFound) -> Cloud:
    if found.cloud is not None:
        return found.cloud
    return cloud_of(found.model, found.quantity, found.layer, found.result.values)


@remembered(4)
def _own_plane(reading: Reading, quantity: str, layer: int | None, direction: int) -> StatePlane:
    looking = Looking(quantity=quantity, layer=layer, direction=direction)
    return StatePlane.of(np.asarray(reading.values(looking)))


def _walk_of(plane: StatePlane, reading: Reading, looking: Looking, trace: Trace) -> Walk:
    return _walk(plane, reading, trace, looking.quantity, looking.layer, looking.direction)


@remembered(8)
def _walk(
    plane: StatePlane,
    reading: Reading,
    trace: Trace,
    quantity: str,
    layer: int | None,
    direction: int,
) -> Walk:
    looking = Looking(quantity=quantity, layer=layer, direction=direction)
    values = np.asarray(reading.values(looking, trace))
    answers = np.where(np.isfinite(trace.y).all(axis=1), trace.y.argmax(axis=1), -1)
    for step in range(1, len(trace) + 1):
        if not reading.is_asked(step):
            answers[step - 1] = -1
    backwards = direction == 1 and quantity not in NETWORK_QUANTITIES
    return Walk(reading.words, plane.path(values), read_only(answers), backwards)
