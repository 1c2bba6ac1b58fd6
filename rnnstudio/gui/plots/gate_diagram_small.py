"""Lays out the wiring of a cell so small that it stands in a step's frame, numbers beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.gate_diagram import ADD, MULTIPLY, REST, SIGMA, TANH, Diagram, Draft
from rnnstudio.session.step_parts import (
    BIAS_PART,
    EARLIER_PART,
    INPUT_PART,
    RECURRENT_PART,
)

FUNCTION_SIGNS = {Activation.TANH: TANH, Activation.LOGISTIC: SIGMA, Activation.RELU: "ReLU"}

_ALL_NUMBERS_FROM = 150  # a lower diagram has those of the gates only
_LOWEST = 112.0
_GAP = 2.5  # at least, between a number and a gate or an operation
_TAG_BELOW = 9.0 + _GAP + 12.0  # from the middle of a gate to that of the number below it


@lru_cache(maxsize=16)
def small_diagram(
    cell: Cell, activation: Activation, width: float, height: float, reverse: bool = False
) -> Diagram:
    """Return a cell's wiring in a box; the reversed direction's memory comes from the right."""
    draft = Draft(width, height)
    if cell is Cell.LSTM:
        levels = _lstm(draft)
    elif cell is Cell.GRU:
        levels = _gru(draft)
    else:
        levels = _one_sum(draft, FUNCTION_SIGNS[activation], cell)
    found = draft.done(*levels)
    return _mirrored(found, width) if reverse else found


def _one_sum(draft: Draft, sign: str, cell: Cell) -> tuple[float, ...]:
    """s_t = σ(U x_t + W s_{t−1} + b); of `history` with what the words before add."""
    w, h = draft.width, draft.height
    x, side = w / 2, 5.0
    state, function, plus = h * 0.15, h * 0.40, h * 0.65
    below = plus + draft.circle / 2 + _GAP + 13
    draft.wire((x, h), (x, plus))
    draft.wire((x, plus), (x, function))
    draft.wire((x, function), (x, 0))
    if cell.recurrent:
        draft.wire((0, state), (side, state), (side, plus), (x, plus), main=True)
        draft.wire((x, state), (w, state), main=True, arrow=False)
        draft.tag(RECURRENT_PART, x / 2, below, stacked=True)
    elif cell is Cell.HISTORY:
        draft.tag(EARLIER_PART, x / 2, below, stacked=True)
    draft.wire((w - 10, plus), (x, plus))
    draft.tag(BIAS_PART, (x + w) / 2 + 1, plus - 14)
    draft.tag(INPUT_PART, (x + w) / 2, below, stacked=True)
    left = side if cell.recurrent else 0.0
    draft.tag("a", (x + left) / 2 - 1, (plus + function) / 2 + 1)
    draft.tag("s", (x + w) / 2 + 1, (state + function - 8.5) / 2)
    draft.node(ADD, x, plus, "a")
    draft.node(sign, x, function, "s")
    return (state,)


def _gru(draft: Draft) -> tuple[float, ...]:
    """s_t = (1 − z_t) ⊙ n_t + z_t ⊙ s_{t−1} with n_t = tanh(U x_t + r_t ⊙ q_t)."""
    w, h = draft.width, draft.height
    gate, bus = _gate_row(h)
    top = h * 0.11
    reset = gate - 18 - 0.08 * (h - _LOWEST)
    rest = (top + reset) / 2
    z, r, n, side = w * 0.22, w * 0.50, w * 0.79, 6.0
    candidate = reset
    draft.wire((0, top), (w, top), main=True, arrow=False)
    draft.wire((side, top), (side, bus), (n, bus), (n, candidate), arrow=False)
    draft.wire((w / 2, h), (w / 2, bus), arrow=False)
    draft.wire((z, bus), (z, top), arrow=False)
    draft.wire((r, bus), (r, reset), arrow=False)
    draft.wire((side, reset), (r, reset), (n, reset))
    draft.wire((n, candidate), (n, top), arrow=False)
    draft.wire((z, rest), (n, rest), arrow=False)
    _way_out(draft, w - 5, top)
    draft.node(MULTIPLY, z, top)
    draft.node(ADD, n, top, "s")
    draft.node(REST, r, rest)
    draft.node(MULTIPLY, n, rest)
    draft.node(MULTIPLY, r, reset)
    draft.node(SIGMA, z, gate, "z")
    draft.node(SIGMA, r, gate, "r")
    draft.node(TANH, n, candidate, "n")
    draft.tag("z", z, gate + _TAG_BELOW, stacked=True)
    draft.tag("r", r, gate + _TAG_BELOW, stacked=True)
    draft.tag("n", n, round(candidate) + _TAG_BELOW, stacked=True)
    if h >= _ALL_NUMBERS_FROM:
        draft.tag("s", (z + n) / 2, top + (rest - draft.circle / 2 - top) / 2)
    return (top,)


def _lstm(draft: Draft) -> tuple[float, ...]:
    """c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t and s_t = o_t ⊙ tanh c_t."""
    w, h = draft.width, draft.height
    has_all = h >= _ALL_NUMBERS_FROM
    gate, bus = _gate_row(h)
    # Above the cell state's line there is room for the number of what goes out.
    top = max(h * 0.10, 22.0) if has_all else h * 0.10
    show = gate - 18 - 0.08 * (h - _LOWEST)
    store = top + (show - top) * 0.58
    side = 4.0
    f, i, g, o = w * 0.15, w * 0.365, w * 0.585, w * 0.815
    plus = (i + g) / 2
    draft.wire((0, top), (w, top), main=True, arrow=False)
    draft.wire((0, show), (side, show), (side, bus), (o, bus), arrow=False)
    draft.wire((w / 2, h), (w / 2, bus), arrow=False)
    for x, end in ((f, top), (i, store), (g, store), (o, show)):
        draft.wire((x, bus), (x, end), arrow=False)
    draft.wire((i, store), (plus, store), arrow=False)
    draft.wire((g, store), (plus, store), arrow=False)
    draft.wire((plus, store), (plus, top), arrow=False)
    draft.wire((o, top), (o, show), arrow=False)
    draft.wire((o, show), (w, show), main=True, arrow=False)
    _way_out(draft, w - 5, show)
    draft.node(MULTIPLY, f, top)
    draft.node(ADD, plus, top, "c")
    draft.node(MULTIPLY, plus, store)
    draft.node(TANH, o, (top + show) / 2, "tanh_c")
    draft.node(MULTIPLY, o, show, "s")
    for name, x in zip("figo", (f, i, g, o), strict=True):
        draft.node(TANH if name == "g" else SIGMA, x, gate, name)
        draft.tag(name, x, gate + _TAG_BELOW, stacked=True)
    if has_all:
        draft.tag("c", (plus + draft.circle / 2 + o) / 2, top + 11)
        draft.tag("s", (w / 2 + w) / 2, (2.5 + top) / 2)
    return (top, show)


def _gate_row(height: float) -> tuple[float, float]:
    """Return where the gates stand, numbers below them, and the bus under these."""
    more = height - _LOWEST
    bus = height - 4 - 0.06 * more
    return round(bus - 14 - _TAG_BELOW - 0.1 * more), bus


def _way_out(draft: Draft, x: float, y: float) -> None:
    """Draw the way of s_t from the right side to where V begins, in the middle above."""
    middle = draft.width / 2
    draft.wire((x, y), (x, 2.5), (middle, 2.5), (middle, 0), arrow=False)


def _mirrored(diagram: Diagram, width: float) -> Diagram:
    """Return the diagram as seen from behind."""
    return replace(
        diagram,
        wires=tuple(
            replace(wire, points=tuple((width - x, y) for x, y in wire.points))
            for wire in diagram.wires
        ),
        nodes=tuple(replace(node, x=width - node.x) for node in diagram.nodes),
        tags=tuple(replace(tag, x=width - tag.x) for tag in diagram.tags),
        notes=tuple(replace(note, x=width - note.x, align=-note.align) for note in diagram.notes),
    )
