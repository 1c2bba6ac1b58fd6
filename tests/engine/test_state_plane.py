"""The plane of the states and the classes that are answered there."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.state_plane import Extent, StatePlane, output_part, regions
from rnnstudio.engine.states import collect_states
from rnnstudio.engine.trace import trace
from tests.engine.cases import C, H, L
from tests.engine.networks import NETWORKS, STEPS, sentence, weights


def flat_states() -> FloatArray:
    """States that lie in a plane, far from 0."""
    rng = np.random.default_rng(2)
    axes = np.linalg.qr(rng.standard_normal((H, 2)))[0].T
    states: FloatArray = 3.0 + rng.standard_normal((40, 2)) * [2.0, 1.0] @ axes
    return states


def test_path_is_where_the_states_are() -> None:
    states = flat_states()
    plane = StatePlane.of(states)
    path = plane.path(states)
    assert path.shape == (40, 2)
    assert plane.explained == pytest.approx(1.0)
    back = plane.projection.mean + path @ plane.projection.components
    np.testing.assert_allclose(back, states, atol=1e-12)
    with pytest.raises(ValueError, match="States"):
        plane.path(states[:, 1:])


def test_explained_is_the_share_of_the_plane() -> None:
    states = np.random.default_rng(0).standard_normal((200, H)) * [5, 4, 1, 1, 1]
    plane = StatePlane.of(states)
    path = plane.path(states)
    assert plane.explained == pytest.approx(path.var(axis=0).sum() / states.var(axis=0).sum())
    assert 0.8 < plane.explained < 1


def test_regions_are_the_answers_to_the_states_there() -> None:
    plane = StatePlane.of(flat_states())
    rng = np.random.default_rng(5)
    weights = rng.standard_normal((C, H))
    # All classes are even where the mean is.
    bias = -weights @ plane.projection.mean
    extent = Extent(-4.0, 4.0, -2.0, 3.0)
    grid = regions(weights, bias, plane, extent, 20)
    assert grid.shape == (20, 20)
    assert len(np.unique(grid)) == C
    for row in range(20):
        for column in range(20):
            x = -4.0 + (column + 0.5) * 0.4
            y = -2.0 + (row + 0.5) * 0.25
            state = plane.projection.mean + [x, y] @ plane.projection.components
            assert grid[row, column] == (weights @ state + bias).argmax()


@pytest.mark.parametrize(
    "name", ["gru", "rnn mean", "lstm max", "gru both", "lstm both mean", "gru both label one-hot"]
)
def test_the_answer_stands_on_its_class(name: str) -> None:
    """What is read is a function of m alone, and of one direction with the other held."""
    spec = NETWORKS[name]
    p = weights(spec)
    seen = trace(spec, p, sentence(spec))
    for step in range(1, STEPS + 1):
        whole = output_part(seen, step)
        np.testing.assert_allclose(whole.weights @ seen.m[step - 1] + whole.bias, seen.z[step - 1])
        for direction in range(spec.directions):
            part = output_part(seen, step, direction)
            own = seen.m[step - 1, direction * H : (direction + 1) * H]
            assert part.weights.shape == (C, H)
            np.testing.assert_allclose(part.weights @ own + part.bias, seen.z[step - 1])
    with pytest.raises(IndexError):
        output_part(seen, STEPS + 1)
    with pytest.raises(IndexError):
        output_part(seen, 1, 2)


def test_a_network_in_its_plane() -> None:
    """With two units nothing lies beside the plane: each state is where its class is answered."""
    spec = NETWORKS["gru"]
    spec = type(spec)(L, C, 2, 3, cell=spec.cell)
    p = weights(spec)
    p["output.weight"][...] *= 20
    given = [np.random.default_rng(n).integers(1, L + 1, 8).astype(np.int32) for n in range(20)]
    plane = StatePlane.of(collect_states(spec, p, given, "m").values)
    seen = trace(spec, p, given[3])
    path = plane.path(seen.m)
    extent = Extent.around(path)
    resolution = 800
    part = output_part(seen, len(seen))
    grid = regions(*part, plane, extent, resolution)
    columns = (path[:, 0] - extent.left) / (extent.right - extent.left) * resolution
    rows = (path[:, 1] - extent.bottom) / (extent.top - extent.bottom) * resolution
    # Within a cell of a border the middle of the cell may be answered differently.
    answered = grid[rows.astype(int), columns.astype(int)]
    margins = np.sort(seen.z, axis=1)
    clear = margins[:, -1] - margins[:, -2] > 0.1
    assert clear.sum() >= 4
    np.testing.assert_array_equal(answered[clear], seen.predictions[clear])


def test_extent_holds_its_points() -> None:
    extent = Extent.around(
        np.array([[0.0, 1.0], [10.0, 3.0]]), np.array([[np.nan, 0.0]]), margin=0.1
    )
    assert extent == pytest.approx((-1.0, 11.0, 0.8, 3.2))
    assert Extent.around() == (-1.0, 1.0, -1.0, 1.0)
    assert Extent.around(np.array([[2.0, 3.0]]), margin=0.0) == (1.5, 2.5, 2.5, 3.5)
    line = Extent.around(np.array([[0.0, 1.0], [4.0, 1.0]]), margin=0.0)
    assert line == (0.0, 4.0, -1.0, 3.0)


def test_what_does_not_fit_is_refused() -> None:
    plane = StatePlane.of(flat_states())
    with pytest.raises(ValueError, match="units are read"):
        regions(np.zeros((C, H + 1)), np.zeros(C), plane, Extent.around())
    with pytest.raises(ValueError, match="cell"):
        regions(np.zeros((C, H)), np.zeros(C), plane, Extent.around(), 0)


def test_no_numbers_no_class() -> None:
    plane = StatePlane.of(flat_states())
    grid = regions(np.full((C, H), np.nan), np.zeros(C), plane, Extent.around(), 3)
    assert (grid == -1).all()
    nothing = StatePlane.of(np.zeros((0, H)))
    assert nothing.explained == 0
    assert (
        regions(np.zeros((C, H)), np.arange(C) * 1.0, nothing, Extent.around(), 3) == C - 1
    ).all()
