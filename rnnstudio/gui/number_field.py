"""A number to type or to step through, which may have a word for "none"."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from rnnstudio.project.spec import Limit

# Below what anybody would type as a learning rate or a norm.
_DECIMALS = 8


class NumberField(QDoubleSpinBox):
    """A spin box that steps along a series of good values and speaks only of valid numbers.

    `committed` carries the limit's key and the number (an int where the limit is whole, None for
    the word of `off`) when it is confirmed by Enter, by leaving the field or by a step, and only
    if it changed. `rejected` carries words about an entry that was not taken; the field goes back
    to the last number.
    """

    committed = Signal(str, object)
    rejected = Signal(str)

    def __init__(
        self,
        limit: Limit,
        series: Sequence[float] = (),
        off: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make a field for the range of `limit`.

        Args:
            series: ascending values that the steps lead to; steps of 1 where it is empty.
            off: the word for None, e.g. "off"; it stands one step below the first of the series.
        """
        super().__init__(parent)
        self._limit = limit
        self._series = tuple(series)
        self._off = off
        self._value: float | int | None = None
        self._low = limit.low if limit.low_allowed else 10.0**-_DECIMALS
        self.setDecimals(0 if limit.whole else _DECIMALS)
        # "off" is the number just below the range, where Qt shows the special text.
        self.setRange(0.0 if off else self._low, limit.high)
        self.setSpecialValueText(off)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._on_value_changed)
        self.editingFinished.connect(self._forget_typing)

    @property
    def number(self) -> float | int | None:
        """The number that is shown."""
        return self._value

    def set_number(self, value: float | int | None) -> None:
        """Show a number without saying so in a signal; what is being typed stays."""
        if value == self._value and self._shows(value):
            return
        self._value = value
        self.blockSignals(True)
        self.setValue(0.0 if value is None else value)
        self.blockSignals(False)

    def textFromValue(self, value: float) -> str:
        if self._limit.whole:
            return str(round(value))
        return np.format_float_positional(value, precision=_DECIMALS, trim="0")

    def valueFromText(self, text: str) -> float:
        value = self._parsed(text)
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        # Everything may stand there while it is typed; what it is worth shows when it is confirmed.
        known = self._parsed(text) is not None
        state = QValidator.State.Acceptable if known else QValidator.State.Intermediate
        return state, text, position

    def fixup(self, text: str) -> str:
        low, high = (self.textFromValue(bound) for bound in (self._low, self._limit.high))
        kind = "a whole number" if self._limit.whole else "a number"
        least = f"from {low} to" if self._limit.low_allowed else "above 0, at most"
        word = f", or “{self._off}”" if self._off else ""
        entry = text if len(text) <= 20 else f"{text[:20]}…"
        self.rejected.emit(
            f"{self._limit.title}: “{entry}” was not taken: {kind} {least} {high}{word}."
        )
        return self._off if self._value is None else self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        self.interpretText()
        for _ in range(abs(steps)):
            self.setValue(self._next(self.value(), steps > 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The page scrolls over a field that nobody is in.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _forget_typing(self) -> None:
        """Leave nothing for the line's own undo: from now on undo means the program's."""
        line = self.lineEdit()
        if line.isUndoAvailable() or line.isRedoAvailable():
            selected = line.hasSelectedText()
            line.blockSignals(True)
            line.setText(line.text())
            line.blockSignals(False)
            if selected:
                line.selectAll()

    def _shows(self, value: float | int | None) -> bool:
        return self.value() == (0.0 if value is None else value)

    def _next(self, value: float, up: bool) -> float:
        if not self._series:
            return value + (1.0 if up else -1.0)
        place = bisect_right(self._series, value) if up else bisect_left(self._series, value) - 1
        if place < 0:
            return self.minimum()
        return self._series[place] if place < len(self._series) else self.maximum()

    def _parsed(self, text: str) -> float | None:
        word = text.strip().lower()
        if self._off and word in ("", self._off):
            return 0.0
        try:
            value = float(word.replace(",", ".")) if not self._limit.whole else float(int(word))
        except ValueError:
            return None
        return value if self._low <= value <= self._limit.high else None

    def _on_value_changed(self, value: float) -> None:
        number: float | int | None = round(value) if self._limit.whole else float(value)
        if self._off and value < self._low:
            number = None
        if number != self._value:
            self._value = number
            self.committed.emit(self._limit.key, number)
