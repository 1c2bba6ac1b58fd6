"""Two sentences read by one network, laid side by side: where their states and answers part."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.network import Cell
from rnnstudio.errors import RnnStudioError
from rnnstudio.session.alignment import Pair, align
from rnnstudio.session.letters import Letters, plain
from rnnstudio.session.looking import Looking, Notation
from rnnstudio.session.memo import remembered
from rnnstudio.session.over_time import Kind, fitted, over_time
from rnnstudio.session.reading import Reading, read, round_limit
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import SessionState
from rnnstudio.session.suggestion import another_sentence

# Where one sentence has no word, these stay what they were after its last one: it stands still.
_KEPT = frozenset({"s", "c", "tanh_c", "m", "scores", "y"})
_WITHOUT_MEMORY = (Cell.INDEPENDENT, Cell.SHARED)
# Two readings of the same words differ by rounding, as the sizes of their products differ.
_ROUNDING = 1e-5


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two readings in K columns; every array is read-only.

    `columns` (K,) has the pairs of steps. `steps` and `other_steps` (K,) are the column's own, or
    where a sentence has no word, the last ones before. `names` (n,) and `kind` name what is looked
    at: units, classes or components.

    `values` and `other_values` (K, n) are what is looked at, in the present and the other sentence,
    `difference` is the first less the second and `norms` (K,) its length; NaN where one of them
    has no such number. `limit` is the end of a scale −l … l for the differences and `by_difference`
    (n,) lists the units from the one that differs most, Σ |Δ|.

    `classes` (K,) is the class whose probabilities `y` and `other_y` (K,) are compared, and
    `answers` and `other_answers` (K,) are the classes with the greatest ones; NaN and −1 where
    nothing is asked. `parted` and `answers_parted` are the first columns, from 0, where what is
    looked at and where the answers differ; None where they never do.
    """

    present: Reading
    other: Reading
    looking: Looking
    names: tuple[str, ...]
    kind: Kind
    columns: tuple[Pair, ...]
    steps: IntArray
    other_steps: IntArray
    values: FloatArray
    other_values: FloatArray
    difference: FloatArray
    norms: FloatArray
    limit: float
    by_difference: IntArray
    classes: IntArray
    y: FloatArray
    other_y: FloatArray
    answers: IntArray
    other_answers: IntArray
    parted: int | None
    answers_parted: int | None

    def __len__(self) -> int:
        """The number K of columns."""
        return len(self.columns)

    def words_of(self, column: int) -> tuple[str, str]:
        """Return the words of a column, from 0; "" where a sentence has none."""
        one, other = self.columns[column]
        return (
            "" if one is None else self.present.words[one - 1],
            "" if other is None else self.other.words[other - 1],
        )

    def is_changed(self, column: int) -> bool:
        """Whether the words of a column differ, or one is missing."""
        one, other = self.words_of(column)
        return one != other

    def column_of(self, step: int) -> int | None:
        """Return the column, from 0, of a step of the present sentence."""
        return self._columns_of_steps.get(step)

    @cached_property
    def _columns_of_steps(self) -> dict[int, int]:
        pairs = enumerate(self.columns)
        return {pair.one: column for column, pair in pairs if pair.one is not None}

    def transplant_at(self, column: int) -> tuple[int, int] | None:
        """Return the step that could begin with the other sentence's memory, and its step.

        What the other sentence remembers after the column's word is handed to the present one's
        next step; None where there is none, or where the network has no memory.
        """
        step = int(self.steps[column]) + 1
        if step > len(self.present) or not self.present.spec.cell.recurrent:
            return None
        return step, int(self.other_steps[column])


@dataclass(frozen=True)
class TwoSentencesState:
    """What the panel shows: the comparison, or `message`, which says why there is none.

    `sentence` is the present one, `other` the second one as typed and `suggestion` what could be
    typed. `summary` says in words where the two part and `letter` is that of what is looked at.
    `problem` says that the second sentence, not
    the first, is to blame.
    """

    comparison: Comparison | None
    sentence: str
    other: str
    suggestion: str
    letter: str
    summary: str
    step: int
    unit: int | None
    message: str = ""
    problem: bool = False


