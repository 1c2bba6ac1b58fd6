"""A table made ready for training: splits, tokens, vocabulary, ids, targets and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnstudio.data.cancellation import Cancelled, IsCancelled, interruptible
from rnnstudio.data.problems import DataError, shortened
from rnnstudio.data.splits import assign_splits
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.data.tokens import TextSpec, tokenize
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.network import Task

__all__ = [
    "Cancelled",
    "Dataset",
    "SplitSpec",
    "build_dataset",
    "given_words",
    "require_trainable",
]


@dataclass(frozen=True)
class SplitSpec:
    """The shares of the validation and test splits, where the data give none, and the seed."""

    validation: float = 0.1
    test: float = 0.1
    seed: int = 0


# The tag of <sos> and <eos>, of which nothing is asked, the target of rows with tags, and what
# stands for a label that only excluded rows have.
NO_TARGET = -1

# Takes no rows from one split for another.
AS_GIVEN = SplitSpec(validation=0.0, test=0.0)


@dataclass(frozen=True, eq=False)
class Dataset:
    """What a table means to a network.

    `splits`, `tokens`, `sequences` and `targets` are in the order of `table.rows`.
    `sequences[i]` holds the ids of row i with <sos> and <eos>: (T_i,) int32. `targets[i]` is
    the index of its label in `labels`: (rows,) int32.

    Where each word has a tag (`task` is `Task.LABEL`), `labels` are the tags, `targets` are all
    −1, and `tags[i]` holds the index in `labels` of the tag of each step of row i: (T_i,) int32,
    −1 at <sos> and <eos>. Otherwise `tags` is empty. All arrays are read-only.

    A label or tag that only excluded rows have is not among `labels`; its index is −1.

    `cut_rows` are the rows that were longer than `text.longest`, ascending.
    """

    table: Table
    splits: tuple[Split, ...]
    text: TextSpec
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    tokens: tuple[tuple[str, ...], ...]
    sequences: tuple[IntArray, ...]
    targets: IntArray
    tags: tuple[IntArray, ...] = ()
    cut_rows: tuple[int, ...] = ()

    @property
    def task(self) -> Task:
        """Whether each row has a class, or each word a tag."""
        return self.table.task

    def rows_of(self, split: Split | None) -> IntArray:
        """Return the indices of the rows of a split, or of all, ascending: (n,) int64.

        Excluded rows are left out.
        """
        return self._rows_of[split]

    @cached_property
    def _rows_of(self) -> Mapping[Split | None, IntArray]:
        """The answers of `rows_of`: pages ask for them again and again."""
        there: list[int] = []
        of_split: dict[Split, list[int]] = {split: [] for split in Split}
        for index, (row, split) in enumerate(zip(self.table.rows, self.splits, strict=True)):
            if not row.excluded:
                there.append(index)
                of_split[split].append(index)
        return {
            split: read_only(np.array(rows, dtype=np.int64))
            for split, rows in ((None, there), *of_split.items())
        }

    def unknown_share(self, split: Split | None = None) -> float:
        """Return which share of the words of a split (or of all rows) is unknown, 0 … 1."""
        chosen = [self.sequences[row] for row in self.rows_of(split)]
        # <sos> and <eos> are not words.
        words = sum(len(sequence) - 2 for sequence in chosen)
        id_ = self.vocabulary.unknown_id
        unknown = sum(int(np.count_nonzero(sequence == id_)) for sequence in chosen)
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
    trained network's) the table may use no others. Excluded rows are read like all others, but
    their words and labels are learned by no one. `cancelled` is asked between rows.

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
    cut: list[int] = []
    for index, row in enumerate(interruptible(table.rows, cancelled)):
        words = _words(row, text)
        if text.longest is not None and len(words) > text.longest:
            words = words[: text.longest]
            cut.append(index)
        tokens.append(words)
    if vocabulary is None:
        vocabulary = Vocabulary.from_token_lists(
            (
                words
                for row, words, split in zip(table.rows, tokens, splits, strict=True)
                if split is Split.TRAIN and not row.excluded
            ),
            text.minimum_count,
            text.maximum_words,
            text.unknown,
        )
    index_of = {label: index for index, label in enumerate(labels)}
    tags: tuple[IntArray, ...] = ()
    if table.task is Task.LABEL:
        targets = np.full(len(table.rows), NO_TARGET, dtype=np.int32)
        tags = tuple(
            [
                _tag_indices(row.tags or (), len(words), index_of)
                for row, words in zip(table.rows, tokens, strict=True)
            ]
        )
    else:
        indices = [index_of.get(row.label, NO_TARGET) for row in table.rows]
        targets = np.array(indices, dtype=np.int32)
    return Dataset(
        table=table,
        splits=splits,
        text=text,
        vocabulary=vocabulary,
        labels=tuple(labels),
        tokens=tuple(tokens),
        sequences=tuple([vocabulary.encode(words) for words in interruptible(tokens, cancelled)]),
        targets=read_only(targets),
        tags=tags,
        cut_rows=tuple(cut),
    )


def given_words(words: Sequence[str], text: TextSpec) -> tuple[str, ...]:
    """Return words that the data give (`Row.words`) as they stand in the vocabulary."""
    return tuple([word.lower() for word in words]) if text.lowercase else tuple(words)


def _words(row: Row, text: TextSpec) -> tuple[str, ...]:
    if row.words is not None:
        return given_words(row.words, text)
    return tuple([token.text for token in tokenize(row.text, text)])


def _tag_indices(tags: Sequence[str], words: int, index_of: Mapping[str, int]) -> IntArray:
    """Return the indices of the tags of the first `words` words, between those of <sos>, <eos>."""
    indices = [NO_TARGET, *[index_of.get(tag, NO_TARGET) for tag in tags[:words]], NO_TARGET]
    return read_only(np.array(indices, dtype=np.int32))


def _require_known_labels(table: Table, labels: tuple[str, ...]) -> None:
    """Refuse a label or tag that a trained network does not have."""
    known = set(labels)
    kind = "tag" if table.task is Task.LABEL else "label"
    for row in table.rows:
        if row.excluded:
            continue
        own = (row.tags or ()) if table.task is Task.LABEL else (row.label,)
        unknown = next((label for label in own if label not in known), None)
        if unknown is not None:
            place = row.source if row.line is None else f"{row.source}, line {row.line}"
            raise DataError(
                f"{place}: the {kind} “{unknown}” is not known to the network.",
                f"Its {kind}s are: {shortened(labels, most=50)}.",
            )


def require_trainable(dataset: Dataset) -> None:
    """Do nothing if a network can be trained on the data.

    Raises:
        DataError: the training split has no rows, no word that is in the vocabulary, or only one
            class (or tag of words).
    """
    rows = dataset.rows_of(Split.TRAIN)
    if not len(rows):
        raise DataError(
            f"{dataset.table.name} has no sentence to train on.",
            "Add sentences to the training split.",
        )
    if not dataset.vocabulary.words:
        least = dataset.text.minimum_count
        often, remedy = f" that occurs {least:,} times", "Choose a smaller count."
        if least == 1:
            often, remedy = "", "Add sentences with words to the training split."
        raise DataError(
            f"{dataset.table.name} has no {dataset.text.level} to train on{often}.", remedy
        )
    if dataset.task is Task.LABEL:
        found = np.unique(np.concatenate([dataset.tags[row] for row in rows]))
        kind, remedy = "tag", "A labeller needs at least two: add sentences with other tags."
    else:
        found = np.unique(dataset.targets[rows])
        kind, remedy = "class", "A classifier needs at least two: add sentences with another label."
    classes = found[found != NO_TARGET]
    if not len(classes):
        raise DataError(
            f"{dataset.table.name} has no word to train on.",
            "Add sentences with words to the training split.",
        )
    if len(classes) < 2:
        raise DataError(
            f"{dataset.table.name} has only one {kind} to train on "
            f"(“{dataset.labels[int(classes[0])]}”).",
            remedy,
        )
