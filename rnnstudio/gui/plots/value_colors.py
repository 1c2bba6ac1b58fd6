"""The colours of numbers: two hues around zero, or one hue from nothing to all of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from rnnstudio.gui.contrast import contrast
from rnnstudio.gui.theme import Theme, signed_table

# From 0 over the middle to 1: one hue that neither end of the signed scale has, so that nobody
# takes a gate that is half open for a state near zero. Lightness alone tells the values apart.
_SHARES = {
    "light": ("#f3f3f3", "#b49ddb", "#431f7a"),
    "dark": ("#23282f", "#6f56b0", "#d6c8ff"),
}


@dataclass(frozen=True)
class Scale:
    """The numbers from `low` to `high` as colours; `signed` ones blue and orange around zero."""

    low: float
    high: float
    signed: bool

    @property
    def limit(self) -> float:
        """The size of the number that has the full colour."""
        return max(abs(self.low), abs(self.high))

    def places(self, values: NDArray[np.floating]) -> NDArray[np.intp]:
        """Return where in the table of colours values are; not-a-number stands at zero."""
        limit = self.limit
        scaled = np.asarray(values / limit if limit > 0 else np.zeros_like(values))
        scaled = np.where(np.isnan(scaled), 0.0, scaled).clip(-1.0 if self.signed else 0.0, 1.0)
        scaled = (scaled + 1.0) * 127.5 if self.signed else scaled * 255.0
        places: NDArray[np.intp] = np.rint(scaled).astype(np.intp)
        return places

    def table(self, theme: Theme) -> NDArray[np.uint32]:
        """Return the 256 opaque colours (ARGB32)."""
        return signed_table(theme) if self.signed else share_table(theme)

    def argb(self, theme: Theme, values: NDArray[np.floating]) -> NDArray[np.uint32]:
        """Return the colours (ARGB32) of an array of numbers of any shape."""
        colors: NDArray[np.uint32] = self.table(theme)[self.places(values)]
        return colors

    def color(self, theme: Theme, value: float) -> QColor:
        """Return the colour of one number."""
        return QColor.fromRgb(int(self.argb(theme, np.array(value))))

    def dark_text(self, theme: Theme) -> NDArray[np.bool_]:
        """Return for each of the 256 colours whether black is clearer on it than white."""
        return _dark_text(theme, self.signed)

    @property
    def meaning(self) -> str:
        """What the colours mean, in words."""
        if not self.signed:
            return (
                "The fuller the colour, the nearer to 1" if self.high == 1.0 else "More is fuller"
            )
        return "Orange is above zero" if self.low >= 0 else "Blue is below zero, orange above"


@lru_cache(maxsize=8)
def share_table(theme: Theme) -> NDArray[np.uint32]:
    """Return 256 opaque colours (ARGB32) from 0 (nearly the panel) to 1 (violet)."""
    ends = [QColor(name) for name in _SHARES.get(theme.name, _SHARES["light"])]
    places = np.linspace(0.0, 1.0, 256)
    table = np.full(256, 0xFF000000, np.uint32)
    for channel, shift in (("red", 16), ("green", 8), ("blue", 0)):
        course = np.interp(places, (0.0, 0.5, 1.0), [getattr(end, channel)() for end in ends])
        table |= np.rint(course).astype(np.uint32) << np.uint32(shift)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=8)
def _dark_text(theme: Theme, signed: bool) -> NDArray[np.bool_]:
    black, white = QColor("black"), QColor("white")
    table = signed_table(theme) if signed else share_table(theme)
    colors = [QColor.fromRgb(int(color)) for color in table]
    return np.array([contrast(black, color) >= contrast(white, color) for color in colors])
