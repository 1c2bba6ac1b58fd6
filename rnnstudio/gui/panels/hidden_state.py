"""The panel with a quantity over the sentence as a heat map, units × time."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QPushButton, QStackedLayout, QWidget

from rnnstudio.gui.controls import button
from rnnstudio.gui.menu_button import Choice, MenuButton, Section
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.color_bar import ColorBar
from rnnstudio.gui.plots.heat_map import HeatMap, HeatMapData
from rnnstudio.gui.theme import Theme
from rnnstudio.session.looking import Looking, Order
from rnnstudio.session.over_time import place_words
from rnnstudio.session.quantity_words import Group, QuantityWords
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading
from rnnstudio.session.resolve.heat_map import HeatMapState, Picture

_ORDER_WORDS = {
    Order.INDEX: ("index", "In their own order"),
    Order.CHANGE: ("change", "What changes most over this sentence on top"),
    Order.CLASS_WEIGHT: ("class weight", "What speaks for the class most on top, against it below"),
    Order.SIMILARITY: ("similarity", "What goes up and down together stands together"),
}
_NOT_READ = "The classes do not read these numbers directly"
_DIRECTIONS = (("→ forward", "From the first word to the last"), ("← backward", "From the last"))
_ROOMY = 1040  # pixels; with less the header says the same in fewer words
_NUMBERS, _NUMBERS_SHORT = "numbers", "123"
_TITLE_SHARE = 0.26
_MOST_CLASSES = 200  # in a menu


class HiddenStatePanel(Panel):
    """Shows one quantity of every unit over the sentence, sorted as chosen."""

    step_requested = Signal(int)
    unit_requested = Signal(int, int)  # unit from 0, step
    looking_changed = Signal(object)  # a dict of fields of `Looking`
    phrase_selected = Signal(int, int)  # first and last step
    phrase_cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Hidden state", "units × time", parent)
        self.setObjectName("hidden_state")
        self._state: HeatMapState | None = None
        self._drawn: tuple[object, ...] = ()
        self._header: object = None
        self.quantity = MenuButton("Quantity", "Which numbers are shown")
        self.quantity.setObjectName("quantity")
        self.place = MenuButton("Layer and direction", "Whose numbers are shown")
        self.place.setObjectName("place")
        self.sort = MenuButton("Order of the rows", "How the rows are sorted")
        self.sort.setObjectName("sort")
        self.numbers = _toggle()
        self.scale = ColorBar()
        for control in (self.quantity, self.place, self.sort, self.numbers, self.scale):
            self.header.addWidget(control)
        self.map = HeatMap()
        self.message = words_instead("The value of every unit at every step appears here.")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.map)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self.quantity.chosen.connect(self._on_quantity_chosen)
        self.place.chosen.connect(self._on_chosen)
        self.sort.chosen.connect(self._on_chosen)
        self.numbers.toggled.connect(self.map.show_numbers)
        self.map.step_requested.connect(self.step_requested)
        self.map.unit_requested.connect(self.unit_requested)
        self.map.phrase_selected.connect(self.phrase_selected)
        self.map.phrase_cleared.connect(self.phrase_cleared)
        self.map.hinted.connect(self.hinted)

    def render(self, state: HeatMapState) -> None:  # type: ignore[override]
        """Show a quantity with the play head and the phrase."""
        self._state = state
        reading, picture, words = state.reading, state.picture, state.words
        found = reading is not None and picture is not None and words is not None
        self._stack.setCurrentWidget(self.map if found else self.message)
        for control in (self.quantity, self.sort, self.numbers, self.scale):
            control.setVisible(found)
        if reading is None or picture is None or words is None:
            self.message.setText(state.message)
            self.map.set_data(None)
            self._drawn = ()
            self._header = None
            self.place.hide()
            return
        place = place_words(reading, state.looking)
        drawn = (reading, picture, words, place)
        if drawn != self._drawn:
            self._drawn = drawn
            self.map.set_data(
                HeatMapData(picture.numbers, picture.order, reading.words, words.letter, place)
            )
            self.scale.set_scale(self.map.data.scale if self.map.data else self.scale.scale)
        self._render_header(state, reading, picture, words)
        self.map.set_phrase(state.phrase, frozenset(one.unit for one in state.phrase_units))
        self.map.set_play_head(state.step, state.unit)
        self._tell(state, reading, picture, words)

    def _render_header(
        self, state: HeatMapState, reading: Reading, picture: Picture, words: QuantityWords
    ) -> None:
        about = (state.looking, words, state.choices, state.ranked_class, reading.spec)
        header = (*about, reading.labels, picture.orders, picture.sorted_by, picture.numbers.kind)
        if header == self._header:
            return  # weights that have learned change nothing of it
        self._header = header
        self._show_title()
        self.quantity.show_choices(_quantity_sections(state.choices))
        self.quantity.show_chosen(words.letter, words.name)
        self._show_places(reading, state.looking)
        self._show_orders(state, reading, picture)

    def _show_title(self) -> None:
        words = self._state.words if self._state else None
        picture = self._state.picture if self._state else None
        if words is None or picture is None:
            return
        room = max(round(self.width() * _TITLE_SHARE), 110)
        metrics = QFontMetrics(self.title.font())
        title = metrics.elidedText(words.heading, Qt.TextElideMode.ElideRight, room)
        self.set_title(title, f"{picture.numbers.kind.plural} × time")
        self.title.setToolTip(f"{words.heading}: {words.meaning}")

    def _show_places(self, reading: Reading, looking: Looking) -> None:
        """Offer layers and directions where there are several and they count."""
        spec = reading.spec
        of_network = looking.quantity in NETWORK_QUANTITIES
        both = spec.bidirectional and looking.quantity != "x"
        self.place.setVisible(not of_network and (spec.layers > 1 or both))
        sections = []
        if spec.layers > 1:
            layers = tuple(
                Choice(("layer", layer), f"layer {layer + 1}") for layer in range(spec.layers)
            )
            sections.append(Section("Layer", layers))
        if both:
            directions = tuple(
                Choice(("direction", way), words, tooltip)
                for way, (words, tooltip) in enumerate(_DIRECTIONS)
            )
            sections.append(Section("Direction", directions))
        self.place.show_choices(sections)
        layer, direction = looking.layer or 0, looking.direction
        says = [f"layer {layer + 1}"] if spec.layers > 1 else []
        if both:
            arrow, way = _DIRECTIONS[direction][0].split()
            says.append(arrow if says else f"{arrow} {way}")
        self.place.show_chosen(" ".join(says), ("layer", layer), ("direction", direction))

    def _show_orders(self, state: HeatMapState, reading: Reading, picture: Picture) -> None:
        noun = picture.numbers.kind.plural
        orders = tuple(
            Choice(
                ("order", order),
                words,
                tooltip,
                "" if order in picture.orders else _NOT_READ,
            )
            for order, (words, tooltip) in _ORDER_WORDS.items()
        )
        sections = [Section(f"Sort the {noun} by", orders)]
        labels = reading.labels
        if Order.CLASS_WEIGHT in picture.orders:
            classes = tuple(
                Choice(("ranked_class", index), f"weight on {name}")
                for index, name in enumerate(labels[:_MOST_CLASSES])
            )
            leading = Choice(("ranked_class", None), "the class that is answered")
            sections.append(Section("Class of the weights", (leading, *classes), folded=True))
        self.sort.show_choices(sections)
        roomy = self.width() >= _ROOMY
        words = _ORDER_WORDS[picture.sorted_by][0]
        if picture.sorted_by is Order.CLASS_WEIGHT:
            words = f"weight on {_shortened(labels[state.ranked_class], 14)}"
            if not roomy:
                words = f"on {_shortened(labels[state.ranked_class], 9)}"
        self.sort.show_chosen(
            f"sort: {words}" if roomy else words,
            ("order", picture.sorted_by),
            ("ranked_class", state.looking.ranked_class),
        )

    def _tell(
        self, state: HeatMapState, reading: Reading, picture: Picture, words: QuantityWords
    ) -> None:
        """Say where the play head stands to who hears the window instead of seeing it."""
        self.map.setAccessibleName(
            f"{words.heading} over time{place_words(reading, state.looking)}"
        )
        said = f"step {state.step} of {len(reading)}, “{reading.words[state.step - 1]}”"
        column = None if state.unit is None else picture.numbers.place_of(state.unit)
        if column is not None:
            value = picture.numbers.values[state.step - 1, column]
            said += f", {picture.numbers.kind} {picture.numbers.names[column]}: {value:.3f}"
        self.map.setAccessibleDescription(said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scale.set_narrow(self.width() < _ROOMY)
        self.numbers.setText(_NUMBERS if self.width() >= _ROOMY else _NUMBERS_SHORT)
        if self._state is not None and self._state.reading and self._state.picture:
            self._show_title()
            self._show_orders(self._state, self._state.reading, self._state.picture)

    def show_enlarged(self, enlarged: bool) -> None:
        super().show_enlarged(enlarged)
        self.map.show_scroll_bar(enlarged)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.map.set_theme(theme)
        self.scale.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or state.reading is None or state.picture is None:
            return None
        numbers = state.picture.numbers
        rows = [[str(numbers.kind), *state.reading.words]]
        for column in state.picture.order.tolist():
            values = (f"{value:.6g}" for value in numbers.values[:, column])
            rows.append([numbers.names[column], *values])
        return rows

    def _on_quantity_chosen(self, name: object) -> None:
        state = self._state
        if state is None or state.reading is None:
            return
        self.looking_changed.emit({"quantity": str(name)})

    def _on_chosen(self, key: object) -> None:
        assert isinstance(key, tuple)
        changes = {key[0]: key[1]}
        if key[0] == "ranked_class":
            changes["order"] = Order.CLASS_WEIGHT
        self.looking_changed.emit(changes)


def _toggle() -> QPushButton:
    """The switch for numbers on the cells."""
    result = button(_NUMBERS, "segment", "Write the number on every cell")
    result.setProperty("place", "only")
    result.setObjectName("numbers")
    result.setCheckable(True)
    result.setAccessibleName("Numbers on the cells")
    return result


def _quantity_sections(choices: tuple[QuantityWords, ...]) -> list[Section]:
    order = list(Group)
    by_group = sorted(choices, key=lambda one: order.index(one.group))
    return [
        Section(
            group,
            tuple(
                Choice(
                    one.name, f"{one.letter}   {one.title[0].lower()}{one.title[1:]}", one.meaning
                )
                for one in ones
            ),
        )
        for group, ones in groupby(by_group, key=lambda one: one.group)
    ]


def _shortened(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
