"""The letters, formulas and words for what each cell's layers have.

`CELL_QUANTITIES` has for each cell its quantities, under the names that traces use, and its
parameters; `notation` has those of the whole network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rnnstudio.engine.network import GATES, Cell


@dataclass(frozen=True)
class Quantity:
    """How one quantity is written.

    `lecture` and `pytorch` are its letter in plain text; `formula_lecture` and `formula_pytorch`
    say in LaTeX what it is; `words` say it in English. `parameter` is the name in files without
    the layer's ending or the step's number, None for what is no parameter; `gate` says whose rows
    of it are meant, None for all.
    """

    name: str
    lecture: str
    pytorch: str
    formula_lecture: str
    formula_pytorch: str
    words: str
    parameter: str | None = None
    gate: str | None = None


_X = Quantity(
    "x",
    "x_t",
    "x_t",
    r"x_t",
    r"x_t",
    "the input at step t: the word as a one-hot vector or as its embedding, a frame, "
    "or the states of the layer below",
)
_S_0 = Quantity(
    "s_0",
    "s_0",
    "h_0",
    r"s_0 = 0",
    r"h_0 = 0",
    "the initial state, before the first word: zero, unless it is learned",
    "initial.s",
)
_S = Quantity(
    "s",
    "s_t",
    "h_t",
    r"s_t = \sigma(U x_t + W s_{t-1} + b)",
    r"h_t = \sigma(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})",
    "the state after step t: what the network remembers",
)
_A = Quantity(
    "a",
    "a_t",
    "a_t",
    r"a_t = U x_t + W s_{t-1} + b",
    r"a_t = W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}",
    "the sum that enters the activation at step t",
)

# The weights of a recurrent layer, of all gates together.
_WEIGHTS = (
    Quantity(
        "U",
        "U",
        "W_ih",
        r"U",
        r"W_{ih}",
        "the weights from the input to the state",
        "rnn.weight_ih",
    ),
    Quantity(
        "W",
        "W",
        "W_hh",
        r"W",
        r"W_{hh}",
        "the weights from the state before to the state",
        "rnn.weight_hh",
    ),
    Quantity(
        "b",
        "b",
        "b_ih + b_hh",
        r"b = b_{ih} + b_{hh}",
        r"b_{ih} + b_{hh}",
        "the bias of the state, which PyTorch keeps in two parts",
    ),
    Quantity(
        "b_ih",
        "b_ih",
        "b_ih",
        r"b_{ih}",
        r"b_{ih}",
        "the part of the bias beside the input",
        "rnn.bias_ih",
    ),
    Quantity(
        "b_hh",
        "b_hh",
        "b_hh",
        r"b_{hh}",
        r"b_{hh}",
        "the part of the bias beside the state",
        "rnn.bias_hh",
    ),
)


def _gate_sum(gate: str, words: str) -> Quantity:
    """The sum that enters a gate or a candidate."""
    return Quantity(
        f"a_{gate}",
        f"a_{gate}",
        f"a_{gate}",
        rf"a_{gate} = U_{gate} x_t + W_{gate} s_{{t-1}} + b_{gate}",
        rf"a_{gate} = W_{{i{gate}}} x_t + b_{{i{gate}}} + W_{{h{gate}}} h_{{t-1}} + b_{{h{gate}}}",
        f"the sum that enters {words} at step t",
    )


def _gate(gate: str, words: str, role: str, function: str = r"\sigma") -> Quantity:
    """A gate or a candidate: a function of its sum."""
    inner = _gate_sum(gate, words)
    lecture = inner.formula_lecture.partition(" = ")[2]
    pytorch = inner.formula_pytorch.partition(" = ")[2]
    return Quantity(
        gate,
        f"{gate}_t",
        f"{gate}_t",
        rf"{gate}_t = {function}({lecture})",
        rf"{gate}_t = {function}({pytorch})",
        f"{words} at step t: {role}",
    )


def _gate_weights(gate: str, words: str) -> tuple[Quantity, ...]:
    """The rows of a layer's weights that make one gate."""
    of = f"of {words}"
    letters = (
        (f"U_{gate}", f"W_i{gate}", rf"W_{{i{gate}}}", "the input weights", "weight_ih"),
        (f"W_{gate}", f"W_h{gate}", rf"W_{{h{gate}}}", "the recurrent weights", "weight_hh"),
        (f"b_i{gate}", f"b_i{gate}", rf"b_{{i{gate}}}", "the bias beside the input", "bias_ih"),
        (f"b_h{gate}", f"b_h{gate}", rf"b_{{h{gate}}}", "the bias beside the state", "bias_hh"),
    )
    return tuple(
        Quantity(
            lecture,
            lecture,
            pytorch,
            re.sub(r"_(\w\w)", r"_{\1}", lecture),
            latex,
            f"{role} {of}",
            f"rnn.{parameter}",
            gate,
        )
        for lecture, pytorch, latex, role, parameter in letters
    )


_GATE_WORDS: Mapping[Cell, Mapping[str, str]] = {
    Cell.GRU: {"r": "the reset gate", "z": "the update gate", "n": "the candidate"},
    Cell.LSTM: {
        "i": "the input gate",
        "f": "the forget gate",
        "g": "the candidate",
        "o": "the output gate",
    },
}


