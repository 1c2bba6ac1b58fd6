"""Which network gave the answers that the Evaluate page looks at, and what it read."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.data.dataset import Dataset
from rnnstudio.engine.arrays import IntArray
from rnnstudio.project.model import Model
from rnnstudio.project.moments import moment_at
from rnnstudio.session.answers.first_words import first_words
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.answers.review import model_at
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.judged import Judged
from rnnstudio.session.state import SessionState


@dataclass(frozen=True, eq=False)
class WhoAnswered:
    """The network that answered, the data it was asked about, and how many words it read."""

    model: Model
    dataset: Dataset
    words: int | None = None

    def read(self, sequence: IntArray) -> IntArray:
        """Return what was read of a sequence of ids (T,)."""
        return sequence if self.words is None else first_words(sequence, self.words)


def who_answered(state: SessionState, now: Judged) -> WhoAnswered | None:
    """Return who gave the answers of `now`; None where there are none."""
    model, dataset = state.model, state.dataset
    if now.judgement is None or model is None or dataset is None:
        return None
    if now.judgement.against is Against.OTHER and now.rival is not None:
        return _who(now.rival.model, dataset, None)  # it has read the whole sentences
    if state.judging.epoch is not None:
        moment = moment_at(state.moments, now.epoch)
        if moment is None:
            return None
        model = model_at(model, moment)
    return _who(model, dataset, now.words)


@remembered(2)
def _who(model: Model, dataset: Dataset, words: int | None) -> WhoAnswered:
    return WhoAnswered(model, dataset, words)
