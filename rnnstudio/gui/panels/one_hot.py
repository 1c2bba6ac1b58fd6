"""The vectors x_1 … x_T of the chosen sentence: one-hot, or the embedding that is learned."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.controls import SegmentedControl, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.plots.one_hot_grid import OneHotGrid
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.data import OneHotState

ONE_HOT, EMBEDDING = "one_hot", "embedding"
# More columns than this in a copied table are of no use to a reader.
_MOST_COPIED = 2000


class OneHotPanel(Panel):
    """Tokens × L: a single 1 a row, at the word's id."""

    step_requested = Signal(int)  # 1-based

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("One-hot", parent=parent)
        self._state: OneHotState | None = None
        self.switch = SegmentedControl(
            (
                (ONE_HOT, "one-hot", "A vector of L numbers: 1 at the word's id, else 0"),
                (EMBEDDING, "embedding", "The E numbers that the network has learned for the word"),
            )
        )
        self.switch.chosen.connect(self._on_switched)
        self.header.addWidget(self.switch)
        self.grid = OneHotGrid()
        self.grid.setObjectName("one_hot_grid")
        self.grid.step_clicked.connect(self.step_requested)
        self.grid.hinted.connect(self.hinted)
        self.caption = label("", "muted")
        self.caption.setWordWrap(True)
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.caption)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.grid.set_theme(theme)

    def render(self, state: OneHotState) -> None:  # type: ignore[override]
        """Show the vectors of a sentence."""
        self._state = state
        self.switch.setVisible(state.embedding is not None)
        embedded = self._as_embedding(state)
        self.grid.render_state(state, embedded)
        which = ""
        if state.sentence is not None:
            row = state.sentence.row
            which = "the sentence typed" if row is None else f"sentence {row + 1:,}"
        if embedded and state.embedding is not None:
            limit = number(state.embedding.limit, 2)
            size = state.embedding.vectors.shape[1]
            title = "Embedding"
            words = f"E = {size} · −{limit} … {limit}"
        else:
            title = "One-hot"
            words = f"{which} · L = {state.size:,} {state.unit}s" if which else ""
        self.set_title(title, words)
        self._render_caption()

    def _render_caption(self) -> None:
        left_out = self.grid.columns.left_out
        self.caption.setVisible(bool(left_out))
        self.caption.setText(
            f"… stands for columns that are 0 in every row: {left_out:,} of "
            f"{self._state.size if self._state else 0:,} are not drawn."
        )

    def _as_embedding(self, state: OneHotState) -> bool:
        return state.embedding is not None and self.switch.key == EMBEDDING

    def _on_switched(self) -> None:
        if self._state is not None:
            self.render(self._state)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._render_caption()

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or state.sentence is None:
            return None
        if self._as_embedding(state) and state.embedding is not None:
            vectors = state.embedding.vectors
            head = ["word", *(str(place + 1) for place in range(vectors.shape[1]))]
            words = state.sentence.words
            return [
                head,
                *(
                    [word, *map(str, row.tolist())]
                    for word, row in zip(words, vectors, strict=True)
                ),
            ]
        size = min(state.size, _MOST_COPIED)
        pairs = zip(state.sentence.words, state.sentence.ids, strict=True)
        return [
            ["word", *(str(place) for place in range(1, size + 1))],
            *(
                [word, *("1" if place == id_ else "0" for place in range(1, size + 1))]
                for word, id_ in pairs
            ),
        ]
