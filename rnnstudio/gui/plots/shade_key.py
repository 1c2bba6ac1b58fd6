"""What the shades and marks of listed sentences mean, in one small line."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.plots.shaded_words import ShadedWords, draw_words
from rnnstudio.gui.plots.strip_words import METHOD_WORDS
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.looking import Method
from rnnstudio.session.resolve.examples import LEAST_SCALE

_GAP = 12
_TOOLTIP = (
    "How much each word moved log ŷ of what the network says ({methods}): filled words "
    "speak for it, framed ones against it, the fuller the more. All lines have one scale: the "
    "fullest is {scale:.2f} or more"
)
_AT_LEAST = ", and never less, so that what does next to nothing stays pale"
_FLAG_TOOLTIP = " At the flag the answer changed for the last time."
_ENTITY_TOOLTIP = (
    " The entity that is asked is underlined; a dashed frame is around what the network sees there "
    "where its borders are others, or where there is none."
)
_METHODS = METHOD_WORDS[Method.LEAVE_ONE_OUT]


class ShadeKey(QWidget):
    """Samples: for, against, decided, or what is true and what is said; as many as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._flags = True
        self._entities = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setObjectName("shade_key")
        self.explain(LEAST_SCALE, flags=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def explain(
        self, scale: float, methods: str = _METHODS, *, flags: bool = False, entities: bool = False
    ) -> None:
        """Say what is in the lines.

        Args:
            scale: what the fullest shade stands for, in log ŷ.
            methods: how that was found out.
            flags: where each word has an answer there are none.
            entities: whether true ones are underlined and those that are seen are framed.
        """
        self._flags, self._entities = flags, entities
        words = _TOOLTIP.format(methods=methods, scale=scale)
        words += f"{_AT_LEAST if scale <= LEAST_SCALE else ''}."
        words += _FLAG_TOOLTIP if flags else ""
        words += _ENTITY_TOOLTIP if entities else ""
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        widths = sum(self._width(cell) + _GAP for cell in self._samples())
        return QSize(widths, QFontMetrics(font(13)).height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        samples = self._samples()
        widths = [self._width(cell) for cell in samples]
        # The tooltip says all of it.
        while widths and sum(widths) + _GAP * (len(widths) - 1) > self.width():
            widths.pop()
        x = self.width() - sum(widths) - _GAP * (len(widths) - 1)
        for cell, width in zip(samples, widths, strict=False):
            draw_words(painter, self._theme, QRect(x, 0, width, self.height()), cell)
            x += width + _GAP
        painter.end()

    def _samples(self) -> list[ShadedWords]:
        samples = [
            ShadedWords("speaks for", ((0, 10),), (0.8,)),
            ShadedWords("against", ((0, 7),), (-0.8,)),
        ]
        if self._flags:
            samples.append(ShadedWords("  decided", ((2, 9),), decided=1))
        if self._entities:
            samples.append(ShadedWords("true", mark=(0, 4), shares=(0.0,)))
            samples.append(ShadedWords("seen", mark=(0, 4), said=(0, 4)))
        return samples

    def _width(self, cell: ShadedWords) -> int:
        return QFontMetrics(font(13)).horizontalAdvance(cell.text) + 14
