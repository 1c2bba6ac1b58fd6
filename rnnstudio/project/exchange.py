"""Weights out and in as a safetensors file with PyTorch's names, shapes and gate order.

    export_weights(model, path)                                        writes float32
    import_weights(path, model.network, model.labels, model.vocabulary)  -> Parameters, read-only

A file holds `embedding.weight` (row i is the word with id i + 1), `rnn.weight_ih_l0` … as in
`torch.nn.RNN`, `GRU` and `LSTM`, `output.weight` and `output.bias` as in `torch.nn.Linear`, so that
a module with these three attributes takes it with `load_state_dict(load_file(path))`. Its one
metadata entry, `rnnstudio`, is JSON that says what shapes do not: cell, activation, task, reading,
labels and words in row order.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model


class WeightsFileError(RnnStudioError):
    """A weights file cannot be read, or it belongs to another network."""


def export_weights(model: Model, path: Path) -> None:
    """Write the weights of `model` to `path` in one step, float32.

    Raises:
        ProjectFileError: the file cannot be written; what was there is unchanged.
    """
    raise NotImplementedError


def import_weights(
    path: Path,
    network: NetworkSpec,
    labels: Sequence[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Parameters:
    """Read the weights of `network` from a file: float32, read-only.

    Raises:
        WeightsFileError: it is no safetensors file, is cut short, or belongs to another network.
    """
    raise NotImplementedError
