"""Cuts a text into rows and cells: finds the separator and whether quotes enclose cells."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.data.cancellation import IsCancelled, interruptible
from rnnstudio.data.columns import is_known_heading, label_variety

# Characters in a line, and in a row whose quoted cells hold line breaks. 200,000 characters are
# 35,000 words: longer lines are not sentences but another kind of file.
LONGEST_LINE = 200_000

SEPARATORS = ("\t", ",", ";", "|")
_SAMPLE_LINES = 1_000
# What share of the rows must have the same number of cells. Where tabs separate, or one column
# has few different values, rows that differ are bad rows; otherwise the separator may be only a
# sign in sentences.
_SHARE_IF_CLEAR, _SHARE_IF_DOUBTFUL = 0.1, 0.6
_CLEAR_VARIETY, _DOUBTFUL_VARIETY = 0.5, 0.75
_FEW_ROWS = 10
# The first line of a CSV that tells Excel the separator.
_EXCEL_HINT = re.compile('"?sep=.?"?')


class Fault(StrEnum):
    """What kept a row from being cut into cells as it should be."""

    TOO_LONG = "too long"
    OPEN_QUOTE = "open quote"
    STRAY_QUOTE = "stray quote"


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row, and its first and last line, from 1.

    There are no cells where the row is too long or a quote stays open; where a quote is stray,
    it is a character of its cell.
    """

    line: int
    last_line: int
    cells: tuple[str, ...]
    fault: Fault | None = None


@dataclass(frozen=True)
class Sheet:
    """A text as rows of cells; `columns` is how many a row should have, and at least one has."""

    records: tuple[Record, ...]
    separator: str
    columns: int


def read_sheet(lines: Sequence[str], cancelled: IsCancelled | None = None) -> Sheet | None:
    """Cut the lines of a text into cells; None where they have no columns in common.

    Separator and number of columns are what most of the first rows agree on. Quotes enclose
    cells, as in CSV, unless more rows make sense with quotes as mere characters, as in many TSV
    files.
    """
    if lines and _EXCEL_HINT.fullmatch(lines[0]):
        lines = ["", *lines[1:]]
    sample = [line for line in lines[:_SAMPLE_LINES] if _is_row(line)]
    separator = _find_separator(sample)
    if separator is None:
        return None
    readings: list[tuple[int, Sheet]] = []
    for quoted in (True, False):
        columns, _ = _columns(list(_parse(sample, separator, quoted)))
        if columns < 2:
            continue
        records = tuple(interruptible(_parse(lines, separator, quoted, columns), cancelled))
        odd = sum(_is_odd(record, columns, quoted) for record in records)
        if any(len(record.cells) == columns for record in records):
            readings.append((odd, Sheet(records, separator, columns)))
        if not odd:
            break
    # The first of the best: quotes that could be either enclose cells.
    return min(readings, key=lambda reading: reading[0])[1] if readings else None


def is_blank(line: str) -> bool:
    """Whether a line holds nothing, not even empty cells."""
    return not line or (line.isspace() and "\t" not in line)


def _is_row(line: str) -> bool:
    return len(line) <= LONGEST_LINE and not is_blank(line)


def _find_separator(sample: Sequence[str]) -> str | None:
    found: str | None = None
    best = (False, 0.0)
    for separator in SEPARATORS:
        for quoted in (True, False):
            records = list(_parse(sample, separator, quoted))
            columns, share = _columns(records)
            rows = [record.cells for record in records if len(record.cells) == columns]
            if columns < 2 or not rows:
                continue
            known = is_known_heading(records[0].cells)
            if (known or share >= _needed_share(separator, rows)) and (known, share) > best:
                found, best = separator, (known, share)
    return found


def _needed_share(separator: str, rows: Sequence[tuple[str, ...]]) -> float:
    variety = label_variety(rows)
    if separator == "\t" or variety <= _CLEAR_VARIETY:
        return _SHARE_IF_CLEAR
    if len(rows) < _FEW_ROWS or variety <= _DOUBTFUL_VARIETY:
        return _SHARE_IF_DOUBTFUL
    return math.inf


