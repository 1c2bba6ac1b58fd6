"""Makes evaluations by hand for the tests of what the matrix counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from rnnstudio.data.table import Split
from rnnstudio.engine import metrics
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model
from rnnstudio.session.answers.review import Rival

Probabilities = npt.NDArray[np.float32]


def evaluation_with(
    labels: Sequence[str],
    truth: Sequence[int],
    probabilities: npt.ArrayLike,
    rows: Sequence[int] | None = None,
    steps: Sequence[int] | None = None,
    task: Task = Task.CLASSIFY,
) -> Evaluation:
    """An evaluation of answers with these probabilities (n, C)."""
    size = len(labels)
    numbers = np.asarray(probabilities, np.float32).reshape(len(truth), size)
    true = np.array(truth, np.int64)
    said = (numbers.argmax(axis=1) if size else true).astype(np.int64)
    counts = metrics.confusion(true, said, size)
    return Evaluation(
        split=Split.TEST,
        labels=tuple(labels),
        rows=np.arange(len(true)) if rows is None else np.array(rows, np.int64),
        truth=true,
        predicted=said,
        probabilities=numbers,
        loss=metrics.cross_entropy(numbers, true),
        accuracy=metrics.accuracy(true, said),
        confusion=counts,
        per_class=metrics.per_class(counts),
        macro_f1=metrics.macro_f1(counts),
        steps=np.full(len(true), 5) if steps is None else np.array(steps, np.int64),
        task=task,
    )


def tagged(
    labels: Sequence[str],
    truth: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    confidence: float = 0.9,
    rows: Sequence[int] | None = None,
) -> Evaluation:
    """An evaluation of sentences of words with these tags."""
    number = {label: place for place, label in enumerate(labels)}
    sentences = range(len(truth)) if rows is None else rows
    said = [number[tag] for tags in predicted for tag in tags]
    rest = (1 - confidence) / max(1, len(labels) - 1)
    probabilities = np.full((len(said), len(labels)), rest)
    probabilities[np.arange(len(said)), said] = confidence
    return evaluation_with(
        labels,
        [number[tag] for tags in truth for tag in tags],
        probabilities,
        [row for row, tags in zip(sentences, truth, strict=True) for _ in tags],
        [step for tags in truth for step in range(2, 2 + len(tags))],
        Task.LABEL,
    )


def random_evaluation(
    classes: int, count: int, seed: int, truth: npt.NDArray[np.int64] | None = None
) -> Evaluation:
    """An evaluation of random answers, more often right than not."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, classes, count) if truth is None else truth
    numbers = rng.random((count, classes)) ** 3
    numbers[np.arange(count), true] += rng.random(count)
    numbers /= numbers.sum(axis=1, keepdims=True)
    return evaluation_with([f"class {place}" for place in range(classes)], true.tolist(), numbers)


def rival_with(evaluation: Evaluation | None, name: str = "Run 2") -> Rival:
    """A second network with these answers; its weights are not asked for."""
    return Rival(name, cast(Model, None), evaluation=evaluation)
