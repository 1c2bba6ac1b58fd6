"""Copies and saves what a panel or page shows: as a picture, a drawing or a table.

What is only for the mouse is left out of a panel's picture, and a line below says what it is of.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QIODevice,
    QMarginsF,
    QObject,
    QPoint,
    QRect,
    QSize,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from rnnstudio.errors import RnnStudioError
from rnnstudio.gui.controls import ElidedLabel, SegmentedControl
from rnnstudio.gui.icons import icon
from rnnstudio.gui.panels.panel import FOR_THE_MOUSE, Panel
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.session import Notice, Tone

_SHARPNESS = 2.0  # a picture has this many dots a pixel of the screen, for slides
_SCREEN_DPI = 96
_POINTS_A_PIXEL = 72 / _SCREEN_DPI
_PDF_DOTS = 8  # a pixel, so that thin lines keep their place
_CAPTION = 28  # pixels
# Of switches that lead elsewhere the pressed segment is no part of what is shown: the caption is.
_WAYS = frozenset({"figures", "split_switch", "shown_curves", "against"})
_TELLING = frozenset({"quantity", "place"})  # buttons that say of what a picture is


def picture(widget: QWidget, sharpness: float = _SHARPNESS, caption: str = "") -> QImage:
    """Return a picture of a widget as it looks now, with `sharpness` dots a pixel."""
    size = _size(widget, caption)
    image = QImage(size * sharpness, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(sharpness)
    image.fill(widget.palette().window().color())
    _paint(widget, QPainter(image), caption)
    return image


def png_bytes(widget: QWidget, sharpness: float = _SHARPNESS, caption: str = "") -> bytes:
    """Return a PNG file of a widget, with `sharpness` dots a pixel."""
    buffer, image = _opened_buffer(), picture(widget, sharpness, caption)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs lack QIODevice
    return bytes(buffer.data().data())


def svg_bytes(widget: QWidget, caption: str = "") -> bytes:
    """Return an SVG file of a widget: a drawing that can be enlarged without end."""
    buffer = _opened_buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_SCREEN_DPI)
    generator.setSize(_size(widget, caption))
    generator.setViewBox(QRect(QPoint(), _size(widget, caption)))
    generator.setTitle(widget.windowTitle() or "RNN Studio")
    generator.setDescription(caption)
    _paint(widget, QPainter(generator), caption)
    return bytes(buffer.data().data())


def pdf_bytes(widget: QWidget, caption: str = "") -> bytes:
    """Return a PDF file of one page as large as the widget."""
    buffer = _opened_buffer()
    writer = QPdfWriter(buffer)
    size = QSizeF(_size(widget, caption)) * _POINTS_A_PIXEL
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(), QPageLayout.Unit.Point)
    writer.setResolution(_SCREEN_DPI * _PDF_DOTS)
    writer.setTitle(widget.windowTitle() or "RNN Studio")
    painter = QPainter(writer)
    painter.scale(_PDF_DOTS, _PDF_DOTS)
    _paint(widget, painter, caption)
    return bytes(buffer.data().data())


def _paint(widget: QWidget, painter: QPainter, caption: str) -> None:
    """Paint a widget and end; parts of a window without what is for the mouse, with a caption."""
    with _hidden([] if widget.isWindow() else _for_the_mouse(widget), widget.window()):
        QWidget.render(widget, painter, QPoint())
    if caption:
        _write_caption(widget, painter, caption)
    painter.end()


def _for_the_mouse(widget: QWidget) -> list[QWidget]:
    """Return what tells a reader of paper nothing: what is pressed, typed into and scrolled with.

    Links are words, a pressed segment says what is shown, and so does a search that was typed.
    """
    buttons = [*widget.findChildren(QPushButton), *widget.findChildren(QToolButton)]
    parts: list[QWidget] = [one for one in buttons if not _tells(one)]
    parts += [one for one in widget.findChildren(QLineEdit) if not one.text()]
    parts += widget.findChildren(QScrollBar)
    parts += [one for one in widget.findChildren(QLabel) if one.property(FOR_THE_MOUSE)]
    panels = [*widget.findChildren(Panel), *([widget] if isinstance(widget, Panel) else [])]
    for panel in panels:
        help_ = getattr(panel, "help", None)  # what can be done with the mouse, in words
        parts += [help_] if isinstance(help_, ElidedLabel) else []
    return [part for part in parts if not part.isHidden()]


def _tells(button: QAbstractButton) -> bool:
    if button.objectName() in _TELLING or button.property("role") == "link":
        return True
    control = button.parent()
    if not isinstance(control, SegmentedControl) or control.objectName() in _WAYS:
        return False
    return button.isChecked()


@contextmanager
def _hidden(parts: Sequence[QWidget], window: QWidget) -> Iterator[None]:
    """Hide widgets for a moment; everything else keeps its place, and the keyboard its."""
    focused: QWidget | None = window.focusWidget()
    rooms = [part.sizePolicy() for part in parts]
    for part, room in zip(parts, rooms, strict=True):
        kept = QSizePolicy(room)
        kept.setRetainSizeWhenHidden(True)
        part.setSizePolicy(kept)
        part.hide()
    try:
        yield
    finally:
        for part, room in zip(parts, rooms, strict=True):
            part.show()
            part.setSizePolicy(room)
        if focused is not None and focused in parts:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)


def _size(widget: QWidget, caption: str) -> QSize:
    return widget.size() + QSize(0, _CAPTION if caption else 0)


def _write_caption(widget: QWidget, painter: QPainter, caption: str) -> None:
    letters, palette = font(12), widget.palette()
    below = QRect(0, widget.height(), widget.width(), _CAPTION)
    painter.fillRect(below, palette.window())
    line = below.adjusted(_CAPTION // 2, 0, -_CAPTION // 2, 0)
    words = QFontMetrics(letters).elidedText(caption, Qt.TextElideMode.ElideRight, line.width())
    painter.setFont(letters)
    painter.setPen(palette.windowText().color())
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


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
PICTURES: dict[str, tuple[str, Callable[[QWidget, str], bytes]]] = {
    "png": ("PNG picture", lambda widget, caption: png_bytes(widget, caption=caption)),
    "svg": ("SVG drawing", svg_bytes),
    "pdf": ("PDF page", pdf_bytes),
}


def save(widget: QWidget, path: Path, caption: str = "") -> None:
    """Write what a widget shows; the ending of `path` says how. Pictures have the caption below.

    Raises:
        RnnStudioError: the ending is not known, the panel has no table, the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    rows = widget.table_rows() if isinstance(widget, Panel) else None
    if kind in PICTURES:
        content = PICTURES[kind][1](widget, caption)
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
    """The panel menu and what its lines do.

    `caption` is asked what stands below a picture: of which data, network and epoch it is.
    """

    notified = Signal(object)  # a Notice

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._theme = LIGHT
        self._folder = Path.home()
        self.caption: Callable[[], str] = str

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
            QGuiApplication.clipboard().setImage(picture(panel, caption=self.caption()))
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
            save(widget, path, self.caption())
        except RnnStudioError as error:
            self.notified.emit(Notice(Tone.ERROR, error.happened, error.remedy))
        else:
            self._tell(f"Saved as “{path.name}”.", str(path.parent))

    def _tell(self, happened: str, remedy: str = "") -> None:
        self.notified.emit(Notice(Tone.SUCCESS, happened, remedy))


def _kind_words(kind: str) -> str:
    return "CSV table" if kind == "csv" else PICTURES[kind][0]
