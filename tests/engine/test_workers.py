"""Two threads that share a batch give what one thread gives, and leave nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine import workers
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.losses import CROSS_ENTROPY, Objective
from rnnstudio.engine.model import BatchGradients, Network, TooLongError
from rnnstudio.engine.network import Cell, NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training_spec import LossMean
from rnnstudio.engine.workers import GradientWorkers, is_shared
from tests.engine.cases import (
    C,
    ladder,
    lively_parameters,
    network,
    random_batch,
    relative_error,
    with_cell,
    with_head,
)

LADDER = ladder()
WEIGHTED = Objective(LossMean.WORD, 0.1, np.array([0.5, 1.0, 2.5]))


@pytest.fixture(autouse=True)
def _everything_is_shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(workers, "_LEAST_SHARED", 1)
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def flat(parameters: Parameters, result: BatchGradients) -> FloatArray:
    """The gradients of all parameters as one vector, those kept by word among them."""
    whole = Parameters.zeros(parameters.shapes, parameters.dtype)
    for name, gradient in result.gradients.items():
        whole[name][...] = gradient
    if result.words is not None:
        whole["embedding.weight"][result.words] = result.by_word
    return whole.flat


@pytest.mark.parametrize("by_word", [False, True])
@pytest.mark.parametrize("objective", [CROSS_ENTROPY, WEIGHTED], ids=["plain", "weighted"])
@pytest.mark.parametrize("spec", LADDER.values(), ids=LADDER.keys())
def test_two_give_what_one_gives(spec: NetworkSpec, objective: Objective, by_word: bool) -> None:
    by_word = by_word and spec.embedding is not None
    parameters = lively_parameters(spec)
    pair = GradientWorkers(spec, parameters, by_word)
    for seed, lengths in enumerate([(6, 3, 1, 6, 2), (4, 4), (7, 1, 1), (3,)]):
        batch = random_batch(lengths, seed, spec)
        found = pair.gradients(batch, objective, None, None)
        expected = Network(spec, parameters, train=True, by_word=by_word).train(batch, objective)
        assert found.loss == pytest.approx(expected.loss, rel=1e-12)
        assert (found.right, found.asked) == (expected.right, expected.asked)
        one, other = flat(parameters, found), flat(parameters, expected)
        assert relative_error(one, other) < 1e-11
    pair.close()


@pytest.mark.parametrize("cell", [Cell.RNN, Cell.LSTM])
def test_truncation_is_passed_on(cell: Cell) -> None:
    spec = with_head(with_cell(network(), cell), "label")
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5), spec=spec)
    pair = GradientWorkers(spec, parameters, False)
    found = pair.gradients(batch, CROSS_ENTROPY, 2, None).gradients.flat
    expected = Network(spec, parameters, train=True).train(batch, truncation=2).gradients.flat
    assert relative_error(found, expected) < 1e-11
    pair.close()


def test_same_numbers_every_time() -> None:
    """With dropout too, whose numbers are drawn for each half by itself."""
    spec = replace(network(), dropout=0.4, cell=Cell.GRU)
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5, 5), spec=spec)

    def gradient(seed: int) -> bytes:
        pair = GradientWorkers(spec, parameters, False)
        found = pair.gradients(
            batch, CROSS_ENTROPY, None, lambda half: np.random.default_rng([seed, half])
        )
        pair.close()
        return found.gradients.flat.tobytes()

    assert len({gradient(1) for _ in range(5)}) == 1
    assert gradient(1) != gradient(2)


def test_parameters_changed_in_place_are_used_by_both() -> None:
    spec = network()
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5, 5))
    pair = GradientWorkers(spec, parameters, False)
    pair.gradients(batch, CROSS_ENTROPY, None, None)
    parameters.flat[...] = lively_parameters(spec, 2).flat
    found = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat
    expected = Network(spec, parameters, train=True).train(batch).gradients.flat
    assert relative_error(found, expected) < 1e-11
    pair.close()


@pytest.mark.parametrize("wrong", [0, 1])
def test_errors_of_either_half_are_raised(wrong: int) -> None:
    spec = network()
    pair = GradientWorkers(spec, lively_parameters(spec), False)
    batch = random_batch((3, 3, 3, 3))
    targets = batch.targets.copy()
    targets[wrong] = C
    with pytest.raises(IndexError):
        pair.gradients(replace(batch, targets=targets), CROSS_ENTROPY, None, None)
    pair.gradients(batch, CROSS_ENTROPY, None, None)
    pair.close()

    spec = with_cell(spec, Cell.HISTORY, longest=2)
    pair = GradientWorkers(spec, lively_parameters(spec), False)
    with pytest.raises(TooLongError):
        pair.gradients(batch, CROSS_ENTROPY, None, None)
    pair.close()


def test_closed_workers_begin_anew() -> None:
    spec = network()
    pair = GradientWorkers(spec, lively_parameters(spec), False)
    pair.close()
    batch = random_batch((3, 2))
    first = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat.copy()
    pair.close()
    pair.close()
    again = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat
    np.testing.assert_array_equal(first, again)
    pair.close()


def test_only_large_batches_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_LEAST_SHARED", 15)
    spec = replace(network(), units=5)
    assert is_shared(spec, random_batch((1, 1, 1)))
    assert not is_shared(spec, random_batch((1, 1)))
    assert not is_shared(replace(spec, units=100), random_batch((1,)))
