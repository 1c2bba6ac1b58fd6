"""Lengths, balance and splits of the data at a glance."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rnnstudio.gui.controls import ElidedLabel, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.count_bars import CountBar, CountBars
from rnnstudio.gui.plots.length_histogram import LengthHistogram
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.data import DataSummaryState

_SPLIT_COLORS = ("train", "validation", "muted")


class DataSummaryPanel(Panel):
    """A histogram of lengths, bars of classes, bars of splits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Lengths and balance", parent=parent)
        self._state: DataSummaryState | None = None
        self.warning = ElidedLabel("warning")
        self.warning.setObjectName("data_warning")
        self.lengths = LengthHistogram()
        self.classes = CountBars()
        self.splits = CountBars()
        row = QHBoxLayout()
        row.setSpacing(20)
        self._headings: list[QLabel] = []
        for title, plot, stretch in (
            ("words in a sentence", self.lengths, 5),
            ("classes", self.classes, 4),
            ("splits", self.splits, 4),
        ):
            part = QVBoxLayout()
            part.setSpacing(6)
            heading = label(title, "muted")
            self._headings.append(heading)
            part.addWidget(heading)
            part.addWidget(plot, 1)
            row.addLayout(part, stretch)
            plot.hinted.connect(self.hinted)
        self.body.addWidget(self.warning)
        self.body.addLayout(row, 1)
        self.setMaximumHeight(230)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for plot in (self.lengths, self.classes, self.splits):
            plot.set_theme(theme)

    def render(self, state: DataSummaryState) -> None:  # type: ignore[override]
        """Show the counts."""
        self._state = state
        self.warning.setVisible(bool(state.warnings))
        if state.warnings:
            more = len(state.warnings) - 1
            self.warning.set_words((f"(1 of {more + 1}) " if more else "") + state.warnings[0])
            if more:
                self.warning.setToolTip("\n".join(state.warnings))
        tagged = state.classified == "word"
        self._headings[0].setText(f"{state.unit}s in a sentence")
        self._headings[1].setText("tags of words" if tagged else "classes")
        self.lengths.render_bins(state.bins, state.unit)
        self.classes.render_bars(
            tuple(
                CountBar(name, count, place) for place, (name, count) in enumerate(state.classes)
            ),
            state.classified,
        )
        self.splits.render_bars(
            tuple(
                CountBar(split.value, count, color)
                for (split, count), color in zip(state.splits, _SPLIT_COLORS, strict=False)
            )
        )
        words = ""
        if state.bins:
            median = f"median {state.median:g} {state.unit}s"
            words = f"L = {state.words:,} · {median} · longest {state.longest:,}"
        if state.excluded:
            words = " · ".join(filter(None, (words, f"without {state.excluded:,} excluded")))
        self.set_title("Lengths and balance", words)

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None:
            return None
        rows = [["what", "which", "count"]]
        for one in state.bins:
            last = "" if one.last is None else one.last
            which = str(one.first) if one.first == one.last else f"{one.first}–{last}"
            rows.append([f"{state.unit}s", which, str(one.count)])
        rows += [
            ["tag" if state.classified == "word" else "class", name, str(count)]
            for name, count in state.classes
        ]
        rows += [["split", split.value, str(count)] for split, count in state.splits]
        return rows
