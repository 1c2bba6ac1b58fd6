"""How the Evaluate page looks at the answers."""

from __future__ import annotations

import dataclasses
from typing import Any

from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.session import Session

# What makes other cells of the matrix.
_REMAKING = frozenset({"groups", "by_entity", "merged", "against"})
# What changes which answers are in them, or are listed of them.
_ANSWERING = frozenset({"threshold", "abstain", "epoch", "words", "outcome", "sure"})


def judge(session: Session, **changes: Any) -> None:
    """Change how the answers are looked at, e.g. `judge(session, measure=Measure.MASS)`."""
    state = session.state
    judging = dataclasses.replace(state.judging, **changes)
    if judging == state.judging:
        return
    remade = any(getattr(judging, name) != getattr(state.judging, name) for name in _REMAKING)
    selection = state.selection
    if remade and selection.cells:
        selection = dataclasses.replace(selection, cells=frozenset())
    session.apply(judging=judging, selection=selection)


def judge_plainly(session: Session) -> None:
    """Count the present network's own answers by their classes, as the live matrix does."""
    plain = Judging()
    judge(session, **{name: getattr(plain, name) for name in _REMAKING | _ANSWERING})
