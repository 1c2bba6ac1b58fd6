"""The newest answers of other epochs and of parts of sentences: to go back to one is instant."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.parameters import Parameters
from rnnstudio.project.evaluation import Evaluation

MOST_REVIEWS = 64
MOST_BYTES = 64_000_000


class Asked(NamedTuple):
    """What was asked: these weights, a split of the data, after `words` words (None: all).

    Weights and data are the same only as the same objects.
    """

    parameters: Parameters
    dataset: Dataset
    split: Split
    words: int | None


class Answered(NamedTuple):
    """The answers; None where there are none, and `problem` says why."""

    evaluation: Evaluation | None
    problem: str = ""


class Reviews:
    """Keeps a few answers, up to a size that the computer does not notice."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Asked, Answered] = OrderedDict()

    def __len__(self) -> int:
        """The number of answers that are kept."""
        return len(self._kept)

    def get(self, asked: Asked) -> Answered | None:
        """Return the answers to what is asked, if they are kept."""
        if asked in self._kept:
            self._kept.move_to_end(asked)
        return self._kept.get(asked)

    def keep(self, asked: Asked, answered: Answered) -> None:
        """Keep answers; those about other data go, and the oldest of too many."""
        for other in [one for one in self._kept if one.dataset is not asked.dataset]:
            del self._kept[other]
        self._kept[asked] = answered
        self._kept.move_to_end(asked)
        size = sum(map(_size, self._kept.values()))
        while len(self._kept) > 1 and (len(self._kept) > MOST_REVIEWS or size > self._most_bytes):
            _, oldest = self._kept.popitem(last=False)
            size -= _size(oldest)


def _size(answered: Answered) -> int:
    one = answered.evaluation
    if one is None:
        return 0
    return sum(a.nbytes for a in (one.probabilities, one.rows, one.truth, one.predicted, one.steps))
