"""Numbers with their nouns: "1 word", "12 sentences", "3 characters"."""

from __future__ import annotations

from rnnstudio.data.tokens import TextSpec


def counted(number: int, noun: str, many: str | None = None) -> str:
    """Return a number with its noun, e.g. "1 class", "1,200 classes"."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def unit_of(text: TextSpec) -> str:
    """Return what the network reads at each step: "word", "character" or "grapheme"."""
    return text.level
