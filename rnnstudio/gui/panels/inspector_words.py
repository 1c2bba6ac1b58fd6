"""Turns an explanation into what the inspector writes: lines of numbers, bars, names."""

from __future__ import annotations

import math
from itertools import groupby

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.cell_notation import CELL_QUANTITIES
from rnnstudio.engine.explain import Explanation, Term, TermKind
from rnnstudio.engine.network import GATES, Cell, Task
from rnnstudio.engine.network import Reading as Read
from rnnstudio.engine.notation import ACTIVATION_LATEX, QUANTITIES
from rnnstudio.gui.plots.lettering import indexed, number, signed
from rnnstudio.gui.plots.number_lines import NumberLine
from rnnstudio.gui.plots.term_bars import DIGITS, TermBar
from rnnstudio.session.resolve.unroll import Reading

_FUNCTION = {Activation.TANH: "tanh", Activation.LOGISTIC: "σ", Activation.RELU: "ReLU"}
_CANDIDATES = {(Cell.GRU, "n"), (Cell.LSTM, "g")}  # made by tanh, all other gates by σ
_WORD_LENGTH = 14


def formula_of(reading: Reading, quantity: str) -> str:
    """Return the LaTeX of a unit's quantity, or of "y", with the network's own activation."""
    spec = reading.spec
    if quantity == "y":
        formula = QUANTITIES["y"].formula_lecture
        # What is read is more than one state.
        mixed = spec.bidirectional or (spec.task is Task.CLASSIFY and spec.read is not Read.LAST)
        return formula.replace("s_t", "m_t") if mixed else formula
    formula = CELL_QUANTITIES[spec.cell][quantity].formula_lecture
    if spec.cell in (Cell.GRU, Cell.LSTM):
        return formula
    return formula.replace(r"\sigma", ACTIVATION_LATEX[spec.activation])


def quantity_words(reading: Reading, quantity: str) -> str:
    """Return in words what a quantity of a unit is."""
    return CELL_QUANTITIES[reading.spec.cell][quantity].words


def function_of(reading: Reading, quantity: str) -> str:
    """Return the letter of the function that makes a quantity of its sum; "" where none does."""
    spec = reading.spec
    if spec.cell not in (Cell.GRU, Cell.LSTM):
        return _FUNCTION[spec.activation]
    if quantity not in GATES[spec.cell]:
        return ""
    return "tanh" if (spec.cell, quantity) in _CANDIDATES else "σ"


def state_lines(reading: Reading, explanation: Explanation) -> list[NumberLine]:
    """Write a number of a unit in numbers, e.g. s_t[j] = σ(U part + W part + b_ih + b_hh)."""
    function = function_of(reading, explanation.quantity)
    parts = _parts(reading, explanation)
    rounding = _rounding([value for value, _ in parts], explanation.total)
    lines = [NumberLine(signed(value), words, 1) for value, words in parts]
    value, total = number(explanation.value), number(explanation.total)
    if not function:
        letter = indexed(explanation.quantity, explanation.step)
        head = NumberLine(f"{letter}[{explanation.unit + 1}] =")
        return [head, *lines, NumberLine(f"= {total}", rounding)]
    return [
        NumberLine(f"{value} = {function}("),
        *lines,
        NumberLine(f") = {function}({total})", rounding),
    ]


_ORDER = (TermKind.INPUT, TermKind.RECURRENT, TermKind.PRODUCT, TermKind.BIAS)


