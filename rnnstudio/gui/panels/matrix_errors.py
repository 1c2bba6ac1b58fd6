"""The most frequent errors in words, each a link to its cell; as a list or in a menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from rnnstudio.gui.controls import button, label

Errors = Sequence[tuple[tuple[int, int], str]]  # a cell and its sentence

MOST = 6  # lines of the list
_AROUND = 40  # pixels beside the words of a button: padding, chevron, border
_LONGEST = 120  # characters: labels of 40 letters twice in a sentence are not to widen the panel


class ErrorList(QWidget):
    """A heading and the first errors below it."""

    cell_requested = Signal(object)  # (row, column)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors: Errors = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(2)
        self.heading = label("Most frequent errors", "heading")
        layout.addWidget(self.heading)
        self.links = [button("", "link", "Show these sentences") for _ in range(MOST)]
        for place, link in enumerate(self.links):
            link.setObjectName(f"error_{place}")
            link.setMinimumWidth(60)  # a long sentence is cut, it does not widen the panel
            link.clicked.connect(partial(self._on_clicked, place))
            layout.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.none = label("There are none.", "muted")
        layout.addWidget(self.none)

    def show_errors(self, errors: Errors, number: int, heading: str) -> None:
        """Show the first `number` of them."""
        self._errors = errors
        self.heading.setText(heading)
        for place, link in enumerate(self.links):
            there = place < min(len(errors), number)
            link.setVisible(there)
            if there:
                link.setText(_cut(errors[place][1]).replace("&", "&&"))
                link.setToolTip(f"Show these sentences: {errors[place][1]}")
        self.none.setVisible(not errors)

    def _on_clicked(self, place: int, _checked: bool = False) -> None:
        if place < len(self._errors):
            self.cell_requested.emit(self._errors[place][0])


class ErrorMenu(QPushButton):
    """A button whose menu has the errors, where there is no room for the list."""

    cell_requested = Signal(object)  # (row, column)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Top errors", parent)
        self._errors: Errors = ()
        self.setObjectName("top_errors")
        self.setProperty("role", "segment")
        self.setProperty("place", "only")
        self.setProperty("hasMenu", "true")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMenu(QMenu(self))

    def sizeHint(self) -> QSize:
        # The style counts no room for the chevron.
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + _AROUND, super().sizeHint().height())

    def show_errors(self, errors: Errors, heading: str) -> None:
        """Offer these, named as above the list: "Most frequent errors"."""
        self.setText(f"Top {heading.rsplit(' ', 1)[-1]}")
        self.setToolTip(f"{heading} in words; choose one to see its sentences")
        self.updateGeometry()
        self.setEnabled(bool(errors))
        if tuple(errors) == tuple(self._errors):
            return
        self._errors = tuple(errors)
        menu = self.menu()
        menu.clear()
        for cell, words in self._errors:
            action = menu.addAction(_cut(words).replace("&", "&&"))
            action.triggered.connect(partial(self._on_chosen, cell))

    def _on_chosen(self, cell: tuple[int, int], _checked: bool = False) -> None:
        self.cell_requested.emit(cell)


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1]}…"
