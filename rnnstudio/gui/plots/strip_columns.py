"""Pictures of single columns of the strip: scrolling and stepping move them, and paint few anew."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from rnnstudio.gui.plots.strip_easel import GHOST, GHOST_WORD, Easel

_MOST = 64  # columns of a wide screen, and some that have just been left
# How far the arrow from the initial state and marks reach out of a column.
_OVERHANG = 56
Draw = Callable[[Easel], None]


class ColumnPictures:
    """Keeps the pictures of columns that were painted last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self.common: object = None

    def begin(self, common: object) -> None:
        """Forget all pictures where what they have in common has changed."""
        if common != self.common:
            self.common = common
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def paint(
        self, easel: Easel, step: int, height: int, ratio: float, key: Hashable, draw: Draw
    ) -> None:
        """Paint a step's column, fainter where it is to come; `draw` draws it if need be.

        Args:
            height: of the strip.
            ratio: device pixels a logical pixel.
            key: what the picture depends on beside what all have in common.
        """
        picture = self._kept.get(key)
        if picture is None:
            picture = self._make(easel, step, height, ratio, draw)
            self._kept[key] = picture
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        left = round((easel.left_of(step) - _OVERHANG) * ratio) / ratio
        words = round(easel.layout.word.top)
        parts = (
            (0, words, GHOST),
            (words, round(easel.layout.word.bottom), GHOST_WORD),
            (round(easel.layout.word.bottom), height, GHOST),
        )
        reached = step <= easel.step
        for top, bottom, ghost in parts[:1] if reached else parts:
            end = height if reached else bottom
            easel.painter.setOpacity(1.0 if reached else ghost)
            size = QSizeF(easel.width + 2 * _OVERHANG, end - top)
            source = QRectF(QPointF(0, top) * ratio, size * ratio)
            easel.painter.drawPixmap(QRectF(QPointF(left, top), size), picture, source)
        easel.painter.setOpacity(1.0)

    @staticmethod
    def _make(easel: Easel, step: int, height: int, ratio: float, draw: Draw) -> QPixmap:
        width = easel.width + 2 * _OVERHANG
        picture = QPixmap(round(width * ratio), round(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        shift = _OVERHANG - easel.left_of(step)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

        def left_of(other: int) -> float:
            return easel.left_of(other) + shift

        def edges_of(other: int) -> tuple[float, float]:
            left, right = easel.edges_of(other)
            return left + shift, right + shift

        draw(replace(easel, painter=painter, left_of=left_of, edges_of=edges_of, ghosts=False))
        painter.end()
        return picture
