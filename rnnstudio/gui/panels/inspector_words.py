"""Turns a number taken apart into what the inspector shows: lines, bars, a course, chips."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rnnstudio.engine.explain import Term, TermKind
from rnnstudio.engine.states import DrivingWord
from rnnstudio.gui.plots.lettering import number, signed
from rnnstudio.gui.plots.number_lines import NumberLine
from rnnstudio.gui.plots.term_rows import DIGITS, LazyBars, TermBar
from rnnstudio.gui.plots.unit_history import History
from rnnstudio.gui.plots.word_chips import WordChip
from rnnstudio.session.resolve.inspector import Course
from rnnstudio.session.taken_apart import TakenApart


def chip_words(taken: TakenApart) -> str:
    """Name a number: "c_{7} · unit 12 · layer 2 ←"."""
    place, spec = taken.place, taken.reading.spec
    return " · ".join([taken.letter, component_words(taken), *_layer_words(taken)]) + (
        f" {'←' if place.direction else '→'}"
        if spec.bidirectional and place.layer is not None and place.quantity != "x"
        else ""
    )


def component_words(taken: TakenApart) -> str:
    """Say which of the numbers of its quantity it is: "unit 12", "“negative”", "dim 3"."""
    place, spec = taken.place, taken.reading.spec
    unit = taken.explanation.unit
    match place.quantity:
        case "y" | "scores":
            return f"“{taken.reading.labels[unit]}”"
        case "m":
            return taken.component(unit)
        case "x" if place.layer:
            return taken.component(unit)
        case "x" if spec.embedding is None and spec.frames is None:
            return f"id {unit + 1}"
        case "x":
            return f"dim {unit + 1}"
    return f"unit {unit + 1}"


def _layer_words(taken: TakenApart) -> list[str]:
    place = taken.place
    if place.layer is None or taken.reading.spec.layers == 1:
        return []
    return [f"layer {place.layer + 1}"]


def number_lines(taken: TakenApart, original: float | None) -> list[NumberLine]:
    """Write the formula in numbers, and beside it what was set by hand or would be without it."""
    explanation, parts = taken.explanation, taken.parts()
    rounding = _rounding([part.value for part in parts], explanation.total)
    lines = [NumberLine(signed(part.value), part.words, 1) for part in parts]
    by_hand = explanation.would_be is not None
    made = explanation.value if explanation.would_be is None else explanation.would_be
    total = number(explanation.total)
    row = taken.row
    if taken.function == "softmax":
        z = taken.letters.at("scores", taken.place.step)
        lines = [
            NumberLine(f"{number(made)} = softmax({z})[{row}]"),
            NumberLine(f"{z}[{row}] ="),
            *lines,
            NumberLine(f"= {total}", rounding),
        ]
    elif taken.function:
        lines = [
            NumberLine(f"{number(made)} = {taken.function}("),
            *lines,
            NumberLine(f") = {taken.function}({total})", rounding),
        ]
    else:
        head = f"{taken.letter}[{row}] ="
        lines = [NumberLine(head), *lines, NumberLine(f"= {total}", rounding)]
    if by_hand:
        lines.insert(0, NumberLine(number(explanation.value), "set by hand; would be"))
    if original is not None and number(original) != number(explanation.value):
        lines.append(NumberLine(number(original), "before anything was set"))
    return lines


def bars(taken: TakenApart) -> LazyBars:
    """Return the terms by size; what float32 lost is one of them where it can be seen."""
    terms, lost = taken.explanation.terms, taken.explanation.remainder
    values = [term.value for term in terms]
    if math.isfinite(lost) and round(lost * 10**DIGITS):
        values.append(lost)

    def make(index: int) -> TermBar:
        if index < len(terms):
            return _bar(taken, terms[index])
        words = f"what the sum in 32 bits differs by from the exact one: {signed(lost, 6)}"
        return TermBar("32-bit", "rounding", lost, words)

    return LazyBars(values, make)


def _bar(taken: TakenApart, term: Term) -> TermBar:
    name = taken.name_of(term)
    place = taken.place_of(term)
    if term.kind is TermKind.BIAS:
        return TermBar(
            name.symbol, "", term.value, f"{name.first} = {signed(term.value)}, the bias"
        )
    factors = tuple(
        TermBar(letter, "", value, f"{letter}[{taken.row}] = {number(value)}", to, is_factor=True)
        for letter, value, to in taken.factors_of(term)
    )
    words = f"{name.product} = {_product(term)}" if name.second else _alone(name.first, term)
    return TermBar(
        name.symbol, name.detail, term.value, words + _from(taken, term), place, factors=factors
    )


def _product(term: Term) -> str:
    return f"{number(term.factor_a)} × {number(term.factor_b)} = {signed(term.value)}"


def _alone(words: str, term: Term) -> str:
    return f"{words} = {signed(term.value)}" if "[" in words else words


def _from(taken: TakenApart, term: Term) -> str:
    """Say where a term comes from, where its name does not."""
    source, reading = term.source, taken.reading
    if source is None:
        is_state = term.kind is TermKind.RECURRENT and taken.before == 0
        return ", the initial state" if is_state else ""
    if source.step == 0:
        return ", the initial state, which is learned"
    if term.kind is TermKind.INPUT and taken.place.layer:
        arrow = ", ←" if source.direction else ""
        return f", unit {source.unit + 1} of layer {source.layer + 1}{arrow}"
    if term.kind in (TermKind.INPUT, TermKind.READ):
        return f", from “{reading.words[source.step - 1]}”"
    return ""


def history_of(taken: TakenApart, course: Course) -> History:
    """Return the course of a number over the sentence, named for the mouse."""
    letter = taken.letters.quantity(taken.place.quantity).replace("_{", "_").replace("}", "")
    name = f"{letter} of {component_words(taken)}"
    words = taken.reading.words
    return History(
        course.values,
        words,
        name,
        course.low,
        course.high,
        course.limit,
        original=course.original,
    )


def heading_of_terms(taken: TakenApart) -> str:
    """Say what the terms below make."""
    place = taken.place
    if place.quantity in ("y", "scores"):
        z = taken.letters.at("scores", place.step)
        return f"What made {z} of “{taken.reading.labels[taken.explanation.unit]}”"
    return "What made this unit" if place.quantity == "s" else f"What made {taken.letter} here"


def heading_of_course(taken: TakenApart) -> str:
    """Say what stands over the sentence."""
    if taken.place.quantity in ("y", "scores"):
        return f"{component_words(taken)} over the sentence"
    return "This unit over the sentence" if taken.place.quantity == "s" else "Over the sentence"


def word_chips(driving: Sequence[DrivingWord], limit: float) -> list[WordChip]:
    """Return chips of the words, coloured on the scale −limit … limit."""
    return [
        WordChip(
            one.word,
            one.mean,
            limit,
            f"mean {signed(one.mean, 2)} over {one.times:,} "
            f"occurrence{'' if one.times == 1 else 's'}",
        )
        for one in driving
    ]


def _rounding(values: Sequence[float], total: float) -> str:
    """Say by how much the numbers as written miss the total as written, if they do."""
    if not all(math.isfinite(value) for value in (total, *values)):
        return ""
    scale = 10**DIGITS
    missing = round(total * scale) - sum(round(value * scale) for value in values)
    return f"rounding {signed(missing / scale)}" if missing else ""
