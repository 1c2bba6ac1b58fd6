"""The weights of a run at the end of one of its epochs."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.engine.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Moment:
    """The weights at the end of an epoch (0: before the first batch), read-only."""

    epoch: int
    step: int
    parameters: Parameters
