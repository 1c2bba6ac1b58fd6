"""The top bar: project, how the training stands, and the buttons for it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.gui.actions import ActionSet
from rnnstudio.gui.controls import ElidedLabel, button, label
from rnnstudio.gui.icons import LogoView, icon
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.chrome import Figure, TopBarState

HEIGHT = 60
# Narrower than this the program's name and the curve make room for the project and the numbers.
_FULL_WIDTH = 1130


class Sparkline(QWidget):
    """A small curve without axes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(104, 36)
        self._values: tuple[float, ...] = ()
        self._theme = LIGHT

    def set_values(self, values: tuple[float, ...]) -> None:
        """Draw `values` from left to right, the largest at the top."""
        if values != self._values:
            self._values = values
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(2, 4, -4, -4)
        if len(self._values) < 2:
            painter.setPen(QPen(self._theme.color("track"), 2))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        else:
            low, high = min(self._values), max(self._values)
            across = area.width() / (len(self._values) - 1)
            up = area.height() / (high - low) if high > low else 0.0
            points = [
                QPointF(area.left() + across * place, area.bottom() - up * (value - low))
                for place, value in enumerate(self._values)
            ]
            pen = QPen(self._theme.color("train"), 2)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))
        painter.end()


class _FigureView(QWidget):
    """A number over its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._figure: Figure | None = None
        self.value = label("", "figure")
        self.name = label("", "figure-name")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addStretch(1)
        layout.addWidget(self.value)
        layout.addWidget(self.name)
        layout.addStretch(1)

    def show_figure(self, figure: Figure) -> None:
        if figure == self._figure:
            return
        self._figure = figure
        self.value.setText(figure.value)
        self.name.setText(figure.name)
        self.setToolTip(figure.hint)
        self.setAccessibleName(f"{figure.name}: {figure.value}")


class TopBar(QFrame):
    """The same on every page."""

    def __init__(
        self, actions: ActionSet, menus: list[QMenu], parent: QWidget | None = None
    ) -> None:
        """Make the bar.

        Args:
            actions: what the buttons trigger.
            menus: dropped by the ☰ button; none where the system has a menu bar.
        """
        super().__init__(parent)
        self.setProperty("role", "topbar")
        self.setFixedHeight(HEIGHT)
        self._actions = actions
        self._theme = LIGHT
        self.menu_button = self._menu_button(menus)
        self.logo = LogoView()
        self.program = label("RNN Studio", "program")
        self.project = ElidedLabel("project")
        self.project.setObjectName("project")
        self.unsaved = label("unsaved", "chip")
        self.unsaved.setObjectName("unsaved")
        self.sparkline = Sparkline()
        self.sparkline.setToolTip("Training loss so far")
        self._sparkline_line = _line()
        self._figures = [_FigureView(name) for name in ("epoch", "loss", "accuracy")]
        self.reset = self._button("reset")
        self.step = self._button("one_batch", "Step")
        self.train = self._button("train", "Train", "primary")
        self.train.setMinimumWidth(98)  # does not jump between Train and Pause
        self.theme_button = self._button("dark")
        self._lay_out()
        for action in (actions["train"], actions["one_batch"], actions["reset"]):
            action.changed.connect(self._render_buttons)
        self._render_buttons()

    def _lay_out(self) -> None:
        left = QHBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.menu_button)
        left.addWidget(self.logo)
        left.addWidget(self.program)
        left.addSpacing(4)
        left.addWidget(self.project)
        left.addWidget(self.unsaved, alignment=Qt.AlignmentFlag.AlignVCenter)
        left.addStretch(1)
        figures = QHBoxLayout()
        figures.setSpacing(12)
        figures.addWidget(self._sparkline_line)
        figures.addWidget(self.sparkline)
        for view in self._figures:
            figures.addWidget(_line())
            figures.addWidget(view)
            figures.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for part in (self.reset, self.step, self.train, self.theme_button):
            buttons.addWidget(part)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 0, 16, 0)
        layout.setSpacing(12)
        layout.addLayout(left, 1)
        layout.addLayout(figures)
        layout.addLayout(buttons)

    def render(self, state: TopBarState) -> None:  # type: ignore[override]
        """Show project and training."""
        self.project.set_words(f"{state.project} · {state.network}")
        self.unsaved.setVisible(state.unsaved)
        self.sparkline.set_values(state.sparkline)
        for view, figure in zip(self._figures, state.figures, strict=True):
            view.show_figure(figure)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.sparkline.set_theme(theme)
        self.logo.set_theme(theme)
        self.menu_button.setIcon(icon("menu", theme, "text"))
        self.reset.setIcon(icon("reset", theme, "text"))
        self.step.setIcon(icon("step", theme, "text"))
        self.theme_button.setIcon(icon("light" if theme.name == "dark" else "dark", theme, "text"))
        self._render_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = self.width() >= _FULL_WIDTH
        for part in (self.program, self.sparkline, self._sparkline_line):
            part.setVisible(wide)

    def _render_buttons(self) -> None:
        """Let the buttons say what their actions say."""
        for part, key in ((self.reset, "reset"), (self.step, "one_batch"), (self.train, "train")):
            part.setEnabled(self._actions[key].isEnabled())
        words = self._actions["train"].text().replace("&", "")
        self.train.setText(words)
        role = "on_accent" if self.train.isEnabled() else "muted"
        self.train.setIcon(icon("pause" if words == "Pause" else "play", self._theme, role))

    def _button(self, key: str, words: str = "", role: str = "") -> QPushButton:
        action = self._actions[key]
        result = button(words, role, action.toolTip())
        result.setObjectName(f"{key}_button")
        result.setAccessibleName(words or action.text().replace("&", ""))
        result.setIconSize(QSize(16, 16))
        if not words:
            result.setProperty("square", True)
        result.clicked.connect(action.trigger)
        return result

    def _menu_button(self, menus: list[QMenu]) -> QToolButton:
        result = QToolButton()
        result.setObjectName("menu_button")
        result.setToolTip("Menu (F10)")
        result.setAccessibleName("Menu")
        result.setIconSize(QSize(20, 20))
        result.setShortcut("F10")
        result.setCursor(Qt.CursorShape.PointingHandCursor)
        result.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        result.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        whole = QMenu(result)
        for menu in menus:
            whole.addMenu(menu)
        result.setMenu(whole)
        result.setVisible(bool(menus))
        return result


def _line() -> QFrame:
    result = QFrame()
    result.setProperty("role", "divider")
    result.setFixedSize(1, 36)
    return result
