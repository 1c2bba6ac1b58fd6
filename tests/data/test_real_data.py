from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rnnstudio.data.dataset import build_dataset, require_trainable
from rnnstudio.data.problems import DataError
from rnnstudio.data.readers import read
from rnnstudio.data.table import Split


@pytest.mark.parametrize("name", ["amazon_cells", "imdb", "yelp"])
def test_each_file_of_reviews_has_a_thousand_rows(shared_data: Path, name: str) -> None:
    path = shared_data / "sentiment" / f"{name}_labelled.txt"
    table = read(path)
    assert table.problems == ()
    assert Counter(row.label for row in table.rows) == {"0": 500, "1": 500}
    lines = path.read_bytes().split(b"\n")
    for number, row in enumerate(table.rows, start=1):
        assert row.line == number
        typed = lines[number - 1].decode().rpartition("\t")
        assert (row.text, row.label) == (typed[0].strip(), typed[2])


def test_the_folder_of_reviews_is_read_as_one(shared_data: Path) -> None:
    table = read(shared_data / "sentiment")
    assert len(table.rows) == 3_000
    assert table.problems == ()
    dataset = build_dataset(table)
    require_trainable(dataset)
    assert Counter(dataset.splits) == {
        Split.TRAIN: 2_400, Split.VALIDATION: 300, Split.TEST: 300,
    }  # fmt: skip


def test_a_folder_of_names_has_a_class_a_file(shared_data: Path) -> None:
    table = read(shared_data / "names")
    assert len(table.rows) == 20_050
    assert len(table.labels) == 18
    assert Counter(row.label for row in table.rows)["Russian"] == 9_384


@pytest.mark.parametrize("name", ["speech", "pos", "ner", "speech/0_theo_0.wav", "README.md"])
def test_data_of_other_kinds_are_refused(shared_data: Path, name: str) -> None:
    with pytest.raises(DataError):
        read(shared_data / name)


def test_pairs_of_sentences_are_not_taken_for_classes_in_silence(shared_data: Path) -> None:
    problems = read(shared_data / "translation").problems
    assert any("different labels" in problem.message for problem in problems)
