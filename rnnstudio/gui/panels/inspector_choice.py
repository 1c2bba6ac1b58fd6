"""A row of joined buttons whose names change, with a list for those that have no button.

Names that have no room are cut, the longest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
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
    """What can be chosen: `name` on its button, `words` for it, and what a list has of it.

    `short` stands on the button where the names, once cut, could not be told apart.
    """

    key: str
    name: str
    words: str
    listed: str = ""
    short: str = ""


class ChoiceRow(QWidget):
    """The pressed button's option is chosen; those that are not among the first are in a list."""

    chosen = Signal(str)  # the option's key

    def __init__(self, most: int, name: str) -> None:
        """Make room for `most` buttons, called `name`_0 and so on."""
        super().__init__()
        self._options: tuple[Option, ...] = ()
        self._others: tuple[Option, ...] = ()
        self._names: dict[QPushButton, str] = {}  # whole
        self._short: dict[QPushButton, str] = {}
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

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(sum(map(self._whole_width, self._seen)), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    @property
    def _seen(self) -> list[QPushButton]:
        return [one for one in (*self._buttons, self.more) if not one.isHidden()]

    @staticmethod
    def _around(button: QPushButton) -> int:
        """Return how much wider a button is than its name."""
        name = button.fontMetrics().horizontalAdvance(button.text())
        return button.sizeHint().width() - name

    def _whole_width(self, button: QPushButton) -> int:
        name = button.fontMetrics().horizontalAdvance(self._names.get(button, ""))
        return name + self._around(button)

    def _fit(self) -> None:
        """Write each name whole, or cut as far as the room asks for."""
        seen = self._seen
        most = fitted_width([self._whole_width(one) for one in seen], self.width())
        cut = {one: self._cut(one, self._names.get(one, ""), most) for one in seen}
        if len(set(cut.values())) < len({self._names.get(one, "") for one in seen}):
            cut = {one: self._cut(one, self._short.get(one, ""), most) for one in seen}
        for button, name in cut.items():
            if button.text() != name:
                button.setText(name)

    def _cut(self, button: QPushButton, name: str, width: int) -> str:
        if self._around(button) + button.fontMetrics().horizontalAdvance(name) <= width:
            return name
        room = max(width - self._around(button), 0)
        return button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room) or _MORE

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
        self.updateGeometry()
        self._fit()

    def _dress(self, button: QPushButton, option: Option, chosen: str) -> None:
        self._names[button], self._short[button] = option.name, option.short or option.name
        if not button.text():
            button.setText(option.name)  # one without words is no measure of its edges
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


def fitted_width(widths: Sequence[int], room: int) -> int:
    """Return the greatest width that each may have so that all together have room."""
    left = room
    for place, width in enumerate(sorted(widths)):
        share = left // (len(widths) - place)
        if width > share:
            return share
        left -= width
    return max(widths, default=0)
