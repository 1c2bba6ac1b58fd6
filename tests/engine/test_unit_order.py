"""Orders of units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine import unit_order
from rnnstudio.engine.trace import trace
from rnnstudio.engine.unit_order import by_change, by_class_weight, by_similarity
from tests.engine.cases import C, H
from tests.engine.networks import NETWORKS, sentence, weights


def test_by_change() -> None:
    still = np.array([[1.0, 1.0, 1.0], [0.0, 0.5, -0.5], [0.0, 0.2, 0.2]]).T
    assert by_change(still).tolist() == [1, 2, 0]
    moving = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, -2.0], [5.0, 5.0]]).T
    assert by_change(moving).tolist() == [2, 1, 0, 3]
    assert by_change(moving, np.array([0.0, 0.0, 0.0, 0.0])).tolist() == [3, 2, 1, 0]
    assert by_change(moving[:1]).tolist() == [0, 1, 2, 3]
    assert by_change(np.array([[0.0, np.nan], [0.0, 1.0], [np.inf, np.inf]]).T).tolist() == [
        1,
        0,
        2,
    ]


@pytest.mark.parametrize("name", ["gru", "lstm both", "rnn two layers both label"])
def test_by_class_weight(name: str) -> None:
    spec = NETWORKS[name]
    p = weights(spec)
    seen = trace(spec, p, sentence(spec))
    V = p["output.weight"]  # noqa: N806
    for direction in range(spec.directions):
        own = V[1, direction * H : (direction + 1) * H]
        order = by_class_weight(seen, 1, direction=direction)
        assert (np.diff(own[order]) <= 0).all()
        assert sorted(order.tolist()) == list(range(H))
    read = by_class_weight(seen, 1, quantity="m")
    assert (np.diff(V[1, read]) <= 0).all()
    assert len(read) == spec.features
    if spec.layers > 1:
        assert by_class_weight(seen, 1, 0, 1).tolist() == list(range(H))
    for label in (-1, C):
        with pytest.raises(IndexError):
            by_class_weight(seen, label)
    with pytest.raises(IndexError):
        by_class_weight(seen, 1, spec.layers)


def mixed(units: int, steps: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Units of three kinds that go up and down together, shuffled; and the kind of each."""
    rng = np.random.default_rng(4)
    kinds = rng.permutation(np.arange(units) % 3)
    courses = np.linalg.qr(rng.standard_normal((steps, 4)))[0].T[:3]
    noise = 0.05 * rng.standard_normal((units, steps))
    return (courses[kinds] * rng.uniform(0.5, 3, (units, 1)) + noise).T, kinds


@pytest.mark.parametrize("units", [3, 12, 64, 200])
def test_similar_units_stand_together(units: int) -> None:
    values, kinds = mixed(units)
    order = by_similarity(values)
    assert sorted(order.tolist()) == list(range(units))
    assert np.count_nonzero(np.diff(kinds[order])) == 2
    assert not order.flags.writeable


def test_clusters_are_those_of_average_linkage() -> None:
    """The chain gives the tree of the greedy way: each cluster stands together in the order."""
    values = np.random.default_rng(7).standard_normal((6, 15))
    order = by_similarity(values).tolist()
    apart = np.asarray(1 - np.corrcoef(values.T))
    clusters = [[unit] for unit in range(15)]
    while len(clusters) > 1:
        pairs = [(a, b) for a in range(len(clusters)) for b in range(a)]
        a, b = min(pairs, key=lambda pair: apart[np.ix_(*(clusters[k] for k in pair))].mean())
        merged = clusters[a] + clusters[b]
        clusters = [one for k, one in enumerate(clusters) if k not in (a, b)] + [merged]
        stand = sorted(order.index(unit) for unit in merged)
        assert stand[-1] - stand[0] == len(merged) - 1


def test_many_units_are_projected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_order, "_MOST_CLUSTERED", 10)
    rng = np.random.default_rng(4)
    course, signs = rng.standard_normal(12), np.where(np.arange(20) % 2, 1, -1)
    values = (course * signs[:, None] + 0.1 * rng.standard_normal((20, 12))).T
    order = by_similarity(values)
    assert sorted(order.tolist()) == list(range(20))
    assert np.count_nonzero(np.diff(signs[order])) == 1


@given(st.integers(0, 9), st.integers(0, 4), st.sampled_from([0.0, 1.0, np.nan, np.inf, 1e30]))
def test_any_numbers_give_an_order(units: int, steps: int, odd: float) -> None:
    values = np.random.default_rng(1).standard_normal((steps, units)).astype(np.float32)
    values[:, ::3] = odd
    assert sorted(by_similarity(values).tolist()) == list(range(units))
    if steps:
        assert sorted(by_change(values).tolist()) == list(range(units))


def test_units_that_never_change_keep_their_order() -> None:
    assert by_similarity(np.ones((5, 6))).tolist() == list(range(6))
