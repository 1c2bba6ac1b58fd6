"""Networks with weights for each position say plainly which sentences are too long for them."""

from __future__ import annotations

import dataclasses

import pytest

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.network import Cell
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.loading import dataset_of, job_of, network_of
from rnnstudio.project.model import Model, SentencesTooLongError
from rnnstudio.project.spec import DEFAULT_SPEC, ProjectSpec
from tests.project.conftest import fresh_run, labeller

_LENGTHS = {Split.TRAIN: (1, 2, 3, 4), Split.VALIDATION: (2, 5, 6), Split.TEST: (5, 9)}


@pytest.fixture
def growing() -> Table:
    """Sentences of up to four words to train on, and longer ones besides."""
    rows = [
        Row(word_list(length), str(length % 2), split, "growing.tsv", None)
        for split, lengths in _LENGTHS.items()
        for length in lengths
    ]
    return Table("growing", tuple(rows), (), "growing.tsv")


def word_list(length: int) -> str:
    """A sentence of so many words."""
    return " ".join(f"w{number}" for number in range(length))


def _model(table: Table, cell: Cell) -> tuple[ProjectSpec, Dataset, Model]:
    spec, dataset = labeller(table, cell=cell)
    return spec, dataset, fresh_run(spec, dataset, epochs=1).model("last")


@pytest.mark.parametrize("cell", [Cell.INDEPENDENT, Cell.HISTORY])
def test_length_is_that_of_the_longest_training_sentence(growing: Table, cell: Cell) -> None:
    spec, dataset, model = _model(growing, cell)
    assert model.network.longest == 6
    job = job_of(spec, dataset)
    assert (len(job.train), len(job.validation)) == (4, 1)
    result = evaluate(model, dataset, Split.VALIDATION)
    assert result.rows.tolist() == [4]
    assert result.too_long.tolist() == [5, 6]
    assert result.to_json()["too_long"] == 2
    with pytest.raises(SentencesTooLongError, match="All sentences of the test split are too long"):
        evaluate(model, dataset, Split.TEST)


def test_prediction_says_which_sentence_is_too_long(growing: Table) -> None:
    _, _, model = _model(growing, Cell.HISTORY)
    assert len(model.predict([word_list(4), word_list(1)])) == 2
    with pytest.raises(SentencesTooLongError) as caught:
        model.predict([word_list(2), word_list(5), "x", word_list(60)])
    assert str(caught.value).startswith("2 of the 4 sentences are too long, first number 2, “w0 w1")
    assert "for 4 words" in str(caught.value)
    for read in (model.trace, lambda sentence: model.predict([sentence])):
        with pytest.raises(SentencesTooLongError, match=r"of 5 words is too long: .* for 4 words"):
            read(word_list(5))


@pytest.mark.parametrize("cell", [Cell.SHARED, Cell.RNN, Cell.GRU, Cell.LSTM])
def test_other_cells_read_any_length(growing: Table, cell: Cell) -> None:
    _, dataset, model = _model(growing, cell)
    assert len(evaluate(model, dataset, None).rows) == 9
    assert model.predict([word_list(500)])[0].prediction in model.labels


def test_history_of_long_sentences_with_one_hot_input_is_refused() -> None:
    rows = tuple(
        Row(
            " ".join(f"w{number}" for number in range(start, start + 300)),
            str(start % 2),
            None,
            "",
            None,
        )
        for start in range(0, 9000, 301)
    )
    table = Table("long", rows, (), "")
    spec, dataset = labeller(table, cell=Cell.HISTORY, units=32, embedding=None)
    with pytest.raises(RnnStudioError, match=r"would have [\d,]+ weights: step t has weights for"):
        job_of(spec, dataset)
    text = dataclasses.replace(DEFAULT_SPEC.text, longest=4)
    short = dataclasses.replace(spec, text=text)
    assert network_of(short, dataset_of(short, table)).longest == 6
