"""How wide the columns of the list of sentences are: the sentence has the room."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontMetrics

from rnnstudio.gui.models.examples import (
    ARROW,
    CONFIDENCE,
    LENGTH,
    LINK,
    MARGIN,
    OPEN,
    OPEN_SHORT,
    OTHER,
    SAYS,
    TRUTH,
    ExamplesModel,
)
from rnnstudio.gui.tables import DataTable
from rnnstudio.gui.theme import font
from rnnstudio.session.answers.judgement import Judgement

# Pixels; with less the sentence needs the room.
_WIDTH_FOR_BAR, _WIDTH_FOR_LENGTH, _WIDTH_FOR_MARGIN, _WIDTH_FOR_LINK = 640, 780, 860, 940
_WIDTH_FOR_WORDS = 700  # above two columns of answers and in the link
_PADDING = 22  # on both sides of a cell
_SORT_SIGN = 14
_LEAST_LABEL = 52
_SENTENCE_SHARE = 0.4  # of the width, before names of classes are cut
_MOST_LETTERS = 40


def fit_columns(table: DataTable, model: ExamplesModel, judgement: Judgement, width: int) -> None:
    """Give each column what it needs, as far as the sentence is left enough of the width."""
    both = model.has_other
    names = {
        TRUTH: (*judgement.evaluation.labels, *judgement.row_names),
        SAYS: (*judgement.evaluation.labels, *judgement.column_names),
    }
    if model.names_merged:
        names = {TRUTH: judgement.row_names, SAYS: judgement.column_names}
    if both:
        names[OTHER] = judgement.column_names
    model.short_answers = both and width < _WIDTH_FOR_WORDS
    labels = {
        column: max(_widest(words), _heading(table, model, column))
        for column, words in names.items()
    }
    wanted = sum(labels.values()) / len(labels)
    model.short_names = width < _WIDTH_FOR_BAR + (wanted if both else 0)
    model.link = OPEN if width >= _WIDTH_FOR_LINK else OPEN_SHORT
    if model.short_answers:
        model.link = ARROW
    others = {
        CONFIDENCE: _heading(table, model, CONFIDENCE) if model.short_names else 110,
        LINK: QFontMetrics(font(13)).horizontalAdvance(model.link) + _PADDING,
        MARGIN: 76,
        LENGTH: 70,
    }
    shows = {
        MARGIN: width >= _WIDTH_FOR_MARGIN + (wanted if both else 0),
        LENGTH: width >= _WIDTH_FOR_LENGTH + (wanted if both else 0),
    }
    room = width * (1 - _SENTENCE_SHARE)
    room -= sum(pixels for column, pixels in others.items() if shows.get(column, True))
    header = table.horizontalHeader()
    for column, pixels in (_cut(labels, round(room)) | others).items():
        header.resizeSection(column, pixels)
    table.setColumnHidden(OTHER, not both)
    for column, shown in shows.items():
        table.setColumnHidden(column, not shown)


def _cut(labels: dict[int, int], room: int) -> dict[int, int]:
    """Make the widest columns narrower until all have room together, or are as narrow as can be."""
    limit = max(labels.values())
    while limit > _LEAST_LABEL and sum(min(one, limit) for one in labels.values()) > room:
        limit -= 1
    return {column: min(pixels, limit) for column, pixels in labels.items()}


def _widest(names: tuple[str, ...]) -> int:
    metrics = QFontMetrics(font(13, QFont.Weight.DemiBold))
    widths = (metrics.horizontalAdvance(name[:_MOST_LETTERS]) for name in names)
    return max(widths, default=0) + _PADDING


def _heading(table: DataTable, model: ExamplesModel, column: int) -> int:
    header = table.horizontalHeader()
    words = header.fontMetrics().horizontalAdvance(model.heading(column))
    # Qt keeps room for the sign of the order where a heading is the one that is ordered by.
    return words + _PADDING + (_SORT_SIGN if column == CONFIDENCE else 0)
