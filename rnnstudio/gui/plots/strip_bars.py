"""ŷ_t in the strip: a name and a bar for each class, or for the likeliest ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPen

from rnnstudio.gui.contrast import text_on
from rnnstudio.gui.plots.lettering import abbreviations
from rnnstudio.gui.plots.strip_easel import FROM_LEFT, FROM_RIGHT, Easel
from rnnstudio.gui.plots.strip_layout import StripLayout
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_numbers import compact
from rnnstudio.gui.theme import font
from rnnstudio.session.looking import View

_ROUND = 3.0
_BESIDE = 7.0  # between a name and its bar
_TOGETHER = 4  # classes
_DIFFERENCE = 0.002  # a smaller one cannot be seen in a bar


@dataclass(frozen=True)
class ClassNames:
    """The names of the classes, whole and shortened, and how wide each of them is."""

    labels: tuple[str, ...]
    short: tuple[str, ...]
    widths: tuple[tuple[float, float], ...]

    def fitted(self, index: int, room: float, metrics: QFontMetricsF) -> str:
        """Return a name for so much room: whole, shortened, or cut.

        A few names that stand together are all whole or all shortened.
        """
        names = [self.labels[index], self.short[index]]
        if len(self.labels) <= _TOGETHER and any(
            whole > room + _BESIDE for whole, _ in self.widths
        ):
            names.pop(0)
        for name in names:
            if metrics.horizontalAdvance(name) <= room:
                return name
        return metrics.elidedText(self.labels[index], Qt.TextElideMode.ElideMiddle, room)


@lru_cache(maxsize=4)
def class_names(labels: tuple[str, ...]) -> ClassNames:
    """Return the names of classes as the strip writes them."""
    metrics = QFontMetricsF(font(11, QFont.Weight.DemiBold))
    short = abbreviations(labels)
    widths = tuple(
        (metrics.horizontalAdvance(one) + _BESIDE, metrics.horizontalAdvance(other) + _BESIDE)
        for one, other in zip(labels, short, strict=True)
    )
    return ClassNames(labels, short, widths)


def shown_classes(model: StripModel, layout: StripLayout, step: int) -> Sequence[int]:
    """Return the classes that have a bar at a step, from the top: all, or the likeliest first."""
    if not model.reading.is_asked(step):
        return ()
    shares = model.shares(step)
    if layout.bar_count == len(shares):
        return range(layout.bar_count)
    order = np.argsort(-shares, kind="stable")
    return [int(index) for index in order[: layout.bar_count]]


def track(layout: StripLayout, left: float, place: int) -> QRectF:
    """Return the bar at a place from the top, were it full."""
    return layout.tracks[place].translated(left, 0.0)


def draw_names(easel: Easel, step: int) -> None:
    """Draw the names of the classes and the empty bars."""
    layout, model, painter = easel.layout, easel.model, easel.painter
    names = class_names(model.reading.labels)
    tag = int(model.reading.trace.predictions[step - 1]) if model.reading.labels_words else -1
    left = easel.left_of(step)
    for place, index in enumerate(shown_classes(model, layout, step)):
        # The first one is the word's tag: the answer, not only the likeliest.
        is_tag = index == tag
        letters = font(11, QFont.Weight.DemiBold) if is_tag else font(11)
        span = layout.bar(place)
        room = layout.name_width - _BESIDE + 0.5
        box = QRectF(left + layout.bars_left, span.top, room, span.height)
        name = names.fitted(index, room, QFontMetricsF(letters))
        color = easel.color("text" if is_tag else "muted")
        easel.write(box, name, color, letters, FROM_LEFT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(easel.color("track"))
        painter.drawRoundedRect(track(layout, left, place), _ROUND, _ROUND)


def draw_bars(easel: Easel, step: int, marked: int | None) -> None:
    """Fill the bars; show what they would be without the changes made by hand."""
    layout, model, painter = easel.layout, easel.model, easel.painter
    shares = model.shares(step).tolist()
    found = model.original_shares(step)
    originals = None if found is None else found.tolist()
    left = easel.left_of(step)
    for place, index in enumerate(shown_classes(model, layout, step)):
        box, share = track(layout, left, place), shares[index]
        filled = share * box.width()
        if filled >= 0.5:  # not where the share is not a number
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(easel.theme.class_color(index))
            bar = QRectF(box.left(), box.top(), max(2.0, filled), box.height())
            painter.drawRoundedRect(bar, min(_ROUND, filled / 2), _ROUND)
        if originals is not None and abs(originals[index] - share) >= _DIFFERENCE:
            _draw_original(easel, box, originals[index])
        if model.view is View.NUMBERS:
            _write_share(easel, box, share, index)
        if index == marked and step == easel.step:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(easel.color("text"), 1.5))
            painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 4, 4)


def _draw_original(easel: Easel, box: QRectF, share: float) -> None:
    """Draw the outline of the bar without the changes, with a mark at its end."""
    painter = easel.painter
    end = round(box.left() + min(max(share, 0.0), 1.0) * box.width()) + 0.5
    outline = QRectF(box.left() + 0.5, box.top() + 0.5, 0, box.height() - 1)
    outline.setRight(max(end, outline.left() + 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(easel.color("text", 0.75), 1, Qt.PenStyle.DotLine))
    painter.drawRoundedRect(outline, 2, 2)
    painter.setPen(QPen(easel.color("text"), 1.5))
    painter.drawLine(QLineF(end, box.top() - 1.5, end, box.bottom() + 1.5))


def _write_share(easel: Easel, box: QRectF, share: float, index: int) -> None:
    """Write a share at the end of its bar, clear on the part that is filled and on the rest."""
    text, painter = compact(share), easel.painter
    end = box.left() + min(max(share, 0.0), 1.0) * box.width() if share == share else box.left()
    filled, rest = QRectF(box), QRectF(box)
    filled.setRight(end)
    rest.setLeft(end)
    for part, ground in ((filled, easel.theme.class_color(index)), (rest, easel.color("track"))):
        if part.width() > 0:
            painter.save()
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            color = text_on(ground, easel.theme)
            easel.write(box.adjusted(0, 0, -4, 0), text, color, None, FROM_RIGHT)
            painter.restore()
