"""The network as a whole: padding, unknown words, order, long sentences, and the trace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine import model
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.model import Cancelled, Forward, forward, loss_and_gradients, probabilities
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.notation import QUANTITIES
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.engine.trace import trace
from tests.engine.cases import C, H, L, double_parameters, network, random_batch, sentences

NETWORKS = [network(a, e) for a in Activation for e in (None, 4)]
NETWORK_NAMES = [f"{spec.activation}-{spec.embedding or 'one-hot'}" for spec in NETWORKS]
SIGMA: dict[Activation, Callable[[FloatArray], FloatArray]] = {
    Activation.TANH: np.tanh,
    Activation.LOGISTIC: lambda a: 1 / (1 + np.exp(-a)),
    Activation.RELU: lambda a: np.maximum(a, 0),
}
each_network = pytest.mark.parametrize("spec", NETWORKS, ids=NETWORK_NAMES)


@each_network
def test_padding_changes_nothing(spec: NetworkSpec) -> None:
    """Loss and gradients of a ragged batch are the mean over its sentences, each read alone."""
    parameters = double_parameters(spec)
    batch = random_batch((3, 7, 1, 4))
    together = loss_and_gradients(spec, parameters, batch)
    alone = [
        loss_and_gradients(
            spec,
            parameters,
            make_batch([batch.ids[:length, column]], batch.targets[column : column + 1]),
        )
        for column, length in enumerate(batch.lengths)
    ]
    np.testing.assert_allclose(together.loss, np.mean([one.loss for one in alone]), rtol=1e-12)
    np.testing.assert_allclose(
        together.probabilities, np.concatenate([one.probabilities for one in alone]), rtol=1e-12
    )
    np.testing.assert_allclose(
        together.gradients.flat,
        np.mean([one.gradients.flat for one in alone], axis=0),
        rtol=1e-10,
        atol=1e-14,
    )


@each_network
def test_cache_holds_nothing_where_a_sentence_has_ended(spec: NetworkSpec) -> None:
    batch = random_batch((2, 5))
    cache = forward(spec, double_parameters(spec), batch).cache
    ended = ~batch.real
    assert not cache.a.transpose(0, 2, 1)[ended].any()
    assert not cache.s[1:].transpose(0, 2, 1)[ended].any()


@each_network
def test_trace_is_the_forward_pass(spec: NetworkSpec) -> None:
    parameters = initial_parameters(spec, np.random.default_rng(2))
    batch = random_batch((6, 2, 4))
    read = forward(spec, parameters, batch)
    for column, length in enumerate(batch.lengths):
        ids = batch.ids[:length, column]
        seen = trace(spec, parameters, ids)
        np.testing.assert_allclose(seen.a, read.cache.a[:length, :, column], atol=1e-6)
        np.testing.assert_allclose(seen.s, read.cache.s[1 : length + 1, :, column], atol=1e-6)
        np.testing.assert_allclose(seen.y[-1], read.y[:, column], atol=1e-6)

        alone = forward(spec, parameters, make_batch([ids]))
        np.testing.assert_array_equal(seen.s, alone.cache.s[1:, :, 0])
        np.testing.assert_array_equal(seen.z[-1], alone.z[:, 0])
        np.testing.assert_array_equal(seen.y[-1], alone.y[:, 0])
        np.testing.assert_array_equal(
            seen.y[-1], probabilities(spec, parameters, [ids])[0], strict=True
        )


@each_network
def test_trace_obeys_the_equations(spec: NetworkSpec) -> None:
    """The lecture's equations, written out step by step."""
    p = double_parameters(spec)
    seen = trace(spec, p, np.array([1, 5, 0, 9, 2]))
    b = p["rnn.bias_ih_l0"] + p["rnn.bias_hh_l0"]
    for step in range(1, len(seen) + 1):
        a = p["rnn.weight_ih_l0"] @ seen.x(step)
        a += p["rnn.weight_hh_l0"] @ seen.state_before(step) + b
        np.testing.assert_allclose(seen.a[step - 1], a, atol=1e-12)
        np.testing.assert_allclose(seen.s[step - 1], SIGMA[spec.activation](a), atol=1e-12)
        z = p["output.weight"] @ seen.s[step - 1] + p["output.bias"]
        np.testing.assert_allclose(seen.z[step - 1], z, atol=1e-12)
        np.testing.assert_allclose(seen.y[step - 1], np.exp(z) / np.exp(z).sum(), atol=1e-12)


