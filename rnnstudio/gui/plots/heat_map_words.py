"""Says in words what a part of the heat map is, with its value."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstudio.gui.plots.lettering import indexed, number
from rnnstudio.session.over_time import Kind, OverTime


def at_step(letter: str, step: int) -> str:
    """Return a quantity's letter at a step: "s₇", or "a_f at step 7" where it has an index."""
    return f"{letter} at step {step}" if "_" in letter else indexed(letter, step)


def cell_words(
    numbers: OverTime, words: Sequence[str], letter: str, place: str, step: int, column: int
) -> str:
    """Return the words for one cell.

    Args:
        words: the sentence (T,).
        place: of which layer and direction it is, e.g. ", layer 2"; empty where there is one.
        column: the column of the numbers.
    """
    value, name = number(numbers.values[step - 1, column]), numbers.names[column]
    at, word = at_step(letter, step), words[step - 1]
    if numbers.kind is Kind.CLASS:
        said = f"{at}, “{name}” = {value} if asked after “{word}”"
    elif numbers.kind is Kind.WORD:
        component = int(numbers.units[column]) + 1
        said = f"component {component} of {at} = {value}: that of “{name}”; the word is “{word}”"
    elif numbers.kind is Kind.COMPONENT:
        said = f"component {name} of {at} = {value}, “{word}”"
    else:
        said = f"unit {name} of {at} = {value} after “{word}”"
    return said + place + _surgery_words(numbers, step, column)


def _surgery_words(numbers: OverTime, step: int, column: int) -> str:
    """Say what the value would be without the changes made by hand."""
    if numbers.original is None or numbers.by_hand is None:
        return ""
    is_set = bool(numbers.by_hand[step - 1, column])
    now, before = (numbers.values[step - 1, column], numbers.original[step - 1, column])
    if not is_set and now == before:
        return ""
    what = "set by hand, " if is_set else ""
    return f"; {what}it would be {number(before)} without the changes"
