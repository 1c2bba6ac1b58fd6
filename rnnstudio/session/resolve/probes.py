"""What the probe sentences say while the network learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.tokens import tokenize
from rnnstudio.project.model import Model
from rnnstudio.project.project import PROBE_LIMIT, Probe
from rnnstudio.session.memo import remembered
from rnnstudio.session.state import ProbeHistory, SessionState

# As many points of a history as its small line has pixels.
MOST_HISTORY = 60


@dataclass(frozen=True)
class ProbeRow:
    """One probe sentence.

    `class_index` is what the newest weights say (None: they cannot read it, `message` says why),
    `confidence` its probability, `history` the probability of that class so far: (position in
    epochs, probability), oldest first. `truth_given` tells a truth that the user set from one
    that comes from the data.
    """

    sentence: str
    says: str
    class_index: int | None
    confidence: float
    history: tuple[tuple[float, float], ...]
    truth: str | None
    truth_given: bool
    message: str

    @property
    def correct(self) -> bool | None:
        """Whether the truth is what the network says; None where either is not known."""
        if self.truth is None or self.class_index is None:
            return None
        return self.says == self.truth


@dataclass(frozen=True)
class ProbesState:
    """The probe sentences, the classes a truth can be chosen from, and whether one more fits."""

    rows: tuple[ProbeRow, ...]
    labels: tuple[str, ...]
    limit: int

    @property
    def full(self) -> bool:
        """Whether no more probes can be added."""
        return len(self.rows) >= self.limit


def resolve_probes(state: SessionState) -> ProbesState:
    """What the table of probe sentences shows."""
    truths = {} if state.dataset is None else _labels_by_text(state.dataset)
    labels = () if state.model is None else state.model.labels
    answers = _answers(state.model, tuple(probe.sentence for probe in state.probes))
    return ProbesState(
        rows=tuple(
            _row(probe, answer, _series(state.probe_history, place), labels, truths)
            for place, (probe, answer) in enumerate(zip(state.probes, answers, strict=True))
        ),
        labels=labels,
        limit=PROBE_LIMIT,
    )


def _row(
    probe: Probe,
    answer: NDArray[np.float32] | None,
    series: tuple[NDArray[np.float64], NDArray[np.float32]] | None,
    labels: tuple[str, ...],
    truths: dict[str, str],
) -> ProbeRow:
    truth = probe.truth if probe.truth is not None else truths.get(probe.sentence.strip())
    given = probe.truth is not None
    if answer is None:
        message = "no network to ask" if not labels else "no word to read"
        return ProbeRow(probe.sentence, "", None, 0.0, (), truth, given, message)
    if not np.isfinite(answer).all():
        message = "the weights give no number"
        return ProbeRow(probe.sentence, "", None, 0.0, (), truth, given, message)
    index = int(answer.argmax())
    return ProbeRow(
        sentence=probe.sentence,
        says=labels[index],
        class_index=index,
        confidence=float(answer[index]),
        history=_history(series, index),
        truth=truth,
        truth_given=given,
        message="",
    )


@remembered(2)
def _answers(
    model: Model | None, sentences: tuple[str, ...]
) -> tuple[NDArray[np.float32] | None, ...]:
    """The probabilities (C,) for each sentence; None where there is nothing to read."""
    if model is None:
        return (None,) * len(sentences)
    readable = [text for text in sentences if tokenize(text, model.text)]
    rows = iter(model.predict(readable))
    kept = set(readable)
    return tuple(next(rows).probabilities if text in kept else None for text in sentences)


def _series(
    history: ProbeHistory, place: int
) -> tuple[NDArray[np.float64], NDArray[np.float32]] | None:
    if place >= history.probabilities.shape[0]:
        return None
    return history.epochs, history.probabilities[place]


def _history(
    series: tuple[NDArray[np.float64], NDArray[np.float32]] | None, index: int
) -> tuple[tuple[float, float], ...]:
    if series is None or index >= series[1].shape[1]:
        return ()
    positions, values = series[0], series[1][:, index]
    known = np.flatnonzero(np.isfinite(values))
    if len(known) > MOST_HISTORY:
        # Steps of 2, 4, 8, … and the newest, so that the line does not flicker as it grows.
        step = 1 << int(np.ceil(np.log2(len(known) / MOST_HISTORY)))
        known = np.append(known[:-1][::step], known[-1])
    return tuple(zip(positions[known].tolist(), values[known].tolist(), strict=True))


@remembered(2)
def _labels_by_text(dataset: Dataset) -> dict[str, str]:
    return {row.text.strip(): row.label for row in dataset.table.rows}
