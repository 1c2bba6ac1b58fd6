"""States, logits, losses, gradients and ten steps of training equal PyTorch's.

The files were made once by `gold/make_gold.py`, in float64.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.losses import Objective, answers, loss_of
from rnnstudio.engine.model import Network, label_probabilities, loss_and_gradients, probabilities
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.optimizers import OPTIMIZERS, OptimizerName, clip, norm
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training_spec import LossMean

FOLDER = Path(__file__).parent / "gold"
# The same as in make_gold.py.
WORDS, EMBEDDING, UNITS, CLASSES = 12, 4, 3, 3
STEPS, CLIP, RATE = 10, 0.15, 0.01
Dtype = type[np.float32] | type[np.float64]
TOLERANCE: dict[Dtype, float] = {np.float32: 1e-5, np.float64: 1e-10}

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Gold:
    """What PyTorch computed with one network for one batch."""

    name: str
    values: Mapping[str, Array]
    ids: tuple[Array, ...]

    @property
    def spec(self) -> NetworkSpec:
        cell, task, layers, directions, *extra = self.name.replace("one_hot", "one-hot").split("_")
        known = {activation.value for activation in Activation}
        return NetworkSpec(
            vocabulary_size=WORDS,
            classes=CLASSES,
            units=UNITS,
            embedding=None if "one-hot" in extra else EMBEDDING,
            activation=Activation(cell) if cell in known else Activation.TANH,
            cell=Cell.RNN if cell in known else Cell(cell),
            task=Task(task),
            layers=int(layers),
            bidirectional=directions == "2",
            train_initial_state="initial" in extra,
        )

    @property
    def batch(self) -> Batch:
        """The sentences, longest first, with what is asked of them."""
        targets = self.values["targets"]
        if self.spec.task is Task.CLASSIFY:
            return make_batch(self.ids, targets)
        batch = make_batch(self.ids)
        return replace(batch, tags=targets[:, batch.rows])

    def parameters(self, key: str, dtype: Dtype = np.float64) -> Parameters:
        """The arrays of a vector of PyTorch's, by name."""
        shapes = self.spec.parameter_shapes()
        found, start = {}, 0
        for name in self.values["names"].tolist():
            stop = start + int(np.prod(shapes[name]))
            found[name] = self.values[key][start:stop].reshape(shapes[name])
            start = stop
        assert start == len(self.values[key])
        return Parameters.from_arrays(found, dtype, shapes)


def networks() -> Iterator[Gold]:
    """All networks of all files."""
    for file in sorted((FOLDER / "networks").glob("*.npz")):
        with np.load(file) as loaded:
            values = dict(loaded)
        ids = tuple(np.split(values.pop("ids"), np.cumsum(values.pop("lengths"))[:-1]))
        for name in sorted({key.split(".")[0] for key in values}):
            own = {key.removeprefix(f"{name}."): values[key] for key in values}
            own = {key: own[key] for key in own if f"{name}.{key}" in values}
            yield Gold(f"{file.stem}_{name}", own, ids)


NETWORKS = list(networks())
TRAINED = [gold for gold in NETWORKS if "adam.end" in gold.values]
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
each_network = pytest.mark.parametrize("gold", NETWORKS, ids=[gold.name for gold in NETWORKS])


def close(found: npt.ArrayLike, expected: Array, dtype: Dtype) -> None:
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(np.asarray(found), expected, rtol=tolerance, atol=tolerance)


def test_every_cell_layer_direction_and_task_is_there() -> None:
    names = {gold.name for gold in NETWORKS}
    for cell in ("tanh", "relu", "gru", "lstm"):
        for task in Task:
            assert {f"{cell}_{task}_{n}_{d}" for n in (1, 2) for d in (1, 2)} <= names
        assert {f"{cell}_classify_1_2_one_hot", f"{cell}_label_2_2_initial"} <= names
        assert any(re.match(cell, gold.name) for gold in TRAINED)
    assert len(NETWORKS) == 42


@each_dtype
@each_network
def test_states_logits_loss_and_gradients(gold: Gold, dtype: Dtype) -> None:
    spec, batch = gold.spec, gold.batch
    parameters = gold.parameters("start", dtype)
    network = Network(spec, parameters)
    z = network.forward(batch)
    states = network.layers.features(batch).reshape(batch.length, batch.size, -1)
    close(states[batch.real], gold.values["states"][:, batch.rows][batch.real], dtype)
    if spec.task is Task.LABEL:
        z = z.reshape(batch.length, batch.size, -1)[batch.real]
        close(z, gold.values["logits"][:, batch.rows][batch.real], dtype)
    else:
        close(z, gold.values["logits"][batch.rows], dtype)

    result = loss_and_gradients(spec, parameters, batch)
    assert result.gradients.dtype == dtype
    close(result.loss, gold.values["loss"], dtype)
    for name, expected in gold.parameters("gradient").items():
        close(result.gradients[name], expected, dtype)


@each_network
def test_probabilities(gold: Gold) -> None:
    spec, parameters = gold.spec, gold.parameters("start")
    expected = np.exp(gold.values["logits"])
    expected /= expected.sum(axis=-1, keepdims=True)
    if spec.task is Task.CLASSIFY:
        close(probabilities(spec, parameters, gold.ids, 2), expected, np.float64)
        return
    for row, found in enumerate(label_probabilities(spec, parameters, gold.ids, 2)):
        close(found, expected[: len(gold.ids[row]), row], np.float64)


@each_dtype
@pytest.mark.parametrize("gold", TRAINED, ids=[gold.name for gold in TRAINED])
def test_ten_steps_of_training(gold: Gold, dtype: Dtype) -> None:
    """Gradient, clipping by norm, Adam, with one network that is used for all of them."""
    batch, parameters = gold.batch, gold.parameters("start", dtype)
    network = Network(gold.spec, parameters, train=True)
    optimizer = OPTIMIZERS[OptimizerName.ADAM](parameters.flat)
    losses, norms = [], []
    for _ in range(STEPS):
        result = network.train(batch)
        gradient = result.gradients.flat
        losses.append(result.loss)
        norms.append(norm(gradient))
        clip(gradient, norms[-1], CLIP)
        optimizer.update(parameters.flat, gradient, RATE)
    assert max(norms) > CLIP, "nothing was clipped"
    close(losses, gold.values["adam.losses"], dtype)
    close(norms, gold.values["adam.norms"], dtype)
    for key, weights in gold.parameters("adam.end").items():
        close(parameters[key], weights, dtype)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("mean", [True, False])
def test_cross_entropy(smoothing: float, weighted: bool, mean: bool) -> None:
    with np.load(FOLDER / "losses.npz") as file:
        gold = dict(file)
    rows = np.flatnonzero(gold["targets"] >= 0)
    objective = Objective(LossMean.WORD, smoothing, gold["weights"] if weighted else None)
    # Eight answers of which two are not asked, as the words of one sentence.
    batch = replace(make_batch([np.ones(8, np.int32)]), tags=gold["targets"][:, None])
    wanted = answers(batch, objective)
    if not mean:
        wanted = wanted._replace(share=1.0)
    found = loss_of(gold["z"], wanted, objective)
    key = f"{smoothing}.{'weights' if weighted else 'equal'}.{'mean' if mean else 'sum'}"
    close(found.loss, gold[f"{key}.loss"], np.float64)
    close(found.dz, gold[f"{key}.dz"], np.float64)
    assert found.asked == len(rows)
    assert found.right == np.count_nonzero(gold["z"].argmax(axis=1)[rows] == gold["targets"][rows])
