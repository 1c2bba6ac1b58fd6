"""Two processes that share a batch give what one gives, and leave nothing behind."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine import second_process, workers
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
def _everything_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_LEAST_SHARED", 1)
    monkeypatch.setattr(workers, "_BATCHES_BEFORE", 0)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """All second processes that a test starts; none may outlive it."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def recorded(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", recorded)
    yield started
    for process in started:
        assert process.poll() is not None


def pair_of(spec: NetworkSpec, parameters: Parameters, by_word: bool = False) -> GradientWorkers:
    """Workers with a second process."""
    return GradientWorkers(spec, parameters, by_word, processes=2)


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
    pair = GradientWorkers(spec, parameters, by_word, processes=1)
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
@pytest.mark.usefixtures("processes")
def test_truncation_is_passed_on(cell: Cell) -> None:
    spec = with_head(with_cell(network(), cell), "label")
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5), spec=spec)
    pair = pair_of(spec, parameters)
    found = pair.gradients(batch, CROSS_ENTROPY, 2, None).gradients.flat
    expected = Network(spec, parameters, train=True).train(batch, truncation=2).gradients.flat
    assert relative_error(found, expected) < 1e-11
    pair.close()


def test_same_numbers_every_time() -> None:
    """With dropout too, whose numbers are drawn for each half by itself."""
    spec = replace(network(), dropout=0.4, cell=Cell.GRU)
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5, 5), spec=spec)

    def gradient(seed: int) -> bytes:
        pair = GradientWorkers(spec, parameters, False, processes=1)
        found = pair.gradients(
            batch, CROSS_ENTROPY, None, lambda half: np.random.default_rng([seed, half])
        )
        pair.close()
        return found.gradients.flat.tobytes()

    assert len({gradient(1) for _ in range(5)}) == 1
    assert gradient(1) != gradient(2)


HALVED = {
    "rnn": replace(network(), cell=Cell.RNN),
    "gru, two layers": replace(network(), cell=Cell.GRU, layers=2, dropout=0.3),
    "lstm, two directions": replace(network(), cell=Cell.LSTM, bidirectional=True),
    "labelling": with_head(replace(network(), cell=Cell.LSTM), "label"),
    "fixed embedding": replace(network(), train_embedding=False),
    "trained start": replace(network(), cell=Cell.LSTM, train_initial_state=True),
}


def numbers(seed: int, half: int) -> np.random.Generator:
    """Dropout's numbers of each half."""
    return np.random.default_rng([seed, half])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("spec", HALVED.values(), ids=HALVED.keys())
def test_a_second_process_changes_no_digit(
    spec: NetworkSpec, dtype: type, processes: list[subprocess.Popen[bytes]]
) -> None:
    parameters = Parameters.from_arrays(lively_parameters(spec), dtype)
    pair = pair_of(spec, parameters, by_word=True)
    alone = GradientWorkers(spec, parameters, True, processes=1)
    # Longer batches later need more memory; the weights change in between.
    for seed, lengths in enumerate([(2, 2), (6, 3, 1, 6, 2), (30, 25, 30), (4, 4)]):
        batch = random_batch(lengths, seed, spec)
        results = []
        for workers_ in (pair, alone):
            found = workers_.gradients(batch, WEIGHTED, None, partial(numbers, seed))
            results.append((found.loss, found.right, found.asked, flat(parameters, found)))
        assert results[0][:3] == results[1][:3]
        np.testing.assert_array_equal(results[0][3], results[1][3])
        parameters.flat *= 0.9
    assert len(processes) == 1
    pair.close()


def test_a_killed_process_is_done_without(processes: list[subprocess.Popen[bytes]]) -> None:
    spec = network()
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5, 5))
    pair = pair_of(spec, parameters)
    first = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat.copy()
    processes[0].kill()
    processes[0].wait()
    for _ in range(3):
        again = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat
        np.testing.assert_array_equal(first, again)
    assert len(processes) == 1
    pair.close()


def test_a_process_that_cannot_start_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = network()
    parameters, batch = lively_parameters(spec), random_batch((6, 3))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    pair = pair_of(spec, parameters)
    found = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat
    expected = Network(spec, parameters, train=True).train(batch).gradients.flat
    assert relative_error(found, expected) < 1e-11
    pair.close()


def test_no_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: list[subprocess.Popen[bytes]]
) -> None:
    make = tempfile.mkstemp
    made: list[Path] = []

    def here(prefix: str, dir: str | None) -> tuple[int, str]:
        handle, path = make(prefix=prefix, dir=tmp_path)
        made.append(Path(path))
        return handle, path

    monkeypatch.setattr(tempfile, "mkstemp", here)
    spec = network()
    pair = pair_of(spec, lively_parameters(spec))
    pair.gradients(random_batch((2, 2)), CROSS_ENTROPY, None, None)
    pair.gradients(random_batch((9, 9, 9)), CROSS_ENTROPY, None, None)
    pair.close()
    assert len(processes) == 1
    assert len(made) == 2
    assert list(tmp_path.iterdir()) == []


def test_the_process_ends_with_its_input() -> None:
    replies = io.BytesIO()
    second_process.serve(io.BytesIO(pickle.dumps(network())), replies)
    assert pickle.loads(replies.getvalue()) == "ready"


@pytest.mark.usefixtures("processes")
def test_parameters_changed_in_place_are_used_by_both() -> None:
    spec = network()
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5, 5))
    pair = pair_of(spec, parameters)
    pair.gradients(batch, CROSS_ENTROPY, None, None)
    parameters.flat[...] = lively_parameters(spec, 2).flat
    found = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat
    expected = Network(spec, parameters, train=True).train(batch).gradients.flat
    assert relative_error(found, expected) < 1e-11
    pair.close()


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("wrong", [0, 1])
def test_errors_of_either_half_are_raised(wrong: int) -> None:
    spec = network()
    pair = pair_of(spec, lively_parameters(spec))
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


@pytest.mark.usefixtures("processes")
def test_closed_workers_go_on_alone() -> None:
    spec = network()
    pair = pair_of(spec, lively_parameters(spec))
    batch = random_batch((3, 2))
    first = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat.copy()
    pair.close()
    pair.close()
    again = pair.gradients(batch, CROSS_ENTROPY, None, None).gradients.flat
    np.testing.assert_array_equal(first, again)
    pair.close()


def test_only_large_batches_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_LEAST_SHARED", 75)
    spec = replace(network(), units=5)
    assert is_shared(spec, random_batch((1, 1, 1)))
    assert not is_shared(spec, random_batch((1, 1)))
    assert not is_shared(replace(spec, units=100), random_batch((1,)))
