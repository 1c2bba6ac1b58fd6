"""Letters and numbers as the screen writes them: s₇, −0.783, neg."""

from __future__ import annotations

import math
from collections.abc import Sequence

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def indexed(letter: str, index: int) -> str:
    """Return a letter with its index below, e.g. s₇."""
    return f"{letter}{str(index).translate(_SUBSCRIPTS)}"


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign, e.g. +0.050 or −0.783; what rounds to zero has a plus."""
    return _typeset(f"{value:+.{digits}f}", "+")


def number(value: float, digits: int = 3) -> str:
    """Return a number with a sign only below zero, e.g. 0.050 or −0.783."""
    return _typeset(f"{value:.{digits}f}", "")


def _typeset(text: str, zero_sign: str) -> str:
    """Write a real minus, and `zero_sign` before what was rounded to zero from below."""
    if text.startswith("-"):
        return zero_sign + text[1:] if not text.strip("-0.") else f"−{text[1:]}"
    return text


def abbreviations(labels: Sequence[str]) -> tuple[str, ...]:
    """Return beginnings of the labels, at least three letters, as long as it takes to differ.

    What all labels begin with is left out where they do not differ in six letters.
    """
    for length in range(3, 7):
        short = tuple(label[:length] for label in labels)
        if len(set(short)) == len(set(labels)):
            return short
    first, last = min(labels), max(labels)  # what these two share, all others share
    shared = next(
        (i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), 0
    )
    ends = [f"…{label[shared:]}" if shared else label for label in labels]
    return tuple(end if len(end) <= 6 else f"{end[:5]}…" for end in ends)


def shown_word(word: str) -> str:
    """Return a token as it can be seen: a space, which characters have among them, as ␣."""
    return word if word.strip() else "␣"


def probability(value: float, digits: int = 2) -> str:
    """Return a probability, e.g. 0.92; one that is not certain is not written as 0 or 1.

    It gets a third digit where that helps, otherwise it is >0.999 or <0.001. What is no number is
    a dash.
    """
    if not math.isfinite(value):
        return "–"
    for places in (digits, 3):
        text = f"{value:.{places}f}"
        if 0.0 < float(text) < 1.0:
            return text
    return ">0.999" if value > 0.5 else "<0.001"
