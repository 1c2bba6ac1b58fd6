"""The unrolled network: one column a step, from the word below to ŷ_t on top."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots import strip_words
from rnnstudio.gui.plots.arrow import draw_arrow
from rnnstudio.gui.plots.cells import GridPictures
from rnnstudio.gui.plots.lettering import abbreviations, indexed, shown_word
from rnnstudio.gui.plots.one_hot_bar import draw_one_hot
from rnnstudio.gui.plots.strip_layout import StripLayout, strip_layout
from rnnstudio.gui.plots.timeline import GUTTER, Target, TimeView
from rnnstudio.gui.theme import font
from rnnstudio.session.resolve.unroll import Reading

_GHOST = 0.32  # opacity of steps to come: seen, clearly not yet there
_GHOST_WORD = 0.6  # their words can be read
_NAME_SHARE = 0.66  # of a class's line that its name may take
_BAR = 13.0  # the height of a class's bar
_BUS = 0.75  # how far down the arrow of U the words so far join, below its letter
_STUB_LEFT, _STUB_WIDTH = 10, 24  # of s_0, within the gutter
_CENTRED = Qt.AlignmentFlag.AlignCenter


class NetworkStrip(TimeView):
    """Draws a `Reading`: word, id, x_t, U, s_t, W, V and ŷ_t of every step that is in view."""

    def __init__(self) -> None:
        super().__init__()
        self._reading: Reading | None = None
        self._names: tuple[str, ...] = ()
        self._layout_key: object = None
        self._layout: StripLayout | None = None
        self._longest_name = 0.0
        self._still_key: object = None
        self._still: QPixmap | None = None
        self.setObjectName("network_strip")
        self.setAccessibleName("Unrolled network")

    def set_reading(self, reading: Reading | None) -> None:
        """Draw another reading, or nothing."""
        if self._reading is None or reading is None or self._reading.labels != reading.labels:
            self._names = abbreviations(reading.labels) if reading else ()
            metrics = QFontMetricsF(font(11))
            self._longest_name = max(map(metrics.horizontalAdvance, self._names), default=0.0)
        self._reading = reading
        self.set_count(len(reading) if reading else 0)

    @property
    def reading(self) -> Reading | None:
        """What is drawn."""
        return self._reading

    # what stands where

    @property
    def layout_now(self) -> StripLayout | None:
        """The places of a step's parts at the present size; None without a reading."""
        if self._reading is None:
            return None
        spec = self._reading.trace.spec
        key = (
            self.columns.width,
            self.viewport().height(),
            spec.classes,
            spec.units,
            spec.embedding,
            self.devicePixelRatioF(),
        )
        if key != self._layout_key:
            self._layout, self._layout_key = strip_layout(*key), key
        return self._layout

    def unit_rect(self, step: int, unit: int) -> QRectF:
        """The cell of a unit at a step, in the viewport."""
        layout = self.layout_now
        assert layout is not None, "there are cells only with a reading"
        return layout.unit_rect(self.column_left(step), unit)

    def shown_classes(self, step: int) -> Sequence[int]:
        """The classes that have a bar at a step, from the top: all, or the likeliest first."""
        reading, layout = self._reading, self.layout_now
        if reading is None or layout is None or not reading.is_asked(step):
            return ()
        if layout.bar_count == len(reading.labels):
            return range(layout.bar_count)
        order = np.argsort(-reading.trace.y[step - 1], kind="stable")
        return [int(index) for index in order[: layout.bar_count]]

    def unit_order(self) -> list[int]:
        return list(range(self._reading.trace.spec.units)) if self._reading else []

    def table_rows(self) -> list[list[str]] | None:
        """Return one row a step: word, id, the states and the prediction."""
        reading = self._reading
        if reading is None:
            return None
        units = range(1, reading.trace.spec.units + 1)
        head = ["step", "word", "id", *(f"s[{unit}]" for unit in units)]
        rows = [[*head, *(f"ŷ[{label}]" for label in reading.labels)]]
        for index, (word, id_) in enumerate(zip(reading.words, reading.ids, strict=True)):
            numbers = [*reading.trace.s[index], *reading.trace.y[index]]
            rows.append([str(index + 1), word, str(id_), *(f"{value:.6g}" for value in numbers)])
        return rows

    # what is under the mouse

    def target_at(self, point: QPointF) -> Target | None:
        reading, layout = self._reading, self.layout_now
        if reading is None or layout is None:
            return None
        step = self.columns.step_at(point.x() + self.offset)
        if step is None:
            in_gutter = 0 <= point.x() + self.offset < GUTTER and layout.frame.holds(point.y())
            if not in_gutter or not reading.spec.cell.recurrent:
                return None
            return Target(1, None, strip_words.initial_state_words(reading))
        left = self.column_left(step)
        from_frame = point.x() - left - layout.frame_left
        unit = None
        if layout.frame.holds(point.y()):
            unit = layout.unit_at(left, point)
            if unit is not None:
                words = strip_words.unit_words(reading, step, unit)
            elif 0 <= from_frame < layout.frame_width or not reading.spec.cell.recurrent:
                words = strip_words.step_words(reading, step)
            elif from_frame < 0 or step == len(reading):
                words = strip_words.weight_words(reading, "W", step)
            else:
                words = strip_words.weight_words(reading, "W", step + 1)
        elif layout.bars.holds(point.y()) or layout.y_letter.holds(point.y()):
            shown = self.shown_classes(step)
            under = [
                index for place, index in enumerate(shown) if layout.bar(place).holds(point.y())
            ]
            words = strip_words.output_words(reading, step, under or shown)
        elif layout.x.holds(point.y()) or layout.id_line.holds(point.y()):
            words = strip_words.input_words(reading, step, layout.input_at(left, point))
        elif layout.u_arrow.holds(point.y()):
            words = strip_words.weight_words(reading, "U", step)
        elif layout.v_arrow.holds(point.y()):
            words = strip_words.weight_words(reading, "V", step)
        else:
            words = strip_words.step_words(reading, step)
        return Target(step, unit, words)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        reading, layout = self._reading, self.layout_now
        if reading is None or layout is None:
            return
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._still_picture(reading, layout))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_values(painter, layout, reading)
        painter.end()

    def _still_picture(self, reading: Reading, layout: StripLayout) -> QPixmap:
        """Return what no weight changes: while the network learns it is drawn once."""
        steps = self.visible_steps
        classes = tuple(tuple(self.shown_classes(step)) for step in steps)
        key = (
            self.theme,
            layout,
            self.columns,
            self.offset,
            self.viewport().size().toTuple(),
            self.step,
            reading.words,
            bytes(reading.ids),
            reading.labels,
            reading.spec,
            bool(reading.trace.s_0.any()),
            classes,
        )
        if key != self._still_key or self._still is None:
            ratio = self.devicePixelRatioF()
            self._still = QPixmap(self.viewport().size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            self._still_key = key
            painter = QPainter(self._still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_still(painter, layout, reading, steps)
            painter.end()
        return self._still

    def _draw_still(
        self, painter: QPainter, layout: StripLayout, reading: Reading, steps: range
    ) -> None:
        if self.step in steps:
            self._draw_play_head(painter, layout)
        if self.offset < GUTTER and reading.spec.cell.recurrent:
            self._draw_stub(painter, layout)
        for step in steps:
            painter.setOpacity(1.0 if step <= self.step else _GHOST)
            left = self.column_left(step)
            if layout.inputs is None:
                self._draw_one_hot(painter, layout, reading, step, left)
            self._draw_frame(painter, layout, step, left)
            self._draw_output(painter, layout, step, left)
            self._draw_arrows(painter, layout, reading, step, left)
            self._draw_word(painter, layout, reading, step, left)

        if reading.spec.cell is Cell.HISTORY and steps:
            self._draw_history(painter, layout, steps)

    def _draw_history(self, painter: QPainter, layout: StripLayout, steps: range) -> None:
        """Draw the way of all words so far to the state at the play head."""
        last = min(self.step, steps.stop - 1)
        if last < steps.start:
            return
        painter.setOpacity(1.0)
        painter.setPen(QPen(self.theme.color("accent"), 1.5))
        middle = self.columns.width // 2
        y = round(layout.u_arrow.top + layout.u_arrow.height * _BUS) + 0.5
        start = self.column_left(steps.start) + middle + 0.5
        end = self.column_left(self.step) + middle + 0.5
        painter.drawLine(QPointF(start if steps.start == 1 else 0, y), QPointF(end, y))
        for step in range(steps.start, last + 1):
            x = self.column_left(step) + middle + 0.5
            painter.drawLine(QPointF(x, y), QPointF(x, layout.u_arrow.bottom - 3))
        if self.step == last:
            top = QPointF(end, layout.u_arrow.top + 2)
            draw_arrow(painter, QPointF(end, y), top, self.theme.color("accent"))

    def _draw_values(self, painter: QPainter, layout: StripLayout, reading: Reading) -> None:
        """Draw x_t, s_t and ŷ_t of the steps that are seen."""
        steps = self.visible_steps
        if not steps:
            return
        trace, ratio = reading.trace, self.devicePixelRatioF()
        seen = slice(steps.start - 1, steps.stop - 1)
        units = GridPictures(self.theme, layout.units, trace.s[seen], reading.state_high, ratio)
        inputs = None
        if layout.inputs is not None:
            x = np.stack([trace.x(step) for step in steps])
            inputs = GridPictures(self.theme, layout.inputs, x, reading.input_limit, ratio)
        for index, step in enumerate(steps):
            left = self.column_left(step)
            painter.setOpacity(1.0 if step <= self.step else _GHOST)
            if inputs is not None:
                inputs.draw(painter, index, left + layout.inputs_left, layout.inputs_top)
            units.draw(painter, index, left + layout.units_left, layout.units_top)
            if step == self.step and self.unit is not None:
                self._draw_unit_mark(painter, layout.unit_rect(left, self.unit))
            for place, label in enumerate(self.shown_classes(step)):
                share = float(trace.y[step - 1, label])
                self._fill_bar(painter, self._track(layout, left, place), share, label)

    def _draw_play_head(self, painter: QPainter, layout: StripLayout) -> None:
        left = self.column_left(self.step)
        column = QRectF(left, 0, self.columns.width, self.viewport().height())
        margin = max(2.0, (layout.frame_left - 12) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("accent_soft"))
        painter.drawRoundedRect(column.adjusted(margin, 1, -margin, -1), 10, 10)

    def _draw_stub(self, painter: QPainter, layout: StripLayout) -> None:
        """Draw s_0, the state that the first step starts from."""
        left = _STUB_LEFT - self.offset
        height = min(layout.frame.height, 44)
        box = QRectF(left, layout.frame.middle - height / 2, _STUB_WIDTH, height)
        painter.setPen(QPen(self.theme.color("border"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(self.theme.color("inset"))
        painter.drawRoundedRect(box, 5, 5)
        reading = self._reading
        zero = reading is None or not reading.trace.s_0.any()
        self._write(painter, box, "0" if zero else "…", font(11), self.theme.color("muted"))
        below = QRectF(left - 8, box.bottom() + 2, 40, layout.s_letter.height)
        self._write(painter, below, "s₀", font(11), self.theme.color("muted"))

    def _draw_one_hot(
        self, painter: QPainter, layout: StripLayout, reading: Reading, step: int, left: int
    ) -> None:
        """Draw as many cells as can be told apart, the word's own one lit."""
        box = QRectF(
            left + layout.content_left, layout.x.top, layout.content_width, layout.x.height
        )
        draw_one_hot(painter, box, int(reading.ids[step - 1]), reading.spec.inputs, self.theme)

    def _draw_frame(self, painter: QPainter, layout: StripLayout, step: int, left: int) -> None:
        current = step == self.step
        inset = 1.0 if current else 0.5
        frame = QRectF(
            left + layout.frame_left, layout.frame.top, layout.frame_width, layout.frame.height
        ).adjusted(inset, inset, -inset, -inset)
        role, width = ("accent", 2.0) if current else ("border", 1.0)
        painter.setPen(QPen(self.theme.color(role), width))
        painter.setBrush(self.theme.color("panel"))
        painter.drawRoundedRect(frame, 7, 7)

    def _draw_unit_mark(self, painter: QPainter, cell: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("panel"), 1))
        painter.drawRoundedRect(cell.adjusted(-2.5, -2.5, 2.5, 2.5), 4, 4)
        painter.setPen(QPen(self.theme.color("text"), 2))
        painter.drawRoundedRect(cell.adjusted(-1, -1, 1, 1), 3, 3)

    def _name_width(self, layout: StripLayout) -> float:
        return min(self._longest_name + 6, layout.content_width * _NAME_SHARE)

    def _track(self, layout: StripLayout, left: int, place: int) -> QRectF:
        """The bar at a place from the top, were it full."""
        span, name = layout.bar(place), self._name_width(layout)
        height = round(min(_BAR, span.height - 4))
        top = round(span.top + (span.height - height) / 2)
        return QRectF(left + layout.content_left + name, top, layout.content_width - name, height)

    def _draw_output(self, painter: QPainter, layout: StripLayout, step: int, left: int) -> None:
        """Draw the names of the classes and the empty bars."""
        small = font(11)
        metrics = QFontMetricsF(small)
        name_width = self._name_width(layout)
        x = left + layout.content_left
        labels_words = self._reading is not None and self._reading.labels_words
        tag = int(self._reading.trace.predictions[step - 1]) if self._reading else -1
        for place, index in enumerate(self.shown_classes(step)):
            span = layout.bar(place)
            name = metrics.elidedText(
                self._names[index], Qt.TextElideMode.ElideRight, name_width - 4
            )
            # The first one is the word's tag: the answer, not only the likeliest.
            is_tag = labels_words and index == tag
            self._write(
                painter,
                QRectF(x, span.top, name_width - 4, span.height),
                name,
                font(11, QFont.Weight.DemiBold) if is_tag else small,
                self.theme.color("text" if is_tag else "muted"),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("track"))
            painter.drawRoundedRect(self._track(layout, left, place), 3, 3)

    def _fill_bar(self, painter: QPainter, track: QRectF, share: float, label: int) -> None:
        """Fill `share` (0 … 1) of a bar in the colour of a class."""
        filled = share * track.width()
        if filled >= 0.5:  # not where the share is not a number
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.class_color(label))
            track.setWidth(max(2.0, filled))
            painter.drawRoundedRect(track, min(3.0, filled / 2), 3)

    def _draw_arrows(
        self, painter: QPainter, layout: StripLayout, reading: Reading, step: int, left: int
    ) -> None:
        spec = reading.spec
        muted = self.theme.color("muted")
        small = font(11)
        middle = left + self.columns.width // 2
        column = QRectF(left, 0, self.columns.width, 0)
        asked = reading.is_asked(step)
        letters = (("s", layout.s_letter), ("ŷ", layout.y_letter))
        for letter, span in letters if asked else letters[:1]:
            line = column.adjusted(0, span.top, 0, span.bottom)
            self._write(painter, line, indexed(letter, step), small, muted)
        slanted = font(11)
        slanted.setItalic(True)
        u = indexed("U", step) if spec.cell.has_length else "U"
        if spec.layers > 1:
            u = "layer 1" if spec.layers == 2 else f"layers 1–{spec.layers - 1}"
        ways = ((u, layout.u_arrow), ("V", layout.v_arrow))
        for letter, span in ways if asked else ways[:1]:
            draw_arrow(
                painter,
                QPointF(middle + 0.5, span.bottom - 3),
                QPointF(middle + 0.5, span.top + 2),
                muted,
            )
            tall = span.height * (_BUS if spec.cell is Cell.HISTORY else 1.0)
            beside = QRectF(middle + 8, span.top, self.columns.width / 2 - 8, tall)
            self._write(painter, beside, letter, slanted, muted, Qt.AlignmentFlag.AlignVCenter)
        if not spec.cell.recurrent:
            return
        start = self._state_right(layout, step - 1) + 3
        end = left + layout.frame_left - 3
        y = round(layout.frame.middle) + 0.5
        color = self.theme.color("accent") if step == self.step else muted
        draw_arrow(painter, QPointF(start, y), QPointF(end, y), color)
        above = QRectF(start - 4, y - 20, end - start + 4, 16)
        self._write(painter, above, "W", slanted, muted)

    def _state_right(self, layout: StripLayout, step: int) -> float:
        """The right edge of s_t's frame, of the stub for t = 0."""
        if step == 0:
            return _STUB_LEFT + _STUB_WIDTH - self.offset
        return self.column_left(step) + layout.frame_left + layout.frame_width

    def _draw_word(
        self, painter: QPainter, layout: StripLayout, reading: Reading, step: int, left: int
    ) -> None:
        unknown = reading.is_unknown(step)
        room = QRectF(left + 4, 0, self.columns.width - 8, 0)
        small = font(11)
        painter.setOpacity(1.0 if step <= self.step else _GHOST_WORD)
        line = room.adjusted(0, layout.id_line.top, 0, layout.id_line.bottom)
        x = indexed("x", step)
        candidates = [f"{x} · id {reading.ids[step - 1]}", f"id {reading.ids[step - 1]}"]
        if unknown:
            id_ = reading.ids[step - 1]
            candidates = [f"{x} · id {id_} · unknown", f"id {id_} · unknown", "unknown"]
        metrics = QFontMetricsF(small)
        fitting = [text for text in candidates if metrics.horizontalAdvance(text) <= room.width()]
        text = fitting[0] if fitting else candidates[-1]
        self._write(painter, line, text, small, self.theme.color("warning" if unknown else "muted"))

        bold = font(14, QFont.Weight.DemiBold)
        text = QFontMetricsF(bold).elidedText(
            shown_word(reading.words[step - 1]), Qt.TextElideMode.ElideMiddle, room.width()
        )
        line = room.adjusted(0, layout.word.top, 0, layout.word.bottom)
        self._write(painter, line, text, bold, self.theme.color("text"))
        if unknown:
            width = QFontMetricsF(bold).horizontalAdvance(text)
            y = layout.word.bottom - 1.5
            painter.setPen(QPen(self.theme.color("warning"), 2, Qt.PenStyle.DotLine))
            painter.drawLine(
                QPointF(room.center().x() - width / 2, y), QPointF(room.center().x() + width / 2, y)
            )

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        letters: QFont,
        color: QColor,
        alignment: Qt.AlignmentFlag = _CENTRED,
    ) -> None:
        painter.setFont(letters)
        painter.setPen(color)
        painter.drawText(box, alignment | Qt.TextFlag.TextDontClip, text)
