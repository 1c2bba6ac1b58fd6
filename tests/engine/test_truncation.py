"""Truncated back-propagation through time: nothing flows from one stretch into the one before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.losses import answers, loss_of
from rnnstudio.engine.model import Network, loss_and_gradients
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from tests.engine import plain
from tests.engine.cases import (
    HEADS,
    C,
    lively_parameters,
    network,
    random_batch,
    relative_error,
    with_cell,
    with_head,
)

RECURRENT = [cell for cell in Cell if cell.recurrent]
each_cell = pytest.mark.parametrize("cell", RECURRENT)


def truncated_by_hand(
    spec: NetworkSpec, parameters: Parameters, batch: Batch, stretch: int
) -> FloatArray:
    """The gradient by differences, where the states that a stretch starts with do not move.

    For one sentence in one layer and direction, with a tag for some words.
    """
    assert batch.tags is not None
    ids, tags = batch.ids[:, 0], batch.tags[:, 0]

    def loss(p: Parameters, starts: dict[int, FloatArray]) -> float:
        # s and c, of which only the LSTM uses c.
        state: FloatArray = np.zeros((2, spec.units))
        total = 0.0
        for t, word in enumerate(ids):
            if t % stretch == 0:
                state = starts.setdefault(t, state)
            x = p["embedding.weight"][word - 1] if word else np.zeros(spec.inputs)
            row = plain.step(spec, p, "l0", x, state[0], state[1])
            state = np.stack([row["s"], row.get("c", state[1])])
            if tags[t] >= 0:
                z = p["output.weight"] @ state[0] + p["output.bias"]
                total += np.log(np.exp(z).sum()) - z[tags[t]]
        return float(total)

    starts: dict[int, FloatArray] = {}
    p = parameters.copy()
    loss(p, starts)
    gradient = np.zeros_like(p.flat)
    for index, kept in enumerate(parameters.flat):
        p.flat[index] = kept + 1e-5
        above = loss(p, starts)
        p.flat[index] = kept - 1e-5
        gradient[index] = (above - loss(p, starts)) / 2e-5
        p.flat[index] = kept
    return gradient


@pytest.mark.parametrize("stretch", [1, 2, 3, 7])
@each_cell
def test_stretches_by_hand(cell: Cell, stretch: int) -> None:
    """In the LSTM neither s nor c leads back."""
    spec = replace(with_cell(with_head(network(), "label"), cell), units=3)
    parameters = lively_parameters(spec)
    batch = random_batch((7,), spec=spec)
    found = loss_and_gradients(spec, parameters, batch, truncation=stretch)
    expected = truncated_by_hand(spec, parameters, batch, stretch)
    assert relative_error(found.gradients.flat, expected) < 1e-6
    full = loss_and_gradients(spec, parameters, batch)
    assert found.loss == full.loss
    if stretch < 7:
        assert relative_error(found.gradients.flat, full.gradients.flat) > 1e-3


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("bidirectional", [False, True])
@each_cell
def test_stretches_as_long_as_the_sentences_cut_nothing(
    cell: Cell, bidirectional: bool, head: str
) -> None:
    spec = with_head(with_cell(network(), cell), head)
    spec = replace(spec, layers=2, bidirectional=bidirectional, train_initial_state=True)
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 1), spec=spec)
    full = loss_and_gradients(spec, parameters, batch).gradients.flat
    for stretch in (6, 7, 100):
        found = loss_and_gradients(spec, parameters, batch, truncation=stretch).gradients.flat
        np.testing.assert_array_equal(found, full)
    cut = loss_and_gradients(spec, parameters, batch, truncation=2).gradients.flat
    assert relative_error(cut, full) > 1e-3


@each_cell
def test_only_the_last_stretch_learns_of_the_last_state(cell: Cell) -> None:
    """With n → 1 the words of earlier stretches get no gradient; neither does s_0."""
    spec = replace(with_cell(network(), cell), train_initial_state=True)
    parameters = lively_parameters(spec)
    batch = make_batch([np.array([1, 2, 3, 4, 5, 6, 7])], np.array([C - 1]))
    gradients = loss_and_gradients(spec, parameters, batch, truncation=3).gradients
    learns = gradients["embedding.weight"].any(axis=1)
    # Stretches are counted from the start: 1 2 3, 4 5 6, 7.
    assert np.flatnonzero(learns).tolist() == [6]
    for name in gradients:
        if name.startswith("initial."):
            assert not gradients[name].any()


@each_cell
def test_truncation_leaves_no_trace(cell: Cell) -> None:
    """A full pass after a truncated one is that of a fresh network."""
    spec = with_head(with_cell(network(), cell), "label")
    assert spec.task is Task.LABEL
    parameters, batch = lively_parameters(spec), random_batch((6, 4), spec=spec)
    used = Network(spec, parameters, train=True)
    used.train(batch, truncation=2)
    again = used.train(batch).gradients.flat
    fresh = loss_and_gradients(spec, parameters, batch)
    np.testing.assert_array_equal(again, fresh.gradients.flat)
    assert fresh.loss == loss_of(used.forward(batch), answers(batch)).loss
