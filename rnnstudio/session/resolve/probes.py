"""What the probe sentences say while the network learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.dataset import Dataset
from rnnstudio.engine.network import Task
from rnnstudio.project.project import PROBE_LIMIT, Probe
from rnnstudio.session.memo import remembered
from rnnstudio.session.probing import Answer, answers
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

    A labeller says a tag for each word; `tagged` is true then, `class_index` 0 stands for no class,
    and `confidence` is that of the word that is the least sure.
    """

    sentence: str
    says: str
    class_index: int | None
    confidence: float
    history: tuple[tuple[float, float], ...]
    truth: str | None
    truth_given: bool
    message: str
    tagged: bool = False

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
    """What the table of probe sentences shows.

    A truth that is no class of the network, as a review's is not where names are sorted by their
    language, is none here; it is kept, and counts again where it is one.
    """
    truths = {} if state.dataset is None else _labels_by_text(state.dataset)
    sentences = tuple(probe.sentence for probe in state.probes)
    found: tuple[Answer | str, ...] = ("no network to ask",) * len(sentences)
    labels: tuple[str, ...] = ()
    classes = () if state.dataset is None else state.dataset.labels
    tagged = state.model is not None and state.model.task is Task.LABEL
    if state.model is not None:
        found = answers(state.model, sentences)
        # The truth about a tagged sentence is not one of the tags.
        labels = classes = () if tagged else state.model.labels
    return ProbesState(
        rows=tuple(
            _row(
                probe if probe.truth in classes else Probe(probe.sentence),
                answer,
                _series(state.probe_history, place),
                truths,
                tagged,
            )
            for place, (probe, answer) in enumerate(zip(state.probes, found, strict=True))
        ),
        labels=labels,
        limit=PROBE_LIMIT,
    )


def _row(
    probe: Probe,
    answer: Answer | str,
    series: tuple[NDArray[np.float64], NDArray[np.float32]] | None,
    truths: dict[str, str],
    tagged: bool,
) -> ProbeRow:
    truth, given = probe.truth, probe.truth is not None
    if not given:
        words = () if isinstance(answer, str) else answer.words
        truth = truths.get(" ".join(words) if tagged else probe.sentence.strip())
    if not isinstance(answer, str) and not np.isfinite(answer.probabilities).all():
        answer = "the weights give no number"
    if isinstance(answer, str):
        return ProbeRow(probe.sentence, "", None, 0.0, (), truth, given, answer, tagged)
    index = int(answer.probabilities.argmax())
    return ProbeRow(
        sentence=probe.sentence,
        says=answer.says,
        class_index=index,
        confidence=float(answer.probabilities[index]),
        history=_history(series, index),
        truth=truth,
        truth_given=given,
        message="",
        tagged=tagged,
    )


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
    """The class of each sentence, or the tags by the words with spaces between them."""
    if dataset.task is Task.LABEL:
        return {
            " ".join(words): " ".join(row.tags or ())
            for words, row in zip(dataset.tokens, dataset.table.rows, strict=True)
            if not row.excluded
        }
    return {row.text.strip(): row.label for row in dataset.table.rows if not row.excluded}
