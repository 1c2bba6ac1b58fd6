"""Draws a one-hot vector as a row of cells with one of them lit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from rnnstudio.gui.theme import Theme


def draw_one_hot(painter: QPainter, box: QRectF, id_: int, size: int, theme: Theme) -> None:
    """Draw as many cells as can be told apart, that of word `id_` of `size` lit, if there is one.

    Leaves the painter smoothing edges.
    """
    cells = min(size, int(box.width() // 4))
    pitch = box.width() / cells
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(box, theme.color("track"))
    panel = theme.color("panel")
    for cell in range(1, cells):
        painter.fillRect(
            QRectF(round(box.left() + cell * pitch) - 1, box.top(), 1, box.height()), panel
        )
    if id_:
        lit = (id_ - 1) * cells // size
        start = round(box.left() + lit * pitch)
        stop = round(box.left() + (lit + 1) * pitch) - (1 if lit < cells - 1 else 0)
        painter.fillRect(
            QRectF(start, box.top(), stop - start, box.height()), theme.color("accent")
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
