"""What the sentence box shows: the sentence, others to try, and the prediction."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.session.memo import remembered
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import SessionState

ABOUT_FILMS = (
    (
        "The lecture's four sentences",
        (
            "The first half was very boring .",
            "Great performance by all the lead actors .",
            "The background music was awesome .",
            "The movie was a waste of time .",
        ),
    ),
    (
        "Negation and contrast",
        (
            "The movie was not good .",
            "The movie was not bad at all .",
            "The start was dull , but the ending was wonderful .",
            "The start was wonderful , but the ending was dull .",
            "I never felt bored .",
        ),
    ),
)
FILM_DATA = ("builtin:lecture", "builtin:polarity")
_MOST_EXAMPLES = 8
_LONGEST_EXAMPLE = 120  # letters; a menu is no place for a page of text
# The test set first: what the network has not learned from is the fairest question.
_SETS = {Split.TEST: "test set", Split.VALIDATION: "validation set", Split.TRAIN: "training set"}


@dataclass(frozen=True)
class Badge:
    """The prediction beside the sentence, or `words` where there is none.

    `truth` is the true class or tag, where it is known and the sentence has been read.
    """

    label: str = ""
    class_index: int = 0
    probability: float = 0.0
    note: str = ""
    words: str = ""
    truth: str | None = None


@dataclass(frozen=True)
class Source:
    """A part of the data that sentences can be taken from: the split, its name, its size."""

    split: Split
    words: str
    count: int


@dataclass(frozen=True)
class SentenceState:
    """The sentence as typed, the characters under the play head, what the network makes of it.

    `sources` are the parts of the data that have sentences, the first the one that is meant where
    none is named. `examples` are sentences to try, under the words that say what they are; `tried`
    are those that were, the newest first.
    """

    sentence: str
    marked: tuple[int, int] | None
    badge: Badge
    sources: tuple[Source, ...] = ()
    examples: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tried: tuple[str, ...] = ()


def resolve_sentence_box(state: SessionState) -> SentenceState:
    """Return the sentence with its prediction."""
    now = shown(state)
    return SentenceState(
        sentence=state.selection.sentence,
        marked=now.reading.span(now.step) if now.reading else None,
        badge=_badge(state, now.reading, now.step) if now.reading else Badge(words=now.short),
        sources=() if state.dataset is None else _sources(state.dataset),
        examples=_examples(state.dataset),
        tried=state.tried,
    )


def _badge(state: SessionState, reading: Reading, step: int) -> Badge:
    if not reading.is_asked(step):
        return Badge(words=_tags_words(reading))
    row = reading.trace.y[step - 1]
    index = int(row.argmax())
    label, probability = reading.labels[index], float(row[index])
    if step < len(reading) and not reading.labels_words:
        return Badge(label, index, probability, "so far")
    truth = reading.true_tag(step) if reading.labels_words else _truth(state)
    if truth is None:
        return Badge(label, index, probability)
    return Badge(
        label, index, probability, f"truth: {truth} {'✓' if truth == label else '✗'}", truth=truth
    )


def _tags_words(reading: Reading) -> str:
    """Say how many of the words' tags are right, or that each has one."""
    count = len(reading) - 2
    noun = "word" if count == 1 else "words"
    if not reading.tags:
        return f"a tag for each of {count:,} {noun}"
    said = reading.trace.predictions[1:-1].tolist()
    right = sum(reading.labels[index] == tag for index, tag in zip(said, reading.tags, strict=True))
    return f"{right:,} of {count:,} {noun} right"


def _truth(state: SessionState) -> str | None:
    """Return the class that the data give the sentence, as long as it is theirs."""
    number = state.selection.row
    if number is None or not 0 <= number < len(state.table.rows):
        return None
    row = state.table.rows[number]
    # Rows that were edited or deleted leave the sentence on the page as it was.
    return row.label or None if row.text == state.selection.sentence else None


@remembered(2)
def _examples(dataset: Dataset | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return sentences to try: those about films for films, otherwise some of the data."""
    if dataset is None or dataset.table.origin in FILM_DATA:
        return ABOUT_FILMS
    for source in _sources(dataset):
        rows = dataset.rows_of(source.split)[: 4 * _MOST_EXAMPLES]
        candidates = [dataset.table.rows[row].text for row in rows.tolist()]
        short = (text for text in candidates if 0 < len(text) <= _LONGEST_EXAMPLE)
        texts = list(dict.fromkeys(short))[:_MOST_EXAMPLES]
        if texts:
            return ((f"From the {source.words}", tuple(texts)),)
    return ()


@remembered(2)
def _sources(dataset: Dataset) -> tuple[Source, ...]:
    counts = {split: len(dataset.rows_of(split)) for split in _SETS}
    return tuple(
        Source(split, words, counts[split]) for split, words in _SETS.items() if counts[split]
    )
