"""What the panels of the Data page show, worked out from the document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnstudio.data.builtin import BUILT_INS, PREFIX, built_in
from rnnstudio.data.checks import check_table
from rnnstudio.data.dataset import Dataset, require_trainable
from rnnstudio.data.problems import DataError, Problem, Severity
from rnnstudio.data.table import Split, Table
from rnnstudio.data.tokens import WORD, TextSpec, tokenize
from rnnstudio.data.vocabulary import EOS, SOS, UNKNOWN_ID, Vocabulary
from rnnstudio.engine.arrays import FloatArray, read_only
from rnnstudio.engine.network import Task
from rnnstudio.project.model import Model
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted, unit_of
from rnnstudio.session.state import SessionState

# As many sentences as the lecture pads to one length.
PADDED_SENTENCES = 4
# More bars than this cannot be told apart in the width of the panel.
MOST_BINS = 24
# Rows are compared with each other at 5 µs each, between two frames of the window.
_MOST_CHECKED = 10_000
_NO_SENTENCES = "No sentences yet. Open a file, or add a sentence with its label."


@dataclass(frozen=True)
class DataSetCard:
    """A data set that can be chosen; `name` is None for the user's own file."""

    name: str | None
    title: str
    summary: str
    tooltip: str
    selected: bool


