"""`evaluate` gives the figures of a project's network on its own or on other data."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnstudio.project.file import ProjectFile
from tests.cli.conftest import Command, write_films


def test_json_of_the_test_split(rnnstudio: Command, trained: Path) -> None:
    answer = rnnstudio("evaluate", trained, "--json")
    assert (answer.status, answer.err) == (0, "")
    value = answer.json
    assert list(value) == ["accuracy", "loss", "labels", "confusion", "per_class"]
    assert value["labels"] == ["0", "1"]
    assert sum(map(sum, value["confusion"])) == 4
    right = value["confusion"][0][0] + value["confusion"][1][1]
    assert value["accuracy"] == pytest.approx(right / 4)
    assert value["per_class"]["1"]["support"] == sum(value["confusion"][1])


def test_table_for_people(rnnstudio: Command, trained: Path) -> None:
    answer = rnnstudio("evaluate", trained, "--split", "train")
    lines = answer.out.splitlines()
    assert lines[0].startswith("films.tsv, train split: 32 sentences, best weights (epoch ")
    (heading,) = [line for line in lines if line.startswith("truth \\ predicted")]
    width = lines.index(heading)
    assert len({len(line) for line in lines[width : width + 3]}) == 1
    assert any(line.split() == ["class", "precision", "recall", "F1", "support"] for line in lines)


def test_evaluate_and_predict_agree(rnnstudio: Command, trained: Path) -> None:
    with ProjectFile.open(trained) as file:
        project = file.load()
    for weights in ("best", "last"):
        figures = rnnstudio("evaluate", trained, "--weights", weights, "--json").json
        rows = [
            row
            for row, split in zip(project.table.rows, project.splits, strict=True)
            if split.value == "test"
        ]
        sentences = [row.text for row in rows]
        said = rnnstudio("predict", trained, *sentences, "--weights", weights, "--json").json
        confusion = [[0, 0], [0, 0]]
        for row, sentence in zip(rows, said["sentences"], strict=True):
            confusion[int(row.label)][int(sentence["prediction"])] += 1
        assert figures["confusion"] == confusion


def test_all_rows_of_other_data(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    other = write_films(tmp_path / "other.tsv", rows=7)
    value = rnnstudio("evaluate", trained, "--data", other, "--json").json
    assert sum(map(sum, value["confusion"])) == 7
    # One class is enough to be evaluated, and the labels stay those of the network.
    one = write_films(tmp_path / "one.tsv", rows=3, label="1")
    value = rnnstudio("evaluate", trained, "--data", one, "--json").json
    assert value["labels"] == ["0", "1"]
    assert value["per_class"]["0"]["support"] == 0


def test_split_that_other_data_have(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write_films(folder / "train.tsv", rows=8)
    write_films(folder / "test.tsv", rows=6)
    words = ("evaluate", trained, "--data", folder, "--json")
    assert sum(map(sum, rnnstudio(*words).json["confusion"])) == 14
    assert sum(map(sum, rnnstudio(*words, "--split", "test").json["confusion"])) == 6
    answer = rnnstudio(*words, "--split", "validation")
    assert answer.status == 2
    assert "The validation split is empty" in answer.line


def test_unknown_label_is_named(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    other = write_films(tmp_path / "other.tsv", rows=3, label="maybe")
    answer = rnnstudio("evaluate", trained, "--data", other)
    assert (answer.status, answer.out) == (2, "")
    assert "other.tsv, line 1: the label “maybe” is not known" in answer.line


def test_project_without_a_network(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    path = tmp_path / "untrained.rnnstudio"
    with ProjectFile.open(trained) as file, ProjectFile.create(path) as new:
        project = file.load()
        new.write_project(project.spec, project.table, project.splits)
    answer = rnnstudio("evaluate", path)
    assert answer.status == 2
    assert "no trained network" in answer.line
