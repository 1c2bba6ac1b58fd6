"""Weights go to PyTorch and back, and both say the same with them.

The gold files were made once by `gold/make_torch_gold.py`; the other tests need PyTorch.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.data.tokens import TextSpec
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.model import label_probabilities, probabilities
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.project.exchange import export_weights, import_weights
from rnnstudio.project.model import Model
from tests.project.exchange_cases import C, L, sentences, specs

GOLD = Path(__file__).parent / "gold"
# As in make_torch_gold.py.
LABELLED = 12


def pinned(spec: NetworkSpec, parameters: Parameters) -> tuple[NetworkSpec, Parameters]:
    """The network with one more class whose z is always 0."""
    wider = dataclasses.replace(spec, classes=spec.classes + 1)
    arrays = dict(parameters)
    for name in ("output.weight", "output.bias"):
        arrays[name] = np.concatenate([arrays[name], np.zeros_like(arrays[name][:1])])
    return wider, Parameters.from_arrays(arrays, np.float32, wider.parameter_shapes())


def unsoftmaxed(y: FloatArray) -> FloatArray:
    """z (n, C) of ŷ (n, C + 1), where the last z is 0: log ŷ_c − log ŷ_C."""
    z: FloatArray = np.log(y[:, :-1]) - np.log(y[:, -1:])
    return z


def logits(spec: NetworkSpec, parameters: Parameters) -> FloatArray:
    """The logits of all sentences (n, C)."""
    return unsoftmaxed(probabilities(*pinned(spec, parameters), sentences()))


def word_logits(spec: NetworkSpec, parameters: Parameters) -> FloatArray:
    """The logits of each word of the first sentences, one after the other."""
    wider, parameters = pinned(dataclasses.replace(spec, task=Task.LABEL), parameters)
    found = label_probabilities(wider, parameters, sentences()[:LABELLED])
    return np.concatenate([unsoftmaxed(y) for y in found])


def close(found: FloatArray, expected: FloatArray) -> None:
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", specs())
def test_files_of_pytorch_give_its_logits(name: str) -> None:
    spec = specs()[name]
    parameters = import_weights(GOLD / f"{name}.safetensors", spec)
    with np.load(GOLD / "logits.npz") as gold:
        close(logits(spec, parameters), gold[name])
        close(word_logits(spec, parameters), gold[f"{name}.words"])


@pytest.mark.parametrize("name", specs())
def test_to_pytorch_and_back(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    from tests.project import torch_networks

    spec, there, back = specs()[name], tmp_path / "there.safetensors", tmp_path / "back.safetensors"
    parameters = initial_parameters(spec, np.random.default_rng(5)).frozen()
    vocabulary = Vocabulary(tuple(map(str, range(L - 3))))
    labels = tuple(map(str, range(C)))
    export_weights(Model(spec, parameters, vocabulary, labels, TextSpec()), there)

    module = torch_networks.TorchNetwork(spec)
    module.load_state_dict(load_file(there))
    of_sentences, of_words = torch_networks.logits(module, sentences())
    close(logits(spec, parameters), of_sentences)
    close(word_logits(spec, parameters), np.concatenate(of_words[:LABELLED]))

    save_file(module.state_dict(), back)
    np.testing.assert_array_equal(import_weights(back, spec).flat, parameters.flat)