def resolve_two_sentences(state: SessionState) -> TwoSentencesState:
    """Return the two sentences side by side."""
    now = shown(state)
    other = state.looking.other
    result = TwoSentencesState(
        comparison=None,
        sentence=state.selection.sentence,
        other=other,
        suggestion="",
        letter="s",
        summary="",
        step=now.step,
        unit=now.unit,
    )
    reading = now.reading
    if reading is None:
        return dataclasses.replace(result, message=now.message)
    suggestion = "" if other.strip() else another_sentence(reading, state.dataset)
    result = dataclasses.replace(result, suggestion=suggestion)
    if not other.strip():
        words = "Type a second sentence above, or take the present one and change a word of it."
        return dataclasses.replace(result, message=words)
    try:
        second = read(reading.model, other)
    except RnnStudioError as error:
        return dataclasses.replace(result, message=str(error), problem=True)
    looking = comparable(state.looking, reading)
    comparison = comparison_of(reading, second, looking)
    letters = Letters(reading.spec.cell, Notation(state.preferences.notation))
    letter = plain(letters.quantity(looking.quantity))
    summary = summary_of(comparison, letter)
    return dataclasses.replace(result, comparison=comparison, letter=letter, summary=summary)


def comparable(looking: Looking, reading: Reading) -> Looking:
    """Return what of `looking` this network has; for one-hot vectors the states.

    One-hot vectors are as long as the vocabulary and differ just where the words do.
    """
    found = fitted(looking, reading)
    one_hot = reading.spec.embedding is None and reading.spec.frames is None
    if found.quantity == "x" and found.layer == 0 and one_hot:
        return dataclasses.replace(found, quantity="s")
    return found


def comparison_of(present: Reading, other: Reading, looking: Looking) -> Comparison:
    """Lay two readings side by side in what a fitted `looking` is at."""
    assert looking.layer is not None
    return compare(
        present,
        other,
        looking.quantity,
        looking.layer,
        looking.direction,
        looking.ranked_class,
    )


@remembered(4)
def compare(
    present: Reading,
    other: Reading,
    quantity: str,
    layer: int,
    direction: int = 0,
    ranked_class: int | None = None,
) -> Comparison:
    """Lay two readings by one network side by side; the same arguments give the same object.

    `ranked_class` is the class whose probabilities are compared: where it is None, the answer of
    the present sentence; for labelling that of each word.
    """
    looking = Looking(quantity=quantity, layer=layer, direction=direction)
    numbers = over_time(present, looking)
    columns = align(present.words, other.words)
    backwards = direction == 1 and quantity not in ("m", "scores", "y")
    steps, alone = _steps([pair.one for pair in columns], backwards=False)
    other_steps, other_alone = _steps([pair.other for pair in columns], backwards=False)
    from_steps, from_others = steps, other_steps
    if backwards:  # that direction has read what follows, and stands still there
        from_steps, _ = _steps([pair.one for pair in columns], backwards=True)
        from_others, _ = _steps([pair.other for pair in columns], backwards=True)
    values = np.array(present.values(looking)[from_steps - 1], np.float64)
    other_values = np.array(other.values(looking)[from_others - 1], np.float64)
    if quantity not in _KEPT or present.spec.cell in _WITHOUT_MEMORY:
        values[alone], other_values[other_alone] = np.nan, np.nan
    with np.errstate(invalid="ignore", over="ignore"):  # infinite states
        difference = values - other_values
        norms = np.linalg.norm(difference, axis=1)
        sizes = np.linalg.norm(values, axis=1) + np.linalg.norm(other_values, axis=1)
        apart = alone | other_alone | (norms > _ROUNDING * (1 + sizes))
        total = np.where(np.isfinite(difference), np.abs(difference), 0.0).sum(axis=0)
    classes, y, other_y, answers, other_answers = _answers(
        present, other, columns, steps, other_steps, ranked_class
    )
    differing = (answers >= 0) & (other_answers >= 0) & (answers != other_answers)
    return Comparison(
        present=present,
        other=other,
        looking=looking,
        names=numbers.names,
        kind=numbers.kind,
        columns=columns,
        steps=read_only(steps),
        other_steps=read_only(other_steps),
        values=read_only(values),
        other_values=read_only(other_values),
        difference=read_only(difference),
        norms=read_only(norms),
        limit=round_limit(difference),
        by_difference=read_only(np.argsort(-total, kind="stable")),
        classes=read_only(classes),
        y=read_only(y),
        other_y=read_only(other_y),
        answers=read_only(answers),
        other_answers=read_only(other_answers),
        parted=_first(apart, backwards),
        answers_parted=_first(differing, backwards=False),
    )


