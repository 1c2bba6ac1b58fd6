"""Icons by name (the Phosphor font of qtawesome in the theme's colours) and the logo."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.theme import LIGHT, Theme

# Three boxes in a row, which the font does not have.
_BOX = {"rotated": 90, "scale_factor": 0.44}
_UNROLLED = [{**_BOX, "offset": (0.0, place)} for place in (-0.33, 0.0, 0.33)]

# name in the program -> name in the font
_NAMES = {
    "data": "ph.database",
    "train": "ph.chart-line",
    "evaluate": "ph.squares-four",
    "menu": "ph.list",
    "reset": "ph.arrow-counter-clockwise",
    "step": "ph.skip-forward-fill",
    "play": "ph.play-fill",
    "pause": "ph.pause-fill",
    "dark": "ph.moon",
    "light": "ph.sun",
    "new": "ph.file-plus",
    "open": "ph.folder-open",
    "save": "ph.floppy-disk",
    "undo": "ph.arrow-u-up-left",
    "redo": "ph.arrow-u-up-right",
    "keyboard": "ph.keyboard",
    "info": "ph.info",
    "success": "ph.check-circle",
    "warning": "ph.warning",
    "error": "ph.warning-circle",
    "close": "ph.x",
    "more": "ph.dots-three-bold",
    "enlarge": "ph.arrows-out-simple",
    "shrink": "ph.arrows-in-simple",
    "copy": "ph.copy",
    "picture": "ph.image",
    "table": "ph.table",
    "examples": "ph.list-bullets",
    "history": "ph.clock-counter-clockwise",
    "random": "ph.dice-five",
    "most_wrong": "ph.target",
    "shuffle": "ph.shuffle",
}


@lru_cache(maxsize=1)
def _font() -> Any:
    # qtawesome.icon() would load all of its ten fonts at the first icon (130 ms at start);
    # a font of its own with only what is used takes 12 ms.
    import qtawesome
    from qtawesome.iconic_font import IconicFont

    return IconicFont(next(font for font in qtawesome._BUNDLED_FONTS if font[0] == "ph"))


@lru_cache(maxsize=256)
def icon(name: str, theme: Theme, role: str = "muted", chosen_role: str = "") -> QIcon:
    """Return an icon in a colour of the theme; it is crisp at every size.

    Args:
        role: the theme's colour.
        chosen_role: the colour while its button is chosen, if another.

    Raises:
        KeyError: there is no such icon.
    """
    colors = {"color": theme.color(role), "color_disabled": theme.color("faint")}
    if chosen_role:
        colors["color_on"] = theme.color(chosen_role)
        colors["color_on_active"] = theme.color(chosen_role)
    if name == "unroll":
        options = [{**box, **colors} for box in _UNROLLED]
        return cast(QIcon, _font().icon(*["ph.rectangle-bold"] * 3, options=options))
    return cast(QIcon, _font().icon(_NAMES[name], **colors))


# The logo is a state of five units.
_LOGO = (-1.0, -0.55, 0.3, 0.6, 1.0)


def paint_logo(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """Paint five upright squares side by side into `area`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    pitch = area.width() / len(_LOGO)
    width = pitch * 0.82
    for place, value in enumerate(_LOGO):
        painter.setBrush(theme.signed_color(value))
        square = QRectF(area.left() + place * pitch, area.top(), width, area.height())
        painter.drawRoundedRect(square, width / 4, width / 4)


class LogoView(QWidget):
    """The logo, 13 pixels high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(40, 13)
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_logo(painter, QRectF(self.rect()), self._theme)
        painter.end()


def program_icon() -> QIcon:
    """Return the program's icon: the logo on a white tile."""
    result = QIcon()
    for size in (16, 32, 64, 128, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LIGHT.color("panel"))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size / 5, size / 5)
        paint_logo(painter, QRectF(size * 0.1, size * 0.32, size * 0.83, size * 0.36), LIGHT)
        painter.end()
        result.addPixmap(pixmap)
    return result
