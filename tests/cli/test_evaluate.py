"""`evaluate` gives the figures of a project's network on its own or on other data."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from rnnstudio.data.table import Split
from rnnstudio.engine.checkpoint import Progress
from rnnstudio.project.file import ProjectFile
from tests.cli.conftest import SMALL, Command, write_films


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
    assert answer.line.endswith("The validation split is empty. Choose --split train, test or all.")


def test_empty_split_says_which_have_rows(rnnstudio: Command, tmp_path: Path) -> None:
    project = tmp_path / "lecture.rnnstudio"
    assert rnnstudio("train", "builtin:lecture", "-o", project, *SMALL).status == 0
    answer = rnnstudio("evaluate", project)
    assert (answer.status, answer.out) == (2, "")
    assert answer.line == "The test split is empty. Choose --split train."


def test_weights_are_named(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    project, weights = tmp_path / "films.rnnstudio", tmp_path / "w.safetensors"
    shutil.copyfile(trained, project)
    assert ", last weights (epoch 2)\n" in rnnstudio("evaluate", project, "--weights", "last").out
    assert rnnstudio("export", project, "--weights", weights).status == 0
    assert rnnstudio("import", project, "--weights", weights).status == 0
    for which in ("best", "last"):
        said = rnnstudio("evaluate", project, "--weights", which).out
        assert said.splitlines()[0].endswith(", imported weights")


def test_weights_of_a_run_that_was_paused_in_its_first_epoch(
    rnnstudio: Command, trained: Path, tmp_path: Path
) -> None:
    path = tmp_path / "paused.rnnstudio"
    with ProjectFile.open(trained) as file, ProjectFile.create(path) as new:
        project = file.load()
        (run,) = project.runs
        assert run.last is not None
        new.write_project(project.spec, project.table, project.splits)
        number = new.start_run(run.spec, run.vocabulary, run.labels)
        paused = dataclasses.replace(run.last, progress=Progress(step=1, batch=1))
        new.write_checkpoint(number, paused)
    said = rnnstudio("evaluate", path).out.splitlines()[0]
    assert said.endswith(", best weights (batch 1 of the first epoch)")


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


def test_page_with_the_figures(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    answer = rnnstudio("evaluate", trained, "--html", page)
    assert answer.status == 0
    assert f"Written to {page}" in answer.out
    value = rnnstudio("evaluate", trained, "--html", page, "--json").json
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert f"{value['accuracy'] * 100:.1f} %" in html
    assert "test split, 4 sentences" in html


def test_page_replaces_no_other_file(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<!DOCTYPE html>\n<p>mine</p>")
    answer = rnnstudio("evaluate", trained, "--html", page)
    assert answer.status == 2
    assert "is no report of RNN Studio" in answer.err
    assert "mine" in page.read_text()
    answer = rnnstudio("evaluate", trained, "--html", tmp_path / "none" / "a.html")
    assert answer.status == 2


def test_excluded_rows_are_left_out(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    path = tmp_path / "fewer.rnnstudio"
    with ProjectFile.open_copy(trained) as file:
        project = file.load()
        gone = project.splits.index(Split.TEST)
        rows = tuple(
            dataclasses.replace(row, excluded=number == gone)
            for number, row in enumerate(project.table.rows)
        )
        table = dataclasses.replace(project.table, rows=rows)
        file.write_project(project.spec, table, project.splits)
        file.save_to(path)
        file.discard()
    answer = rnnstudio("evaluate", path, "--json")
    assert sum(map(sum, answer.json["confusion"])) == 3
    assert "1 excluded sentence is left out" in answer.err
    assert "excluded" not in rnnstudio("evaluate", path, "--split", "train", "--json").err
