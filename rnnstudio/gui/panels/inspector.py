"""The inspector: takes the number that is looked at apart, or the prediction where none is."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.engine.explain import Explanation
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, button, label
from rnnstudio.gui.formula import FormulaView
from rnnstudio.gui.panels.inspector_choice import ChoiceRow, Option
from rnnstudio.gui.panels.inspector_head import InspectorHead
from rnnstudio.gui.panels.inspector_surgery import SetByHand, Setting
from rnnstudio.gui.panels.inspector_words import (
    bars,
    chip_words,
    heading_of_course,
    heading_of_terms,
    history_of,
    number_lines,
    word_chips,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.lettering import abbreviations, indexed, number
from rnnstudio.gui.plots.number_lines import NumberLines
from rnnstudio.gui.plots.term_bars import TermBars
from rnnstudio.gui.plots.unit_history import UnitHistory
from rnnstudio.gui.plots.word_chips import WordChips
from rnnstudio.gui.theme import Theme
from rnnstudio.session.letters import Letters, plain
from rnnstudio.session.looking import Notation, Place
from rnnstudio.session.quantity_words import quantity_words
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.inspector import LEADING_CLASSES, InspectorState
from rnnstudio.session.taken_apart import TakenApart
from rnnstudio.session.writing import as_latex, as_numpy, as_text

_NOTHING = "The numbers behind a unit or a prediction appear here."
_MOST_QUANTITIES = 6
_WIDE = 640  # pixels from which two columns stand side by side
WRITERS = {"latex": as_latex, "numpy": as_numpy, "text": as_text}


class InspectorPanel(Panel):
    """Shows one number: its formula, the numbers in it, its terms by size, its course."""

    place_requested = Signal(object)  # Place: where a term comes from, another number of the unit
    unit_cleared = Signal()  # back to the prediction
    step_requested = Signal(int)
    clamp_requested = Signal(object, float, bool)  # Place, value, whether it holds from there on
    notation_requested = Signal(str)
    word_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", parent=parent)
        self.setObjectName("inspector")
        self._state: InspectorState | None = None
        self._taken: TakenApart | None = None
        self._read: tuple[tuple[str, ...], NetworkSpec | None] = ((), None)
        self._labels: tuple[str, ...] = ()
        self._class: int | None = None  # the class that was clicked; None: the likeliest
        self._trail: list[Place] = []  # where terms were followed from
        self.subtitle.hide()
        self.notation = SegmentedControl(
            (
                (Notation.LECTURE, "lecture", "The lecture's letters: s, U, W, V"),
                (Notation.PYTORCH, "PyTorch", "PyTorch's letters: h, W_ih, W_hh"),
            )
        )
        self.notation.setObjectName("notation")
        for key in Notation:  # the header has little room
            self.notation.button(key).setStyleSheet("padding-left: 6px; padding-right: 6px;")
        self.notation.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.header.addWidget(self.notation)

        self.head = InspectorHead()
        self.back_button, self.chip = self.head.back_button, self.head.chip
        self.clear_button, self.copy_menu = self.head.clear_button, self.head.copy_menu
        self.formula = FormulaView(alignment=Qt.AlignmentFlag.AlignHCenter)
        self.numbers = NumberLines()
        self.classes = ChoiceRow(LEADING_CLASSES, "class")
        self.classes.setStyleSheet("QPushButton { padding-left: 6px; padding-right: 6px; }")
        self.quantities = ChoiceRow(_MOST_QUANTITIES, "quantity")
        self.terms_heading = ElidedLabel("heading")
        self.all_button = button("", "link", "Show all terms, or the largest ones")
        self.all_button.setObjectName("all_terms")
        self.terms = TermBars()
        self.history_heading = ElidedLabel("heading")
        self.history = UnitHistory()
        self.driving_heading = ElidedLabel("heading")
        self.driving_heading.set_words("Words that drive it most")
        self.driving = WordChips()
        self.driving_note = label("", "muted")
        self.surgery = SetByHand()
        self.hint = label("Click a unit to see what made it.", "muted")
        self.message = words_instead(_NOTHING)
        for heading in (self.terms_heading, self.history_heading, self.driving_heading):
            heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._below_terms = QSpacerItem(0, 0)
        self._stack = QStackedLayout()
        self._scroll = self._laid_out()
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self._connect()

    def _laid_out(self) -> QScrollArea:
        """Stack the sections in an area that scrolls where they do not fit."""
        heading = QHBoxLayout()
        heading.addWidget(self.terms_heading, 1)
        heading.addWidget(self.all_button)
        first, second = QVBoxLayout(), QVBoxLayout()
        first.addWidget(self.head)
        first.addWidget(self.formula)
        first.addWidget(self.classes)
        first.addWidget(self.quantities)
        first.addWidget(self.numbers)
        first.addSpacing(2)
        first.addLayout(heading)
        first.addWidget(self.terms, 1)
        first.addSpacing(2)
        second.addWidget(self.history_heading)
        second.addWidget(self.history, 1)
        second.addSpacing(2)
        second.addWidget(self.driving_heading)
        second.addWidget(self.driving)
        second.addWidget(self.driving_note)
        second.addSpacing(2)
        second.addWidget(self.surgery)
        second.addWidget(self.hint)
        self.content = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, self.content)
        self._columns.setContentsMargins(0, 0, 4, 0)
        for column in (first, second):
            column.setSpacing(8)
            self._columns.addLayout(column)
        first.addSpacerItem(self._below_terms)
        second.addStretch(0)
        self._arrange()
        area = QScrollArea()
        area.setWidget(self.content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _arrange(self) -> None:
        """Put both halves beside each other where the panel fills the window."""
        wide = self.width() >= _WIDE
        ways = QBoxLayout.Direction
        self._columns.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        self._columns.setSpacing(32 if wide else 8)
        self._columns.setStretch(0, 1 if wide else 4)
        self._columns.setStretch(1, 1)
        # Below each other nothing stands between the halves.
        rest = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Fixed
        self._below_terms.changeSize(0, 0, QSizePolicy.Policy.Minimum, rest)
        self._columns.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _connect(self) -> None:
        self.notation.chosen.connect(self.notation_requested)
        self.head.back_requested.connect(self.go_back)
        self.head.clear_requested.connect(self.unit_cleared)
        self.head.copy_requested.connect(self.copy)
        self.classes.chosen.connect(self._on_class_chosen)
        self.quantities.chosen.connect(self.show_quantity)
        self.terms.place_followed.connect(self._on_place_followed)
        self.terms.expansion_changed.connect(self._render_all_button)
        self.all_button.clicked.connect(self._on_all_clicked)
        self.history.step_requested.connect(self.step_requested)
        self.driving.word_chosen.connect(self.word_requested)
        self.surgery.set_requested.connect(self._on_set_requested)
        for part in (self.terms, self.history, self.driving):
            part.hinted.connect(self.hinted)
        for keys in ("Backspace", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.go_back)

    # ---- what is shown ------------------------------------------------------------------

    def render(self, state: InspectorState) -> None:  # type: ignore[override]
        """Show a number, a prediction, or words."""
        self._state = state
        reading = state.reading
        self.notation.choose(state.notation)
        self._stack.setCurrentWidget(self.message if reading is None else self._scroll)
        self.message.setText(state.message or _NOTHING)
        self._taken = None
        if reading is None:
            return
        if (reading.words, reading.spec) != self._read:
            self._read = (reading.words, reading.spec)
            self._trail.clear()
        if reading.labels != self._labels:
            self._labels, self._class = reading.labels, None
        self._taken = taken = self._number(state)
        self.clear_button.setVisible(state.unit is not None)
        self.hint.setVisible(state.unit is None)
        self._render_back()
        self._render_choices(reading, state, taken)
        self._render_number(state, taken)
        self._render_driving(state, taken)
        self._render_surgery(state)

    def _number(self, state: InspectorState) -> TakenApart:
        """Return what is taken apart: the number looked at, or ŷ of the class that was chosen."""
        if state.unit is not None:
            return state.taken_apart()
        if self._class is None or self._class >= len(self._labels):
            return state.taken_apart(state.leading_classes()[0])
        return state.taken_apart(self._class)

    def _render_number(self, state: InspectorState, taken: TakenApart) -> None:
        asked = state.unit is None
        words = f"{indexed('ŷ', state.step)} · prediction" if asked else plain(chip_words(taken))
        self.chip.set_words(words)
        self.formula.set_formula(taken.formula)
        self.formula.setToolTip(_meaning(taken))
        self.numbers.set_lines(number_lines(taken, state.original()))
        for part in (self.terms_heading, self.terms):
            part.setVisible(bool(taken.explanation.terms))
        self.terms_heading.set_words(plain(heading_of_terms(taken)))
        self.terms.set_terms(bars(taken), taken.explanation.total)
        self._render_all_button()
        self.history_heading.set_words(plain(heading_of_course(taken)))
        course = history_of(taken, state.course(taken.place))
        if taken.place.quantity == "y":
            color = self.theme.class_color(taken.explanation.unit)
            course = dataclasses.replace(course, color=color)
        self.history.set_history(course, state.step)

    def _render_choices(self, reading: Reading, state: InspectorState, taken: TakenApart) -> None:
        """Show the classes, or the other numbers of the unit, to choose from."""
        place = taken.place
        of_class = place.quantity in ("y", "scores")
        of_unit = place.layer is not None and place.quantity != "x"
        self.classes.setVisible(of_class)
        self.quantities.setVisible(of_unit)
        if of_class:
            leading = sorted(state.leading_classes())
            labels = reading.labels
            short = abbreviations(labels)
            options = [_class_option(one, labels[one], short[one]) for one in leading]
            others = [
                _class_option(one, labels[one], short[one])
                for one in range(len(labels))
                if one not in leading
            ]
            self.classes.show_options(options, others, str(taken.explanation.unit))
        if of_unit:
            letters = Letters(reading.spec.cell, state.notation)
            options = [
                _quantity_option(name, plain(letters.quantity(name)), reading, state.notation)
                for name in _own_quantities(reading, place)
            ]
            first = len(reading.unit_quantities())
            first = first if first > 1 else len(options)
            self.quantities.show_options(options[:first], options[first:], place.quantity)

    def _render_driving(self, state: InspectorState, taken: TakenApart) -> None:
        seen = state.has_driving
        self.driving_heading.setVisible(seen)
        found = state.driving if seen else None
        self.driving.setVisible(bool(found))
        self.driving_note.setVisible(seen and not found)
        if not seen:
            return
        if found is None:
            self.driving_note.setText("reading the data set …")
        elif not found:
            self.driving_note.setText("The data set has no words.")
        else:
            limit = state.course(taken.place).limit
            self.driving.set_chips(word_chips(found, limit))

    def _render_surgery(self, state: InspectorState) -> None:
        self.surgery.setVisible(state.can_be_set)
        if not state.can_be_set:
            return
        assert self._taken is not None
        explanation, (low, high) = self._taken.explanation, state.range
        change = state.change
        note = ""
        if explanation.would_be is not None:
            who = "set by hand" if change is not None else "its sum is set"
            note = f"{who}; would be {number(explanation.would_be)}"
        gate = (low, high) == (0.0, 1.0) and state.looking.quantity != "s"
        self.surgery.render(
            Setting(
                value=explanation.value,
                low=low,
                high=high,
                off_words="Close gate" if gate else "Switch unit off",
                note=note,
                onwards=None if change is None else change.onwards,
            )
        )

    def _render_back(self) -> None:
        self.head.show_way_back(self._place_words(self._trail[-1]) if self._trail else "")

    def _render_all_button(self) -> None:
        hidden = self.terms.count - sum(not bar.is_rest for bar in self.terms.shown())
        self.all_button.setVisible(self.terms.expanded or hidden > 0)
        self.all_button.setText("fewer" if self.terms.expanded else f"all {self.terms.count}")

    def _place_words(self, place: Place) -> str:
        """Name a place of the trail."""
        assert self._state is not None
        assert self._state.reading is not None
        if place.unit is None:
            return f"the prediction {indexed('ŷ', place.step)}"
        letters = Letters(self._state.reading.spec.cell, self._state.notation)
        return f"{plain(letters.at(place.quantity, place.step))} · unit {place.unit + 1}"

    @property
    def explanation(self) -> Explanation | None:
        """What is taken apart now."""
        return None if self._taken is None else self._taken.explanation

    @property
    def trail(self) -> tuple[Place, ...]:
        """The places that were left by following terms, the last one at the end."""
        return tuple(self._trail)

    # ---- what is asked for --------------------------------------------------------------

    def show_quantity(self, name: str) -> None:
        """Ask for another number of the selected unit, such as the gate "f"."""
        if self._state is not None and self._state.unit is not None:
            self.place_requested.emit(dataclasses.replace(self._state.place, quantity=name))

    def go_back(self) -> None:
        """Return to where the last term was followed from."""
        if self._trail:
            place = self._trail.pop()
            self._render_back()
            self.place_requested.emit(place)

    def copy(self, kind: str) -> None:
        """Copy the number: its formula as "latex", its computation as "numpy", or as "text"."""
        if self._taken is not None:
            QGuiApplication.clipboard().setText(WRITERS[kind](self._taken))
            self.hinted.emit(f"Copied {plain(self._taken.name)}.")

    def _on_place_followed(self, place: Place) -> None:
        assert self._state is not None
        self._trail.append(self._state.place)
        self.place_requested.emit(place)

    def _on_class_chosen(self, key: str) -> None:
        assert self._state is not None
        if self._state.unit is not None:
            self.place_requested.emit(dataclasses.replace(self._state.place, unit=int(key)))
            return
        self._class = int(key)
        self.render(self._state)

    def _on_all_clicked(self) -> None:
        self.terms.expand(not self.terms.expanded)

    def _on_set_requested(self, value: float, onwards: bool) -> None:
        if self._state is not None:
            self.clamp_requested.emit(self._state.place, value, onwards)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for part in (self.formula, self.numbers, self.terms, self.history, self.driving):
            part.set_theme(theme)
        self.head.set_theme(theme)
        if self._state is not None:
            self.render(self._state)

    def table_rows(self) -> list[list[str]] | None:
        if self._taken is None:
            return None
        rows = [["term", "of", "value"]]
        # All of them, also those that the picture has no room for: they add up.
        return rows + [
            [plain(bar.symbol), bar.detail, repr(bar.value)] for bar in bars(self._taken)
        ]


def _own_quantities(reading: Reading, place: Place) -> list[str]:
    """Return the numbers that a unit of a layer has, those first that have a button."""
    own = reading.trace.layer(place.layer or 0, place.direction).quantities
    first = [name for name in reading.unit_quantities() if name in own]
    return [*first, *(name for name in own if name not in first)]


def _class_option(index: int, label: str, short: str) -> Option:
    return Option(str(index), label, f"What made the score of “{label}”", label, short)


def _quantity_option(name: str, letter: str, reading: Reading, notation: Notation) -> Option:
    meaning = quantity_words(name, reading.spec.cell, notation).meaning
    return Option(name, letter, meaning, f"{letter}: {meaning}")


def _meaning(taken: TakenApart) -> str:
    return quantity_words(taken.place.quantity, taken.reading.spec.cell, taken.notation).meaning
