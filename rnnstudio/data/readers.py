"""Reads a file or a folder of sentences with their labels into a table."""

from __future__ import annotations

import os
from pathlib import Path

from rnnstudio.data.cancellation import IsCancelled
from rnnstudio.data.folder import read_folder
from rnnstudio.data.problems import DataError, first_problem
from rnnstudio.data.rows import labelled_rows
from rnnstudio.data.separated import LONGEST_LINE, is_blank, read_sheet
from rnnstudio.data.table import Table
from rnnstudio.data.tagged import WHAT_A_TAGGED_FILE_NEEDS, has_tags, read_tags
from rnnstudio.data.textfile import TextFile, read_text
from rnnstudio.engine.network import Task

_WHAT_A_FILE_NEEDS = (
    "A data file has a sentence and a label in each line, with a tab or a comma between them; "
    "or choose a folder with one plain text file for each class."
)


def read(path: Path, cancelled: IsCancelled | None = None) -> Table:
    """Read a file (CSV, TSV, CoNLL-U, words with tags in columns) or a folder of them.

    The table's `origin` is the absolute path.
    Rows that cannot be used are skipped and reported in the table's problems.

    Raises:
        DataError: nothing usable is there.
        Cancelled: `cancelled()` was true.
    """
    path = Path(os.path.abspath(path.expanduser()))
    if os.path.isdir(path):  # Path.is_dir() raises where the name is too long
        return read_folder(path, cancelled)
    file = read_text(path, path.name)
    if has_tags(path.name, file.lines):
        return _tagged_table(path, file, cancelled)
    sheet = read_sheet(file.lines, cancelled)
    if sheet is None:
        raise DataError(_why_no_columns(path, file.lines), _WHAT_A_FILE_NEEDS, file.problems)
    result = labelled_rows(sheet, file.lines, path.name, cancelled=cancelled)
    problems = file.problems + result.problems
    if not result.rows:
        happened = f"No row of {path} can be used.{first_problem(problems)}"
        raise DataError(happened, _WHAT_A_FILE_NEEDS, problems)
    return Table(path.name, result.rows, problems, str(path))


def _tagged_table(path: Path, file: TextFile, cancelled: IsCancelled | None) -> Table:
    result = read_tags(file.lines, path.name, cancelled=cancelled)
    if result is None:
        raise DataError(f"{path} has one column only.", WHAT_A_TAGGED_FILE_NEEDS, file.problems)
    problems = file.problems + result.problems
    if not result.rows:
        happened = f"No sentence of {path} can be used.{first_problem(problems)}"
        raise DataError(happened, WHAT_A_TAGGED_FILE_NEEDS, problems)
    return Table(path.name, result.rows, problems, str(path), Task.LABEL)


def _why_no_columns(path: Path, lines: tuple[str, ...]) -> str:
    filled = [(number, len(line)) for number, line in enumerate(lines, 1) if not is_blank(line)]
    number, length = filled[0]
    if length > LONGEST_LINE:
        return (
            f"No row of {path} can be used: line {number} has {length:,} characters; the limit "
            f"is {LONGEST_LINE:,}."
        )
    return f"{path} has one column only, or its rows do not have the same number of columns."
