"""Units that are on in some words, and where they are on again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnstudio.engine.phrases import occurrences, units_on
from rnnstudio.engine.states import States

# Units are rows here, for the eye.
COURSES = np.array(
    [
        [0.0, 0.5, 0.6, 0.0, 0.0],  # on in 2 … 3
        [0.0, -0.9, -0.8, 0.1, 0.0],  # by low values, and more clearly
        [0.5, 0.5, 0.6, 0.0, 0.0],  # on before, too
        [0.0, 0.5, 0.6, 0.5, 0.0],  # on after, too
        [0.0, 0.5, -0.6, 0.0, 0.0],  # on by both
        [0.0, 0.5, 0.2, 0.0, 0.0],  # not on all along
        [-0.9, 0.5, 0.6, 0.0, -0.9],  # on by low values beside it, which is no matter
    ]
).T


def test_units_that_are_on_exactly_there() -> None:
    found = units_on(COURSES, 2, 3, 0.5)
    assert found.units.tolist() == [1, 0, 6]
    assert found.signs.tolist() == [-1, 1, 1]
    assert not found.units.flags.writeable


def test_most_clearly_is_by_the_step_beside() -> None:
    values = np.array([[0.4, 0.9, 0.0], [0.0, 0.8, 0.0]]).T
    assert units_on(values, 2, 2, 0.5).units.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(1, 5, []), (1, 3, [2]), (2, 2, [4, 5]), (5, 5, [6])]
)
def test_phrases_at_the_ends_have_no_step_beside(
    first: int, last: int, expected: list[int]
) -> None:
    assert units_on(COURSES, first, last, 0.5).units.tolist() == expected
    assert units_on(COURSES[:3], 1, 3, 0.5).units.tolist() == [2]


def test_a_whole_sentence() -> None:
    values = np.array([[0.6, 0.7], [0.9, 0.8]]).T
    assert units_on(values, 1, 2, 0.5).units.tolist() == [1, 0]


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 6)])
def test_steps_that_are_not_there(first: int, last: int) -> None:
    with pytest.raises(IndexError):
        units_on(COURSES, first, last, 0.5)


def states(lengths: list[int], *units: list[float]) -> States:
    values = np.array(units, float).T
    rows = np.repeat(np.arange(len(lengths)) * 10, lengths)
    steps = np.concatenate([np.arange(1, length + 1) for length in lengths])
    return States(values, rows, steps)


def places(
    seen: States, units: list[int], signs: list[int], **more: int
) -> list[tuple[float, ...]]:
    found = occurrences(seen, np.array(units, int), np.array(signs, int), 0.5, **more)
    for array in (found.rows, found.first_steps, found.last_steps, found.shares):
        assert not array.flags.writeable
    return list(
        zip(
            found.rows.tolist(),
            found.first_steps.tolist(),
            found.last_steps.tolist(),
            found.shares.tolist(),
            strict=True,
        )
    )


def test_runs_end_with_their_sentence() -> None:
    seen = states([3, 3], [0, 1, 1, 1, 0, 1])
    assert places(seen, [0], [1]) == [(0, 2, 3, 1.0), (10, 1, 1, 1.0), (10, 3, 3, 1.0)]


def test_all_units_first_then_fewer_and_the_clearest_of_equals() -> None:
    seen = states(
        [8],
        [1, 1, 0, 0.6, 0, 0.9, 0, 0],
        [-1, 0, 0, -0.6, 0, -0.9, 0, -1],
    )
    assert places(seen, [0, 1], [1, -1]) == [
        (0, 1, 1, 1.0),
        (0, 6, 6, 1.0),
        (0, 4, 4, 1.0),
        # Steps 1 and 2 have one of them at least, but step 1 is there already.
        (0, 8, 8, 0.5),
    ]


def test_no_more_than_asked_and_nothing_for_nothing() -> None:
    seen = states([4], [1, 0, 0.7, 0])
    assert places(seen, [0], [1], most=1) == [(0, 1, 1, 1.0)]
    assert places(seen, [0], [1], most=0) == []
    assert places(seen, [], []) == []
    assert places(states([0], []), [0], [1]) == []
    with pytest.raises(ValueError, match="signs"):
        places(seen, [0], [])
    with pytest.raises(IndexError):
        places(seen, [1], [1])


@given(
    arrays(np.int8, st.tuples(st.integers(1, 12), st.just(3)), elements=st.integers(0, 1)),
    st.integers(1, 4),
)
def test_runs_are_what_they_say(on: np.ndarray, length: int) -> None:
    """Each word with enough units is in one run at most; a run has its share at every word."""
    lengths = [min(length, len(on) - start) for start in range(0, len(on), length)]
    seen = states(lengths, *on.T.astype(float).tolist())
    found = places(seen, [0, 1, 2], [1, 1, 1])
    counts = {
        (row, step): int(count)
        for row, step, count in zip(
            seen.rows.tolist(), seen.steps.tolist(), on.sum(axis=1), strict=True
        )
    }
    covered: list[tuple[float, float]] = []
    for row, first, last, share in found:
        run = [(row, step) for step in range(int(first), int(last) + 1)]
        assert all(counts[place] == round(share * 3) for place in run)
        covered += run
    assert len(covered) == len(set(covered))
    assert {place for place, count in counts.items() if count == 3} <= set(covered)
    assert [share for _, _, _, share in found] == sorted(
        (share for _, _, _, share in found), reverse=True
    )
