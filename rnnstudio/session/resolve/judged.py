"""Which answers the Evaluate page looks at, and why there are none: said once for its panels."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.session.judgement import Judgement, judge
from rnnstudio.session.resolve.evaluate import _message, _note
from rnnstudio.session.state import RunStatus, SessionState


@dataclass(frozen=True)
class Judged:
    """The judgement that is looked at, or the `message` that says why there is none.

    `note` is what the reader must know about it ("3 sentences left out: …"), `epoch` that of the
    weights that answered, `words` how many words were read (None: all), `name` the network if it
    is not the present one. `live` says that the network learns, so that the next one follows soon.
    """

    judgement: Judgement | None
    message: str = ""
    note: str = ""
    epoch: int = 0
    words: int | None = None
    name: str = ""
    live: bool = False


def judged(state: SessionState) -> Judged:
    """Return what the Evaluate page's panels show."""
    evaluation = state.evaluation
    return Judged(
        judgement=None if evaluation is None else judge(evaluation, state.judging),
        message=_message(state),
        note=_note(state),
        epoch=state.evaluation_epoch,
        live=state.run.status is RunStatus.RUNNING,
    )
