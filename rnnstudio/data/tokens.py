"""The tokeniser: a sentence in, lower-cased words or characters with their exact places out.

Python's `\\w` lacks combining marks and knows nothing of emoji, so each character is first
mapped to a letter for its kind, one for one, and the pattern of a token is matched against the
kinds. Positions in the kinds are positions in the sentence as typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from rnnstudio.data.characters import Kinds, character_spans, grapheme_spans

WORD, CHARACTER, GRAPHEME = "word", "character", "grapheme"
LEVELS = (WORD, CHARACTER, GRAPHEME)


@dataclass(frozen=True)
class TextSpec:
    """How sentences are cut into tokens and which words enter the vocabulary.

    `level` is "word", "character" or "grapheme" (what a reader takes for one character).
    `minimum_count` is the smallest number of times a word occurs in the training split to be
    in the vocabulary, `maximum_words` how many words it holds at most: the most frequent. With
    `unknown` it has <unk> besides, which stands for all words that are not in it. Sentences
    with more than `longest` tokens are cut to so many.
    """

    level: str = WORD
    lowercase: bool = True
    split_punctuation: bool = True
    minimum_count: int = 1
    unknown: bool = False
    maximum_words: int | None = None
    longest: int | None = None


# A named tuple, not a dataclass: 5,000 frozen dataclasses take as long as all the rest here.
class Token(NamedTuple):
    """A token as it stands in the vocabulary, and its place in the sentence as typed.

    `sentence[start:end]` is what was typed; `text` may differ from it in case, in the shape of
    apostrophes and in how accents are composed, so that one word has one spelling.
    """

    text: str
    start: int
    end: int


_KIND_OF_CHARACTER = {
    "'": "'",
    "\u2019": "'",  # the typographic apostrophe
    "-": "-",
    "\u2010": "-",  # hyphen
    "\u2011": "-",  # non-breaking hyphen
    ".": ".",
    ",": ",",
    "\u200c": "j",  # zero-width non-joiner and joiner shape the letters beside them
    "\u200d": "j",
    "\u200b": " ",  # zero-width space
}
# Letters of the kinds: L letter, H a character that is a word (Han), D digit, M mark,
# j joiner, f invisible format character, P punctuation, S symbol, R regional indicator (two
# make a flag), T skin tone, G tag character; space, ' - . , stand for themselves.
_KIND_OF_CATEGORY = {"L": "L", "M": "M", "N": "D", "P": "P", "S": "S", "Z": " "}
_KIND_OF_OTHER = {"Cc": " ", "Cf": "f", "Cs": "P", "Co": "L", "Cn": "L"}


def _is_han(code: int) -> bool:
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def _kind(code: int) -> str:
    character = chr(code)
    if (kind := _KIND_OF_CHARACTER.get(character)) is not None:
        return kind
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "R"
    if 0x1F3FB <= code <= 0x1F3FF:
        return "T"
    if 0xE0020 <= code <= 0xE007F:
        return "G"
    if 0x1F000 <= code <= 0x1FAFF:  # also emoji younger than Python's tables
        return "S"
    category = unicodedata.category(character)
    if category == "Lo" and _is_han(code):
        return "H"
    return _KIND_OF_OTHER.get(category) or _KIND_OF_CATEGORY[category[0]]


_KINDS = Kinds(_kind)
_TOKEN = re.compile(
    r"""
    [LDM][LDMj]*                    # a word or a number, going on over
      (?: (?: '(?=[LD])             #   the apostrophe of don't,
          | (?<=[LMj])-(?=L)        #   the hyphen of well-made, but not of 3-4,
          | (?<=D)[.,](?=D)         #   the point of 3.5 and the comma of 1,000,
          | f+(?=[LDM])             #   a soft hyphen
          ) [LDMj]* )*
    | H[Mj]*
    | RR?                           # a flag
    | S[MT]*G*(?:jS[MT]*)*          # a sign or an emoji with its skin tone, joined to others
    | T
    | [.]{2,} | -{2,}
    | [P'.,-]M*
    """,
    re.VERBOSE,
)
_BETWEEN_SPACES = re.compile(r"[^ fj][^ ]*")


class _Spelling(dict[int, str | None]):
    """One shape for apostrophes and hyphens, and no invisible format characters."""

    def __missing__(self, code: int) -> str | None:
        kind = _KINDS[code]
        value = self[code] = None if kind == "f" else kind if kind in "'-" else chr(code)
        return value


_SPELLING = _Spelling()


def _spelled(typed: str, lowercase: bool) -> str:
    if not typed.isascii():
        typed = unicodedata.normalize("NFC", typed.translate(_SPELLING))
    return typed.lower() if lowercase else typed


def tokenize(sentence: str, spec: TextSpec = TextSpec()) -> tuple[Token, ...]:
    """Cut a sentence into tokens, from left to right.

    Punctuation marks and signs stand alone, except inside "don't", "well-made" (letters on both
    sides), "3.5" and "1,000"; "..." and "--" are one token each, and so is an emoji with all
    that belongs to it. Accents and vowel signs of any script stay with their word. Each Han
    character is a token, since Chinese writes no spaces. With `split_punctuation` off, what
    stands between spaces is a token.

    At the level of characters each one is a token, spaces too; other white space counts as a
    space. At that of graphemes a letter and its marks are one token.

    Raises:
        ValueError: there is no such level.
    """
    if spec.level == CHARACTER:
        return _characters(sentence, spec.lowercase)
    if spec.level == GRAPHEME:
        return _graphemes(sentence, spec.lowercase)
    if spec.level != WORD:
        raise ValueError(f"“{spec.level}” is not one of the levels {', '.join(LEVELS)}")
    kinds = sentence.translate(_KINDS)
    pattern = _TOKEN if spec.split_punctuation else _BETWEEN_SPACES
    spans = [match.span() for match in pattern.finditer(kinds)]
    if sentence.isascii():
        spelled = sentence.lower() if spec.lowercase else sentence
        return tuple([Token(spelled[start:end], start, end) for start, end in spans])
    return tuple(
        [Token(_spelled(sentence[start:end], spec.lowercase), start, end) for start, end in spans]
    )


def _characters(sentence: str, lowercase: bool) -> tuple[Token, ...]:
    return tuple(
        [
            Token(_character(typed, lowercase), start, end)
            for typed, (start, end) in character_spans(sentence)
        ]
    )


def _graphemes(sentence: str, lowercase: bool) -> tuple[Token, ...]:
    return tuple(
        [
            Token(_character(sentence[start:end], lowercase), start, end)
            for start, end in grapheme_spans(sentence)
        ]
    )


def _character(typed: str, lowercase: bool) -> str:
    if typed.isspace():
        return " "
    composed = unicodedata.normalize("NFC", typed)
    return composed.lower() if lowercase else composed
