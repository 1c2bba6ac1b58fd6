"""The inspector's first line: the way back, which number it is, and ways to copy it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QStylePainter,
    QToolButton,
    QWidget,
)

from rnnstudio.gui.controls import tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.theme import Theme

_COPIES = (
    ("latex", "Copy as LaTeX"),
    ("numpy", "Copy as NumPy"),
    ("text", "Copy as text"),
)
_PADDING = 8  # as the style sheet has it
_LONG = 20  # letters from which the words may be cut


class InspectorHead(QWidget):
    """A chip with the number's name between signs to click."""

    back_requested = Signal()
    clear_requested = Signal()
    copy_requested = Signal(str)  # "latex", "numpy" or "text"

    def __init__(self) -> None:
        super().__init__()
        self.back_button = tool_button("", "Back")
        self.back_button.setObjectName("back")
        self.chip = Chip()
        self.clear_button = tool_button("", "Look at the prediction instead of a unit")
        self.clear_button.setObjectName("clear_unit")
        self.clear_button.setIconSize(QSize(12, 12))
        self.copy_button = tool_button("", "Copy the formula with its numbers")
        self.copy_button.setObjectName("copy_formula")
        self.copy_menu = QMenu(self)
        for key, words in _COPIES:
            self.copy_menu.addAction(words).setData(key)
        self.copy_button.setMenu(self.copy_menu)
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.back_button)
        row.addWidget(self.chip)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.back_button.clicked.connect(self.back_requested)
        self.clear_button.clicked.connect(self.clear_requested)
        self.copy_menu.triggered.connect(self._on_copy_chosen)

    def show_way_back(self, words: str) -> None:
        """Say where the way back leads to; "" where there is none."""
        self.back_button.setVisible(bool(words))
        if words:
            words = f"Back to {words} (Alt+Left, Backspace)"
            self.back_button.setToolTip(words)
            self.back_button.setAccessibleName(words)

    def set_theme(self, theme: Theme) -> None:
        """Draw the signs in the colours of `theme`."""
        self.back_button.setIcon(icon("undo", theme))
        self.clear_button.setIcon(icon("close", theme))
        self.copy_button.setIcon(icon("copy", theme))

    def _on_copy_chosen(self, action: QAction) -> None:
        self.copy_requested.emit(str(action.data()))


class Chip(QLabel):
    """Names the number; it is as wide as its words need, and cut where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "chip")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str) -> None:
        """Show `words`; line breaks become spaces."""
        words = " ".join(words.split())
        if words != self.text():
            self.setText(words)
            self.setAccessibleName(words)
            self.setToolTip(words if len(words) > _LONG else "")

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOption()
        option.initFrom(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
        area = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, area.width() + 1
        )
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
