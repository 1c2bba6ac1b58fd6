"""Lays out and paints the words of a sentence, each between its true and its predicted tag."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rnnstudio.data.table import Table
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.gui.contrast import blended, readable
from rnnstudio.gui.plots.lettering import shown_word
from rnnstudio.gui.theme import Theme, font
from rnnstudio.session.resolve.lecture_table import Answers

_TAG_SHARE = 0.8  # of the words' size
_LEAST_TAG = 11  # pixels
_GAP = 8  # between words
_INSET = 4  # of a word in its ground
_LEADING = 5  # between lines of words
_LONGEST = 260.0  # pixels of one word; the hint has all of it
_GROUND = 0.16  # how much of the warning's colour is in the ground of a wrong word


def word_of(answers: Answers, table: Table, line: int, place: int) -> str:
    """Return the word of an answer; "" where the table is another one by now."""
    row = int(answers.rows[line])
    words = table.rows[row].words if row < len(table.rows) else None
    # Step 1 reads <sos>, so the first word is read at step 2.
    index = int(answers.steps[place]) - 2
    return words[index] if words is not None and 0 <= index < len(words) else ""


def words_of(answers: Answers, table: Table, line: int) -> list[str]:
    """Return the words of a sentence that were answered."""
    places = range(int(answers.starts[line]), int(answers.stops[line]))
    return [word_of(answers, table, line, place) for place in places]


def is_right_to_left(words: Sequence[str]) -> bool:
    """Whether a sentence runs from right to left: its first letter that has a direction does."""
    for word in words:
        for letter in word:
            direction = unicodedata.bidirectional(letter)
            if direction in ("R", "AL"):
                return True
            if direction == "L":
                return False
    return False


@dataclass(frozen=True)
class Letters:
    """The fonts of words and tags, and the height of a line of them."""

    word: QFont
    tag: QFont
    wrong_tag: QFont
    word_height: float
    tag_height: float

    @property
    def line_height(self) -> float:
        """The height of one line of words with their tags, and the room below it."""
        return self.word_height + 2 * self.tag_height + _LEADING


@lru_cache(maxsize=8)
def letters_of(size: int) -> Letters:
    """Return the fonts for words of `size` pixels."""
    small = max(round(size * _TAG_SHARE), _LEAST_TAG)
    word, tag = font(size), font(small)
    return Letters(
        word,
        tag,
        font(small, QFont.Weight.DemiBold),
        float(round(QFontMetricsF(word).height())),
        float(round(QFontMetricsF(tag).height())),
    )


@dataclass(frozen=True, eq=False)
class TaggedLayout:
    """Where n words of m sentences stand.

    `words` (n,) are their widths, `slots` (n,) what each takes with its tags and the gap behind.
    """

    answers: Answers
    table: Table
    size: int
    words: FloatArray
    slots: FloatArray

    def line_counts(self, room: float) -> IntArray:
        """Return how many lines of `room` pixels each sentence takes: (m,)."""
        ends = np.concatenate([np.zeros(1), np.cumsum(self.slots, dtype=np.float64)])
        stops = np.asarray(self.answers.stops, np.int64)
        at = np.asarray(self.answers.starts, np.int64).copy()
        lines = np.zeros(len(at), np.int64)
        while (going_on := at < stops).any():
            reach = np.searchsorted(ends, ends[at] + room + _GAP, side="right") - 1
            at = np.where(going_on, np.clip(reach, at + 1, stops), at)
            lines += going_on
        return np.maximum(lines, 1)

    def lines_of(self, line: int, room: float) -> list[range]:
        """Return the answers of a sentence, one range a line of `room` pixels."""
        start, stop = int(self.answers.starts[line]), int(self.answers.stops[line])
        found, first, filled = [], start, 0.0
        for place in range(start, stop):
            width = float(self.slots[place])
            if place > first and filled + width > room + _GAP:
                found.append(range(first, place))
                first, filled = place, 0.0
            filled += width
        found.append(range(first, stop))
        return found

    def areas(self, line: int, box: QRectF) -> list[tuple[int, QRectF]]:
        """Return (answer, where it is drawn) of a sentence inside `box`."""
        height = letters_of(self.size).line_height
        backwards = is_right_to_left(words_of(self.answers, self.table, line))
        found = []
        for number, places in enumerate(self.lines_of(line, box.width())):
            x = box.right() if backwards else box.left()
            for place in places:
                slot = float(self.slots[place])
                left = x - slot + _GAP if backwards else x
                area = QRectF(left, box.top() + number * height, slot - _GAP, height - _LEADING)
                found.append((place, area))
                x += -slot if backwards else slot
        return found


def lay_out(
    answers: Answers, table: Table, size: int, before: TaggedLayout | None = None
) -> TaggedLayout:
    """Measure the words of all sentences and their tags.

    `before` is a layout of the same words in the same size, which need not be measured again.
    """
    of_tag = QFontMetricsF(letters_of(size).wrong_tag)
    widths = before.words if before is not None else _word_widths(answers, table, size)
    truths, called = (
        np.array([of_tag.horizontalAdvance(name) for name in names])
        for names in (answers.truths, _said_tags(answers))
    )
    slots = widths
    if len(widths):
        slots = np.maximum(widths, np.maximum(truths[answers.truth], called[answers.said]))
    slots = np.ceil(np.minimum(slots, _LONGEST * size / 13)) + 2 * _INSET + _GAP
    return TaggedLayout(answers, table, size, widths, slots)


def _word_widths(answers: Answers, table: Table, size: int) -> FloatArray:
    """Return how many pixels each word takes: (n,)."""
    metrics = QFontMetricsF(letters_of(size).word)
    known: dict[str, float] = {}
    widths = np.zeros(len(answers.truth))
    for line, start in enumerate(answers.starts.tolist()):
        for place, word in enumerate(words_of(answers, table, line), start=start):
            width = known.get(word)
            if width is None:
                width = known[word] = metrics.horizontalAdvance(shown_word(word))
            widths[place] = width
    return widths


def paint_words(
    painter: QPainter, layout: TaggedLayout, line: int, box: QRectF, theme: Theme
) -> None:
    """Draw a sentence: a word that got a wrong tag stands on a ground of its own."""
    answers, letters = layout.answers, letters_of(layout.size)
    muted = readable(theme.color("muted"), theme.color("accent_soft"))
    wrong_ground = blended(theme.color("warning"), theme.color("panel"), _GROUND)
    wrong = readable(theme.color("warning"), wrong_ground)
    text, said_tags = theme.color("text"), _said_tags(answers)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, area in layout.areas(line, box):
        right = bool(answers.right[place] or answers.held[place])
        if not right:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wrong_ground)
            painter.drawRoundedRect(area.adjusted(0, -1, 0, 1), 4, 4)
        top = area.top()
        word = word_of(answers, layout.table, line, place)
        for string, letters_used, height, color in (
            (
                answers.truths[int(answers.truth[place])],
                letters.tag,
                letters.tag_height,
                muted if right else text,
            ),
            (shown_word(word), letters.word, letters.word_height, text),
            (
                said_tags[int(answers.said[place])],
                letters.tag if right else letters.wrong_tag,
                letters.tag_height,
                muted if right else wrong,
            ),
        ):
            strip = QRectF(area.left() + _INSET, top, area.width() - 2 * _INSET, height)
            _draw(painter, strip, string, letters_used, color)
            top += height
    painter.restore()


def _said_tags(answers: Answers) -> list[str]:
    """What stands below the words: a dash where there was no answer, as it needs no room."""
    tags = len(answers.truths)
    return [*answers.called[:tags], *("–" for _ in answers.called[tags:])]


def _draw(painter: QPainter, strip: QRectF, string: str, letters: QFont, color: QColor) -> None:
    metrics = QFontMetricsF(letters)
    width = metrics.horizontalAdvance(string)
    if width > strip.width() + 1:
        string = metrics.elidedText(string, Qt.TextElideMode.ElideRight, strip.width())
        width = metrics.horizontalAdvance(string)
    painter.setFont(letters)
    painter.setPen(color)
    base = strip.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(strip.center().x() - width / 2, round(base)), string)
