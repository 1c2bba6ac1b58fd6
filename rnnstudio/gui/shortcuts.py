"""The list of all shortcuts, made from the actions table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from rnnstudio.gui.actions import ACTIONS, MENUS, shown
from rnnstudio.gui.controls import button, label

_COLUMNS = 3  # as high as a projector of 720 lines shows
# Keys that no action of the table has.
_OTHERS = (
    ("Menu", ("F10",)),
    ("Leave an enlarged panel", ("Esc",)),
    ("Read the sentence in the box", ("Return",)),
    ("A sentence tried before, or after", ("Ctrl+Up", "Ctrl+Down")),
)
# On the strip of the Unroll page.
_STRIP = (
    ("Open the step at the play head", ("Return",)),
    ("Close it again", ("Esc",)),
    ("Choose a unit", ("Up", "Down")),
    ("Change its value by hand", ("Alt+Up", "Alt+Down")),
    ("… from this step on", ("Alt+Shift+Up", "Alt+Shift+Down")),
    ("Edit the word", ("F2",)),
    ("Repeat the word", ("Ctrl+D",)),
    ("Delete the word", ("Ctrl+Delete",)),
    ("Swap it with its neighbour", ("Alt+Left", "Alt+Right")),
    ("Select a phrase in the heat map", ("Shift+Left", "Shift+Right")),
)
# On the matrix of the Evaluate page.
_MATRIX = (
    ("Choose a cell or a heading", ("Left", "Right", "Up", "Down")),
    ("Select it, and take it back", ("Return",)),
    ("Select it besides", ("Ctrl+Return",)),
    ("Select a block", ("Shift+Right", "Shift+Down")),
    ("Select everything", ("Ctrl+A",)),
    ("Select nothing", ("Esc",)),
    ("Move the class of the heading", ("Alt+Left", "Alt+Right")),
    ("Larger, smaller, as before", ("+", "-", "0")),
)


class ShortcutsDialog(QDialog):
    """Columns of groups: what it does, and its keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        groups = [(menu.replace("&", ""), shortcut_rows(menu)) for menu in MENUS]
        groups = [(title, rows) for title, rows in groups if rows]
        groups.append(("Everywhere", [(words, _keys(keys)) for words, keys in _OTHERS]))
        groups.append(("The unrolled network", [(words, _keys(keys)) for words, keys in _STRIP]))
        groups.append(("The confusion matrix", [(words, _keys(keys)) for words, keys in _MATRIX]))
        columns = QHBoxLayout()
        columns.setSpacing(36)
        for column in _columns(groups):
            columns.addLayout(column)
        close = button("&Close", "primary")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(18)
        layout.addLayout(columns)
        layout.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)


def shortcut_rows(menu: str) -> list[tuple[str, str]]:
    """Return (what it does, its keys) of the actions of a menu that have keys."""
    rows = [row for row in ACTIONS if row.menu == menu and row.shortcuts]
    return [(row.plain_words, _keys(row.shortcuts)) for row in rows]


def _keys(shortcuts: tuple[str, ...]) -> str:
    return "  or  ".join(map(shown, shortcuts))


def _columns(groups: list[tuple[str, list[tuple[str, str]]]]) -> list[QVBoxLayout]:
    heights = [len(rows) + 2 for _, rows in groups]
    columns = [QVBoxLayout() for _ in range(_COLUMNS)]
    for column in columns:
        column.setSpacing(8)
    used = 0
    for (title, rows), height in zip(groups, heights, strict=True):
        # The column in which its middle lies.
        column = columns[int((used + height / 2) / sum(heights) * _COLUMNS)]
        used += height
        column.addWidget(label(title, "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        for line, (words, keys) in enumerate(rows):
            grid.addWidget(label(words), line, 0)
            grid.addWidget(label(keys, "muted"), line, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(grid)
        column.addSpacing(14)
    for column in columns:
        column.addStretch(1)
    return columns
