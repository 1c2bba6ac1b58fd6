"""An excluded row stays in the table, and nothing is learned from it or measured on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import pytest

from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import AS_GIVEN, SplitSpec, build_dataset, require_trainable
from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.network import Task

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST

ROWS = (
    ("good film", "1", TRAIN),
    ("bad film", "0", TRAIN),
    ("odd thing", "x", TRAIN),
    ("good thing", "1", TEST),
    ("bad thing", "0", TEST),
)


def films(excluded: Collection[int] = ()) -> Table:
    made = [
        Row(text, label, split, "a.tsv", number + 1, excluded=number in excluded)
        for number, (text, label, split) in enumerate(ROWS)
    ]
    return Table("films", tuple(made), (), "a.tsv")


def tagged(excluded: Collection[int] = ()) -> Table:
    rows = [
        Row("a b", "", TRAIN, "a", 1, ("a", "b"), ("X", "Y")),
        Row("c", "", TRAIN, "a", 2, ("c",), ("Z",)),
        Row("b", "", TEST, "a", 3, ("b",), ("X",)),
    ]
    kept = [dataclasses.replace(row, excluded=n in excluded) for n, row in enumerate(rows)]
    return Table("tags", tuple(kept), (), "a", Task.LABEL)


def test_rows_of_a_split_leave_it_out() -> None:
    dataset = build_dataset(films({0, 4}))
    assert dataset.rows_of(TRAIN).tolist() == [1, 2]
    assert dataset.rows_of(TEST).tolist() == [3]
    assert dataset.rows_of(VALIDATION).tolist() == []
    assert dataset.rows_of(None).tolist() == [1, 2, 3]
    # It keeps its place: everything else is numbered as before.
    assert len(dataset.sequences) == len(dataset.tokens) == len(dataset.splits) == 5
    assert dataset.splits == build_dataset(films()).splits


def test_its_words_and_label_are_learned_by_no_one() -> None:
    everything, fewer = build_dataset(films()), build_dataset(films({2}))
    assert everything.labels == ("0", "1", "x")
    assert "odd" in everything.vocabulary.words
    assert fewer.labels == ("0", "1")
    assert fewer.vocabulary.words == ("good", "film", "bad")
    assert fewer.targets.tolist() == [1, 0, -1, 1, 0]
    assert fewer.unknown_share(TRAIN) == 0
    assert fewer.unknown_share() == pytest.approx(2 / 8)


def test_tags_that_only_excluded_words_have() -> None:
    dataset = build_dataset(tagged({1}))
    assert dataset.labels == ("X", "Y")
    assert [tags.tolist() for tags in dataset.tags] == [[-1, 0, 1, -1], [-1, -1, -1], [-1, 0, -1]]
    assert dataset.vocabulary.words == ("a", "b")


def test_a_network_need_not_know_its_label() -> None:
    with pytest.raises(DataError, match="“x” is not known"):
        build_dataset(films(), labels=("0", "1"))
    assert build_dataset(films({2}), labels=("0", "1")).targets[2] == -1
    assert build_dataset(films({2}), labels=("0", "1", "x")).targets[2] == 2
    with pytest.raises(DataError, match="the tag “Z” is not known"):
        build_dataset(tagged(), labels=("X", "Y"))
    assert build_dataset(tagged({1}), labels=("X", "Y")).tags[1].tolist() == [-1, -1, -1]


def test_to_exclude_a_row_moves_no_other_to_another_split() -> None:
    rows = tuple(Row(f"film {n}", str(n % 3), None, "a", n) for n in range(60))
    shares = SplitSpec(0.2, 0.2, seed=3)
    before = build_dataset(Table("a", rows, (), "a"), split_spec=shares).splits
    fewer = tuple(dataclasses.replace(row, excluded=n % 5 == 0) for n, row in enumerate(rows))
    assert build_dataset(Table("a", fewer, (), "a"), split_spec=shares).splits == before


@pytest.mark.parametrize("gone", [{0, 2}, {0, 1, 2}])
def test_what_is_left_must_be_trainable(gone: set[int]) -> None:
    words = "only one class" if 1 not in gone else "no sentence to train on"
    with pytest.raises(DataError, match=words):
        require_trainable(build_dataset(films(gone), split_spec=AS_GIVEN))


def test_checks_do_not_look_at_it() -> None:
    splits = [split for *_, split in ROWS]
    (problem,) = check_table(films(), splits)
    assert "one row only: x" in str(problem)
    assert check_table(films({2}), splits) == ()
    doubled = dataclasses.replace(films(), rows=(*films().rows, films().rows[0]))
    assert any("Also in the training" in str(one) for one in check_table(doubled, [*splits, TEST]))
    gone = dataclasses.replace(doubled.rows[-1], excluded=True)
    table = dataclasses.replace(doubled, rows=(*doubled.rows[:-1], gone))
    assert not any("Also" in str(one) for one in check_table(table, [*splits, TEST]))