def _gru() -> tuple[Quantity, ...]:
    words = _GATE_WORDS[Cell.GRU]
    return (
        _gate_sum("r", words["r"]),
        _gate_sum("z", words["z"]),
        Quantity(
            "q",
            "q_t",
            "q_t",
            r"q_t = W_n s_{t-1} + b_{hn}",
            r"q_t = W_{hn} h_{t-1} + b_{hn}",
            "what the state before says to the candidate at step t, before the reset",
        ),
        Quantity(
            "a_n",
            "a_n",
            "a_n",
            r"a_n = U_n x_t + b_{in} + r_t \odot q_t",
            r"a_n = W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn})",
            "the sum that enters the candidate at step t",
        ),
        _gate("r", words["r"], "how much of what the state before says reaches the candidate"),
        _gate("z", words["z"], "how much of the state before stays"),
        Quantity(
            "n",
            "n_t",
            "n_t",
            r"n_t = \tanh(U_n x_t + b_{in} + r_t \odot (W_n s_{t-1} + b_{hn}))",
            r"n_t = \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn}))",
            "the candidate at step t: the state that would be, if none of the old one stayed",
        ),
        replace(
            _S,
            formula_lecture=r"s_t = (1 - z_t) \odot n_t + z_t \odot s_{t-1}",
            formula_pytorch=r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
        ),
    )


def _lstm() -> tuple[Quantity, ...]:
    words = _GATE_WORDS[Cell.LSTM]
    return (
        *(_gate_sum(gate, words[gate]) for gate in GATES[Cell.LSTM]),
        _gate("i", words["i"], "how much of the candidate is stored"),
        _gate("f", words["f"], "how much of the cell state before is kept"),
        _gate("g", words["g"], "what could be stored", r"\tanh"),
        _gate("o", words["o"], "how much of the cell state is shown"),
        Quantity(
            "c_0",
            "c_0",
            "c_0",
            r"c_0 = 0",
            r"c_0 = 0",
            "the initial cell state, before the first word: zero, unless it is learned",
            "initial.c",
        ),
        Quantity(
            "c",
            "c_t",
            "c_t",
            r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
            r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
            "the cell state after step t: the long memory",
        ),
        Quantity(
            "tanh_c",
            "tanh c_t",
            "tanh c_t",
            r"\tanh c_t",
            r"\tanh c_t",
            "the cell state as it is shown where the output gate is open",
        ),
        replace(
            _S,
            formula_lecture=r"s_t = o_t \odot \tanh c_t",
            formula_pytorch=r"h_t = o_t \odot \tanh c_t",
        ),
    )


def _without_memory(cell: Cell) -> tuple[Quantity, ...]:
    """The quantities and parameters of the first rungs of the ladder."""
    U, W_ih, b, b_ih, lecture, pytorch, role = {  # noqa: N806
        Cell.INDEPENDENT: (
            "U_t",
            "W_t",
            "b_t",
            "b_t",
            r"U_t x_t + b_t",
            r"W_t x_t + b_t",
            "from the input to the state, of step t alone",
        ),
        Cell.SHARED: (
            "U",
            "W_ih",
            "b",
            "b_ih",
            r"U x_t + b",
            r"W_{ih} x_t + b_{ih}",
            "from the input to the state",
        ),
        Cell.HISTORY: (
            "U_t",
            "W_t",
            "b_t",
            "b_t",
            r"\sum_{k=1}^{t} U_{t,k} x_k + b_t",
            r"\sum_{k=1}^{t} W_{t,k} x_k + b_t",
            "from all inputs so far to the state, of step t alone",
        ),
    }[cell]
    latex = {"W_ih": "W_{ih}", "b_ih": "b_{ih}"}
    return (
        _X,
        replace(_A, formula_lecture=rf"a_t = {lecture}", formula_pytorch=rf"a_t = {pytorch}"),
        replace(
            _S,
            formula_lecture=rf"s_t = \sigma({lecture})",
            formula_pytorch=rf"h_t = \sigma({pytorch})",
            words="the state of step t, which no other step hears of",
        ),
        Quantity("U", U, W_ih, U, latex.get(W_ih, W_ih), f"the weights {role}", "step.weight"),
        Quantity("b", b, b_ih, b, latex.get(b_ih, b_ih), "the bias of the state", "step.bias"),
    )


def _recurrent(cell: Cell, own: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    words = _GATE_WORDS.get(cell, {})
    gates = (weight for gate in words for weight in _gate_weights(gate, words[gate]))
    return (_X, _S_0, *own, *_WEIGHTS, *gates)


def by_name(quantities: tuple[Quantity, ...]) -> Mapping[str, Quantity]:
    """Return quantities under their names."""
    return {one.name: one for one in quantities}


# Of each cell what its layers have, under the names that traces use, there with the layer behind.
CELL_QUANTITIES: Mapping[Cell, Mapping[str, Quantity]] = {
    **{
        cell: by_name(_without_memory(cell))
        for cell in (Cell.INDEPENDENT, Cell.SHARED, Cell.HISTORY)
    },
    Cell.RNN: by_name(_recurrent(Cell.RNN, (_A, _S))),
    Cell.GRU: by_name(_recurrent(Cell.GRU, _gru())),
    Cell.LSTM: by_name(_recurrent(Cell.LSTM, _lstm())),
}
