"""The Train page: settings, training, loss and accuracy over the run, probe sentences.

Requests of its panels:

- `settings`: `setting_changed(str key, object value)`
- `progress`: `train_requested`, `pause_requested`, `one_batch_requested`, `one_epoch_requested`,
  `reset_requested`, `cancel_requested`
- `probes`: `probe_added(str)`, `probe_removed(int)`, `probe_edited(int, str)`,
  `probe_opened(int)`, `probe_truth_changed(int, str | None)`
- `confusion`: `cells_requested(frozenset)` (show them on the Evaluate page)
- `loss` and `accuracy` ask for nothing; the page itself keeps their x axes and the epoch that is
  pointed at together.
"""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnstudio.gui.panels.curve import CurvePanel
from rnnstudio.gui.panels.live_confusion import LiveConfusionPanel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.probes import ProbesPanel
from rnnstudio.gui.panels.progress import ProgressPanel
from rnnstudio.gui.panels.training_settings import TrainingSettingsPanel
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.curves import Measure

_SETTINGS_WIDTH = 268
_CONFUSION_WIDTH = 330
_GAP = 14
_SMALLEST = (960, 520)
# Narrower than this, the probes need the whole width.
_ROOM_FOR_CONFUSION = 1380


class TrainPage(QWidget):
    """Lays out the panels of the Train page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_page")
        self.settings = TrainingSettingsPanel()
        self.progress = ProgressPanel()
        self.loss = CurvePanel(Measure.LOSS)
        self.accuracy = CurvePanel(Measure.ACCURACY)
        self.probes = ProbesPanel()
        self.confusion = LiveConfusionPanel()
        self.panels: tuple[Panel, ...] = (
            self.settings,
            self.progress,
            self.loss,
            self.accuracy,
            self.probes,
            self.confusion,
        )
        for one, other in ((self.loss, self.accuracy), (self.accuracy, self.loss)):
            one.unit_chosen.connect(other.choose_unit)
            one.span_chosen.connect(other.show_span)
            one.epoch_pointed.connect(other.point_at)

        # Its own smallest size, not that of all its panels: a narrow page leaves one out.
        self.setMinimumSize(*_SMALLEST)
        self.settings.setFixedWidth(_SETTINGS_WIDTH)
        curves = QHBoxLayout()
        curves.setSpacing(_GAP)
        curves.addWidget(self.loss, 1)
        curves.addWidget(self.accuracy, 1)
        right = QVBoxLayout()
        right.setSpacing(_GAP)
        right.addWidget(self.progress)
        right.addLayout(curves, 11)
        lower = QHBoxLayout()
        lower.setSpacing(_GAP)
        lower.addWidget(self.probes, 1)
        self.confusion.setFixedWidth(_CONFUSION_WIDTH)
        lower.addWidget(self.confusion)
        right.addLayout(lower, 9)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        layout.setSpacing(_GAP)
        layout.addWidget(self.settings)
        layout.addLayout(right, 1)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        for panel in self.panels:
            panel.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.confusion.setVisible(self.width() >= _ROOM_FOR_CONFUSION)
