"""Says in words what a part of the plane of the states is."""

from __future__ import annotations

from rnnstudio.gui.plots.lettering import number, shown_word
from rnnstudio.session.resolve.paths import PathsState, Walk

_MOST_LETTERS = 70  # of a sentence


def axis_words(which: str, share: float) -> list[str]:
    """Return the name of an axis with its share of the variance, from long to short."""
    if share <= 0:
        nothing = "nothing varies here"
        return [f"{which} principal component, {nothing}", f"{which} component", which]
    part = f"{_percent(share)} of the variance"
    return [
        f"{which} principal component, {part}",
        f"{which}, {part}",
        f"{which}, {_percent(share)}",
    ]


def step_words(state: PathsState, walk: Walk, step: int, whose: str) -> str:
    """Return the words for a step of a walk."""
    x, y = walk.points[step - 1]
    said = f"step {step}{whose}: after “{shown_word(walk.words[step - 1])}” at {_at(x, y)}"
    answer = int(walk.answers[step - 1])
    return f"{said}, answer {state.labels[answer]}" if answer >= 0 else said


def point_words(state: PathsState, point: int) -> str:
    """Return the words for a state of the data set."""
    assert state.cloud is not None
    row, step = state.place_of(point)
    words = state.words_of(point)
    sentence = " ".join(shown_word(word) for word in words[1:-1])
    if len(sentence) > _MOST_LETTERS:
        sentence = f"{sentence[: _MOST_LETTERS - 1]}…"
    word = shown_word(words[step - 1]) if 0 < step <= len(words) else ""
    answer = int(state.cloud.answers[point])
    said = f", answer {state.labels[answer]}" if answer >= 0 else ""
    return f"after “{word}”, step {step} of row {row + 1}, “{sentence}”{said}"


def place_words(state: PathsState, x: float, y: float) -> str:
    """Return the words for a place where nothing stands."""
    said = _at(x, y)
    if state.regions is not None:
        label = state.regions.class_at(x, y)
        if label >= 0:
            condition = f", {state.condition}" if state.condition else ""
            return f"{said}: here the answer would be {state.labels[label]}{condition}"
    return said


def _at(x: float, y: float) -> str:
    return f"({number(x, 2)}, {number(y, 2)})"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.01 else "under 1 %"
