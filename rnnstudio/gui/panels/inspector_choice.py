"""A row of joined buttons whose names change, with a list for those that have no button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

_MORE = "…"


@dataclass(frozen=True)
class Option:
    """What can be chosen: `name` on its button, `words` for it, and what a list has of it."""

    key: str
    name: str
    words: str
    listed: str = ""


class ChoiceRow(QWidget):
    """The pressed button's option is chosen; those that are not among the first are in a list."""

    chosen = Signal(str)  # the option's key

    def __init__(self, most: int, name: str) -> None:
        """Make room for `most` buttons, called `name`_0 and so on."""
        super().__init__()
        self._options: tuple[Option, ...] = ()
        self._others: tuple[Option, ...] = ()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._buttons = [self._button(f"{name}_{place}") for place in range(most)]
        self.more = self._button(f"{name}_more")
        self.menu = QMenu(self)
        # In no group: of one that is not exclusive Qt lets the keyboard reach one button alone.
        for place, button in enumerate(self._buttons):
            button.clicked.connect(partial(self._on_clicked, place))
            layout.addWidget(button)
        self.more.clicked.connect(self._on_more_clicked)
        layout.addWidget(self.more)
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.menu.triggered.connect(self._on_triggered)

    @staticmethod
    def _button(name: str) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.setProperty("role", "segment")
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def show_options(
        self, options: Sequence[Option], others: Sequence[Option], chosen: str
    ) -> None:
        """Show a button for each of `options`, and the list of `others` where there are any."""
        self._options, self._others = tuple(options), tuple(others)
        last = len(options) - (0 if others else 1)
        for place, button in enumerate(self._buttons):
            seen = place < len(options)
            button.setVisible(seen)
            if seen:
                self._dress(button, options[place], chosen)
                self._set_place(button, place, last)
        self.more.setVisible(bool(others))
        listed = next((one for one in others if one.key == chosen), None)
        if others:
            words = "; ".join(one.name for one in others[:12])
            self._dress(self.more, listed or Option("", _MORE, f"Others: {words}"), chosen)
            self._set_place(self.more, last, last)

    @staticmethod
    def _dress(button: QPushButton, option: Option, chosen: str) -> None:
        if button.text() != option.name:
            button.setText(option.name)
        if button.toolTip() != option.words:
            button.setToolTip(option.words)
            button.setAccessibleName(option.words)
        button.setChecked(option.key == chosen)

    def _on_clicked(self, place: int) -> None:
        for button in self._buttons:
            button.setChecked(button is self._buttons[place])
        self.more.setChecked(False)
        self.chosen.emit(self._options[place].key)

    def _on_more_clicked(self) -> None:
        self.more.setChecked(not self.more.isChecked())  # choosing decides, not opening the list
        self.fill_menu()
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def fill_menu(self) -> None:
        """Put the other options into the list."""
        self.menu.clear()
        for option in self._others:
            words = option.listed or option.words
            action = QAction(words.replace("&", "&&"), self.menu)
            action.setData(option.key)
            self.menu.addAction(action)

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))

    @staticmethod
    def _set_place(button: QAbstractButton, place: int, last: int) -> None:
        words = "only" if not last else {0: "first", last: "last"}.get(place, "middle")
        if button.property("place") != words:
            button.setProperty("place", words)
            button.style().unpolish(button)
            button.style().polish(button)
