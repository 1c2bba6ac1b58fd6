"""Parameters: one vector, named views, PyTorch's names and first values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.network import GATES, Cell, NetworkSpec
from rnnstudio.engine.notation import QUANTITIES
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.errors import RnnStudioError
from tests.engine.cases import C, E, H, L, double_parameters, network


def test_names_shapes_and_count() -> None:
    assert network().parameter_shapes() == {
        "embedding.weight": (L, E),
        "rnn.weight_ih_l0": (H, E),
        "rnn.weight_hh_l0": (H, H),
        "rnn.bias_ih_l0": (H,),
        "rnn.bias_hh_l0": (H,),
        "output.weight": (C, H),
        "output.bias": (C,),
    }
    one_hot = network(embedding=None)
    assert list(one_hot.parameter_shapes()) == list(network().parameter_shapes())[1:]
    assert one_hot.parameter_shapes()["rnn.weight_ih_l0"] == (H, L)
    assert one_hot.parameter_count == H * L + H * H + 2 * H + C * H + C


def test_every_parameter_is_in_the_notation_table() -> None:
    known = {quantity.parameter for quantity in QUANTITIES.values()}
    for name in network().parameter_shapes():
        assert name.removesuffix("_l0") in known


@pytest.mark.parametrize(
    ("vocabulary", "classes", "units", "embedding"), [(0, 2, 2, 2), (3, 0, 2, 2), (3, 2, 0, None)]
)
def test_sizes_below_one_are_refused(
    vocabulary: int, classes: int, units: int, embedding: int | None
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        NetworkSpec(vocabulary, classes, units, embedding)


def test_views_share_the_vector() -> None:
    parameters = double_parameters(network())
    parameters["rnn.bias_hh_l0"][...] = 7
    assert np.count_nonzero(parameters.flat == 7) == H
    np.testing.assert_array_equal(
        parameters.flat, np.concatenate([array.ravel() for array in parameters.values()])
    )
    copied, frozen = parameters.copy(), parameters.frozen()
    assert frozen.frozen() is frozen
    parameters.flat[...] = 0
    assert np.count_nonzero(copied.flat == 7) == H
    assert np.count_nonzero(frozen["rnn.bias_hh_l0"] == 7) == H
    with pytest.raises(ValueError, match="read-only"):
        frozen["rnn.bias_hh_l0"][0] = 1


def test_arrays_in_and_out() -> None:
    spec = network()
    parameters = double_parameters(spec)
    shuffled = {name: parameters[name] for name in reversed(list(parameters))}
    again = Parameters.from_arrays(shuffled, np.float64, spec.parameter_shapes())
    np.testing.assert_array_equal(again.flat, parameters.flat)
    assert Parameters.from_arrays(parameters).dtype == np.float32


def test_arrays_of_another_network_are_named() -> None:
    parameters = double_parameters(network())
    shapes = network().parameter_shapes()
    some = {name: parameters[name] for name in parameters if name != "output.bias"}
    with pytest.raises(RnnStudioError, match=r"lack output\.bias"):
        Parameters.from_arrays(some, np.float32, shapes)
    with pytest.raises(RnnStudioError, match=r"rnn\.weight_hh_l0 has the shape \(2, 2\)"):
        Parameters.from_arrays(
            {**parameters, "rnn.weight_hh_l0": np.zeros((2, 2))}, np.float32, shapes
        )
    with pytest.raises(RnnStudioError, match="hold more"):
        Parameters.from_arrays({**parameters, "more": np.zeros(1)}, np.float32, shapes)
    with pytest.raises(ValueError, match="needed"):
        Parameters(np.zeros(3), shapes)


def first_values(spec: NetworkSpec, seed: int = 0) -> Parameters:
    """Fresh weights, drawn in the same way each time."""
    parameters = initial_parameters(spec, np.random.default_rng(seed))
    again = initial_parameters(spec, np.random.default_rng(seed))
    np.testing.assert_array_equal(again.flat, parameters.flat)
    assert parameters.dtype == np.float32
    other = initial_parameters(spec, np.random.default_rng(seed + 1))
    assert (other.flat != parameters.flat).any()
    return parameters


def uniform(values: FloatArray, bound: float) -> None:
    """Fail unless many numbers could come from U(−bound, bound)."""
    count = values.size
    assert np.abs(values).max() <= bound * (1 + 1e-6)
    assert np.abs(values).max() >= bound * (1 - 12 / count)
    assert abs(values.mean()) < 4 * bound / np.sqrt(3 * count)
    assert values.std() == pytest.approx(bound / np.sqrt(3), rel=6 / np.sqrt(count))


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("embedding", [None, 40])
def test_first_values_of_recurrent_networks(cell: Cell, embedding: int | None) -> None:
    """PyTorch's: U(±1/√H) for the cells and for the output, whose inputs are H or 2H."""
    spec = NetworkSpec(500, 7, 64, embedding, cell=cell, layers=2, bidirectional=True)
    parameters = first_values(replace(spec, train_initial_state=True))
    for name, values in parameters.items():
        if name == "embedding.weight":
            assert values.mean() == pytest.approx(0, abs=0.003)
            assert values.std() == pytest.approx(0.1, abs=0.003)
        elif name.startswith("initial."):
            assert not values.any()
        elif name != "output.bias":
            uniform(values, 1 / 8)
    assert np.abs(parameters["output.bias"]).max() <= 1 / 8
    assert parameters["output.bias"].all()


