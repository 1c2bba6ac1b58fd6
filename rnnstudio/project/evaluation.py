"""How right a model is on a part of the data, with the row that each prediction came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.arrays import read_only
from rnnstudio.engine.entities import EntityFigures, EntityReport, entity_report, is_bio
from rnnstudio.engine.metrics import (
    Average,
    ClassFigures,
    accuracy,
    confusion,
    cross_entropy,
    macro_f1,
    per_class,
)
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model, SentencesTooLongError


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The predictions of a model on one split (None: all rows) and the figures over them.

    There are n predictions: one for each sentence, or for labelling one for each word. `rows` (n,)
    are the numbers of the table's rows that they belong to and `steps` (n,) the steps, from 1, at
    which they were made (the last one for a sentence); `truth` and `predicted` (n,) index into
    `labels`; `probabilities` is (n, C); `confusion` (C, C) has the truth in its rows. `too_long`
    (k,) are the rows left out because the network has no weights for so many words.
    """

    split: Split | None
    labels: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    predicted: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]
    loss: float
    accuracy: float
    confusion: npt.NDArray[np.int64]
    per_class: tuple[ClassFigures, ...]
    macro_f1: float
    steps: npt.NDArray[np.int64]
    task: Task = Task.CLASSIFY
    too_long: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @cached_property
    def sentences(self) -> int:
        """The number of sentences that were read."""
        return len(self.rows) if self.task is Task.CLASSIFY else len(np.unique(self.rows))

    @cached_property
    def entities(self) -> EntityReport | None:
        """The figures by entity where the tags mark entities (BIO and the like), otherwise None."""
        if self.task is not Task.LABEL or not is_bio(self.labels):
            return None
        # The words of a row stand together and in their order.
        borders = np.flatnonzero(np.diff(self.rows)) + 1
        truth, predicted = (
            [[self.labels[label] for label in row] for row in np.split(labels, borders)]
            for labels in (self.truth, self.predicted)
        )
        return entity_report(truth, predicted)

    def to_json(self) -> dict[str, object]:
        """What `rnnstudio evaluate --json` prints."""
        value: dict[str, object] = {
            "accuracy": self.accuracy,
            "loss": self.loss,
            "labels": list(self.labels),
            "confusion": self.confusion.tolist(),
            "per_class": {
                self.labels[figures.label]: _figures(figures) for figures in self.per_class
            },
        }
        if (report := self.entities) is not None:
            value["entities"] = {
                **_figures(report.micro),
                "per_type": {figures.type: _figures(figures) for figures in report.types},
            }
        if len(self.too_long):
            value["too_long"] = len(self.too_long)
        return value


def _figures(figures: ClassFigures | EntityFigures | Average) -> dict[str, float]:
    return {
        "precision": figures.precision,
        "recall": figures.recall,
        "f1": figures.f1,
        "support": figures.support,
    }


def evaluate(
    model: Model,
    dataset: Dataset,
    split: Split | None,
    cancelled: Callable[[], bool] | None = None,
) -> Evaluation:
    """Evaluate a model on one split of a data set, or on all its rows, without excluded ones.

    The data set must be built with the model's text settings, vocabulary and labels. Sentences
    that are too long for a network with weights for each position have no prediction; they are
    left out and listed.

    Raises:
        RnnStudioError: the split has no rows.
        SentencesTooLongError: all its sentences are too long.
        Cancelled: `cancelled()`, asked now and then, said so.
        ValueError: the data set was built for another model.
    """
    if (dataset.text, dataset.vocabulary, dataset.labels, dataset.task) != (
        model.text,
        model.vocabulary,
        model.labels,
        model.task,
    ):
        raise ValueError("the data set was built for another model")
    chosen = dataset.rows_of(split)
    part = "data set" if split is None else f"{split.value} split"
    if len(chosen) == 0:
        raise RnnStudioError(f"The {part} is empty.", "Choose another part of the data.")
    fitting = np.array([model.fits(dataset.sequences[row]) for row in chosen], np.bool_)
    if not fitting.any():
        raise SentencesTooLongError(f"All sentences of the {part} are too long", model.network)
    answers = _answers(model, dataset, chosen[fitting].astype(np.int64), cancelled)
    predicted = answers.probabilities.argmax(axis=1).astype(np.int64)
    matrix = confusion(answers.truth, predicted, len(model.labels))
    left_out = chosen[~fitting].astype(np.int64)
    for array in (answers.rows, answers.steps, answers.truth, predicted, matrix, left_out):
        read_only(array)
    return Evaluation(
        split=split,
        labels=model.labels,
        rows=answers.rows,
        truth=answers.truth,
        predicted=predicted,
        probabilities=answers.probabilities,
        loss=float(cross_entropy(answers.probabilities, answers.truth)),
        accuracy=float(accuracy(answers.truth, predicted)),
        confusion=matrix,
        per_class=per_class(matrix),
        macro_f1=float(macro_f1(matrix)),
        steps=answers.steps,
        task=model.task,
        too_long=left_out,
    )


class _Answers(NamedTuple):
    """Row, step and truth (n,) and ŷ (n, C) of each prediction."""

    rows: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]


def _answers(
    model: Model,
    dataset: Dataset,
    rows: npt.NDArray[np.int64],
    cancelled: Callable[[], bool] | None,
) -> _Answers:
    sequences = [dataset.sequences[row] for row in rows]
    if model.task is Task.CLASSIFY:
        steps = np.array([len(sequence) for sequence in sequences], np.int64)
        truth = np.asarray(dataset.targets)[rows].astype(np.int64)
        return _Answers(rows, steps, truth, model.probabilities(sequences, cancelled))
    of_words = model.label_probabilities(sequences, cancelled)
    words = [len(sequence) - 2 for sequence in sequences]
    return _Answers(
        rows=np.repeat(rows, words),
        # Step 1 reads <sos>, so the first word is read at step 2.
        steps=np.concatenate([np.arange(2, 2 + count, dtype=np.int64) for count in words]),
        truth=np.concatenate([dataset.tags[row][1:-1] for row in rows]).astype(np.int64),
        probabilities=read_only(np.concatenate(of_words)),
    )
