"""A step of the strip opened into its gates: the cell's wiring with all units of every part."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.controls import tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.plots import strip_words
from rnnstudio.gui.plots.gate_diagram import Diagram
from rnnstudio.gui.plots.gate_diagram_large import large_diagram
from rnnstudio.gui.plots.gate_diagram_letters import part_letter
from rnnstudio.gui.plots.gate_diagram_painting import DiagramPainter, part_scale
from rnnstudio.gui.plots.lettering import number, probability
from rnnstudio.gui.plots.strip_clamp import ClampDrag, draw_bubble
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.looking import Place

_HEADER = 30
_MARGIN = 14
_BELOW = 8
_CLOSE = 24


class OpenedStep(QWidget):
    """Shows one step large; every cell of it can be asked for or set."""

    place_requested = Signal(Place)
    clamp_requested = Signal(Place, float, bool)
    close_requested = Signal()
    hinted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("opened_step")
        self.theme: Theme = LIGHT
        self._model: StripModel | None = None
        self._step = 0
        self._unit: int | None = None
        self._full = QSize()
        self._zoom = 1.0
        self._picture: QPixmap | None = None
        self._drag: ClampDrag | None = None
        self._mouse = QPointF()
        self.close_button = tool_button("", "Close the step (Esc)")
        self.close_button.setParent(self)
        self.close_button.setObjectName("close_step")
        self.close_button.setFixedSize(_CLOSE, _CLOSE)
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.clicked.connect(self.close_requested)
        self.setMouseTracking(True)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.close_button.setIcon(icon("close", theme))
        self._repaint()

    def set_content(self, model: StripModel, step: int, unit: int | None) -> None:
        """Show another step, unit or reading."""
        self._model, self._step, self._unit = model, step, unit
        self._repaint()

    def set_place(self, now: QRect, full: QSize, zoom: float) -> None:
        """Stand in `now`; `zoom` says how far it is from a column (0) to its `full` size (1)."""
        self._zoom = zoom
        if full != self._full:
            self._full = full
            self._picture = None
        self.setGeometry(now)
        self.close_button.setVisible(zoom >= 1.0)
        self.close_button.move(full.width() - _CLOSE - 6, 5)
        self.update()

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    # what stands where

    @property
    def diagram(self) -> Diagram | None:
        """The wiring at the full size, within `content`."""
        model = self._model
        if model is None:
            return None
        spec, box = model.reading.spec, self.content
        own_inputs = spec.embedding is not None and model.layer_index == 0
        return large_diagram(
            spec.cell,
            spec.activation,
            round(box.width()),
            round(box.height()),
            spec.units,
            spec.embedding if own_inputs else None,
            self.devicePixelRatioF(),
        )

    @property
    def content(self) -> QRectF:
        """Where the wiring stands at the full size."""
        width, height = self._full.width(), self._full.height()
        box = QRectF(_MARGIN, _HEADER, width - 2 * _MARGIN, height - _HEADER - _BELOW)
        return box if box.width() > 60 and box.height() > 60 else QRectF(0, 0, 60, 60)

    def cell_rect(self, part: str, unit: int) -> QRectF:
        """The cell of a unit of a part, in this widget."""
        diagram = self.diagram
        assert diagram is not None, "there are cells only with a reading"
        return diagram.block(part).cell(unit).translated(self.content.topLeft())

    def part_at(self, point: QPointF) -> tuple[str, int | None] | None:
        """Return the part and unit at a point."""
        diagram = self.diagram
        return diagram.part_at(point - self.content.topLeft()) if diagram else None

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._model is None or self._full.isEmpty():
            return
        painter = QPainter(self)
        if self._zoom >= 1.0:
            self._paint(painter, self._model)
        else:
            if self._picture is None:
                self._picture = self._make_picture(self._model)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(min(1.0, 0.35 + self._zoom))
            painter.drawPixmap(self.rect(), self._picture)
        if self._drag is not None:
            draw_bubble(painter, self.theme, self._mouse, self._drag, self.width())
        painter.end()

    def _make_picture(self, model: StripModel) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self._full * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self._paint(painter, model)
        painter.end()
        return picture

    def _paint(self, painter: QPainter, model: StripModel) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, 0, self._full.width(), self._full.height()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(self.theme.color("accent"), 2))
        painter.setBrush(self.theme.color("panel"))
        painter.drawRoundedRect(box, 10, 10)
        self._paint_header(painter, model, box)
        diagram = self.diagram
        assert diagram is not None, "there is a model"
        painter.translate(self.content.topLeft())
        drawing = DiagramPainter(painter, self.theme, model)
        drawing.draw_wiring(diagram, current=True)
        drawing.draw_blocks(diagram, self._step, self._unit, self.devicePixelRatioF())
        painter.translate(-self.content.topLeft())

    def _paint_header(self, painter: QPainter, model: StripModel, box: QRectF) -> None:
        bold, plain = font(13, QFont.Weight.DemiBold), font(12)
        line = QRectF(_MARGIN, 3, box.width() - 2 * _MARGIN - _CLOSE, _HEADER - 4)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        answer = self.answer_words()
        painter.setFont(plain)
        painter.setPen(self.theme.color("muted"))
        painter.drawText(line, right | Qt.TextFlag.TextDontClip, answer)
        room = line.width() - QFontMetricsF(plain).horizontalAdvance(answer) - 16
        title = QFontMetricsF(bold).elidedText(
            self.title_words(), Qt.TextElideMode.ElideMiddle, room
        )
        painter.setFont(bold)
        painter.setPen(self.theme.color("text"))
        painter.drawText(line, left | Qt.TextFlag.TextDontClip, title)
        room -= QFontMetricsF(bold).horizontalAdvance(title) + 12
        note = self.note_words()
        if QFontMetricsF(plain).horizontalAdvance(note) <= room:
            line.setLeft(line.left() + QFontMetricsF(bold).horizontalAdvance(title) + 12)
            painter.setFont(plain)
            painter.setPen(self.theme.color("muted"))
            painter.drawText(line, left | Qt.TextFlag.TextDontClip, note)

    def title_words(self) -> str:
        """Return what is shown: the step, its word, the layer."""
        model = self._model
        assert model is not None, "there are words only with a reading"
        spec = model.reading.spec
        words = [f"Step {self._step}", f"“{model.reading.words[self._step - 1][:40]}”"]
        if spec.layers > 1:
            words.append(f"layer {model.layer_index + 1}")
        if spec.bidirectional:
            words.append("backward" if model.direction else "forward")
        return " · ".join(words)

    def note_words(self) -> str:
        """Say whose numbers stand above the grids."""
        if self._unit is None:
            return "⌀ mean size over the units; click a cell for one unit"
        return f"numbers of unit {self._unit + 1}"

    def answer_words(self) -> str:
        """Return ŷ of the step: its leading class."""
        model = self._model
        assert model is not None, "there are words only with a reading"
        if not model.reading.is_asked(self._step):
            return ""
        row = model.shares(self._step)
        leading = int(row.argmax())
        label = model.reading.labels[leading]
        label = label if len(label) <= 24 else f"{label[:22]}…"
        return f"{model.letter('y', self._step)}: {label} {probability(float(row[leading]))}"

    # mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if self._drag is not None:
            self._clamp(event)
            return
        model, found = self._model, self.part_at(event.position())
        if model is None or found is None or self._zoom < 1.0:
            self._say("")
            return
        part, unit = found
        if part == "x":
            x = model.letter("x", self._step)
            if unit is None:
                self._say(f"{x}: embedding of “{model.reading.words[self._step - 1]}”")
            else:
                value = number(float(model.inputs(self._step)[unit]))
                self._say(f"{x}[{unit + 1}] = {value}")
            return
        self._say(strip_words.part_words(model, self._step, part, unit))

    def _say(self, words: str) -> None:
        self.setToolTip(words)
        self.hinted.emit(words)

    def leaveEvent(self, event: QEvent) -> None:
        self._say("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.part_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or found is None:
            return
        part, unit = found
        place = self._model.part_place(self._step, part, unit) if self._model else None
        if unit is None or place is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and self._may_be_set(part):
            self._drag = self._begin_drag(part, place, event.position())
            self.update()
        else:
            self.place_requested.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Not the strip's: it would close what has just been asked for.
        event.accept()

    def _may_be_set(self, part: str) -> bool:
        return self._model is not None and part in self._model.layer.quantities

    def _begin_drag(self, part: str, place: Place, origin: QPointF) -> ClampDrag:
        model = self._model
        assert model is not None, "there is a place"
        assert place.unit is not None, "a cell is a unit's"
        scale = part_scale(model, part)
        start = float(model.parts(self._step)[part][place.unit])
        letter = part_letter(model, self._step, part)
        return ClampDrag(place, letter, start, scale.low, scale.high, origin)

    def _clamp(self, event: QMouseEvent) -> None:
        assert self._drag is not None, "a number is dragged"
        onwards = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        value = self._drag.value_at(event.position())
        self.clamp_requested.emit(self._drag.place, value, onwards)
        self.update()
