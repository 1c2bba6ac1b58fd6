"""Single words of a sentence as typed, changed without touching the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.rewording import Wording, deleted, repeated, replaced, shuffled, swapped
from rnnstudio.data.tokens import CHARACTER, GRAPHEME, TextSpec, tokenize


def cut(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize(text))


def wording(text: str, level: str = "word") -> Wording:
    tokens = tokenize(text, TextSpec(level=level))
    spans = tuple((token.start, token.end) for token in tokens)
    return Wording(text, spans, cut if level == "word" else None)


def index_of(one: Wording, word: str) -> int:
    return next(index for index in range(len(one.spans)) if one.word(index) == word)


@pytest.mark.parametrize(
    ("text", "word", "new", "result"),
    [
        ("The movie  was (very) boring!", "very", "so", "The movie  was (so) boring!"),
        ("The movie was good", "movie", "old film", "The old film was good"),
        ("good,bad", ",", "and", "good and bad"),
        ("فیلم خیلی خوب بود.", "خوب", "بد", "فیلم خیلی بد بود."),
        ("我很喜欢", "很", "不", "我不喜欢"),
        ("so 😀!", "😀", "sad", "so sad!"),
    ],
)
def test_a_word_is_replaced_and_the_rest_stays(text: str, word: str, new: str, result: str) -> None:
    one = wording(text)
    changed = replaced(one, index_of(one, word), new)
    assert changed.text == result
    assert changed.text[changed.place :].startswith(new)


@pytest.mark.parametrize(
    ("text", "word", "result"),
    [
        ("The movie was boring.", "The", "movie was boring."),
        ("The movie was boring.", "boring", "The movie was."),
        ("The movie was boring.", ".", "The movie was boring"),
        ("a  b   c", "b", "a    c"),
        ("  The film ", "The", "  film "),
        ("good,bad", ",", "good bad"),
        ("3 x.5", "x", "3 .5"),
        ("really (very) good", "very", "really () good"),
        ("من آن را دیدم", "آن", "من را دیدم"),
        ("word", "word", ""),
    ],
)
def test_a_word_goes_with_one_of_its_spaces(text: str, word: str, result: str) -> None:
    one = wording(text)
    assert deleted(one, index_of(one, word)).text == result
    assert replaced(one, index_of(one, word), "").text == result


@pytest.mark.parametrize(
    ("text", "word", "result"),
    [
        ("very good.", "very", "very very good."),
        ("very good.", "good", "very good good."),
        ("very good.", ".", "very good. ."),
        ("good!", "!", "good!!"),
        ("很好", "很", "很很好"),
    ],
)
def test_a_word_stands_twice(text: str, word: str, result: str) -> None:
    one = wording(text)
    changed = repeated(one, index_of(one, word))
    assert changed.text == result
    assert changed.place > one.spans[index_of(one, word)][0]


def test_words_change_places() -> None:
    one = wording("The movie was (very) boring.")
    changed = swapped(one, 0, 4)
    assert changed.text == "very movie was (The) boring."
    assert changed.text[changed.place :].startswith("The")
    assert swapped(one, 4, 0).text == changed.text
    # Words that would grow together are kept apart.
    assert swapped(one, 1, 7).text == "The . was (very) boring movie"
    assert swapped(wording("good,bad"), 0, 1).text == ",good bad"
    assert swapped(wording("3 x.5"), 0, 1).text == "x 3. 5"


def test_shuffling_moves_words_and_leaves_punctuation() -> None:
    one = wording("The movie, in the end, was very boring.")
    orders = {shuffled(one, np.random.default_rng(seed)).text for seed in range(20)}
    assert len(orders) > 10
    for text in orders:
        assert sorted(cut(text)) == sorted(cut(one.text))
        assert cut(text)[2] == cut(text)[6] == ","
        assert text != one.text
        assert text.endswith(".")


@pytest.mark.parametrize("text", ["", "word", "no no no", "..."])
def test_where_there_is_no_other_order_it_stays(text: str) -> None:
    assert shuffled(wording(text), np.random.default_rng(0)).text == text


def test_two_words_are_always_exchanged() -> None:
    for seed in range(10):
        assert shuffled(wording("not good"), np.random.default_rng(seed)).text == "good not"


@pytest.mark.parametrize("level", [CHARACTER, GRAPHEME])
def test_characters_get_no_spaces(level: str) -> None:
    one = wording("ab c", level)
    assert deleted(one, 1).text == "a c"
    assert deleted(one, 2).text == "abc"
    assert repeated(one, 0).text == "aab c"
    assert replaced(one, 0, " ").text == " b c"
    assert swapped(one, 0, 3).text == "cb a"
    assert sorted(shuffled(one, np.random.default_rng(0)).text) == sorted("ab c")


def test_what_a_reader_takes_for_one_character_stays_together() -> None:
    one = wording("क्षिप्र", GRAPHEME)
    assert len(one.spans) == 2
    assert swapped(one, 0, 1).text == "प्रक्षि"
    assert deleted(one, 0).text == "प्र"
    decomposed = wording("e\u0301a", CHARACTER)  # two characters in NFC
    assert swapped(decomposed, 0, 1).text == "ae\u0301"
    assert deleted(decomposed, 0).text == "a"


def test_characters_that_were_typed_as_one_have_one_place() -> None:
    typed = "\u0958a"  # a letter that NFC writes as two
    one = wording(typed, CHARACTER)
    assert len(one.spans) == 3
    assert swapped(one, 0, 2).text == typed
    assert shuffled(one, np.random.default_rng(0)).text == typed


SENTENCES = st.text(st.sampled_from("ab3.,-'( )我א\u0301😀"), max_size=12)


@given(SENTENCES, st.integers(0, 11), st.integers(0, 11), st.integers(0, 5))
def test_whatever_is_typed_the_other_words_stay_what_they_are(
    text: str, first: int, second: int, seed: int
) -> None:
    one = wording(text)
    words = cut(text)
    if not words:
        return
    first, second = first % len(words), second % len(words)
    rest = words[:first] + words[first + 1 :]
    assert sorted(cut(swapped(one, first, second).text)) == sorted(words)
    assert cut(deleted(one, first).text) == rest
    twice = (*words[: first + 1], *words[first:])
    assert cut(repeated(one, first).text) == twice
    assert cut(replaced(one, first, "new").text) == (*words[:first], "new", *words[first + 1 :])
    assert sorted(cut(shuffled(one, np.random.default_rng(seed)).text)) == sorted(words)
