"""Cuts a sentence into characters: code points, or what a reader takes for one character.

The second are the extended grapheme clusters of Unicode Standard Annex 29. Python's tables lack
the properties it uses, so they are made here from general categories and the few code points
that differ from their category. As in the word tokeniser, each character is mapped to a letter
for its kind, and a pattern is matched against the kinds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

Span = tuple[int, int]

_JOINER = 0x200D
# More marks on one letter are not writing; they are matched with their NFC as one.
_LONGEST_CLUSTER = 32
# Signs that join the consonant before them to the one after (Indic_Syllabic_Category Virama) in
# the scripts where conjuncts are one character for the reader (rule GB9c).
_VIRAMAS = frozenset({0x094D, 0x09CD, 0x0ACD, 0x0B4D, 0x0C4D, 0x0D4D})
# The blocks of those scripts: Devanagari, Bengali, Gujarati, Oriya, Telugu, Malayalam. Their
# consonants stand in the same places, and a few more above (letters with nukta and the like).
_INDIC_BLOCKS = (0x0900, 0x0980, 0x0A80, 0x0B00, 0x0C00, 0x0D00)
_INDIC_CONSONANTS = (range(0x15, 0x3A), range(0x58, 0x60), range(0x78, 0x80))
# Letters by category that stand on the letter before: Thai and Lao AM, half-width voice marks.
_STANDING_ON = frozenset({0x0E33, 0x0EB3, 0xFF9E, 0xFF9F})
# Format characters that belong to what follows (Grapheme_Cluster_Break Prepend).
_BEFORE = frozenset({*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD})
# Signs outside the emoji planes that can be joined to others (Extended_Pictographic).
_PICTOGRAPHS = (
    *((0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122)),
    *((0x2139, 0x2139), (0x2194, 0x21AA), (0x2300, 0x23FF), (0x2600, 0x27BF), (0x2934, 0x2935)),
    *((0x2B05, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3299)),
    *((0x1F000, 0x1F1E5), (0x1F200, 0x1F3FA), (0x1F400, 0x1FAFF), (0x1FC00, 0x1FFFD)),
)


def _kind(code: int) -> str:
    """Return the letter of a character's kind.

    X mark, j joiner, N virama, C consonant of a script with conjuncts, E pictograph, R regional
    indicator, L V T the three parts of a Korean syllable, B a syllable without and D one with its
    last part, p what belongs to the next, c control, a anything else.
    """
    if code < 0x300:
        pictograph = code in (0xA9, 0xAE)
        return "E" if pictograph else "c" if code in (0x0A, 0x0D, 0xAD) else "a"
    if code == _JOINER:
        return "j"
    if code in _VIRAMAS:
        return "N"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "R"
    # Skin tones and tag characters extend the emoji before them.
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F or code == 0x200C:
        return "X"
    if code in _STANDING_ON:
        return "X"
    if code in _BEFORE:
        return "p"
    if (korean := _korean_kind(code)) is not None:
        return korean
    category = unicodedata.category(chr(code))
    if category[0] == "M":
        return "X"
    block = code & ~0x7F
    if category == "Lo" and block in _INDIC_BLOCKS:
        return "C" if any(code - block in places for places in _INDIC_CONSONANTS) else "a"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "c"
    return "E" if any(first <= code <= last for first, last in _PICTOGRAPHS) else "a"


def _korean_kind(code: int) -> str | None:
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        # Each of the 399 pairs of the first two parts is followed by its 27 with a last part.
        return "B" if (code - 0xAC00) % 28 == 0 else "D"
    return None


class Kinds(dict[int, str]):
    """A table for `str.translate` that fills itself with the kinds of the characters it meets."""

    def __init__(self, kind_of: Callable[[int], str]) -> None:
        super().__init__()
        self._kind_of = kind_of

    def __missing__(self, code: int) -> str:
        kind = self[code] = self._kind_of(code)
        return kind


_KINDS = Kinds(_kind)
_CLUSTER = re.compile(
    r"""
    c
    | p* (?:
        RR                                        # a flag
        | L* (?: V+ | BV* | D ) T* | L+ | T+      # a Korean syllable
        | E X* (?: j E X* )*                      # a pictograph, joined to others
        | C (?: [Xj]* N [XNj]* C )*               # consonants joined by viramas
        | [aRVB]
      ) [XjN]*
    | p+ | [XjN]+                                 # with nothing to stand on
    """,
    re.VERBOSE,
)


def grapheme_spans(sentence: str) -> Iterator[Span]:
    """Yield the place of each extended grapheme cluster; together they cover the sentence."""
    kinds = sentence.translate(_KINDS)
    end = 0
    while end < len(kinds):
        if sentence.startswith("\r\n", end):
            yield end, end + 2
            end += 2
            continue
        match = _CLUSTER.match(kinds, end)
        assert match is not None  # every kind begins a cluster
        yield match.span()
        end = match.end()


def character_spans(sentence: str) -> Iterator[tuple[str, Span]]:
    """Yield the code points of a sentence in NFC, each with the place of what was typed for it.

    Where one typed character stands for several in NFC, these have the same place.
    """
    if unicodedata.is_normalized("NFC", sentence):
        for place, character in enumerate(sentence):
            yield character, (place, place + 1)
        return
    # NFC composes nothing across the border of a cluster.
    for start, end in grapheme_spans(sentence):
        for first, last in _composed(sentence[start:end]):
            composed = unicodedata.normalize("NFC", sentence[start + first : start + last])
            for place, character in enumerate(composed):
                # As many typed characters as composed ones; a surplus belongs to the last.
                own = start + min(first + place, last - 1)
                is_last = place == len(composed) - 1
                yield character, (own, start + last if is_last else own + 1)


def _composed(cluster: str) -> Iterator[Span]:
    """Cut a cluster into the shortest parts whose NFC together are its own."""
    whole = unicodedata.normalize("NFC", cluster)
    start = 0
    done = ""
    for end in range(1, len(cluster) if len(cluster) <= _LONGEST_CLUSTER else 1):
        head = done + unicodedata.normalize("NFC", cluster[start:end])
        if whole.startswith(head) and head + unicodedata.normalize("NFC", cluster[end:]) == whole:
            yield start, end
            start, done = end, head
    yield start, len(cluster)
