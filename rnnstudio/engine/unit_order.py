"""Orders in which units are shown: by change, by their weight on a class, by similarity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.trace import Trace

# Up to so many units are clustered, which takes (units)² numbers and 50 ms; more are projected.
_MOST_CLUSTERED = 512
# After so many rounds an axis that explains a tenth more than the next one has most of the weight.
_ROUNDS = 20

Doubles = npt.NDArray[np.float64]


def by_change(values: FloatArray, before: FloatArray | None = None) -> IntArray:
    """Return the units of `values` (T, n) from the one that changes most to the one least: (n,).

    By Σ_t |v_t − v_{t−1}|; `before` (n,) is v_0, without which the sum begins with the second
    step. Of equals the first unit comes first, and what is no number last.
    """
    rows = values if before is None else np.concatenate([before[None], values])
    with np.errstate(invalid="ignore", over="ignore"):
        changes = np.abs(np.diff(rows.astype(np.float64), axis=0)).sum(axis=0)
    return read_only(np.argsort(-changes, kind="stable"))


def by_class_weight(
    trace: Trace, class_index: int, layer: int = -1, direction: int = 0, quantity: str = "s"
) -> IntArray:
    """Return the units of a layer and direction by their weight V on a class: (H,).

    First comes the one that speaks for the class most, last the one most against it. For "m" all
    units that are read are sorted: (D·H,). Of a layer that the output does not read the units stay
    in their order.

    Raises:
        IndexError: there is no such class, layer or direction.
    """
    spec = trace.spec
    if not 0 <= class_index < spec.classes:
        raise IndexError(f"There is no class {class_index} of {spec.classes}.")
    weights = trace.parameters["output.weight"][class_index]
    if quantity != "m":
        place = trace.layer(layer, direction)
        if place.layer != spec.layers - 1:
            return read_only(np.arange(spec.units))
        weights = weights.reshape(-1, spec.units)[direction]
    return read_only(np.argsort(-weights, kind="stable"))


def by_similarity(values: FloatArray) -> IntArray:
    """Return the units of `values` (T, n) so that those of similar courses stand together: (n,).

    The order is that of the leaves of a clustering by 1 − correlation with average linkage, each
    two clusters put together at the ends that are most alike. More than 512 units are sorted along
    the first principal component of their courses. A unit that never changes, or is not finite,
    is like no other.

    Source: F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms", The
    Computer Journal 26 (1983): the chain of nearest neighbours.
    """
    courses = _courses(values)
    units = len(courses)
    if units > _MOST_CLUSTERED:
        return read_only(np.argsort(_along(courses), kind="stable"))
    order = leaves(1.0 - courses @ courses.T) if units else []
    return read_only(np.array(order, np.int64))


def _courses(values: FloatArray) -> Doubles:
    """Return each unit's course (n, T) with mean 0 and length 1; 0 where it has none."""
    courses = values.T.astype(np.float64)
    if not courses.size:
        return courses
    courses[~np.isfinite(courses).all(axis=1)] = 0.0
    # Scaled to 1 at most, so that no square is too large.
    courses /= np.maximum(np.abs(courses).max(axis=1, initial=0.0, keepdims=True), 1e-300)
    courses -= courses.mean(axis=1, keepdims=True)
    lengths = np.sqrt((courses**2).sum(axis=1, keepdims=True))
    # Below this, differences are rounding.
    moves = lengths > 1e-6
    courses /= np.where(moves, lengths, 1.0)
    courses *= moves
    return courses


def _along(courses: Doubles) -> Doubles:
    """Return where courses (n, T) lie along the axis on which they differ most: (n,).

    That is their first principal component, found by power iteration: an order needs no digits.
    """
    centred = courses - courses.mean(axis=0)
    along: Doubles = centred @ centred[(centred**2).sum(axis=1).argmax()]
    for _ in range(_ROUNDS):
        along = centred @ (along @ centred)
        along /= max(float(np.abs(along).max()), 1e-300)
    return along


def leaves(apart: Doubles) -> list[int]:
    """Cluster n ≥ 1 things by average linkage of their distances `apart` (n, n); return the leaves.

    Two clusters are put together at the ends that are most alike. The distances are symmetric and
    finite; those of the diagonal do not count.
    """
    units = len(apart)
    between = apart.copy()
    np.fill_diagonal(between, np.inf)
    sizes = np.ones(units)
    leaves = {unit: [unit] for unit in range(units)}
    chain: list[int] = []
    while len(leaves) > 1:
        if not chain:
            chain.append(min(leaves))
        nearest = int(between[chain[-1]].argmin())
        if len(chain) == 1 or between[chain[-1], nearest] < between[chain[-1], chain[-2]]:
            chain.append(nearest)
            continue
        # The last two are each other's nearest.
        one, other = sorted((chain.pop(), chain.pop()))
        leaves[one] = _joined(leaves[one], leaves.pop(other), apart)
        shares = sizes[[one, other]] / sizes[[one, other]].sum()
        merged = shares @ between[[one, other]]
        sizes[one] += sizes[other]
        between[one], between[:, one] = merged, merged
        between[other], between[:, other] = np.inf, np.inf
        between[one, one] = np.inf
    (order,) = leaves.values()
    return order if order[0] <= order[-1] else order[::-1]


def _joined(left: list[int], right: list[int], apart: Doubles) -> list[int]:
    """Put two clusters side by side, each perhaps reversed, so that what touches is most alike."""
    ways = [(a, b) for a in (left, left[::-1]) for b in (right, right[::-1])]
    a, b = min(ways, key=lambda way: apart[way[0][-1], way[1][0]])
    return a + b