def summary_of(comparison: Comparison, letter: str) -> str:
    """Say where two sentences part: in what is looked at, and in their answers."""
    parted = comparison.parted
    if parted is None:
        return "Nothing parts them: both are read alike."
    size = float(comparison.norms[parted])
    words = f"They part at {_named(comparison, parted)}"
    if np.isfinite(size):
        words += f": ‖Δ{letter}‖ = {size:.2f}"
    answers = comparison.answers_parted
    if answers is None:
        return f"{words}; the answers never part"
    return f"{words}; the answers part at {_named(comparison, answers)}"


def _named(comparison: Comparison, column: int) -> str:
    one, other = (f"“{word}”" if word else "—" for word in comparison.words_of(column))
    return one if one == other else f"{one} / {other}"


def _steps(steps: list[int | None], backwards: bool) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Return the step that counts in each column, and where it is not the column's own.

    That is the last one before, or backwards the first one after: the ends stand in one column.
    """
    found = np.array([step or 0 for step in steps], np.int64)
    alone = found == 0
    if not backwards:
        return np.maximum(np.maximum.accumulate(found), 1), alone
    last = int(found.max())
    found[alone] = last
    return np.minimum.accumulate(found[::-1])[::-1], alone


def _first(where: npt.NDArray[np.bool_], backwards: bool) -> int | None:
    """Return the first column that is true, in the order in which they are read."""
    found = np.flatnonzero(where)
    return int(found[-1 if backwards else 0]) if len(found) else None


def _answers(
    present: Reading,
    other: Reading,
    columns: tuple[Pair, ...],
    steps: IntArray,
    other_steps: IntArray,
    ranked_class: int | None,
) -> tuple[IntArray, FloatArray, FloatArray, IntArray, IntArray]:
    """Return the compared class, its two probabilities and both answers of each column."""
    y = np.array(present.trace.y[steps - 1], np.float64)
    other_y = np.array(other.trace.y[other_steps - 1], np.float64)
    asked = np.isfinite(y).all(axis=1)
    other_asked = np.isfinite(other_y).all(axis=1)
    if present.labels_words:  # each word has its own answer, and none before it counts
        asked &= _asked(present, [pair.one for pair in columns])
        other_asked &= _asked(other, [pair.other for pair in columns])
    answers = np.where(asked, y.argmax(axis=1), -1)
    other_answers = np.where(other_asked, other_y.argmax(axis=1), -1)
    if ranked_class is not None and 0 <= ranked_class < y.shape[1]:
        classes = np.full(len(columns), ranked_class)
    elif present.labels_words:
        classes = np.where(asked, answers, other_answers)
    else:
        classes = np.full(len(columns), present.trace.prediction)
    places = np.arange(len(columns))
    chosen = np.maximum(classes, 0)
    return (
        classes,
        np.where(asked, y[places, chosen], np.nan),
        np.where(other_asked, other_y[places, chosen], np.nan),
        answers,
        other_answers,
    )


def _asked(reading: Reading, steps: list[int | None]) -> npt.NDArray[np.bool_]:
    return np.array([step is not None and reading.is_asked(step) for step in steps])
