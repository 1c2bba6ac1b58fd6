"""Whether the network is as sure as it should be: reliability diagram and calibration errors."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnstudio.engine.calibration import Binning
from rnnstudio.gui.controls import SegmentedControl, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.split_switch import SplitSwitch
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.plots.reliability_diagram import ReliabilityDiagram
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.reliability import ReliabilityState

_BESIDE = 216  # the width of the words beside the diagram
_FIGURES = {
    "expected gap (ECE)": "Expected calibration error: how far confidence and accuracy lie apart, "
    "the mean over all answers, bin by bin",
    "largest gap (MCE)": "Maximum calibration error: how far they lie apart in the worst bin",
}


def unbroken(words: str) -> str:
    """Return words in which no number is parted from its sign where a line ends."""
    return words.replace(" %", "\u00a0%")


def wrap(words: QLabel) -> None:
    """Give a label as many lines as its words need in the width that it has."""
    words.setWordWrap(True)
    words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)


class ReliabilityPanel(Panel):
    """The diagram; beside it the errors, in numbers and in words."""

    judging_changed = Signal(object)  # a dict of `Judging` fields
    split_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Reliability", parent=parent)
        self.setObjectName("reliability_panel")
        self._state: ReliabilityState | None = None
        self.split = SplitSwitch()
        self.split.chosen.connect(self.split_chosen)
        self.header.addWidget(self.split)
        self.binning = SegmentedControl(
            (
                (Binning.WIDTH.value, "equal width", "Bins of the same width"),
                (Binning.COUNT.value, "equal count", "Bins with the same number of answers"),
            )
        )
        self.binning.setObjectName("binning")
        self.binning.chosen.connect(self._on_binning_chosen)
        self.diagram = ReliabilityDiagram()
        self.diagram.hinted.connect(self.hinted)
        self.diagram.bin_chosen.connect(self._on_bin_chosen)
        self.figures: list[QLabel] = []
        self.verdict, self.largest = self._words("verdict"), self._words("largest")
        self.aside = self._words("aside")
        self._content = QWidget()
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.diagram, 1)
        row.addWidget(self._make_side())
        self.message = words_instead()
        self.body.addWidget(self._content, 1)
        self.body.addWidget(self.message, 1)
        self._content.hide()

    @staticmethod
    def _words(name: str) -> QLabel:
        result = label("", "muted")
        result.setObjectName(name)
        wrap(result)
        return result

    def _make_side(self) -> QWidget:
        result = QWidget()
        result.setFixedWidth(_BESIDE)
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(0)
        for place, (name, meaning) in enumerate(_FIGURES.items()):
            value, words = label("–", "figure"), label(name, "figure-name")
            value.setObjectName(f"figure_{place}")
            for one in (value, words):
                one.setToolTip(meaning)
            grid.addWidget(value, 0, place)
            grid.addWidget(words, 1, place)
            self.figures.append(value)
        column.addLayout(grid)
        column.addWidget(self.verdict)
        column.addWidget(self.largest)
        column.addWidget(self.aside)
        column.addStretch(1)
        column.addWidget(self.binning)
        return result

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.diagram.set_theme(theme)

    def render(self, state: ReliabilityState) -> None:  # type: ignore[override]
        """Show the diagram and its figures."""
        if state == self._state:
            return
        self._state = state
        self.split.choose(state.split.value)
        self.binning.choose(state.binning.value)
        self.set_subtitle(state.subtitle)
        self.message.setText(state.message)
        self.message.setVisible(bool(state.message))
        self._content.setVisible(not state.message)
        calibration = state.calibration
        if calibration is None:
            return
        self.diagram.render_state(state)
        errors = (calibration.expected_error, calibration.maximum_error)
        for value, error in zip(self.figures, errors, strict=True):
            value.setText(number(error))
        self.verdict.setText(unbroken(state.verdict))
        self.largest.setText(unbroken(state.largest))
        self.aside.setText(state.aside)
        self.aside.setVisible(bool(state.aside))

    def _on_binning_chosen(self, key: str) -> None:
        self.judging_changed.emit({"binning": Binning(key)})

    def _on_bin_chosen(self, place: int) -> None:
        one = self.diagram.bins[place]
        # The first bin has its lower end too.
        self.judging_changed.emit({"sure": (one.low if place else 0.0, one.high)})

    def table_rows(self) -> list[list[str]] | None:
        bins = self.diagram.bins
        if self._state is None or self._state.calibration is None:
            return None
        rows = [["confidence above", "at most", "answers", "mean confidence", "accuracy"]]
        for one in bins:
            means = [f"{one.confidence:.4f}", f"{one.accuracy:.4f}"] if one.count else ["–", "–"]
            rows.append([f"{one.low:.4f}", f"{one.high:.4f}", str(one.count), *means])
        return rows
