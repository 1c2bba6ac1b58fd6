"""Our networks written in PyTorch, to compare with. Imports torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.network import Cell, NetworkSpec

MODULES = {Cell.RNN: nn.RNN, Cell.GRU: nn.GRU, Cell.LSTM: nn.LSTM}


class TorchNetwork(nn.Module):  # type: ignore[misc]
    """What a PyTorch user would write: embedding (unless one-hot), rnn, output."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.words = spec.vocabulary_size
        if spec.embedding is not None:
            self.embedding = nn.Embedding(self.words, spec.embedding)
        activation = {"nonlinearity": spec.activation.value} if spec.cell is Cell.RNN else {}
        self.rnn = MODULES[spec.cell](
            spec.inputs,
            spec.units,
            num_layers=spec.layers,
            bidirectional=spec.bidirectional,
            **activation,
        )
        self.output = nn.Linear(spec.features, spec.classes)
        self.directions = spec.directions

    def inputs(self, ids: Tensor) -> Tensor:
        """x (T, E); the id 0 is an unknown word, x = 0."""
        rows = (ids - 1).clamp(min=0)
        if hasattr(self, "embedding"):
            x = self.embedding(rows)
        else:
            x = nn.functional.one_hot(rows, self.words).float()
        return x * (ids > 0)[:, None]

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of a sentence (C,) and of each of its words (T, C)."""
        states, last = self.rnn(self.inputs(ids))
        if isinstance(last, tuple):
            last = last[0]
        return self.output(last[-self.directions :].reshape(-1)), self.output(states)


def logits(
    module: TorchNetwork, sentences: Sequence[IntArray]
) -> tuple[FloatArray, list[FloatArray]]:
    """Logits of sentences (n, C), and of the words of each, a list of (T, C)."""
    with torch.no_grad():
        found = [module(torch.tensor(ids.astype(np.int64))) for ids in sentences]
    return np.stack([one.numpy() for one, _ in found]), [words.numpy() for _, words in found]
