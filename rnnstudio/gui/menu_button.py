"""A button that shows what is chosen and opens a menu with all there is to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget, QWidgetAction

from rnnstudio.gui.controls import label

_AROUND = 40  # pixels beside the words: padding, chevron, border


@dataclass(frozen=True)
class Choice:
    """One line of a menu: `key` is what `chosen` carries, `why_not` says why it cannot be."""

    key: object
    words: str
    tooltip: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Section:
    """Lines of a menu of which one is chosen at a time, below a `heading`.

    With `folded` they stand in a menu of their own, which opens from the heading.
    """

    heading: str
    choices: tuple[Choice, ...]
    folded: bool = False


class MenuButton(QPushButton):
    """`chosen` carries the key of what the user has chosen; showing a choice says nothing."""

    chosen = Signal(object)

    def __init__(self, name: str, tooltip: str, parent: QWidget | None = None) -> None:
        """Make a button that is called `name` aloud."""
        super().__init__(parent)
        self._name = name
        self._sections: tuple[Section, ...] | None = None
        self._actions: dict[object, QAction] = {}
        self._groups: list[QActionGroup] = []
        self.setToolTip(tooltip)
        self.setAccessibleName(name)
        self.setProperty("hasMenu", "true")
        self.setProperty("role", "segment")
        self.setProperty("place", "only")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.setSeparatorsCollapsible(False)  # headings are such, too
        self.setMenu(menu)

    def show_choices(self, sections: Sequence[Section]) -> None:
        """Offer other choices."""
        if tuple(sections) == self._sections:
            return
        self._sections = tuple(sections)
        menu = self.menu()
        menu.clear()
        for group in self._groups:
            group.deleteLater()
        self._groups, self._actions = [], {}
        for place, section in enumerate(sections):
            if place:
                menu.addSeparator()
            inside = menu
            if section.folded:
                inside = menu.addMenu(section.heading)
                inside.setToolTipsVisible(True)
            elif section.heading:
                menu.addAction(_heading(section.heading, menu))
            self._fill(inside, section)

    def show_chosen(self, words: str, *keys: object) -> None:
        """Show `words` on the button and `keys` as chosen."""
        self.setText(words)
        self.setAccessibleName(f"{self._name}: {words}")
        for key, action in self._actions.items():
            action.setChecked(key in keys)

    def choice(self, key: object) -> QAction:
        """Return the line of a key."""
        return self._actions[key]

    @property
    def keys(self) -> list[object]:
        """All keys, from the top of the menu down."""
        return list(self._actions)

    def sizeHint(self) -> QSize:
        # The style counts no room for the chevron.
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + _AROUND, super().sizeHint().height())

    def _fill(self, menu: QMenu, section: Section) -> None:
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        self._groups.append(group)
        for choice in section.choices:
            action = menu.addAction(choice.words.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(len(self._actions))
            action.setToolTip(choice.why_not or choice.tooltip or choice.words)
            action.setEnabled(not choice.why_not)
            group.addAction(action)
            self._actions[choice.key] = action
        group.triggered.connect(self._on_triggered)

    def _on_triggered(self, action: QAction) -> None:
        key = self.keys[int(action.data())]
        # What is chosen shows when it is rendered, not before.
        action.setChecked(not action.isChecked())
        self.chosen.emit(key)


def _heading(words: str, menu: QMenu) -> QWidgetAction:
    text = label(words, "muted")
    text.setContentsMargins(10, 6, 10, 2)
    result = QWidgetAction(menu)
    result.setDefaultWidget(text)
    result.setSeparator(True)  # not disabled, which is hard to read: the keys pass it by
    return result
