"""Writes the gold values beside this file: what PyTorch 2.13 computes for six small networks.

    python tests/engine/gold/make_gold.py

Everything is float64. Each file holds a batch, the initial weights, what one pass over it gives,
and weights and losses of ten steps of Adam and of SGD with clipping. `torch.nn.RNN` knows tanh and
ReLU; the logistic network is written out in torch operations, and autograd does the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

WORDS, EMBEDDING, UNITS, CLASSES = 12, 5, 6, 3
LENGTHS = (7, 5, 5, 3, 1)
STEPS, CLIP = 10, 0.25
RATES = {"adam": 0.01, "sgd": 0.3}


class Network(nn.Module):  # type: ignore[misc]
    """An Elman network that reads its last state."""

    def __init__(self, activation: str, embedded: bool) -> None:
        super().__init__()
        self.activation = activation
        size = EMBEDDING if embedded else WORDS
        if embedded:
            self.embedding = nn.Embedding(WORDS, EMBEDDING)
        kind = "tanh" if activation == "logistic" else activation
        self.rnn = nn.RNN(size, UNITS, nonlinearity=kind)
        self.output = nn.Linear(UNITS, CLASSES)

    def states(self, ids: Tensor) -> Tensor:
        """s_1 … s_T (T, H) of one sentence."""
        if hasattr(self, "embedding"):
            x = self.embedding(ids - 1)
        else:
            x = nn.functional.one_hot(ids - 1, WORDS).double()
        if self.activation != "logistic":
            return self.rnn(x[:, None])[0][:, 0]
        U, W, b_ih, b_hh = self.rnn.parameters()  # noqa: N806
        state, found = torch.zeros(UNITS), []
        for x_t in x:
            state = torch.sigmoid(U @ x_t + b_ih + W @ state + b_hh)
            found.append(state)
        return torch.stack(found)

    def forward(self, sentences: list[Tensor]) -> Tensor:
        """Logits (B, C)."""
        return self.output(torch.stack([self.states(ids)[-1] for ids in sentences]))


def snapshot(network: nn.Module, prefix: str, gradient: bool = False) -> dict[str, Any]:
    """All parameters, or their gradients, under `prefix`."""
    return {
        prefix + name: (p.grad if gradient else p).detach().numpy().copy()
        for name, p in network.named_parameters()
    }


def make(activation: str, embedded: bool) -> dict[str, Any]:
    """Compute the gold values of one network."""
    torch.manual_seed(13)
    rng = np.random.default_rng(13)
    sentences = [torch.tensor(rng.integers(1, WORDS + 1, length)) for length in LENGTHS]
    targets = torch.tensor(rng.integers(0, CLASSES, len(LENGTHS)))
    network = Network(activation, embedded)
    start = {name: value.clone() for name, value in network.state_dict().items()}

    gold = {f"ids.{index}": ids.numpy() for index, ids in enumerate(sentences)}
    gold |= {"targets": targets.numpy(), **snapshot(network, "start.")}
    for index, ids in enumerate(sentences):
        gold[f"states.{index}"] = network.states(ids).detach().numpy()
    logits = network(sentences)
    loss = nn.functional.cross_entropy(logits, targets)
    loss.backward()
    gold |= {"logits": logits.detach().numpy(), "loss": loss.detach().numpy()}
    gold |= snapshot(network, "gradient.", gradient=True)

    for name, optimizer in (("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)):
        network.load_state_dict(start)
        steps = optimizer(network.parameters(), lr=RATES[name])
        losses, norms = [], []
        for _ in range(STEPS):
            steps.zero_grad()
            loss = nn.functional.cross_entropy(network(sentences), targets)
            loss.backward()
            norms.append(float(nn.utils.clip_grad_norm_(network.parameters(), CLIP)))
            steps.step()
            losses.append(float(loss.detach()))
        gold |= {f"{name}.losses": np.array(losses), f"{name}.norms": np.array(norms)}
        gold |= snapshot(network, f"{name}.end.")
    return gold


def main() -> None:
    """Write one file for each activation and kind of input."""
    torch.set_default_dtype(torch.float64)
    for activation in ("tanh", "logistic", "relu"):
        for embedded in (True, False):
            name = f"{activation}_{'embedding' if embedded else 'one_hot'}.npz"
            np.savez_compressed(Path(__file__).parent / name, **make(activation, embedded))


if __name__ == "__main__":
    main()
