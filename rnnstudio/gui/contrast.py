"""Keeps coloured text readable: at least 4.5 : 1 against what it stands on."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor

from rnnstudio.gui.theme import Theme

LEAST = 4.5  # WCAG 2.2, success criterion 1.4.3


def contrast(one: QColor, other: QColor) -> float:
    """Return the ratio of the luminances of two opaque colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(color: QColor, background: QColor) -> QColor:
    """Return `color`, made darker or lighter as far as text on `background` needs it."""
    return QColor.fromRgb(_readable(color.rgb(), background.rgb()))


def class_text(theme: Theme, index: int) -> QColor:
    """Return the colour for the name of class number `index` on a panel of any state."""
    # The selected row's background is the harder one; a name keeps its colour when selected.
    return readable(theme.class_color(index), theme.color("accent_soft"))


def text_on(background: QColor, theme: Theme) -> QColor:
    """Return black or white, or the theme's like of them, whichever is clearer on `background`."""
    candidates = (theme.color("text").rgb(), theme.color("panel").rgb())
    return QColor.fromRgb(_clearest(candidates, background.rgb()))


def blended(color: QColor, base: QColor, share: float) -> QColor:
    """Return the opaque colour that `share` (0 … 1) of `color` over `base` gives."""
    mixed = [
        round(share * over + (1.0 - share) * under)
        for over, under in zip(_rgb(color), _rgb(base), strict=True)
    ]
    return QColor(*mixed)


@lru_cache(maxsize=2048)
def _clearest(colors: tuple[int, ...], background: int) -> int:
    base = QColor.fromRgb(background)
    return max(colors, key=lambda color: contrast(QColor.fromRgb(color), base))


@lru_cache(maxsize=2048)
def _readable(color: int, background: int) -> int:
    base = QColor.fromRgb(background)
    towards = QColor("black") if _luminance(base) > 0.18 else QColor("white")
    for percent in range(0, 101, 4):
        mixed = blended(towards, QColor.fromRgb(color), percent / 100)
        if contrast(mixed, base) >= LEAST:
            return mixed.rgb()
    return towards.rgb()


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def _luminance(color: QColor) -> float:
    channels = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (part / 255 for part in _rgb(color))
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
