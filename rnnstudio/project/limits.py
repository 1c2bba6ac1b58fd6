"""The range of each number among the settings, in one table, and the greatest size of a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rnnstudio.engine.network import MOST_LAYERS, Cell, NetworkSpec
from rnnstudio.errors import RnnStudioError


@dataclass(frozen=True)
class Limit:
    """The range of one number among the settings; `key` is its place, e.g. "model.units"."""

    key: str
    title: str
    low: float
    high: float
    whole: bool
    low_allowed: bool = True
    high_allowed: bool = True

    def faults(self, value: float) -> Iterator[tuple[str, str]]:
        """What is wrong with a value, and what to do, each in a sentence; none if it is allowed."""
        whole = isinstance(value, int) or not self.whole
        inside = self.low <= value <= self.high
        inside = inside and (self.low_allowed or value > self.low)
        inside = inside and (self.high_allowed or value < self.high)
        if whole and inside:
            return
        number = "a whole number" if self.whole else "a number"
        low = "from" if self.low_allowed else "above"
        high = "to" if self.high_allowed else "to below"
        yield (
            f"{self.title} is {_spelled(value)}.",
            f"Choose {number} {low} {_spelled(self.low)} {high} {_spelled(self.high)}.",
        )


# One table for `validate`, the command line's help and the spin boxes.
LIMITS: dict[str, Limit] = {
    limit.key: limit
    for limit in (
        Limit("data.validation", "The validation share", 0.0, 0.9, whole=False),
        Limit("data.test", "The test share", 0.0, 0.9, whole=False),
        Limit("data.seed", "The seed of the splits", 0, 2**32 - 1, whole=True),
        Limit("text.minimum_count", "The smallest word count", 1, 1_000_000, whole=True),
        Limit("text.maximum_words", "The largest vocabulary", 1, 10_000_000, whole=True),
        Limit("text.longest", "The longest length", 1, 1_000_000, whole=True),
        Limit("model.layers", "The number of layers", 1, MOST_LAYERS, whole=True),
        Limit("model.units", "The number of units", 1, 2048, whole=True),
        Limit("model.embedding", "The embedding size", 1, 2048, whole=True),
        Limit("model.forget_bias", "The forget-gate bias", -100.0, 100.0, whole=False),
        Limit("model.dropout", "The dropout", 0.0, 0.95, whole=False),
        Limit("training.learning_rate", "The learning rate", 0.0, 10.0, False, low_allowed=False),
        Limit("training.momentum", "The momentum", 0.0, 1.0, False, high_allowed=False),
        Limit("training.weight_decay", "The weight decay", 0.0, 10.0, whole=False),
        Limit("training.decay_epochs", "The epochs between decays", 1, 100_000, whole=True),
        Limit("training.decay_factor", "The decay factor", 0.0, 1.0, False, low_allowed=False),
        Limit("training.warmup", "The number of warm-up batches", 0, 1_000_000, whole=True),
        Limit("training.batch_size", "The batch size", 1, 10_000, whole=True),
        Limit("training.epochs", "The number of epochs", 1, 100_000, whole=True),
        Limit("training.clip_norm", "The clipping norm", 0.0, 1e6, False, low_allowed=False),
        Limit("training.clip_value", "The clipping value", 0.0, 1e6, False, low_allowed=False),
        Limit("training.patience", "The patience", 1, 100_000, whole=True),
        Limit(
            "training.label_smoothing", "The label smoothing", 0.0, 1.0, False, high_allowed=False
        ),
        Limit("training.truncation", "The truncation", 1, 1_000_000, whole=True),
        Limit("training.seed", "The seed", 0, 2**32 - 1, whole=True),
    )
}

# Weights of a run, about the most that fit: training keeps its gradient, two moments and the best
# beside them, 20 bytes in all for each, which is 1 GB here.
MOST_PARAMETERS = 50_000_000
# Positions with weights of their own, about the most whose names and shapes are made in no time.
MOST_POSITIONS = 10_000


def _spelled(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def require_size(network: NetworkSpec) -> None:
    """Do nothing if a network can be made on an ordinary computer.

    Raises:
        RnnStudioError: it has too many weights or too many positions; the message counts them.
    """
    if network.longest is not None and network.longest > MOST_POSITIONS:
        raise RnnStudioError(
            f"The cell {network.cell} has weights for each position, and the longest sentence has "
            f"{network.longest:,} words; at most {MOST_POSITIONS:,} are possible.",
            "Set a longest length for the text, or choose another cell.",
        )
    count = network.parameter_count
    if count > MOST_PARAMETERS:
        why = ""
        if network.cell is Cell.HISTORY:
            why = (
                f": step t has weights for all {network.inputs:,} inputs of each word up to t, and "
                f"there are {network.longest:,} steps"
            )
        raise RnnStudioError(
            f"The network would have {count:,} weights{why}; at most {MOST_PARAMETERS:,} are "
            "possible.",
            "Choose fewer units, an embedding instead of one-hot input, a smaller vocabulary or "
            "a longest length for the text.",
        )
