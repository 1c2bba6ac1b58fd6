"""The probe sentences, whose predictions are followed while the network learns."""

from __future__ import annotations

import dataclasses

import numpy as np

from rnnstudio.data.tokens import tokenize
from rnnstudio.project.project import PROBE_LIMIT, Probe
from rnnstudio.session.commands.sentences import save_sentences
from rnnstudio.session.session import Session, Tone
from rnnstudio.session.state import ProbeHistory


def add_probe(session: Session, sentence: str) -> None:
    """Follow another sentence."""
    sentence = sentence.strip()
    state = session.state
    if not _usable(session, sentence):
        return
    if len(state.probes) >= PROBE_LIMIT:
        session.tell(
            Tone.WARNING, f"There are {PROBE_LIMIT} probe sentences already.", "Remove one first."
        )
        return
    history = state.probe_history
    unknown = np.full((1, *history.probabilities.shape[1:]), np.nan, np.float32)
    _set(
        session,
        "Add probe sentence",
        (*state.probes, Probe(sentence)),
        np.concatenate([history.probabilities, unknown]) if len(state.probes) else unknown,
    )


def remove_probe(session: Session, index: int) -> None:
    """Stop following a sentence."""
    state = session.state
    probes = state.probes[:index] + state.probes[index + 1 :]
    kept = _without(state.probe_history.probabilities, index)
    _set(session, "Remove probe sentence", probes, kept)


def edit_probe(session: Session, index: int, sentence: str) -> None:
    """Follow another sentence in place of one."""
    sentence = sentence.strip()
    state = session.state
    if sentence == state.probes[index].sentence or not _usable(session, sentence):
        return
    probes = (*state.probes[:index], Probe(sentence), *state.probes[index + 1 :])
    values = state.probe_history.probabilities.copy()
    if index < len(values):
        values[index] = np.nan
    _set(session, "Edit probe sentence", probes, values)


def set_probe_truth(session: Session, index: int, truth: str | None) -> None:
    """Say which class a probe sentence belongs to."""
    probes = list(session.state.probes)
    probes[index] = dataclasses.replace(probes[index], truth=truth)
    session.apply(undo="Truth of a probe sentence", probes=tuple(probes))
    save_sentences(session)


def _usable(session: Session, sentence: str) -> bool:
    if tokenize(sentence, session.state.spec.text):
        return True
    session.tell(Tone.WARNING, "The probe sentence is empty.", "Type at least one word.")
    return False


def _without(values: np.ndarray, index: int) -> np.ndarray:
    return np.delete(values, index, axis=0) if index < len(values) else values


def _set(session: Session, label: str, probes: tuple[Probe, ...], values: np.ndarray) -> None:
    history = ProbeHistory(session.state.probe_history.epochs, values)
    session.apply(undo=label, probes=probes, probe_history=history)
    save_sentences(session)
