"""Orders of classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.class_order import ClassOrder, by_confusion, by_name, by_size, class_order


def mixed_up(kinds: np.ndarray, seed: int = 3) -> np.ndarray:
    """Counts (C, C) in which classes of a kind are taken for each other, of different sizes."""
    rng = np.random.default_rng(seed)
    alike = kinds[:, None] == kinds
    shares = np.where(alike, 20, 1) + 40 * np.eye(len(kinds)) + rng.random(alike.shape)
    counts: np.ndarray = (shares * rng.integers(1, 50, (len(kinds), 1))).astype(np.int64)
    return counts


def test_by_size_and_by_name() -> None:
    counts = np.array([[1, 1, 0], [0, 5, 2], [2, 0, 0]])
    assert by_size(counts).tolist() == [1, 0, 2]
    names = ["step 10", "Step 9", "alpha", "Beta", "step 9", "", "10", "9"]
    assert [names[c] for c in by_name(names)] == [
        "",
        "9",
        "10",
        "alpha",
        "Beta",
        "Step 9",
        "step 9",
        "step 10",
    ]


@pytest.mark.parametrize("classes", [6, 18, 100])
def test_classes_that_are_mixed_up_stand_together(classes: int) -> None:
    kinds = np.random.default_rng(1).permutation(np.arange(classes) % 3)
    order = by_confusion(mixed_up(kinds))
    assert sorted(order.tolist()) == list(range(classes))
    assert np.count_nonzero(np.diff(kinds[order])) == 2


def test_clusters_are_those_of_average_linkage() -> None:
    rng = np.random.default_rng(5)
    # Of very different sizes, which must not matter.
    counts = rng.integers(1, 30, (25, 25)) ** 2 * rng.integers(1, 200, (25, 1)) ** 2
    order = by_confusion(counts).tolist()
    q = counts / counts.sum(axis=1, keepdims=True)
    apart = 1 - (q + q.T) / 2
    clusters = [[label] for label in range(25)]
    while len(clusters) > 1:
        pairs = [(a, b) for a in range(len(clusters)) for b in range(a)]
        a, b = min(pairs, key=lambda pair: apart[np.ix_(*(clusters[k] for k in pair))].mean())
        merged = clusters[a] + clusters[b]
        clusters = [one for k, one in enumerate(clusters) if k not in (a, b)] + [merged]
        stand = sorted(order.index(label) for label in merged)
        assert stand[-1] - stand[0] == len(merged) - 1


def test_classes_that_are_never_mixed_up_keep_their_order() -> None:
    assert by_confusion(np.diag([4, 0, 7, 1, 2])).tolist() == list(range(5))
    assert by_confusion(np.zeros((4, 4), np.int64)).tolist() == list(range(4))
    assert by_confusion(np.zeros((1, 1), np.int64)).tolist() == [0]
    assert by_confusion(np.zeros((0, 0), np.int64)).tolist() == []


@given(st.integers(0, 9), st.integers(0, 5), st.sampled_from(ClassOrder))
def test_every_order_has_every_class(classes: int, most: int, order: ClassOrder) -> None:
    counts = np.random.default_rng(classes).integers(0, most + 1, (classes, classes))
    names = [f"c{9 - number}" for number in range(classes)]
    found = class_order(order, counts, names)
    assert sorted(found.tolist()) == list(range(classes))
    assert not found.flags.writeable
    expected = {
        ClassOrder.DATA: list(range(classes)),
        ClassOrder.SIZE: by_size(counts).tolist(),
        ClassOrder.NAME: list(range(classes))[::-1],
        ClassOrder.SIMILARITY: by_confusion(counts).tolist(),
    }
    assert found.tolist() == expected[order]


def test_names_must_go_with_counts() -> None:
    with pytest.raises(ValueError, match="2 classes"):
        class_order(ClassOrder.DATA, np.zeros((3, 3), np.int64), ["a", "b"])
