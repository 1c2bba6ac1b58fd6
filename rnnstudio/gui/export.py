"""Copies and saves what a panel or page shows: as a picture, a drawing or a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QIODevice,
    QMarginsF,
    QObject,
    QPoint,
    QRect,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from rnnstudio.errors import RnnStudioError
from rnnstudio.gui.icons import icon
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.session import Notice, Tone

_SHARPNESS = 2.0  # a picture has this many dots a pixel of the screen, for slides
_SCREEN_DPI = 96
_POINTS_A_PIXEL = 72 / _SCREEN_DPI
_PDF_DOTS = 8  # a pixel, so that thin lines keep their place


def picture(widget: QWidget, sharpness: float = _SHARPNESS) -> QImage:
    """Return a picture of a widget as it looks now, with `sharpness` dots a pixel."""
    image = QImage(widget.size() * sharpness, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(sharpness)
    image.fill(widget.palette().window().color())
    _paint(widget, QPainter(image))
    return image


def png_bytes(widget: QWidget, sharpness: float = _SHARPNESS) -> bytes:
    """Return a PNG file of a widget, with `sharpness` dots a pixel."""
    buffer = _opened_buffer()
    picture(widget, sharpness).save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs lack QIODevice
    return bytes(buffer.data().data())


def svg_bytes(widget: QWidget) -> bytes:
    """Return an SVG file of a widget: a drawing that can be enlarged without end."""
    buffer = _opened_buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_SCREEN_DPI)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(), widget.size()))
    generator.setTitle(widget.windowTitle() or "RNN Studio")
    _paint(widget, QPainter(generator))
    return bytes(buffer.data().data())


def pdf_bytes(widget: QWidget) -> bytes:
    """Return a PDF file of one page as large as the widget."""
    buffer = _opened_buffer()
    writer = QPdfWriter(buffer)
    size = QSizeF(widget.size()) * _POINTS_A_PIXEL
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(), QPageLayout.Unit.Point)
    writer.setResolution(_SCREEN_DPI * _PDF_DOTS)
    writer.setTitle(widget.windowTitle() or "RNN Studio")
    painter = QPainter(writer)
    painter.scale(_PDF_DOTS, _PDF_DOTS)
    _paint(widget, painter)
    return bytes(buffer.data().data())


def _paint(widget: QWidget, painter: QPainter) -> None:
    """Paint a widget and end; parts of a window without the signs that are for the mouse."""
    panels = [*widget.findChildren(Panel), *([widget] if isinstance(widget, Panel) else [])]
    signs = [sign for panel in panels for sign in (panel.menu_button, panel.enlarge_button)]
    hidden = [sign for sign in signs if not (sign.isHidden() or widget.isWindow())]
    for sign in hidden:
        sign.hide()
    QWidget.render(widget, painter, QPoint())
    painter.end()
    for sign in hidden:
        sign.show()


def csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV file in UTF-8 with the mark that spreadsheets need."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as text that spreadsheets paste into cells."""
    clean = [[" ".join(cell.split()) for cell in row] for row in rows]
    return "\n".join("\t".join(row) for row in clean)


def _opened_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


# ending -> (what the file dialogue says, how to make it)
PICTURES: dict[str, tuple[str, Callable[[QWidget], bytes]]] = {
    "png": ("PNG picture", png_bytes),
    "svg": ("SVG drawing", svg_bytes),
    "pdf": ("PDF page", pdf_bytes),
}


def save(widget: QWidget, path: Path) -> None:
    """Write what a widget shows; the ending of `path` says how.

    Raises:
        RnnStudioError: the ending is not known, the panel has no table, the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    rows = widget.table_rows() if isinstance(widget, Panel) else None
    if kind in PICTURES:
        content = PICTURES[kind][1](widget)
    elif kind == "csv" and rows is not None:
        content = csv_bytes(rows)
    else:
        known = ", ".join(f".{ending}" for ending in (*PICTURES, *(["csv"] if rows else [])))
        raise RnnStudioError(
            f"“{path.name}” has an ending that cannot be written here.", f"Use one of {known}."
        )
    try:
        path.write_bytes(content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RnnStudioError(
            f"“{path.name}” could not be written: {reason}.", "Choose another folder or name."
        ) from error


class PanelExporter(QObject):
    """The panel menu and what its lines do."""

    notified = Signal(object)  # a Notice

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._theme = LIGHT
        self._folder = Path.home()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme

    def menu(self, panel: Panel) -> QMenu:
        """Return the menu of a panel; "as table" only where it has one."""
        menu = QMenu(panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        lines = [("copy_picture", "Copy as &picture", "picture")]
        has_table = panel.table_rows() is not None
        if has_table:
            lines.append(("copy_table", "Copy as &table", "table"))
        lines.append(("", "", ""))
        lines += [(ending, f"Save as {ending.upper()}…", "") for ending in PICTURES]
        if has_table:
            lines.append(("csv", "Save as CSV…", ""))
        for key, words, sign in lines:
            if not key:
                menu.addSeparator()
                continue
            action = menu.addAction(words)
            action.setObjectName(key)
            action.setData(panel)
            if sign:
                action.setIcon(icon(sign, self._theme))
        menu.triggered.connect(self._on_chosen)
        return menu

    def open_menu(self, panel: Panel, position: QPoint) -> None:
        """Drop the menu of a panel at a place of the screen."""
        self.menu(panel).popup(position)

    def save_page(self, widget: QWidget, name: str) -> None:
        """Ask for a file and save a picture of `widget` there."""
        self._ask_and_save(widget, name, [*PICTURES])

    def _on_chosen(self, action: QAction) -> None:
        panel: Panel = action.data()
        key = action.objectName()
        if key == "copy_picture":
            QGuiApplication.clipboard().setImage(picture(panel))
            self._tell("The picture is copied.")
        elif key == "copy_table":
            QGuiApplication.clipboard().setText(table_text(panel.table_rows() or []))
            self._tell("The table is copied.")
        else:
            name = panel.title.text().lower().replace("/", "-") or "panel"
            self._ask_and_save(panel, f"{name}.{key}", [key])

    def _ask_and_save(self, widget: QWidget, name: str, kinds: list[str]) -> None:
        filters = [f"{_kind_words(kind)} (*.{kind})" for kind in kinds]
        chosen, chosen_filter = QFileDialog.getSaveFileName(
            self._window, "Save", str(self._folder / name), ";;".join(filters)
        )
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            kind = kinds[filters.index(chosen_filter)] if chosen_filter in filters else kinds[0]
            path = path.with_suffix(f".{kind}")
        self._folder = path.parent
        try:
            save(widget, path)
        except RnnStudioError as error:
            self.notified.emit(Notice(Tone.ERROR, error.happened, error.remedy))
        else:
            self._tell(f"Saved as “{path.name}”.", str(path.parent))

    def _tell(self, happened: str, remedy: str = "") -> None:
        self.notified.emit(Notice(Tone.SUCCESS, happened, remedy))


def _kind_words(kind: str) -> str:
    return "CSV table" if kind == "csv" else PICTURES[kind][0]
