"""Reads words and tags in columns, one word a line, as the CoNLL shared tasks write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rnnstudio.data.blocks import MalformedLineError, Sentence, blocks, sentence_rows
from rnnstudio.data.cancellation import IsCancelled
from rnnstudio.data.rows import Rows
from rnnstudio.data.table import Split

_SAMPLE_LINES = 2_000
_SPACES = re.compile(r"[ \t]+")
_DOCUMENT_START = "-DOCSTART-"
_WORD_NAMES = frozenset({"word", "words", "token", "tokens", "form"})
_TAG_NAMES = frozenset(
    {"tag", "tags", "label", "labels", "ner", "pos", "upos", "ner_tag", "pos_tag", "ner_tags"}
)
_ENTITY_TAG = re.compile(r"O|[BIESLUM]-\S+")
# Tags that are not of entities must look like tags in every respect: no small letters, as in DET
# or PRP$; several sentences of several words, with different tags in most of them; and few
# different tags for the words there are.
_OTHER_TAG = re.compile(r"[^a-z\s]+")
_FEWEST_SENTENCES, _FEWEST_WORDS_A_SENTENCE, _TAG_VARIETY = 5, 3, 0.2


@dataclass(frozen=True)
class TagColumns:
    """How the lines of a file are cut, and in which column the words stand.

    `tags` are those of all lines that have as many columns as they should.
    """

    tabs: bool
    columns: int
    word: int
    tags: frozenset[str]

    def cells(self, line: str) -> list[str]:
        """Cut a line; spaces after the last cell do not count."""
        return _cells(line, self.tabs)


def find_tag_columns(lines: Sequence[str]) -> TagColumns | None:
    """Find how words and tags stand in the lines of a text; None where there are no columns.

    The word is in the first column, or in the second where the first counts the words.
    """
    filled = [
        line
        for line in lines
        if line and not line.isspace() and not line.startswith(("#", _DOCUMENT_START))
    ]
    tabs = sum("\t" in line for line in filled[:_SAMPLE_LINES]) * 2 > len(filled[:_SAMPLE_LINES])
    rows = [_cells(line, tabs) for line in filled]
    counts = Counter(map(len, rows))
    columns = max((count for count in counts if count > 1), key=counts.__getitem__, default=0)
    if not columns:
        return None
    tags = frozenset(cells[-1] for cells in rows if len(cells) == columns)
    found = TagColumns(tabs, columns, 0, tags)
    if columns > 2 and _is_numbered(lines, found):
        return TagColumns(tabs, columns, 1, tags)
    return found


def is_tagged(lines: Sequence[str]) -> bool:
    """Whether a text is unmistakably words with tags, in sentences with blank lines between."""
    sample = lines[:_SAMPLE_LINES]
    columns = find_tag_columns(sample)
    if columns is None:
        return False
    heading = _heading_line(sample, columns)
    sentences = [
        [
            columns.cells(line)
            for number, line in enumerate(block, start=first)
            if number != heading and not line.startswith(("#", _DOCUMENT_START))
        ]
        for first, block in blocks(sample)
    ]
    lines_with_cells = [cells for sentence in sentences for cells in sentence]
    whole = [cells for cells in lines_with_cells if len(cells) == columns.columns]
    if not whole or len(whole) < 0.9 * len(lines_with_cells):
        return False
    if any(" " in cells[columns.word].strip() for cells in whole):
        return False
    tags = Counter(cells[-1] for cells in whole)
    entities = sum(count for tag, count in tags.items() if _ENTITY_TAG.fullmatch(tag))
    if entities > 0.95 * len(whole):
        return "O" in tags and len(tags) > 1
    mixed = sum(len({cells[-1] for cells in sentence}) > 1 for sentence in sentences)
    return (
        len(sentences) >= _FEWEST_SENTENCES
        and len(whole) >= _FEWEST_WORDS_A_SENTENCE * len(sentences)
        and 2 * mixed > len(sentences)
        and 1 < len(tags) <= _TAG_VARIETY * len(whole)
        and all(map(_OTHER_TAG.fullmatch, tags))
    )


def tagged_rows(
    columns: TagColumns,
    lines: Sequence[str],
    source: str,
    split: Split | None = None,
    cancelled: IsCancelled | None = None,
) -> Rows:
    """Make a row of each sentence: the word in its column, the tag in the last.

    Lines that begin with # are comments unless they have the columns of a word and a known tag
    (the word may be a hashtag); so are lines that mark the start of a document.
    """
    heading = _heading_line(lines, columns)

    def read_line(number: int, line: str, sentence: Sentence) -> None:
        cells = columns.cells(line)
        is_whole = len(cells) == columns.columns
        if number == heading or line.startswith(_DOCUMENT_START):
            return
        if line.startswith("#") and not (is_whole and cells[-1] in columns.tags):
            return
        if not is_whole and columns.tabs and "\t" not in line:
            # A space in place of a tab, if what follows can be nothing but a tag.
            by_spaces = _SPACES.split(line.strip())
            if len(by_spaces) == columns.columns and by_spaces[-1] in columns.tags:
                cells, is_whole = by_spaces, True
        if not is_whole:
            raise MalformedLineError(
                f"There is 1 column where there should be {columns.columns}."
                if len(cells) == 1
                else f"There are {len(cells)} columns where there should be {columns.columns}.",
                "Each line needs a word and, in the last column, its tag.",
            )
        word, tag = cells[columns.word].strip(), cells[-1]
        if not word:
            raise MalformedLineError("The word is empty.", "Put a word before the tag.")
        if not tag:
            raise MalformedLineError(f"“{word[:60]}” has no tag.", "Put it into the last column.")
        sentence.add(number, word, tag)

    return sentence_rows(lines, source, split, read_line, cancelled)


def _cells(line: str, tabs: bool) -> list[str]:
    if tabs:
        cells = line.rstrip().split("\t")
        cells[-1] = cells[-1].strip()
        return cells
    return _SPACES.split(line.strip())


def _is_numbered(lines: Sequence[str], columns: TagColumns) -> bool:
    """Whether the first column counts the words of every sentence."""
    longest = 0
    for _, block in blocks(lines[:_SAMPLE_LINES]):
        rows = [columns.cells(line) for line in block if not line.startswith("#")]
        numbers = [cells[0] for cells in rows if not cells[0].startswith(_DOCUMENT_START)]
        if numbers != [str(number) for number in range(1, len(numbers) + 1)]:
            return False
        longest = max(longest, len(numbers))
    return longest > 1


def _heading_line(lines: Sequence[str], columns: TagColumns) -> int | None:
    """Return the line, from 1, that names the columns instead of holding a word."""
    for first, block in blocks(lines):
        cells = [cell.strip().casefold() for cell in columns.cells(block[0])]
        if cells[columns.word] in _WORD_NAMES and cells[-1] in _TAG_NAMES:
            return first
        return None
    return None
