"""Turns an explanation into what the inspector writes: lines of numbers, bars, names."""

from __future__ import annotations

import math

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.explain import Explanation, Term, TermKind
from rnnstudio.engine.notation import ACTIVATION_LATEX, QUANTITIES
from rnnstudio.gui.plots.lettering import indexed, number, signed
from rnnstudio.gui.plots.number_lines import NumberLine
from rnnstudio.gui.plots.term_bars import DIGITS, TermBar
from rnnstudio.session.resolve.unroll import Reading

_FUNCTION = {Activation.TANH: "tanh", Activation.LOGISTIC: "σ", Activation.RELU: "ReLU"}
_WORD_LENGTH = 14


def formula_of(reading: Reading, quantity: str) -> str:
    """Return the LaTeX of s_t or ŷ_t with the network's own activation."""
    formula = QUANTITIES[quantity].formula_lecture
    if quantity == "s":
        return formula.replace(r"\sigma", ACTIVATION_LATEX[reading.trace.spec.activation])
    return formula


def state_lines(reading: Reading, explanation: Explanation) -> list[NumberLine]:
    """Write s_t[j] = σ(U part + W part + b_ih + b_hh) in numbers."""
    step, unit = explanation.step, explanation.unit + 1
    function = _FUNCTION[reading.trace.spec.activation]
    word = _shortened(reading.words[step - 1])
    parts = [
        (explanation.input_sum, _input_part(reading, step, unit, word)),
        (explanation.recurrent_sum, f"Σ W[{unit}, j]·{indexed('s', step - 1)}[j]"),
        *(
            (term.value, f"{term.symbol}[{unit}]")
            for term in sorted(_biases(explanation), key=_symbol, reverse=True)
        ),
    ]
    return [
        NumberLine(f"{number(explanation.value)} = {function}("),
        *(NumberLine(signed(value), words, 1) for value, words in parts),
        NumberLine(
            f") = {function}({number(explanation.total)})",
            _rounding([value for value, _ in parts], explanation.total),
        ),
    ]


def output_lines(reading: Reading, explanation: Explanation) -> list[NumberLine]:
    """Write ŷ_t[i] = softmax(V s_t + c)[i] in numbers."""
    step, label = explanation.step, reading.labels[explanation.unit]
    name = _shortened(label)
    z, s = indexed("z", step), indexed("s", step)
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
    step = explanation.step
    if term.kind is TermKind.BIAS or term.index is None:
        words = f"{term.symbol}[{explanation.unit + 1}] = {signed(term.value)}, the bias"
        return TermBar(term.symbol, "", term.value, words)
    place = term.index + 1
    product = f"{number(term.factor_a)} × {number(term.factor_b)} = {signed(term.value)}"
    row = explanation.unit + 1
    symbol = term.symbol.replace("·", " · ")
    if term.kind is TermKind.INPUT:
        word = reading.words[step - 1]
        if reading.trace.spec.embedding is None:
            words = f"U[{row}, {place}]·{indexed('x', step)}[{place}] = {product}, from “{word}”"
            return TermBar(symbol, word, term.value, words)
        words = f"U[{row}, {place}]·{indexed('x', step)}[{place}] = {product}"
        return TermBar(symbol, f"dim {place}", term.value, words)
    if term.kind is TermKind.RECURRENT:
        words = f"W[{row}, {place}]·{indexed('s', step - 1)}[{place}] = {product}"
        # s_0 was made by nothing, so there is no way further back from step 1.
        return TermBar(symbol, f"unit {place}", term.value, words, term.index if step > 1 else None)
    words = (
        f"V[{reading.labels[explanation.unit]}, {place}]·{indexed('s', step)}[{place}] = {product}"
    )
    return TermBar(symbol, f"unit {place}", term.value, words, term.index)


def _input_part(reading: Reading, step: int, unit: int, word: str) -> str:
    if reading.is_unknown(step):
        return f"“{word}” is unknown, {indexed('x', step)} = 0"
    if reading.trace.spec.embedding is None:
        return f"U[{unit}, “{word}”]"
    return f"Σ U[{unit}, i]·{indexed('x', step)}[i]"


def _rounding(values: list[float], total: float) -> str:
    """Say by how much the numbers as written miss the total as written, if they do."""
    if not all(math.isfinite(value) for value in (total, *values)):
        return ""
    scale = 10**DIGITS
    missing = round(total * scale) - sum(round(value * scale) for value in values)
    return f"rounding {signed(missing / scale)}" if missing else ""


def _biases(explanation: Explanation) -> list[Term]:
    return [term for term in explanation.terms if term.kind is TermKind.BIAS]


def _symbol(term: Term) -> str:
    return term.symbol


def _shortened(word: str) -> str:
    if len(word) <= _WORD_LENGTH:
        return word
    half = (_WORD_LENGTH - 1) // 2
    return f"{word[:half]}…{word[-half:]}"
