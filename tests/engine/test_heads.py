"""What a head reads of the states, by hand, and where its gradient goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.model import Network, loss_and_gradients
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters
from tests.engine.cases import (
    HEADS,
    H,
    lively_parameters,
    network,
    random_batch,
    with_cell,
    with_head,
    with_input,
)

DIRECTIONS = [(cell, False) for cell in Cell] + [(cell, True) for cell in Cell if cell.recurrent]


def states_of(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> list[FloatArray]:
    """s_1 … s_T (T, D·H) of each sentence, read alone."""
    found = []
    for column, length in enumerate(batch.lengths):
        alone = Network(spec, parameters)
        part = make_batch([batch.ids[:length, column]])
        alone.forward(part)
        found.append(alone.layers.features(part).copy())
    return found


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(("cell", "bidirectional"), DIRECTIONS)
def test_scores_are_what_is_read_times_v_plus_c(cell: Cell, bidirectional: bool, head: str) -> None:
    spec = replace(with_head(with_cell(network(), cell), head), bidirectional=bidirectional)
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 1, 6))
    z = Network(spec, parameters).forward(batch)
    weight, c = parameters["output.weight"], parameters["output.bias"]
    for column, states in enumerate(states_of(spec, parameters, batch)):
        if spec.task is Task.LABEL:
            steps = z.reshape(batch.length, batch.size, -1)[: len(states), column]
            np.testing.assert_allclose(steps, states @ weight.T + c, rtol=1e-10)
            continue
        if spec.read is Reading.MEAN:
            read = states.mean(axis=0)
        elif spec.read is Reading.MAX:
            read = states.max(axis=0)
        else:
            # The backward direction has read the whole sentence at its first word.
            read = np.concatenate([states[-1, :H], states[0, H:]])
        np.testing.assert_allclose(z[column], weight @ read + c, rtol=1e-10)


def test_only_the_greatest_states_of_a_maximum_learn() -> None:
    """Of frames whose states are the frames, each unit's gradient goes to its greatest one."""
    spec = with_head(with_cell(with_input(network(), "frames", H), Cell.SHARED), "max")
    spec = replace(spec, activation=Activation.TANH)
    parameters = lively_parameters(spec)
    parameters["step.weight"][...] = np.eye(H)
    parameters["step.bias"][...] = 0.0
    rng = np.random.default_rng(0)
    batch = random_batch((4, 2), spec=spec)
    frames = rng.standard_normal((4, 2, H))
    frames[2:, 1] = 10.0  # padding, greater than all
    batch = replace(batch, frames=frames)
    used = Network(spec, parameters, train=True)
    z = used.forward(batch)
    greatest = np.stack([frames[:4, 0].max(axis=0), frames[:2, 1].max(axis=0)])
    expected = np.tanh(greatest) @ parameters["output.weight"].T + parameters["output.bias"]
    np.testing.assert_allclose(z, expected, rtol=1e-12)
    # ∂L/∂b sums what reaches the states: V's share, through the slope of the greatest.
    gradients = used.train(batch).gradients
    y = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    dz = (y - np.eye(3)[batch.targets]) / 2
    slope = 1 - np.tanh(greatest) ** 2
    np.testing.assert_allclose(
        gradients["step.bias"],
        (dz @ parameters["output.weight"] * slope).sum(axis=0),
        rtol=1e-10,
    )


@pytest.mark.parametrize("head", ["last", "mean", "max"])
@pytest.mark.parametrize(("cell", "bidirectional"), DIRECTIONS)
def test_one_word_is_read_alike_by_all(cell: Cell, bidirectional: bool, head: str) -> None:
    spec = replace(with_cell(network(), cell), bidirectional=bidirectional)
    parameters, batch = lively_parameters(spec), random_batch((1, 1, 1))
    expected = loss_and_gradients(spec, parameters, batch)
    found = loss_and_gradients(with_head(spec, head), parameters, batch)
    assert found.loss == pytest.approx(expected.loss, rel=1e-12)
    np.testing.assert_allclose(found.gradients.flat, expected.gradients.flat, rtol=1e-9, atol=1e-14)
