"""Files named for validation and test become those splits, whole."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Split
from rnnstudio.project.loading import dataset_of, job_of, load_table
from rnnstudio.project.spec import DEFAULT_SPEC, DataSpec


def _write(path: Path, word: str, rows: int) -> str:
    path.write_text("".join(f"{word} film {n}\t{n % 2}\n" for n in range(rows)), encoding="utf-8")
    return str(path)


def test_files_become_splits(tmp_path: Path) -> None:
    data = DataSpec(
        source=_write(tmp_path / "films.tsv", "some", 40),
        validation=_write(tmp_path / "other.tsv", "other", 6),
        test=0.25,
    )
    spec = dataclasses.replace(DEFAULT_SPEC, data=data)
    table = load_table(data)
    dataset = dataset_of(spec, table)
    words = [row.text.split()[0] for row in table.rows]
    assert [words[row] for row in dataset.rows_of(Split.VALIDATION)] == ["other"] * 6
    assert [words[row] for row in dataset.rows_of(Split.TEST)] == ["some"] * 10
    assert len(dataset.rows_of(Split.TRAIN)) == 30
    assert dataset.vocabulary.id_of("other") == 0
    job = job_of(spec, dataset)
    assert (len(job.train), len(job.validation)) == (30, 6)
    assert job.network.vocabulary_size == dataset.vocabulary.size


def test_a_named_file_replaces_the_split_that_the_data_have(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    _write(folder / "train.tsv", "train", 20)
    _write(folder / "test.tsv", "test", 8)
    data = DataSpec(source=str(folder), test=_write(tmp_path / "own.tsv", "own", 4))
    dataset = dataset_of(dataclasses.replace(DEFAULT_SPEC, data=data), load_table(data))
    rows = [dataset.table.rows[row] for row in dataset.rows_of(Split.TEST)]
    assert {row.text.split()[0] for row in rows} == {"own"}


def test_missing_file_is_named(tmp_path: Path) -> None:
    source = _write(tmp_path / "films.tsv", "some", 4)
    with pytest.raises(DataError, match=r"none\.tsv"):
        load_table(DataSpec(source=source, test=str(tmp_path / "none.tsv")))
