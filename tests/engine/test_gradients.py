"""Every gradient against central differences in float64, and proof that the check can fail."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType

import numpy as np
import pytest

from rnnstudio.engine import activations, elman, inputs, losses, model
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.model import forward, loss_and_gradients
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters
from tests.engine.cases import H, double_parameters, network, random_batch

TOLERANCE = 1e-6
LENGTHS = {
    "ragged": (3, 6, 1, 4, 6),
    "equal": (4, 4, 4),
    "one step": (1, 1),
    "one sentence": (5,),
    "one word": (1,),
}


def relative_error(found: FloatArray, expected: FloatArray) -> float:
    """The greatest difference, measured by the greatest gradient."""
    scale = max(float(np.abs(found).max()), float(np.abs(expected).max()), 1e-8)
    return float(np.abs(found - expected).max()) / scale


def central_differences(
    function: Callable[[], float], x: FloatArray, epsilon: float = 1e-5
) -> FloatArray:
    """∂function/∂x, where `function` reads `x`, which is changed and restored."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + epsilon
        above = function()
        x[index] = kept - epsilon
        below = function()
        x[index] = kept
        gradient[index] = (above - below) / (2 * epsilon)
    return gradient


def errors(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> dict[str, float]:
    """The relative error of the gradient of each parameter."""

    def loss() -> float:
        return losses.cross_entropy(forward(spec, parameters, batch).z, batch.targets)

    gradients = loss_and_gradients(spec, parameters, batch).gradients
    return {
        name: relative_error(gradients[name], central_differences(loss, parameters[name]))
        for name in parameters
    }


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@pytest.mark.parametrize("embedding", [None, 4], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("activation", Activation)
def test_every_parameter(
    activation: Activation, embedding: int | None, lengths: Sequence[int]
) -> None:
    spec = network(activation, embedding)
    found = errors(spec, double_parameters(spec), random_batch(lengths))
    assert max(found.values()) < TOLERANCE, found


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@pytest.mark.parametrize("activation", Activation)
def test_input_product_initial_state_and_states_of_every_step(
    activation: Activation, lengths: Sequence[int]
) -> None:
    """The cell alone, with a loss that reads every state, s_0 included."""
    spec = network(activation)
    parameters = double_parameters(spec)
    batch = random_batch(lengths)
    rng = np.random.default_rng(3)
    ux = rng.standard_normal((len(batch.ids), H, batch.size))
    s_0 = rng.standard_normal((H, batch.size))
    asked = np.concatenate([np.ones((1, batch.size), bool), batch.real])[:, None, :]
    wanted = rng.standard_normal((len(batch.ids) + 1, H, batch.size)) * asked

    def read() -> elman.ElmanCache:
        return elman.forward(spec, parameters, "l0", ux.copy(), s_0, batch)

    def loss() -> float:
        return float((read().s * wanted).sum())

    gradients = Parameters.zeros(parameters.shapes, np.float64)
    ds = wanted.copy()
    da = elman.backward(spec, parameters, "l0", read(), ds, batch, gradients)

    assert relative_error(da, inputs.by_word(central_differences(loss, ux), batch)) < TOLERANCE
    assert relative_error(ds[0], central_differences(loss, s_0)) < TOLERANCE
    for name in ("rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"):
        expected = central_differences(loss, parameters[name])
        assert relative_error(gradients[name], expected) < TOLERANCE, name


# One mistake each: module, function, a piece of its source, and what a slip might make of it.
SLIPS = [
    (elman, "backward", "W.T @ da_t", "W @ da_t"),
    (elman, "backward", "ds_before += ", "ds_before -= "),
    (elman, "backward", "slope[t, :, :n]", "slope[t - 1, :, :n]"),
    (elman, "backward", "cache.s[:-1]", "cache.s[1:]"),
    (elman, "backward", "np.sum(da_words, axis=0", "np.mean(da_words, axis=0"),
    (inputs, "input_gradients", "x[words == UNKNOWN_ID] = 0.0", "pass"),
    (inputs, "_sum_by_word", "counts == 1", "counts >= 2"),
    (inputs, "_sum_by_word", "np.add.reduceat", "np.maximum.reduceat"),
    (model, "loss_and_gradients", "ds[batch.lengths,", "ds[batch.lengths - 1,"),
    (model, "loss_and_gradients", "np.sum(dz, axis=1", "np.max(dz, axis=1"),
    (losses, "cross_entropy_gradient", "dz /= len(targets)", "pass"),
    (losses, "cross_entropy_gradient", "-= 1.0", "-= 0.9"),
]


@pytest.mark.parametrize(
    ("module", "function", "right", "wrong"), SLIPS, ids=[f"{s[1]}: {s[3]}" for s in SLIPS]
)
def test_check_finds_a_slip(
    module: ModuleType, function: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = inspect.getsource(getattr(module, function))
    assert right in source
    scope = dict(vars(module))
    exec(source.replace(right, wrong), scope)
    for user in (module, model):
        if hasattr(user, function):
            monkeypatch.setattr(user, function, scope[function])

    check = loss_and_gradients if function != "loss_and_gradients" else scope[function]
    monkeypatch.setitem(globals(), "loss_and_gradients", check)
    spec = network()
    found = errors(spec, double_parameters(spec), random_batch(LENGTHS["ragged"]))
    assert max(found.values()) > 1000 * TOLERANCE, found


@pytest.mark.parametrize("activation", Activation)
def test_check_finds_a_wrong_slope(activation: Activation, monkeypatch: pytest.MonkeyPatch) -> None:
    slopes = {**activations.SLOPE, activation: lambda s: 1.0 - s}
    monkeypatch.setattr(elman, "SLOPE", slopes)
    spec = network(activation)
    found = errors(spec, double_parameters(spec), random_batch(LENGTHS["ragged"]))
    assert found["rnn.weight_hh_l0"] > 1000 * TOLERANCE