def _columns(records: Sequence[Record]) -> tuple[int, float]:
    """Return how many cells a row should have, and the share of rows that have them.

    That is what the heading has or, of the rows with several cells, most; 0 if there are none.
    """
    counts = Counter(len(record.cells) for record in records)
    if records and is_known_heading(records[0].cells):
        columns = len(records[0].cells)
    else:
        several = {cells: count for cells, count in counts.items() if cells > 1}
        # Of two numbers as frequent, the smaller: a comma in a sentence adds a cell.
        columns = max(several, key=lambda cells: (several[cells], -cells), default=0)
    return columns, counts[columns] / max(len(records), 1)


def _is_odd(record: Record, columns: int, quoted: bool) -> bool:
    """Whether a row speaks against the way it was read."""
    if record.fault is Fault.TOO_LONG:
        return False
    if record.fault is not None or len(record.cells) != columns:
        return True
    return not quoted and _has_enclosing_quotes(record.cells)


def _has_enclosing_quotes(cells: Sequence[str]) -> bool:
    """Whether quotes that were read as characters look like those of CSV.

    They do if they enclose every cell, stand doubled inside a cell that they enclose, or open in
    one cell and close in a later one, that is, if a separator stood between them.
    """
    enclosed = 0
    opened = False
    for cell in map(str.strip, cells):
        if len(cell) > 1 and cell[0] == cell[-1] == '"':
            enclosed += 1
            if '""' in cell[1:-1]:
                return True
        elif opened and cell.endswith('"'):
            return True
        elif cell.startswith('"'):
            opened = True
    return enclosed == len(cells)


def _parse(
    lines: Sequence[str], separator: str, quoted: bool, columns: int | None = None
) -> Iterator[Record]:
    """Yield the rows; with `columns` given, a row over several lines must have that many."""
    index = 0
    while index < len(lines):
        line = lines[index]
        if len(line) > LONGEST_LINE:
            record = Record(index + 1, index + 1, (), Fault.TOO_LONG)
        elif quoted and '"' in line:
            record = _quoted_record(lines, index, separator, columns)
        else:
            record = Record(index + 1, index + 1, tuple(line.split(separator)))
        if not is_blank(line):
            yield record
        index = record.last_line


_OPENING = re.compile(' *"')
_INSIDE = re.compile('[^"]*+(?:""[^"]*+)*+')
_CLOSING = {separator: re.compile(rf'" *(?={re.escape(separator)}|\Z)') for separator in SEPARATORS}


def _quoted_record(lines: Sequence[str], first: int, separator: str, columns: int | None) -> Record:
    """Cut the row that begins at `lines[first]`, whose quoted cells may hold line breaks.

    A quote inside a quoted cell that is not doubled is taken as a character, but only in a row
    of one line: in several lines it tells that the opening quote was a character itself, and
    that the lines after it are rows of their own.
    """
    unusable = Record(first + 1, first + 1, (), Fault.OPEN_QUOTE)
    index, line, position = first, lines[first], 0
    length = len(line)
    cells: list[str] = []
    stray = False
    while columns is None or index == first or len(cells) < columns:
        opening = _OPENING.match(line, position)
        if opening is None:
            end = line.find(separator, position)
            end = len(line) if end < 0 else end
            cells.append(line[position:end])
            position = end
        else:
            position = opening.end()
            parts: list[str] = []
            while True:
                inside = _INSIDE.match(line, position)
                assert inside is not None  # it matches the empty string
                parts.append(inside[0].replace('""', '"'))
                position = inside.end()
                if position == len(line):
                    index += 1
                    if stray or index == len(lines):
                        return unusable
                    line, position = lines[index], 0
                    length += len(line) + 1
                    parts.append("\n")
                elif (closing := _CLOSING[separator].match(line, position)) is not None:
                    break
                elif index > first:
                    return unusable
                else:
                    stray = True
                    parts.append('"')
                    position += 1
            position = closing.end()
            cells.append("".join(parts))
        if position == len(line):
            break
        position += len(separator)
    if index > first and columns is not None and (len(cells) != columns or position < len(line)):
        return unusable
    if length > LONGEST_LINE:
        return Record(first + 1, index + 1, (), Fault.TOO_LONG)
    return Record(first + 1, index + 1, tuple(cells), Fault.STRAY_QUOTE if stray else None)
