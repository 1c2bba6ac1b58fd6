"""What other words in the place of one would do to the answer, ranked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.data.tokens import TextSpec, tokenize
from rnnstudio.data.vocabulary import FIRST_WORD_ID, Vocabulary
from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.replacing import Replacements
from rnnstudio.project.model import Model
from rnnstudio.session.findings import ReplacementsFound
from rnnstudio.session.memo import remembered
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.counting import counted, unit_of
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import RunStatus, SessionState


@dataclass(frozen=True, eq=False)
class RankedWords:
    """Other words (n,) for a place, the one that raises the class's probability most first.

    `probabilities` (n,) are those of the ranked class with each word, `changes` (n,) how much that
    is more than with the present word. `answers` (n,) are the classes that would be answered, and
    `flipping` (k,) the places in the list of those words whose answer is another than now, the
    surest first.
    """

    words: tuple[str, ...]
    probabilities: FloatArray
    changes: FloatArray
    answers: IntArray
    flipping: IntArray


@dataclass(frozen=True)
class ReplacementsState:
    """The word of a step and what other words would do there.

    `class_index` is the class that ranks them, `probability` its probability now, `answer` the
    class that is answered now. Without `ranked`, `message` says why; `note` is what must be known
    about the numbers, `unit` what the network reads at each step.
    """

    step: int = 0
    word: str = ""
    labels: tuple[str, ...] = ()
    class_index: int = 0
    probability: float = 0.0
    answer: int = 0
    ranked: RankedWords | None = None
    message: str = ""
    note: str = ""
    unit: str = "word"


def resolve_replacements(state: SessionState) -> ReplacementsState:
    """Return the ranked words for the play head's place, or why there are none."""
    now = shown(state)
    reading, step = now.reading, now.step
    if reading is None:
        return ReplacementsState(message=now.message)
    unit = unit_of(reading.model.text)
    if not 2 <= step <= len(reading) - 1:
        where = "begins" if step == 1 else "ends"
        return ReplacementsState(
            message=f"{reading.words[step - 1]} {where} every sentence and stays. Go to a {unit} "
            "(← →, or a click in the strip), and others are tried in its place."
        )
    word, labels = reading.words[step - 1], reading.labels
    found = state.findings.replacements
    if found is None or not _fits(found, reading, step, state):
        count = len(reading.model.vocabulary.words)
        return ReplacementsState(
            step, word, labels, message=f"Trying {counted(count, unit)} …", unit=unit
        )
    present = found.result.present
    if not np.isfinite(present).all():
        return ReplacementsState(
            step, word, labels, message="The weights give no number here.", unit=unit
        )
    answer = int(present.argmax())
    chosen = now.looking.ranked_class
    class_index = answer if chosen is None else chosen
    return ReplacementsState(
        step=step,
        word=word,
        labels=labels,
        class_index=class_index,
        probability=float(present[class_index]),
        answer=answer,
        ranked=_ranked(found.result, found.model, word, class_index),
        note="What was set by hand in the memory is left out here." if reading.changes else "",
        unit=unit,
    )


def _fits(found: ReplacementsFound, reading: Reading, step: int, state: SessionState) -> bool:
    """Whether these are the replacements asked for; while training they may be of older weights."""
    if (found.step, found.words) != (step, reading.words):
        return False
    if found.model is reading.model:
        return True
    same_words = found.model.vocabulary == reading.model.vocabulary
    return (
        same_words
        and found.model.labels == reading.model.labels
        and state.run.status is RunStatus.RUNNING
    )


@remembered(2)
def _ranked(result: Replacements, model: Model, word: str, class_index: int) -> RankedWords:
    """Rank all words but the present one, and those that could not be typed."""
    ids, vocabulary = result.candidates, model.vocabulary
    typed = _can_be_typed(vocabulary, model.text)[ids]
    typed &= ids != vocabulary.id_of(word)
    typed &= np.isfinite(result.probabilities).all(axis=1)
    ids, probabilities = ids[typed], result.probabilities[typed]
    ranked = probabilities[:, class_index]
    order = np.argsort(-ranked, kind="stable")
    ids, probabilities, ranked = ids[order], probabilities[order], ranked[order]
    answers = probabilities.argmax(axis=1) if len(ids) else np.zeros(0, np.int64)
    flips = np.flatnonzero(answers != int(result.present.argmax()))
    surest = np.argsort(-probabilities[flips, answers[flips]], kind="stable")
    return RankedWords(
        words=tuple([vocabulary.word_of(int(id_)) for id_ in ids]),
        probabilities=read_only(ranked.copy()),
        changes=read_only(ranked - result.present[class_index]),
        answers=read_only(answers),
        flipping=read_only(flips[surest]),
    )


@remembered(2)
def _can_be_typed(vocabulary: Vocabulary, text: TextSpec) -> np.ndarray:
    """For each id whether its word, typed, is read as this one word: (L + 1,) bool.

    Data that come in words may have some, as "U.S.", that a typed sentence is never cut into.
    """
    can = np.zeros(vocabulary.size + 1, np.bool_)
    for id_, word in enumerate(vocabulary.words, start=FIRST_WORD_ID):
        tokens = tokenize(word, text)
        can[id_] = len(tokens) == 1 and tokens[0].text == word
    return read_only(can)
