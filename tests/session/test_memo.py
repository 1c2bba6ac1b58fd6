"""Remembered results: the same object for the same arguments, and not for others."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from rnnstudio.session.memo import remembered


class Thing:
    """Compared by identity, like the values that hold arrays."""


def test_the_same_arguments_give_the_same_object() -> None:
    @remembered(2)
    def made(word: str, number: int = 0) -> list[str]:
        return [word] * number

    first = made("a", 2)
    assert made("a", 2) is first
    assert made("".join(["a"]), 2) is first  # equal, though not identical
    assert made("a", 3) is not first
    assert made("b", 2) == ["b", "b"]


def test_keywords_are_told_apart_and_their_order_is_not() -> None:
    @remembered(4)
    def made(**named: int) -> list[tuple[str, int]]:
        return sorted(named.items())

    first = made(one=1, two=2)
    assert made(two=2, one=1) is first
    assert made(one=2, two=1) == [("one", 2), ("two", 1)]


def test_what_cannot_be_hashed_is_compared_by_identity() -> None:
    calls: list[float] = []

    @remembered(4)
    def total(values: np.ndarray) -> float:
        calls.append(1)
        return float(values.sum())

    one, equal = np.ones(3), np.ones(3)
    total(one)
    total(one)
    assert len(calls) == 1
    total(equal)
    assert len(calls) == 2


def test_the_least_recently_used_is_forgotten() -> None:
    calls: list[str] = []

    @remembered(2)
    def made(word: str) -> str:
        calls.append(word)
        return word.upper()

    for word in ("a", "b", "a", "c", "a", "b"):
        assert made(word) == word.upper()
    assert calls == ["a", "b", "c", "b"]


def test_an_argument_lives_as_long_as_its_result() -> None:
    @remembered(1)
    def named(values: list[Thing]) -> object:
        return object()

    # A list is known by its address alone, which must not pass to another list.
    thing = Thing()
    alive = weakref.ref(thing)
    named([thing])
    del thing
    gc.collect()
    assert alive() is not None
    named([])
    gc.collect()
    assert alive() is None


def test_an_exception_is_not_remembered() -> None:
    calls: list[int] = []

    @remembered(2)
    def fails(number: int) -> int:
        calls.append(number)
        if len(calls) == 1:
            raise ValueError("the first time")
        return number

    with pytest.raises(ValueError, match="the first time"):
        fails(3)
    assert fails(3) == 3
    assert len(calls) == 2


def test_functions_do_not_share_what_they_remember() -> None:
    @remembered(2)
    def one(number: int) -> str:
        return f"one {number}"

    @remembered(2)
    def other(number: int) -> str:
        return f"other {number}"

    assert one(1) == "one 1"
    assert other(1) == "other 1"
    assert one.__name__ == "one"


def test_none_is_a_result_like_any_other() -> None:
    calls: list[int] = []

    @remembered(2)
    def nothing(number: int) -> None:
        calls.append(number)

    nothing(1)
    nothing(1)
    assert calls == [1]
