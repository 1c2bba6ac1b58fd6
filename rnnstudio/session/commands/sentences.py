"""Puts the sentence and the probe sentences into the project's file."""

from __future__ import annotations

from rnnstudio.session.session import Session


def save_sentences(session: Session) -> None:
    """Write the present sentence and the probe sentences."""
    sentence = session.state.selection.sentence
    probes = session.state.probes
    session.writer.submit(lambda file: file.write_sentences(sentence, probes))
