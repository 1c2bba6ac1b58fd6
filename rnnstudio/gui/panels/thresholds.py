"""Thresholds on the answers: two sliders, what they do in words, and the curves behind them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.gui.choice_box import ChoiceBox
from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, label, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.reliability import unbroken, wrap
from rnnstudio.gui.panels.split_switch import SplitSwitch
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.threshold_curves import ThresholdCurve
from rnnstudio.gui.theme import Theme
from rnnstudio.session.answers.answering import EVEN
from rnnstudio.session.resolve.threshold_curves import CurveKind, Setting
from rnnstudio.session.resolve.threshold_words import setting_text
from rnnstudio.session.resolve.thresholds import ThresholdState

_STEPS = 1000  # of a slider
# In a lower panel the sliders stand beside the curves, of which there are fewer.
_LOW = 350
_NARROWEST_CURVE = 140
_BESIDE, _LEAST_BESIDE = 250, 200
_LEAST = QSize(500, 250)
_LONGEST_NAME = 120
_ROOM_FOR_SUBTITLE = 620
_ANY_WIDTH = 16_777_215  # QWIDGETSIZE_MAX


class _Slider(QSlider):
    """A slider from 0 to 1 that leaves the wheel to the page."""

    moved = Signal(float)

    def __init__(self, name: str, tooltip: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(name)
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip)
        self.setRange(0, _STEPS)
        self.setSingleStep(_STEPS // 100)
        self.setPageStep(_STEPS // 10)
        self.setMinimumWidth(80)
        self.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: float) -> None:
        """Show a value without saying so."""
        self.blockSignals(True)
        self.setValue(round(value * _STEPS))
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _on_value_changed(self, value: int) -> None:
        self.moved.emit(value / _STEPS)


class ThresholdPanel(Panel):
    """The threshold of two classes, the confidence below which nothing is answered, the curves."""

    judging_changed = Signal(object)  # a dict of `Judging` fields
    split_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Thresholds", parent=parent)
        self.setObjectName("threshold_panel")
        self._state: ThresholdState | None = None
        self._labels: tuple[str, ...] = ()
        self.split = SplitSwitch()
        self.split.chosen.connect(self.split_chosen)

        self.classes = ChoiceBox(())
        self.classes.setObjectName("curve_class")
        self.classes.setAccessibleName("The class whose curves are drawn")
        self.classes.setToolTip("The class whose ROC and precision–recall are drawn")
        self.classes.setSizeAdjustPolicy(
            ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.classes.setMinimumContentsLength(3)
        self.classes.chosen.connect(self._on_class_chosen)
        self.threshold = _Slider(
            "threshold", "The probability from which on the second class is said"
        )
        self.threshold.moved.connect(self._on_threshold_moved)
        self.abstain = _Slider("abstain", "The confidence below which no answer is given")
        self.abstain.moved.connect(self._on_abstain_moved)
        self.reset_button = tool_button(
            "", "Reset: say what is most probable, and answer everything"
        )
        self.reset_button.setIconSize(QSize(16, 16))
        self.reset_button.setIcon(icon("reset", self.theme, "text"))
        self.reset_button.setObjectName("reset_thresholds")
        self.reset_button.clicked.connect(self._on_reset_clicked)
        for widget in (self.classes, self.reset_button, self.split):
            self.header.addWidget(widget)
        self.shown = SegmentedControl(
            (
                ("finding", "ROC and PR", "Show the curves of a class at every threshold"),
                ("abstaining", "abstaining", "Show how right it is if it answers only when sure"),
            )
        )
        self.shown.setObjectName("shown_curves")
        self.shown.chosen.connect(self._on_shown_chosen)

        self.controls = self._make_controls()
        self.curves = {kind: ThresholdCurve(f"curve_{kind.value}") for kind in CurveKind}
        self._curve_row = QHBoxLayout()
        self._curve_row.setSpacing(10)
        for curve in self.curves.values():
            curve.setting_chosen.connect(self._on_setting_chosen)
            curve.hinted.connect(self.hinted)
            self._curve_row.addWidget(curve, 1)
        self._content = QWidget()
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._content)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        self._layout.addWidget(self.controls)
        self._layout.addLayout(self._curve_row, 1)
        self.message = words_instead()
        self.body.addWidget(self._content, 1)
        self.body.addWidget(self.message, 1)
        self._content.hide()

    def _make_controls(self) -> QWidget:
        result = QWidget()
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._sliders = QGridLayout()
        self._sliders.setHorizontalSpacing(8)
        self._sliders.setVerticalSpacing(2)
        self._sliders.setColumnStretch(1, 1)
        self._names = {Setting.THRESHOLD: ElidedLabel(), Setting.ABSTAIN: ElidedLabel()}
        self._values: dict[Setting, QLabel] = {}
        self._words: dict[Setting, QLabel] = {}
        for row, (setting, slider) in enumerate(
            ((Setting.THRESHOLD, self.threshold), (Setting.ABSTAIN, self.abstain))
        ):
            name, value, words = self._names[setting], label("", "value"), label("", "muted")
            name.setMaximumWidth(_LONGEST_NAME)
            value.setMinimumWidth(34)
            value.setObjectName(f"{setting.value}_value")
            words.setObjectName(f"{setting.value}_words")
            wrap(words)
            self._values[setting], self._words[setting] = value, words
            self._sliders.addWidget(name, 2 * row, 0)
            self._sliders.addWidget(slider, 2 * row, 1)
            self._sliders.addWidget(value, 2 * row, 2)
            self._sliders.addWidget(words, 2 * row + 1, 0, 1, 3)
        nothing = self._names[Setting.ABSTAIN]
        nothing.set_words("No answer below")
        nothing.setMinimumWidth(nothing.sizeHint().width())
        column.addLayout(self._sliders)
        column.addStretch(1)
        column.addWidget(self.shown)
        return result

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.reset_button.setIcon(icon("reset", theme, "text"))
        for curve in self.curves.values():
            curve.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        # However it is arranged now: lower, it will stand otherwise.
        return super().minimumSizeHint().boundedTo(_LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def render(self, state: ThresholdState) -> None:  # type: ignore[override]
        """Show the thresholds and their curves."""
        if state == self._state:
            return
        before, self._state = self._state, state
        self.split.choose(state.split.value)
        self.message.setText(state.message)
        self.message.setVisible(bool(state.message))
        for widget in (self._content, self.classes, self.reset_button):
            widget.setVisible(not state.message)
        self._show_subtitle()
        if state.message:
            return
        self._show_classes(state)
        self._show_settings(state)
        for pane in state.panes:
            self.curves[pane.kind].render_pane(pane)
        if before is None or (before.threshold is None) != (state.threshold is None):
            self._arrange()

    def _show_subtitle(self) -> None:
        """Say whose answers these are where the header has room for it."""
        fits = self._state is not None and self.contentsRect().width() >= _ROOM_FOR_SUBTITLE
        self.set_subtitle(self._state.subtitle if self._state is not None and fits else "")

    def _show_classes(self, state: ThresholdState) -> None:
        if state.labels != self._labels:
            self._labels = state.labels
            self.classes.clear()
            for name in state.labels:
                self.classes.addItem(name, name)
        self.classes.choose(state.labels[state.label])

    def _show_settings(self, state: ThresholdState) -> None:
        has_threshold = state.threshold is not None
        for widget in (
            self.threshold,
            self._names[Setting.THRESHOLD],
            self._values[Setting.THRESHOLD],
        ):
            widget.setVisible(has_threshold)
        if state.threshold is not None:
            self._names[Setting.THRESHOLD].set_words(f"“{state.second}” from")
            self._values[Setting.THRESHOLD].setText(setting_text(state.threshold))
            self.threshold.show_value(state.threshold)
            self.threshold.setToolTip(
                f"The probability of “{state.second}” from which on it is said"
            )
        self._values[Setting.ABSTAIN].setText(setting_text(state.abstain))
        self.abstain.show_value(state.abstain)
        self._words[Setting.THRESHOLD].setText(unbroken(state.threshold_words))
        self._words[Setting.ABSTAIN].setText(unbroken(state.abstain_words))
        # Without a slider of their own they stand below the other one.
        self._sliders.addWidget(self._words[Setting.THRESHOLD], 1 if has_threshold else 4, 0, 1, 3)
        self.reset_button.setEnabled(not state.is_plain)

    def _arrange(self) -> None:
        """Put the sliders above the curves, or beside them where the panel is low."""
        room = self.contentsRect()
        beside = room.height() < _LOW
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(direction)
        controls = min(_BESIDE, max(_LEAST_BESIDE, round(room.width() * 0.44)))
        if beside:
            self.controls.setFixedWidth(controls)
        else:
            self.controls.setMinimumWidth(0)
            self.controls.setMaximumWidth(_ANY_WIDTH)
        width = room.width() - (controls + 40 if beside else 24)
        all_fit = width >= len(CurveKind) * _NARROWEST_CURVE
        self.shown.setVisible(not all_fit)
        self._show_subtitle()
        abstaining = self.shown.key == "abstaining"
        for kind, curve in self.curves.items():
            curve.setVisible(all_fit or (kind is CurveKind.COVERAGE) == abstaining)

    def _on_shown_chosen(self, _key: str) -> None:
        self._arrange()

    def _on_class_chosen(self, name: str) -> None:
        self.judging_changed.emit({"curve_class": name})

    def _on_threshold_moved(self, value: float) -> None:
        self.judging_changed.emit({Setting.THRESHOLD.value: value})

    def _on_abstain_moved(self, value: float) -> None:
        self.judging_changed.emit({Setting.ABSTAIN.value: value})

    def _on_setting_chosen(self, setting: str, value: float) -> None:
        self.judging_changed.emit({setting: value})

    def _on_reset_clicked(self) -> None:
        self.judging_changed.emit({Setting.THRESHOLD.value: EVEN, Setting.ABSTAIN.value: 0.0})

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or not state.panes:
            return None
        names = ["false alarms", "recall", "precision", "answered", "accuracy"]
        rows = [["curve", "class", "setting", *names]]
        for pane in state.panes:
            if (curve := pane.curve) is None:
                continue
            of_class = "" if pane.kind is CurveKind.COVERAGE else pane.name
            for place in self.curves[pane.kind].places:
                point = {
                    pane.x_name: f"{curve.x[place]:.6g}",
                    pane.y_name: f"{curve.y[place]:.6g}",
                }
                setting = setting_text(curve.setting_at(place))
                cells = [point.get(name, "") for name in names]
                rows.append([pane.title, of_class, setting, *cells])
        return rows
