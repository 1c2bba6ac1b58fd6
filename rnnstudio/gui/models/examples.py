"""The answers of the selected cells of the confusion matrix, a line each."""

from __future__ import annotations

import math

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.lettering import signed
from rnnstudio.gui.plots.shaded_words import ShadedWords
from rnnstudio.gui.plots.strip_words import METHOD_WORDS
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.answers.judgement import THIS_NETWORK, WRONG_BORDER
from rnnstudio.session.answers.listing import Listing
from rnnstudio.session.findings import ExampleFound
from rnnstudio.session.resolve.examples import ExamplesState, Line, found_of, line_of

SENTENCE, TRUTH, SAYS, OTHER, CONFIDENCE, MARGIN, LENGTH, LINK = range(8)
HEADINGS = ("sentence", "truth", "says", "other says", "confidence", "margin", "words", "")
_TOOLTIPS = {
    SENTENCE: "Click: in the order of the data",
    CONFIDENCE: "The probability of what it says. Click: most or least sure first",
    MARGIN: "How far what it says is ahead of the second class. Click: the closest first",
    LENGTH: "How many words the sentence has. Click: longest or shortest first",
}
_NUMBERS = (CONFIDENCE, MARGIN, LENGTH)
OPEN, OPEN_SHORT, ARROW = "Open in Unroll →", "Open →", "→"
_MOST_LETTERS = 400  # of a tooltip


