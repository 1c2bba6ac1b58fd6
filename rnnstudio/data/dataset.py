"""A table made ready for training: splits, tokens, vocabulary, ids and targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.data.cancellation import Cancelled, IsCancelled, interruptible
from rnnstudio.data.problems import DataError, shortened
from rnnstudio.data.splits import assign_splits
from rnnstudio.data.table import Split, Table
from rnnstudio.data.tokens import TextSpec, tokenize
from rnnstudio.data.vocabulary import UNKNOWN_ID, Vocabulary
from rnnstudio.engine.arrays import IntArray, read_only

__all__ = [
    "Cancelled",
    "Dataset",
    "SplitSpec",
    "build_dataset",
    "require_trainable",
]


@dataclass(frozen=True)
class SplitSpec:
    """The shares of the validation and test splits, where the data give none, and the seed."""

    validation: float = 0.1
    test: float = 0.1
    seed: int = 0


# Takes no rows from one split for another.
AS_GIVEN = SplitSpec(validation=0.0, test=0.0)


@dataclass(frozen=True, eq=False)
class Dataset:
    """What a table means to a network.

    `splits`, `tokens`, `sequences` and `targets` are in the order of `table.rows`.
    `sequences[i]` holds the ids of row i with <sos> and <eos>: (T_i,) int32. `targets[i]` is
    the index of its label in `labels`: (rows,) int32. All arrays are read-only.
    """

    table: Table
    splits: tuple[Split, ...]
    text: TextSpec
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    tokens: tuple[tuple[str, ...], ...]
    sequences: tuple[IntArray, ...]
    targets: IntArray

    def rows_of(self, split: Split) -> IntArray:
        """Return the indices of the rows of a split, ascending: (n,) int64."""
        indices = [index for index, own in enumerate(self.splits) if own is split]
        return read_only(np.array(indices, dtype=np.int64))

    def unknown_share(self, split: Split | None = None) -> float:
        """Return which share of the words of a split (or of all rows) has no id, 0 … 1."""
        chosen = [
            sequence
            for sequence, own in zip(self.sequences, self.splits, strict=True)
            if split is None or own is split
        ]
        # <sos> and <eos> are not words.
        words = sum(len(sequence) - 2 for sequence in chosen)
        unknown = sum(int(np.count_nonzero(sequence == UNKNOWN_ID)) for sequence in chosen)
        return unknown / words if words else 0.0


def build_dataset(
    table: Table,
    text: TextSpec = TextSpec(),  # noqa: B008 - frozen
    split_spec: SplitSpec = SplitSpec(),
    vocabulary: Vocabulary | None = None,
    labels: tuple[str, ...] | None = None,
    cancelled: IsCancelled | None = None,
) -> Dataset:
    """Split, tokenise and number the rows of a table.

    The vocabulary is made from the training split unless one is given; with `labels` given (a
    trained network's) the table may use no others. `cancelled` is asked between rows.

    Raises:
        DataError: a label is not among those given, or the shares of the splits are impossible.
        Cancelled: `cancelled()` was true.
    """
    if labels is None:
        labels = table.labels
    else:
        _require_known_labels(table, labels)
    splits = assign_splits(table, split_spec.seed, split_spec.validation, split_spec.test)
    tokens: list[tuple[str, ...]] = []
    for row in interruptible(table.rows, cancelled):
        tokens.append(tuple([token.text for token in tokenize(row.text, text)]))
    if vocabulary is None:
        vocabulary = Vocabulary.from_token_lists(
            (words for words, split in zip(tokens, splits, strict=True) if split is Split.TRAIN),
            text.minimum_count,
        )
    index_of = {label: index for index, label in enumerate(labels)}
    targets = np.array([index_of[row.label] for row in table.rows], dtype=np.int32)
    return Dataset(
        table=table,
        splits=splits,
        text=text,
        vocabulary=vocabulary,
        labels=tuple(labels),
        tokens=tuple(tokens),
        sequences=tuple([vocabulary.encode(words) for words in interruptible(tokens, cancelled)]),
        targets=read_only(targets),
    )


def _require_known_labels(table: Table, labels: tuple[str, ...]) -> None:
    for row in table.rows:
        if row.label not in labels:
            place = row.source if row.line is None else f"{row.source}, line {row.line}"
            raise DataError(
                f"{place}: the label “{row.label}” is not known to the network.",
                f"Its labels are: {shortened(labels, most=50)}.",
            )


def require_trainable(dataset: Dataset) -> None:
    """Do nothing if a classifier can be trained on the data.

    Raises:
        DataError: the training split has no rows, or rows of one class only.
    """
    rows = dataset.rows_of(Split.TRAIN)
    if not len(rows):
        raise DataError(
            f"{dataset.table.name} has no sentence to train on.",
            "Add sentences to the training split.",
        )
    classes = np.unique(dataset.targets[rows])
    if len(classes) < 2:
        raise DataError(
            f"{dataset.table.name} has only one class to train on "
            f"(“{dataset.labels[int(classes[0])]}”).",
            "A classifier needs at least two: add sentences with another label.",
        )
