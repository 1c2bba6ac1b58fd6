"""Cuts a file with one word a line into its sentences, and makes a row of each that is usable."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rnnstudio.data.cancellation import IsCancelled, interruptible
from rnnstudio.data.encoding import broken_column
from rnnstudio.data.problems import Report, Severity
from rnnstudio.data.rows import Rows
from rnnstudio.data.separated import LONGEST_LINE
from rnnstudio.data.table import Row, Split

# The longest sentence of the English treebank has 159 words: with more than this, the blank lines
# between sentences are probably missing.
MANY_WORDS = 1_000


class MalformedLineError(Exception):
    """A line that is not a word with its tag: `reason` says why, `hint` what to do."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@dataclass
class Sentence:
    """A sentence while it is read: its words and tags, and its text if the file gives it."""

    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    text: str | None = None
    first_line: int | None = None

    def add(self, number: int, word: str, tag: str) -> None:
        """Add the word of a line."""
        if self.first_line is None:
            self.first_line = number
        self.words.append(word)
        # A file has few different tags, and as many as it has words.
        self.tags.append(sys.intern(tag))


# Adds the word of a line, if it has one, to the sentence.
ReadLine = Callable[[int, str, Sentence], None]


def blocks(lines: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines between blank ones, with the number of the first of them."""
    start: int | None = None
    for index, line in enumerate(lines):
        # A line of tabs only is blank too: some files end their sentences with empty cells.
        if line and not line.isspace():
            start = index if start is None else start
        elif start is not None:
            yield start + 1, lines[start:index]
            start = None
    if start is not None:
        yield start + 1, lines[start:]


def sentence_rows(
    lines: Sequence[str],
    source: str,
    split: Split | None,
    read_line: ReadLine,
    cancelled: IsCancelled | None = None,
) -> Rows:
    """Make a row of each sentence whose lines `read_line` can all read; report the others."""
    report = Report(source, "sentence")
    rows: list[Row] = []
    longest: Row | None = None
    for first, block in blocks(lines):
        sentence = Sentence()
        before = len(report.problems)
        for number, line in enumerate(interruptible(block, cancelled), start=first):
            if len(line) > LONGEST_LINE:
                report.skipped(
                    number,
                    f"The line is longer than the limit of {LONGEST_LINE:,} characters.",
                    "Each line has one word.",
                )
            elif (column := broken_column(line)) is not None:
                report.skipped_as_broken(number, column)
            else:
                try:
                    read_line(number, line, sentence)
                except MalformedLineError as error:
                    report.skipped(number, error.reason, error.hint)
        if len(report.problems) > before:
            continue
        if sentence.first_line is None:
            if sentence.text is not None:
                report.skipped(first, f"The sentence “{sentence.text[:60]}” has no words.")
            continue
        words = tuple(sentence.words)
        text = " ".join(words) if sentence.text is None else sentence.text
        row = Row(text, "", split, source, sentence.first_line, words, tuple(sentence.tags))
        rows.append(row)
        if len(words) > MANY_WORDS and (longest is None or len(words) > len(longest.words or ())):
            longest = row
    if longest is not None:
        report.add(
            Severity.WARNING,
            longest.line,
            f"The sentence that begins here has {len(longest.words or ()):,} words.",
            "Check that a blank line stands between sentences.",
        )
    return Rows(tuple(rows), tuple(report.problems))
