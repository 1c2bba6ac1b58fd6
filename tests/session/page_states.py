"""Makes documents by hand for the tests of the Data and Evaluate pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine import metrics
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import initial_parameters
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model
from rnnstudio.project.spec import DEFAULT_SPEC
from rnnstudio.session.session import empty_curves, empty_probe_history
from rnnstudio.session.state import RunState, Selection, SessionState


def table_of(*rows: tuple[str, str], origin: str = "/data/own.tsv", **changes: Any) -> Table:
    """A table of (sentence, label) pairs."""
    made = tuple(
        Row(text, label, None, "own.tsv", line) for line, (text, label) in enumerate(rows, start=1)
    )
    return Table(**{"name": "own", "rows": made, "problems": (), "origin": origin} | changes)


def state_of(
    table: Table,
    row: int | None = 0,
    sentence: str | None = None,
    embedding: int | None = None,
    evaluation: Evaluation | None = None,
    split: Split = Split.TEST,
    cells: frozenset[tuple[int, int]] = frozenset(),
    step: int = 1,
) -> SessionState:
    """A document with this table, fresh weights after `step` batches, and this selection."""
    dataset = build_dataset(table)
    model = None
    if dataset.labels:
        network = NetworkSpec(
            vocabulary_size=dataset.vocabulary.size,
            classes=len(dataset.labels),
            units=4,
            embedding=embedding,
        )
        weights = initial_parameters(network, np.random.default_rng(0)).frozen()
        model = Model(network, weights, dataset.vocabulary, dataset.labels, dataset.text, 3, step)
    if sentence is None and row is not None and table.rows:
        sentence = table.rows[row].text
    return SessionState(
        spec=DEFAULT_SPEC,
        table=table,
        dataset=dataset,
        model=model,
        run=RunState(),
        curves=empty_curves(),
        evaluation=evaluation,
        evaluation_epoch=3,
        probes=(),
        probe_history=empty_probe_history(),
        selection=Selection(sentence=sentence or "", row=row, split=split, cells=cells),
    )


def evaluation_of(
    labels: Sequence[str],
    truth: Sequence[int],
    predicted: Sequence[int],
    confidence: Sequence[float] | None = None,
    split: Split = Split.TEST,
) -> Evaluation:
    """An evaluation of rows 0, 1, … with these answers."""
    count, size = len(truth), len(labels)
    sure = np.full(count, 0.9) if confidence is None else np.asarray(confidence)
    rest = (1 - sure) / max(size - 1, 1)
    probabilities = np.repeat(rest[:, None], size, axis=1).astype(np.float32)
    probabilities[np.arange(count), list(predicted)] = sure
    true, said = np.array(truth, np.int64), np.array(predicted, np.int64)
    matrix = metrics.confusion(true, said, size)
    return Evaluation(
        split=split,
        labels=tuple(labels),
        rows=np.arange(count, dtype=np.int64),
        truth=true,
        predicted=said,
        probabilities=probabilities,
        loss=0.5,
        accuracy=metrics.accuracy(true, said),
        confusion=matrix,
        per_class=metrics.per_class(matrix),
        macro_f1=metrics.macro_f1(matrix),
        steps=np.full(count, 5, dtype=np.int64),
    )
