from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.tokens import LEVELS, TextSpec, tokenize

FAMILY = "👨\u200d👩\u200d👧"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


def cut(sentence: str, level: str, lowercase: bool = True) -> list[str]:
    return [t.text for t in tokenize(sentence, TextSpec(level=level, lowercase=lowercase))]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("", []),
        ("Ann Lee", ["a", "n", "n", " ", "l", "e", "e"]),
        ("a\tb\u00a0\u3000c", ["a", " ", "b", " ", " ", "c"]),
        ("<sos>", ["<", "s", "o", "s", ">"]),
        ("Café", ["c", "a", "f", "é"]),
        ("Cafe\u0301s", ["c", "a", "f", "é", "s"]),
        ("हिन्दी", ["ह", "ि", "न", "्", "द", "ी"]),
        # One typed letter that NFC writes as two.
        ("\u095c", ["\u0921", "\u093c"]),
        ("\u1112\u1161\u11ab", ["한"]),
        ("👍🏽", ["👍", "🏽"]),
        ("ΟΔΟΣ İ", ["ο", "δ", "ο", "σ", " ", "i\u0307"]),
    ],
)
def test_characters(sentence: str, expected: list[str]) -> None:
    assert cut(sentence, "character") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("", []),
        ("Ann\r\nLee", ["a", "n", "n", " ", "l", "e", "e"]),
        ("<pad>", ["<", "p", "a", "d", ">"]),
        ("Cafe\u0301 é", ["c", "a", "f", "é", " ", "é"]),
        ("z\u0351\u036b\u0352a", ["z\u0351\u036b\u0352", "a"]),
        # Devanagari: vowel signs, conjuncts, virama at the end, joiners, nukta.
        ("हिन्दी क्षत्रिय", ["हि", "न्दी", " ", "क्ष", "त्रि", "य"]),
        ("क्\u200dया महान् \u095c", ["क्\u200dया", " ", "म", "हा", "न्", " ", "\u0921\u093c"]),
        ("বাংলা স্ত্রী", ["বাং", "লা", " ", "স্ত্রী"]),
        ("മലയാളം ക്ഷ", ["മ", "ല", "യാ", "ളം", " ", "ക്ഷ"]),
        ("తెలుగు క్ష", ["తె", "లు", "గు", " ", "క్ష"]),
        # Tamil's pulli joins nothing.
        ("தமிழ் க்க", ["த", "மி", "ழ்", " ", "க்", "க"]),
        ("ที่นี่ กำ", ["ที่", "นี่", " ", "กำ"]),
        ("한국", ["한", "국"]),
        (unicodedata.normalize("NFD", "한국어"), ["한", "국", "어"]),
        ("\u1112\u1161\u11ab\u11ab\u1100", ["한\u11ab", "\u1100"]),
        (f"{FAMILY}{FAMILY}👍🏽!", [FAMILY, FAMILY, "👍🏽", "!"]),
        ("🇫🇷🇩🇪🇫", ["🇫🇷", "🇩🇪", "🇫"]),
        ("1️⃣❤️x🏳️\u200d🌈", ["1️⃣", "❤️", "x", "🏳️\u200d🌈"]),
        (f"{WALES}🧑🏽\u200d🤝\u200d🧑🏻", [WALES, "🧑🏽\u200d🤝\u200d🧑🏻"]),
        ("a\u200d🌈", ["a\u200d", "🌈"]),
        ("\u0301a", ["\u0301", "a"]),
        ("م\u064eر", ["م\u064e", "ر"]),
    ],
)
def test_graphemes(sentence: str, expected: list[str]) -> None:
    assert cut(sentence, "grapheme") == expected


def test_case_is_kept_if_asked() -> None:
    for level in ("character", "grapheme"):
        assert cut("Ab", level, lowercase=False) == ["A", "b"]


def test_places_are_those_of_the_typed_text() -> None:
    def places(sentence: str, level: str) -> list[tuple[int, int]]:
        return [(t.start, t.end) for t in tokenize(sentence, TextSpec(level=level))]

    assert places("ae\u0301b", "character") == [(0, 1), (1, 3), (3, 4)]
    assert places("ae\u0301b", "grapheme") == [(0, 1), (1, 3), (3, 4)]
    assert places("x\u095cy", "character") == [(0, 1), (1, 2), (1, 2), (2, 3)]
    # Marks in another order than NFC's.
    assert places("g\u0307\u0323h", "character") == [(0, 2), (2, 3), (3, 4)]
    assert places("q\u0307\u0323h", "character") == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert places("a\r\nb", "grapheme") == [(0, 1), (1, 3), (3, 4)]


def test_a_letter_with_a_hundred_thousand_marks_ends() -> None:
    for level in ("character", "grapheme"):
        assert "".join(cut("a\u0300" + "\u0323" * 100_000, level)).startswith("ạ")


def test_other_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="“syllable” is not one of the levels word, character"):
        tokenize("a", TextSpec(level="syllable"))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(LEVELS[1:]))
def test_tokens_cover_what_was_typed(sentence: str, level: str) -> None:
    tokens = tokenize(sentence, TextSpec(level=level, lowercase=False))
    end = 0
    for token in tokens:
        assert token.start <= end <= token.end
        assert token.start < token.end
        end = token.end
    assert end == len(sentence)
    composed = unicodedata.normalize("NFC", sentence.replace("\r\n", "\n"))
    spaced = "".join(" " if character.isspace() else character for character in composed)
    if "\r\n" not in sentence:
        assert unicodedata.normalize("NFC", "".join(token.text for token in tokens)) == spaced


@given(st.text(st.sampled_from("aeé\u0301\u0323\u0300ड़\u093c\u0921한\u1112\u1161\u11ab ")))
def test_equivalent_sentences_have_the_same_characters(sentence: str) -> None:
    composed = unicodedata.normalize("NFC", sentence)
    for form in ("NFD", "NFC"):
        typed = unicodedata.normalize(form, sentence)
        assert cut(typed, "character", False) == list(composed)
        assert cut(typed, "grapheme", False) == cut(composed, "grapheme", False)
    assert cut(sentence, "character", False) == list(composed)
