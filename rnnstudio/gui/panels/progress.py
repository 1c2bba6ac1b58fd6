"""How far the run is, with the buttons that drive it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from rnnstudio.gui.controls import ElidedLabel, button, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.session.resolve.train import ProgressState

# The bar moves in thousandths.
_BAR_STEPS = 1000
_PLACE_WIDTH, _LEFT_WIDTH = 190, 160


class ProgressPanel(Panel):
    """Train or pause, single steps, reset; the bar with place, time left and Cancel."""

    train_requested = Signal()
    pause_requested = Signal()
    one_batch_requested = Signal()
    one_epoch_requested = Signal()
    reset_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Training", parent=parent)
        self.setObjectName("progress_panel")
        self._state: ProgressState | None = None

        self.train_button = button("Train", "primary", "Train from where the run stands (F5)")
        self.batch_button = button("One batch", "", "Train on one batch (F6)")
        self.epoch_button = button("One epoch", "", "Train to the end of the epoch (Shift+F6)")
        self.reset_button = button(
            "Reset", "", "Put fresh weights in place of the trained ones; undo brings them back"
        )
        buttons = {
            "train": self.train_button,
            "one_batch": self.batch_button,
            "one_epoch": self.epoch_button,
            "reset": self.reset_button,
        }
        for name, widget in buttons.items():
            widget.setObjectName(name)
            self.header.addWidget(widget)
        self.train_button.setMinimumWidth(86)
        self.train_button.clicked.connect(self._on_train_clicked)
        self.batch_button.clicked.connect(self.one_batch_requested)
        self.epoch_button.clicked.connect(self.one_epoch_requested)
        self.reset_button.clicked.connect(self.reset_requested)

        self._place = label("", "muted")
        self._place.setObjectName("place")
        self._bar = QProgressBar()
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the run")
        self._left = label("", "muted")
        self._left.setObjectName("left")
        self.cancel_button = button("Cancel", "quiet", "Stop at once and keep what is learnt (Esc)")
        self.cancel_button.setObjectName("cancel")
        self.cancel_button.clicked.connect(self.cancel_requested)
        row = QHBoxLayout()
        row.setSpacing(12)
        # The bar keeps its length while the words beside it change; at rest it takes their room.
        self._place.setMinimumWidth(_PLACE_WIDTH)
        self._left.setMinimumWidth(_LEFT_WIDTH)
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._place)
        row.addWidget(self._bar, 1)
        row.addWidget(self._left)
        row.addWidget(self.cancel_button)
        self.body.addLayout(row)
        self._problem = ElidedLabel("error")
        self._problem.setObjectName("problem")
        self._problem.hide()
        self.body.addWidget(self._problem)

    def render(self, state: ProgressState) -> None:  # type: ignore[override]
        """Show how far the run is."""
        if state == self._state:
            return
        self._state = state
        self.set_subtitle(state.title)
        self._problem.set_words(state.problem)
        self._problem.setVisible(bool(state.problem))
        self.train_button.setText("Pause" if state.running else "Train")
        self.train_button.setEnabled(state.can_train)
        self.batch_button.setEnabled(state.can_step)
        self.epoch_button.setEnabled(state.can_step)
        self.reset_button.setEnabled(state.can_reset)
        self.cancel_button.setEnabled(state.running)
        self._place.setText(state.place)
        self._bar.setValue(round(state.fraction * _BAR_STEPS))
        self._left.setText(" · ".join(part for part in (state.left, state.speed) if part))
        self._left.setVisible(state.running)

    def _on_train_clicked(self) -> None:
        running = self._state is not None and self._state.running
        (self.pause_requested if running else self.train_requested).emit()
