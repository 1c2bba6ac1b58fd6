"""The sentences that were tried, the newest first."""

from __future__ import annotations

from rnnstudio.session.sentence import step_count
from rnnstudio.session.session import Session

MOST_TRIED = 50


def remember_sentence(session: Session) -> None:
    """Put the present sentence first among those that were tried, if it has a word."""
    state = session.state
    sentence = state.selection.sentence
    if state.tried[:1] == (sentence,) or not step_count(state):
        return
    others = [one for one in state.tried if one.strip() != sentence.strip()]
    session.apply(tried=(sentence, *others)[:MOST_TRIED])
