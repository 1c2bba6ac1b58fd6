"""Batches hold every sentence once, longest first, and say which steps have words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.batch import PAD_ID, make_batch, make_batches

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=40)


@given(LENGTHS, st.integers(1, 7), st.none() | st.integers(0, 5))
def test_every_sentence_is_in_exactly_one_batch(
    lengths: list[int], batch_size: int, seed: int | None
) -> None:
    sequences = [np.full(length, 10 + row, np.int32) for row, length in enumerate(lengths)]
    targets = np.arange(len(lengths)) * 7
    rng = None if seed is None else np.random.default_rng(seed)
    batches = make_batches(sequences, targets, batch_size, rng)

    assert sorted(np.concatenate([batch.rows for batch in batches])) == list(range(len(lengths)))
    for batch in batches:
        assert batch.size <= batch_size
        assert list(batch.lengths) == sorted(batch.lengths, reverse=True)
        assert batch.ids.dtype == np.int32
        for column, row in enumerate(batch.rows):
            assert batch.targets[column] == targets[row]
            words, padding = np.split(batch.ids[:, column], [len(sequences[row])])
            np.testing.assert_array_equal(words, sequences[row])
            assert (padding == PAD_ID).all()


@given(LENGTHS)
def test_active_columns_and_spans_agree_with_the_lengths(lengths: list[int]) -> None:
    batch = make_batch([np.ones(length, np.int32) for length in lengths])
    expected = [sum(length > t for length in lengths) for t in range(max(lengths))]
    assert list(batch.active) == expected
    assert batch.real.sum(axis=1).tolist() == expected
    assert batch.tokens == sum(lengths)
    assert [span.start for span in batch.spans] == [0, *(s.stop for s in batch.spans)][:-1]
    assert len({span.columns for span in batch.spans}) == len(batch.spans)


def test_similar_lengths_come_together() -> None:
    rng = np.random.default_rng(0)
    sequences = [np.ones(length, np.int32) for length in rng.integers(1, 40, 640)]
    padded = sum(b.ids.size - b.tokens for b in make_batches(sequences, None, 16, rng))
    assert padded < 0.1 * sum(map(len, sequences))


def test_order_depends_on_the_generator_alone() -> None:
    sequences = [np.ones(1 + row % 4, np.int32) for row in range(30)]

    def rows(seed: int) -> list[list[int]]:
        batches = make_batches(sequences, None, 4, np.random.default_rng(seed))
        return [batch.rows.tolist() for batch in batches]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_arrays_are_read_only() -> None:
    batch = make_batch([np.ones(2, np.int32)])
    for array in (batch.ids, batch.lengths, batch.targets, batch.rows, batch.real):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_nothing_gives_no_batches_and_bad_sentences_are_refused() -> None:
    assert make_batches([], None, 4) == []
    with pytest.raises(ValueError, match="at least one word"):
        make_batch([])
    with pytest.raises(ValueError, match="at least one word"):
        make_batch([np.ones(2, np.int32), np.ones(0, np.int32)])
    with pytest.raises(ValueError, match="negative"):
        make_batch([np.array([1, -1])])
