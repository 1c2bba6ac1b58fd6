"""Changes single words of a sentence as typed; spaces and everything else stay where they are.

Words that would become one by standing side by side are kept apart by a space.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Span = tuple[int, int]
Cut = Callable[[str], tuple[str, ...]]

_NO_SPACE, _SPACE = "", " "
# Words further apart than this do not grow together: 3 . 5 does, over two borders.
_REACH = 3
_MOST_DRAWS = 20


@dataclass(frozen=True)
class Wording:
    """A sentence as typed and the places of its words, from left to right.

    `cut` tells into which words another text would be cut. It is None where each character is a
    word: then nothing grows together, and a space more would be a word more.
    """

    text: str
    spans: tuple[Span, ...]
    cut: Cut | None = None

    def word(self, index: int) -> str:
        """Return a word as typed."""
        start, end = self.spans[index]
        return self.text[start:end]

    def before(self, index: int) -> str:
        """Return what stands before a word, as far as it could grow together with it."""
        start = self.spans[index][0]
        first = index - _REACH
        return self.text[min(self.spans[first][0], start) if first > 0 else 0 : start]

    def after(self, index: int) -> str:
        """Return what stands after a word, as far as it could grow together with it."""
        end = self.spans[index][1]
        last = index + _REACH
        return self.text[end : max(self.spans[last][1], end) if last < len(self.spans) else None]

    def stays_cut(self, joined: str, parts: Sequence[str]) -> bool:
        """Whether a text has exactly the words of its parts."""
        if self.cut is None:
            return True
        return self.cut(joined) == tuple(word for part in parts for word in self.cut(part))


@dataclass(frozen=True)
class Reworded:
    """The new text, and the character at which the word that was meant begins in it."""

    text: str
    place: int


def replaced(wording: Wording, index: int, word: str) -> Reworded:
    """Put other text, perhaps several words, in the place of a word; no text takes it away."""
    if not word:
        return deleted(wording, index)
    start, end = wording.spans[index]
    left, right = wording.before(index), wording.after(index)
    ways = [(a, b) for a in (_NO_SPACE, _SPACE) for b in (_NO_SPACE, _SPACE)]
    a, b = next(
        (
            (a, b)
            for a, b in ways
            if wording.stays_cut(left + a + word + b + right, (left, word, right))
        ),
        ways[0],
    )
    text = wording.text[:start] + a + word + b + wording.text[end:]
    return Reworded(text, start + len(a))


def deleted(wording: Wording, index: int) -> Reworded:
    """Take a word away, and one of the spaces that stood on both sides of it."""
    start, end = wording.spans[index]
    left, right = wording.before(index), wording.after(index)
    # How much goes of the left, of the right, and what comes between them.
    ways = [(0, 0, _NO_SPACE), (0, 0, _SPACE)]
    if wording.cut is not None:
        space_left, space_right = left[-1:].isspace(), right[:1].isspace()
        if space_right and (space_left or start == 0):
            ways.insert(0, (0, 1, _NO_SPACE))
        elif space_left:
            ways.insert(0, (1, 0, _NO_SPACE))
    from_left, from_right, between = next(
        (
            (a, b, glue)
            for a, b, glue in ways
            if wording.stays_cut(left[: len(left) - a] + glue + right[b:], (left, right))
        ),
        ways[0],
    )
    head = wording.text[: start - from_left] + between
    return Reworded(head + wording.text[end + from_right :], len(head))


def repeated(wording: Wording, index: int) -> Reworded:
    """Put a word twice; the place is that of the second."""
    _, end = wording.spans[index]
    word, right = wording.word(index), wording.after(index)
    ways = (_NO_SPACE, _SPACE)
    glue = next(
        (
            glue
            for glue in ways
            if wording.stays_cut(word + glue + word + right, (word, word, right))
        ),
        ways[0],
    )
    text = wording.text[:end] + glue + word + wording.text[end:]
    return Reworded(text, end + len(glue))


def swapped(wording: Wording, first: int, second: int) -> Reworded:
    """Exchange two words; the place is that to which the first has gone."""
    order = list(range(len(wording.spans)))
    order[first], order[second] = order[second], order[first]
    return arranged(wording, order, second)


def shuffled(wording: Wording, chance: np.random.Generator) -> Reworded:
    """Bring the words into another order, if there is another; punctuation stays in its place."""
    words = [index for index in range(len(wording.spans)) if _is_word(wording.word(index))]
    if len(words) < 2:
        words = list(range(len(wording.spans)))
    texts = [wording.word(index) for index in words]
    order = list(range(len(wording.spans)))
    if len(set(texts)) < 2:
        return arranged(wording, order, 0)
    drawn = np.arange(len(words))
    for _ in range(_MOST_DRAWS):
        drawn = chance.permutation(len(words))
        if [texts[place] for place in drawn] != texts:
            break
    else:
        drawn = np.roll(np.arange(len(words)), 1)
    for place, source in zip(words, drawn.tolist(), strict=True):
        order[place] = words[source]
    return arranged(wording, order, 0)


def arranged(wording: Wording, order: Sequence[int], wanted: int) -> Reworded:
    """Put word `order[i]` into the place of word i; the place is that of word `wanted`."""
    spans = wording.spans
    if not spans or any(one[1] > next_one[0] for one, next_one in pairwise(spans)):
        # Characters that one typed character stands for have no places of their own.
        return Reworded(wording.text, spans[wanted][0] if spans else 0)
    pieces = [wording.word(index) for index in order]
    moved = [index != place for place, index in enumerate(order)]
    text, place = wording.text[: spans[0][0]], 0
    chunk: list[str] = []  # what stands without a space since the last one
    for index, piece in enumerate(pieces):
        gap = wording.text[spans[index - 1][1] : spans[index][0]] if index else ""
        if any(character.isspace() for character in gap):
            chunk = []
        elif any(moved[max(index - _REACH, 0) : index + 1]) and not wording.stays_cut(
            "".join(chunk) + gap + piece, (*chunk, piece)
        ):
            gap += _SPACE
            chunk = []
        text += gap if index else ""
        if index == wanted:
            place = len(text)
        text += piece
        chunk = [*chunk, piece][-_REACH:]
    return Reworded(text + wording.text[spans[-1][1] :], place)


def _is_word(text: str) -> bool:
    """Whether a word has a letter, a digit or a picture, and is not punctuation."""
    return any(character.isalnum() or unicodedata.category(character) == "So" for character in text)
