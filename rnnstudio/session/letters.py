"""The letters of a reading's numbers and weights, in the lecture's notation and in PyTorch's.

Names have their indices marked as LaTeX does: "s_{7}", "a_{f,7}", "W_{hh}". `plain` writes such a
name as text and `latex` as LaTeX; the window draws it with its indices below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnnstudio.engine.explain import Term, TermKind
from rnnstudio.engine.network import Cell
from rnnstudio.session.looking import Notation

# Products of numbers that a cell computed itself: the quantities of both factors. Of the first
# product of a GRU the factor is 1 − z.
PRODUCTS = {
    "r·q": ("r", "q"),
    "(1−z)·n": ("z", "n"),
    "z·s": ("z", "s"),
    "o·tanh c": ("o", "tanh_c"),
    "f·c": ("f", "c"),
    "i·g": ("i", "g"),
}
_LECTURE = {"scores": "z", "y": "ŷ", "tanh_c": "tanh c"}
_PYTORCH = {**_LECTURE, "s": "h"}
_BELOW = str.maketrans("0123456789+−-()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_MARKED = re.compile(r"_\{([^{}]*)\}")
_LATEX = {
    "ŷ": r"\hat{y}", "·": r" \cdot ", "−": "-", "Σ": r"\sum ", "…": r"\ldots ", "×": r" \times ",
    "σ": r"\sigma", "←": r"\leftarrow ", "→": r"\rightarrow ",
}  # fmt: skip


@dataclass(frozen=True)
class Letters:
    """The letters of one cell in one notation."""

    cell: Cell
    notation: Notation

    def quantity(self, name: str) -> str:
        """Return the letter of a quantity without a step, e.g. "s", "a_{f}"."""
        names = _PYTORCH if self.notation is Notation.PYTORCH else _LECTURE
        base, _, ending = names.get(name, name).partition("_")
        return f"{names.get(base, base)}_{{{ending}}}" if ending else base

    def at(self, name: str, step: int | str) -> str:
        """Return the letter of a quantity at a step, e.g. "s_{7}", "a_{f,7}"."""
        letter = self.quantity(name)
        return f"{letter[:-1]},{step}}}" if letter.endswith("}") else f"{letter}_{{{step}}}"

    def weight(self, term: Term, step: int) -> str:
        """Return the letter of a term's weight or bias, at a step where it is of that step alone.

        Of `history` the weights of step 4 for the second word are U_{4,2}.
        """
        letter = term.symbol.partition("·")[0]
        base, _, ending = letter.partition("_")
        own = self.cell.has_length and base in ("U", "b")
        if self.notation is Notation.PYTORCH:
            letter = self._pytorch(base, ending, term.kind)
            base = "b" if base == "b" else "W"
        elif ending:
            letter = f"{base}_{{{ending}}}"
        if not own:
            return letter
        at = "" if term.source is None or self.cell is not Cell.HISTORY else f",{term.source.step}"
        return f"{base}_{{{step}{at}}}"

    def _pytorch(self, base: str, ending: str, kind: TermKind) -> str:
        """Return PyTorch's letter for "U", "W", "V", "b", "c" with the ending of a gate."""
        match base:
            case "U":
                return f"W_{{i{ending or 'h'}}}"
            case "W":
                return f"W_{{h{ending or 'h'}}}"
            case "V":
                return "W_{out}"
            case "c" if kind is TermKind.BIAS:
                return "b_{out}"
            case "b":
                return f"b_{{{ending or 'ih'}}}"
        return f"{base}_{{{ending}}}" if ending else base

    def product(self, symbol: str) -> str:
        """Return a product such as "f·c" in letters."""
        return symbol.replace("s", self.quantity("s")) if symbol == "z·s" else symbol


def decimal(value: float, digits: int = 3) -> str:
    """Return a number with a real minus, e.g. "−0.783"."""
    return f"{value:.{digits}f}".replace("-", "−")


def plain(marked: str) -> str:
    """Return a marked name as text: "s₇", and "U_f" where the index has no small letters."""

    def lowered(match: re.Match[str]) -> str:
        below = match[1].translate(_BELOW)
        small = all(one != other for one, other in zip(below, match[1], strict=True))
        return below if small else f"_{match[1]}"

    return _MARKED.sub(lowered, marked)


def latex(marked: str) -> str:
    """Return a marked name as LaTeX; what stands between “ and ” becomes upright text."""
    parts = re.split(r"(“[^”]*”)", marked)
    return "".join(
        rf"\text{{{escaped(part)}}}" if part.startswith("“") else _mathematics(part)
        for part in parts
    )


def escaped(text: str) -> str:
    """Return words as LaTeX shows them."""
    names = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(
        names.get(letter, rf"\{letter}" if letter in "#$%&_{}" else letter) for letter in text
    )


def _mathematics(text: str) -> str:
    text = re.sub(r"\btanh\b", r"\\tanh", text)
    text = re.sub(r"\b(softmax|ReLU|out)\b", r"\\mathrm{\1}", text)
    return "".join(_LATEX.get(letter, letter) for letter in text)
