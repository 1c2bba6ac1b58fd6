"""Says in words what a part of two aligned sentences is, with its values."""

from __future__ import annotations

import math

from rnnstudio.gui.plots.lettering import number, probability, shown_word, signed
from rnnstudio.session.resolve.two_sentences import Comparison


def column_name(comparison: Comparison, column: int) -> str:
    """Return the words of a column: “was”, or “good” / “bad”, or “not” / —."""
    one, other = (f"“{shown_word(word)}”" if word else "—" for word in comparison.words_of(column))
    return one if one == other else f"{one} / {other}"


def column_words(comparison: Comparison, column: int) -> str:
    """Return the words for a column: which steps stand in it."""
    one, other = comparison.columns[column]
    word, other_word = (shown_word(word) for word in comparison.words_of(column))
    if one is None:
        still = comparison.present.words[comparison.steps[column] - 1]
        return (
            f"“{other_word}”, step {other} of the other sentence: "
            f"the present one has no such word and stands still after “{shown_word(still)}”"
        )
    if other is None:
        still = comparison.other.words[comparison.other_steps[column] - 1]
        return (
            f"“{word}”, step {one}: "
            f"the other sentence has no such word and stands still after “{shown_word(still)}”"
        )
    if word != other_word:
        return f"step {one}: “{word}”; step {other} of the other sentence: “{other_word}”"
    return f"“{word}”: step {one}, step {other} of the other sentence"


def answer_words(comparison: Comparison, column: int) -> str:
    """Return the words for the answers of a column."""
    labels, class_index = comparison.present.labels, int(comparison.classes[column])
    y, other_y = comparison.y[column], comparison.other_y[column]
    name = column_name(comparison, column)
    if class_index < 0 or (math.isnan(y) and math.isnan(other_y)):
        return f"nothing is asked at {name}"
    said = f"ŷ of {labels[class_index]}: {_shown(y)} here, {_shown(other_y)} in the other sentence"
    if not math.isnan(y - other_y):
        said += f", difference {signed(y - other_y)}"
    own, other = int(comparison.answers[column]), int(comparison.other_answers[column])
    if own >= 0 and other >= 0:
        both = f"both answer {labels[own]}"
        apart = f"the answers are {labels[own]} and {labels[max(other, 0)]}"
        said += f"; {both if own == other else apart}"
    return f"{said} at {name}"


def norm_words(comparison: Comparison, letter: str, column: int) -> str:
    """Return the words for the length of a column's difference."""
    size, name = comparison.norms[column], column_name(comparison, column)
    if not math.isfinite(size):
        return f"no difference of {letter} at {name}: one of the sentences has no such number"
    return f"‖Δ{letter}‖ = {number(size)} at {name}: how far the two are apart"


def unit_words(comparison: Comparison, letter: str, column: int, unit: int) -> str:
    """Return the words for one number of both sentences."""
    own, other = comparison.values[column, unit], comparison.other_values[column, unit]
    name = comparison.names[unit]
    said = f"{comparison.kind} {name} of {letter}: {_value(own)} here, {_value(other)} in the other"
    return f"{said}, difference {_difference(own - other)} at {column_name(comparison, column)}"


def _shown(value: float) -> str:
    return "–" if math.isnan(value) else probability(value, 3)


def _value(value: float) -> str:
    return number(value) if math.isfinite(value) else "–"


def _difference(value: float) -> str:
    return signed(value) if math.isfinite(value) else "–"
