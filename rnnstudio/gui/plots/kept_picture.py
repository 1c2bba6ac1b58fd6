"""A picture that is drawn once, and copied for as long as nothing of it has changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

_NOTHING = QColor(Qt.GlobalColor.transparent)


class KeptPicture:
    """Paints through a picture that it keeps together with what it depends on."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._key: object = None

    def paint(
        self,
        painter: QPainter,
        size: QSize,
        ratio: float,
        key: object,
        draw: Callable[[QPainter], None],
        ground: QColor = _NOTHING,
    ) -> None:
        """Paint at the upper left corner what `draw` draws, anew only if something has changed.

        Args:
            size: in logical pixels.
            ratio: device pixels a logical pixel.
            key: all that the picture depends on beside size and ratio.
            ground: the colour behind it; copying a picture without holes is quicker.
        """
        key = (size.toTuple(), ratio, key)
        if key != self._key:
            self._key = key
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(ground)
            own = QPainter(self._picture)
            draw(own)
            own.end()
        painter.drawPixmap(0, 0, self._picture)
