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
def test_real_words_and_last_rows_agree_with_the_lengths(lengths: list[int]) -> None:
    batch = make_batch([np.arange(length, dtype=np.int32) + 4 for length in lengths])
    assert batch.real.sum(axis=0).tolist() == batch.lengths.tolist()
    assert batch.real.sum(axis=1).tolist() == [
        sum(length > t for length in lengths) for t in range(max(lengths))
    ]
    assert batch.tokens == sum(lengths)
    assert (batch.size, batch.length) == (len(lengths), max(lengths))
    np.testing.assert_array_equal(batch.ids.reshape(-1)[batch.last_rows], batch.lengths + 3)


@given(LENGTHS)
def test_each_sentence_is_reversed_within_its_own_length(lengths: list[int]) -> None:
    words = [np.arange(length, dtype=np.int32) + 4 for length in lengths]
    batch = make_batch(words)
    backwards = batch.ids.reshape(-1)[batch.reversed_rows].reshape(batch.ids.shape)
    for column, row in enumerate(batch.rows):
        length = len(words[row])
        np.testing.assert_array_equal(backwards[:length, column], words[row][::-1])
        assert (backwards[length:, column] == PAD_ID).all()
    np.testing.assert_array_equal(
        batch.reversed_rows[batch.reversed_rows], np.arange(batch.ids.size)
    )


@given(LENGTHS, st.integers(0, 5))
def test_halves_hold_every_sentence_once(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = [rng.integers(0, 9, length).astype(np.int32) for length in lengths]
    tags = [rng.integers(-1, 3, length).astype(np.int32) for length in lengths]
    batch = make_batch(words, np.arange(len(words)), tags=tags)
    if batch.size == 1:
        return
    halves = batch.halves
    assert sorted(np.concatenate([half.rows for half in halves])) == list(range(len(words)))
    assert abs(halves[0].size - halves[1].size) <= 1
    for half in halves:
        assert half.length == half.lengths[0]
        assert half.tags is not None
        for column, row in enumerate(half.rows):
            length = half.lengths[column]
            assert half.targets[column] == row
            np.testing.assert_array_equal(half.ids[:length, column], words[row])
            np.testing.assert_array_equal(half.tags[:length, column], tags[row])


@given(LENGTHS, st.integers(1, 7), st.integers(0, 5))
def test_tags_go_with_their_sentences(lengths: list[int], batch_size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = [rng.integers(1, 9, length).astype(np.int32) for length in lengths]
    tags = [rng.integers(-1, 3, length).astype(np.int32) for length in lengths]
    batches = make_batches(words, None, batch_size, rng, tags)
    assert sum(batch.size for batch in batches) == len(words)
    for batch in batches:
        assert batch.tags is not None
        assert batch.tags.shape == batch.ids.shape
        for column, row in enumerate(batch.rows):
            length = len(words[row])
            np.testing.assert_array_equal(batch.tags[:length, column], tags[row])
            assert (batch.tags[length:, column] == -1).all()
    assert all(batch.tags is None for batch in make_batches(words, None, batch_size, rng))


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
