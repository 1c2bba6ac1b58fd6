"""Schedules: what the learning rate is multiplied by as training goes on."""

from __future__ import annotations

from enum import StrEnum


class ScheduleName(StrEnum):
    """The schedules there are."""

    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"
    PLATEAU = "plateau"
