"""Which rows train, validate and test: the given splits, or stratified ones by the seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from rnnstudio.data.builtin import built_in
from rnnstudio.data.problems import DataError
from rnnstudio.data.table import Split, Table
from rnnstudio.engine.network import Task

# A class with fewer rows trains only: with one row in each split it would not be learned.
ROWS_TO_SPLIT = 3


def assign_splits(
    table: Table, seed: int, validation: float = 0.1, test: float = 0.1
) -> tuple[Split, ...]:
    """Give each row its split.

    A split that the data give is kept. Where they give no validation (or no test) split, that
    share is taken, by the seed and class by class, from the rows without a split or, if there
    are none, from the training rows; all other rows train. So data with `train` and `test` get
    their validation rows from `train`. A class with at least three rows is in every split; a
    class with fewer trains only. A built-in set without splits (the lecture's) trains as it is.
    Rows with a tag for each word have no class; they are taken from all together.

    `validation` and `test` are shares of the rows to divide, each at least 0, together below 1.

    Raises:
        DataError: the shares are not of that kind.
    """
    if not (validation >= 0 and test >= 0 and validation + test < 1):
        raise DataError(
            f"A share of {validation:g} for validation and {test:g} for test leaves nothing "
            "to train on or is negative.",
            "Choose shares from 0 on whose sum is below 1, for example 0.1 and 0.1.",
        )
    splits = [row.split or Split.TRAIN for row in table.rows]
    known = built_in(table.origin)
    if known is not None and not known.has_splits:
        return tuple(splits)
    given = {row.split for row in table.rows}
    shares = {
        split: share
        for split, share in ((Split.VALIDATION, validation), (Split.TEST, test))
        if share > 0 and split not in given
    }
    divided = None if None in given else Split.TRAIN
    # Rows with a tag for each word have "" as their label. Excluded rows are divided too, so that
    # to exclude one moves no other.
    labels = ("",) if table.task is Task.LABEL else sorted({row.label for row in table.rows})
    rows_of_label: dict[str, list[int]] = {label: [] for label in labels}
    for index, row in enumerate(table.rows):
        if row.split is divided:
            rows_of_label[row.label].append(index)
    rng = np.random.default_rng(seed)
    # In the order of the sorted labels, so that the same rows and seed give the same splits.
    for rows in rows_of_label.values():
        shuffled: Sequence[int] = rng.permutation(rows).tolist()
        start = 0
        for split, count in _counts(len(rows), shares).items():
            for index in shuffled[start : start + count]:
                splits[index] = split
            start += count
    return tuple(splits)


def _counts(rows: int, shares: Mapping[Split, float]) -> dict[Split, int]:
    """Divide `rows` by largest remainder; the rest, which trains, is not in the answer."""
    if rows < ROWS_TO_SPLIT:
        return dict.fromkeys(shares, 0)
    quotas = {Split.TRAIN: rows * (1 - sum(shares.values()))}
    quotas.update({split: rows * share for split, share in shares.items()})
    counts = {split: math.floor(quota) for split, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda split: counts[split] - quotas[split])
    for split in by_remainder[: rows - sum(counts.values())]:
        counts[split] += 1
    for split, count in counts.items():
        if count == 0:
            counts[max(counts, key=counts.__getitem__)] -= 1
            counts[split] = 1
    del counts[Split.TRAIN]
    return counts
