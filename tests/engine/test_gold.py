"""Forward values, gradients and ten steps of each optimiser equal PyTorch's.

The files were made once by `gold/make_gold.py`, in float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.model import forward, loss_and_gradients
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.optimizers import OPTIMIZERS, OptimizerName, clip, norm
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import trace

FILES = sorted((Path(__file__).parent / "gold").glob("*.npz"))
# The same as in make_gold.py.
CLIP, RATES = 0.25, {OptimizerName.ADAM: 0.01, OptimizerName.SGD: 0.3}
Dtype = type[np.float32] | type[np.float64]
TOLERANCE: dict[Dtype, float] = {np.float32: 1e-5, np.float64: 1e-10}

Gold = dict[str, npt.NDArray[Any]]


def part(gold: Gold, prefix: str) -> dict[str, npt.NDArray[Any]]:
    """The entries under a prefix, without it."""
    return {key.removeprefix(prefix): gold[key] for key in gold if key.startswith(prefix)}


def close(found: npt.ArrayLike, expected: npt.NDArray[Any], dtype: Dtype) -> None:
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(np.asarray(found), expected, rtol=tolerance, atol=tolerance)


@pytest.fixture(params=FILES, ids=[file.stem for file in FILES])
def gold(request: pytest.FixtureRequest) -> Gold:
    with np.load(request.param) as file:
        values: Gold = dict(file)
    values["activation"] = np.array(request.param.stem.split("_")[0])
    return values


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> Dtype:
    return request.param  # type: ignore[no-any-return]


def setting(gold: Gold, dtype: Dtype) -> tuple[NetworkSpec, Parameters, Batch]:
    start: Mapping[str, npt.NDArray[Any]] = part(gold, "start.")
    embedding = start.get("embedding.weight")
    units, inputs = start["rnn.weight_ih_l0"].shape
    spec = NetworkSpec(
        vocabulary_size=inputs if embedding is None else len(embedding),
        classes=len(start["output.bias"]),
        units=units,
        embedding=None if embedding is None else inputs,
        activation=Activation(str(gold["activation"])),
    )
    batch = make_batch(list(part(gold, "ids.").values()), gold["targets"])
    return spec, Parameters.from_arrays(start, dtype, spec.parameter_shapes()), batch


def test_there_are_six_files() -> None:
    assert len(FILES) == 6


def test_states_logits_loss_and_gradients(gold: Gold, dtype: Dtype) -> None:
    spec, parameters, batch = setting(gold, dtype)
    read = forward(spec, parameters, batch)
    for column, row in enumerate(batch.rows):
        states = gold[f"states.{row}"]
        close(read.cache.s[1 : len(states) + 1, :, column], states, dtype)
        close(trace(spec, parameters, gold[f"ids.{row}"]).s, states, dtype)
    close(read.z.T, gold["logits"][batch.rows], dtype)

    result = loss_and_gradients(spec, parameters, batch)
    assert result.gradients.dtype == dtype
    close(result.loss, gold["loss"], dtype)
    for name, gradient in part(gold, "gradient.").items():
        close(result.gradients[name], gradient, dtype)


@pytest.mark.parametrize("name", OptimizerName)
def test_ten_steps_with_clipping(gold: Gold, dtype: Dtype, name: OptimizerName) -> None:
    spec, parameters, batch = setting(gold, dtype)
    optimizer = OPTIMIZERS[name](parameters.flat)
    losses, norms = [], []
    for _ in range(10):
        result = loss_and_gradients(spec, parameters, batch)
        gradient = result.gradients.flat
        losses.append(result.loss)
        norms.append(norm(gradient))
        clip(gradient, norms[-1], CLIP)
        optimizer.update(parameters.flat, gradient, RATES[name])
    assert max(norms) > CLIP, "nothing was clipped"
    close(losses, gold[f"{name}.losses"], dtype)
    close(norms, gold[f"{name}.norms"], dtype)
    for key, weights in part(gold, f"{name}.end.").items():
        close(parameters[key], weights, dtype)
