"""The listed answers as text for files and the clipboard: whole, with numbers to six digits."""

from __future__ import annotations

from collections.abc import Iterable

from rnnstudio.gui.models.examples import (
    CONFIDENCE,
    LENGTH,
    MARGIN,
    OTHER,
    SAYS,
    SENTENCE,
    TRUTH,
    ExamplesModel,
)

_NOTHING = "–"  # as it stands in the list


def headings(model: ExamplesModel) -> list[str]:
    """Return what stands above the columns of `texts`."""
    asked = [model.asked] if model.asked else []
    columns = [model.heading(column, short=False) for column in _columns(model)]
    return ["sentence number", *asked, *columns]


def texts(model: ExamplesModel, lines: Iterable[int]) -> list[list[str]]:
    """Return some lines: which sentence it is, the word or entity that is asked, the columns."""
    columns = _columns(model)
    return [
        [
            str(model.table_row(line) + 1),
            *([model.asked_words(line)] if model.asked else []),
            *(_text(model, line, column) for column in columns),
        ]
        for line in lines
    ]


def _columns(model: ExamplesModel) -> tuple[int, ...]:
    other = (OTHER,) if model.has_other else ()
    return (SENTENCE, TRUTH, SAYS, *other, CONFIDENCE, MARGIN, LENGTH)


def _text(model: ExamplesModel, line: int, column: int) -> str:
    if column in (CONFIDENCE, MARGIN, LENGTH):
        number = model.number(line, column)
        if number != number:
            return ""
        return str(int(number)) if column == LENGTH else f"{number:.6f}"
    text = model.text(line, column)
    return "" if text == _NOTHING and column != SENTENCE else text
