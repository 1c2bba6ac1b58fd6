"""A network at work: one for many batches, its memory, its names, its types and its limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.batch import make_batch
from rnnstudio.engine.model import Network, TooLongError, loss_and_gradients
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from tests.engine.cases import (
    LONGEST,
    C,
    E,
    H,
    L,
    ladder,
    lively_parameters,
    network,
    random_batch,
    relative_error,
    with_cell,
    with_head,
)

LADDER = ladder()
each_network = pytest.mark.parametrize("spec", LADDER.values(), ids=LADDER.keys())
each_length_cell = pytest.mark.parametrize("cell", [cell for cell in Cell if cell.has_length])


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(list(LADDER)),
    st.lists(st.lists(st.integers(1, LONGEST), min_size=1, max_size=6), min_size=2, max_size=6),
)
def test_one_network_for_batches_of_all_shapes(name: str, shapes: list[list[int]]) -> None:
    """Bit for bit what a fresh network gives, whatever was in its memory before."""
    spec = LADDER[name]
    parameters = lively_parameters(spec, dtype=np.float32)
    used = Network(spec, parameters, train=True)
    for seed, lengths in enumerate(shapes):
        batch = random_batch(lengths, seed, spec)
        if seed % 2:
            used.forward(batch)
        found = used.train(batch)
        fresh = Network(spec, parameters, train=True).train(batch)
        assert found.loss == fresh.loss
        np.testing.assert_array_equal(found.gradients.flat, fresh.gradients.flat)
        z = used.forward(batch)
        np.testing.assert_array_equal(z, Network(spec, parameters).forward(batch))


@each_network
def test_parameters_changed_in_place_are_used(spec: NetworkSpec) -> None:
    parameters, batch = lively_parameters(spec), random_batch((5, 2), spec=spec)
    used = Network(spec, parameters, train=True)
    used.train(batch)
    parameters.flat[...] = lively_parameters(spec, 2).flat
    found = used.train(batch)
    fresh = loss_and_gradients(spec, parameters.copy(), batch)
    assert found.loss == fresh.loss
    np.testing.assert_array_equal(found.gradients.flat, fresh.gradients.flat)


@each_network
def test_sums_that_are_kept_change_nothing(spec: NetworkSpec) -> None:
    parameters, batch = lively_parameters(spec), random_batch((5, 2), spec=spec)
    kept = Network(spec, parameters, train=True, keep=True)
    result, fresh = kept.train(batch), loss_and_gradients(spec, parameters, batch)
    assert result.loss == fresh.loss
    np.testing.assert_array_equal(result.gradients.flat, fresh.gradients.flat)


@pytest.mark.parametrize("cell", Cell)
@pytest.mark.parametrize("head", ["last", "label"])
def test_gradient_of_the_embedding_by_word(cell: Cell, head: str) -> None:
    """Rows of the words that occur; all others are zero."""
    spec = with_head(with_cell(network(), cell), head)
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 1), spec=spec)
    dense = loss_and_gradients(spec, parameters, batch).gradients
    found = Network(spec, parameters, train=True, by_word=True).train(batch)
    assert found.words is not None
    assert found.by_word is not None
    rows = np.zeros_like(dense["embedding.weight"])
    rows[found.words] = found.by_word
    np.testing.assert_allclose(rows, dense["embedding.weight"], rtol=1e-12, atol=1e-16)
    assert len(set(found.words.tolist())) == len(found.words)
    for name, gradient in dense.items():
        if name != "embedding.weight":
            np.testing.assert_array_equal(found.gradients[name], gradient)


def test_fixed_embedding_has_no_gradient() -> None:
    spec = replace(network(), train_embedding=False)
    parameters, batch = lively_parameters(spec), random_batch((6, 3))
    found = loss_and_gradients(spec, parameters, batch)
    trained = loss_and_gradients(network(), parameters, batch)
    assert not found.gradients["embedding.weight"].any()
    assert found.loss == trained.loss
    for name, gradient in trained.gradients.items():
        if name != "embedding.weight":
            np.testing.assert_array_equal(found.gradients[name], gradient)


@each_network
def test_right_and_asked_are_counted(spec: NetworkSpec) -> None:
    parameters, batch = lively_parameters(spec), random_batch((6, 3, 5, 1), spec=spec)
    used = Network(spec, parameters, train=True)
    best = used.forward(batch).argmax(axis=1)
    wanted = batch.targets if batch.tags is None else batch.tags.reshape(-1)
    found = used.train(batch)
    assert found.asked == np.count_nonzero(wanted >= 0)
    assert found.right == np.count_nonzero((best == wanted) & (wanted >= 0))


@each_network
def test_float32_and_float64_agree(spec: NetworkSpec) -> None:
    double = lively_parameters(spec)
    single = lively_parameters(spec, dtype=np.float32)
    single.flat[...] = double.flat
    double.flat[...] = single.flat
    batch = random_batch((6, 3, 1), spec=spec)
    exact, found = (loss_and_gradients(spec, p, batch) for p in (double, single))
    assert found.loss == pytest.approx(exact.loss, rel=1e-5)
    assert relative_error(found.gradients.flat, exact.gradients.flat) < 1e-5
    for dtype, result, parameters in ((np.float64, exact, double), (np.float32, found, single)):
        assert result.gradients.dtype == dtype
        assert result.probabilities.dtype == dtype
        assert Network(spec, parameters).forward(batch).dtype == dtype


@each_network
def test_smallest_network(spec: NetworkSpec) -> None:
    """One unit, one class, one sentence, one word."""
    spec = replace(spec, units=1, classes=1)
    parameters, batch = lively_parameters(spec), random_batch((1,), spec=spec)
    batch = replace(batch, targets=np.minimum(batch.targets, 0))
    if batch.tags is not None:
        batch = replace(batch, tags=np.minimum(batch.tags, 0))
    found = loss_and_gradients(spec, parameters, batch)
    assert found.loss == 0.0
    assert not found.gradients.flat.any()
    np.testing.assert_array_equal(found.probabilities, [[1.0]])


@each_network
def test_huge_weights_give_no_warning(spec: NetworkSpec) -> None:
    """Warnings are errors here; the numbers may be inf or NaN."""
    parameters = lively_parameters(spec, dtype=np.float32)
    batch = random_batch((6, 3), spec=spec)
    for size in (1e20, 3e38):
        parameters.flat[...] = size
        parameters.flat[::2] = -size
        used = Network(spec, parameters, train=True)
        used.train(batch, dropout=np.random.default_rng(0))
        used.train(batch)


@pytest.mark.parametrize("words", [1, 3000])
@pytest.mark.parametrize("cell", [cell for cell in Cell if not cell.has_length])
def test_long_sentences(cell: Cell, words: int) -> None:
    spec = with_cell(network(), cell)
    parameters = lively_parameters(spec, dtype=np.float32)
    rng = np.random.default_rng(0)
    batch = make_batch([rng.integers(1, L + 1, words), np.array([4])], np.array([0, 1]))
    found = loss_and_gradients(spec, parameters, batch)
    assert np.isfinite(found.loss)
    assert np.isfinite(found.gradients.flat).all()


@each_length_cell
def test_sentence_with_more_steps_than_functions(cell: Cell) -> None:
    spec = with_cell(network(), cell, longest=4)
    used = Network(spec, lively_parameters(spec), train=True)
    for lengths in ((4,), (1, 4, 2)):
        used.train(random_batch(lengths))
    for lengths in ((5,), (1, 9, 2)):
        with pytest.raises(TooLongError, match=r"has \d steps, and this network has weights for 4"):
            used.train(random_batch(lengths))
        with pytest.raises(TooLongError):
            used.forward(random_batch(lengths))


@each_length_cell
def test_functions_of_later_steps_learn_nothing(cell: Cell) -> None:
    """Not even from what a longer batch left in memory."""
    spec = with_head(with_cell(network(), cell), "mean")
    used = Network(spec, lively_parameters(spec), train=True)
    used.train(random_batch((7, 7)))
    gradients = used.train(random_batch((3, 2))).gradients
    learns = [t for t in range(1, 8) if gradients[f"step.{t}.weight"].any()]
    assert learns == [1, 2, 3]
    assert [t for t in range(1, 8) if gradients[f"step.{t}.bias"].any()] == [1, 2, 3]


@pytest.mark.parametrize("kind", [None, E])
@pytest.mark.parametrize("cell", Cell)
def test_word_beyond_the_vocabulary_is_refused(cell: Cell, kind: int | None) -> None:
    spec = with_cell(network(embedding=kind), cell)
    used = Network(spec, lively_parameters(spec))
    used.forward(make_batch([np.array([L])]))
    with pytest.raises(IndexError, match=f"no word {L + 1} of {L}"):
        used.forward(make_batch([np.array([1, L + 1]), np.array([2])]))


@pytest.mark.parametrize("kind", [None, E])
@pytest.mark.parametrize("cell", Cell)
def test_unknown_word_is_no_input(cell: Cell, kind: int | None) -> None:
    """Its x is zero: whatever the weights of the input are, they change nothing."""
    spec = with_head(with_cell(network(embedding=kind), cell), "mean")
    parameters = lively_parameters(spec)
    batch = make_batch([np.zeros(3, np.int32), np.zeros(2, np.int32)], np.array([1, 0]))
    first = loss_and_gradients(spec, parameters, batch)
    for name, values in parameters.items():
        if name.startswith(("embedding.", "rnn.weight_ih", "step.")) and "bias" not in name:
            values[...] = 7.0
            assert not first.gradients[name].any()
    assert loss_and_gradients(spec, parameters, batch).loss == first.loss


def small(**changes: Any) -> NetworkSpec:
    """A network with some settings changed."""
    return replace(NetworkSpec(9, 3, 2, 4), **changes)


REFUSED: list[dict[str, Any]] = [
    {"units": 0},
    {"classes": 0},
    {"vocabulary_size": 0},
    {"embedding": 0},
    {"layers": 0},
    {"layers": 5},
    {"dropout": 1.0},
    {"dropout": -0.1},
    {"frames": 3},
    {"frames": 3, "vocabulary_size": 0},
    {"frames": 0, "vocabulary_size": 0, "embedding": None},
    {"longest": 5},
    {"cell": Cell.SHARED, "longest": 5},
    {"cell": Cell.HISTORY},
    {"cell": Cell.INDEPENDENT, "longest": 0},
    {"cell": Cell.INDEPENDENT, "longest": 5, "layers": 2},
    {"cell": Cell.SHARED, "bidirectional": True},
    {"cell": Cell.SHARED, "train_initial_state": True},
]


@pytest.mark.parametrize("changes", REFUSED, ids=str)
def test_settings_that_make_no_network_are_refused(changes: dict[str, Any]) -> None:
    small()
    with pytest.raises(ValueError, match=r".+: NetworkSpec"):
        small(**changes)


def test_names_and_shapes_of_recurrent_cells() -> None:
    spec = small(cell=Cell.LSTM, layers=2, bidirectional=True, train_initial_state=True)
    expected: dict[str, tuple[int, ...]] = {"embedding.weight": (9, 4)}
    for end, inputs in (("l0", 4), ("l0_reverse", 4), ("l1", 4), ("l1_reverse", 4)):
        expected |= {
            f"rnn.weight_ih_{end}": (8, inputs),
            f"rnn.weight_hh_{end}": (8, 2),
            f"rnn.bias_ih_{end}": (8,),
            f"rnn.bias_hh_{end}": (8,),
            f"initial.s_{end}": (2,),
            f"initial.c_{end}": (2,),
        }
    expected |= {"output.weight": (3, 4), "output.bias": (3,)}
    assert list(spec.parameter_shapes().items()) == list(expected.items())
    assert spec.parameter_count == sum(int(np.prod(shape)) for shape in expected.values())
    assert spec.endings == ("l0", "l0_reverse", "l1", "l1_reverse")

    three = small(units=5, cell=Cell.GRU, layers=3).parameter_shapes()
    assert three["rnn.weight_ih_l0"] == (15, 4)
    assert three["rnn.weight_ih_l2"] == (15, 5)
    assert three["rnn.weight_hh_l2"] == (15, 5)
    assert not any(name.startswith("initial.") for name in three)


def test_names_and_shapes_without_memory() -> None:
    shared = small(cell=Cell.SHARED).parameter_shapes()
    assert list(shared) == [
        "embedding.weight", "step.weight", "step.bias", "output.weight", "output.bias"
    ]  # fmt: skip
    assert (shared["step.weight"], shared["step.bias"]) == ((2, 4), (2,))
    for cell, sizes in ((Cell.INDEPENDENT, [4, 4, 4]), (Cell.HISTORY, [4, 8, 12])):
        shapes = small(cell=cell, longest=3).parameter_shapes()
        assert [shapes[f"step.{t}.weight"] for t in (1, 2, 3)] == [(2, size) for size in sizes]
        assert [shapes[f"step.{t}.bias"] for t in (1, 2, 3)] == [(2,)] * 3
        assert "step.4.weight" not in shapes


def test_sizes_that_follow() -> None:
    frames = small(vocabulary_size=0, embedding=None, frames=6, bidirectional=True)
    assert (frames.inputs, frames.features, frames.directions) == (6, 4, 2)
    assert "embedding.weight" not in frames.parameter_shapes()
    assert small(embedding=None).inputs == 9
    assert [cell.recurrent for cell in Cell] == [False, False, False, True, True, True]
    assert [cell.has_length for cell in Cell] == [True, False, True, False, False, False]


def test_equations_of_the_networks_without_memory() -> None:
    """The first three of the lecture's ladder, written out."""
    ids: IntArray = np.array([3, 0, 9, 3])
    for cell in (Cell.INDEPENDENT, Cell.SHARED, Cell.HISTORY):
        spec = with_cell(network(Activation.LOGISTIC), cell)
        p = lively_parameters(spec)
        x = [p["embedding.weight"][word - 1] if word else np.zeros(E) for word in ids]
        expected = []
        for t in range(1, 5):
            name = "step" if cell is Cell.SHARED else f"step.{t}"
            seen = np.concatenate(x[:t]) if cell is Cell.HISTORY else x[t - 1]
            a = p[f"{name}.weight"] @ seen + p[f"{name}.bias"]
            expected.append(1.0 / (1.0 + np.exp(-a)))
        used = Network(spec, p)
        batch = make_batch([ids])
        used.forward(batch)
        states = used.layers.features(batch)
        assert states.shape == (4, H)
        np.testing.assert_allclose(states, expected, rtol=1e-12)


def test_defaults_are_the_plain_network() -> None:
    spec = NetworkSpec(L, C, H, E)
    assert (spec.cell, spec.task, spec.read) == (Cell.RNN, Task.CLASSIFY, Reading.LAST)
    assert (spec.layers, spec.directions, spec.dropout) == (1, 1, 0.0)
