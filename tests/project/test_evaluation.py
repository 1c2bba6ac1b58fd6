"""An evaluation says for each row what was predicted, and its figures are those of the rows."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from rnnstudio.data.table import Split
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.model import Model
from tests.project.conftest import Sample


@pytest.mark.parametrize("split", [*Split, None])
def test_figures_follow_from_the_rows(sample: Sample, model: Model, split: Split | None) -> None:
    result = evaluate(model, sample.dataset, split)
    rows = [
        number for number, own in enumerate(sample.dataset.splits) if split is None or own is split
    ]
    assert result.rows.tolist() == rows
    table = sample.table.rows
    assert [result.labels[label] for label in result.truth] == [table[row].label for row in rows]
    predictions = model.predict([table[row].text for row in rows])
    assert [result.labels[label] for label in result.predicted] == [
        prediction.prediction for prediction in predictions
    ]
    right = result.truth == result.predicted
    assert result.accuracy == pytest.approx(right.mean())
    own = result.probabilities[np.arange(len(rows)), result.truth]
    assert result.loss == pytest.approx(-np.log(own).mean(), rel=1e-5)
    assert result.confusion.sum() == len(rows)
    assert result.confusion.sum(axis=1).tolist() == np.bincount(result.truth, minlength=2).tolist()
    assert np.trace(result.confusion) == right.sum()


def test_json_has_what_the_command_line_promises(sample: Sample, model: Model) -> None:
    value = json.loads(json.dumps(evaluate(model, sample.dataset, Split.TEST).to_json()))
    assert list(value) == ["accuracy", "loss", "labels", "confusion", "per_class"]
    assert value["labels"] == ["no", "yes"]
    assert set(value["per_class"]) == {"no", "yes"}
    assert list(value["per_class"]["no"]) == ["precision", "recall", "f1", "support"]
    assert value["per_class"]["no"]["support"] == sum(value["confusion"][0])


def test_empty_split_is_an_error(sample: Sample, model: Model) -> None:
    everything = tuple(Split.TRAIN for _ in sample.dataset.splits)
    dataset = dataclasses.replace(sample.dataset, splits=everything)
    with pytest.raises(RnnStudioError, match="The test split is empty"):
        evaluate(model, dataset, Split.TEST)


def test_excluded_rows_are_not_evaluated(sample: Sample, model: Model) -> None:
    gone = sample.dataset.rows_of(Split.TEST)[0]
    rows = tuple(
        dataclasses.replace(row, excluded=number == gone)
        for number, row in enumerate(sample.table.rows)
    )
    dataset = dataclasses.replace(
        sample.dataset, table=dataclasses.replace(sample.table, rows=rows)
    )
    for split in (Split.TEST, None):
        whole, fewer = (evaluate(model, data, split) for data in (sample.dataset, dataset))
        assert fewer.rows.tolist() == [row for row in whole.rows.tolist() if row != gone]
        kept = whole.rows != gone
        assert fewer.predicted.tolist() == whole.predicted[kept].tolist()
        assert fewer.confusion.sum() == whole.confusion.sum() - 1


def test_data_of_another_model_are_a_mistake(sample: Sample, model: Model) -> None:
    other = dataclasses.replace(sample.dataset, labels=("a", "b"))
    with pytest.raises(ValueError, match="another model"):
        evaluate(model, other, Split.TEST)
