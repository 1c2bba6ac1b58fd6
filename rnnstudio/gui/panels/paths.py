"""The panel with the plane of the states: the sentence's way among all states of the data set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from rnnstudio.gui.controls import button
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.plane_legend import LegendEntry, PlaneLegend
from rnnstudio.gui.plots.plane_view import StatePlaneView
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.paths import PathsState, Walk

_WIDTH_FOR_LEGEND = 620


class PathsPanel(Panel):
    """Shows where the states of a sentence lead."""

    step_requested = Signal(int)
    row_requested = Signal(int, int)  # table row from 0, step

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("State paths", parent=parent)
        self.setObjectName("paths")
        self._state: PathsState | None = None
        self.other_button = button(
            "Second sentence", "quiet", "Show the way of the second sentence as well"
        )
        self.other_button.setObjectName("show_other")
        self.other_button.setCheckable(True)
        self.other_button.setChecked(True)
        self.fit_button = button("Fit", "quiet", "Show everything (double click, or 0)")
        self.fit_button.setObjectName("fit_plane")
        self.header.addWidget(self.fit_button)
        self.header.addWidget(self.other_button)

        self.plane = StatePlaneView()
        self.legend = PlaneLegend()
        picture = QWidget()
        row = QHBoxLayout(picture)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.plane, 1)
        row.addWidget(self.legend)
        self.message = words_instead("The way of the sentence through the states appears here.")
        self._picture = picture
        self._stack = QStackedLayout()
        self._stack.addWidget(picture)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)

        self.other_button.clicked.connect(self._on_other_clicked)
        self.fit_button.clicked.connect(self.plane.fit)
        self.plane.step_requested.connect(self.step_requested)
        self.plane.point_requested.connect(self._on_point_requested)
        self.plane.view_changed.connect(self._on_view_changed)
        self.plane.hinted.connect(self.hinted)
        self.fit_button.hide()
        self.other_button.hide()

    def render(self, state: PathsState) -> None:  # type: ignore[override]
        """Show a plane with its walks, or why there is none."""
        self._state = state
        empty = state.present is None
        self._stack.setCurrentWidget(self.message if empty else self._picture)
        if empty:
            self.message.setText(state.message)
        self.other_button.setVisible(state.can_compare)
        self.set_subtitle(self._subtitle(state))
        self.plane.show_state(None if empty else state, self._shows_other(state))
        self.plane.setAccessibleDescription(self._description(state))
        self._render_legend()

    def _shows_other(self, state: PathsState) -> bool:
        return self.other_button.isChecked() and state.other is not None

    def _subtitle(self, state: PathsState) -> str:
        if state.present is None:
            return ""
        if state.found is None:
            return f"{state.what} · {state.note}" if state.note else state.what
        states = state.found.result
        sentences = len(state.found.table_rows) - states.left_out
        said = (
            f"{state.what}: {counted(len(states.values), 'state')} of "
            f"{counted(sentences, 'sentence')}"
        )
        return f"{said} · {state.note}" if state.note else said

    def _description(self, state: PathsState) -> str:
        walk = state.present
        if walk is None or not 1 <= state.step <= len(walk):
            return state.message
        return f"Step {state.step} of {len(walk)}, “{walk.words[state.step - 1]}”"

    def _render_legend(self) -> None:
        state = self._state
        if state is None or state.present is None:
            self.legend.set_entries(())
            return
        entries = [LegendEntry("walk", "the present sentence")]
        if self._shows_other(state):
            entries.append(LegendEntry("other", "the second sentence"))
        if state.original is not None:
            entries.append(LegendEntry("original", "without the changes"))
        if state.cloud is not None:
            entries.append(LegendEntry("states", "states of the data set"))
        seen = self.plane.classes_seen
        if state.regions is not None and seen:
            entries.append(LegendEntry("heading", "the answer there"))
            entries += [LegendEntry("class", state.labels[label], label) for label in seen]
        if state.condition:
            entries.append(LegendEntry("", state.condition))
        self.legend.set_entries(entries)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.plane.set_theme(theme)
        self.legend.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.setVisible(self.width() >= _WIDTH_FOR_LEGEND)

    def _on_other_clicked(self) -> None:
        if self._state is not None:
            self.render(self._state)

    def _on_view_changed(self, moved: bool) -> None:
        self.fit_button.setVisible(moved)
        self._render_legend()

    def _on_point_requested(self, point: int) -> None:
        if self._state is not None and self._state.found is not None:
            self.row_requested.emit(*self._state.place_of(point))

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or state.present is None:
            return None
        rows = [["sentence", "step", "word", "first component", "second component", "answer"]]
        rows += _walk_rows(state, state.present, "present")
        if self._shows_other(state) and state.other is not None:
            rows += _walk_rows(state, state.other, "second")
        if state.original is not None:
            rows += _walk_rows(state, state.original, "without the changes")
        return rows


def _walk_rows(state: PathsState, walk: Walk, name: str) -> list[list[str]]:
    return [
        [
            name,
            str(step),
            word,
            f"{x:.6g}",
            f"{y:.6g}",
            state.labels[answer] if answer >= 0 else "",
        ]
        for step, (word, (x, y), answer) in enumerate(
            zip(walk.words, walk.points.tolist(), walk.answers.tolist(), strict=True), 1
        )
    ]