@pytest.mark.parametrize("cell", [cell for cell in Cell if not cell.recurrent])
@pytest.mark.parametrize("embedding", [None, 25])
def test_first_values_without_memory(cell: Cell, embedding: int | None) -> None:
    """As `torch.nn.Linear`: U(±1/√n) for n inputs, which grow from step to step with `history`."""
    spec = NetworkSpec(100, 3, 49, embedding, cell=cell, longest=4 if cell.has_length else None)
    parameters = first_values(spec)
    size = embedding or 100
    for step in range(1, 5) if cell.has_length else (0,):
        name = f"step.{step}" if step else "step"
        inputs = size * step if cell is Cell.HISTORY else size
        assert parameters[f"{name}.weight"].shape == (49, inputs)
        uniform(parameters[f"{name}.weight"], 1 / np.sqrt(inputs))
        uniform(parameters[f"{name}.bias"], 1 / np.sqrt(inputs))
    uniform(parameters["output.weight"], 1 / 7)


def test_first_values_of_frames() -> None:
    spec = NetworkSpec(0, 3, 64, frames=40)
    uniform(first_values(spec)["rnn.weight_ih_l0"], 1 / 8)


@pytest.mark.parametrize("forget_bias", [1.0, 0.0, -2.5])
def test_forget_bias(forget_bias: float) -> None:
    """In bias_ih of every layer and direction, with 0 in bias_hh; all else is as it was."""
    spec = NetworkSpec(20, 3, 16, 8, cell=Cell.LSTM, layers=2, bidirectional=True)
    plain = first_values(spec)
    parameters = first_values(replace(spec, forget_bias=forget_bias))
    forget = slice(16, 32)
    for name, values in parameters.items():
        if "bias_ih" in name or "bias_hh" in name:
            assert (values[forget] == (forget_bias if "bias_ih" in name else 0.0)).all()
            values[forget] = plain[name][forget]
        np.testing.assert_array_equal(values, plain[name])


def test_forget_bias_is_for_the_lstm_alone() -> None:
    for cell in (Cell.RNN, Cell.GRU):
        spec = NetworkSpec(20, 3, 16, 8, cell=cell)
        found = first_values(replace(spec, forget_bias=1.0))
        np.testing.assert_array_equal(found.flat, first_values(spec).flat)
