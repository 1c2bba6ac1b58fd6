"""The part of the inspector that sets a number by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, button

_STEPS = 200  # of the slider from end to end
HERE, ONWARDS = "here", "onwards"


@dataclass(frozen=True)
class Setting:
    """A number that can be set: its value, its range, what to call setting it to 0.

    `note` says what it would be by itself where it is set; `onwards` says that it is set from this
    step on, None where it is not set.
    """

    value: float
    low: float
    high: float
    off_words: str
    note: str
    onwards: bool | None


class SetByHand(QWidget):
    """A slider and a field for the number, a button that sets it to 0, here or from here on."""

    set_requested = Signal(float, bool)  # the value, whether it holds from here on

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("set_by_hand")
        self._setting: Setting | None = None
        self.heading = ElidedLabel("heading")
        self.heading.set_words("Set by hand")
        self.reach = SegmentedControl(
            (
                (HERE, "here", "Set the number at this step alone"),
                (ONWARDS, "from here on", "Set it at this step and at all that are read after it"),
            )
        )
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("value_slider")
        self.slider.setAccessibleName("The value to set")
        self.field = _Field()
        self.field.setObjectName("value_field")
        self.field.setAccessibleName("The value to set")
        self.off_button = button("Switch unit off", tooltip="Set the number to 0")
        self.off_button.setObjectName("switch_off")
        self.note = ElidedLabel("muted")
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.heading, 1)
        first.addWidget(self.reach)
        second.addWidget(self.slider, 1)
        second.addWidget(self.field)
        third.addWidget(self.off_button)
        third.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in (first, second):
            row.setSpacing(8)
            column.addLayout(row)
        column.addWidget(self.note)
        column.addLayout(third)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._on_slid)
        self.field.valueChanged.connect(self._on_entered)
        self.off_button.clicked.connect(self._on_off)

    def render(self, setting: Setting) -> None:  # type: ignore[override]
        """Show a number that can be set."""
        if setting == self._setting:
            return
        before, self._setting = self._setting, setting
        if setting.onwards is not None and (before is None or before.onwards != setting.onwards):
            self.reach.choose(ONWARDS if setting.onwards else HERE)
        value = setting.value if math.isfinite(setting.value) else 0.0
        for part in (self.slider, self.field):
            part.blockSignals(True)
        low, high = min(setting.low, value), max(setting.high, value)
        self.slider.setRange(0, _STEPS)
        self.slider.setValue(round((value - low) / (high - low) * _STEPS))
        self.field.setRange(low, high)
        self.field.setValue(value)
        for part in (self.slider, self.field):
            part.blockSignals(False)
        self.off_button.setText(setting.off_words)
        self.off_button.setEnabled(not (setting.onwards is not None and value == 0.0))
        self.note.set_words(setting.note)
        self.note.setVisible(bool(setting.note))

    def _on_slid(self, place: int) -> None:
        low, high = self.field.minimum(), self.field.maximum()
        self._ask(low + (high - low) * place / _STEPS)

    def _on_entered(self, value: float) -> None:
        self._ask(value)

    def _on_off(self) -> None:
        self._ask(0.0)

    def _ask(self, value: float) -> None:
        self._setting = None  # what comes back is shown, whatever it is
        self.set_requested.emit(value, self.reach.key == ONWARDS)


class _Slider(QSlider):
    """A slider that leaves the wheel to the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Field(QDoubleSpinBox):
    """A field that speaks when a number is confirmed, and leaves the wheel to the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(3)
        self.setSingleStep(0.05)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The slider beside it is for the mouse, the arrow keys step.
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setStyleSheet("padding: 3px 8px 2px 8px;")
        self.setFixedWidth(76)

    def textFromValue(self, value: float) -> str:
        return f"{value:.3f}".replace("-", "−")

    def valueFromText(self, text: str) -> float:
        value = _parsed(text)
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        # Everything may stand there while it is typed; what it is worth shows when it is confirmed.
        value = _parsed(text)
        known = value is not None and self.minimum() <= value <= self.maximum()
        state = QValidator.State.Acceptable if known else QValidator.State.Intermediate
        return state, text, position

    def fixup(self, text: str) -> str:
        value = _parsed(text)
        if value is None:
            return self.textFromValue(self.value())
        return self.textFromValue(min(max(value, self.minimum()), self.maximum()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _parsed(text: str) -> float | None:
    try:
        value = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