def test_trace_names_shapes_and_read_only_arrays() -> None:
    spec = network(embedding=None)
    parameters = initial_parameters(spec, np.random.default_rng(0))
    seen = trace(spec, parameters, np.array([1, 4, 0, 2]))
    shapes = {name: array.shape for name, array in seen.quantities().items()}
    assert shapes == {
        "ids": (4,),
        "x_l0": (4, L),
        "s_0_l0": (H,),
        "a_l0": (4, H),
        "s_l0": (4, H),
        "z": (4, C),
        "y": (4, C),
    }
    assert all(name.removesuffix("_l0") in QUANTITIES for name in shapes)
    for array in (*seen.quantities().values(), seen.parameters.flat, seen.x(1)):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert seen.prediction == seen.y[-1].argmax()
    np.testing.assert_allclose(seen.y.sum(axis=1), 1, rtol=1e-6)
    for step in (0, 5):
        with pytest.raises(IndexError):
            seen.x(step)

    before = seen.parameters.flat.copy()
    parameters.flat[...] = 0
    np.testing.assert_array_equal(seen.parameters.flat, before)


@each_network
def test_unknown_word_is_no_input(spec: NetworkSpec) -> None:
    p = double_parameters(spec)
    seen = trace(spec, p, np.array([0, 0]))
    assert not seen.x_all().any()
    np.testing.assert_array_equal(seen.a[0], p["rnn.bias_ih_l0"] + p["rnn.bias_hh_l0"])
    unknown = make_batch([np.zeros(3, np.int32)], np.array([1]))
    gradients = loss_and_gradients(spec, p, unknown).gradients
    assert not gradients["rnn.weight_ih_l0"].any()
    if spec.embedding is not None:
        assert not gradients["embedding.weight"].any()


def test_word_beyond_the_vocabulary_is_refused() -> None:
    for embedding in (None, 4):
        spec = network(embedding=embedding)
        with pytest.raises(IndexError):
            trace(spec, double_parameters(spec), np.array([L + 1]))


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(1, 8))
def test_probabilities_are_in_the_order_of_the_sentences(
    lengths: list[int], batch_size: int
) -> None:
    spec = network()
    parameters = double_parameters(spec)
    words = sentences(lengths, np.random.default_rng(4))
    found = probabilities(spec, parameters, words, batch_size)
    assert found.shape == (len(words), C)
    for row, ids in enumerate(words):
        np.testing.assert_allclose(found[row], trace(spec, parameters, ids).y[-1], rtol=1e-10)


def test_probabilities_can_be_cancelled() -> None:
    spec = network()
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) == 3

    words = sentences([3] * 20, np.random.default_rng(0))
    with pytest.raises(Cancelled):
        probabilities(spec, double_parameters(spec), words, 4, cancelled)
    assert len(asked) == 3


@each_network
def test_five_thousand_words(spec: NetworkSpec) -> None:
    parameters = initial_parameters(spec, np.random.default_rng(0))
    words = sentences([5000, 3], np.random.default_rng(0))
    result = loss_and_gradients(spec, parameters, make_batch(words, np.array([0, 1])))
    assert np.isfinite(result.loss)
    assert np.isfinite(result.gradients.flat).all()
    assert trace(spec, parameters, words[0]).s.shape == (5000, H)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_network
def test_dtype_of_the_parameters_rules(spec: NetworkSpec, dtype: type) -> None:
    parameters = initial_parameters(spec, np.random.default_rng(0), dtype)
    batch = random_batch((3, 1))
    read = forward(spec, parameters, batch)
    result = loss_and_gradients(spec, parameters, batch)
    for array in (read.cache.a, read.cache.s, read.z, read.y, result.probabilities):
        assert array.dtype == dtype
    assert result.gradients.dtype == dtype
    seen = trace(spec, parameters, batch.ids[:, 0]).quantities()
    assert {array.dtype for name, array in seen.items() if name != "ids"} == {np.dtype(dtype)}


def test_large_scores_give_a_finite_loss() -> None:
    spec = network()
    parameters = initial_parameters(spec, np.random.default_rng(0))
    parameters["output.bias"][...] = [0.0, 500.0, -500.0]
    result = loss_and_gradients(spec, parameters, make_batch([np.array([1])], np.array([2])))
    assert result.loss == pytest.approx(1000, abs=5)
    assert np.isfinite(result.gradients.flat).all()


def test_long_sentences_are_read_in_smaller_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = network()
    parameters = double_parameters(spec)
    words = sentences([9, 2, 1, 8, 8], np.random.default_rng(0))
    whole = probabilities(spec, parameters, words)
    sizes = []

    def watched(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> Forward:
        sizes.append(batch.ids.size)
        return forward(spec, parameters, batch)

    monkeypatch.setattr(model, "forward", watched)
    monkeypatch.setattr(model, "_MOST_WORDS", 20)
    np.testing.assert_allclose(probabilities(spec, parameters, words), whole, rtol=1e-12)
    assert len(sizes) > 1
    assert max(sizes) <= 20


def test_batch_without_classes_has_no_loss() -> None:
    spec = network()
    with pytest.raises(IndexError, match="not known"):
        loss_and_gradients(spec, double_parameters(spec), make_batch([np.array([1])]))
