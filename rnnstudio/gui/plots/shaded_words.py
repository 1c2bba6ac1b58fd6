"""One line of words: shaded by what each did for an answer, with marks, cut where room ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPolygonF,
    QTextCharFormat,
    QTextLayout,
)

from rnnstudio.gui.contrast import blended, readable
from rnnstudio.gui.theme import Theme, font

Span = tuple[int, int]  # the first letter and the one after the last

_SIZE = 13
# More letters than any cell is wide enough for; only they are measured.
_MOST_LETTERS = 600
_DOTS = "… "
_BOLD = 8  # pixels that the word that is asked may take more than it was measured
_ROOM_BEHIND = 0.25  # of the width: for the words behind one that would not be seen
_FULLEST = {"light": 0.62, "dark": 0.5}  # of the colour, so that black or white stays clear on it
_LEAST = 0.06  # a share of the greatest contribution that is not drawn
_FLAG = 6.0
_FEW = 8  # words that tell whether single letters are read


@dataclass(frozen=True)
class ShadedWords:
    """A sentence in a table's cell.

    `words` are the places of its words and `shares` (as many, or none) what each did for the
    answer as a share, −1 … 1, of what the fullest shade stands for. `mark` is the word that was
    asked, `decided` the letter before which the answer changed for the last time. Letters from
    `read` on were not read. `said` is framed: what was answered, where that is other words than
    those of `mark`; where it is the same, it is framed only.
    """

    text: str
    words: tuple[Span, ...] = ()
    shares: tuple[float, ...] = ()
    mark: Span | None = None
    decided: int | None = None
    read: int | None = None
    said: Span | None = None

    @property
    def anchor(self) -> Span | None:
        """What is to be seen in any case: the word that was asked, or the one that decided."""
        place = self.decided
        if self.mark is not None and self.said is not None:
            return min(self.mark[0], self.said[0]), max(self.mark[1], self.said[1])
        if self.mark is not None or place is None:
            return self.mark
        own = (span for span in self.words if span[0] == place)
        return next(own, (place, place))


@dataclass(frozen=True)
class _Shown:
    """The part of a sentence that is seen: letters `first` … `last` − 1 behind `before`."""

    text: str
    before: str
    first: int
    last: int

    def place(self, letter: int) -> int:
        """Return where a letter of the sentence stands in `text`."""
        return min(max(letter, self.first), self.last) - self.first + len(self.before)

    def has(self, span: Span) -> bool:
        """Whether any of a word is seen."""
        return span[0] < self.last and span[1] > self.first


def draw_words(painter: QPainter, theme: Theme, box: QRect, cell: ShadedWords) -> None:
    """Draw a sentence into a cell, in the middle of its height."""
    shown = _shown(cell.text, cell.words, cell.anchor, box.width())
    layout = _layout(shown, cell, theme)
    metrics = QFontMetricsF(font(_SIZE))
    height = metrics.height()
    line = QRectF(box.left(), box.center().y() - height / 2 + 0.5, box.width(), height)
    painter.save()
    painter.setClipRect(box.adjusted(-4, 0, 4, 0))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    letters = all(end - start <= 1 for start, end in cell.words[:_FEW])
    for span, share in zip(cell.words, cell.shares, strict=False):
        if shown.has(span) and abs(share) >= _LEAST:
            _draw_share(painter, theme, _rect(layout, shown, span, line), share, letters)
    if cell.mark is not None and shown.has(cell.mark) and cell.mark != cell.said:
        _draw_mark(painter, theme, _rect(layout, shown, cell.mark, line), bool(cell.shares))
    if cell.said is not None and shown.has(cell.said):
        _draw_frame(painter, theme, _rect(layout, shown, cell.said, line))
    painter.setPen(theme.color("text"))
    layout.draw(painter, line.topLeft())
    if cell.decided is not None and shown.first <= cell.decided <= shown.last:
        _draw_flag(painter, theme, line.left() + _x(layout, shown.place(cell.decided)), line)
    painter.restore()


def shade(theme: Theme, share: float) -> QColor:
    """Return the ground of a word that did a share, 0 … 1, of the most for the answer."""
    fullest = _FULLEST.get(theme.name, 0.5)
    return blended(theme.color("attribution"), theme.color("panel"), min(share, 1.0) * fullest)


def word_at(cell: ShadedWords, box: QRect, x: float) -> int | None:
    """Return the number of the word at x, from 0; None where there is none."""
    shown = _shown(cell.text, cell.words, cell.anchor, box.width())
    layout = _layout(shown, cell)
    line = QRectF(box.left(), 0, box.width(), 1)
    for number, span in enumerate(cell.words):
        if shown.has(span):
            rect = _rect(layout, shown, span, line)
            if rect.left() - 1 <= x <= rect.right() + 1:
                return number
    return None


@lru_cache(maxsize=256)
def _shown(text: str, words: tuple[Span, ...], anchor: Span | None, width: int) -> _Shown:
    """Return what is seen of a sentence: its beginning, or, cut, as much as shows the anchor."""
    metrics = QFontMetricsF(font(_SIZE))
    first, before = 0, ""
    width -= _BOLD if anchor is not None else 0
    if anchor is not None and _width(metrics, text[: anchor[1]]) > width:
        # As many words before it as there is room for; the word itself if there is none.
        first = anchor[0]
        behind = min(_width(metrics, text[anchor[1] :]), width * _ROOM_BEHIND)
        room = width - behind - _width(metrics, _DOTS + text[slice(*anchor)])
        for start, _ in reversed([span for span in words if span[0] < anchor[0]]):
            if anchor[0] - start > _MOST_LETTERS or _width(metrics, text[start : anchor[0]]) > room:
                break
            first = start
        before = _DOTS if first else ""
    rest = text[first : first + _MOST_LETTERS].replace("\n", " ").replace("\t", " ")
    whole = before + rest
    elided = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, width)
    kept = len(rest) if elided == whole else max(len(elided) - 1 - len(before), 0)
    return _Shown(elided, before, first, first + kept)


def _width(metrics: QFontMetricsF, text: str) -> float:
    return metrics.horizontalAdvance(text[:_MOST_LETTERS])


def _layout(shown: _Shown, cell: ShadedWords, theme: Theme | None = None) -> QTextLayout:
    # Not a sum of widths: letters of many scripts stand elsewhere than their order says.
    layout = QTextLayout(shown.text, font(_SIZE))
    formats = []
    if cell.mark is not None and shown.has(cell.mark):
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.DemiBold)
        formats.append(_format(shown, cell.mark, bold))
    if theme is not None and cell.read is not None and cell.read < shown.last:
        muted = QTextCharFormat()
        muted.setForeground(theme.color("muted"))
        formats.append(_format(shown, (cell.read, shown.last), muted))
    layout.setFormats(formats)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return layout


def _x(layout: QTextLayout, place: int) -> float:
    # Qt also returns the place, which may be another inside a ligature.
    found: Any = layout.lineAt(0).cursorToX(place)
    return float(found[0])


def _rect(layout: QTextLayout, shown: _Shown, span: Span, line: QRectF) -> QRectF:
    one, other = (_x(layout, shown.place(place)) for place in span)
    left, right = min(one, other), max(one, other)
    return QRectF(line.left() + left, line.top(), right - left, line.height())


def _draw_share(painter: QPainter, theme: Theme, box: QRectF, share: float, letters: bool) -> None:
    """Fill a word that speaks for the answer; frame one that speaks against it.

    Single letters stand side by side, words have room around them.
    """
    room, radius = (0.0, 1.5) if letters else (1.0, 3.0)
    if share > 0:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade(theme, share))
        painter.drawRoundedRect(box.adjusted(-room, 0, room, 0), radius, radius)
    else:
        painter.setPen(QPen(theme.color("attribution", 0.3 + 0.7 * min(-share, 1.0)), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = 0.75 - room / 2
        painter.drawRoundedRect(box.adjusted(inside, 0.75, -inside, -0.75), radius, radius)


def _draw_mark(painter: QPainter, theme: Theme, box: QRectF, shaded: bool) -> None:
    """Underline the word that was asked; without shades it has a ground of its own."""
    if not shaded:
        painter.fillRect(box.adjusted(-2, 0, 2, 0), theme.color("accent_soft"))
    painter.fillRect(
        QRectF(box.left() - 1, box.bottom(), box.width() + 2, 2), theme.color("accent")
    )


def _draw_frame(painter: QPainter, theme: Theme, box: QRectF) -> None:
    """Frame what was answered, in the colour in which a wrong answer is written."""
    color = readable(theme.color("warning"), theme.color("panel"))
    painter.setPen(QPen(color, 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(-1.75, -2.0, 1.75, -0.5), 3.0, 3.0)


def _format(shown: _Shown, span: Span, letters: QTextCharFormat) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    start = shown.place(span[0])
    result.start, result.length = start, shown.place(span[1]) - start
    result.format = letters
    return result


def _draw_flag(painter: QPainter, theme: Theme, x: float, line: QRectF) -> None:
    """Plant a flag where the answer was decided, as the strip does."""
    x = round(x - 1.5) + 0.5
    accent, top = theme.color("accent"), line.top() - 5
    painter.setPen(QPen(accent, 1.5))
    painter.drawLine(QLineF(x, top, x, line.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(accent)
    corners = (QPointF(x, top), QPointF(x + _FLAG, top + 3), QPointF(x, top + _FLAG))
    painter.drawPolygon(QPolygonF(corners))
