from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rnnstudio.data.dataset import build_dataset, require_trainable
from rnnstudio.data.problems import DataError
from rnnstudio.data.readers import read
from rnnstudio.data.table import Split
from rnnstudio.engine.network import Task


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


@pytest.mark.parametrize("name", ["speech", "speech/0_theo_0.wav", "README.md"])
def test_data_of_other_kinds_are_refused(shared_data: Path, name: str) -> None:
    with pytest.raises(DataError):
        read(shared_data / name)


def test_pairs_of_sentences_are_not_taken_for_classes_in_silence(shared_data: Path) -> None:
    problems = read(shared_data / "translation").problems
    assert any("different labels" in problem.message for problem in problems)


def test_a_treebank_is_read_in_its_splits(shared_data: Path) -> None:
    table = read(shared_data / "pos")
    assert table.task is Task.LABEL
    assert table.problems == ()
    splits = Counter(row.split for row in table.rows)
    assert splits == {Split.TRAIN: 1_856, Split.VALIDATION: 232, Split.TEST: 232}
    assert len(table.labels) == 16
    files = {
        name: (shared_data / "pos" / name).read_text("utf-8").split("\n")
        for name in {row.source for row in table.rows}
    }
    for row in table.rows:
        lines = files[row.source]
        assert row.line is not None
        cells = lines[row.line - 1].split("\t")
        assert row.words is not None
        assert row.tags is not None
        assert (cells[0], cells[1], cells[3]) == ("1", row.words[0], row.tags[0])
        assert lines[row.line - 2] == f"# text = {row.text}"
    require_trainable(build_dataset(table))


def test_entities_in_columns_with_lines_of_a_tab_between_sentences(shared_data: Path) -> None:
    table = read(shared_data / "ner" / "wnut17train.conll")
    assert table.task is Task.LABEL
    assert table.problems == ()
    assert len(table.rows) == 3_394
    assert sum(len(row.words or ()) for row in table.rows) == 62_730
    assert len(table.labels) == 13
    assert any("#NFL" in (row.words or ()) for row in table.rows)
    folder = read(shared_data / "ner")
    assert Counter(row.split for row in folder.rows) == {None: 3_394, Split.VALIDATION: 1_009}
    assert folder.problems == ()
