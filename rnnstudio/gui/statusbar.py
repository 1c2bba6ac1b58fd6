"""The status bar: what is under the mouse, what is running, how long it will take."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from rnnstudio.gui.actions import ActionSet
from rnnstudio.gui.controls import ElidedLabel, button, label
from rnnstudio.session.resolve.chrome import StatusBarState

HEIGHT = 30
_PARTS = 1000


class StatusBar(QFrame):
    """On the left words about what the mouse is over, on the right what is running."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "statusbar")
        self.setFixedHeight(HEIGHT)
        self._hint = ""
        self._place = ""
        self.words = ElidedLabel()
        self.words.setObjectName("hint")
        self.work = label()
        self.work.setObjectName("work")
        self.progress = QProgressBar()
        self.progress.setFixedWidth(160)
        self.progress.setTextVisible(False)
        self.left = label()
        self.left.setObjectName("time_left")
        self.speed = label()
        self.speed.setObjectName("speed")
        self.cancel = button("Cancel", "quiet", actions["cancel"].toolTip())
        self.cancel.setObjectName("cancel")
        self.cancel.setProperty("size", "small")
        self.cancel.clicked.connect(actions["cancel"].trigger)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 12, 0)
        layout.setSpacing(16)
        layout.addWidget(self.words, 1)
        for part in (self.work, self.progress, self.left, self.speed, self.cancel):
            layout.addWidget(part)
            part.hide()

    def set_hint(self, words: str) -> None:
        """Say what is under the mouse; "" for nothing."""
        self._hint = words
        self._render_words()

    def render(self, state: StatusBarState) -> None:  # type: ignore[override]
        """Show what is running and how far it is."""
        self._place = state.place
        self._render_words()
        for part, words in (
            (self.work, state.work),
            (self.left, state.left),
            (self.speed, state.speed),
        ):
            part.setText(words)
            part.setVisible(bool(words))
        self.progress.setVisible(bool(state.work))
        if state.fraction is None:
            # Qt moves a bar without a range to and fro.
            self.progress.setRange(0, 0 if state.work else _PARTS)
        else:
            self.progress.setRange(0, _PARTS)
            self.progress.setValue(round(state.fraction * _PARTS))
        self.cancel.setVisible(state.cancellable)

    def _render_words(self) -> None:
        self.words.set_words(self._hint or self._place)
