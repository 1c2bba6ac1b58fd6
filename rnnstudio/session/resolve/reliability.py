"""Whether the network's confidence can be trusted: what the reliability panel shows, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.engine.calibration import Bin, Binning, Calibration, reliability
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.answering import EVEN, certainty_of
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import NOT_TRAINED, Judged, judged
from rnnstudio.session.resolve.weights import weights_in_words
from rnnstudio.session.state import SessionState

_BINS = 10
# Closer than this, confidence and accuracy are called alike.
_ALIKE = 0.02
WHATEVER = "Of what is most probable, whatever the thresholds."


@dataclass(frozen=True)
class ReliabilityState:
    """Bins of confidence with how often they are right; `message` stands where there are none.

    `lowest` is where the axis of the confidence begins: the largest of C probabilities is never
    less than 1 / C. `bin_words` says each bin, `verdict` all of them, `largest` the greatest gap;
    `confidence` and `accuracy` are means over the answers that have a confidence. `aside` says that
    thresholds, where some are set, change nothing here.
    """

    calibration: Calibration | None
    binning: Binning
    split: Split
    noun: str
    subtitle: str
    lowest: float
    confidence: float
    accuracy: float
    verdict: str
    largest: str
    bin_words: tuple[str, ...]
    message: str
    aside: str = ""


def resolve_reliability(state: SessionState) -> ReliabilityState:
    """The reliability of the answers that are looked at, before any threshold is put on them."""
    found = judged(state)
    binning, split = state.judging.binning, state.selection.split
    evaluation = None if found.judgement is None else found.judgement.evaluation
    if evaluation is None:
        return _nothing(binning, split, found.message)
    noun = noun_of(evaluation)
    result = _calibration(evaluation, binning)
    count = result.count
    if not count:
        return _nothing(binning, split, f"No {noun} has an answer that is a number.")
    sure = sum(one.count * one.confidence for one in result.bins) / count
    right = sum(one.count * one.accuracy for one in result.bins) / count
    return ReliabilityState(
        calibration=result,
        binning=binning,
        split=split,
        noun=noun,
        subtitle=whose_answers(found),
        lowest=_lowest(result, len(evaluation.labels)),
        confidence=sure,
        accuracy=right,
        verdict=_verdict(sure, right, count, noun),
        largest=_largest(result, noun),
        bin_words=tuple(bin_in_words(one, noun) for one in result.bins),
        message="",
        aside="" if are_plain(evaluation, state.judging) else WHATEVER,
    )


def are_plain(evaluation: Evaluation, judging: Judging) -> bool:
    """Whether the most probable class is always said: no threshold is set."""
    return not judging.abstain and (judging.threshold == EVEN or len(evaluation.labels) != 2)


def whose_answers(found: Judged) -> str:
    """Say whose answers are looked at: "after epoch 12, of the first 3 words"."""
    if found.name:
        parts = [found.name]
    elif found.note.startswith(NOT_TRAINED):
        parts = ["not trained yet"]
    else:
        parts = [weights_in_words(found.epoch, found.within)]
    if found.words is not None:
        parts.append(f"of the first {counted(found.words, 'word')}")
    return ", ".join(parts)


def noun_of(evaluation: Evaluation) -> str:
    """What each answer of an evaluation is to: a "sentence", or a "word"."""
    return "word" if evaluation.task is Task.LABEL else "sentence"


def bin_in_words(one: Bin, noun: str) -> str:
    """Say what one bin has: how many answers, how sure they were, how many were right."""
    span = f"between {one.low:.2f} and {one.high:.2f}"
    if one.low == one.high:
        span = f"of {one.low:.2f}"
    if not one.count:
        return f"No {noun} has a confidence {span}"
    right = round(one.accuracy * one.count)
    gap = one.accuracy - one.confidence
    comparison = "as many as it thinks"
    if abs(gap) >= _ALIKE:
        comparison = f"{_points(gap)} {'more' if gap > 0 else 'fewer'} than it thinks"
    has = "has" if one.count == 1 else "have"
    are = "is" if right == 1 else "are"
    return (
        f"{counted(one.count, noun)} {has} a confidence {span}, {one.confidence:.2f} on average: "
        f"{right:,} {are} right ({percent(one.accuracy)}), {comparison}"
    )


@remembered(4)
def _calibration(evaluation: Evaluation, binning: Binning) -> Calibration:
    right = evaluation.predicted == evaluation.truth
    sure = np.minimum(certainty_of(evaluation)[0], 1)
    known = int(np.count_nonzero(~np.isnan(sure)))
    # More bins than answers cannot have the same count.
    bins = _BINS if binning is Binning.WIDTH else max(1, min(_BINS, known))
    return reliability(sure, right, bins, binning)


def _nothing(binning: Binning, split: Split, message: str) -> ReliabilityState:
    return ReliabilityState(
        None, binning, split, "sentence", "", 0.0, 0.0, 0.0, "", "", (), message
    )


def _lowest(result: Calibration, classes: int) -> float:
    """Return the tenth below all confidences that there can be, and below all bins with answers."""
    used = min(one.low for one in result.bins if one.count)
    return min(math.floor(10 / max(1, classes)), math.floor(10 * used + 1e-9), 9) / 10


def _points(share: float) -> str:
    return counted(max(1, round(abs(share) * 100)), "point")


def _verdict(sure: float, right: float, count: int, noun: str) -> str:
    answers = f"{percent(right)} of the answers to {count:,} {noun}s are right"
    if count == 1:
        answers = f"its answer to the one {noun} is {'right' if right else 'wrong'}"
    start = f"Its confidence is {percent(sure)} on average, and {answers}"
    gap = right - sure
    if abs(gap) < _ALIKE:
        return f"{start}: on the whole it is as sure as it should be."
    kind = "too modest" if gap > 0 else "too sure of itself"
    return f"{start}: on the whole it is {kind}, by {_points(gap)}."


def _largest(result: Calibration, noun: str) -> str:
    worst = max((one for one in result.bins if one.count), key=lambda one: one.gap)
    if worst.gap < _ALIKE:
        return "In no bin do confidence and accuracy lie far apart."
    many = f"the {counted(worst.count, noun)}" if worst.count > 1 else f"one {noun}"
    right = f"{percent(worst.accuracy)} are"
    if worst.accuracy in (0, 1):
        right = "none is" if worst.accuracy == 0 else "all are"
    tail = f"of which {right} right" if worst.count > 1 else f"which is {_rightness(worst)}"
    return (
        f"Farthest apart: {many} with a confidence between {worst.low:.2f} and {worst.high:.2f}, "
        f"{tail}."
    )


def _rightness(one: Bin) -> str:
    return "right" if one.accuracy else "wrong"
