"""The check of single weights agrees with the gradients, and finds wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine import gradient_check
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.flow import example
from rnnstudio.engine.gradient_check import check_gradient
from rnnstudio.engine.losses import Objective
from rnnstudio.engine.model import LossAndGradients, loss_and_gradients
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from tests.engine.cases import C
from tests.engine.networks import NETWORKS, STEPS, sentence, weights

each_network = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())


def batch(spec: NetworkSpec) -> Batch:
    """The sentence with its class, or a class for each word but the first."""
    tags = np.arange(-1, STEPS - 1) % (C + 1) - 1
    return example(spec, sentence(spec), tags if spec.task is Task.LABEL else 2)


@each_network
def test_every_kind_of_weight(spec: NetworkSpec) -> None:
    """One weight of every parameter, in float64 though the network computes in float32."""
    p = weights(spec, np.float32)
    before = p.flat.copy()
    for name, shape in p.shapes.items():
        index = tuple(size // 2 for size in shape)
        found = check_gradient(spec, p, batch(spec), name, index)
        assert (found.name, found.index, found.weight) == (name, index, float(p[name][index]))
        assert found.relative_error < 1e-6 or abs(found.numeric - found.analytic) < 1e-10
        assert found.numeric == (found.loss_above - found.loss_below) / (2 * found.epsilon)
        assert found.loss == pytest.approx((found.loss_above + found.loss_below) / 2, abs=1e-8)
    np.testing.assert_array_equal(p.flat, before)


def test_loss_and_gradient_are_those_of_training() -> None:
    spec = NETWORKS["lstm label"]
    p = weights(spec)
    objective = Objective(label_smoothing=0.1)
    found = check_gradient(
        spec, p, batch(spec), "rnn.weight_hh_l0", (7, 3), objective=objective, epsilon=1e-4
    )
    expected = loss_and_gradients(spec, p, batch(spec), objective)
    assert found.loss == expected.loss
    assert found.analytic == expected.gradients["rnn.weight_hh_l0"][7, 3]
    assert found.epsilon == 1e-4
    assert found.relative_error < 1e-6


def test_a_wrong_gradient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*arguments: object) -> LossAndGradients:
        result = loss_and_gradients(*arguments)  # type: ignore[arg-type]
        result.gradients.flat[...] *= 1.001
        return result

    monkeypatch.setattr(gradient_check, "loss_and_gradients", wrong)
    spec = NETWORKS["gru"]
    found = check_gradient(spec, weights(spec), batch(spec), "output.weight", (0, 0))
    assert found.relative_error == pytest.approx(0.001, rel=0.01)


@pytest.mark.parametrize(
    ("name", "index", "epsilon", "error"),
    [
        ("nothing", (0,), 1e-5, KeyError),
        ("output.bias", (C,), 1e-5, IndexError),
        ("output.bias", (-1,), 1e-5, IndexError),
        ("output.bias", (0, 0), 1e-5, ValueError),
        ("output.bias", (0,), 0.0, ValueError),
    ],
)
def test_what_is_not_there_is_refused(
    name: str, index: tuple[int, ...], epsilon: float, error: type[Exception]
) -> None:
    spec = NETWORKS["rnn"]
    with pytest.raises(error):
        check_gradient(spec, weights(spec), batch(spec), name, index, epsilon)


def test_parameters_of_a_check_are_its_own() -> None:
    spec = NETWORKS["rnn"]
    frozen = weights(spec, np.float32).frozen()
    assert isinstance(frozen, Parameters)
    check_gradient(spec, frozen, batch(spec), "output.bias", (0,))
