"""The panel of the loss curve, and that of the accuracy curve."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from rnnstudio.gui.controls import SegmentedControl, button, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.curves import CurvePlot
from rnnstudio.gui.theme import Theme, font
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.resolve.curves import CurveState, Measure

_TITLES = {Measure.LOSS: "Loss", Measure.ACCURACY: "Accuracy"}
_MEANINGS = {
    Measure.LOSS: "Cross-entropy −log ŷ_c, the mean over the sentences of a batch or a split.",
    Measure.ACCURACY: "The share of sentences whose most probable class is the true one.",
}
# Out of step with each other.
_MILLISECONDS = {Measure.LOSS: 290, Measure.ACCURACY: 330}
_PLACE_WIDTH = 76
_SCALES = (
    ("linear", "linear", "Equal distances are equal differences"),
    ("log", "log", "Equal distances are equal ratios: small losses are told apart"),
)
_UNITS = (
    ("batch", "batch", "Count the x axis in batches (training steps)"),
    ("epoch", "epoch", "Count the x axis in epochs (once through the training data)"),
)


class CurvePanel(Panel):
    """Curves of one measure over the run, with exact values for the epoch under the mouse.

    Two panels of a page are kept together by `unit_chosen` (the key of `choose_unit`),
    `span_chosen` (what is zoomed to, for `show_span`) and `epoch_pointed` (an epoch or None, for
    `point_at`).
    """

    unit_chosen = Signal(str)
    span_chosen = Signal(object)
    epoch_pointed = Signal(object)

    def __init__(self, measure: Measure, parent: QWidget | None = None) -> None:
        super().__init__(_TITLES[measure], parent=parent)
        self.setObjectName(f"{measure}_curve")
        self.title.setToolTip(_MEANINGS[measure])
        self._measure = measure
        self._state: CurveState | None = None
        self._pointed: int | None = None
        self._throttle = Throttle(self._show, _MILLISECONDS[measure], self)

        self._whole_run = button("Whole run", "link", "Show the whole run again (double click)")
        self._whole_run.setObjectName("whole_run")
        # No higher than the legend beside it.
        size = font(12).pixelSize()
        self._whole_run.setStyleSheet(f"padding: 0; min-height: 0; font-size: {size}px")
        self._whole_run.hide()
        if measure is Measure.LOSS:
            scale = SegmentedControl(_SCALES)
            scale.chosen.connect(self._on_scale_chosen)
            self.header.addWidget(scale)
        self._unit = SegmentedControl(_UNITS)
        self._unit.choose("epoch")
        self._unit.chosen.connect(self._on_unit_chosen)
        self.header.addWidget(self._unit)

        self._legend = label("", "muted")
        self._legend.setToolTip(
            "train: the mean over an epoch's batches, while the weights were changing\n"
            "validation: with the weights at the epoch's end"
        )
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setObjectName("legend")
        self._place = label("", "muted")
        self._place.setObjectName("place")
        self._place.setMinimumWidth(_PLACE_WIDTH)  # "epoch 100" without a new layout
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        legend = QHBoxLayout()
        legend.addWidget(self._legend, 1)
        legend.addWidget(self._whole_run)
        legend.addWidget(self._place)
        legend.setContentsMargins(0, 0, 6, 0)
        self.body.addLayout(legend)
        self.plot = CurvePlot()
        self.plot.setObjectName(f"{measure}_plot")
        self.plot.setAccessibleName(f"{_TITLES[measure]} over the run; arrow keys go by epochs")
        self.body.addWidget(self.plot, 1)
        self.plot.span_chosen.connect(self._on_span_chosen)
        self.plot.epoch_pointed.connect(self._on_epoch_pointed)
        self._whole_run.clicked.connect(self._on_whole_run_clicked)

    def render(self, state: CurveState) -> None:  # type: ignore[override]
        """Show the curves of `state`; those of a run that goes on, no more often than is seen."""
        before = self._state
        if before is not None and state.epochs == before.epochs and 0 < before.now < state.now:
            self._throttle.soon(state)
        else:
            self._throttle.now(state)

    def _show(self, state: CurveState) -> None:
        self._state = state
        self.plot.set_state(state)
        self._whole_run.setVisible(self.plot.span is not None)
        self._show_values()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.plot.set_theme(theme)
        self._show_values()

    def choose_unit(self, key: str) -> None:
        """Count the x axis in "batch" or "epoch", without saying so in a signal."""
        self._unit.choose(key)
        self.plot.set_per_batch(key == "batch")

    def show_span(self, span: tuple[float, float] | None) -> None:
        """Zoom to a part of the run; None shows the whole."""
        self.plot.show_span(span)
        self._whole_run.setVisible(span is not None)

    def point_at(self, epoch: int | None) -> None:
        """Mark an epoch and show its values; None shows those of the newest."""
        self._pointed = epoch
        self.plot.point_at(epoch)
        self._show_values()

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or not len(self._state.lines.train):
            return None
        lines, name = self._state.lines, self._measure.value
        epochs = lines.train.x.astype(int).tolist()
        return [
            ["epoch", f"train {name}", f"validation {name}"],
            *(
                [str(epoch), _exact(lines.train.at(epoch)), _exact(lines.validation.at(epoch))]
                for epoch in epochs
            ),
        ]

    def _on_scale_chosen(self, key: str) -> None:
        self.plot.set_log(key == "log")

    def _on_unit_chosen(self, key: str) -> None:
        self.choose_unit(key)
        self.unit_chosen.emit(key)

    def _on_span_chosen(self, span: tuple[float, float] | None) -> None:
        self._whole_run.setVisible(span is not None)
        self.span_chosen.emit(span)

    def _on_whole_run_clicked(self) -> None:
        self.show_span(None)
        self.span_chosen.emit(None)

    def _on_epoch_pointed(self, epoch: int | None) -> None:
        self.epoch_pointed.emit(epoch)
        self.point_at(epoch)
        self.hinted.emit("" if epoch is None else self._words(epoch))

    def _show_values(self) -> None:
        state = self._state
        if state is None:
            return
        lines = state.lines
        newest = int(lines.train.x[-1]) if len(lines.train) else None
        epoch = newest if self._pointed is None else self._pointed
        shown = [("train", lines.train), ("validation", lines.validation)]
        if state.note:
            shown.pop()
        # Until the first epoch is done there is the newest batch to tell of.
        values = {
            role: (state.newest if role == "train" else math.nan)
            if epoch is None
            else line.at(epoch)
            for role, line in shown
        }
        parts = [self._legend_entry(role, value) for role, value in values.items()]
        self._legend.setText("&nbsp;&nbsp;&nbsp;&nbsp;".join([*parts, state.note]))
        place = "" if math.isnan(state.newest) else "newest batch"
        self._place.setText(place if epoch is None else f"epoch {epoch}")

    def _legend_entry(self, role: str, value: float) -> str:
        entry = f'<b style="color:{getattr(self.theme, role)}">—</b>&nbsp;{role}'
        if not math.isfinite(value):
            return entry
        return f'{entry}&nbsp;<b style="color:{self.theme.text}">{self._spelled(value)}</b>'

    def _spelled(self, value: float) -> str:
        if not math.isfinite(value):
            return "–"
        return f"{value:.4f}" if self._measure is Measure.LOSS else f"{value:.1%}"

    def _words(self, epoch: int) -> str:
        assert self._state is not None
        lines, name = self._state.lines, self._measure.value
        words = f"Epoch {epoch}: train {name} {self._spelled(lines.train.at(epoch))}"
        words += " (mean over its batches)"
        validation = lines.validation.at(epoch)
        if math.isfinite(validation):
            words += f", validation {name} {self._spelled(validation)}"
        best = self._state.best
        if best is not None and best.epoch == epoch:
            words += " · the best epoch so far"
        return words


def _exact(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
