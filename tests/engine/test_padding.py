"""Padding and companions change nothing: a sentence is read alike alone and in any batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.losses import CROSS_ENTROPY, Objective
from rnnstudio.engine.model import Network, loss_and_gradients
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training_spec import LossMean
from tests.engine.cases import (
    LONGEST,
    double_parameters,
    ladder,
    lively_parameters,
    network,
    part_of,
    random_batch,
    relative_error,
    with_head,
)

LADDER = ladder()
each_network = pytest.mark.parametrize("spec", LADDER.values(), ids=LADDER.keys())
# Of the greatest number: rounding in sums of another order.
ROUNDING: dict[type, float] = {np.float32: 1e-6, np.float64: 1e-12}
GRADIENT_ROUNDING: dict[type, float] = {np.float32: 1e-5, np.float64: 1e-11}


def scores(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> list[FloatArray]:
    """z of each sentence: (C,), or (T, C) for labelling, without what stands for padding."""
    z = Network(spec, parameters).forward(batch)
    if spec.task is Task.CLASSIFY:
        return list(z)
    steps = z.reshape(batch.length, batch.size, -1)
    return [steps[:length, column] for column, length in enumerate(batch.lengths)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_network
def test_sentence_alone_and_in_a_batch(spec: NetworkSpec, dtype: type) -> None:
    parameters = lively_parameters(spec, dtype=dtype)
    batch = random_batch((3, 7, 1, 4, 7), spec=spec)
    together = scores(spec, parameters, batch)
    for column, z in enumerate(together):
        alone = scores(spec, parameters, part_of(batch, [column]))[0]
        assert relative_error(alone, z) < ROUNDING[dtype]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_network
def test_loss_and_gradients_are_means_over_sentences_read_alone(
    spec: NetworkSpec, dtype: type
) -> None:
    parameters = lively_parameters(spec, dtype=dtype)
    batch = random_batch((3, 7, 1, 4), spec=spec)
    together = loss_and_gradients(spec, parameters, batch)
    alone = [
        loss_and_gradients(spec, parameters, part_of(batch, [column]))
        for column in range(batch.size)
    ]
    tolerance = GRADIENT_ROUNDING[dtype]
    assert together.loss == pytest.approx(np.mean([one.loss for one in alone]), rel=tolerance)
    mean = np.mean([one.gradients.flat for one in alone], axis=0)
    assert relative_error(together.gradients.flat, mean) < tolerance


@each_network
def test_order_of_the_sentences_does_not_matter(spec: NetworkSpec) -> None:
    """Sentences of one length may stand in any order."""
    parameters = lively_parameters(spec)
    batch = random_batch((5, 5, 5, 2, 2), spec=spec)
    order = [2, 0, 1, 4, 3]
    other = part_of(batch, order)
    found = scores(spec, parameters, other)
    expected = scores(spec, parameters, batch)
    for place, column in enumerate(order):
        assert relative_error(found[place], expected[column]) < 1e-12
    first = loss_and_gradients(spec, parameters, batch)
    second = loss_and_gradients(spec, parameters, other)
    assert first.loss == pytest.approx(second.loss, rel=1e-12)
    assert relative_error(second.gradients.flat, first.gradients.flat) < 1e-11


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(list(LADDER)),
    st.lists(st.integers(1, LONGEST), min_size=1, max_size=6),
    st.integers(0, 3),
)
def test_any_lengths(name: str, lengths: list[int], seed: int) -> None:
    """The sums over sentences of two halves are those of the whole."""
    spec = LADDER[name]
    parameters = lively_parameters(spec)
    batch = random_batch(lengths, seed, spec)
    whole = loss_and_gradients(spec, parameters, batch)
    halves = [list(range(start, batch.size, 2)) for start in (0, 1) if start < batch.size]
    total = np.zeros_like(whole.gradients.flat)
    loss = 0.0
    for columns in halves:
        part = loss_and_gradients(spec, parameters, part_of(batch, columns))
        total += part.gradients.flat * len(columns) / batch.size
        loss += part.loss * len(columns) / batch.size
    assert whole.loss == pytest.approx(loss, rel=1e-11, abs=1e-14)
    assert relative_error(whole.gradients.flat, total) < 1e-10 or np.abs(total).max() < 1e-12


@pytest.mark.parametrize("mean", LossMean)
def test_what_stands_in_the_padding_does_not_matter(mean: LossMean) -> None:
    """Other words and frames beyond the ends change no number."""
    for spec in LADDER.values():
        objective = Objective(mean) if spec.task is Task.LABEL else CROSS_ENTROPY
        parameters = double_parameters(spec)
        batch = random_batch((6, 2, 3), spec=spec)
        ids = batch.ids.copy()
        ids[~batch.real] = 5
        other = replace(batch, ids=ids)
        if batch.frames is not None:
            frames = batch.frames.copy()
            frames[~batch.real] = 100.0
            other = replace(other, frames=frames)
        first = loss_and_gradients(spec, parameters, batch, objective)
        second = loss_and_gradients(spec, parameters, other, objective)
        assert first.loss == second.loss
        np.testing.assert_allclose(
            first.gradients.flat, second.gradients.flat, rtol=1e-12, atol=1e-15
        )


@pytest.mark.parametrize("head", ["last", "mean", "max", "label"])
@pytest.mark.parametrize("layers", [1, 2])
def test_states_that_overflow_in_the_padding(layers: int, head: str) -> None:
    """ReLU states that grow with every step: a short sentence is over long before they are inf."""
    spec = replace(with_head(network(Activation.RELU), head), layers=layers)
    parameters = double_parameters(spec)
    for name, values in parameters.items():
        if name.startswith("rnn."):
            values[...] = 0.0
        if name.startswith("rnn.weight"):
            np.fill_diagonal(values, 4.0 if name == "rnn.weight_hh_l0" else 1.0)
    parameters["embedding.weight"][...] = -1.0
    # Word 6 starts the growth; the long sentence has words that keep every state at zero.
    parameters["embedding.weight"][5] = 1.0
    batch = make_batch([np.full(1000, 5), np.array([6, 6, 6])], np.array([0, 1]))
    if spec.task is Task.LABEL:
        tags = np.where(batch.real, 1, -1)
        batch = replace(batch, tags=tags)
    parameters["embedding.weight"][2] = 1.0  # <pad>
    alone = loss_and_gradients(spec, parameters, part_of(batch, [1]))
    assert np.isfinite(alone.gradients.flat).all()
    together = loss_and_gradients(spec, parameters, batch)
    assert np.isfinite(together.loss)
    assert np.isfinite(together.gradients.flat).all()