def _parts(reading: Reading, explanation: Explanation) -> list[tuple[float, str]]:
    """Return the parts of a sum with their words: input, state, products, then each bias."""

    def place(term: Term) -> tuple[int, str]:
        return _ORDER.index(term.kind), term.symbol if term.kind is not TermKind.BIAS else ""

    by_kind = sorted(explanation.terms, key=place)
    parts: list[tuple[float, str]] = []
    unit, step = explanation.unit + 1, explanation.step
    kinds = {term.kind for term in explanation.terms}
    if TermKind.BIAS in kinds and TermKind.INPUT not in kinds and explanation.quantity != "q":
        # The word of this step is not in the vocabulary: nothing is added, and that is said.
        parts.append((0.0, _input_part(reading, _letter(reading, "U", step), step, unit)))
    for (kind, symbol), group in groupby(by_kind, key=lambda term: (term.kind, term.symbol)):
        terms = list(group)
        letter = _letter(reading, symbol, step)
        if kind is TermKind.INPUT:
            parts += _inputs(reading, letter, step, unit, terms)
        elif kind is TermKind.RECURRENT:
            value = math.fsum(term.value for term in terms)
            parts.append((value, f"Σ {letter}[{unit}, j]·{indexed('s', step - 1)}[j]"))
        elif kind is TermKind.PRODUCT:
            parts += [
                (term.value, f"{symbol} = {number(term.factor_a)} × {number(term.factor_b)}")
                for term in terms
            ]
        else:
            # b_ih comes before b_hh.
            biases = sorted(terms, key=_symbol, reverse=True)
            parts += [
                (term.value, f"{_letter(reading, term.symbol, step)}[{unit}]") for term in biases
            ]
    return parts


def _letter(reading: Reading, symbol: str, step: int) -> str:
    """Return the letter of the weights in a term: those of step 4 alone are U₄ and b₄."""
    letter = symbol.partition("·")[0]
    own = reading.spec.cell.has_length and letter in ("U", "b")
    return indexed(letter, step) if own else letter


def _inputs(
    reading: Reading, letter: str, step: int, unit: int, terms: list[Term]
) -> list[tuple[float, str]]:
    """Return what the words add: that of this step, and for `history` those before it."""
    now = [term for term in terms if term.source is None or term.source.step == step]
    earlier = [term for term in terms if term.source is not None and term.source.step != step]
    parts = [(math.fsum(term.value for term in now), _input_part(reading, letter, step, unit))]
    if earlier:
        value = math.fsum(term.value for term in earlier)
        first, last = indexed("x", 1), indexed("x", step - 1)
        steps = first if step == 2 else f"{first} … {last}"
        parts.append((value, f"the same of {steps}"))
    return parts


def output_lines(reading: Reading, explanation: Explanation) -> list[NumberLine]:
    """Write ŷ_t[i] = softmax(V s_t + c)[i] in numbers."""
    step, label = explanation.step, reading.labels[explanation.unit]
    name = _shortened(label)
    letter = "m" if "m_t" in formula_of(reading, "y") else "s"
    z, s = indexed("z", step), indexed(letter, step)
    parts = [
        (explanation.output_sum, f"Σ V[{name}, j]·{s}[j]"),
        (explanation.bias_sum, f"c[{name}]"),
    ]
    return [
        NumberLine(f"{number(explanation.value)} = softmax({z})[{name}]"),
        NumberLine(f"{z}[{name}] ="),
        *(NumberLine(signed(value), words, 1) for value, words in parts),
        NumberLine(
            f"= {number(explanation.total)}",
            _rounding([value for value, _ in parts], explanation.total),
        ),
    ]


def term_bars(reading: Reading, explanation: Explanation) -> list[TermBar]:
    """Return the terms by size; what float32 lost is one of them where it can be seen."""
    bars = [_term_bar(reading, explanation, term) for term in explanation.terms]
    if math.isfinite(explanation.remainder) and round(explanation.remainder * 10**DIGITS):
        value = explanation.remainder
        words = f"what the sum in 32 bits differs by from the exact one: {signed(value, 6)}"
        bars.append(TermBar("32-bit", "rounding", value, words))
    return bars


