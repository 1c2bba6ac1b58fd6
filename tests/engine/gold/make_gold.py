"""Writes the gold values of networks and losses beside this file: what PyTorch 2.13 computes.

    python tests/engine/gold/make_gold.py

Everything is float64. Each file in `networks/` holds the networks of one cell: the batch that all
of them read, and for each its weights and what one pass gives; for some also ten steps of training
by Adam with clipping. All parameters of a network are one vector, in the order of `names`.
Sentences are read as packed sequences. `torch.nn.RNN` knows tanh and ReLU; the logistic network is
written out in torch operations, and autograd does the rest. `losses.npz` has `cross_entropy` with
class weights and label smoothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

FOLDER = Path(__file__).parent
WORDS, EMBEDDING, UNITS, CLASSES = 12, 4, 3, 3
LENGTHS = (5, 7, 3, 5, 1)
STEPS, CLIP, RATE = 10, 0.15, 0.01
CELLS = {
    "tanh": lambda size, **options: nn.RNN(size, UNITS, **options),
    "relu": lambda size, **options: nn.RNN(size, UNITS, nonlinearity="relu", **options),
    "gru": lambda size, **options: nn.GRU(size, UNITS, **options),
    "lstm": lambda size, **options: nn.LSTM(size, UNITS, **options),
}
# What is asked of no word: nothing is, of the first and the last of a sentence.
NOT_ASKED = -1


@dataclass(frozen=True)
class Case:
    """One network."""

    cell: str
    layers: int
    directions: int
    task: str
    one_hot: bool = False
    initial: bool = False
    trained: bool = False

    @property
    def name(self) -> str:
        """What its values are called by."""
        extra = "_one_hot" * self.one_hot + "_initial" * self.initial
        return f"{self.task}_{self.layers}_{self.directions}{extra}"


class Network(nn.Module):  # type: ignore[misc]
    """A recurrent network that reads its last states, or labels every word."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        if not case.one_hot:
            self.embedding = nn.Embedding(WORDS, EMBEDDING)
        self.rnn = CELLS["tanh" if case.cell == "logistic" else case.cell](
            WORDS if case.one_hot else EMBEDDING,
            num_layers=case.layers,
            bidirectional=case.directions == 2,
        )
        self.output = nn.Linear(case.directions * UNITS, CLASSES)
        if case.initial:
            self.initial = nn.ParameterDict()
            for state in "sc" if case.cell == "lstm" else "s":
                for name in self.endings():
                    self.initial[f"{state}_{name}"] = nn.Parameter(torch.randn(UNITS))

    def endings(self) -> list[str]:
        """The endings of PyTorch's names, in its order."""
        return [
            name.removeprefix("weight_hh_")
            for name, _ in self.rnn.named_parameters()
            if name.startswith("weight_hh_")
        ]

    def forward(self, sentences: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits (B, C) or (T, B, C), and the uppermost states (T, B, D·H)."""
        ids, lengths = pad_sequence(sentences, padding_value=1), [len(s) for s in sentences]
        if self.case.one_hot:
            x = functional.one_hot(ids - 1, WORDS).double()
        else:
            x = self.embedding(ids - 1)
        if self.case.cell == "logistic":
            return self._logistic(x, lengths)
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        states, last = self.rnn(packed, self._start(len(sentences)))
        states = pad_packed_sequence(states)[0]
        if self.case.task == "label":
            return self.output(states), states
        last = last[0] if self.case.cell == "lstm" else last
        return self.output(torch.cat(list(last[-self.case.directions :]), dim=1)), states

    def _start(self, count: int) -> Any:
        if not self.case.initial:
            return None
        starts = tuple(
            torch.stack(
                [self.initial[f"{state}_{name}"].expand(count, -1) for name in self.endings()]
            )
            for state in ("s", "c")
            if f"{state}_l0" in self.initial
        )
        return starts if len(starts) == 2 else starts[0]

    def _logistic(self, x: Tensor, lengths: list[int]) -> tuple[Tensor, Tensor]:
        U, W, b_ih, b_hh = self.rnn.parameters()  # noqa: N806
        state, found = torch.zeros(x.shape[1], UNITS), []
        for x_t in x:
            state = torch.sigmoid(x_t @ U.T + b_ih + state @ W.T + b_hh)
            found.append(state)
        states = torch.stack(found)
        last = states[torch.tensor(lengths) - 1, torch.arange(len(lengths))]
        return self.output(states if self.case.task == "label" else last), states


def flat(network: nn.Module, gradient: bool = False) -> Any:
    """All parameters, or their gradients, as one vector."""
    parts = [p.grad if gradient else p for p in network.parameters()]
    return torch.cat([part.detach().reshape(-1) for part in parts]).numpy()


def sentences() -> list[Tensor]:
    """The batch."""
    rng = np.random.default_rng(13)
    return [torch.tensor(rng.integers(1, WORDS + 1, length)) for length in LENGTHS]


def loss_of(case: Case, logits: Tensor, targets: Tensor) -> Tensor:
    """The mean over sentences; of labelling the sum over a sentence's words."""
    if case.task == "classify":
        return functional.cross_entropy(logits, targets)
    total = functional.cross_entropy(
        logits.reshape(-1, CLASSES), targets.reshape(-1), ignore_index=NOT_ASKED, reduction="sum"
    )
    return total / len(LENGTHS)


def make(case: Case) -> dict[str, Any]:
    """Compute the gold values of one network."""
    torch.manual_seed(13)
    rng = np.random.default_rng(14)
    if case.task == "classify":
        targets = torch.tensor(rng.integers(0, CLASSES, len(LENGTHS)))
    else:
        targets = torch.full((max(LENGTHS), len(LENGTHS)), NOT_ASKED)
        for column, length in enumerate(LENGTHS):
            count = max(length - 2, 0)
            targets[1 : 1 + count, column] = torch.tensor(rng.integers(0, CLASSES, count))
    network = Network(case)
    start = {name: value.clone() for name, value in network.state_dict().items()}

    gold = {
        "names": np.array([name for name, _ in network.named_parameters()]),
        "targets": targets.numpy(),
        "start": flat(network),
    }
    logits, states = network(sentences())
    loss = loss_of(case, logits, targets)
    loss.backward()
    gold |= {
        "states": states.detach().numpy(),
        "logits": logits.detach().numpy(),
        "loss": loss.detach().numpy(),
        "gradient": flat(network, gradient=True),
    }
    if case.trained:
        network.load_state_dict(start)
        adam = torch.optim.Adam(network.parameters(), lr=RATE)
        found, norms = [], []
        for _ in range(STEPS):
            adam.zero_grad()
            loss = loss_of(case, network(sentences())[0], targets)
            loss.backward()
            norms.append(float(nn.utils.clip_grad_norm_(network.parameters(), CLIP)))
            adam.step()
            found.append(float(loss.detach()))
        gold |= {"adam.losses": np.array(found), "adam.norms": np.array(norms)}
        gold["adam.end"] = flat(network)
    return gold


def cases() -> list[Case]:
    """Every cell × layers × directions × task, and some with more to them."""
    found = [
        Case(cell, layers, directions, task, trained=(layers, directions, task) == trained)
        for cell, trained in (
            ("tanh", (1, 1, "classify")),
            ("relu", (1, 2, "classify")),
            ("gru", (2, 1, "label")),
            ("lstm", (2, 2, "classify")),
        )
        for layers in (1, 2)
        for directions in (1, 2)
        for task in ("classify", "label")
    ]
    found += [Case("logistic", 1, 1, task) for task in ("classify", "label")]
    for cell in CELLS:
        found.append(Case(cell, 1, 2, "classify", one_hot=True, trained=cell == "lstm"))
        found.append(Case(cell, 2, 2, "label", initial=True))
    return found


def losses() -> dict[str, Any]:
    """`cross_entropy` and its gradient with and without class weights and label smoothing."""
    rng = np.random.default_rng(5)
    scores = rng.standard_normal((8, 4)) * 3
    targets = torch.tensor([0, 3, 1, NOT_ASKED, 1, 2, 1, NOT_ASKED])
    weights = torch.tensor([0.5, 1.0, 2.5, 0.2])
    gold: dict[str, Any] = {"z": scores, "targets": targets.numpy(), "weights": weights.numpy()}
    for smoothing in (0.0, 0.1, 0.9):
        for weighted in (False, True):
            for reduction in ("mean", "sum"):
                z = torch.tensor(scores, requires_grad=True)
                loss = functional.cross_entropy(
                    z,
                    targets,
                    weight=weights if weighted else None,
                    ignore_index=NOT_ASKED,
                    reduction=reduction,
                    label_smoothing=smoothing,
                )
                loss.backward()
                key = f"{smoothing}.{'weights' if weighted else 'equal'}.{reduction}"
                gold |= {f"{key}.loss": loss.detach().numpy(), f"{key}.dz": z.grad.numpy()}
    return gold


def main() -> None:
    """Write all files."""
    torch.set_default_dtype(torch.float64)
    (FOLDER / "networks").mkdir(exist_ok=True)
    batch = {"ids": torch.cat(sentences()).numpy(), "lengths": np.array(LENGTHS)}
    for cell in (*CELLS, "logistic"):
        gold: dict[str, Any] = dict(batch)
        for case in cases():
            if case.cell == cell:
                gold |= {f"{case.name}.{key}": value for key, value in make(case).items()}
        np.savez_compressed(FOLDER / "networks" / f"{cell}.npz", **gold)
    np.savez_compressed(FOLDER / "losses.npz", **losses())


if __name__ == "__main__":
    main()
