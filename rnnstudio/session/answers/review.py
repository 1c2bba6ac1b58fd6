"""Answers besides the present network's: of an epoch, after some words, of another network."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model
from rnnstudio.project.moment import Moment
from rnnstudio.session.memo import remembered

__all__ = ["Moment", "Review", "Rival", "RunLine"]


@remembered(4)
def model_at(model: Model, moment: Moment) -> Model:
    """Return a run's network with the weights that it had at a moment."""
    return dataclasses.replace(
        model, parameters=moment.parameters, epoch=moment.epoch, step=moment.step
    )


@dataclass(frozen=True, eq=False)
class Review:
    """The answers of `epoch`'s weights (None: of `model` itself) after `words` words (None: all).

    `evaluation` is None where they could not be had; `problem` says why.
    """

    model: Model
    dataset: Dataset
    split: Split
    epoch: int | None
    words: int | None
    evaluation: Evaluation | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Rival:
    """The network that the present one is compared with, and its answers to the same split.

    `evaluation` has the rows, labels and class numbers of the present network's evaluation; it is
    None while it is worked out, and where `problem` says why it cannot be. `run` is its number
    where it is a run of this project.
    """

    name: str
    model: Model
    run: int | None = None
    dataset: Dataset | None = None
    split: Split | None = None
    evaluation: Evaluation | None = None
    problem: str = ""


@dataclass(frozen=True)
class RunLine:
    """A run in the project's file: its number, its network in words, how far it got."""

    number: int
    words: str
    epochs: int
    accuracy: float | None
