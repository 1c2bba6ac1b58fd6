"""Reads a folder: files with tags or labels together, or a file or folder for each class."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rnnstudio.data.cancellation import IsCancelled, interruptible
from rnnstudio.data.columns import split_named
from rnnstudio.data.problems import DataError, Problem, Severity, first_problem, shortened
from rnnstudio.data.rows import Rows, labelled_rows, plain_rows
from rnnstudio.data.separated import Sheet, read_sheet
from rnnstudio.data.table import Split, Table
from rnnstudio.data.tagged import TAGGED, WHAT_A_TAGGED_FILE_NEEDS, has_tags, read_tags
from rnnstudio.data.textfile import TextFile, read_text, unreadable
from rnnstudio.engine.network import Task

READABLE = frozenset({".txt", ".csv", ".tsv", ".tab", ".dat", ""}) | TAGGED
_ABOUT_THE_DATA = frozenset({"readme", "license", "licence", "copying", "authors", "changelog"})
# A folder dropped by mistake, such as a whole disk, ends here instead of never.
_MOST_FILES = 100_000


@dataclass(frozen=True)
class _Part:
    """One file of the folder; `name` is its path inside the folder.

    It has a tag for each word (`tagged`), or a label column (then there is a `sheet`), or none.
    """

    name: str
    file: TextFile
    tagged: bool
    sheet: Sheet | None


def read_folder(path: Path, cancelled: IsCancelled | None = None) -> Table:
    """Read the data files of a folder and its sub-folders, in natural order of their names.

    Where most files have a label column, they are read together. Otherwise each line is a
    sentence, and its class is the name of the file, or of the sub-folder. Where most files have
    a tag for each word, only those are read. `train`, `dev`, `valid` or `test` in the name of a
    file or sub-folder makes the split.

    Raises:
        DataError: there are no usable rows.
        Cancelled: `cancelled()` was true.
    """
    shown = path.resolve().name or str(path)
    problems: list[Problem] = []
    parts: list[_Part] = []
    for name in interruptible(_data_files(path, shown, problems), cancelled):
        try:
            file = read_text(path / name, name)
        except DataError as error:
            problems.append(_about(name, error.happened, "The file is skipped."))
            continue
        problems.extend(file.problems)
        tagged = has_tags(name, file.lines)
        sheet = None if tagged else read_sheet(file.lines, cancelled)
        parts.append(_Part(name, file, tagged, sheet))
    if not parts:
        raise DataError(
            f"The folder {path} has no data files.{first_problem(problems)}",
            "Put text files (.csv, .tsv, .txt) with sentences and labels into it.",
            problems,
        )
    task = Task.CLASSIFY
    with_tags = sum(part.tagged for part in parts)
    with_labels = sum(part.sheet is not None for part in parts)
    if 2 * with_tags >= len(parts):
        task = Task.LABEL
        read = list(_read_tagged(parts, problems, cancelled))
        problems.extend(_disagreements(read))
    elif 2 * with_labels >= len(parts):
        read = list(_read_labelled(parts, problems, cancelled))
        problems.extend(_disagreements(read))
    else:
        read = list(_read_classes(parts, problems, cancelled))
    rows = tuple([row for result in read for row in result.rows])
    problems.extend(problem for result in read for problem in result.problems)
    if not rows:
        raise DataError(
            f"No row in the folder {path} can be used.{first_problem(problems)}",
            WHAT_A_TAGGED_FILE_NEEDS
            if task is Task.LABEL
            else "Each row needs a sentence and a label.",
            problems,
        )
    return Table(shown, rows, tuple(problems), str(path), task)


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key by which "part2" comes before "part10"."""
    pieces = re.split(r"(\d+)", name.casefold())
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in pieces]


