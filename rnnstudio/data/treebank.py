"""Reads CoNLL-U, the format of the Universal Dependencies treebanks: words and parts of speech.

Format: https://universaldependencies.org/format.html. A word has ten columns, of which the second
(FORM) and the fourth (UPOS) are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conllu.exceptions import ParseException
from conllu.parser import (
    DEFAULT_FIELD_PARSERS,
    DEFAULT_FIELDS,
    parse_comment_line,
    parse_line,
)

from rnnstudio.data.blocks import MalformedLineError, Sentence, sentence_rows
from rnnstudio.data.cancellation import IsCancelled
from rnnstudio.data.rows import Rows
from rnnstudio.data.table import Split

# Columns up to UPOS; older files lack some of those after it.
_FEWEST_COLUMNS = 4
_SAMPLE_LINES = 2_000
# What is not read need not be right.
_PARSERS = {"id": DEFAULT_FIELD_PARSERS["id"]}


def is_treebank(lines: Sequence[str]) -> bool:
    """Whether the first lines of a text are those of CoNLL-U: ten columns, numbered words."""
    sample = _word_lines(lines)
    if not sample or not sample[0].startswith(("1\t", "1-")):
        return False
    alike = sum(
        line.count("\t") == len(DEFAULT_FIELDS) - 1 and line[:1].isdecimal() for line in sample
    )
    return alike > 0.9 * len(sample)


def treebank_rows(
    lines: Sequence[str],
    source: str,
    split: Split | None = None,
    cancelled: IsCancelled | None = None,
) -> Rows:
    """Make a row of each sentence of a CoNLL-U file, with its words and parts of speech.

    The parts of a contraction are words, and the contraction (`3-4`) is none; nor is a word that
    is only understood (`5.1`).
    """
    counts = Counter(min(line.count("\t") + 1, len(DEFAULT_FIELDS)) for line in _word_lines(lines))
    several = {number: count for number, count in counts.items() if number >= _FEWEST_COLUMNS}
    columns = max(several, key=several.__getitem__, default=len(DEFAULT_FIELDS))

    def read_line(number: int, line: str, sentence: Sentence) -> None:
        line = line.strip()
        if line.startswith("#"):
            for key, value in parse_comment_line(line):
                if key == "text":
                    sentence.text = value
            return
        try:
            token = parse_line(line, DEFAULT_FIELDS, _PARSERS)
        except ParseException as error:
            if "\t" not in line:
                raise MalformedLineError(
                    "The line has no columns.", "Put a tab between one column and the next."
                ) from error
            raise MalformedLineError(
                f"“{line.split()[0][:60]}” is not the number of a word.",
                "The first column counts the words of a sentence: 1, 2, 3.",
            ) from error
        if len(token) < columns:
            raise MalformedLineError(
                f"There are {len(token)} columns where there should be {columns}.",
                "Write _ in a column that is empty.",
            )
        if isinstance(token["id"], tuple):
            return
        if token["id"] != len(sentence.words) + 1:
            raise MalformedLineError(
                f"The word has the number {token['id'] or '_'} where {len(sentence.words) + 1} "
                "should be.",
                "Number the words 1, 2, 3, and put a blank line between sentences.",
            )
        word, tag = token["form"].strip(), token["upos"].strip()
        # Counted before they are looked at, so that the words after a bad one are not bad too.
        sentence.add(number, word, tag)
        if not word:
            raise MalformedLineError("The word is empty.", "It stands in the second column.")
        if tag in ("", "_"):
            raise MalformedLineError(
                f"“{word[:60]}” has no part of speech.", "It stands in the fourth column (UPOS)."
            )

    return sentence_rows(lines, source, split, read_line, cancelled)


def _word_lines(lines: Sequence[str]) -> list[str]:
    return [
        line for line in lines[:_SAMPLE_LINES] if line.strip() and not line.lstrip().startswith("#")
    ]
