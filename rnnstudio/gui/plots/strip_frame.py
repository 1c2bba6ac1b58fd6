"""A step's frame and the arrows U, W and V around it, its letters, and the state before all."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPen

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.arrow import draw_arrow
from rnnstudio.gui.plots.lettering import indexed
from rnnstudio.gui.plots.strip_easel import FROM_LEFT, Easel
from rnnstudio.gui.plots.timeline import GUTTER
from rnnstudio.gui.theme import font
from rnnstudio.session.looking import View

BUS = 0.75  # how far down the arrow of U the words so far join, below its letter
STUB_LEFT, STUB_WIDTH = 10, 24  # of s_0, within the gutter
END_STUB_WIDTH = 20  # of s_0 of the reversed direction, right of the last step
_STUB_HEIGHT = 44


def draw_play_head(easel: Easel, height: int) -> None:
    """Draw the soft column behind the step at the play head."""
    column = QRectF(easel.left_of(easel.step), 0, easel.width, height)
    margin = max(2.0, min(easel.layout.frame_left, easel.layout.bars_left, 12) - 6)
    easel.painter.setPen(Qt.PenStyle.NoPen)
    easel.painter.setBrush(easel.color("accent_soft"))
    bottom = easel.layout.legend.top if easel.layout.legend else height - 1
    easel.painter.drawRoundedRect(column.adjusted(margin, 1, -margin, bottom - height), 10, 10)


def stub_rect(easel: Easel) -> QRectF:
    """Return the box of s_0, the state that the first step read starts from."""
    height = min(easel.layout.frame.height, _STUB_HEIGHT)
    top, bottom = easel.levels[0] - height / 2, easel.levels[-1] + height / 2
    if easel.model.direction:
        left = easel.left_of(len(easel.model.reading)) + easel.width + 2
        return QRectF(left, top, END_STUB_WIDTH, bottom - top)
    return QRectF(easel.left_of(1) - GUTTER + STUB_LEFT, top, STUB_WIDTH, bottom - top)


def draw_stub(easel: Easel, box: QRectF) -> None:
    """Draw the state before the first step that is read."""
    painter = easel.painter
    painter.setPen(QPen(easel.color("border"), 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(easel.color("inset"))
    painter.drawRoundedRect(box, 5, 5)
    muted = easel.color("muted")
    zero = not easel.model.layer.s_0.any()
    easel.write(box, "0" if zero else "…", muted)
    below = QRectF(box.left() - 8, box.bottom() + 2, box.width() + 16, easel.layout.s_letter.height)
    easel.write(below, easel.model.letter("s", 0), muted)


def draw_frame(easel: Easel, step: int) -> None:
    """Draw the box that the state stands in."""
    current = step == easel.step
    inset = 1.0 if current else 0.5
    frame = easel.layout.frame_rect(easel.left_of(step)).adjusted(inset, inset, -inset, -inset)
    role, width = ("accent", 2.0) if current else ("border", 1.0)
    easel.painter.setPen(QPen(easel.color(role), width))
    easel.painter.setBrush(easel.color("panel"))
    easel.painter.drawRoundedRect(frame, 7, 7)


def up_letter(easel: Easel, step: int) -> str:
    """Return what stands beside the arrow below the state."""
    model = easel.model
    u = model.weight_letters[0]
    if model.reading.spec.cell.has_length:
        return indexed(u, step)
    below = model.layer_index
    if below == 0:
        return u
    return "layer 1" if below == 1 else f"layers 1–{below}"


def out_letter(easel: Easel) -> str:
    """Return what stands beside the arrow above the state."""
    model, layers = easel.model, easel.model.reading.spec.layers
    if model.is_last_layer:
        return model.weight_letters[2]
    first = model.layer_index + 2
    return f"layer {layers}" if first == layers else f"layers {first}–{layers}"


def draw_arrows(easel: Easel, step: int, listed: str) -> None:
    """Draw U, V and W of a step, and the letters s_t and ŷ_t.

    Args:
        listed: what stands beside s_t's letter, e.g. "12 of 64"; empty for nothing.
    """
    layout, model, painter = easel.layout, easel.model, easel.painter
    muted = easel.color("muted")
    asked = model.reading.is_asked(step)
    letter = model.letter(model.quantity, step)
    if model.view is not View.DIAGRAM:
        words = f"{letter} · {listed}" if listed else letter
        easel.write(easel.line(step, layout.s_letter), words, muted)
    slanted = font(11)
    slanted.setItalic(True)
    middle = round(easel.left_of(step) + easel.width / 2)
    ways = [(up_letter(easel, step), layout.u_arrow, False)]
    if asked:
        easel.write(easel.line(step, layout.y_letter), model.letter("y", step), muted)
        ways.append((out_letter(easel), layout.v_arrow, not model.reads_this_step))
    for words, span, dashed in ways:
        start = QPointF(middle + 0.5, span.bottom - 3)
        draw_arrow(painter, start, QPointF(middle + 0.5, span.top + 2), muted, dashed)
        tall = span.height
        if span is layout.u_arrow and model.reading.spec.cell is Cell.HISTORY:
            tall *= BUS
        beside = QRectF(middle + 8, span.top, easel.width / 2 - 8, tall)
        if QFontMetricsF(slanted).horizontalAdvance(words) > beside.width():
            words = words.replace("layers", "l.").replace("layer", "l.")
        easel.write(beside, words, muted, slanted, FROM_LEFT)
    if model.reading.spec.cell.recurrent:
        draw_memory_arrow(easel, step)


def memory_way(easel: Easel, step: int) -> tuple[float, float]:
    """Return where the arrow of W into a step begins and ends; from the right in the reversed
    direction.
    """
    before = easel.model.layer.step_before(step)
    left, right = easel.edges_of(step)
    if easel.model.direction:
        # Of the last step it comes from the box of s_0 beside it.
        start = easel.edges_of(before)[0] - 3 if before else _end_stub_left(easel, step)
        return start, right + 3
    return easel.edges_of(before)[1] + 3, left - 3


def _end_stub_left(easel: Easel, step: int) -> float:
    return easel.left_of(step) + easel.width - 1


def draw_memory_arrow(easel: Easel, step: int) -> None:
    """Draw W, the way from the state before to this one; of an LSTM's diagram also the cell's."""
    start, end = memory_way(easel, step)
    color = easel.color("accent" if step == easel.step else "muted")
    slanted = font(11)
    slanted.setItalic(True)
    letters = ["c", easel.model.letters.quantity("s")]
    if len(easel.levels) == 1:
        letters = [easel.model.weight_letters[1]]
    for level, letter in zip(easel.levels, letters, strict=True):
        y = round(level) + 0.5
        draw_arrow(easel.painter, QPointF(start, y), QPointF(end, y), color)
        above = QRectF(min(start, end) - 4, y - 20, abs(end - start) + 8, 16)
        easel.write(above, letter, easel.color("muted"), slanted)


def draw_history(easel: Easel, steps: range) -> None:
    """Draw the way of all words so far to the state at the play head."""
    last = min(easel.step, steps.stop - 1)
    if last < steps.start:
        return
    painter, span, accent = easel.painter, easel.layout.u_arrow, easel.color("accent")
    painter.setOpacity(1.0)
    painter.setPen(QPen(accent, 1.5))
    middle = easel.width // 2
    y = round(span.top + span.height * BUS) + 0.5
    start = easel.left_of(steps.start) + middle + 0.5
    end = easel.left_of(easel.step) + middle + 0.5
    painter.drawLine(QPointF(start if steps.start == 1 else 0, y), QPointF(end, y))
    for step in range(steps.start, last + 1):
        x = easel.left_of(step) + middle + 0.5
        painter.drawLine(QPointF(x, y), QPointF(x, span.bottom - 3))
    if easel.step == last:
        draw_arrow(painter, QPointF(end, y), QPointF(end, span.top + 2), accent)
