"""The panel of a phrase: the units that are on exactly in it, and where they are on again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.gui.controls import ElidedLabel, button, label, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.models.phrase import PhrasePlacesModel, PhraseUnitsModel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.lettering import number, shown_word
from rnnstudio.gui.plots.phrase_lines import PlaceDelegate, UnitDelegate
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.tables import CellRole
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.phrase import NEVER_ON, NO_UNIT, NOT_YET, PhraseState

_STEPS = 100  # of the threshold's slider
_MOST_UNITS_SHARE = 0.3  # of the panel's height; more of them scroll
_READING = "Reading the sentences of the data …"


class PhrasePanel(Panel):
    """Shows a `PhraseState`."""

    looking_changed = Signal(object)  # a dict of fields of `Looking`
    unit_requested = Signal(int, int)  # unit from 0, step
    row_requested = Signal(int, int)  # row of the table, step
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Phrase", parent=parent)
        self.setObjectName("phrase")
        self._state: PhraseState | None = None
        self.close_button = tool_button("", "Close: select no phrase (Esc in the heat map)")
        self.close_button.setObjectName("close_phrase")
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.clicked.connect(self.closed)
        self.header.addWidget(self.close_button)

        self.words = ElidedLabel("title")
        self.words.setObjectName("phrase_words")
        self.about = label("", "muted")
        self.about.setWordWrap(True)
        self.threshold_words = label("", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("threshold")
        self.slider.setRange(1, _STEPS)
        self.slider.setPageStep(10)
        self.slider.setToolTip("From which value on a unit counts as on")
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.units_heading = label("On exactly here", "heading")
        self.units_count = label("", "muted")
        self.units_model = PhraseUnitsModel(self)
        self.units = LineList("phrase_units")
        self._unit_lines = UnitDelegate(self.units_model, self.units)
        self.units.setModel(self.units_model)
        self.units.setItemDelegate(self._unit_lines)
        self.no_units = words_instead(NO_UNIT)
        self.better = button("", tooltip="The threshold at which most units are on exactly here")
        self.better.setObjectName("better_threshold")
        self.better.clicked.connect(self._on_better_clicked)
        self.places_heading = label("On again", "heading")
        self.places_count = ElidedLabel("muted")
        self.places_model = PhrasePlacesModel(self)
        self.places = LineList("phrase_places")
        self._place_lines = PlaceDelegate(self.places_model, self.places)
        self.places.setModel(self.places_model)
        self.places.setItemDelegate(self._place_lines)
        self.no_places = words_instead()
        self.message = words_instead()
        self._fill()
        self.units.opened.connect(self._on_unit_opened)
        self.places.opened.connect(self._on_place_opened)
        for lines in (self.units, self.places):
            lines.hinted.connect(self.hinted)
        self.set_theme(self.theme)

    def _fill(self) -> None:
        self.found = QWidget()
        layout = QVBoxLayout(self.found)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.words)
        layout.addWidget(self.about)
        layout.addSpacing(4)
        layout.addWidget(self.threshold_words)
        layout.addWidget(self.slider)
        layout.addSpacing(4)
        layout.addLayout(_line(self.units_heading, self.units_count))
        layout.addWidget(self.units)
        layout.addWidget(self.no_units)
        layout.addWidget(self.better, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        layout.addLayout(_line(self.places_heading, self.places_count))
        layout.addWidget(self.places, 1)
        layout.addWidget(self.no_places, 1)
        layout.addStretch(0)
        self.body.addWidget(self.found, 1)
        self.body.addWidget(self.message, 1)

    def render(self, state: PhraseState) -> None:  # type: ignore[override]
        """Show what is known of a phrase."""
        self._state = state
        self.found.setVisible(not state.message)
        self.message.setVisible(bool(state.message))
        self.message.setText(state.message)
        if state.message:
            return
        self._render_phrase(state)
        self._render_units(state)
        self._render_places(state)

    def _render_phrase(self, state: PhraseState) -> None:
        first, last = state.phrase
        text = state.joint.join(shown_word(word) for word in state.words)
        self.words.set_words(f"“{text}”")
        steps = f"step {first:,}" if first == last else f"steps {first:,} to {last:,}"
        what = state.quantity.heading if state.quantity else ""
        self.about.setText(f"{what}{state.place} · {steps}")
        value = number(state.looking.threshold, 2)
        on = f"on: {value} or more"
        self.threshold_words.setText(f"{on}, or −{value} or less" if state.signed else on)
        self.slider.setAccessibleName(f"Threshold {value}")
        self.slider.blockSignals(True)
        self.slider.setValue(round(state.looking.threshold / state.most * _STEPS))
        self.slider.blockSignals(False)

    def _render_units(self, state: PhraseState) -> None:
        noun = state.kind.plural if state.count != 1 else str(state.kind)
        self.units_count.setText(f"{len(state.units):,} of {state.count:,} {noun}")
        self.units_model.kind = str(state.kind)
        low = -state.most if state.signed else 0.0
        self._unit_lines.scale = Scale(low, state.most, state.diverging)
        self.units_model.show(state.units)
        self.units.setVisible(bool(state.units))
        self.no_units.setVisible(not state.units)
        if state.better is None:
            self.no_units.setText(NEVER_ON)
        else:
            lower = state.better < state.looking.threshold
            self.no_units.setText(NO_UNIT if lower else NOT_YET)
        self.better.setVisible(not state.units and state.better is not None)
        self.better.setText(f"Set the threshold to {number(state.better or 0.0, 2)}")
        self._fit_units()
        chosen = next((i for i, one in enumerate(state.units) if one.unit == state.unit), -1)
        self.units.choose(chosen)

    def _render_places(self, state: PhraseState) -> None:
        some = bool(state.units)
        self.places_heading.setVisible(some)
        self.places_count.setVisible(some)
        self.places_model.joint = state.joint
        self.places_model.units = len(state.units)
        self.places_model.show(state.places)
        self.places.setVisible(bool(state.places))
        words = _READING if state.searching else state.note
        self.no_places.setText(words)
        self.no_places.setVisible(some and not state.places)
        self.places_count.set_words(_count_words(state))

    def _fit_units(self) -> None:
        """Let the list of units take as much room as it needs, up to a share of the height."""
        count = self.units_model.rowCount()
        if count:
            line = self.units.sizeHintForRow(0)
            most = max(round(self.height() * _MOST_UNITS_SHARE), 3 * line)
            self.units.setFixedHeight(min(count * line, most) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_units()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.close_button.setIcon(icon("close", theme))
        self._unit_lines.theme = theme
        self._place_lines.theme = theme
        self.units.viewport().update()
        self.places.viewport().update()

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or state.message:
            return None
        if not state.places:
            units = [
                [one.name, "+" if one.sign > 0 else "−", f"{one.mean:.6g}"] for one in state.units
            ]
            return [[str(state.kind), "sign", "mean value"], *units]
        rows = [["row", "first step", "last step", "words", "units on", "sentence"]]
        for place in state.places:
            marked = place.words[place.first - 1 : place.last]
            rows.append(
                [
                    str(place.table_row + 1),
                    str(place.first),
                    str(place.last),
                    state.joint.join(marked),
                    str(place.count),
                    state.joint.join(place.words[1:-1]),
                ]
            )
        return rows

    def _on_slider_moved(self, value: int) -> None:
        if self._state is not None and not self._state.message:
            self.looking_changed.emit({"threshold": value / _STEPS * self._state.most})

    def _on_better_clicked(self) -> None:
        if self._state is not None and self._state.better is not None:
            self.looking_changed.emit({"threshold": self._state.better})

    def _on_unit_opened(self, row: int) -> None:
        if self._state is not None:
            self.unit_requested.emit(self.units_model.line(row).unit, self._state.phrase[1])

    def _on_place_opened(self, row: int) -> None:
        place = self.places_model.line(row)
        self.row_requested.emit(place.table_row, place.last)


class LineList(QListView):
    """A list of painted lines; a click or Enter opens one."""

    opened = Signal(int)
    hinted = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.clicked.connect(self._on_clicked)

    def choose(self, row: int) -> None:
        """Show a line as chosen; −1 for none."""
        model = self.model()
        if row >= 0:
            self.setCurrentIndex(model.index(row, 0))
        elif not self.hasFocus():
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self.hinted.emit(str(index.data(CellRole.HINT) or "") if index.isValid() else "")

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hinted.emit("")

    def _on_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())


def _line(left: QWidget, right: QWidget) -> QHBoxLayout:
    """A heading with what is said beside it."""
    result = QHBoxLayout()
    result.setSpacing(8)
    result.addWidget(left)
    result.addWidget(right, 1)
    return result


def _count_words(state: PhraseState) -> str:
    if state.searching or not state.rows_read:
        return ""
    read = f"{state.rows_read:,}"
    if state.rows_read < state.rows_all:
        read = f"{read} of {state.rows_all:,}"
    more = "+" if state.more_places else ""
    return f"{len(state.places):,}{more} in {read} sentences"
