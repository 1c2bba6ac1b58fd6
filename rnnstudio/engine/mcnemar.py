"""McNemar's test: whether one of two models is better, or luck may have made the difference.

Only examples that one model gets right and the other wrong tell the two apart. If both were equally
good, each such example would fall to either like a tossed coin. With b and c of them

    exact            p = 2 · Σ_{k ≤ min(b, c)} (b + c over k) / 2^(b + c), at most 1
    by a χ² of 1     χ² = max(0, |b − c| − 1)² / (b + c),   p = erfc(√(χ² / 2))

where the −1 is Edwards' correction for continuity.

Sources: Q. McNemar, "Note on the sampling error of the difference between correlated proportions
or percentages" (1947); A. L. Edwards, "Note on the correction for continuity" (1948).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Below so many examples that tell the models apart the χ² is no good approximation.
_FEW = 25
# The usual level at which a difference counts as more than luck.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class McNemar:
    """The result for `first_only` and `second_only`, what one model alone gets right.

    `p` is the probability of a difference at least as large between equally good models;
    `chi_squared` is None where it was worked out exactly.
    """

    first_only: int
    second_only: int
    p: float
    chi_squared: float | None

    @property
    def significant(self) -> bool:
        """Whether luck alone would hardly make such a difference."""
        return self.p < SIGNIFICANT


def mcnemar(first_only: int, second_only: int) -> McNemar:
    """Test the numbers b and c of examples that only one of two models gets right.

    Raises:
        ValueError: one is negative.
    """
    if first_only < 0 or second_only < 0:
        raise ValueError("Numbers of examples cannot be negative.")
    apart, fewer = first_only + second_only, min(first_only, second_only)
    if apart < _FEW:
        # Python's integers: the sum is exact.
        ways = sum(math.comb(apart, right) for right in range(fewer + 1))
        return McNemar(first_only, second_only, min(1.0, 2 * ways / 2**apart), None)
    chi_squared = max(0, abs(first_only - second_only) - 1) ** 2 / apart
    return McNemar(first_only, second_only, math.erfc(math.sqrt(chi_squared / 2)), chi_squared)


def in_words(
    test: McNemar, first: str, second: str, thing: str = "sentence", things: str = "sentences"
) -> str:
    """Say in two sentences what the test of the models `first` and `second` comes to."""
    b, c = test.first_only, test.second_only
    if b + c == 0:
        return (
            f"{first} and {second} are right on the very same {things}. "
            "Nothing here tells which of them is better."
        )
    counted = (
        f"{first} alone is right on {_counted(b, thing, things)}, "
        f"{second} alone on {_counted(c, thing, things)}."
    )
    if b == c:
        return f"{counted} Neither is better here."
    if test.significant:
        better, worse = (first, second) if b > c else (second, first)
        return (
            f"{counted} Such a difference between equally good models is rare "
            f"({_probability(test.p)}): {better} is probably better than {worse}."
        )
    return (
        f"{counted} Equally good models differ as much by luck alone in "
        f"{_times(test.p)} ({_probability(test.p)}): this does not show that one is better."
    )


def _counted(count: int, thing: str, things: str) -> str:
    return f"{count:,} {thing if count == 1 else things}"


def _times(p: float) -> str:
    """A probability of at least 0.05 as so many times in a hundred."""
    times = round(100 * p)
    return "nearly every case" if times >= 99 else f"{times} of 100 cases"


def _probability(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