def _term_bar(reading: Reading, explanation: Explanation, term: Term) -> TermBar:
    step, row = explanation.step, explanation.unit + 1
    letter, factor = _letter(reading, term.symbol, step), term.symbol.partition("·")[2]
    symbol = term.symbol.replace("·", " · ")
    product = f"{number(term.factor_a)} × {number(term.factor_b)} = {signed(term.value)}"
    if term.kind is TermKind.BIAS or term.index is None:
        words = f"{term.symbol}[{row}] = {signed(term.value)}, the bias"
        return TermBar(term.symbol, "", term.value, words)
    if term.kind is TermKind.PRODUCT:
        return TermBar(symbol, "", term.value, f"{term.symbol} = {product}", *_way(reading, term))
    place = term.index + 1
    if term.kind is TermKind.INPUT:
        at = step if term.source is None else term.source.step
        x = f"{letter}[{row}, {place}]·{indexed('x', at)}[{place}] = {product}"
        word = reading.words[at - 1]
        if reading.spec.layers > 1:
            which = _unit_name(reading, term.index)
            below = f"{which} of layer {reading.spec.layers - 1}"
            return TermBar(symbol, which, term.value, f"{x}, {below}")
        if reading.spec.embedding is None:
            return TermBar(symbol, word, term.value, f"{x}, from “{word}”")
        detail = f"dim {place}" if at == step else f"“{word}” {place}"
        return TermBar(symbol, detail, term.value, x)
    if term.kind is TermKind.RECURRENT:
        words = f"{letter}[{row}, {place}]·{indexed('s', step - 1)}[{place}] = {product}"
        # s_0 was made by nothing, so there is no way further back from step 1.
        way = _way(reading, term) if step > 1 else (None, None, None)
        return TermBar(symbol, f"unit {place}", term.value, words, *way)
    name = reading.labels[explanation.unit]
    words = f"V[{name}, {place}]·{indexed(factor, step)}[{place}] = {product}"
    way = _way(reading, term)
    if way[0] is None and term.source is not None and term.source.quantity == "m":
        way = (term.index, None, None) if term.index < reading.spec.units else way
    return TermBar(symbol, _unit_name(reading, term.index), term.value, words, *way)


def _way(reading: Reading, term: Term) -> tuple[int | None, int | None, str | None]:
    """Return unit, step and quantity that a term leads to, where these can be looked at."""
    source = term.source
    if source is None or source.step == 0:
        return None, None, None
    quantity = {"tanh_c": "c"}.get(source.quantity, source.quantity)
    seen = source.layer == reading.spec.layers - 1 and source.direction == 0
    if not seen or quantity not in reading.unit_quantities():
        return None, None, None
    return source.unit, source.step, quantity


def _unit_name(reading: Reading, index: int) -> str:
    """Name a component of what both directions hand on: "unit 3", "unit 3 ←"."""
    direction, unit = divmod(index, reading.spec.units)
    return f"unit {unit + 1}{' ←' if direction else ''}"


def _input_part(reading: Reading, letter: str, step: int, unit: int) -> str:
    x = indexed("x", step)
    if reading.spec.layers > 1:
        return f"Σ {letter}[{unit}, i]·{x}[i], layer {reading.spec.layers - 1}"
    word = _shortened(reading.words[step - 1])
    if reading.is_zero(step):
        return f"“{word}” is unknown, {x} = 0"
    if reading.spec.embedding is None:
        return f"{letter}[{unit}, “{word}”]"
    return f"Σ {letter}[{unit}, i]·{x}[i]"


def _rounding(values: list[float], total: float) -> str:
    """Say by how much the numbers as written miss the total as written, if they do."""
    if not all(math.isfinite(value) for value in (total, *values)):
        return ""
    scale = 10**DIGITS
    missing = round(total * scale) - sum(round(value * scale) for value in values)
    return f"rounding {signed(missing / scale)}" if missing else ""


def _symbol(term: Term) -> str:
    return term.symbol


def _shortened(word: str) -> str:
    if len(word) <= _WORD_LENGTH:
        return word
    half = (_WORD_LENGTH - 1) // 2
    return f"{word[:half]}…{word[-half:]}"
