"""The switch that says which split of the data is evaluated."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnstudio.data.table import Split
from rnnstudio.gui.controls import SegmentedControl

_TOOLTIPS = {
    Split.TRAIN: "Evaluate the train split: the sentences that the network learns from",
    Split.VALIDATION: "Evaluate the validation split: the sentences that say when to stop",
    Split.TEST: "Evaluate the test split: sentences that were kept apart",
}


class SplitSwitch(SegmentedControl):
    """train | validation | test; `chosen` carries the value of a split."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tuple((split.value, split.value, words) for split, words in _TOOLTIPS.items()), parent
        )
        self.setObjectName("split_switch")