@dataclass(frozen=True)
class DataSetsState:
    """The cards, and what was found wrong in the file that is open."""

    cards: tuple[DataSetCard, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class SentencesState:
    """The table of sentences: rows, the split of each (None: not divided yet), the one selected.

    `excluded` is the number of rows that are left out of training and evaluation.
    """

    table: Table
    splits: tuple[Split, ...] | None
    labels: tuple[str, ...]
    selected: int | None
    excluded: int = 0


@dataclass(frozen=True)
class EncodedSentence:
    """One sentence as the network reads it: `words` and `ids` with `<sos>` and `<eos>`.

    `row` is the table's row, None for a sentence that was typed; `target` is the number of its
    class (0-based), None where there is no label. `tags` are those of the words, with their
    numbers `tag_ids`, at the steps (T,): "" and −1 at the ends; () where words have none.
    """

    row: int | None
    words: tuple[str, ...]
    ids: tuple[int, ...]
    target: int | None
    label: str
    tags: tuple[str, ...] = ()
    tag_ids: tuple[int, ...] = ()
    unknown_id: int = UNKNOWN_ID

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words that the vocabulary lacks."""
        return tuple(
            word for word, id_ in zip(self.words, self.ids, strict=True) if id_ == self.unknown_id
        )


@dataclass(frozen=True)
class WordsToIdsState:
    """A few sentences, padded to the longest of them; `chosen` is the place of the selected one.

    `unit` is what is read at each step: "word", "character" or "grapheme".
    """

    sentences: tuple[EncodedSentence, ...]
    chosen: int
    subtitle: str
    message: str
    unit: str = "word"

    @property
    def has_tags(self) -> bool:
        """Whether any of the sentences has a tag for each word."""
        return any(sentence.tags for sentence in self.sentences)

    @property
    def longest(self) -> int:
        """T, the number of steps of the longest sentence."""
        return max((len(sentence.ids) for sentence in self.sentences), default=0)


@dataclass(frozen=True, eq=False)
class EmbeddedWords:
    """The learned vectors of a sentence's words: (T, E); an unknown word's is zero.

    `limit` is the largest absolute value among them, the end of the colour scale.
    """

    vectors: FloatArray
    limit: float


@dataclass(frozen=True)
class OneHotState:
    """The chosen sentence's one-hot vectors of length `size` (L), or its embedding vectors.

    `padded_to` is the number of steps with `<pad>` in "from words to ids".
    """

    sentence: EncodedSentence | None
    padded_to: int
    vocabulary: Vocabulary | None
    embedding: EmbeddedWords | None
    message: str
    unit: str = "word"

    @property
    def size(self) -> int:
        """L, the number of different words."""
        return self.vocabulary.size if self.vocabulary is not None else 0


@dataclass(frozen=True)
class LengthBin:
    """How many sentences have `first` to `last` words; `last` None: or more."""

    first: int
    last: int | None
    count: int


@dataclass(frozen=True)
class DataSummaryState:
    """Lengths, balance and splits in numbers; `warnings` say what makes training worth less.

    `unit` is what a length counts, `classified` what has the classes: "sentence", or "word".
    The `excluded` sentences are counted nowhere else.
    """

    bins: tuple[LengthBin, ...]
    longest: int
    median: float
    classes: tuple[tuple[str, int], ...]
    splits: tuple[tuple[Split, int], ...]
    words: int
    warnings: tuple[str, ...]
    unit: str = "word"
    classified: str = "sentence"
    excluded: int = 0


def resolve_data_sets(state: SessionState) -> DataSetsState:
    """The cards of the built-in sets, the user's own file if one is open, and its problems."""
    table = state.table
    cards = [
        DataSetCard(
            name=entry.name,
            title=entry.title,
            summary=entry.summary,
            tooltip="",
            selected=table.origin == PREFIX + entry.name,
        )
        for entry in BUILT_INS
    ]
    if built_in(table.origin) is None:
        cards.append(
            DataSetCard(
                name=None,
                title=table.name,
                summary=f"{_shape(table)} · {counted(len(table.rows), 'sentence')}",
                tooltip=table.origin,
                selected=True,
            )
        )
    return DataSetsState(tuple(cards), table.problems)


def _shape(table: Table) -> str:
    if table.task is Task.LABEL:
        return f"n → n · {counted(len(table.labels), 'tag')}"
    return f"n → 1 · {counted(len(table.labels), 'class', 'classes')}"


def resolve_sentences(state: SessionState) -> SentencesState:
    """The rows of the table with their splits."""
    return SentencesState(
        table=state.table,
        splits=state.dataset.splits if state.dataset is not None else None,
        labels=state.dataset.labels if state.dataset is not None else state.table.labels,
        selected=state.selection.row,
        excluded=_excluded(state.table),
    )


@remembered(2)
def _excluded(table: Table) -> int:
    return sum(row.excluded for row in table.rows)


def resolve_words_to_ids(state: SessionState) -> WordsToIdsState:
    """The selected sentence and its neighbours as ids, padded to the longest."""
    if state.dataset is None:
        return WordsToIdsState((), 0, "", _why_nothing(state.table))
    row = state.selection.row
    if row is not None and state.selection.sentence != _text_of(state.dataset, row):
        row = None
    return _words_to_ids(state.dataset, state.selection.sentence, row)


def resolve_one_hot(state: SessionState) -> OneHotState:
    """The vectors of the selected sentence."""
    if state.dataset is None:
        return OneHotState(None, 0, None, None, _why_nothing(state.table))
    window = resolve_words_to_ids(state)
    sentence = window.sentences[window.chosen] if window.sentences else None
    embedding = None
    if sentence is not None and state.model is not None:
        embedding = _embedded(state.model, sentence.words)
    return OneHotState(
        sentence, window.longest, state.dataset.vocabulary, embedding, window.message, window.unit
    )


def resolve_data_summary(state: SessionState) -> DataSummaryState:
    """How long the sentences are, how many each class has, how they are divided."""
    if state.dataset is None:
        counts: Counter[str] = Counter()
        for row in state.table.rows:
            if row.excluded:
                continue
            counts.update(row.tags if row.tags is not None else (row.label,))
        classes = tuple(sorted(counts.items()))
        why = (_why_nothing(state.table),)
        return DataSummaryState(
            (), 0, 0.0, classes, (), 0, why, classified=_classified(state.table)
        )
    return _summary(state.dataset)


@remembered(2)
def _words_to_ids(dataset: Dataset, sentence: str, row: int | None) -> WordsToIdsState:
    total = len(dataset.sequences)
    typed = row is None or not 0 <= row < total
    if typed:
        first, chosen = 0, 0
    else:
        assert row is not None
        first = min(row, max(total - PADDED_SENTENCES, 0))
        chosen = row - first
    rows = range(first, min(first + PADDED_SENTENCES, total))
    sentences = [_of_row(dataset, number) for number in rows]
    if typed and sentence:
        sentences = [_of_text(dataset, sentence), *sentences[: PADDED_SENTENCES - 1]]
    message = "" if sentences else _NO_SENTENCES
    unit = unit_of(dataset.text)
    return WordsToIdsState(tuple(sentences), chosen, _how_read(dataset.text), message, unit)


def _text_of(dataset: Dataset, row: int) -> str | None:
    rows = dataset.table.rows
    return rows[row].text if 0 <= row < len(rows) else None


def _of_row(dataset: Dataset, row: int) -> EncodedSentence:
    target = int(dataset.targets[row])
    tag_ids = tuple(dataset.tags[row].tolist()) if dataset.tags else ()
    return EncodedSentence(
        row=row,
        words=(SOS, *dataset.tokens[row], EOS),
        ids=tuple(dataset.sequences[row].tolist()),
        target=None if target < 0 else target,
        label="" if dataset.tags else dataset.table.rows[row].label,
        tags=("", *(dataset.table.rows[row].tags or ())[: len(tag_ids) - 2], "") if tag_ids else (),
        tag_ids=tag_ids,
        unknown_id=dataset.vocabulary.unknown_id,
    )


def _of_text(dataset: Dataset, sentence: str) -> EncodedSentence:
    words = tuple(token.text for token in tokenize(sentence, dataset.text))
    return EncodedSentence(
        row=None,
        words=(SOS, *words, EOS),
        ids=tuple(dataset.vocabulary.encode(words).tolist()),
        target=None,
        label="",
        unknown_id=dataset.vocabulary.unknown_id,
    )


def _how_read(text: TextSpec) -> str:
    case = "lower-cased" if text.lowercase else "case kept"
    by = "" if text.level == WORD else f"by {unit_of(text)}, "
    return f"{by}{case}, wrapped, padded to the longest"


@remembered(2)
def _embedded(model: Model, words: tuple[str, ...]) -> EmbeddedWords | None:
    if model.network.embedding is None:
        return None
    table = model.parameters["embedding.weight"]
    ids = np.array([model.vocabulary.id_of(word) for word in words])
    vectors = np.where((ids == UNKNOWN_ID)[:, None], np.float32(0), table[np.maximum(ids, 1) - 1])
    read_only(vectors)
    finite = np.abs(vectors[np.isfinite(vectors)])
    return EmbeddedWords(vectors, float(finite.max(initial=0.0)))


@remembered(1)
def _summary(dataset: Dataset) -> DataSummaryState:
    # <sos> and <eos> are no words of the sentence.
    there = dataset.rows_of(None)
    rows = there.tolist()
    lengths = np.array([len(dataset.tokens[row]) for row in rows], dtype=np.int64)
    targets = np.asarray(dataset.targets, np.int64)[there]
    if dataset.tags:
        tags = [dataset.tags[row][1:-1] for row in rows]
        targets = np.concatenate([np.zeros(0, np.int64), *tags]).astype(np.int64)
    counts = np.bincount(targets, minlength=len(dataset.labels))
    splits = Counter(dataset.splits[row] for row in rows)
    return DataSummaryState(
        bins=length_bins(lengths),
        longest=int(lengths.max(initial=0)),
        median=float(np.median(lengths)) if lengths.size else 0.0,
        classes=tuple(zip(dataset.labels, counts.tolist(), strict=True)),
        splits=tuple((split, splits[split]) for split in Split),
        words=dataset.vocabulary.size,
        warnings=_warnings(dataset),
        unit=unit_of(dataset.text),
        classified=_classified(dataset.table),
        excluded=_excluded(dataset.table),
    )


def _classified(table: Table) -> str:
    return "word" if table.task is Task.LABEL else "sentence"


def _warnings(dataset: Dataset) -> tuple[str, ...]:
    try:
        require_trainable(dataset)
    except DataError as error:
        return (str(error),)
    if len(dataset.table.rows) > _MOST_CHECKED:
        return ()
    problems = check_table(dataset.table, dataset.splits)
    return tuple(str(one) for one in problems if one.severity is not Severity.NOTE)


def length_bins(lengths: NDArray[np.int64]) -> tuple[LengthBin, ...]:
    """Count sentences by length (n,) in at most `MOST_BINS` bars of equal width.

    A few very long sentences would press all others into one bar: the last bar takes everything
    beyond the length that 99 of 100 sentences do not exceed.
    """
    if not lengths.size:
        return ()
    low, high = int(lengths.min()), int(lengths.max())
    end = min(high, max(int(np.percentile(lengths, 99)), low + MOST_BINS // 2))
    width = -(-(end - low + 1) // MOST_BINS)
    number = -(-(end - low + 1) // width)
    counts = np.bincount(np.minimum((lengths - low) // width, number - 1), minlength=number)
    firsts = [low + place * width for place in range(number)]
    bins = [
        LengthBin(first, first + width - 1, int(count))
        for first, count in zip(firsts, counts, strict=True)
    ]
    if high > firsts[-1] + width - 1:
        bins[-1] = LengthBin(firsts[-1], None, bins[-1].count)
    return tuple(bins)


def _why_nothing(table: Table) -> str:
    if not table.rows:
        return _NO_SENTENCES
    return "These sentences are not ready yet."
