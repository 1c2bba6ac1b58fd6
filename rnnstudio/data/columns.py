"""Finds out what the columns of a file mean, and whether its first row is a heading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rnnstudio.data.table import Split

Cells = tuple[str, ...]

# Headings in common use; where several columns match, the earlier name wins.
_TEXT_NAMES = (
    *("sentence", "text", "review", "comment", "tweet", "message", "phrase", "utterance"),
    *("document", "content", "body", "question", "input", "description", "headline", "title"),
    *("sentences", "texts", "reviews", "comments", "word", "name", "satz", "texto"),
)
_LABEL_NAMES = (
    *("label", "class", "sentiment", "polarity", "category", "target", "emotion", "topic"),
    *("intent", "tag", "language", "rating", "stars", "score", "output", "y"),
    *("labels", "classes", "klasse", "classe", "clase", "etiqueta", "étiquette"),
)
_SPLIT_NAMES = ("split", "set", "subset", "partition", "fold")
_SPLITS = {
    **dict.fromkeys(("train", "training"), Split.TRAIN),
    **dict.fromkeys(("dev", "valid", "val", "validation", "development"), Split.VALIDATION),
    **dict.fromkeys(("test", "testing"), Split.TEST),
}


@dataclass(frozen=True)
class Columns:
    """The index of each column that is used, and the names of the others."""

    text: int
    label: int
    split: int | None
    heading: bool
    ignored: tuple[str, ...]


def split_named(word: str) -> Split | None:
    """Return the split that a word such as "dev" names."""
    return _SPLITS.get(word.strip().casefold())


def is_known_heading(cells: Cells) -> bool:
    """Whether cells name a text column and a label column."""
    named = _named_roles(cells)
    return named.text is not None and named.label is not None


def guess_columns(rows: Sequence[Cells]) -> Columns:
    """Find the text, the label and the split column of rows of equal length, at least 2.

    Headings in common use decide; otherwise the label column is the one with few different
    values, and the text column the one with the longest cells.
    """
    first, rest = rows[0], rows[1:]
    heading = is_known_heading(first) or (bool(rest) and _looks_like_heading(first, rest))
    named = _named_roles(first) if heading else _Roles()
    text, label, split = _completed_roles(named, rest or rows)
    ignored = tuple(
        (first[index].strip() if heading else "") or f"column {index + 1}"
        for index in range(len(first))
        if index not in (text, label, split) and any(row[index].strip() for row in rows)
    )
    return Columns(text, label, split, heading, ignored)


def label_variety(rows: Sequence[Cells]) -> float:
    """Return how many different labels there are, as a share of the different rows."""
    label = guess_columns(rows).label
    return len({row[label] for row in rows}) / len(set(rows))


@dataclass(frozen=True)
class _Roles:
    """Which columns are known."""

    text: int | None = None
    label: int | None = None
    split: int | None = None


def _named_roles(cells: Cells) -> _Roles:
    names = [cell.strip().casefold() for cell in cells]

    def find(known: Sequence[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    return _Roles(find(_TEXT_NAMES), find(_LABEL_NAMES), find(_SPLIT_NAMES))


def _completed_roles(known: _Roles, rows: Sequence[Cells]) -> tuple[int, int, int | None]:
    """Find by their values the columns that are not known."""
    text, label, split = known.text, known.label, known.split
    if text is not None and label is not None:
        return text, label, split
    columns = list(zip(*rows, strict=True))
    different = [len(set(column)) for column in columns]
    length = [sum(map(len, column)) for column in columns]
    missing = (text is None) + (label is None)
    free = [
        index
        for index, column in enumerate(columns)
        if index not in (text, label, split) and any(map(str.strip, column))
    ]
    if split is None and len(free) > missing:
        split = next((i for i in free if all(map(split_named, set(columns[i])))), None)
        free = [index for index in free if index != split]
    if len(free) < missing:
        # Empty cells or a split in place of what is needed: the rows are reported later.
        split = None
        free = [index for index in range(len(columns)) if index not in (text, label)]
    if label is None:
        # A column with one value says nothing, unless the file holds one class.
        varied = [index for index in free if different[index] > 1]
        candidates = varied if len(free) > missing and len(varied) >= missing else free
        label = min(candidates, key=lambda index: (different[index], length[index], -index))
    if text is None:
        others = [index for index in free if index != label]
        text = max(others, key=lambda index: (length[index], -index))
    return text, label, split


def _looks_like_heading(first: Cells, rest: Sequence[Cells]) -> bool:
    text, label, _ = _completed_roles(_Roles(), rest)
    name = first[label].strip()
    labels = Counter(row[label].strip() for row in rest)
    if name in labels:
        return False
    if _named_roles(first) != _Roles():
        return True
    if not _is_number(name) and all(map(_is_number, labels)):
        return True
    words = sum(len(row[text].split()) for row in rest) / len(rest)
    return len(first[text].split()) == 1 < words and min(labels.values()) > 1


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