def _data_files(folder: Path, shown: str, problems: list[Problem]) -> Sequence[str]:
    """Return the paths, inside the folder, of the files to read; note the others."""
    names: list[str] = []
    other: list[str] = []
    seen = 0

    def refuse(error: OSError) -> None:
        if error.filename is None or Path(error.filename) == folder:
            raise unreadable(folder, error) from error
        problems.append(_about(Path(error.filename).name, "The folder may not be read."))

    for here, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        seen += len(folders) + len(files)
        if seen > _MOST_FILES:
            raise DataError(
                f"The folder {folder} holds more than {_MOST_FILES:,} files.",
                "Choose the folder that holds the data.",
            )
        inside = Path(here).relative_to(folder)
        for name in files:
            kind = Path(name)
            if name.startswith(".") or kind.suffix.lower() == ".md":
                continue
            if kind.stem.casefold() in _ABOUT_THE_DATA:
                continue
            target = names if kind.suffix.lower() in READABLE else other
            target.append((inside / name).as_posix())
    if other:
        other.sort(key=natural_key)
        problems.append(
            Problem(
                shown,
                None,
                None,
                f"Not read: {shortened(other)}.",
                f"Files that are read end in {', '.join(sorted(READABLE - {''}))}.",
                Severity.NOTE,
            )
        )
    return sorted(names, key=natural_key)


def _read_tagged(
    parts: Sequence[_Part], problems: list[Problem], cancelled: IsCancelled | None
) -> Iterator[Rows]:
    for part in parts:
        split = _split_and_class(part.name)[0]
        rows = read_tags(part.file.lines, part.name, split, cancelled) if part.tagged else None
        if rows is None:
            message = "The file has no tags for its words, unlike others."
            problems.append(_about(part.name, message, "It is skipped."))
        else:
            yield rows


def _skip_tagged(parts: Sequence[_Part], problems: list[Problem]) -> Iterator[_Part]:
    for part in parts:
        if part.tagged:
            message = "The file has a tag for each word, unlike others."
            problems.append(_about(part.name, message, "It is skipped."))
        else:
            yield part


def _read_labelled(
    parts: Sequence[_Part], problems: list[Problem], cancelled: IsCancelled | None
) -> Iterator[Rows]:
    for part in _skip_tagged(parts, problems):
        if part.sheet is None:
            problems.append(
                _about(part.name, "The file has no label column, unlike others.", "It is skipped.")
            )
            continue
        split = _split_and_class(part.name)[0]
        yield labelled_rows(part.sheet, part.file.lines, part.name, split, cancelled)


def _disagreements(read: Sequence[Rows]) -> Iterator[Problem]:
    """Say which files have other columns than the first, or labels that no other file has."""
    filled = [result for result in read if result.rows]
    files_with = Counter(label for result in filled for label in _labels(result))
    for result in filled:
        source = result.rows[0].source
        if _places(result) != _places(filled[0]):
            first = filled[0].rows[0].source
            yield _about(source, f"The columns stand in another order than in {first}.")
        labels = _labels(result)
        # A file with a single label may well hold one class of several.
        if len(filled) > 1 and len(labels) > 1 and all(files_with[each] == 1 for each in labels):
            yield _about(
                source,
                f"No other file has its labels ({shortened(sorted(labels))}).",
                "Check that the files belong together.",
            )


def _labels(result: Rows) -> set[str]:
    return {label for row in result.rows for label in row.tags or (row.label,)}


def _places(result: Rows) -> tuple[int, int] | None:
    return None if result.columns is None else (result.columns.text, result.columns.label)


def _read_classes(
    parts: Sequence[_Part], problems: list[Problem], cancelled: IsCancelled | None
) -> Iterator[Rows]:
    for part in _skip_tagged(parts, problems):
        split, label = _split_and_class(part.name)
        if label is None:
            problems.append(
                _about(
                    part.name,
                    "The file has no label column, and its name names no class.",
                    "It is skipped.",
                )
            )
            continue
        yield plain_rows(part.file.lines, label, part.name, split, cancelled)


def _split_and_class(name: str) -> tuple[Split | None, str | None]:
    """Read split and class off a path: "train/pos.txt", "pos_train.txt" and "pos/1.txt"."""
    path = PurePosixPath(name)
    split: Split | None = None
    classes: list[str] = []
    for piece in (*path.parts[:-1], path.stem):
        kept: list[str] = []
        for word in re.split(r"([\W_]+)", piece):
            named = split_named(word)
            split = split or named
            if named is None:
                kept.append(word)
        classes.append("".join(kept).strip(" ._-"))
    folders = [label for label in classes[:-1] if label]
    return split, (folders[-1] if folders else classes[-1]) or None


def _about(name: str, message: str, hint: str = "") -> Problem:
    return Problem(name, None, None, message, hint, Severity.WARNING)
