"""How right a model is on a part of the data, with the row that each prediction came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.metrics import (
    ClassFigures,
    accuracy,
    confusion,
    cross_entropy,
    macro_f1,
    per_class,
)
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The predictions of a model on one split (None: all rows) and the figures over them.

    `rows` (n,) are the numbers of the table's rows; `truth` and `predicted` (n,) index into
    `labels`; `probabilities` is (n, C); `confusion` (C, C) has the truth in its rows.
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

    def to_json(self) -> dict[str, object]:
        """What `rnnstudio evaluate --json` prints."""
        return {
            "accuracy": self.accuracy,
            "loss": self.loss,
            "labels": list(self.labels),
            "confusion": self.confusion.tolist(),
            "per_class": {
                self.labels[figures.label]: {
                    "precision": figures.precision,
                    "recall": figures.recall,
                    "f1": figures.f1,
                    "support": figures.support,
                }
                for figures in self.per_class
            },
        }


def evaluate(
    model: Model,
    dataset: Dataset,
    split: Split | None,
    cancelled: Callable[[], bool] | None = None,
) -> Evaluation:
    """Evaluate a model on one split of a data set, or on all its rows.

    The data set must be built with the model's text settings, vocabulary and labels.

    Raises:
        RnnStudioError: the split has no rows.
        Cancelled: `cancelled()`, asked now and then, said so.
        ValueError: the data set was built for another model.
    """
    if (dataset.text, dataset.vocabulary, dataset.labels) != (
        model.text,
        model.vocabulary,
        model.labels,
    ):
        raise ValueError("the data set was built for another model")
    rows = np.arange(len(dataset.sequences)) if split is None else dataset.rows_of(split)
    if len(rows) == 0:
        part = "data set" if split is None else f"{split.value} split"
        raise RnnStudioError(f"The {part} is empty.", "Choose another part of the data.")
    rows = rows.astype(np.int64)
    truth = np.asarray(dataset.targets)[rows].astype(np.int64)
    probabilities = model.probabilities([dataset.sequences[row] for row in rows], cancelled)
    predicted = probabilities.argmax(axis=1).astype(np.int64)
    matrix = confusion(truth, predicted, len(model.labels))
    for array in (rows, truth, predicted, matrix):
        array.flags.writeable = False
    return Evaluation(
        split=split,
        labels=model.labels,
        rows=rows,
        truth=truth,
        predicted=predicted,
        probabilities=probabilities,
        loss=float(cross_entropy(probabilities, truth)),
        accuracy=float(accuracy(truth, predicted)),
        confusion=matrix,
        per_class=per_class(matrix),
        macro_f1=float(macro_f1(matrix)),
    )
