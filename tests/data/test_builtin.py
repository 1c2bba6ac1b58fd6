from __future__ import annotations

from pathlib import Path

import pytest

from rnnstudio.data.builtin import BUILT_INS, BuiltIn, built_in, load
from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.padding import one_hot, padded
from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Split

LECTURE_WORDS = (
    *("the", "first", "half", "was", "very", "boring", ".", "great", "performance", "by", "all"),
    *("lead", "actors", "background", "music", "awesome", "movie", "a", "waste", "of", "time"),
)


def test_the_lectures_table_is_exact() -> None:
    dataset = build_dataset(load("builtin:lecture"))
    vocabulary = dataset.vocabulary
    assert vocabulary.size == 24
    assert vocabulary.words == LECTURE_WORDS
    assert [vocabulary.id_of(word) for word in ("the", "first", "half", "time")] == [4, 5, 6, 24]
    assert set(dataset.splits) == {Split.TRAIN}
    matrix = padded(dataset.sequences)
    assert matrix.tolist() == [
        [1, 4, 5, 6, 7, 8, 9, 10, 2, 3],
        [1, 11, 12, 13, 14, 4, 15, 16, 10, 2],
        [1, 4, 17, 18, 7, 19, 10, 2, 3, 3],
        [1, 4, 20, 7, 21, 22, 23, 24, 10, 2],
    ]
    assert one_hot(matrix[0], 24).sum() == 10
    assert dataset.targets.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("entry", BUILT_INS, ids=lambda entry: entry.name)
def test_every_built_in_set_loads(entry: BuiltIn) -> None:
    table = load(f"builtin:{entry.name}")
    assert table.origin == f"builtin:{entry.name}"
    assert table.name == entry.title
    assert table.problems == ()
    assert table.has_given_splits == entry.has_splits
    assert built_in(table.origin) is entry


def test_unknown_built_in_sets_are_refused() -> None:
    with pytest.raises(DataError, match=r"“nix”.*builtin:lecture, builtin:polarity"):
        load("builtin:nix")
    assert built_in("nix") is None


def test_a_path_is_loaded_too(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("good\t1\nbad\t0\n")
    assert len(load(str(path)).rows) == 2
    for empty in ("", "  "):
        with pytest.raises(DataError, match="No data are named"):
            load(empty)
