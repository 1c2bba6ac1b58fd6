"""What was set by hand in the network's memory, in words."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.engine.surgery import Change
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import SessionState


@dataclass(frozen=True)
class ChangeWords:
    """What was done at once: `places` in the list of all changes, `words` and a longer `hint`.

    A memory is set in every layer and direction, and in an LSTM c and s, which is one thing to a
    reader. `idle` says that it does nothing here: the sentence or the network has no such place.
    """

    places: tuple[int, ...]
    words: str
    hint: str
    idle: bool


@dataclass(frozen=True)
class ChangesState:
    """All changes, in the order in which they were made; `effect` says what they do to ŷ."""

    changes: tuple[ChangeWords, ...]
    effect: str


def resolve_changes(state: SessionState) -> ChangesState:
    """Return the changes in words."""
    if not state.changes:
        return ChangesState((), "")
    reading = shown(state).reading
    made = () if reading is None else reading.changes
    words = tuple(
        ChangeWords(
            places,
            _words(state.changes[places[0]]),
            _hint(state.changes[places[0]]),
            not any(state.changes[place] in made for place in places),
        )
        for places in _groups(state.changes)
    )
    return ChangesState(words, _effect(reading) if reading else "")


def _groups(changes: tuple[Change, ...]) -> list[tuple[int, ...]]:
    """Return the places of the changes, those of one memory together."""
    groups: dict[object, list[int]] = {}
    for place, change in enumerate(changes):
        whole = change.quantity.startswith("memory_") and change.unit is None
        groups.setdefault(("memory", change.step) if whole else place, []).append(place)
    return [tuple(places) for places in groups.values()]


def _words(change: Change) -> str:
    where = f"step {change.step}{' on' if change.onwards else ''}"
    if change.quantity.startswith("memory_"):
        what = "transplanted into" if any(change.values) else "reset before"
        return f"memory {what} {where}"
    unit = "all units" if change.unit is None else f"unit {change.unit + 1}"
    value = f"{change.values[0]:.2f}" if len(change.values) == 1 else "given values"
    return f"{change.quantity} of {unit} := {value} at {where}{_place(change)}"


def _place(change: Change) -> str:
    layer = f", layer {change.layer + 1}" if change.layer else ""
    return f"{layer}, ←" if change.direction else layer


def _hint(change: Change) -> str:
    until = "from this step on" if change.onwards else "at this step alone"
    return f"{_words(change)}: set by hand {until}. The rest follows from it; ✕ takes it back."


def _effect(reading: Reading) -> str:
    """Say what the changes did to the answer after the last word."""
    if reading.original is None or reading.labels_words:
        return ""
    before, after = reading.original.y[-1], reading.trace.y[-1]
    was, now = int(before.argmax()), int(after.argmax())
    old = f"{reading.labels[was]} {before[was]:.3f}"
    if was == now:
        return f"still {reading.labels[now]}: {before[was]:.3f} → {after[now]:.3f}"
    return f"{old} → {reading.labels[now]} {after[now]:.3f}"
