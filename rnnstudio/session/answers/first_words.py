"""A sentence that ends after some of its words: what the network reads where it may read no more.

After k words it has read `<sos>`, the first k words and `<eos>`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.project.model import Model


def first_words(sequence: IntArray, words: int) -> IntArray:
    """Return the ids (T,) of a sentence of which only the first words are there.

    `<sos>` and `<eos>` stand at its ends; one that has no more than `words` words is returned as it
    is.
    """
    if len(sequence) - 2 <= words:
        return sequence
    return read_only(np.concatenate([sequence[: words + 1], sequence[-1:]]))


def with_first_words(dataset: Dataset, split: Split, words: int, model: Model) -> Dataset:
    """Return the data with the first words alone of each sentence of a split.

    One that is too long for the network stays as it is: what cannot be read to its end is left out
    after fewer words too.
    """
    sequences = list(dataset.sequences)
    for row in dataset.rows_of(split).tolist():
        if model.fits(sequences[row]):
            sequences[row] = first_words(sequences[row], words)
    return dataclasses.replace(dataset, sequences=tuple(sequences))
