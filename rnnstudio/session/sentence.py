"""How the sentence that is looked at is read: cut as typed, or in the words that the data give."""

from __future__ import annotations

from rnnstudio.data.dataset import given_words
from rnnstudio.data.table import Row
from rnnstudio.data.tokens import Token, tokenize
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.network import Task
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Encoded, Model
from rnnstudio.session.memo import remembered
from rnnstudio.session.state import SessionState


def given_row(state: SessionState) -> Row | None:
    """Return the row of the data that is looked at, if its words have tags."""
    number = state.selection.row
    if number is None or not 0 <= number < len(state.table.rows):
        return None
    row = state.table.rows[number]
    return row if row.words and row.text == state.selection.sentence else None


@remembered(4)
def encoded(model: Model, sentence: str, row: Row | None) -> Encoded:
    """Return the words and ids of a sentence; those of `row`, where the data have cut it.

    Raises:
        RnnStudioError: the sentence has no word at all.
    """
    if row is None or not row.words:
        return model.encode(sentence)
    texts = given_words(row.words, model.text)
    if not texts:
        raise RnnStudioError("The sentence is empty.", "Type at least one word.")
    ids: IntArray = model.vocabulary.encode(texts)
    ends = (model.vocabulary.word_of(int(ids[0])), model.vocabulary.word_of(int(ids[-1])))
    return Encoded(_placed(row.words, texts, sentence), (ends[0], *texts, ends[1]), ids)


def _placed(words: tuple[str, ...], texts: tuple[str, ...], sentence: str) -> tuple[Token, ...]:
    """Find the words, one after the other; what does not stand there as it is has no place."""
    tokens, end = [], 0
    for word, text in zip(words, texts, strict=True):
        start = sentence.find(word, end)
        if start < 0:
            tokens.append(Token(text, end, end))
        else:
            end = start + len(word)
            tokens.append(Token(text, start, end))
    return tuple(tokens)


@remembered(4)
def _token_count(sentence: str, text: object) -> int:
    return len(tokenize(sentence, text))  # type: ignore[arg-type]


def step_count(state: SessionState) -> int:
    """Return the number T of steps of the sentence, 0 where there is none."""
    row = given_row(state)
    if row is not None and row.words is not None:
        return len(row.words) + 2
    text = state.spec.text if state.model is None else state.model.text
    tokens = _token_count(state.selection.sentence, text)
    return tokens + 2 if tokens else 0


def resting_step(state: SessionState) -> int:
    """Return where the play head rests: `<eos>`, or the last word where each word has a tag."""
    steps = step_count(state)
    labels = state.model is not None and state.model.task is Task.LABEL
    return max(steps - 1 if labels else steps, 1)
