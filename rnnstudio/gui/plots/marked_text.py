"""Draws words whose indices are marked, such as "W_{hh}[3, j]", with small letters below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

_MARK = re.compile(r"_\{([^{}]*)\}")
_SMALLER = 0.82
_LOWER = 0.2  # of the letters' size


def marked_width(text: str, letters: QFont) -> float:
    """Return how many pixels marked text takes."""
    metrics, small = QFontMetricsF(letters), QFontMetricsF(_below(letters))
    return sum(
        (small if below else metrics).horizontalAdvance(part) for part, below in _parts(text)
    )


def draw_marked(painter: QPainter, area: QRectF, text: str, letters: QFont) -> float:
    """Draw marked text in one line, left, in the middle of the height; return where it ends.

    What does not fit is cut with "…", at the end.
    """
    metrics = QFontMetricsF(letters)
    if "_{" not in text:
        painter.setFont(letters)
        shown = text
        if metrics.horizontalAdvance(text) > area.width():
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
        return area.left() + metrics.horizontalAdvance(shown)
    small_letters = _below(letters)
    small = QFontMetricsF(small_letters)
    base = area.center().y() + (metrics.ascent() - metrics.descent()) / 2
    x, end = area.left(), area.right()
    dots = metrics.horizontalAdvance("…")
    fits = marked_width(text, letters) <= area.width()
    for part, below in _parts(text):
        font, sizes = (small_letters, small) if below else (letters, metrics)
        width = sizes.horizontalAdvance(part)
        cut = not fits and x + width > end - dots
        if cut:
            part = sizes.elidedText(part, Qt.TextElideMode.ElideRight, max(end - x, dots))
            part = part if part.endswith("…") else f"{part}…"
        painter.setFont(font)
        lower = letters.pixelSize() * _LOWER if below else 0.0
        painter.drawText(QPointF(x, base + lower), part)
        x += sizes.horizontalAdvance(part)
        if cut:
            break
    return x


def _below(letters: QFont) -> QFont:
    small = QFont(letters)
    small.setPixelSize(max(round(letters.pixelSize() * _SMALLER), 10))
    return small


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield pieces of marked text with whether they stand below."""
    for place, part in enumerate(_MARK.split(text)):
        if part:
            yield part, place % 2 == 1
