"""McNemar's test, and what it says in words."""

from __future__ import annotations

from typing import Any

import pytest

from rnnstudio.engine.mcnemar import in_words, mcnemar
from tests.engine.metric_gold import cases

CASES = cases("mcnemar", "evaluation_gold")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['b']}-{c['c']}")
def test_probability_equals_scipy(case: dict[str, Any]) -> None:
    b, c = case["b"], case["c"]
    found = mcnemar(b, c)
    exact = found.chi_squared is None
    assert exact == (b + c < 25)
    assert found.p == pytest.approx(case["exact" if exact else "by_chi_squared"], rel=1e-9)
    assert (found.first_only, found.second_only) == (b, c)
    turned = mcnemar(c, b)
    assert (turned.p, turned.chi_squared) == (found.p, found.chi_squared)


def test_both_ways_of_many_are_near_each_other() -> None:
    many = [case for case in CASES if case["b"] + case["c"] >= 25]
    assert sum(case["exact"] > 0.01 for case in many) >= 3
    for case in many:
        assert mcnemar(case["b"], case["c"]).p == pytest.approx(case["exact"], abs=0.002)


def test_known_values() -> None:
    assert mcnemar(0, 5).p == 2 / 32
    assert mcnemar(1, 4).p == 2 * 6 / 32
    # |10 − 31| − 1 = 20, 400 / 41.
    assert mcnemar(10, 31).chi_squared == pytest.approx(400 / 41)
    assert mcnemar(0, 0).p == mcnemar(3, 3).p == mcnemar(50, 50).p == 1
    assert mcnemar(50, 50).chi_squared == 0
    assert mcnemar(100_000, 0).p == 0
    assert (mcnemar(0, 6).significant, mcnemar(0, 5).significant) == (True, False)
    for b, c in ((-1, 3), (3, -1)):
        with pytest.raises(ValueError, match="negative"):
            mcnemar(b, c)


@pytest.mark.parametrize(
    ("b", "c", "words"),
    [
        (
            0,
            0,
            "GRU and RNN are right on the very same sentences. "
            "Nothing here tells which of them is better.",
        ),
        (
            1,
            1,
            "GRU alone is right on 1 sentence, RNN alone on 1 sentence. Neither is better here.",
        ),
        (
            12,
            3,
            "GRU alone is right on 12 sentences, RNN alone on 3 sentences. Such a difference "
            "between equally good models is rare (p = 0.035): GRU is probably better than RNN.",
        ),
        (
            100,
            1900,
            "GRU alone is right on 100 sentences, RNN alone on 1,900 sentences. Such a difference "
            "between equally good models is rare (p < 0.001): RNN is probably better than GRU.",
        ),
        (
            1,
            4,
            "GRU alone is right on 1 sentence, RNN alone on 4 sentences. Equally good models "
            "differ as much by luck alone in 38 of 100 cases (p = 0.375): this does not show that "
            "one is better.",
        ),
        (
            1,
            0,
            "GRU alone is right on 1 sentence, RNN alone on 0 sentences. Equally good models "
            "differ as much by luck alone in nearly every case (p = 1.000): this does not show "
            "that one is better.",
        ),
    ],
)
def test_in_words(b: int, c: int, words: str) -> None:
    assert in_words(mcnemar(b, c), "GRU", "RNN") == words


def test_words_that_are_counted() -> None:
    said = in_words(mcnemar(1, 9), "A", "B", "word", "words")
    assert "1 word," in said
    assert "9 words." in said
    assert "sentence" not in said
