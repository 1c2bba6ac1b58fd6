"""A report as one HTML page: no scripts, nothing from elsewhere, every text escaped.

Colours are those of the window's light theme, which are legible on paper, too.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from rnnstudio import __version__
from rnnstudio.project.percent import percent
from rnnstudio.project.report import (
    NOTHING,
    ClassLine,
    Comparison,
    Figure,
    Matrix,
    Report,
    Sentence,
)
from rnnstudio.project.saving import put_in_place

SUFFIX = ".html"
# By this a page is known as a report of this program.
BEGINNING = "<!DOCTYPE html>\n<!-- RNN Studio report -->\n"

# More columns than this are neither legible on a page of paper nor quickly shown.
_MOST_COLUMNS = 40
_FEW = 4  # columns, up to which there is room for shares
_UPRIGHT = 6  # columns, above which their names stand on end
_MIDDLE, _MANY = 10, 20  # columns, above which letters get smaller
_SIZES = (("many", _MANY), ("middle", _MIDDLE), ("", _FEW))
_LEAST_FILL = 0.1  # the smallest count still differs from nothing
_PANEL = (255, 255, 255)
_RIGHT = (59, 91, 219)
_WRONG = (224, 123, 26)
_LESS = (31, 111, 181)
_DARK, _LIGHT = "#1b2330", "#ffffff"

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f5f7; color: #1b2330;
  font: 14px/1.45 Inter, "Segoe UI", system-ui, sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 28px 20px 40px; }
h1 { font-size: 26px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 12px; }
.subtitle, .quiet, footer { color: #5d6878; }
.note { color: #b35c00; margin: 6px 0 0; }
section { background: #fff; border: 1px solid #e1e5ea; border-radius: 10px;
  padding: 16px 18px; margin-top: 16px; }
.figures { display: flex; flex-wrap: wrap; gap: 10px 30px; }
.figures div { min-width: 92px; }
.figures b { display: block; font-size: 22px; font-weight: 650;
  font-variant-numeric: tabular-nums; }
.figures span { color: #5d6878; }
.beside { display: grid; grid-template-columns: minmax(0, 6fr) minmax(0, 5fr); gap: 0 16px; }
@media (max-width: 760px) { .beside { display: block; } }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: right; font-weight: 400; }
th { color: #5d6878; }
th[scope=row], .left { text-align: left; color: #1b2330; overflow-wrap: anywhere; }
.list { width: 100%; } .settings th { white-space: nowrap; }
.list td, .list th { border-bottom: 1px solid #e1e5ea; }
.list .average th, .list .average td { color: #5d6878; }
.matrix { border-collapse: separate; border-spacing: 2px; }
.matrix td { min-width: 2.9em; text-align: center; border-radius: 4px; padding: 6px 5px; }
.matrix td.empty { background: #f7f8fa; color: #5d6878; }
.matrix th { color: #1b2330; }
.matrix .axis { color: #5d6878; font-weight: 600; text-align: center; }
.matrix .end { color: #5d6878; background: none; font-size: 0.92em; white-space: nowrap; }
.matrix thead th { text-align: center; vertical-align: bottom; }
.standing { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block;
  text-align: left; max-height: 14em; white-space: nowrap; }
.few { font-size: 16px; } .few td { padding: 14px 26px; min-width: 6em; }
.few td small { display: block; font-size: 12px; }
.middle { font-size: 12px; } .middle td { padding: 4px 3px; min-width: 2.5em; }
.many { font-size: 11px; border-spacing: 1px; }
.many td { padding: 2px 1px; min-width: 2.1em; border-radius: 2px; } .many th { padding: 2px 4px; }
.error { margin: 14px 0 0; break-inside: avoid; } .error:first-of-type { margin-top: 0; }
.error p { margin: 0 0 4px; font-weight: 600; overflow-wrap: anywhere; }
.error ul { margin: 0; padding-left: 18px; }
.error li { overflow-wrap: anywhere; }
mark { background: #fbe6d0; color: inherit; border-radius: 3px; padding: 0 3px; }
footer { margin-top: 20px; }
@page { margin: 14mm; }
@media print {
  body { background: #fff; font-size: 11px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  section { border: none; padding: 6px 0; margin-top: 10px; }
  .wide { overflow: visible; } tr, h2 { break-inside: avoid; } h2 { break-after: avoid; }
  .figures { gap: 4px 20px; } .figures div { min-width: 0; } .figures b { font-size: 17px; }
  .list td, .list th { padding: 1.5px 8px; } .error { margin-top: 8px; }
  .few td { padding: 8px 20px; }
  .many { font-size: 7px; } .middle { font-size: 9px; }
}
"""


