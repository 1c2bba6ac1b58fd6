from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.tokens import TextSpec, tokenize

FAMILY = "👨\u200d👩\u200d👧"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


def words(sentence: str, spec: TextSpec | None = None) -> list[str]:
    return [token.text for token in tokenize(sentence, spec or TextSpec())]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("", []),
        (" \t\u00a0\u2003\x85\x97 ", []),
        ("The movie was good.", ["the", "movie", "was", "good", "."]),
        ("Wow... great!!", ["wow", "...", "great", "!", "!"]),
        ("so-so -- a well-made film -", ["so-so", "--", "a", "well-made", "film", "-"]),
        ("3-4 covid-19 9-year", ["3", "-", "4", "covid", "-", "19", "9", "-", "year"]),
        ("I don't; it’s 3.5 of 1,000.", ["i", "don't", ";", "it's", "3.5", "of", "1,000", "."]),
        ("the dogs' 'tis rock'n'roll", ["the", "dogs", "'", "'", "tis", "rock'n'roll"]),
        ('"(quoted)"', ['"', "(", "quoted", ")", '"']),
        ("$5 & 10% <b>", ["$", "5", "&", "10", "%", "<", "b", ">"]),
        ("snow\u2011white", ["snow-white"]),
        ("exam\u00adple \u200fx\u200f", ["example", "x"]),
        ("zero\u200bwidth", ["zero", "width"]),
        # Accents typed as marks of their own, or not: one word.
        ("cafe\u0301 café CAFÉ", ["café", "café", "café"]),
        ("ΟΔΟΣ Straße", ["οδος", "straße"]),
        # Devanagari vowel signs, virama, nukta and the joiner; danda is punctuation.
        ("यह फ़िल्म अच्छी है।", ["यह", unicodedata.normalize("NFC", "फ़िल्म"), "अच्छी", "है", "।"]),
        ("क्\u200dया हैं", ["क्\u200dया", "हैं"]),
        # Arabic with vowel marks and its own comma; Persian with the non-joiner.
        ("هٰذَا فِيلْمٌ، رَائِعٌ؟", ["هٰذَا", "فِيلْمٌ", "،", "رَائِعٌ", "؟"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("电影很好。", ["电", "影", "很", "好", "。"]),
        (f"good{FAMILY}👍🏽!", ["good", FAMILY, "👍🏽", "!"]),
        ("🇫🇷🇩🇪 🇫", ["🇫🇷", "🇩🇪", "🇫"]),
        ("1️⃣ #️⃣ ❤️x ☺ 🏳️\u200d🌈", ["1️⃣", "#️⃣", "❤️", "x", "☺", "🏳️\u200d🌈"]),
        (f"{WALES}🧑🏽\u200d🤝\u200d🧑🏻", [WALES, "🧑🏽\u200d🤝\u200d🧑🏻"]),
    ],
)
def test_words(sentence: str, expected: list[str]) -> None:
    assert words(sentence) == expected


def test_spans_refer_to_the_typed_text_where_lower_casing_changes_length() -> None:
    sentence = "İYİ İstanbul’un 👍🏽 filmi"
    spans = [(sentence[token.start : token.end]) for token in tokenize(sentence)]
    assert spans == ["İYİ", "İstanbul’un", "👍🏽", "filmi"]
    assert words(sentence)[0] == "İYİ".lower()


def test_settings() -> None:
    assert words("Don't. STOP", TextSpec(lowercase=False)) == ["Don't", ".", "STOP"]
    assert words("Well, don’t stop. ", TextSpec(split_punctuation=False)) == [
        "well,",
        "don't",
        "stop.",
    ]


def test_a_word_of_ten_thousand_letters_is_one_token() -> None:
    assert words("a" * 10_000 + "’s") == ["a" * 10_000 + "'s"]


@given(st.text(), st.booleans(), st.booleans())
def test_tokens_lie_in_order_and_leave_out_only_the_invisible(
    sentence: str, lowercase: bool, split_punctuation: bool
) -> None:
    tokens = tokenize(sentence, TextSpec(lowercase=lowercase, split_punctuation=split_punctuation))
    end = 0
    between = ""
    for token in tokens:
        assert end <= token.start < token.end <= len(sentence)
        assert token.text
        between += sentence[end : token.start]
        end = token.end
    between += sentence[end:]
    assert {unicodedata.category(character)[0] for character in between} <= {"Z", "C"}


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_has_no_way_of_its_own(sentence: str) -> None:
    with_accent = tokenize("é " + sentence)[1:]
    assert [(t.text, t.start - 2, t.end - 2) for t in with_accent] == list(tokenize(sentence))


@given(st.lists(st.sampled_from(["don't", "well-made", "3.5", "है", FAMILY, "🇫🇷", "...", "film"])))
def test_words_between_spaces_come_back(chosen: list[str]) -> None:
    assert words(" ".join(chosen)) == chosen
