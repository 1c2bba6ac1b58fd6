"""The formula of every quantity of a network in letters, as LaTeX."""

from __future__ import annotations

from rnnstudio.engine.cell_notation import CELL_QUANTITIES
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.notation import ACTIVATION_LATEX, QUANTITIES
from rnnstudio.session.looking import Notation
from rnnstudio.session.reading import NETWORK_QUANTITIES


def formula(
    spec: NetworkSpec,
    quantity: str,
    layer: int = 0,
    direction: int = 0,
    notation: Notation = Notation.LECTURE,
) -> str:
    """Return what a quantity is, e.g. `s_t = \\tanh(U x_t + W s_{t-1} + b)`.

    The network's own activation is named; the reversed direction reads the state of the step that
    follows. `quantity` is named as `Looking` does, `layer` counts from 0.

    Raises:
        KeyError: the cell has no such quantity.
    """
    if quantity == "m":
        return f"m_t = {_what_is_read(spec, notation)}"
    if quantity in NETWORK_QUANTITIES:
        entry = QUANTITIES[NETWORK_QUANTITIES[quantity]]
        if notation is Notation.PYTORCH:
            found = entry.formula_pytorch
            return found.replace("h_t", "m_t") if reads_more(spec) else found
        return entry.formula_lecture.replace("s_t", "m_t" if reads_more(spec) else "s_t")
    if quantity == "x":
        return _input(spec, layer, notation)
    entry = CELL_QUANTITIES[spec.cell][quantity]
    found = entry.formula_lecture if notation is Notation.LECTURE else entry.formula_pytorch
    if quantity == "tanh_c":
        inner = formula(spec, "c", layer, direction, notation).partition(" = ")[2]
        found = f"{found} = \\tanh({inner})"
    if spec.cell not in (Cell.GRU, Cell.LSTM):
        found = found.replace(r"\sigma", ACTIVATION_LATEX[spec.activation])
    return found.replace("_{t-1}", "_{t+1}") if direction else found


def reads_more(spec: NetworkSpec) -> bool:
    """Whether the output reads more than one state, so that what it reads has its own letter m."""
    mixed = spec.task is Task.CLASSIFY and spec.read is not Reading.LAST
    return spec.bidirectional or mixed


def _what_is_read(spec: NetworkSpec, notation: Notation) -> str:
    s = "s" if notation is Notation.LECTURE else "h"
    classifies = spec.task is Task.CLASSIFY
    if classifies and spec.read is Reading.MEAN:
        return rf"\frac{{1}}{{t}} \sum_{{k=1}}^{{t}} {s}_k"
    if classifies and spec.read is Reading.MAX:
        return rf"\max_{{k \leq t}} {s}_k"
    if not spec.bidirectional:
        return f"{s}_t"
    return _both(s, "t", "T+1-t" if classifies else "t")


def _both(s: str, step: str, backward_step: str) -> str:
    """Both directions side by side."""
    return rf"[\overrightarrow{{{s}}}_{{{step}}} ; \overleftarrow{{{s}}}_{{{backward_step}}}]"


def _input(spec: NetworkSpec, layer: int, notation: Notation) -> str:
    if layer:
        s = "s" if notation is Notation.LECTURE else "h"
        below = _both(s, "t", "t") if spec.bidirectional else f"{s}_t"
        return rf"x_t = {below} \quad \mathrm{{of \; layer}} \; {layer}"
    if spec.frames is not None:
        return r"x_t"
    return r"x_t = E[id_t]" if spec.embedding is not None else r"x_t = \mathrm{onehot}(id_t)"