class ExamplesModel(QAbstractTableModel):
    """One line an answer; looks the words up in the table, copies nothing.

    For labelling that is one word, or entity, which is marked in its sentence.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: ExamplesState | None = None
        self._lines: dict[int, Line] = {}
        self._cells: dict[int, ShadedWords] = {}
        self.theme: Theme = LIGHT
        self.link = OPEN
        self.short_names = False
        self.short_answers = False  # whether "says" is left out above two columns of answers

    def show(self, state: ExamplesState) -> None:
        """List the answers of a state; where only what was found is new, nothing moves."""
        previous, self._state = self._state, state
        if previous is not None and previous.listing is state.listing:
            if (previous.text, previous.words) != (state.text, state.words):
                self._lines = {}
            self._cells = {}
            if count := self.rowCount():
                self.dataChanged.emit(self.index(0, SENTENCE), self.index(count - 1, SENTENCE))
            return
        self.beginResetModel()
        self._lines, self._cells = {}, {}
        self.endResetModel()

    @property
    def has_other(self) -> bool:
        """Whether a second network's answers are listed."""
        return self._state is not None and bool(self._state.other)

    @property
    def names_merged(self) -> bool:
        """Whether the list calls the classes as the matrix does, not as the data."""
        return self._listing.merged or self._listing.judgement.by_entity

    @property
    def asked(self) -> str:
        """What is asked within its sentence, "word" or "entity"; "" for the whole sentence."""
        listing = self._listing
        return listing.judgement.noun if listing.labels_words else ""

    def asked_words(self, row: int) -> str:
        """Return the word, or the words of the entity, that is asked in line `row`."""
        line = self.line(row)
        return "" if line.mark is None else line.text[slice(*line.mark)]

    def own_labels(self, row: int, step: int | None) -> tuple[str, str]:
        """Return the true label of a word, or of the sentence, and what was said of it."""
        return self._listing.own_labels(row, step)

    @property
    def _listing(self) -> Listing:
        assert self._state is not None
        assert self._state.listing is not None
        return self._state.listing

    def table_row(self, row: int) -> int:
        """Return the number of the table's row that is listed in line `row`."""
        return self._listing.row(row)

    def place(self, row: int) -> tuple[int, int]:
        """Return the table's row and the step at which the answer of line `row` was given."""
        return self._listing.row(row), self._listing.step(row)

    def step(self, row: int) -> int | None:
        """Return the step at which line `row` is opened.

        It is that of its word; for a sentence the one at which the answer was decided, None where
        that is not known or it was the same all along.
        """
        if self._listing.labels_words:
            return self._listing.step(row)
        found = self._found(row)
        if found is None or not found.flips:
            return None
        # After some words only, <eos> is not where the whole sentence has it.
        return min(found.flips[-1], self._listing.step(row))

    def steps(self, row: int) -> tuple[int | None, ...]:
        """Return the steps of the words that are asked in line `row`: (None,) for a sentence."""
        if not self._listing.labels_words:
            return (None,)
        return tuple(range(self._listing.step(row), self._listing.stop(row)))

    def word_of_step(self, row: int, step: int) -> str:
        """Return the word that is read at a step of line `row`."""
        line = self.line(row)
        start, end = line.words[step - 2] if step - 2 < len(line.words) else (0, 0)
        return line.text[start:end]

    def line_of(self, table_row: int, step: int) -> int:
        """Return the line in which a row of the table is listed with a step, −1 if it is not."""
        if self._state is None or self._state.listing is None:
            return -1
        listing = self._state.listing
        found = listing.rows == table_row
        if listing.labels_words:
            found &= listing.steps == step
        lines = found.nonzero()[0]
        return int(lines[0]) if lines.size else -1

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        if parent.isValid() or self._state is None or self._state.listing is None:
            return 0
        return len(self._state.listing)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            if section in (SAYS, OTHER) and self._state is not None and self._state.other:
                return f"What {self._state.says if section == SAYS else self._state.other} says"
            return _TOOLTIPS.get(section)
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def heading(self, column: int, short: bool = True) -> str:
        """Return what stands above a column, shorter where there is little room."""
        if column in (SAYS, OTHER) and self._state is not None and self._state.other:
            own = (self._state.says == THIS_NETWORK) is (column == SAYS)
            who = "this" if own else "other"
            return who if short and self.short_answers else f"{who} says"
        if column == CONFIDENCE and short and self.short_names:
            return "sure"
        if column == LENGTH and self._state is not None and self._state.text is not None:
            level = self._state.text.level
            return "words" if level == "word" else "letters"
        return HEADINGS[column]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == CellRole.WORDS and column == SENTENCE:
            return self.words(row)
        if role == CellRole.COLOR and self._is_wrong(row, column):
            return readable(self.theme.color("warning"), self.theme.color("accent_soft"))
        if role == CellRole.WEIGHT and column == SAYS:
            return QFont.Weight.DemiBold
        if role == CellRole.SHARE and column == CONFIDENCE:
            return self._listing.confidence(row)
        if role == CellRole.LINK and column == LINK:
            return True
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(row, column)
        if role == CellRole.HINT:
            return self.hint(row)
        return None

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        listing = self._listing
        match column:
            case _ if column == SENTENCE:
                return self.line(row).text
            case _ if column == TRUTH:
                return listing.truth(row)
            case _ if column == SAYS:
                return listing.said(row)
            case _ if column == OTHER:
                return listing.other_said(row) or "–"
            case _ if column == CONFIDENCE:
                return _decimal(self.number(row, column))
            case _ if column == MARGIN:
                return _decimal(self.number(row, column))
            case _ if column == LENGTH:
                return f"{int(self.number(row, column)):,}"
        return self.link

    def number(self, row: int, column: int) -> float:
        """Return the number of a column of numbers; NaN where there is none."""
        listing = self._listing
        if column == LENGTH:
            return float(listing.lengths[row])
        return listing.confidence(row) if column == CONFIDENCE else listing.margin(row)

    def line(self, row: int) -> Line:
        """Return the sentence of a line."""
        if row not in self._lines:
            assert self._state is not None
            self._lines[row] = line_of(self._state, row)
        return self._lines[row]

    def words(self, row: int) -> ShadedWords:
        """Return the sentence of a line as it is drawn."""
        if row not in self._cells:
            self._cells[row] = self._shaded(row)
        return self._cells[row]

    def _shaded(self, row: int) -> ShadedWords:
        line, found = self.line(row), self._found(row)
        read = line.read if line.read < len(line.text) else None
        if found is None or self._state is None:
            return ShadedWords(line.text, line.words, mark=line.mark, read=read, said=line.said)
        # One scale for all lines, so that what did little in one is as faint as in another.
        scale = self._state.scale
        shares = tuple(
            max(min(x / scale, 1.0), -1.0) if math.isfinite(x) else 0.0
            for x in found.contributions[1 : 1 + len(line.words)].tolist()
        )
        decided = None
        if found.flips:
            word = found.flips[-1] - 2
            # What is decided at <eos> is decided after the last word.
            decided = line.words[word][0] if word < len(line.words) else line.read
        return ShadedWords(line.text, line.words, shares, line.mark, decided, read, line.said)

    def _found(self, row: int) -> ExampleFound | None:
        return None if self._state is None else found_of(self._state, row)

    def hint(self, row: int) -> str:
        """Say what is listed in a line."""
        listing = self._listing
        place = f"sentence {listing.row(row) + 1:,}"
        if listing.labels_words:
            first, last = listing.step(row) - 1, listing.stop(row) - 2
            words = f"word {first}" if first >= last else f"words {first} to {last}"
            place = f"{words} of {place}"
        said = (
            f"{place}: truth {self.text(row, TRUTH)}, says {self.text(row, SAYS)} with confidence "
            f"{self.text(row, CONFIDENCE)}, {self.text(row, MARGIN)} ahead of the second class"
        )
        if self._state is not None and self._state.other:
            said += f"; {self._state.other} says {self.text(row, OTHER)}"
        if marks := self.marks_in_words(row):
            said += f". {marks}"
        found = self._found(row)
        if found is not None and not listing.labels_words:
            said += f"; {self._decided(row, found)}"
        return said

    def marks_in_words(self, row: int) -> str:
        """Say what the line under an entity and the frame around one mean, "" where none is."""
        listing, line = self._listing, self.line(row)
        judgement = listing.judgement
        if not judgement.by_entity or line.mark is None:
            return ""
        first = f"what {THIS_NETWORK} sees" if judgement.between else "the true entity"
        who = judgement.rival if judgement.between else "the network"
        underlined = f"Underlined: {first}, “{line.text[slice(*line.mark)]}”"
        if line.said is None:
            return underlined
        framed = f"ramed: what {who} sees, “{line.text[slice(*line.said)]}”"
        return f"F{framed}" if line.said == line.mark else f"{underlined}. F{framed}"

    def word_hint(self, row: int, word: int) -> str:
        """Say what a word of a line, from 0, did for its answer; "" where that is not known."""
        found, line = self._found(row), self.line(row)
        if found is None or self._state is None or self._state.found is None:
            return ""
        start, end = line.words[word]
        label = self._state.found.model.labels[found.class_index]
        value = float(found.contributions[word + 1])
        speaks = "for" if value > 0 else "against"
        said = f"“{line.text[start:end]}” speaks {speaks} “{label}”"
        if not value:
            said = f"“{line.text[start:end]}” moves nothing"
        said += f": it moves log ŷ of “{label}” by {signed(value)} ({METHOD_WORDS[found.method]})"
        if word + 2 in found.flips:
            last = word + 2 == found.flips[-1]
            said += ", decided here" if last else ", another class leads from here"
        return said

    def _decided(self, row: int, found: ExampleFound) -> str:
        if not found.flips:
            return "the same class led from the start"
        word = self.word_of_step(row, found.flips[-1])
        return f"decided at step {found.flips[-1]}, {f'“{word}”' if word else '<eos>'}"

    def _is_wrong(self, row: int, column: int) -> bool:
        if column == SAYS:
            return not self._listing.is_right(row)
        if column != OTHER:
            return False
        return not self._listing.other_is_right(row)

    def _tooltip(self, row: int, column: int) -> str | None:
        if column == LINK:
            step = self.step(row)
            return "Unroll this sentence" + ("" if step is None else f", at step {step}")
        if column == SENTENCE:
            return "\n".join(filter(None, (self._cut(row), self.marks_in_words(row))))
        if column in (TRUTH, SAYS, OTHER):
            said = self.text(row, column)[:_MOST_LETTERS]
            is_border = said == WRONG_BORDER and self._listing.judgement.by_entity
            return f"{said}: {self.marks_in_words(row)}" if is_border and column == SAYS else said
        return None

    def _cut(self, row: int) -> str:
        text = self.text(row, SENTENCE)
        return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def _decimal(value: float) -> str:
    return f"{value:.2f}" if value == value else "–"
