"""Reads word vectors from a text file of GloVe or word2vec, for the words of a vocabulary.

Each line is a word and its E numbers with spaces between; word2vec's first line is the number of
words and E. Such files have gigabytes: lines are read one by one, and only wanted ones are kept.
"""

from __future__ import annotations

import math
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rnnstudio.data.cancellation import IsCancelled, interruptible
from rnnstudio.data.problems import DataError, Problem, Report, Severity
from rnnstudio.data.textfile import unreadable
from rnnstudio.data.vocabulary import FIRST_WORD_ID, UNK, Vocabulary
from rnnstudio.engine.arrays import BoolArray, FloatArray, read_only

# 4,096 numbers of 12 characters need 50 kB: longer lines are no vectors.
_LONGEST_LINE = 1_000_000
_MOST_DIMENSIONS = 10_000
_SAMPLE_LINES = 100
_MOST_PROBLEMS = 100
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHAT_IS_NEEDED = (
    "Choose a text file of GloVe or word2vec: in each line a word and its numbers, with spaces "
    "between."
)

# A line with its number, from 1; None in place of one that is too long.
_Numbered = tuple[int, bytes | None]


@dataclass(frozen=True, eq=False)
class WordVectors:
    """The vectors of a vocabulary's words, as far as a file has them; arrays are read-only.

    `matrix` (L, E) float32 has the vector of id k in row k − 1, zeros where there is none;
    `found` (L,) says which there are.
    """

    matrix: FloatArray
    found: BoolArray
    problems: tuple[Problem, ...]

    @property
    def dimensions(self) -> int:
        """E, the number of numbers of a vector."""
        return int(self.matrix.shape[1])


def read_vectors(
    path: Path, vocabulary: Vocabulary, cancelled: IsCancelled | None = None
) -> WordVectors:
    """Read the vectors of the words of a vocabulary; of <unk>, where both have it, too.

    A word takes the vector of the same spelling or, if the file has none, of its lower-cased
    spelling; of several lines for one word the first. Words in the file may contain spaces: the
    last E columns are numbers. Lines that cannot be used are skipped and reported.

    Raises:
        DataError: the file cannot be read, or holds no word vectors.
        Cancelled: `cancelled()` was true.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(f"{path} is not a file.", _WHAT_IS_NEEDED)
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    with file:
        try:
            return _read(file, path, vocabulary, cancelled)
        except OSError as error:
            raise unreadable(path, error) from error


class _Wanted:
    """The rows that a spelling in the file fills, and what has filled them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        names = dict(enumerate(vocabulary.words, start=FIRST_WORD_ID - 1))
        if vocabulary.unknown:
            names[vocabulary.unknown_id - 1] = UNK
        self.exact: dict[bytes, int] = {_bytes(name): row for row, name in names.items()}
        self.lowered: dict[bytes, list[int]] = {}
        for row, name in names.items():
            if (lowered := name.lower()) != name:
                self.lowered.setdefault(_bytes(lowered), []).append(row)
        # Only a line that begins like a wanted word has to be looked at closely.
        self.beginnings = {word.split(b" ", 1)[0] for word in chain(self.exact, self.lowered)}
        self.found = np.zeros(vocabulary.size, dtype=np.bool_)
        self._found_exactly: set[int] = set()

    def rows_of(self, word: bytes) -> list[int]:
        """Return the rows that a word of the file is to fill, and note that it has."""
        rows = [row for row in self.lowered.get(word, ()) if not self.found[row]]
        exact = self.exact.get(word)
        if exact is not None and exact not in self._found_exactly:
            self._found_exactly.add(exact)
            rows.append(exact)
        self.found[rows] = True
        return rows


