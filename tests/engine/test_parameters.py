"""Parameters: one vector, named views, PyTorch's names and first values."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.network import NetworkSpec
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


def test_first_values() -> None:
    spec = NetworkSpec(500, 2, 64, 40)
    parameters = initial_parameters(spec, np.random.default_rng(0))
    embedding = parameters["embedding.weight"]
    assert embedding.mean() == pytest.approx(0, abs=0.002)
    assert embedding.std() == pytest.approx(0.1, abs=0.002)
    for name, array in parameters.items():
        if name != "embedding.weight":
            assert np.abs(array).max() <= 1 / 8
            assert name == "output.bias" or np.abs(array).max() > 0.1
    again = initial_parameters(spec, np.random.default_rng(0))
    np.testing.assert_array_equal(again.flat, parameters.flat)
