"""Makes rows of a file's text and reports, by line, those that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rnnstudio.data.cancellation import IsCancelled, interruptible
from rnnstudio.data.columns import Columns, guess_columns, split_named
from rnnstudio.data.encoding import broken_column
from rnnstudio.data.problems import Problem, Report, Severity
from rnnstudio.data.separated import LONGEST_LINE, Fault, Record, Sheet
from rnnstudio.data.table import Row, Split

# More labels than this, each with only a few rows, are not classes but another kind of file.
_MANY_LABELS = 50
_FEW_ROWS_A_LABEL = 4


@dataclass(frozen=True)
class Rows:
    """The usable rows of a file, what was found while making them, and where they stood."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    columns: Columns | None = None


def labelled_rows(
    sheet: Sheet,
    lines: Sequence[str],
    source: str,
    split: Split | None = None,
    cancelled: IsCancelled | None = None,
) -> Rows:
    """Make rows of a sheet with a text and a label column; `split` is the file's own."""
    report = Report(source)
    complete = [record for record in sheet.records if len(record.cells) == sheet.columns]
    columns = guess_columns([record.cells for record in complete])
    heading = complete[0] if columns.heading else None
    if columns.ignored:
        report.add(Severity.NOTE, None, f"Columns not used: {', '.join(columns.ignored)}.")
    broken = _broken_lines(lines)
    labels = {record.cells[columns.label].strip() for record in complete}
    rows: list[Row] = []
    for record in interruptible(sheet.records, cancelled):
        if record is heading:
            continue
        cells = _usable_cells(record, sheet, columns, labels, broken, report)
        if cells is None:
            continue
        text, label = cells[columns.text].strip(), cells[columns.label].strip()
        if not text:
            report.skipped(record.line, "The sentence is empty.")
        elif not label:
            report.skipped(record.line, "The label is empty.")
        else:
            own = split
            if columns.split is not None and (name := cells[columns.split].strip()):
                own = split_named(name)
                if own is None:
                    report.add(
                        Severity.WARNING,
                        record.line,
                        f"“{name}” is not a split; the row is split by the seed.",
                        "Use train, validation or test.",
                    )
            rows.append(Row(text, label, own, source, record.line))
    different = len({row.label for row in rows})
    if different > _MANY_LABELS and different * _FEW_ROWS_A_LABEL > len(rows):
        report.add(
            Severity.WARNING,
            None,
            f"The {len(rows)} rows have {different} different labels.",
            "Check that one column holds classes.",
        )
    return Rows(tuple(rows), tuple(report.problems), columns)


def plain_rows(
    lines: Sequence[str],
    label: str,
    source: str,
    split: Split | None = None,
    cancelled: IsCancelled | None = None,
) -> Rows:
    """Make a row of each line that is not blank, all with one label."""
    report = Report(source)
    rows: list[Row] = []
    for number, line in enumerate(interruptible(lines, cancelled), start=1):
        if len(line) > LONGEST_LINE:
            _report_too_long(report, number)
        elif (column := broken_column(line)) is not None:
            report.skipped_as_broken(number, column)
        elif text := line.strip():
            rows.append(Row(text, label, split, source, number))
    return Rows(tuple(rows), tuple(report.problems))


def _usable_cells(
    record: Record,
    sheet: Sheet,
    columns: Columns,
    labels: set[str],
    broken: Mapping[int, int],
    report: Report,
) -> tuple[str, ...] | None:
    if record.fault is Fault.TOO_LONG:
        _report_too_long(report, record.line)
        return None
    if record.fault is Fault.OPEN_QUOTE:
        report.skipped(
            record.line,
            "A quotation mark opens a cell, and none closes it.",
            "Close it, or write a mark that belongs to the sentence twice.",
        )
        return None
    for line in range(record.line, record.last_line + 1) if broken else ():
        if line in broken:
            report.skipped_as_broken(line, broken[line])
            return None
    cells = record.cells
    if len(cells) < sheet.columns:
        report.skipped(
            record.line,
            f"{_columns(len(cells))} where there should be {sheet.columns}.",
            "Each row needs a sentence and a label.",
        )
        return None
    if len(cells) > sheet.columns:
        return _joined_cells(record, sheet, columns, labels, report)
    if record.fault is Fault.STRAY_QUOTE:
        report.add(
            Severity.WARNING,
            record.line,
            "A quotation mark inside a quoted cell is not doubled; it is read as a character.",
        )
    return cells


def _joined_cells(
    record: Record, sheet: Sheet, columns: Columns, labels: set[str], report: Report
) -> tuple[str, ...] | None:
    """Mend a row with too many cells: empty ones at its end, or separators in its sentence."""
    cells, extra = record.cells, len(record.cells) - sheet.columns
    if not any(cell.strip() for cell in cells[sheet.columns :]):
        return cells[: sheet.columns]
    end = columns.text + extra + 1
    joined = (
        *cells[: columns.text],
        sheet.separator.join(cells[columns.text : end]),
        *cells[end:],
    )
    if joined[columns.label].strip() in labels:
        report.add(
            Severity.WARNING,
            record.line,
            f"{_columns(len(cells))} where there should be {sheet.columns}; the sentence is taken "
            "to contain the separator.",
            "Put it in quotation marks.",
        )
        return joined
    report.skipped(
        record.line,
        f"{_columns(len(cells))} where there should be {sheet.columns}.",
        "Put a sentence that contains the separator in quotation marks.",
    )
    return None


def _broken_lines(lines: Sequence[str]) -> dict[int, int]:
    columns = ((number, broken_column(line)) for number, line in enumerate(lines, start=1))
    return {number: column for number, column in columns if column is not None}


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"


def _report_too_long(report: Report, line: int) -> None:
    report.skipped(line, f"The row is longer than the limit of {LONGEST_LINE:,} characters.")
