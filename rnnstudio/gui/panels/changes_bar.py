"""The line that says what was set by hand, with a way back for each change and for all."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from rnnstudio.gui.controls import ElidedLabel, button, label
from rnnstudio.session.resolve.changes import ChangesState

SHOWN = 3  # changes with a button of their own; the others are in a menu


class ChangesBar(QFrame):
    """Hidden while nothing is changed."""

    taken_back = Signal(tuple)  # places in the list of changes
    restore_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("changes_bar")
        self.setProperty("role", "changes")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.buttons = [button("", "chip") for _ in range(SHOWN)]
        self._places: dict[int, tuple[int, ...]] = {}
        self.more_button = button("", "chip", "The other changes")
        self.more_menu = QMenu(self)
        self.more_button.setMenu(self.more_menu)
        self.effect = ElidedLabel("muted")
        self.restore_button = button(
            "Restore", tooltip="Let the network read as it was trained to (Ctrl+Z takes back one)"
        )
        self.restore_button.setObjectName("restore")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 5, 8, 5)
        layout.setSpacing(6)
        layout.addWidget(label("Set by hand", "heading"))
        chips = QButtonGroup(self)
        chips.setExclusive(False)
        chips.buttonClicked.connect(self._on_chip_clicked)
        for place, chip in enumerate(self.buttons):
            chip.setObjectName(f"change_{place}")
            chips.addButton(chip)
            layout.addWidget(chip)
        layout.addWidget(self.more_button)
        layout.addWidget(self.effect, 1)
        layout.addWidget(self.restore_button)
        self.restore_button.clicked.connect(self.restore_requested)
        self.more_menu.triggered.connect(self._on_chosen)
        self.hide()

    def render(self, state: ChangesState) -> None:  # type: ignore[override]
        """Show the newest changes; none hides the line."""
        self.setVisible(bool(state.changes))
        newest = state.changes[::-1]
        for place, chip in enumerate(self.buttons):
            chip.setVisible(place < len(newest))
            if place < len(newest):
                one = newest[place]
                chip.setText(f"{one.words}  ✕")
                chip.setToolTip(one.hint)
                chip.setAccessibleName(f"Take back: {one.words}")
                self._places[place] = one.places
        others = newest[SHOWN:]
        self.more_button.setVisible(bool(others))
        self.more_button.setText(f"and {len(others)} more")
        self.more_menu.clear()
        for one in others:
            action = self.more_menu.addAction(f"{one.words}  ✕")
            action.setData(one.places)
        self.effect.set_words(state.effect)

    def _on_chip_clicked(self, chip: QAbstractButton) -> None:
        self.taken_back.emit(self._places[self.buttons.index(cast(QPushButton, chip))])

    def _on_chosen(self, action: QAction) -> None:
        self.taken_back.emit(tuple(action.data()))
