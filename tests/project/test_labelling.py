"""Networks that label each word: in training, evaluation, prediction and the project file."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Split, Table
from rnnstudio.engine.entities import entity_report
from rnnstudio.engine.network import Cell, Task
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import job_of
from rnnstudio.project.model import Model
from rnnstudio.project.project import dataset_for
from tests.project.conftest import Sample, fresh_run, labeller


def test_job_asks_for_every_word(tagged: Table) -> None:
    spec, dataset = labeller(tagged)
    job = job_of(spec, dataset)
    assert job.network.task is Task.LABEL
    assert job.network.classes == 3
    assert len(job.train.tags) == len(job.train) == 48
    assert len(job.validation.tags) == len(job.validation) == 6
    for tags, sequence in zip(job.train.tags, job.train.sequences, strict=True):
        assert len(tags) == len(sequence)
        assert tags[0] == tags[-1] == -1
        assert tags[1:-1].min() >= 0


@pytest.mark.parametrize("cell", list(Cell))
def test_every_cell_labels(tagged: Table, cell: Cell) -> None:
    spec, dataset = labeller(tagged, cell=cell)
    run = fresh_run(spec, dataset, epochs=2)
    assert run.epoch_records[-1].train_loss < run.epoch_records[0].train_loss
    assert (run.longest is not None) == cell.has_length
    result = evaluate(run.model("last"), dataset, Split.TRAIN)
    assert result.accuracy == pytest.approx(np.mean(result.truth == result.predicted))


@pytest.mark.parametrize("split", [*Split, None])
def test_evaluation_is_by_word(tagged: Table, split: Split | None) -> None:
    spec, dataset = labeller(tagged)
    model = fresh_run(spec, dataset, epochs=1).model("last")
    result = evaluate(model, dataset, split)
    rows = [row for row, own in enumerate(dataset.splits) if split is None or own is split]
    words = [(row, step) for row in rows for step in range(2, 2 + len(dataset.tokens[row]))]
    assert list(zip(result.rows.tolist(), result.steps.tolist(), strict=True)) == words
    assert result.sentences == len(rows)
    for index, (row, step) in enumerate(words):
        tags = tagged.rows[row].tags
        assert tags is not None
        assert result.labels[result.truth[index]] == tags[step - 2]
    said = model.predict([tagged.rows[row].text for row in rows])
    predicted = [tag for one in said for tag in one.prediction]
    assert [result.labels[label] for label in result.predicted] == predicted
    np.testing.assert_allclose(
        result.probabilities, np.concatenate([one.probabilities for one in said]), atol=1e-6
    )
    own = result.probabilities[np.arange(len(words)), result.truth]
    assert result.loss == pytest.approx(-np.log(own).mean(), rel=1e-5)
    assert result.confusion.sum() == len(words)


def test_entities_are_those_of_the_sentences(tagged: Table) -> None:
    spec, dataset = labeller(tagged)
    model = fresh_run(spec, dataset, epochs=2).model("last")
    result = evaluate(model, dataset, None)
    said = model.predict([row.text for row in tagged.rows])
    truth = [row.tags for row in tagged.rows if row.tags is not None]
    report = entity_report(truth, [one.prediction for one in said])
    assert result.entities == report
    assert report.micro.support == 120
    value = json.loads(json.dumps(result.to_json()))
    assert value["entities"]["f1"] == report.micro.f1
    assert value["entities"]["per_type"]["PER"]["support"] == 120


def test_plain_tags_have_no_entities(tagged: Table) -> None:
    rows = tuple(
        dataclasses.replace(row, tags=tuple("NOUN" if tag != "O" else "VERB" for tag in row.tags))
        for row in tagged.rows
        if row.tags is not None
    )
    spec, dataset = labeller(dataclasses.replace(tagged, rows=rows))
    result = evaluate(fresh_run(spec, dataset).model("last"), dataset, Split.TEST)
    assert result.entities is None
    assert "entities" not in result.to_json()


def test_prediction_has_a_tag_for_each_word(tagged: Table) -> None:
    spec, dataset = labeller(tagged)
    model = fresh_run(spec, dataset, epochs=1).model("last")
    one, other = model.predict(["Ann met Bob Lee.", "zzz"])
    assert [token.text for token in one.tokens] == ["ann", "met", "bob", "lee", "."]
    assert isinstance(one.prediction, tuple)
    assert len(one.prediction) == len(one.probabilities) == 5
    assert len(one.ids) == 7
    np.testing.assert_allclose(one.probabilities.sum(axis=1), 1, atol=1e-5)
    assert not one.probabilities.flags.writeable
    assert len(other.prediction) == 1
    assert model.predict([]) == []
    encoded, trace = model.trace("Ann met Bob Lee.")
    np.testing.assert_allclose(trace.y[1:-1], one.probabilities, atol=1e-6)
    assert len(encoded.words) == 7


def test_labelled_project_comes_back(tagged: Table, tmp_path: Path) -> None:
    path = tmp_path / "names.rnnstudio"
    spec, dataset = labeller(tagged, cell=Cell.HISTORY)
    run = fresh_run(spec, dataset, epochs=1)
    assert run.last is not None
    with ProjectFile.create(path) as file:
        file.write_project(spec, tagged, dataset.splits)
        number = file.start_run(spec, run.vocabulary, run.labels, run.task, run.longest)
        file.write_checkpoint(number, run.last)
    with ProjectFile.open(path) as file:
        project = file.load()
    assert project.table == tagged
    (again,) = project.runs
    assert again.network == run.network
    assert again.network.longest == 10
    model = project.model("last")
    result = evaluate(model, project.dataset_for(model), Split.TEST)
    expected = evaluate(run.model("last"), dataset, Split.TEST)
    np.testing.assert_array_equal(result.probabilities, expected.probabilities)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE rows SET tags = NULL", "each word needs one tag"),
        ("UPDATE rows SET tags = NULL, words = NULL", "has no tags"),
        ("UPDATE rows SET tags = '[\"O\"]'", "each word needs one tag"),
        ("UPDATE rows SET words = '[1]'", "words of a row should be a text"),
        ("UPDATE rows SET words = '{'", "words cannot be understood"),
        ("UPDATE runs SET task = 'dance'", "'dance' is not a valid Task"),
        ("UPDATE runs SET longest = NULL", "the network of run 1 makes no sense"),
        ("UPDATE runs SET longest = 0", "a network for 0 positions"),
        ("UPDATE runs SET longest = 1000000000000", "for 1000000000000 positions"),
        ("UPDATE runs SET longest = 7", "do not fit the network"),
    ],
)
def test_damage_is_named(tagged: Table, tmp_path: Path, statement: str, words: str) -> None:
    path = tmp_path / "names.rnnstudio"
    spec, dataset = labeller(tagged, cell=Cell.INDEPENDENT)
    run = fresh_run(spec, dataset)
    assert run.last is not None
    with ProjectFile.create(path) as file:
        file.write_project(spec, tagged, dataset.splits)
        number = file.start_run(spec, run.vocabulary, run.labels, run.task, run.longest)
        file.write_checkpoint(number, run.last)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(ProjectFileError) as caught, ProjectFile.open(path) as file:
        file.load()
    assert words in str(caught.value)


def test_data_of_the_other_task_are_refused(sample: Sample, model: Model, tagged: Table) -> None:
    with pytest.raises(DataError, match="a tag for each word, and the network says one class"):
        dataset_for(model, tagged)
    spec, dataset = labeller(tagged)
    labels = fresh_run(spec, dataset).model("last")
    with pytest.raises(DataError, match="one class for each sentence, and the network says a tag"):
        dataset_for(labels, sample.table)
