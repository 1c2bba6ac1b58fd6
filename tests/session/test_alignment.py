"""Two sentences laid side by side."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.session.alignment import Pair, align

WORDS = st.lists(st.sampled_from("abc"), max_size=8)


def columns(one: str, other: str) -> list[tuple[str, str]]:
    """The alignment of two sentences as words."""
    a, b = one.split(), other.split()
    return [
        (a[pair.one - 1] if pair.one else "", b[pair.other - 1] if pair.other else "")
        for pair in align(a, b)
    ]


def cost(one: list[str], other: list[str], pairs: tuple[Pair, ...]) -> tuple[int, int]:
    """The distance of an alignment, and less its equal words."""
    equal = sum(
        pair.one is not None
        and pair.other is not None
        and one[pair.one - 1] == other[pair.other - 1]
        for pair in pairs
    )
    return len(pairs) - equal, -equal


def least(one: list[str], other: list[str]) -> tuple[int, int]:
    """The least cost of all alignments, found by trying them all."""

    @cache
    def rest(i: int, j: int) -> tuple[int, int]:
        if i == len(one) or j == len(other):
            return len(one) - i + len(other) - j, 0
        distance, equal = rest(i + 1, j + 1)
        same = one[i] == other[j]
        found = [(distance + (not same), equal - same)]
        for distance, equal in (rest(i + 1, j), rest(i, j + 1)):
            found.append((distance + 1, equal))
        return min(found)

    return rest(0, 0)


def assert_whole(one: list[str], other: list[str], pairs: tuple[Pair, ...]) -> None:
    assert [pair.one for pair in pairs if pair.one] == list(range(1, len(one) + 1))
    assert [pair.other for pair in pairs if pair.other] == list(range(1, len(other) + 1))
    assert Pair(None, None) not in pairs


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", []),
        ("a b", "", [("a", ""), ("b", "")]),
        ("", "a b", [("", "a"), ("", "b")]),
        ("it was good", "it was good", [("it", "it"), ("was", "was"), ("good", "good")]),
        ("it was good", "it was bad", [("it", "it"), ("was", "was"), ("good", "bad")]),
        ("was not good", "was good", [("was", "was"), ("not", ""), ("good", "good")]),
        # As far away as two other words, but one word is the same.
        ("a b", "b a", [("a", ""), ("b", "b"), ("", "a")]),
        # Repeated words are paired as early as they can be.
        ("very very good", "very good", [("very", "very"), ("very", ""), ("good", "good")]),
        ("x very very .", "y very .", [("x", "y"), ("very", ""), ("very", "very"), (".", ".")]),
        ("a b c", "d", [("a", "d"), ("b", ""), ("c", "")]),
    ],
)
def test_what_belongs_together(one: str, other: str, expected: list[tuple[str, str]]) -> None:
    assert columns(one, other) == expected


@given(WORDS, WORDS)
def test_no_alignment_costs_less(one: list[str], other: list[str]) -> None:
    pairs = align(one, other)
    assert_whole(one, other, pairs)
    assert cost(one, other, pairs) == least(one, other)
    assert pairs == align(one, other)


def test_thousands_of_words_are_cut_in_pieces_and_stay_whole() -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 60, 5_000).astype(str).tolist() for _ in range(2))
    pairs = align(one, other)
    assert_whole(one, other, pairs)
    # Two texts at random have about a third of their words in common, in order.
    assert cost(one, other, pairs)[0] < 5_000


def test_one_word_more_among_thousands_is_found() -> None:
    one = [str(n % 97) for n in range(5_000)]
    other = [*one[:2_000], "new", *one[2_000:]]
    alone = [pair for pair in align(one, other) if pair.one is None or pair.other is None]
    assert alone == [Pair(None, 2_001)]
