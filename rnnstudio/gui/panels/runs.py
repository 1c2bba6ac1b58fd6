"""The panel that sets the present network against another run, or one of another project."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from rnnstudio.engine.agreement import Outcome
from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, button, label, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.menu_button import Choice, MenuButton, Section
from rnnstudio.gui.panels.panel import FOR_THE_MOUSE, Panel
from rnnstudio.gui.panels.split_switch import SplitSwitch
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.class_differences import ClassDifferences
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.plots.outcome_grid import OutcomeGrid
from rnnstudio.gui.theme import Theme
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.runs import ClassLine, Compared, RunChoice, RunsState

FILE, NONE = "file", "none"  # lines of the menu besides the runs
_MOST_NAME = 26  # letters of a name on a button
_WIDE = 640  # pixels: room for the words before the switch
_AGAINST = (
    (Against.THIS.value, "this", "The matrix counts the answers of the present network"),
    (Against.OTHER.value, "other", "The matrix counts the answers of the other network"),
    (
        Against.DIFFERENCE.value,
        "difference",
        "The matrix shows the other network's counts less the present one's",
    ),
    (
        Against.BETWEEN.value,
        "model × model",
        "The matrix counts the present network's answers (rows) by the other's (columns)",
    ),
)
_FIGURES = ("this", "other", "difference", "agreement", "kappa")


class RunsPanel(Panel):
    """Chooses the other network; four outcomes, McNemar's test in words, difference by class."""

    split_chosen = Signal(str)
    rival_chosen = Signal(int)  # the run's number
    file_requested = Signal()
    rival_cleared = Signal()
    judging_changed = Signal(object)  # dict of fields of Judging
    cells_selected = Signal(object)  # frozenset of (row, column)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Against another network", parent=parent)
        self.setObjectName("runs")
        self._state: RunsState | None = None
        self.split = SplitSwitch()
        self.split.chosen.connect(self.split_chosen)
        self.header.addWidget(self.split)
        self.body.addLayout(self._make_choice())
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_comparison())
        self._stack.addWidget(self._make_empty())
        self.body.addWidget(self._stack, 1)
        self.set_theme(self.theme)

    def _make_choice(self) -> QHBoxLayout:
        self.choice = MenuButton("The other network", "Choose a run or a file to compare with")
        self.choice.setObjectName("rival")
        self.choice.chosen.connect(self._on_chosen)
        self.clear = tool_button("", "Look at the present network alone")
        self.clear.setObjectName("clear_rival")
        self.clear.setIconSize(QSize(14, 14))
        self.clear.clicked.connect(self.rival_cleared)
        self.shows = label("matrix shows", "muted")
        self.shows.setProperty(FOR_THE_MOUSE, True)  # of the switch
        self.against = SegmentedControl(_AGAINST)
        self.against.setObjectName("against")
        self.against.chosen.connect(self._on_against_chosen)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.choice)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.shows)
        row.addWidget(self.against)
        return row

    def _make_comparison(self) -> QWidget:
        self.outcomes = OutcomeGrid()
        self.outcomes.hinted.connect(self.hinted)
        self.outcomes.outcome_chosen.connect(self._on_outcome_chosen)
        self.test = label("", "")
        self.test.setObjectName("test")
        self.test.setWordWrap(True)
        self.test.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.test.setProperty("role", "muted")
        self.test.setToolTip(
            "McNemar's test: only what one network gets right and the other wrong tells them "
            "apart. p is how often equally good networks would differ as much by luck alone"
        )
        self.note = ElidedLabel("warning")
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.outcomes, 1)
        left.addWidget(self.test)
        left.addWidget(self.note)
        self.differences = ClassDifferences()
        self.differences.hinted.connect(self.hinted)
        self.differences.class_chosen.connect(self.cells_selected)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(self._make_figures())
        right.addWidget(self.differences, 1)
        self.comparison = QWidget()
        row = QHBoxLayout(self.comparison)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        return self.comparison

    def _make_figures(self) -> QHBoxLayout:
        self.figures: dict[str, QLabel] = {}
        self.figure_names: dict[str, ElidedLabel] = {}
        self.figure_parts: dict[str, QWidget] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        for name in _FIGURES:
            self.figure_parts[name] = QWidget()
            part = QVBoxLayout(self.figure_parts[name])
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(0)
            self.figures[name] = label("–", "figure")
            self.figures[name].setObjectName(f"figure_{name}")
            self.figure_names[name] = ElidedLabel("figure-name")
            part.addWidget(self.figures[name])
            part.addWidget(self.figure_names[name])
            row.addWidget(self.figure_parts[name], 1)
        return row

    def _make_empty(self) -> QWidget:
        self.message = words_instead()
        self.run_button = button("")
        self.run_button.setObjectName("newest_run")
        self.run_button.clicked.connect(self._on_run_clicked)
        self.open_button = button(
            "Open a project file…", tooltip="Compare with the network in another project file"
        )
        self.open_button.setObjectName("open_rival")
        self.open_button.clicked.connect(self.file_requested)
        self.empty = QWidget()
        column = QVBoxLayout(self.empty)
        column.setContentsMargins(24, 0, 24, 0)
        column.addStretch(1)
        column.addWidget(self.message)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.run_button)
        row.addWidget(self.open_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return self.empty

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        if hasattr(self, "differences"):
            self.outcomes.set_theme(theme)
            self.differences.set_theme(theme)
            self.clear.setIcon(icon("close", theme))

    def render(self, state: RunsState) -> None:  # type: ignore[override]
        """Show the comparison, or how to get one."""
        if state == self._state:
            return
        self._state = state
        self.split.choose(state.split.value)
        self._render_choice(state)
        compared = state.compared
        self._stack.setCurrentWidget(self.empty if compared is None else self.comparison)
        self.message.setText(state.message)
        self._render_offers(state)
        self._render_note(state)
        if compared is not None:
            self._render_comparison(state, compared)

    def _render_choice(self, state: RunsState) -> None:
        runs = tuple(
            Choice(one.number, one.words, f"Compare with run {one.number}", one.why_not)
            for one in state.choices
        )
        file = Choice(FILE, "Open a project file…", "Compare with the network in another project")
        none = Choice(NONE, "No other network", "Look at the present network alone")
        sections = [Section("Runs of this project", runs)] if runs else []
        self.choice.show_choices([*sections, Section("", (file, none))])
        name = state.other_name
        chosen = state.chosen if state.chosen is not None else (FILE if name else NONE)
        self.choice.show_chosen(_shortened(name) if name else "Compare with", chosen)
        words = f"Compared with {name}. " if name else ""
        self.choice.setToolTip(f"{words}Choose a run or a file to compare with")
        self.clear.setVisible(bool(name))
        self.against.choose(state.against.value)
        self.against.setVisible(bool(name))
        self._fit()
        for one in Against:
            ready = state.compared is not None or one in (Against.THIS, state.against)
            self.against.button(one.value).setEnabled(ready)

    def _render_offers(self, state: RunsState) -> None:
        """Offer the newest other run, and a file, where no network was chosen."""
        newest = _newest(state)
        alone = not state.other_name
        self.run_button.setVisible(alone and newest is not None)
        self.open_button.setVisible(alone)
        if newest is not None:
            self.run_button.setText(f"Compare with run {newest.number}")
            self.run_button.setToolTip(newest.words)

    def _render_note(self, state: RunsState) -> None:
        left_out = "" if state.compared is None else state.compared.left_out
        words = " · ".join(filter(None, (state.note, left_out)))
        self.note.set_words(words)
        self.note.setVisible(bool(words))

    def _render_comparison(self, state: RunsState, compared: Compared) -> None:
        self.outcomes.show_outcomes(compared.outcomes, state.outcome)
        self.test.setText(compared.test)
        self.differences.show_lines(_ordered(state, compared), state.this, state.other)
        what = f"the same {counted(compared.count, compared.noun)}"
        share = "Accuracy of {} on " + what
        if compared.noun == "entity":
            what = f"the same {compared.count:,} true entities"
            share = "The share that {} finds of " + what
        this, other, points = compared.in_percent
        figures = {
            "this": (this, state.this, share.format(state.this)),
            "other": (other, state.other, share.format(state.other)),
            "difference": (
                points,
                "points",
                f"The share of {state.other} less that of {state.this}, in percentage points",
            ),
            "agreement": (
                percent(compared.agreement),
                "agree",
                f"The share of {what} to which both say the same, right or wrong",
            ),
            "kappa": (
                number(compared.kappa, 2),
                "κ",
                "Cohen's κ between the networks: 1 always agree, 0 as often as by chance",
            ),
        }
        for key, (value, name, meaning) in figures.items():
            self.figures[key].setText(value)
            self.figures[key].setToolTip(meaning)
            self.figure_parts[key].setToolTip(meaning)  # of its name, too
            self.figure_names[key].set_words(name)

    def table_rows(self) -> list[list[str]] | None:
        """Return the outcomes, the accuracies and the classes."""
        state = self._state
        if state is None or state.compared is None:
            return None
        compared = state.compared
        return [
            ["", state.this, state.other, "difference", "examples"],
            [
                "accuracy",
                f"{compared.this:.4f}",
                f"{compared.other:.4f}",
                f"{compared.difference:+.4f}",
                str(compared.count),
            ],
            *(
                [
                    line.name,
                    f"{line.this:.4f}",
                    f"{line.other:.4f}",
                    f"{line.difference:+.4f}",
                    str(line.support),
                ]
                for line in compared.classes
            ),
            *([cell.title, "", "", "", str(cell.count)] for cell in compared.outcomes),
            ["agreement", "", "", "", f"{compared.agreement:.4f}"],
            ["Cohen's κ", "", "", "", f"{compared.kappa:.4f}"],
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        compares = self._state is not None and bool(self._state.other_name)
        self.shows.setVisible(compares and self.width() >= _WIDE)

    def _on_chosen(self, key: object) -> None:
        if key == FILE:
            self.file_requested.emit()
        elif key == NONE:
            self.rival_cleared.emit()
        elif isinstance(key, int):
            self.rival_chosen.emit(key)

    def _on_run_clicked(self) -> None:
        newest = None if self._state is None else _newest(self._state)
        if newest is not None:
            self.rival_chosen.emit(newest.number)

    def _on_against_chosen(self, key: str) -> None:
        self.judging_changed.emit({"against": Against(key)})

    def _on_outcome_chosen(self, outcome: Outcome | None) -> None:
        self.judging_changed.emit({"outcome": outcome})


def _ordered(state: RunsState, compared: Compared) -> tuple[ClassLine, ...]:
    """Return the classes, those with most to tell first unless that changes all the time.

    One of four words is a quarter, and yet one word.
    """
    if state.live:
        return compared.classes
    return tuple(sorted(compared.classes, key=lambda line: -abs(line.difference) * line.support))


def _newest(state: RunsState) -> RunChoice | None:
    """Return the newest run that can be compared with."""
    return next((choice for choice in state.choices if not choice.why_not), None)


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_NAME else f"{name[: _MOST_NAME - 1]}…"
