"""The letters, formulas and words for every quantity, in the lecture's notation and in PyTorch's.

Screens, files and documentation take them from here. `QUANTITIES` has those of the whole network
and of the lecture's own cell; `cell_notation` has those of the others. `quantity` finds one by its
name in a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.cell_notation import CELL_QUANTITIES, Quantity, by_name
from rnnstudio.engine.network import Cell

# What stands for σ where the chosen activation is to be named.
ACTIVATION_LATEX: Mapping[Activation, str] = {
    Activation.TANH: r"\tanh",
    Activation.LOGISTIC: r"\sigma",
    Activation.RELU: r"\mathrm{ReLU}",
}

_NETWORK = (
    Quantity(
        "ids", "id_t", "id_t", r"id_t", r"id_t", "the number of the word at step t, 0 if unknown"
    ),
    Quantity(
        "m",
        "m_t",
        "m_t",
        r"m_t",
        r"m_t",
        "what the output reads after step t: the last state, the mean or the greatest so far",
    ),
    Quantity(
        "z",
        "z_t",
        "z_t",
        r"z_t = V s_t + c",
        r"z_t = W_{out} h_t + b_{out}",
        "the score of each class after step t",
    ),
    Quantity(
        "y",
        "ŷ_t",
        "ŷ_t",
        r"\hat{y}_t = O(V s_t + c)",
        r"\hat{y}_t = \mathrm{softmax}(W_{out} h_t + b_{out})",
        "the prediction if asked at step t: a probability for each class",
    ),
    Quantity(
        "V",
        "V",
        "W_out",
        r"V",
        r"W_{out}",
        "the weights from the state to the classes",
        "output.weight",
    ),
    Quantity("c", "c", "b_out", r"c", r"b_{out}", "the bias of the classes", "output.bias"),
    Quantity(
        "embedding",
        "E",
        "E",
        r"E",
        r"E",
        "the learned vector of each word, a row a word",
        "embedding.weight",
    ),
    Quantity(
        "loss",
        "L",
        "L",
        r"L = -\sum_i y_i \log \hat{y}_i",
        r"L = -\sum_i y_i \log \hat{y}_i",
        "the loss: how surprised the network is by the true class",
    ),
    Quantity(
        "loss_t",
        "L_t",
        "L_t",
        r"L_t = -\log \hat{y}_t[c]",
        r"L_t = -\log \hat{y}_t[c]",
        "the loss at step t: of its word, or as if the network were asked there",
    ),
    Quantity(
        "dL_ds",
        "∂L_t/∂s_k",
        "∂L_t/∂h_k",
        r"\frac{\partial L_t}{\partial s_k}",
        r"\frac{\partial L_t}{\partial h_k}",
        "how the loss at step t changes with the state at step k",
    ),
    Quantity(
        "dL_dc",
        "∂L_t/∂c_k",
        "∂L_t/∂c_k",
        r"\frac{\partial L_t}{\partial c_k}",
        r"\frac{\partial L_t}{\partial c_k}",
        "how the loss at step t changes with the cell state at step k",
    ),
    Quantity(
        "jacobian",
        "∂s_t/∂s_{t−1}",
        "∂h_t/∂h_{t−1}",
        r"\frac{\partial s_t}{\partial s_{t-1}}",
        r"\frac{\partial h_t}{\partial h_{t-1}}",
        "how each unit of the state changes with each unit of the state before",
    ),
    Quantity(
        "dL_dW",
        "∂L/∂W",
        "∂L/∂W_hh",
        r"\frac{\partial L}{\partial W} = \sum_k \frac{\partial L}{\partial s_k} "
        r"\frac{\partial s_k}{\partial W}",
        r"\frac{\partial L}{\partial W_{hh}} = \sum_k \frac{\partial L}{\partial h_k} "
        r"\frac{\partial h_k}{\partial W_{hh}}",
        "the gradient of the recurrent weights, a term for each step, with s_{k−1} held fixed",
    ),
    Quantity(
        "eta",
        "η",
        "lr",
        r"w \leftarrow w - \eta \frac{\partial L}{\partial w}",
        r"w \leftarrow w - \mathrm{lr} \frac{\partial L}{\partial w}",
        "the learning rate: how far one update follows the gradient",
    ),
)

QUANTITIES: Mapping[str, Quantity] = {
    **by_name(_NETWORK),
    **CELL_QUANTITIES[Cell.RNN],
}

_ENDING = re.compile(r"_l\d+(_reverse)?$")
_STEP = re.compile(r"^step\.\d+\.")


def quantity(name: str, cell: Cell = Cell.RNN) -> Quantity:
    """Return the entry of a quantity of a trace ("s_l0_reverse", "y") or a parameter of a file.

    A name with a layer's ending means the layer's: "z_l0" is a GRU's gate, "z" the scores.

    Raises:
        KeyError: this cell has nothing of this name.
    """
    own = CELL_QUANTITIES[cell]
    base = _ENDING.sub("", name)
    if base != name and base in own:
        return own[base]
    base = _STEP.sub("step.", base)
    for table in (_BY_PARAMETER[cell], _NETWORK_BY_NAME):
        if base in table:
            return table[base]
    if base == name and name in own:
        return own[name]
    raise KeyError(name)


def _parameters(table: Mapping[str, Quantity]) -> dict[str, Quantity]:
    return {
        one.parameter: one
        for one in table.values()
        if one.parameter is not None and one.gate is None
    }


_NETWORK_BY_NAME: Mapping[str, Quantity] = by_name(_NETWORK)
_BY_PARAMETER: Mapping[Cell, Mapping[str, Quantity]] = {
    cell: _parameters(_NETWORK_BY_NAME) | _parameters(table)
    for cell, table in CELL_QUANTITIES.items()
}
