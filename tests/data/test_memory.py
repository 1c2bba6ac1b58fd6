from __future__ import annotations

from collections import Counter

import pytest

from rnnstudio.data.builtin import BUILT_INS, PREFIX, built_in, load
from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.memory import MEMORY_TESTS, is_balanced, memory_rows
from rnnstudio.data.problems import DataError
from rnnstudio.data.splits import assign_splits
from rnnstudio.data.table import Split


@pytest.mark.parametrize("name", MEMORY_TESTS)
@pytest.mark.parametrize("length", ["", ":1", ":2", ":7", ":30", ":100"])
def test_classes_and_splits_are_balanced(name: str, length: str) -> None:
    table = load(f"builtin:{name}{length}")
    assert table.origin == f"builtin:{name}{length}"
    assert len(table.rows) == 600
    assert table.labels == tuple(sorted(MEMORY_TESTS[name].labels))
    classes = len(table.labels)
    counts = Counter((row.label, row.split) for row in table.rows)
    for label in table.labels:
        assert counts[label, Split.TRAIN] == 480 / classes
        assert counts[label, Split.VALIDATION] == counts[label, Split.TEST] == 60 / classes
    assert assign_splits(table, seed=5) == tuple(row.split for row in table.rows)
    assert len(build_dataset(table).vocabulary.words) <= 7


@pytest.mark.parametrize("name", MEMORY_TESTS)
@pytest.mark.parametrize("length", ["", ":30"])
def test_no_sentence_comes_twice(name: str, length: str) -> None:
    table = load(f"builtin:{name}{length}")
    assert len({row.text for row in table.rows}) == 600
    assert check_table(table, assign_splits(table, seed=0)) == ()


@pytest.mark.parametrize("length", [1, 10, 30])
def test_the_first_symbol_is_the_class_and_the_others_say_nothing(length: int) -> None:
    for row in memory_rows("recall", length, "recall"):
        first, *others = row.text.split()
        assert first == row.label
        assert len(others) == length
        assert set(others) <= {"a", "b", "c", "d"}


def test_counting_symbols_does_not_recall_the_first() -> None:
    rows = memory_rows("recall", 30, "recall")
    most = sum(Counter(row.text.split()).most_common(1)[0][0] == row.label for row in rows)
    assert most < 0.5 * len(rows)


@pytest.mark.parametrize("length", [1, 10, 31])
def test_parity_counts_the_ones(length: int) -> None:
    for row in memory_rows("parity", length, "parity"):
        bits = row.text.split()
        assert len(bits) == length
        assert row.label == ("odd" if bits.count("1") % 2 else "even")


@pytest.mark.parametrize(("length", "brackets"), [(1, 2), (10, 10), (31, 32)])
def test_only_the_order_of_brackets_tells(length: int, brackets: int) -> None:
    for row in memory_rows("brackets", length, "brackets"):
        words = row.text.split()
        assert len(words) == brackets
        assert words.count("(") == words.count(")")
        assert words.count("[") == words.count("]")
        assert (row.label == "balanced") == is_balanced(words)


@pytest.mark.parametrize(
    ("brackets", "expected"),
    [("", True), ("( [ ] )", True), ("( [ ) ]", False), ("(", False), (") (", False)],
)
def test_balance(brackets: str, expected: bool) -> None:
    assert is_balanced(brackets.split()) == expected


def test_the_same_seed_makes_the_same_sentences() -> None:
    first, same, other = (memory_rows("recall", 10, "recall", seed) for seed in (1, 1, 2))
    assert first == same != other
    assert load("builtin:parity").rows == load("builtin:parity:10").rows


def test_the_order_says_nothing_of_class_or_split() -> None:
    rows = memory_rows("parity", 10, "parity")
    assert len({row.label for row in rows[:50]}) == 2
    assert len({row.split for row in rows[:100]}) == 3
    assert [row.line for row in rows] == list(range(1, 601))


@pytest.mark.parametrize("name", MEMORY_TESTS)
@pytest.mark.parametrize(
    "length", ["x", "0", "100000", "", "-3", "1.5", " 3", "٣", "1_0", "9" * 5000, "3:3"]
)
def test_bad_lengths_are_refused(name: str, length: str) -> None:
    origin = f"{PREFIX}{name}:{length}"
    with pytest.raises(DataError, match="from 1 to 1,000") as caught:
        load(origin)
    assert len(str(caught.value)) < 200
    assert built_in(origin) is None


def test_other_sets_have_no_length() -> None:
    with pytest.raises(DataError, match="“polarity” has no length to choose"):
        load("builtin:polarity:3")
    with pytest.raises(DataError, match="There is no built-in data set “nix”"):
        load("builtin:nix:3")


def test_each_test_is_a_built_in_set() -> None:
    generated = [entry for entry in BUILT_INS if entry.file is None]
    assert [entry.name for entry in generated] == list(MEMORY_TESTS)
    for entry in generated:
        assert built_in(f"builtin:{entry.name}:30") is built_in(f"builtin:{entry.name}") is entry
        assert load(f"builtin:{entry.name}:30").name == f"{entry.title}, length 30"
