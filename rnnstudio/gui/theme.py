"""Role colours of the two themes, and the palette, style sheet and fonts made from them.

Chrome colours (window, panel, text, accent) and data colours (classes, signed values, curves)
stand apart: a plot takes its colours from the data roles only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from rnnstudio.resources import resource

FONT_FAMILY = "Inter"
MONO_FAMILY = "DejaVu Sans Mono"
_FONT_FILES = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "Inter-Bold.otf",
    "DejaVuSansMono.ttf",
)


@dataclass(frozen=True)
class Theme:
    """One theme: colours by role, as `#rrggbb`."""

    name: str
    # chrome
    window: str
    panel: str
    inset: str  # formula boxes, chips, empty tracks' surroundings
    border: str
    track: str  # the empty part of bars, one-hot cells, sliders
    text: str
    muted: str
    faint: str  # steps to come, disabled words; never for text that must be read
    accent: str
    accent_hover: str
    accent_soft: str  # selected card, active rail entry, play head
    on_accent: str
    error: str
    warning: str
    success: str
    # data
    negative: str  # signed values: blue below zero,
    neutral: str
    positive: str  # orange above
    classes: tuple[str, ...]  # one colour a class, told apart by colour-blind people
    train: str
    validation: str
    attribution: str

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """Return the colour of a role, e.g. `theme.color("accent", 0.5)`."""
        color = QColor(_parsed(getattr(self, role)))  # a copy: the caller may change it
        if alpha != 1.0:
            color.setAlphaF(alpha)
        return color

    def class_color(self, index: int) -> QColor:
        """Return the colour of class number `index` (0-based, repeating after the last)."""
        return QColor(self.classes[index % len(self.classes)])

    def signed_color(self, value: float, limit: float = 1.0) -> QColor:
        """Return the colour of a signed value on the scale −limit … +limit."""
        return QColor.fromRgb(int(signed_table(self)[_table_index(value, limit)]))


@lru_cache(maxsize=128)
def _parsed(name: str) -> QColor:
    return QColor(name)


def _table_index(value: float, limit: float) -> int:
    scaled = value / limit if limit > 0 else 0.0
    return round((min(max(scaled, -1.0), 1.0) + 1.0) * 127.5)


# Okabe and Ito's palette, which people with colour-blindness tell apart; for two classes the
# vermilion and the green, as a negative and a positive review.
_CLASSES = (
    "#d55e00", "#009e73", "#0072b2", "#cc79a7", "#e69f00", "#56b4e9", "#8a6fdf", "#7a8a99",
    "#b2182b", "#4d9221", "#01665e", "#c51b7d",
)  # fmt: skip

LIGHT = Theme(
    name="light",
    window="#f4f5f7",
    panel="#ffffff",
    inset="#f1f3f6",
    border="#e1e5ea",
    track="#e1e5ea",
    text="#1b2330",
    muted="#5d6878",
    faint="#b4bcc8",
    accent="#3b5bdb",
    accent_hover="#3350c4",
    accent_soft="#eef1fd",
    on_accent="#ffffff",
    error="#c92a2a",
    warning="#b35c00",
    success="#087f5b",
    negative="#1f6fb5",
    neutral="#f3f3f3",
    positive="#e07b1a",
    classes=_CLASSES,
    train="#3b5bdb",
    validation="#e07b1a",
    attribution="#cc79a7",
)

DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1b1f26",
    inset="#242a33",
    border="#2c323b",
    track="#2f3641",
    text="#e6e9ee",
    muted="#9aa5b4",
    faint="#4b5563",
    accent="#7c9bff",
    accent_hover="#94adff",
    accent_soft="#232b45",
    on_accent="#10131a",
    error="#ff8787",
    warning="#ffb366",
    success="#51cf9f",
    negative="#3f97e0",
    neutral="#23282f",
    positive="#ee9238",
    classes=("#f0782a", "#1fbf8f", "#4aa3e8", "#d98cb8", *_CLASSES[4:]),
    train="#7c9bff",
    validation="#f0983f",
    attribution="#d98cb8",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


@lru_cache(maxsize=8)
def signed_table(theme: Theme) -> NDArray[np.uint32]:
    """Return 256 opaque colours (ARGB32) from −1 (blue) over 0 (neutral) to +1 (orange)."""
    ends = [QColor(theme.negative), QColor(theme.neutral), QColor(theme.positive)]
    channels = [
        np.interp(
            np.linspace(-1.0, 1.0, 256),
            (-1.0, 0.0, 1.0),
            [getattr(color, channel)() for color in ends],
        )
        for channel in ("red", "green", "blue")
    ]
    red, green, blue = (np.rint(channel).astype(np.uint32) for channel in channels)
    table: NDArray[np.uint32] = (
        np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue
    )
    table.setflags(write=False)
    return table


def signed_argb(theme: Theme, values: NDArray[np.floating], limit: float) -> NDArray[np.uint32]:
    """Return the colours of an array of signed values on the scale −limit … +limit.

    Args:
        values: any shape; NaN is drawn as zero.
        limit: the value that has the full colour; larger values have it too.
    """
    scaled = np.nan_to_num(values / limit if limit > 0 else np.zeros_like(values))
    index = np.rint((np.clip(scaled, -1.0, 1.0) + 1.0) * 127.5).astype(np.intp)
    colors: NDArray[np.uint32] = signed_table(theme)[index]
    return colors


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Register the program's own fonts; call once after the application object exists."""
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def font(
    pixels: float = 13, weight: QFont.Weight = QFont.Weight.Normal, mono: bool = False
) -> QFont:
    """Return a font of the program: Inter, or a font of fixed width for numbers in formulas."""
    return QFont(_font(round(pixels), weight, mono))  # a copy, which the caller may change


@lru_cache(maxsize=64)
def _font(pixels: int, weight: QFont.Weight, mono: bool) -> QFont:
    result = QFont(MONO_FAMILY if mono else FONT_FAMILY)
    result.setPixelSize(pixels)
    result.setWeight(weight)
    if not mono:
        result.setFeature(QFont.Tag("tnum"), 1)  # digits of one width: figures do not dance
    return result


def palette(theme: Theme) -> QPalette:
    """Return Qt's palette for the widgets that no style sheet reaches."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.inset,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.panel,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.on_accent,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.text,
        QPalette.ColorRole.ToolTipText: theme.panel,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Accent: theme.accent,
    }
    for role, value in roles.items():
        result.setColor(role, QColor(value))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.WindowText,
    ):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return result


def apply_theme(theme: Theme, scale: float = 1.0) -> None:
    """Give every widget of the running application the colours of `theme`."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        sheet = style_sheet(theme, scale)
        # Qt goes through every widget, even where nothing changes.
        if application.styleSheet() != sheet:
            application.setPalette(palette(theme))
            application.setStyleSheet(sheet)


_PLACEHOLDER = re.compile(r"@(?:(?P<pixels>\d+)px|(?P<role>[a-z_]+))")


def style_sheet(theme: Theme, scale: float = 1.0) -> str:
    """Return the style sheet of the whole window: `resources/style.qss` with its places filled.

    `@role` becomes the theme's colour, `@13px` that size times `scale`, `@icons` the folder of the
    small signs.

    Raises:
        AttributeError: the sheet names a role that the theme does not have.
    """
    icons = resource("icons").as_posix()

    def fill(match: re.Match[str]) -> str:
        if match["pixels"]:
            return f"{round(int(match['pixels']) * scale)}px"
        return icons if match["role"] == "icons" else str(getattr(theme, match["role"]))

    return _PLACEHOLDER.sub(fill, resource("style.qss").read_text(encoding="utf-8"))
