from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.data.problems import DataError
from rnnstudio.data.splits import assign_splits
from rnnstudio.data.table import Row, Split, Table

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def table_of(labels: Sequence[str], splits: Sequence[Split | None] | None = None) -> Table:
    given_splits = splits or [None] * len(labels)
    rows = [
        Row(f"sentence {index}", label, split, "a.tsv", index + 1)
        for index, (label, split) in enumerate(zip(labels, given_splits, strict=True))
    ]
    return Table("a", tuple(rows), (), "a.tsv")


def test_eighty_ten_ten_of_every_class() -> None:
    table = table_of(["yes"] * 100 + ["no"] * 50)
    splits = assign_splits(table, seed=3)
    counted = Counter((row.label, split) for row, split in zip(table.rows, splits, strict=True))
    assert counted == {
        ("yes", TRAIN): 80, ("yes", VALIDATION): 10, ("yes", TEST): 10,
        ("no", TRAIN): 40, ("no", VALIDATION): 5, ("no", TEST): 5,
    }  # fmt: skip
    assert splits == assign_splits(table, seed=3)
    assert splits != assign_splits(table, seed=4)


def test_the_largest_remainders_get_the_rows_that_are_left() -> None:
    # 19 rows: 15.2, 1.9 and 1.9.
    splits = assign_splits(table_of(["a"] * 19), seed=0)
    assert Counter(splits) == {TRAIN: 15, VALIDATION: 2, TEST: 2}


@pytest.mark.parametrize(("rows", "spread"), [(1, 1), (2, 1), (3, 3), (4, 3)])
def test_small_classes(rows: int, spread: int) -> None:
    splits = assign_splits(table_of(["a"] * rows), seed=0)
    assert len(set(splits)) == spread
    assert TRAIN in splits


def test_the_lecture_has_no_splits() -> None:
    rows = table_of(["a"] * 40).rows
    assert set(assign_splits(Table("x", rows, (), "builtin:lecture"), seed=0)) == {TRAIN}


def test_given_splits_are_kept() -> None:
    given_splits = [TRAIN] * 6 + [VALIDATION] * 2 + [TEST] * 2
    assert assign_splits(table_of(["a", "b"] * 5, given_splits), seed=0) == tuple(given_splits)


def test_missing_validation_is_taken_from_training_rows_only() -> None:
    table = table_of(["a", "b"] * 60, [TRAIN] * 100 + [TEST] * 20)
    splits = assign_splits(table, seed=0)
    assert splits[100:] == (TEST,) * 20
    assert Counter(splits[:100]) == {TRAIN: 90, VALIDATION: 10}


def test_rows_without_a_split_are_divided_before_given_training_rows() -> None:
    table = table_of(["a"] * 60, [TRAIN] * 20 + [TEST] * 20 + [None] * 20)
    splits = assign_splits(table, seed=0)
    assert splits[:40] == (TRAIN,) * 20 + (TEST,) * 20
    assert Counter(splits[40:]) == {TRAIN: 18, VALIDATION: 2}


def test_shares_of_nothing_leave_all_rows_to_training() -> None:
    assert set(assign_splits(table_of(["a"] * 9), 0, validation=0, test=0)) == {TRAIN}
    assert TEST not in assign_splits(table_of(["a"] * 9), 0, validation=0.5, test=0)


@pytest.mark.parametrize(
    ("validation", "test"), [(-0.1, 0.1), (0.1, -0.1), (0.5, 0.5), (float("nan"), 0.1)]
)
def test_impossible_shares_are_refused(validation: float, test: float) -> None:
    with pytest.raises(DataError, match="nothing to train on"):
        assign_splits(table_of(["a"]), 0, validation, test)


@given(
    st.lists(st.sampled_from("abc"), max_size=120),
    st.integers(0, 2**32),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
)
def test_splits_are_stratified(
    labels: list[str], seed: int, validation: float, test: float
) -> None:
    splits = assign_splits(table_of(labels), seed, validation, test)
    assert len(splits) == len(labels)
    for label in set(labels):
        own = [split for split, each in zip(splits, labels, strict=True) if each == label]
        assert TRAIN in own
        if len(own) < 3:
            continue
        for split, share in ((VALIDATION, validation), (TEST, test)):
            count = own.count(split)
            assert count == 0 if share == 0 else count >= 1
            assert count <= 1 or abs(count - share * len(own)) < 1
