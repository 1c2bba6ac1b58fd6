"""Dropout: what share is left out, what it does to the others, and that only training does it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine.model import Network, label_probabilities, probabilities
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from tests.engine.cases import (
    HEADS,
    L,
    double_parameters,
    ladder,
    lively_parameters,
    network,
    random_batch,
    sentences,
    with_cell,
    with_head,
    with_input,
)

SHARE = 0.3
LADDER = {name: replace(spec, dropout=SHARE) for name, spec in ladder().items()}
each_network = pytest.mark.parametrize("spec", LADDER.values(), ids=LADDER.keys())


def linear(units: int, share: float) -> NetworkSpec:
    """A network whose scores are what its states are: ReLU of frames, one for each unit."""
    spec = with_head(with_cell(network(), Cell.SHARED), "label")
    spec = replace(spec, vocabulary_size=0, embedding=None, frames=units, units=units)
    return replace(spec, classes=units, dropout=share)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_share_scale_and_mean(share: float, dtype: type) -> None:
    """What is not left out is divided by the share that stays, so that the mean stays."""
    spec = linear(50, share)
    parameters = (
        double_parameters(spec) if dtype is np.float64 else lively_parameters(spec, 1, dtype)
    )
    parameters.flat[...] = 0.0
    np.fill_diagonal(parameters["output.weight"], 1.0)
    parameters["step.bias"][...] = 0.5
    state = np.tanh(dtype(0.5))
    batch = random_batch([20] * 40, spec=spec)
    z = Network(spec, parameters).forward(batch, np.random.default_rng(0))
    assert z.dtype == dtype
    values = np.unique(z)
    np.testing.assert_allclose(values, [0.0, state / (1.0 - share)], rtol=1e-6)
    deviation = np.sqrt(share * (1.0 - share) / z.size)
    assert abs(np.mean(z == 0.0) - share) < 4 * deviation
    # Every unit, step and sentence has its own chance.
    assert np.std(np.mean(z == 0.0, axis=0)) > 0.0
    assert np.mean(z) == pytest.approx(state, abs=4 * state * deviation / (1.0 - share))


@each_network
def test_same_generator_same_numbers(spec: NetworkSpec) -> None:
    parameters, batch = lively_parameters(spec), random_batch((5, 3, 3), spec=spec)
    used = Network(spec, parameters, train=True)

    def gradient(seed: int) -> bytes:
        return used.train(batch, dropout=np.random.default_rng(seed)).gradients.flat.tobytes()

    assert gradient(1) == gradient(1)
    assert gradient(1) != gradient(2)
    rng = np.random.default_rng(1)
    first = used.forward(batch, rng).tolist()
    assert first != used.forward(batch, rng).tolist()


@each_network
def test_none_without_a_generator(spec: NetworkSpec) -> None:
    parameters, batch = lively_parameters(spec), random_batch((5, 3, 3), spec=spec)
    without = replace(spec, dropout=0.0)
    used = Network(spec, parameters, train=True)
    used.train(batch, dropout=np.random.default_rng(0))
    np.testing.assert_array_equal(used.forward(batch), Network(without, parameters).forward(batch))
    expected = Network(without, parameters, train=True).train(batch)
    found = used.train(batch)
    assert found.loss == expected.loss
    np.testing.assert_array_equal(found.gradients.flat, expected.gradients.flat)


@pytest.mark.parametrize("head", ["last", "label"])
def test_none_at_prediction(head: str) -> None:
    spec = replace(with_head(network(), head), dropout=SHARE)
    words = sentences([4, 2], np.random.default_rng(0), low=1)
    read = probabilities if spec.task is Task.CLASSIFY else label_probabilities
    parameters = lively_parameters(spec)
    found = read(spec, parameters, words)
    expected = read(replace(spec, dropout=0.0), parameters, words)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", ["one-hot", "frames"])
def test_words_and_frames_are_never_left_out(kind: str) -> None:
    """Of a network in one layer only the last states are left out, where there is no embedding."""
    spec = replace(with_input(network(), kind), dropout=0.9)
    used = Network(spec, lively_parameters(spec), keep=True)
    batch = random_batch((6, 6), spec=spec)
    used.forward(batch)
    states = used.layers.features(batch).copy()
    used.forward(batch, np.random.default_rng(0))
    np.testing.assert_array_equal(used.layers.features(batch), states)


@pytest.mark.parametrize("head", HEADS)
def test_embedding_is_left_out_number_by_number(head: str) -> None:
    """A word that occurs twice loses other numbers each time."""
    spec = replace(with_head(network(), head), dropout=0.5)
    used = Network(spec, lively_parameters(spec))
    batch = random_batch((6, 6), spec=spec)
    batch = replace(batch, ids=np.full_like(batch.ids, L))
    used.forward(batch, np.random.default_rng(0))
    first = used.layers.features(batch)[:2]
    assert (first[0] != first[1]).any()


def test_dropout_of_zero_draws_nothing() -> None:
    rng = np.random.default_rng(0)
    state = rng.bit_generator.state
    Network(network(), double_parameters(network())).forward(random_batch((3,)), rng)
    assert rng.bit_generator.state == state
