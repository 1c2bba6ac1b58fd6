"""The rail at the left edge: one button a page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from rnnstudio.gui.actions import ACTIONS, ActionSet
from rnnstudio.gui.icons import icon
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.chrome import RailState

WIDTH = 84


class _PageButton(QToolButton):
    """A page's button; a dot says that something is running there."""

    def __init__(self, page: str, words: str, tooltip: str) -> None:
        super().__init__()
        self.setObjectName(f"page_{page}")
        self.setProperty("role", "rail")
        self.setText(words)
        self.setToolTip(tooltip)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(26, 26))
        self.setFixedSize(68, 60)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dot: QColor | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.dot is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.dot)
        painter.drawEllipse(self.width() - 20, 8, 7, 7)
        painter.end()


class Rail(QFrame):
    """Leads to the pages that are built, in the order of the actions table."""

    page_requested = Signal(str)

    def __init__(self, pages: tuple[str, ...], actions: ActionSet, parent: QWidget | None = None):
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        self._theme = LIGHT
        self._training = False
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _PageButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 12, 7, 12)
        layout.setSpacing(4)
        for row in ACTIONS:
            page = row.key.removeprefix("page_")
            if row.key.startswith("page_") and page in pages:
                button = _PageButton(page, row.plain_words, actions[row.key].toolTip())
                self._group.addButton(button)
                self._buttons[page] = button
                layout.addWidget(button)
        layout.addStretch(1)
        self._group.buttonClicked.connect(self._on_clicked)

    def render(self, state: RailState) -> None:  # type: ignore[override]  # not Qt's painting
        """Show which page is open."""
        if state.page in self._buttons:
            self._buttons[state.page].setChecked(True)
        self._training = state.training
        self._render_dot()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        for page, button in self._buttons.items():
            button.setIcon(icon(page, theme, "muted", "accent"))
        self._render_dot()

    def _render_dot(self) -> None:
        button = self._buttons.get("train")
        if button is not None:
            button.dot = self._theme.color("accent") if self._training else None
            button.update()

    def _on_clicked(self, button: QToolButton) -> None:
        self.page_requested.emit(button.objectName().removeprefix("page_"))
