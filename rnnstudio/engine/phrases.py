"""The units that are on exactly in some words, and where else they are on.

A unit is on where its value is at least the threshold, or, with the sign −1, where it is at most
minus the threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.states import States


@dataclass(frozen=True, eq=False)
class PhraseUnits:
    """`units` (k,), from 0, and `signs` (k,): 1 where a unit is on by high values, −1 by low."""

    units: IntArray
    signs: IntArray


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Where units are on again: n runs of words, all arrays (n,).

    Run i is steps `first_steps[i]` … `last_steps[i]`, from 1, of sequence `rows[i]`; at each of its
    words the share `shares[i]` of the units is on.
    """

    rows: IntArray
    first_steps: IntArray
    last_steps: IntArray
    shares: FloatArray


def units_on(values: FloatArray, first: int, last: int, threshold: float) -> PhraseUnits:
    """Return the units of `values` (T, H) that are on at every step first … last and only there.

    Only there means off at the steps just before and just after, as far as there are any. Those
    that stand out most come first: by how much the least value of the phrase exceeds the greater
    one of the two beside it.

    Raises:
        IndexError: there are no such steps.
    """
    if not 1 <= first <= last <= len(values):
        raise IndexError(f"There are no steps {first} to {last} of {len(values)}.")
    signs = np.where(values[first - 1 : last].sum(axis=0) < 0, -1, 1)
    signed = values * signs
    lowest = signed[first - 1 : last].min(axis=0)
    beside = np.concatenate([signed[first - 2 : first - 1], signed[last : last + 1]])
    on = (lowest >= threshold) & (beside < threshold).all(axis=0)
    clear = lowest - beside.max(axis=0) if len(beside) else lowest
    units = np.flatnonzero(on)
    units = units[np.argsort(-clear[units], kind="stable")]
    return PhraseUnits(read_only(units), read_only(signs[units]))


def occurrences(
    states: States, units: IntArray, signs: IntArray, threshold: float, most: int = 200
) -> Occurrences:
    """Return the longest runs of words at which these units are on, at most `most`.

    First come the runs with all of them, then those with all but one, and so on down to half of
    them; no word is in two. Of equals those come first in which the units stand out most, by their
    mean value.

    Raises:
        IndexError: there is no such unit.
        ValueError: there is not a sign for each unit.
    """
    if len(units) != len(signs):
        raise ValueError(f"{len(units)} units need as many signs, not {len(signs)}.")
    signed = states.values[:, units] * signs
    counts = np.count_nonzero(signed >= threshold, axis=1)
    sizes = np.nan_to_num(signed.mean(axis=1, dtype=np.float64)) if len(units) else np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(sizes)])
    taken = np.zeros(len(counts), np.bool_)
    found: list[tuple[IntArray, IntArray, float]] = []
    missing = most
    for count in range(len(units), math.ceil(len(units) / 2) - 1, -1):
        if count < 1 or missing <= 0:
            break
        firsts, lasts = _runs(counts >= count, states.rows)
        in_front = np.concatenate([[0], np.cumsum(taken)])
        free = in_front[lasts + 1] == in_front[firsts]
        firsts, lasts = firsts[free], lasts[free]
        means = (total[lasts + 1] - total[firsts]) / (lasts + 1 - firsts)
        best = np.argsort(-means, kind="stable")[:missing]
        found.append((firsts[best], lasts[best], count / len(units)))
        missing -= len(best)
        taken |= counts >= count
    return _occurrences(states, found)


def _occurrences(states: States, found: list[tuple[IntArray, IntArray, float]]) -> Occurrences:
    none = np.zeros(0, np.int64)
    firsts = np.concatenate([none, *(first for first, _, _ in found)])
    lasts = np.concatenate([none, *(last for _, last, _ in found)])
    shares = np.concatenate([np.zeros(0), *(np.full(len(one), part) for one, _, part in found)])
    return Occurrences(
        rows=read_only(states.rows[firsts]),
        first_steps=read_only(states.steps[firsts]),
        last_steps=read_only(states.steps[lasts]),
        shares=read_only(shares),
    )


def _runs(inside: BoolArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return where the longest runs of true begin and end; none goes from one row to the next."""
    goes_on = inside[:-1] & inside[1:] & (rows[:-1] == rows[1:])
    starts, ends = inside.copy(), inside.copy()
    starts[1:] &= ~goes_on
    ends[:-1] &= ~goes_on
    return np.flatnonzero(starts), np.flatnonzero(ends)
