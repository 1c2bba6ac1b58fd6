"""What stands below a step: x_t's id, the word, and how much the word moved the decision."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.lettering import shown_word
from rnnstudio.gui.plots.strip_easel import FROM_LEFT, GHOST_WORD, Easel
from rnnstudio.gui.plots.strip_layout import StripLayout
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_words import legend_words
from rnnstudio.gui.theme import Theme, font

_MARGIN = 4.0
_SIZES = (14, 13, 12, 11)  # of a word's letters
_BAR = 6.0
_SIGN = 11.0  # the room of + or − before the bar
_SMALLEST_SIGN = 0.005  # a share that is drawn as nothing has no sign


def draw_id(easel: Easel, step: int) -> None:
    """Write x_t and its id, as much as there is room for."""
    reading = easel.model.reading
    box = easel.line(step, easel.layout.id_line, _MARGIN)
    x, id_ = easel.model.letter("x", step), reading.ids[step - 1]
    unknown = reading.is_unknown(step)
    candidates = [f"{x} · id {id_}", f"id {id_}"]
    if unknown:
        candidates = [f"{x} · id {id_} · unknown", f"id {id_} · unknown", "unknown"]
    metrics = QFontMetricsF(font(11))
    fitting = [text for text in candidates if metrics.horizontalAdvance(text) <= box.width()]
    text = fitting[0] if fitting else candidates[-1]
    easel.write(box, text, easel.color("warning" if unknown else "muted"))


def word_text(model: StripModel, step: int, room: float) -> str:
    """Return a word as it stands below its step: cut in the middle where it is too long."""
    return _written(model, step, room)[0]


def word_rect(model: StripModel, layout: StripLayout, left: float, width: int, step: int) -> QRectF:
    """Return where a word is written in the column that begins at `left`."""
    room = width - 2 * _MARGIN
    text, letters = _written(model, step, room)
    written = max(QFontMetricsF(letters).horizontalAdvance(text), 12.0)
    line = layout.word
    return QRectF(left + (width - written) / 2, line.top, written, line.height)


def draw_word(easel: Easel, step: int) -> None:
    """Write the word, a dotted line below it where the vocabulary lacks it."""
    painter, layout, model = easel.painter, easel.layout, easel.model
    easel.fade(step, GHOST_WORD)
    box = easel.line(step, layout.word, _MARGIN)
    text, letters = _written(model, step, box.width())
    easel.write(box, text, easel.color("text"), letters)
    if model.reading.is_unknown(step):
        written = word_rect(model, layout, easel.left_of(step), easel.width, step)
        y = layout.word.bottom - 1.5
        painter.setPen(QPen(easel.color("warning"), 2, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(written.left(), y, written.right(), y))


def draw_word_chip(painter: QPainter, theme: Theme, box: QRectF, text: str) -> None:
    """Draw a word that is being moved."""
    painter.setPen(QPen(theme.color("accent"), 1.5))
    painter.setBrush(theme.color("accent_soft"))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(font(_SIZES[0], QFont.Weight.DemiBold))
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)


def draw_contribution(easel: Easel, step: int) -> None:
    """Draw how much a word moved the decision: full and + for the class, hollow and − against."""
    layout, painter = easel.layout, easel.painter
    if layout.attribution is None:
        return
    box = contribution_track(layout, easel.left_of(step))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(easel.color("track"))
    painter.drawRoundedRect(box, _BAR / 2, _BAR / 2)
    share = easel.model.contribution_share(step)
    if share is None or abs(share) < _SMALLEST_SIGN:
        return
    pink = easel.color("attribution")
    bar = QRectF(box.left(), box.top(), max(4.0, abs(share) * box.width()), box.height())
    if share > 0:
        painter.setBrush(pink)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
    else:
        painter.setBrush(easel.color("panel"))
        painter.setPen(QPen(pink, 1.5))
        inner = bar.adjusted(0.75, 0.75, -0.75, -0.75)
        painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
    middle = QPointF(box.left() - _SIGN / 2 - 1, box.center().y())
    painter.setPen(QPen(readable(pink, easel.color("panel")), 1.6))
    painter.drawLine(middle - QPointF(3, 0), middle + QPointF(3, 0))
    if share > 0:
        painter.drawLine(middle - QPointF(0, 3), middle + QPointF(0, 3))


def contribution_track(layout: StripLayout, left: float) -> QRectF:
    """Return the bar below a word, were it full."""
    assert layout.attribution is not None, "there is a track only with an attribution"
    top = round(layout.attribution.top + 2)
    start = left + layout.content_left + _SIGN
    return QRectF(start, top, layout.content_width - _SIGN, _BAR)


def draw_legend(easel: Easel, room: float) -> None:
    """Say below the strip what the bars under the words are."""
    line = easel.layout.legend
    if line is None:
        return
    painter = easel.painter
    painter.setOpacity(1.0)
    metrics = QFontMetricsF(font(11))
    box = QRectF(12, line.top, room - 24, line.height)
    text = metrics.elidedText(legend_words(easel.model), Qt.TextElideMode.ElideRight, box.width())
    easel.write(box, text, easel.color("muted"), None, FROM_LEFT)


def _written(model: StripModel, step: int, room: float) -> tuple[str, QFont]:
    """Return a word and its letters: smaller ones before it is cut."""
    word = shown_word(model.reading.words[step - 1])
    # Only as many letters as could ever be seen are measured.
    word = word if len(word) <= 400 else f"{word[:200]}…{word[-200:]}"
    letters = font(_SIZES[0], QFont.Weight.DemiBold)
    for size in _SIZES:
        letters = font(size, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(letters)
        if metrics.horizontalAdvance(word) <= room:
            return word, letters
    return metrics.elidedText(word, Qt.TextElideMode.ElideMiddle, room), letters
