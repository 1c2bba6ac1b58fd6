"""A network in few words: "RNN 24", "LSTM 2 × 64 ⇄"."""

from __future__ import annotations

from rnnstudio.engine.network import Cell, NetworkSpec
from rnnstudio.project.spec import ModelSpec

CELL_NAMES = {
    Cell.INDEPENDENT: "independent",
    Cell.SHARED: "shared",
    Cell.HISTORY: "history",
    Cell.RNN: "RNN",
    Cell.GRU: "GRU",
    Cell.LSTM: "LSTM",
}


def network_name(network: NetworkSpec | ModelSpec) -> str:
    """Return the kind of a network, its layers where there are several, its units, ⇄ for two ways.

    Networks without memory are called by their place on the ladder.
    """
    size = f"{network.layers} × {network.units}" if network.layers > 1 else f"{network.units}"
    ways = " ⇄" if network.bidirectional else ""
    return f"{CELL_NAMES[network.cell]} {size}{ways}"
