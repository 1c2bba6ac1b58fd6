"""Lays out the wiring of a cell so large that all units of every gate can be seen in it."""

from __future__ import annotations

from functools import lru_cache

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.gate_diagram import (
    ADD,
    MULTIPLY,
    REST,
    SIGMA,
    TANH,
    Block,
    Diagram,
    Draft,
)
from rnnstudio.gui.plots.gate_diagram_small import FUNCTION_SIGNS
from rnnstudio.session.step_parts import (
    BIAS_PART,
    CELL_STATE_BEFORE,
    EARLIER_PART,
    INPUT_PART,
    RECURRENT_PART,
    STATE_BEFORE,
)

_WIDEST, _HIGHEST, _LOWEST = 128.0, 150.0, 30.0  # of a block
_BELOW = 43.0  # from the gates down: their functions, the bus, the letters of what comes in
# From the middle of the upper blocks' half down to the gates, with the operations in between.
_LSTM_BETWEEN, _GRU_BETWEEN = 40.0, 59.5


@lru_cache(maxsize=16)
def large_diagram(
    cell: Cell,
    activation: Activation,
    width: float,
    height: float,
    units: int,
    inputs: int | None = None,
    ratio: float = 1.0,
) -> Diagram:
    """Return a cell's wiring in a box of `width` by `height` pixels with a grid for each part.

    Args:
        inputs: E where x_t is drawn as a grid of its own, beside a cell with one sum.
    """
    draft = Draft(width, height, units, ratio, circle=19.0)
    match cell:
        case Cell.LSTM:
            _lstm(draft)
        case Cell.GRU:
            _gru(draft)
        case _:
            _one_sum(draft, FUNCTION_SIGNS[activation], cell, inputs)
    return draft.done()


def _one_sum(draft: Draft, sign: str, cell: Cell, inputs: int | None) -> None:
    """s_t = σ(U x_t + W s_{t−1} + b), from left to right; of `history` with the words before."""
    w, h = draft.width, draft.height
    wide = min(w * 0.16, _WIDEST)
    recurrent, has_history = cell.recurrent, cell is Cell.HISTORY
    rows = 3 if recurrent or has_history else 2
    high = min((h - 10 * (rows - 1)) / rows, _HIGHEST)
    gap = (h - rows * high) / max(rows - 1, 1)
    tops = [row * (high + gap) for row in range(rows)]
    first, second, plus, third, last = w * 0.085, w * 0.335, w * 0.505, w * 0.635, w * 0.90
    summands = []
    if recurrent:
        before = draft.block(STATE_BEFORE, first, tops[0], wide, high)
        part = draft.block(RECURRENT_PART, second, tops[0], wide, high)
        _join(draft, before, part, main=True)
        draft.note("W", (before.rect.right() + part.left) / 2, before.middle.y() - 11)
        summands.append(part)
    if has_history:
        part = draft.block(EARLIER_PART, second, tops[0], wide, high)
        y = part.middle.y()
        draft.note(EARLIER_PART, first, y)
        draft.wire((first + wide / 2, y), (part.left, y))
        summands.append(part)
    part = draft.block(INPUT_PART, second, tops[-2], wide, high)
    y = part.middle.y()
    if inputs is not None:
        start = draft.block("x", first, tops[-2], wide, high, inputs).rect.right()
    else:
        draft.note("x", first, y)
        start = first + wide / 2
    draft.wire((start, y), (part.left, y))
    draft.note("U", (start + part.left) / 2, y - 11)
    summands.append(part)
    summands.append(draft.block(BIAS_PART, second, tops[-1], wide, high))
    middle = h / 2 + 8
    for part in summands:
        y = part.middle.y()
        x = plus - w * 0.03
        draft.wire((part.rect.right(), y), (x, y), (x, middle), (plus, middle), arrow=False)
    top = middle - high / 2 - 8
    total = draft.block("a", third, top, wide, high)
    state = draft.block("s", last, top, wide, high)
    draft.wire((plus, middle), (total.left, middle))
    draft.wire((total.rect.right(), middle), (state.left, middle))
    draft.wire((state.rect.right(), middle), (w, middle), main=True)
    draft.node(ADD, plus, middle)
    draft.node(sign, (total.rect.right() + state.left) / 2 - 3, middle)


