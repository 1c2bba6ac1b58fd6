"""Of which moment of training weights are, in words: said alike wherever they answer."""

from __future__ import annotations

from rnnstudio.project.model import Model
from rnnstudio.session.state import RunState, RunStatus


def is_within(run: RunState, model: Model) -> bool:
    """Whether a network's weights are from within the epoch that follows `model.epoch`."""
    return run.status is not RunStatus.FINISHED and run.epoch > model.epoch


def weights_in_words(epoch: int, within: bool = False) -> str:
    """Say when weights were learned: "after epoch 12", or "within epoch 13" before it has ended.

    Args:
        epoch: the last one that had ended.
        within: whether the next one had begun.
    """
    if within:
        return f"within epoch {epoch + 1:,}"
    return f"after epoch {epoch:,}" if epoch else "before training"
