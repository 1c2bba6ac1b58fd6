"""The data sets to choose from: built-in ones, the user's own file, and what is wrong in it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.data.problems import Problem, Severity
from rnnstudio.gui.controls import ElidedLabel, button, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.data import DataSetCard, DataSetsState

_FIRST_PROBLEMS = 3
# A file that is all wrong has as many problems as lines; nobody reads on after this many.
_MOST_PROBLEMS = 2000


class Card(QFrame):
    """A data set that can be clicked."""

    chosen = Signal()
    pointed = Signal(str)

    def __init__(self, card: DataSetCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = f"{card.title}: {card.summary}"
        self.setObjectName(f"card_{card.name or 'own'}")
        self.setProperty("role", "card")
        self.setProperty("selected", card.selected)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(card.tooltip)
        self.setAccessibleName(f"Data set {card.title}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 10)
        layout.setSpacing(3)
        title = ElidedLabel("heading")
        title.set_words(card.title)
        summary = label(card.summary, "muted")
        summary.setWordWrap(True)
        summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(title)
        layout.addWidget(summary)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit(self._words)


class DropArea(QAbstractButton):
    """A dashed box with words; the window takes the drop, a click opens a file."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self.setText(words)
        self.setObjectName("drop_area")
        self.setToolTip("Or click to choose a file")
        self.setAccessibleName(words.replace("\n", " "))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        lines = self.text().count("\n") + 1
        return QSize(180, lines * QFontMetrics(font(12)).height() + 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.underMouse() or self.hasFocus()
        pen = QPen(self._theme.color("accent" if strong else "faint"), 1.2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        painter.setPen(self._theme.color("accent" if strong else "muted"))
        painter.setFont(font(12))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class DataSetsPanel(Panel):
    """Cards, a place to drop files, and the problems of the file that is open."""

    builtin_chosen = Signal(str)  # the set's name
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Data sets", parent=parent)
        self._state: DataSetsState | None = None
        self._show_all = False
        open_button = button(
            "Open…", "quiet", "Open a file of sentences: CSV, TSV, text or CoNLL (Ctrl+O)"
        )
        open_button.setObjectName("open_data")
        open_button.clicked.connect(self.open_requested)
        self.header.addWidget(open_button)

        content = QWidget()
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(0, 0, 4, 0)
        self._content.setSpacing(8)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self._content.addLayout(self._cards)
        self._content.addWidget(self._make_drop_area())
        self._content.addWidget(self._make_problems())
        self._content.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        self.body.addWidget(scroll)
        self.set_title("Data sets")
        self.setMinimumWidth(222)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.drop_area.set_theme(theme)

    def _make_drop_area(self) -> QWidget:
        self.drop_area = DropArea("Drop a CSV, TSV or CoNLL\nfile, or a folder, here")
        self.drop_area.clicked.connect(self.open_requested)
        return self.drop_area

    def _make_problems(self) -> QWidget:
        self.problems = QWidget()
        layout = QVBoxLayout(self.problems)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(4)
        self.problems_title = label("", "heading")
        self.first_problems = label("", "muted")
        for part in (self.problems_title, self.first_problems):
            part.setWordWrap(True)
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.first_problems.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.all_problems = QPlainTextEdit()
        self.all_problems.setReadOnly(True)
        self.all_problems.setMinimumHeight(180)
        self.all_problems.hide()
        self.more_button = button("", "link")
        self.more_button.setObjectName("all_problems")
        self.more_button.clicked.connect(self._on_more_clicked)
        for widget in (
            self.problems_title,
            self.first_problems,
            self.all_problems,
            self.more_button,
        ):
            layout.addWidget(widget)
        return self.problems

    def render(self, state: DataSetsState) -> None:  # type: ignore[override]
        """Show the cards and problems."""
        previous, self._state = self._state, state
        if previous is None or previous.cards != state.cards:
            self._render_cards(state)
        if previous is None or previous.problems is not state.problems:
            self._show_all = False
            self._render_problems(state.problems)

    def _render_cards(self, state: DataSetsState) -> None:
        focused = self.focusWidget()
        name = focused.objectName() if isinstance(focused, Card) else ""
        while (item := self._cards.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for entry in state.cards:
            card = Card(entry)
            if entry.name is not None:
                card.chosen.connect(self._on_card_chosen)
            card.setProperty("data_set", entry.name or "")
            card.pointed.connect(self.hinted)
            self._cards.addWidget(card)
            if card.objectName() == name:
                card.setFocus()

    def _on_card_chosen(self) -> None:
        card = self.sender()
        assert isinstance(card, Card)
        self.builtin_chosen.emit(str(card.property("data_set")))

    def _render_problems(self, problems: tuple[Problem, ...]) -> None:
        self.problems.setVisible(bool(problems))
        if not problems:
            return
        serious = sum(problem.severity is not Severity.NOTE for problem in problems)
        word = "problem" if serious else "remark"
        count = len(problems)
        self.problems_title.setText(f"{count:,} {word}{'' if count == 1 else 's'} in the data")
        first = "\n".join(_in_words(problem) for problem in problems[:_FIRST_PROBLEMS])
        self.first_problems.setText(first)
        self.first_problems.setVisible(not self._show_all)
        self.all_problems.setVisible(self._show_all)
        if self._show_all:
            lines = [_in_words(problem) for problem in problems[:_MOST_PROBLEMS]]
            if count > _MOST_PROBLEMS:
                lines.append(f"… and {count - _MOST_PROBLEMS:,} more")
            self.all_problems.setPlainText("\n".join(lines))
        self.more_button.setVisible(count > _FIRST_PROBLEMS)
        self.more_button.setText("Show fewer" if self._show_all else f"Show all {count:,}")

    def _on_more_clicked(self) -> None:
        if self._state is not None:
            self._show_all = not self._show_all
            self._render_problems(self._state.problems)

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or not self._state.problems:
            return None
        rows = [["file", "line", "problem", "what to do"]]
        for problem in self._state.problems:
            line = "" if problem.line is None else str(problem.line)
            rows.append([problem.path or "", line, problem.message, problem.hint])
        return rows


def _in_words(problem: Problem) -> str:
    # A message may quote what it found: a line of 5 MB is not for the screen.
    text = str(problem)
    return f"• {text if len(text) <= 300 else text[:299] + '…'}"
