"""What the painting functions of the strip share: painter, colours, layout, numbers, places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from rnnstudio.gui.plots.strip_layout import Span, StripLayout
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.theme import Theme, font

GHOST = 0.32  # opacity of steps to come: seen, clearly not yet there
GHOST_WORD = 0.6  # their words can be read
CENTRED = Qt.AlignmentFlag.AlignCenter
FROM_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
FROM_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Easel:
    """One painting of the strip.

    `width` is a column's, `step` the play head's; `left_of` says where a step's column begins in
    the viewport, `edges_of` where its state begins and ends, which is wider where it is opened.
    At the heights `levels` the memory goes from step to step: of an LSTM's diagram both of it.
    With `ghosts` steps to come are fainter; a picture of a column is made fainter as a whole.
    """

    painter: QPainter
    theme: Theme
    layout: StripLayout
    model: StripModel
    width: int
    step: int
    left_of: Callable[[int], float]
    edges_of: Callable[[int], tuple[float, float]]
    levels: tuple[float, ...]
    ghosts: bool = True

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """Return a colour of the theme."""
        return self.theme.color(role, alpha)

    def fade(self, step: int, ghost: float = GHOST) -> None:
        """Paint a step that is to come fainter."""
        self.painter.setOpacity(1.0 if step <= self.step or not self.ghosts else ghost)

    def line(self, step: int, span: Span, margin: float = 0.0) -> QRectF:
        """Return a stretch of a step's column."""
        left = self.left_of(step)
        return QRectF(left + margin, span.top, self.width - 2 * margin, span.height)

    def write(
        self,
        box: QRectF,
        text: str,
        color: QColor,
        letters: QFont | None = None,
        alignment: Qt.AlignmentFlag = CENTRED,
    ) -> None:
        """Write one line of text; it is not cut at the box."""
        self.painter.setFont(letters or font(11))
        self.painter.setPen(color)
        self.painter.drawText(box, alignment | Qt.TextFlag.TextDontClip, text)