def _gru(draft: Draft) -> None:
    """s_t = (1 − z_t) ⊙ n_t + z_t ⊙ s_{t−1} with n_t = tanh(U_n x_t + r_t ⊙ q_t)."""
    w, h = draft.width, draft.height
    wide = min(w * 0.14, _WIDEST)
    upper = min(h * (0.30 if h > 260 else 0.26), _HIGHEST)
    lower = max(min(h * 0.34, _HIGHEST, h - upper / 2 - _GRU_BETWEEN - _BELOW), _LOWEST)
    before = draft.block(STATE_BEFORE, wide / 2 + 2, 0, wide, upper)
    line = before.middle.y()
    spread = (h - upper - lower) * 0.42
    rest = max(upper + spread * 0.1, line + 20)
    reset = max(min(upper + spread * 0.72, h - _BELOW - lower - 11), rest + 20)
    gates = max(min(upper + spread + 8, h - _BELOW - lower), reset + 11)
    bus = min(gates + lower + 40, h - 19)
    z_x, r_x, q_x, n_x = w * 0.25, w * 0.41, w * 0.57, w * 0.77
    z, r, q, n = (
        draft.block(name, x, gates, wide, lower)
        for name, x in zip("zrqn", (z_x, r_x, q_x, n_x), strict=True)
    )
    state = draft.block("s", w - wide / 2 - 12, 0, wide, upper)
    # The memory along the top.
    draft.wire((before.rect.right(), line), (state.left, line), main=True)
    draft.wire((state.rect.right(), line), (w, line), main=True)
    draft.wire((z_x, z.top), (z_x, line + 9))
    draft.wire((z_x, rest), (n_x, rest), arrow=False)
    draft.wire((n_x, n.top), (n_x, line + 9))
    draft.node(MULTIPLY, z_x, line)
    draft.node(ADD, n_x, line)
    draft.node(REST, (z_x + r_x) / 2, rest)
    draft.node(MULTIPLY, n_x, rest)
    # What the candidate hears of the state before.
    times = (r_x + q_x) / 2
    candidate = (q.rect.right() + n.left) / 2
    y = n.middle.y()
    draft.wire((r_x, r.top), (r_x, reset), (times, reset), arrow=False)
    draft.wire((q_x, q.top), (q_x, reset), (times, reset), arrow=False)
    above = reset - min(15.0, (reset - rest) * 0.65)
    draft.wire((times, reset), (times, above), (candidate, above), (candidate, y))
    draft.wire((candidate, y), (n.left, y))
    draft.node(MULTIPLY, times, reset)
    # What comes in below.
    side = before.left + wide / 2
    draft.wire((side, upper), (side, bus), (candidate, bus), (candidate, y), arrow=False)
    for block in (z, r, q):
        x = block.left + block.width / 2
        draft.wire((x, bus), (x, block.rect.bottom()))
    for block in (z, r):
        draft.node(SIGMA, block.left + block.width / 2, block.rect.bottom() + 14)
    draft.node(TANH, candidate, y)
    _inputs(draft, side, bus, (q_x + candidate) / 2)


def _lstm(draft: Draft) -> None:
    """c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t and s_t = o_t ⊙ tanh c_t."""
    w, h = draft.width, draft.height
    wide = min(w * 0.135, _WIDEST)
    high = max(min(h * 0.31, _HIGHEST, (h - _LSTM_BETWEEN - _BELOW) / 1.5), _LOWEST)
    gates = min(h * 0.62, high * 2 + 30) - high / 2 + (8 if h > 300 else 2)
    gates = max(min(gates, h - _BELOW - high), high / 2 + _LSTM_BETWEEN, high + 3)
    bus = min(gates + high + 40, h - 19)
    xs = (w * 0.225, w * 0.385, w * 0.545, w * 0.705)
    f, i, g, o = (
        draft.block(name, x, gates, wide, high) for name, x in zip("figo", xs, strict=True)
    )
    cell_before = draft.block(CELL_STATE_BEFORE, wide / 2 + 2, 0, wide, high)
    before = draft.block(STATE_BEFORE, wide / 2 + 2, h - high, wide, high)
    line = cell_before.middle.y()
    plus = (xs[1] + xs[2]) / 2
    cell = draft.block("c", xs[2] + (xs[3] - xs[2]) * 0.62, 0, wide, high)
    right = w - wide / 2 - 14
    below_line = max(high * 0.62 + 6, line + 8)
    lower = min(high, h - high - 21 - below_line)
    squashed = draft.block("tanh_c", right, below_line, wide, lower)
    state = draft.block("s", right, h - high, wide, high)
    # The cell state along the top.
    draft.wire((cell_before.rect.right(), line), (cell.left, line), main=True)
    draft.wire((cell.rect.right(), line), (w, line), main=True)
    draft.wire((xs[0], f.top), (xs[0], line + 9))
    draft.node(MULTIPLY, xs[0], line)
    store = max(min((high + gates) / 2 + 1, gates - 11), line + 21)
    draft.wire((xs[1], i.top), (xs[1], store), (plus, store), arrow=False)
    draft.wire((xs[2], g.top), (xs[2], store), (plus, store), arrow=False)
    draft.wire((plus, store), (plus, line + 9))
    draft.node(MULTIPLY, plus, store)
    draft.node(ADD, plus, line)
    # What of it is shown.
    y = squashed.middle.y()
    turn = (cell.rect.right() + 6 + squashed.left) / 2 - 2
    draft.wire((turn, line), (turn, y), (squashed.left, y))
    draft.node(TANH, turn, (line + y) / 2 - 1)
    meet = (squashed.rect.bottom() + state.top) / 2
    draft.wire((right, squashed.rect.bottom()), (right, state.top))
    draft.wire((o.rect.right(), o.middle.y()), (o.rect.right() + 8, o.middle.y()),
               (o.rect.right() + 8, meet), (right - 9, meet))  # fmt: skip
    draft.node(MULTIPLY, right, meet)
    y = state.middle.y()
    draft.wire((state.rect.right(), y), (w, y), main=True)
    # What comes in below.
    start = before.rect.right()
    draft.wire((start, bus), (xs[3], bus), arrow=False)
    for block in (f, i, g, o):
        x = block.left + block.width / 2
        draft.wire((x, bus), (x, block.rect.bottom()))
        draft.node(TANH if block is g else SIGMA, x, block.rect.bottom() + 14)
    _inputs(draft, start + 4, bus, plus)


def _inputs(draft: Draft, side: float, bus: float, x: float) -> None:
    """Draw x_t's way to the bus, and the letters of both weights."""
    draft.note("W", side + 8, bus - 9, 1)
    draft.wire((x, draft.height), (x, bus), arrow=False)
    draft.note("U x", x + 8, bus + 11, 1)


def _join(draft: Draft, one: Block, other: Block, main: bool = False) -> None:
    y = one.middle.y()
    draft.wire((one.rect.right(), y), (other.left, y), main=main)
