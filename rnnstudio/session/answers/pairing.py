"""Brings the answers of two networks to the same sentences together."""

from __future__ import annotations

import dataclasses

import numpy as np

from rnnstudio.data.problems import shortened
from rnnstudio.engine.arrays import read_only
from rnnstudio.engine.metrics import per_class
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.model import Model
from rnnstudio.session.answers.answering import common_places, part_of

_MOST_NAMES = 8  # of classes, in a message
_SAYS = {
    Task.CLASSIFY: "says one class for a sentence",
    Task.LABEL: "says a tag for each word",
}


def require_comparable(name: str, other: Model, present: Model) -> None:
    """Do nothing where both networks give the same answers to choose from.

    Raises:
        RnnStudioError: the `other` one, called `name`, has another task or other classes.
    """
    if other.task is not present.task:
        raise RnnStudioError(
            f"{name} {_SAYS[other.task]}, and the present network {_SAYS[present.task]}.",
            "Choose a network with the same task.",
        )
    if set(other.labels) == set(present.labels):
        return
    kind = "tags" if present.task is Task.LABEL else "classes"
    lacking = sorted(set(present.labels) - set(other.labels))
    new = sorted(set(other.labels) - set(present.labels))
    parts = []
    if lacking:
        parts.append(f"it does not know {_quoted(lacking)}")
    if new:
        parts.append(f"it says {_quoted(new)}, which the present network does not know")
    raise RnnStudioError(
        f"{name} has other {kind}: {' and '.join(parts)}.",
        f"Choose a network that was trained on the same {kind}.",
    )


def _quoted(names: list[str]) -> str:
    return shortened([f"“{name}”" for name in names], _MOST_NAMES)


def same_questions(one: Evaluation, other: Evaluation) -> bool:
    """Whether two evaluations are of the same rows and steps, in the same order."""
    return (
        one.task is other.task
        and np.array_equal(one.rows, other.rows)
        and np.array_equal(one.steps, other.steps)
    )


def aligned(other: Evaluation, present: Evaluation) -> Evaluation | None:
    """Return another network's answers to what the present one has answered.

    They stand in the order of `present` and have its rows, steps and class numbers; what one of
    both could not read is left out, and `too_long` has its rows. None where nothing is left, or
    where the evaluations are of different data.

    Raises:
        ValueError: the networks' tasks or classes differ.
    """
    if other.task is not present.task or set(other.labels) != set(present.labels):
        raise ValueError("Networks with other classes cannot be compared.")
    renumbered = _renumbered(other, present.labels)
    own, theirs = common_places(present, renumbered)
    if not len(own) or not np.array_equal(present.truth[own], renumbered.truth[theirs]):
        return None
    # The last step of a sentence is another one where it is cut into other tokens.
    steps = read_only(present.steps[own])
    left_out = read_only(np.union1d(present.too_long, other.too_long))
    return dataclasses.replace(part_of(renumbered, theirs), steps=steps, too_long=left_out)


def _renumbered(evaluation: Evaluation, labels: tuple[str, ...]) -> Evaluation:
    """Return an evaluation with its classes, the same ones, in another order."""
    if evaluation.labels == labels:
        return evaluation
    place_of = {label: place for place, label in enumerate(evaluation.labels)}
    former = np.array([place_of[label] for label in labels], np.int64)
    number_of = np.argsort(former)  # of each class among `labels`
    matrix = read_only(evaluation.confusion[np.ix_(former, former)])
    return dataclasses.replace(
        evaluation,
        labels=labels,
        truth=read_only(number_of[evaluation.truth]),
        predicted=read_only(number_of[evaluation.predicted]),
        probabilities=read_only(np.ascontiguousarray(evaluation.probabilities[:, former])),
        confusion=matrix,
        per_class=per_class(matrix),
    )
