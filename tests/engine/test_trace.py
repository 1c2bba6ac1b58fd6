"""A trace is the forward pass, and the forward pass is the equations."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.batch import make_batch
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.model import Network, TooLongError, label_probabilities, probabilities
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.notation import quantity
from rnnstudio.engine.trace import batch_of, trace
from tests.engine import plain
from tests.engine.cases import C, H, L
from tests.engine.networks import NETWORKS, STEPS, sentence, weights

each_network = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())


@each_network
def test_every_quantity_obeys_the_equations(spec: NetworkSpec) -> None:
    p, given = weights(spec), sentence(spec)
    seen = trace(spec, p, given)
    expected = plain.read(spec, p, given)
    found = seen.quantities()
    known = set(found) - {"ids", "m", "z", "y"}
    assert known == set(expected.found)
    for name in known:
        np.testing.assert_allclose(found[name], expected.found[name], atol=1e-13, err_msg=name)
    np.testing.assert_allclose(seen.z, expected.z, atol=1e-13)
    odds = np.exp(expected.z)
    np.testing.assert_allclose(seen.y, odds / odds.sum(axis=1, keepdims=True), atol=1e-13)
    m = seen.m @ p["output.weight"].T + p["output.bias"]
    np.testing.assert_allclose(m, seen.z, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_network
def test_answer_is_the_very_one_of_the_forward_pass(spec: NetworkSpec, dtype: type) -> None:
    p, given = weights(spec, dtype), sentence(spec)
    seen = trace(spec, p, given)
    network = Network(spec, p)
    z = network.forward(batch_of(spec, given))
    np.testing.assert_array_equal(seen.m[-len(z) :], network.head.read)
    asked = seen.z if spec.task is Task.LABEL else seen.z[-1:]
    np.testing.assert_array_equal(asked, z)
    np.testing.assert_array_equal(seen.y[-len(z) :], softmax(z))
    for name, array in seen.quantities().items():
        assert name == "ids" or array.dtype == dtype
    if spec.frames is None and spec.task is Task.CLASSIFY:
        np.testing.assert_array_equal(seen.y[-1], probabilities(spec, p, [seen.ids])[0])
    elif spec.frames is None:
        np.testing.assert_array_equal(seen.y, label_probabilities(spec, p, [seen.ids])[0])


@each_network
def test_names_are_in_the_notation_table_and_arrays_read_only(spec: NetworkSpec) -> None:
    seen = trace(spec, weights(spec), sentence(spec))
    for name, array in seen.quantities().items():
        assert quantity(name, spec.cell).words
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    for directions in seen.layers:
        for one in directions:
            arrays = [*one.quantities.values(), one.x, one.s_0]
            for array in arrays:
                assert not array.flags.writeable
            assert all(array.shape == (STEPS, H) for array in one.quantities.values())


@each_network
def test_states_before(spec: NetworkSpec) -> None:
    seen = trace(spec, weights(spec), sentence(spec))
    np.testing.assert_array_equal(seen.state_before(1), seen.s_0)
    np.testing.assert_array_equal(seen.state_before(3), seen.s[1])
    np.testing.assert_array_equal(seen.x(2), seen.x_all()[1])
    if not spec.cell.recurrent:
        return
    for directions in seen.layers:
        forward = directions[0]
        np.testing.assert_array_equal(forward.before("s", 1), forward.s_0)
        np.testing.assert_array_equal(forward.before("s", 4), forward.s[2])
        for reverse in directions[1:]:
            np.testing.assert_array_equal(reverse.before("s", STEPS), reverse.s_0)
            np.testing.assert_array_equal(reverse.before("s", 4), reverse.s[4])
            assert reverse.own_step(reverse.own_step(2)) == 2


def test_names_and_shapes() -> None:
    spec = NETWORKS["lstm two layers both initial"]
    shapes = {
        name: array.shape
        for name, array in trace(spec, weights(spec), sentence(spec)).quantities().items()
    }
    one_layer = dict.fromkeys(plain_names(Cell.LSTM), (STEPS, H))
    ends = ("l0", "l0_reverse", "l1", "l1_reverse")
    assert shapes == {
        "ids": (STEPS,),
        "x_l0": (STEPS, 4),
        "x_l1": (STEPS, 2 * H),
        **{f"{name}_{end}": shape for end in ends for name, shape in one_layer.items()},
        **{f"{name}_0_{end}": (H,) for end in ends for name in "sc"},
        "m": (STEPS, 2 * H),
        "z": (STEPS, C),
        "y": (STEPS, C),
    }
    assert "m" not in trace(NETWORKS["gru"], weights(NETWORKS["gru"]), np.ones(2, int)).quantities()


def plain_names(cell: Cell) -> list[str]:
    """The quantities of a layer of a recurrent cell."""
    gates = {Cell.RNN: "", Cell.GRU: "r z n", Cell.LSTM: "i f g o"}[cell].split()
    more = {Cell.RNN: ["a"], Cell.GRU: ["q"], Cell.LSTM: ["c", "tanh_c"]}[cell]
    return [*gates, *(f"a_{gate}" for gate in gates), *more, "s"]


@pytest.mark.parametrize("cell", [Cell.GRU, Cell.LSTM])
def test_last_layer_and_candidate_stand_for_the_whole(cell: Cell) -> None:
    spec = NETWORKS[f"{cell} two layers"]
    seen = trace(spec, weights(spec), sentence(spec))
    assert seen.s is seen.layers[1][0].s
    assert seen.a is seen.layers[1][0]["a_n" if cell is Cell.GRU else "a_g"]
    assert seen.prediction == seen.y[-1].argmax() == seen.predictions[-1]


def test_trace_keeps_what_it_was_made_of() -> None:
    spec = NETWORKS["rnn frames"]
    p, frames = weights(spec), sentence(spec)
    seen = trace(spec, p, frames)
    before = seen.parameters.flat.copy(), seen.x_all().copy()
    p.flat[...] = 0
    frames[...] = 0
    np.testing.assert_array_equal(seen.parameters.flat, before[0])
    np.testing.assert_array_equal(seen.x_all(), before[1])
    assert not seen.ids.any()


@pytest.mark.parametrize("reverse", [False, True])
def test_of_equal_states_the_first_counts(reverse: bool) -> None:
    spec = NETWORKS["rnn both max"]
    assert spec.read is Reading.MAX
    p = weights(spec)
    p.flat[...] = 0
    seen = trace(spec, p, sentence(spec))
    steps = seen.greatest_steps[:, H if reverse else 0]
    assert steps.tolist() == (list(range(STEPS, 0, -1)) if reverse else [1] * STEPS)


def test_what_is_not_there_is_refused() -> None:
    spec = NETWORKS["rnn"]
    p = weights(spec)
    seen = trace(spec, p, sentence(spec))
    for step in (0, STEPS + 1):
        with pytest.raises(IndexError):
            seen.x(step)
    with pytest.raises(IndexError):
        seen.layer(1)
    with pytest.raises(IndexError):
        seen.layer(0, 1)
    with pytest.raises(IndexError):
        trace(spec, p, np.array([L + 1]))
    with pytest.raises(ValueError, match="one word"):
        trace(spec, p, np.zeros(0, int))
    frames = NETWORKS["rnn frames"]
    with pytest.raises(ValueError, match="Frames"):
        trace(frames, weights(frames), np.zeros((3, 9)))
    history = NETWORKS["history"]
    with pytest.raises(TooLongError):
        trace(history, weights(history), np.ones(STEPS + 2, int))


def test_trace_of_a_batch_of_many_is_close() -> None:
    """Padding and other sentences beside it change no more than rounding."""
    spec = NETWORKS["gru two layers both initial"]
    p = weights(spec)
    words = [np.array([3, 1, 4, 1, 5]), np.array([9, 2])]
    z = Network(spec, p).forward(make_batch(words))
    for row, ids in zip(z, words, strict=True):
        np.testing.assert_allclose(trace(spec, p, ids).z[-1], row, atol=1e-12)
