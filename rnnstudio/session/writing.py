"""Writes a number taken apart for other programs: as LaTeX, as NumPy code, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from rnnstudio.engine.explain import Term, TermKind
from rnnstudio.engine.network import Cell
from rnnstudio.session.letters import decimal, escaped, latex, plain
from rnnstudio.session.taken_apart import TakenApart

_TERMS_A_LINE = 4  # of LaTeX, as wide as a page
_NUMBERS_A_LINE = 8  # of code
_LATEX_FUNCTION = {"tanh": r"\tanh", "σ": r"\sigma", "ReLU": r"\mathrm{ReLU}"}
_CODE_FUNCTION = {
    "tanh": "np.tanh(total)",
    "σ": "1 / (1 + np.exp(-total))",
    "ReLU": "np.maximum(total, 0)",
}
# How products of the cell's own numbers are computed from their factors.
_CODE_PRODUCT = {"(1−z)·n": "(1 - {0}) * {1}"}


def as_latex(taken: TakenApart) -> str:
    """Return the formula in letters and below it in numbers, with every term.

    An `align*` of amsmath.
    """
    explanation = taken.explanation
    made = _made(taken)
    row = f"[{taken.row}]"
    if taken.place.quantity in ("y", "scores"):
        row = rf"[\text{{{escaped(taken.reading.labels[explanation.unit])}}}]"
    name = f"{latex(taken.letter)}{row}"
    terms = [_latex_term(term) for term in taken.ordered()]
    lines = [rf"{_aligned(taken.formula)} \\"]
    function = taken.function
    if function == "softmax":
        z = latex(taken.letters.at("scores", taken.place.step))
        lines += [
            rf"{z}{row} &= {_wrapped(terms)} \\",
            rf"&= {_rounded(explanation.total)} \\",
            rf"{name} &= \mathrm{{softmax}}({z}){row} = {_rounded(made)}",
        ]
    elif function:
        sign = _LATEX_FUNCTION[function]
        lines += [
            rf"{name} &= {sign}\bigl({_wrapped(terms)}\bigr) \\",
            rf"&= {sign}({_rounded(explanation.total)}) = {_rounded(made)}",
        ]
    else:
        lines += [rf"{name} &= {_wrapped(terms)} \\", rf"&= {_rounded(explanation.total)}"]
    if explanation.would_be is not None:
        set_to = _rounded(explanation.value)
        lines[-1] += rf" \quad \text{{(set by hand to ${set_to}$)}}"
    body = "\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def as_text(taken: TakenApart) -> str:
    """Return the number, its terms by size and what they add up to, a line each."""
    explanation = taken.explanation
    after = f"after “{taken.reading.words[taken.place.step - 1]}”"
    name = plain(taken.name)
    lines = [f"{name} = {decimal(explanation.value, 6)}, {after}{_where(taken)}"]
    if explanation.would_be is not None:
        lines.append(f"set by hand; would be {decimal(explanation.would_be, 6)}")
    if taken.function == "softmax":
        z = plain(taken.letters.at("scores", taken.place.step))
        lines.append(f"{name} = softmax({z})[{taken.row}]")
        lines.append(f"{z}[{taken.row}] = {decimal(explanation.total, 6)}, the sum of")
    elif taken.function:
        total = decimal(explanation.total, 6)
        lines.append(f"{name} = {taken.function}({total}), and that is the sum of")
    else:
        lines.append("the sum of")
    for term in explanation.terms:
        named = taken.name_of(term)
        label = " ".join(filter(None, (named.product, f"({named.detail})" if named.detail else "")))
        factors = f" = {decimal(term.factor_a, 6)} × {decimal(term.factor_b, 6)}"
        lines.append(f"{_signed(term.value):>12}  {plain(label)}{factors if named.second else ''}")
    lines.append(f"{_signed(explanation.remainder):>12}  rounding to 32 bits")
    return "\n".join(lines) + "\n"


def as_numpy(taken: TakenApart) -> str:
    """Return Python code that computes the number from the vectors that make it.

    It needs NumPy alone; at its end `value` is the number.
    """
    step, explanation = taken.place.step, taken.explanation
    words = taken.reading.words[step - 1]
    lines = [
        f"# {plain(taken.name)} after {words!r}{_where(taken)}",
        "import numpy as np",
        "",
    ]
    sums = []
    for (_, symbol), group in groupby(taken.ordered(), key=lambda one: (one.kind, one.symbol)):
        terms = list(group)
        definitions, expression = _code(taken, symbol, terms)
        lines += definitions
        sums.append(expression)
    lines.append(f"total = {' + '.join(sums) or '0.0'}")
    lines += _code_value(taken)
    if explanation.would_be is not None:
        lines.append(f"# It was set by hand to {_shortest(explanation.value)}.")
    lines.append("print(value)")
    return "\n".join(lines) + "\n"


def _code(taken: TakenApart, symbol: str, terms: Sequence[Term]) -> tuple[list[str], str]:
    """Return lines that define the factors of a group of terms, and their sum."""
    first, kind = terms[0], terms[0].kind
    name = taken.name_of(first)
    if kind is TermKind.PRODUCT:
        factors = taken.factors_of(first)
        a, b = (_identifier(letter.removeprefix("1 − ")) for letter, _, _ in factors)
        own = 1.0 - first.factor_a if "−" in symbol else first.factor_a
        lines = [f"{a} = {_shortest(own)}", f"{b} = {_shortest(first.factor_b)}"]
        return lines, _CODE_PRODUCT.get(symbol, "{0} * {1}").format(a, b)
    if kind is TermKind.BIAS or not name.second:
        letter = _identifier(name.first.partition("[")[0] if "[" in name.first else name.symbol)
        own = first.factor_a * first.factor_b
        return [f"{letter} = {_shortest(own)}  # {_comment(name.first)}"], letter
    if symbol == "s/t":
        s = _identifier(taken.letters.quantity("s"))
        lines = _vector(f"{s}_read", [term.factor_b for term in terms])
        return lines, f"{s}_read.sum() / {taken.place.step}"
    letters = (name.first.partition("[")[0], name.second.partition("[")[0])
    if taken.reading.spec.cell is Cell.HISTORY and kind is TermKind.INPUT:
        # The weights for all words so far stand side by side, as they do in the file.
        letters = (letters[0].partition(",")[0] + "}", "x")
    a, b = map(_identifier, letters)
    if len(terms) == 1 and first.factor_b == 1.0:
        comment = f"  # {_comment(name.first)}, the column of {name.detail!r}"
        return [f"{a} = {_shortest(first.factor_a)}{comment}"], a
    lines = [
        *_vector(a, [term.factor_a for term in terms], _row(name.first)),
        *_vector(b, [term.factor_b for term in terms]),
    ]
    return lines, f"{a} @ {b}"


def _code_value(taken: TakenApart) -> list[str]:
    function, explanation = taken.function, taken.explanation
    if function == "softmax":
        index = explanation.unit
        scores = taken.reading.trace.z[taken.place.step - 1]
        return [
            *_vector("z", scores.tolist(), "the scores of all classes; this one's is computed"),
            f"z[{index}] = total",
            "e = np.exp(z - z.max())",
            f"value = (e / e.sum())[{index}]",
        ]
    return [f"value = {_CODE_FUNCTION.get(function, 'total')}"]


def _vector(name: str, values: Sequence[float], comment: str = "") -> list[str]:
    numbers = [_shortest(value) for value in values]
    rows = [
        ", ".join(numbers[start : start + _NUMBERS_A_LINE])
        for start in range(0, len(numbers), _NUMBERS_A_LINE)
    ]
    note = f"  # {comment}" if comment else ""
    if len(rows) <= 1:
        return [f"{name} = np.array([{''.join(rows)}]){note}"]
    return [f"{name} = np.array([{note}", *(f"    {row}," for row in rows), "])"]


def _identifier(marked: str) -> str:
    """Return a marked letter as a name in Python: "W_{hh}" is W_hh, "tanh c_{7}" is tanh_c_7."""
    text = marked.replace("ŷ", "y").replace(" ", "_").replace(",", "_")
    return re.sub(r"_\{([^{}]*)\}", r"_\1", text)


def _row(factor: str) -> str:
    """Say which row of the weights a vector is."""
    return (
        f"row {factor.partition('[')[2].rpartition(',')[0]} of {_comment(factor.partition('[')[0])}"
    )


def _comment(marked: str) -> str:
    return " ".join(plain(marked).split())


def _where(taken: TakenApart) -> str:
    """Say of which layer and direction a number is, where there are several."""
    spec, place = taken.reading.spec, taken.place
    if place.layer is None:
        return ""
    layer = f", layer {place.layer + 1}" if spec.layers > 1 else ""
    direction = ("backward" if place.direction else "forward") if spec.bidirectional else ""
    return f"{layer}{f', {direction}' if direction else ''}"


def _latex_term(term: Term) -> str:
    if term.kind is TermKind.PRODUCT or (term.kind is not TermKind.BIAS and term.factor_b != 1.0):
        return rf"{_bracketed(term.factor_a)} \cdot {_bracketed(term.factor_b)}"
    return _bracketed(term.factor_a * term.factor_b)


def _wrapped(terms: Sequence[str]) -> str:
    """Return a sum in lines of a few terms."""
    return " \\\\\n  &\\quad + ".join(_lines(terms)) or "0"


def _lines(terms: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(terms), _TERMS_A_LINE):
        yield " + ".join(terms[start : start + _TERMS_A_LINE])


def _bracketed(value: float) -> str:
    text = f"{value:.4f}"
    return f"({text})" if text.startswith("-") else text


def _rounded(value: float) -> str:
    return f"{value:.4f}"


def _aligned(formula: str) -> str:
    return formula.replace(" = ", " &= ", 1)


def _made(taken: TakenApart) -> float:
    """Return what the terms make: the number, or what it would be where another was set."""
    explanation = taken.explanation
    return explanation.value if explanation.would_be is None else explanation.would_be


def _signed(value: float) -> str:
    return f"{value:+.6f}".replace("-", "−")


def _shortest(value: float) -> str:
    """Return the shortest text that gives the same number in 32 bits, or in 64 if need be."""
    narrow = np.float32(value)
    return str(narrow) if float(narrow) == value else repr(value)