def report_html(report: Report) -> str:
    """The page."""
    heading = f"{report.title}: evaluation"
    parts = [
        BEGINNING,
        '<html lang="en"><head><meta charset="utf-8">',
        # A browser then runs and fetches nothing, whatever stands in the texts.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(heading)}</title><style>{_STYLE}</style></head><body><main>",
        f"<header><h1>{_name(report.title)}</h1>",
        f'<div class="subtitle">{_text(report.subtitle)}</div>',
        *(f'<p class="note">{_text(note)}</p>' for note in report.notes),
        "</header>",
        *_section("", _figures(report)),
        *_section("Confusion matrix", _matrix(report.matrix)),
        *_comparison(report.comparison),
        '<div class="beside"><div>',
        *_section(report.errors_title, _errors(report)),
        "</div><div>",
        *_section(f"By {report.kind}", _classes(report)),
        *_section("Network and training", _settings(report)),
        "</div></div>",
        f"<footer>RNN Studio {_text(__version__)}, {report.made:%Y-%m-%d %H:%M}</footer>",
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def write_report(report: Report, path: Path) -> None:
    """Write the page to `path` in one step.

    Raises:
        ProjectFileError: it cannot be written; what was there is as it was.
    """
    data = report_html(report).encode("utf-8", "replace")
    put_in_place(path, lambda temporary: _write(temporary, data))


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _text(text: str) -> str:
    """A text as it stands in HTML; control characters, which HTML forbids, become "�"."""
    shown = (
        letter if letter.isprintable() or letter.isspace() or ord(letter) > 0x9F else "\ufffd"
        for letter in text
    )
    return html.escape("".join(shown).replace("\f", " ").replace("\v", " "))


def _name(text: str) -> str:
    """A name that may be written from right to left, among others that are not."""
    return f"<bdi>{_text(text) or '“”'}</bdi>"


def _comparison(comparison: Comparison | None) -> Iterator[str]:
    if comparison is not None:
        yield from _section(comparison.title, _compared(comparison))


def _compared(comparison: Comparison) -> Iterator[str]:
    yield from _figure_row(comparison.figures)
    yield f"<p>{_text(comparison.words)}</p>"
    yield '<div class="wide"><table class="list outcomes"><thead><tr><th></th>'
    yield f"<th>{_text(comparison.counted)}</th><th>share</th></tr></thead><tbody>"
    for name, count, share in comparison.outcomes:
        yield f'<tr><th scope="row">{_text(name)}</th><td>{count:,}</td>'
        yield f"<td>{percent(share)}</td></tr>"
    yield "</tbody></table></div>"


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    yield "<section>"
    if title:
        yield f"<h2>{_text(title)}</h2>"
    yield from parts
    yield "</section>"


def _figures(report: Report) -> Iterator[str]:
    yield from _figure_row(report.figures)


def _figure_row(figures: Sequence[Figure]) -> Iterator[str]:
    yield '<div class="figures">'
    for one in figures:
        yield (
            f'<div title="{_text(one.meaning)}"><b>{_text(one.value)}</b>'
            f"<span>{_text(one.name)}</span></div>"
        )
    yield "</div>"


# ---- the matrix ----


def _matrix(matrix: Matrix) -> Iterator[str]:
    rows, columns = _drawn(matrix)
    dropped = len(matrix.columns) - len(columns)
    if not rows or not columns:
        yield '<p class="quiet">There is nothing to count.</p>'
        return
    if dropped:
        yield (
            f'<p class="quiet">The {len(columns)} of {len(matrix.columns):,} columns with most '
            "errors, and their rows; the figures below are of all.</p>"
        )
    size = len(columns)
    kind = next((name for name, least in _SIZES if size > least), "few")
    ends = bool(matrix.row_ends)
    yield f'<div class="wide"><table class="matrix {kind}"><thead><tr><th></th>'
    yield f'<th class="axis" colspan="{size}">{_text(matrix.column_title)}</th>'
    yield "<th></th></tr><tr>" if ends else "</tr><tr>"
    yield f'<th class="axis">{_text(matrix.row_title)}</th>'
    for column in columns:
        name = _name(matrix.columns[column])
        name = f'<span class="standing">{name}</span>' if size > _UPRIGHT else name
        yield f'<th scope="col">{name}</th>'
    if ends:
        yield f'<th class="end">{_text(matrix.row_end)}</th>'
    yield "</tr></thead><tbody>"
    scales = _scales(matrix, rows, columns)
    for row in rows:
        cells = "".join(_cell(matrix, row, column, scales) for column in columns)
        end = f'<td class="end">{_text(matrix.row_ends[row])}</td>' if ends else ""
        yield f'<tr><th scope="row">{_name(matrix.rows[row])}</th>{cells}{end}</tr>'
    if matrix.column_ends:
        cells = "".join(
            f'<td class="end">{_text(matrix.column_ends[column])}</td>' for column in columns
        )
        yield f'<tr><th scope="row" class="end">{_text(matrix.column_end)}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _drawn(matrix: Matrix) -> tuple[list[int], list[int]]:
    """The rows and columns that are drawn, in their order: of many classes the most wrong."""
    height, width = matrix.counts.shape
    rows, columns = list(range(height)), list(range(width))
    if max(height, width) <= _MOST_COLUMNS:
        return rows, columns
    classes = matrix.classes
    wrong = np.abs(matrix.counts).astype(np.int64)
    np.fill_diagonal(wrong[:classes, :classes], 0)
    errors = wrong.sum(axis=1)[:classes] + wrong.sum(axis=0)[:classes]
    kept = np.argsort(-errors, kind="stable")[: _MOST_COLUMNS - (width - classes)]
    few = sorted(kept.tolist())
    return [*few, *range(classes, height)], [*few, *range(classes, width)]


def _is_right(matrix: Matrix, row: int, column: int) -> bool:
    return row == column and row < matrix.classes


def _scales(matrix: Matrix, rows: Sequence[int], columns: Sequence[int]) -> tuple[int, int]:
    """The largest count of right answers, and of errors; each has a scale of its own."""
    right = wrong = 0
    for row in rows:
        for column in columns:
            count = abs(int(matrix.counts[row, column]))
            if _is_right(matrix, row, column):
                right = max(right, count)
            else:
                wrong = max(wrong, count)
    return right, wrong


def _cell(matrix: Matrix, row: int, column: int, scales: tuple[int, int]) -> str:
    count = int(matrix.counts[row, column])
    right = _is_right(matrix, row, column)
    words = (
        f"{matrix.row_title} {matrix.rows[row]}, "
        f"{matrix.column_title} {matrix.columns[column]}: {count:+,}"
    )
    if not matrix.signed:
        words = words.replace(": +", ": ")
        total = int(matrix.counts[row].sum())
        words += f", {percent(count / total)} of the row" if total else ""
    title = f' title="{_text(words)}"'
    quiet = matrix.counts.shape[1] > _FEW
    if not count:
        return f'<td class="empty"{title}>{"·" if quiet else "0"}</td>'
    strength = abs(count) / max(scales[0 if right else 1], 1)
    hue = _RIGHT if right else _WRONG
    if matrix.signed:
        hue = _WRONG if count > 0 else _LESS
    fill = _blended(hue, _LEAST_FILL + (1 - _LEAST_FILL) * strength)
    written = f"{count:+,}" if matrix.signed else f"{count:,}"
    style = f"background:{_hex(fill)};color:{_letters_on(fill)}"
    share = ""
    if not quiet and not matrix.signed:
        share = f"<small>{percent(count / int(matrix.counts[row].sum()))}</small>"
    return f'<td style="{style}"{title}>{written.replace("-", "−")}{share}</td>'


_Color = tuple[int, int, int]


def _blended(color: _Color, share: float) -> _Color:
    red, green, blue = (
        round(low + (high - low) * share) for low, high in zip(_PANEL, color, strict=True)
    )
    return red, green, blue


def _hex(color: _Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _letters_on(color: _Color) -> str:
    """Whichever of dark and white has more contrast (WCAG 2, relative luminance)."""
    own = _luminance(color)
    dark = _luminance((0x1B, 0x23, 0x30))
    return _DARK if (own + 0.05) / (dark + 0.05) >= 1.05 / (own + 0.05) else _LIGHT


def _luminance(color: _Color) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# ---- the rest ----


def _errors(report: Report) -> Iterator[str]:
    if not report.errors:
        yield '<p class="quiet">There is none.</p>'
    for kind in report.errors:
        yield f'<div class="error"><p>{_text(kind.words)}</p><ul>'
        for sentence in kind.sentences:
            yield f"<li>{_sentence(sentence)}</li>"
        yield "</ul></div>"


def _sentence(sentence: Sentence) -> str:
    parts = [_text(sentence.before)]
    if sentence.marked:
        parts += [f"<mark>{_text(sentence.marked)}</mark>", _text(sentence.after)]
    sure = "" if sentence.confidence is None else f"{percent(sentence.confidence)} sure"
    # What belongs together stays in one line.
    parts_about = [part.replace(" ", "\u00a0") for part in (sure, sentence.place) if part]
    about = " · ".join(parts_about)
    said = " ".join(part for part in parts if part)
    return f'<bdi dir="auto">{said}</bdi> <span class="quiet">{_text(about)}</span>'


def _classes(report: Report) -> Iterator[str]:
    yield '<div class="wide"><table class="list"><thead><tr>'
    yield f'<th class="left">{_text(report.kind)}</th><th>precision</th><th>recall</th>'
    yield f"<th>F1</th><th>{_text(report.counted)}</th></tr></thead><tbody>"
    for line in report.classes:
        yield _line(line, "")
    for line in report.averages:
        yield _line(line, ' class="average"')
    yield "</tbody></table></div>"


def _line(line: ClassLine, attribute: str) -> str:
    shares = (line.precision, line.recall, line.f1)
    cells = "".join(
        f"<td>{NOTHING if value is None or value != value else f'{value:.3f}'}</td>"
        for value in shares
    )
    return (
        f'<tr{attribute}><th scope="row">{_name(line.name)}</th>{cells}'
        f"<td>{line.support:,}</td></tr>"
    )


def _settings(report: Report) -> Iterator[str]:
    yield '<table class="list settings"><tbody>'
    for name, words in report.settings:
        yield f'<tr><th scope="row">{_text(name)}</th><td class="left">{_text(words)}</td></tr>'
    yield "</tbody></table>"
