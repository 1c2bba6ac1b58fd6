"""The row of controls over the confusion matrix: what is coloured, in which order, which tags."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from rnnstudio.gui.controls import SegmentedControl, tool_button
from rnnstudio.gui.menu_button import Choice, MenuButton, Section
from rnnstudio.session.answers.judging import MatrixOrder
from rnnstudio.session.resolve.confusion import ConfusionState

ALL, ERRORS = "all", "errors"
WORDS, ENTITIES = "words", "entities"
MERGED, OUTSIDE, STRICT = "merged", "outside", "strict"

_ORDERS = {
    MatrixOrder.DATA: ("data", "As the labels stand in the data"),
    MatrixOrder.SIZE: ("size", "The class with most examples first"),
    MatrixOrder.NAME: ("name", "By the alphabet"),
    MatrixOrder.SIMILARITY: ("similarity", "Classes that are mixed up stand together"),
    MatrixOrder.HAND: ("by hand", "As you put them: drag the name of a class"),
}
_BY_HAND_FIRST = "Drag the name of a class (or press Alt with an arrow) to put it elsewhere"


class MatrixBar(QWidget):
    """Shows how the answers are looked at; `judging_changed` carries the fields to change."""

    judging_changed = Signal(object)
    zoom_in_requested = Signal()
    zoom_out_requested = Signal()
    zoom_reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = SegmentedControl(
            (
                (ALL, "all", "Colour right answers and errors, each on a scale of their own"),
                (ERRORS, "errors", "Colour the errors only: the diagonal stays pale"),
            )
        )
        self.order = MenuButton("Order of the classes", "In which order the classes stand")
        self.order.setObjectName("matrix_order")
        self.swap = QPushButton("Swap")
        self.swap.setObjectName("matrix_swap")
        self.swap.setCheckable(True)
        self.swap.setProperty("role", "segment")
        self.swap.setProperty("place", "only")
        self.swap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.swap.setCursor(Qt.CursorShape.PointingHandCursor)
        self.swap.setToolTip("Swap the axes: the predictions in the rows, the truth in the columns")
        self.unit = SegmentedControl(
            (
                (WORDS, "words", "Count each word with its tag"),
                (ENTITIES, "entities", "Count whole entities: type and border must be right"),
            )
        )
        self.tags = MenuButton("Tags", "How tags are counted")
        self.tags.setObjectName("matrix_tags")
        self._make_zoom()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for control in (self.shown, self.order, self.swap, self.unit, self.tags):
            layout.addWidget(control)
        layout.addStretch(1)
        layout.addWidget(self.zoom)
        self.shown.chosen.connect(self._on_shown)
        self.order.chosen.connect(self._on_order)
        self.swap.clicked.connect(self._on_swap)
        self.unit.chosen.connect(self._on_unit)
        self.tags.chosen.connect(self._on_tag)
        self._state: ConfusionState | None = None

    def _make_zoom(self) -> None:
        self.zoom = QWidget()
        layout = QHBoxLayout(self.zoom)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.zoom_out = tool_button("−", "Smaller cells, until all are in sight (−, Ctrl + wheel)")
        self.zoom_reset = tool_button("100 %", "Cells of the size they had at first (0)")
        self.zoom_in = tool_button("+", "Larger cells (+, Ctrl + wheel)")
        self.zoom_reset.setFixedWidth(52)
        for name, sign, asked in (
            ("zoom_out", self.zoom_out, self.zoom_out_requested),
            ("zoom_reset", self.zoom_reset, self.zoom_reset_requested),
            ("zoom_in", self.zoom_in, self.zoom_in_requested),
        ):
            sign.setObjectName(name)
            sign.setMinimumSize(QSize(24, 24))
            sign.clicked.connect(asked)
            layout.addWidget(sign)

    def render(self, state: ConfusionState) -> None:  # type: ignore[override]
        """Show what is chosen, and only the choices that apply."""
        self._state = state
        judging, judgement = state.judging, state.judgement
        self.setEnabled(judgement is not None)
        self.shown.choose(ERRORS if judging.errors_only else ALL)
        by_hand_first = "" if judging.order is MatrixOrder.HAND else _BY_HAND_FIRST
        self.order.show_choices(
            (
                Section(
                    "Order of the classes",
                    tuple(
                        Choice(
                            order,
                            words[0].upper() + words[1:],
                            tooltip,
                            by_hand_first if order is MatrixOrder.HAND else "",
                        )
                        for order, (words, tooltip) in _ORDERS.items()
                    ),
                ),
            )
        )
        self.order.show_chosen(f"Sort: {_ORDERS[judging.order][0]}", judging.order)
        self.swap.setChecked(judging.swapped)
        self.unit.setVisible(state.marks_entities)
        self.unit.choose(ENTITIES if judging.by_entity else WORDS)
        self._render_tags(state)

    def _render_tags(self, state: ConfusionState) -> None:
        judging = state.judging
        by_entity = state.marks_entities and judging.by_entity
        self.tags.setVisible(state.marks_entities)
        if by_entity:
            choices: tuple[Choice, ...] = (
                Choice(
                    STRICT,
                    "Strict rules",
                    "An entity must begin with B-; otherwise an I- may begin one, too",
                ),
            )
        else:
            choices = (
                Choice(MERGED, "B- and I- as one", "Take B-X and I-X for the same tag X"),
                Choice(OUTSIDE, "Show O", "Draw the words outside of all entities, too"),
            )
        self.tags.show_choices((Section("", choices),))
        chosen = [
            key
            for key, is_on in (
                (STRICT, judging.strict),
                (MERGED, judging.merged),
                (OUTSIDE, judging.outside),
            )
            if is_on
        ]
        self.tags.show_chosen("Rules" if by_entity else "Tags", *chosen)

    def show_zoom(self, zoom: float, least: float, most: float, needed: bool) -> None:
        """Show how far the cells are zoomed; the signs stand there only where they are `needed`."""
        self.zoom.setVisible(needed)
        self.zoom_reset.setText(f"{round(zoom * 100)} %")
        self.zoom_reset.setEnabled(zoom != 1.0)
        self.zoom_out.setEnabled(zoom > least + 1e-6)
        self.zoom_in.setEnabled(zoom < most - 1e-6)

    def _on_shown(self, key: str) -> None:
        self.judging_changed.emit({"errors_only": key == ERRORS})

    def _on_order(self, key: object) -> None:
        self.judging_changed.emit({"order": MatrixOrder(str(key))})

    def _on_swap(self, checked: bool) -> None:
        self.judging_changed.emit({"swapped": checked})

    def _on_unit(self, key: str) -> None:
        self.judging_changed.emit({"by_entity": key == ENTITIES})

    def _on_tag(self, key: object) -> None:
        if self._state is not None:
            self.judging_changed.emit({str(key): not getattr(self._state.judging, str(key))})
