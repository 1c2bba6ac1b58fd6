"""What thresholds do to the answers: counted as the matrix counts them, and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.thresholds import ClassThresholds
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.answering import answers
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.reliability import noun_of
from rnnstudio.session.resolve.threshold_curves import (
    Curve,
    CurveKind,
    thresholds_of,
)

_LONGEST_NAME = 30


@dataclass(frozen=True)
class Counts:
    """What the matrix counts: of a class, and of all."""

    found: int
    invented: int
    positives: int
    negatives: int
    answered: int
    right: int
    right_of_all: int
    count: int


@remembered(2)
def counts_of(evaluation: Evaluation, label: int, threshold: float, abstain: float) -> Counts:
    """Count what is said and answered with these thresholds."""
    given = answers(evaluation, threshold, abstain)
    right, called = given.said == evaluation.truth, (given.said == label) & ~given.held
    of_class = evaluation.truth == label
    found, positives = np.count_nonzero(called & of_class), np.count_nonzero(of_class)
    return Counts(
        found=int(found),
        invented=int(np.count_nonzero(called)) - int(found),
        positives=int(positives),
        negatives=len(of_class) - int(positives),
        answered=int(np.count_nonzero(~given.held)),
        right=int(np.count_nonzero(right & ~given.held)),
        right_of_all=int(np.count_nonzero(right)),
        count=len(of_class),
    )


def short_name(name: str) -> str:
    """Return a class's name for use in a sentence: the beginning of one that is very long."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def setting_text(value: float) -> str:
    """Write a threshold with all its digits, two at least, e.g. 0.50 or 0.618."""
    return np.format_float_positional(value, unique=True, min_digits=2)


def point_in_words(curve: Curve, place: int, name: str, noun: str) -> str:
    """Say what one point of a curve of the class `name` means."""
    source = curve.source
    if isinstance(source, ClassThresholds):
        return _class_point(curve, source, place, name)
    # The curve leaves out the first point, at which nothing is answered.
    answered, right = int(source.answered[place + 1]), int(source.right[place + 1])
    setting = setting_text(curve.setting_at(place))
    return (
        f"If it answers from a confidence of {setting} on: {answered:,} of "
        f"{counted(source.count, noun)} ({percent(answered / source.count)}), "
        f"{right:,} of them rightly ({percent(right / answered)})"
    )


def _class_point(curve: Curve, source: ClassThresholds, place: int, name: str) -> str:
    found, invented = int(source.found[place]), int(source.invented[place])
    setting = curve.setting_at(place)
    # That of the other one of two classes rises where the probability of this one falls.
    least = setting if curve.upto[0] > curve.upto[-1] else float(np.round(1 - setting, 9))
    start = f"If it says “{name}” from a probability of {setting_text(least)} on"
    if not found and not invented:
        start = f"If it never says “{name}”"
    parts = [f"{found:,} of {source.positives:,} {_are(found)} found"]
    if source.positives:
        parts[0] += f", recall {percent(found / source.positives)}"
    if curve.kind is CurveKind.ROC:
        alarms = percent(invented / max(1, source.negatives))
        parts.append(
            f"{invented:,} of {source.negatives:,} others {_are(invented)} called so, "
            f"false alarms {alarms}"
        )
    elif called := found + invented:
        parts.append(
            f"{found:,} of the {called:,} called so {_are(found)} it, "
            f"precision {percent(found / called)}"
        )
    return f"{start}: {'; '.join(parts)}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def threshold_in_words(evaluation: Evaluation, label: int, judging: Judging, counts: Counts) -> str:
    """Say what the matrix counts of a class with these thresholds."""
    noun, name = noun_of(evaluation), short_name(evaluation.labels[label])
    start = _what_is_said(evaluation, label, judging)
    if not counts.positives:
        called = f"{counts.invented:,} {_are(counts.invented)}" if counts.invented else "none is"
        return f"{start}: no {noun} is “{name}”, {called} called so."
    whole = f"the {counts.positives:,} “{name}” {noun}s"
    if counts.positives == 1:
        whole = f"one “{name}” {noun}"
    found = f"{counts.found:,} of {whole} {_are(counts.found)}"
    if not counts.found:
        found = f"none of {whole} is" if counts.positives > 1 else f"the {whole} is not"
    others = "no other is"
    if counts.invented:
        others = f"{counts.invented:,} {'other is' if counts.invented == 1 else 'others are'}"
    left_out = thresholds_of(evaluation, label).left_out
    more = f" {counted(left_out, noun)} without a number count in no curve." if left_out else ""
    return f"{start}: {found} found, {others} called so.{more}"


def _what_is_said(evaluation: Evaluation, label: int, judging: Judging) -> str:
    abstain = setting_text(judging.abstain)
    if len(evaluation.labels) != 2:
        start = "It says what is most probable"
        return f"{start} if that has {abstain} or more" if judging.abstain > 0 else start
    name, second = (short_name(evaluation.labels[place]) for place in (label, 1))
    at = setting_text(judging.threshold)
    start = f"From {at} on it says “{name}”"
    if label == 0:
        start = f"Where “{second}” has less than {at} it says “{name}”"
    return f"{start}, if it is {abstain} sure" if judging.abstain > 0 else start


def abstaining_in_words(evaluation: Evaluation, abstain: float, counts: Counts) -> str:
    """Say how much is answered, and how much of that rightly."""
    noun = noun_of(evaluation)
    if abstain <= 0:
        all_of = f"all {counts.count:,} {noun}s" if counts.count > 1 else f"the one {noun}"
        right = f"{counts.right:,} {_are(counts.right)}" if counts.right else "none is"
        return f"It answers {all_of}: {right} right ({percent(counts.right / counts.count)})."
    if not counts.answered:
        return f"No {noun} is answered: no answer is so sure."
    before = percent(counts.right_of_all / counts.count)
    return (
        f"{counts.answered:,} of {counted(counts.count, noun)} {_are(counts.answered)} "
        f"answered ({percent(counts.answered / counts.count)}), {counts.right:,} of them rightly: "
        f"{percent(counts.right / counts.answered)} instead of {before}."
    )