def _read(
    file: BinaryIO, path: Path, vocabulary: Vocabulary, cancelled: IsCancelled | None
) -> WordVectors:
    lines = interruptible(_lines(file), cancelled)
    sample = list(islice(lines, _SAMPLE_LINES))
    _require_text(sample, path)
    has_heading, dimensions = _dimensions([line for _, line in sample if line], path)
    wanted = _Wanted(vocabulary)
    matrix = np.zeros((vocabulary.size, dimensions), dtype=np.float32)
    report = Report(path.name, "line")
    bad = 0

    def skip(number: int, message: str, hint: str = "") -> None:
        nonlocal bad
        bad += 1
        if bad <= _MOST_PROBLEMS:
            report.skipped(number, message, hint)

    for number, line in chain(sample[has_heading:], lines):
        if line is None:
            skip(number, f"The line is longer than the limit of {_LONGEST_LINE:,} bytes.")
            continue
        spaces = line.count(b" ")
        if spaces < dimensions:
            if line:
                skip(number, *_wrong_count(spaces, dimensions))
            continue
        if line[: line.index(b" ")] not in wanted.beginnings:
            continue
        word, *values = line.rsplit(b" ", dimensions)
        if word not in wanted.exact and word not in wanted.lowered:
            # A word with spaces, or a wanted one with too many numbers.
            if spaces > dimensions and _vector(line.split(b" ")[1:]) is not None:
                skip(number, *_wrong_count(spaces, dimensions))
            continue
        vector = _vector(values)
        if vector is None:
            skip(number, "Some of the numbers are none.", "Write them as 0.25 or -1e-3.")
            continue
        matrix[wanted.rows_of(word)] = vector
    if bad > _MOST_PROBLEMS:
        report.add(Severity.WARNING, None, f"{bad - _MOST_PROBLEMS:,} more lines are skipped.")
    if vocabulary.words and not wanted.found.any():
        report.add(
            Severity.WARNING,
            None,
            "The file has a vector for none of the words.",
            "Choose vectors of the language of the data.",
        )
    return WordVectors(read_only(matrix), read_only(wanted.found), tuple(report.problems))


def _lines(file: BinaryIO) -> Iterator[_Numbered]:
    """Yield the lines, single spaces between their columns, without holding more than one."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if len(line) >= _LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(_LONGEST_LINE)
            yield number, None
            continue
        # word2vec writes a space at the end of its lines, others tabs between the columns.
        line = line.rstrip(b" \t\r\n")
        if b"\t" in line:
            line = line.replace(b"\t", b" ")
        if b"  " in line:
            line = b" ".join([piece for piece in line.split(b" ") if piece])
        yield number, line


def _require_text(sample: Sequence[_Numbered], path: Path) -> None:
    start = b"\n".join(line or b"" for _, line in sample)
    if start.startswith(_COMPRESSED):
        raise DataError(f"{path} is compressed.", "Unpack it and choose the text file inside.")
    if b"\0" in start:
        raise DataError(
            f"{path} is not a text file.",
            "Save the vectors as text (word2vec: binary 0), with a word and its numbers a line.",
        )
    if not any(line for _, line in sample):
        if any(line is None for _, line in sample):
            raise DataError(f"{path} holds no word vectors.", _WHAT_IS_NEEDED)
        raise DataError(f"{path} is empty.", _WHAT_IS_NEEDED)


def _dimensions(sample: Sequence[bytes], path: Path) -> tuple[bool, int]:
    """Return whether the first line is word2vec's heading, and E."""
    first, *others = sample
    numbers = first.split(b" ")
    may_be_heading = bool(others) and len(numbers) == 2 and all(map(bytes.isdigit, numbers))
    counts = Counter(line.count(b" ") for line in (others if may_be_heading else sample))
    usual = min(counts, key=lambda spaces: (-counts[spaces], spaces))
    has_heading = may_be_heading and (usual > 1 or int(numbers[1]) == 1)
    if has_heading:
        dimensions = int(numbers[1])
        if not any(spaces >= dimensions for spaces in counts):
            raise DataError(
                f"The first line of {path} announces vectors of {dimensions:,} numbers, but its "
                f"lines have {usual:,}.",
                "Correct the first line or delete it.",
            )
    else:
        dimensions = usual
    if dimensions > _MOST_DIMENSIONS:
        raise DataError(
            f"The vectors of {path} have {dimensions:,} numbers; the limit is "
            f"{_MOST_DIMENSIONS:,}.",
            "Choose shorter vectors.",
        )
    body = others if has_heading else sample
    vectors = sum(
        line.count(b" ") >= dimensions and _vector(line.rsplit(b" ", dimensions)[1:]) is not None
        for line in body
    )
    if dimensions < 1 or 2 * vectors < len(body):
        raise DataError(f"{path} holds no word vectors.", _WHAT_IS_NEEDED)
    return has_heading, dimensions


def _vector(values: Sequence[bytes]) -> FloatArray | None:
    """Return numbers as float32; None if one is no number, or is none that float32 holds."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return None
    greatest = float(np.finfo(np.float32).max)
    if not all(math.isfinite(number) and abs(number) <= greatest for number in numbers):
        return None
    return np.array(numbers, dtype=np.float32)


def _wrong_count(numbers: int, dimensions: int) -> tuple[str, str]:
    found = "1 number" if numbers == 1 else f"{numbers} numbers"
    return (
        f"The line has {found} where there should be {dimensions}.",
        "Each line needs a word and its numbers.",
    )


def _bytes(word: str) -> bytes:
    # Words may hold halves of surrogate pairs, which no file of UTF-8 has.
    return word.encode("utf-8", "surrogatepass")
