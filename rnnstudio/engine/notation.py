"""The letters, formulas and words for every quantity, in the lecture's notation and in PyTorch's.

Screens, files and documentation take them from this one table. `QUANTITIES` is keyed by the names
that traces use (there with the layer behind, as in "s_l0").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnnstudio.engine.activations import Activation


@dataclass(frozen=True)
class Quantity:
    """How one quantity is written.

    `lecture` and `pytorch` are its letter in plain text; `formula_lecture` and `formula_pytorch`
    say in LaTeX what it is; `words` say it in English. `parameter` is the name in files without
    the layer's ending, None for what is no parameter.
    """

    name: str
    lecture: str
    pytorch: str
    formula_lecture: str
    formula_pytorch: str
    words: str
    parameter: str | None = None


_ALL = (
    Quantity(
        "ids", "id_t", "id_t", r"id_t", r"id_t", "the number of the word at step t, 0 if unknown"
    ),
    Quantity(
        "x",
        "x_t",
        "x_t",
        r"x_t",
        r"x_t",
        "the input at step t: the word as a one-hot vector or as its embedding",
    ),
    Quantity(
        "s_0", "s_0", "h_0", r"s_0 = 0", r"h_0 = 0", "the initial state, before the first word"
    ),
    Quantity(
        "a",
        "a_t",
        "a_t",
        r"a_t = U x_t + W s_{t-1} + b",
        r"a_t = W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}",
        "the sum that enters the activation at step t",
    ),
    Quantity(
        "s",
        "s_t",
        "h_t",
        r"s_t = \sigma(U x_t + W s_{t-1} + b)",
        r"h_t = \sigma(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})",
        "the state after step t: what the network remembers",
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
        "eta",
        "η",
        "lr",
        r"w \leftarrow w - \eta \frac{\partial L}{\partial w}",
        r"w \leftarrow w - \mathrm{lr} \frac{\partial L}{\partial w}",
        "the learning rate: how far one update follows the gradient",
    ),
)

QUANTITIES: Mapping[str, Quantity] = {quantity.name: quantity for quantity in _ALL}

# What stands for σ where the chosen activation is to be named.
ACTIVATION_LATEX: Mapping[Activation, str] = {
    Activation.TANH: r"\tanh",
    Activation.LOGISTIC: r"\sigma",
    Activation.RELU: r"\mathrm{ReLU}",
}
