"""Single words of the sentence: replaced, swapped, taken away, repeated, shuffled."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable

from rnnstudio.data.rewording import (
    Reworded,
    Wording,
    deleted,
    repeated,
    replaced,
    shuffled,
    swapped,
)
from rnnstudio.data.table import Row
from rnnstudio.data.tokens import WORD, TextSpec, tokenize
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model
from rnnstudio.session.commands.view import go_to_step, set_sentence
from rnnstudio.session.sentence import encoded, given_row, resting_step
from rnnstudio.session.session import Session

_FIRST_WORD = 2  # step 1 reads <sos>


def replace_word(session: Session, step: int, word: str) -> None:
    """Put other text in the place of the word of a step; empty text takes the word away."""

    def edit(wording: Wording, index: int) -> Reworded:
        # The field in which it was typed may have brought spaces and line breaks.
        text = word if wording.cut is None else " ".join(word.split())
        return replaced(wording, index, text)

    _edit(session, step, edit)


def swap_words(session: Session, step: int, other: int) -> None:
    """Exchange the words of two steps; the play head goes with the first."""
    wording = _wording(session)
    if wording is not None and _has(wording, step) and _has(wording, other) and step != other:
        _take(session, swapped(wording, step - _FIRST_WORD, other - _FIRST_WORD))


def delete_word(session: Session, step: int) -> None:
    """Take the word of a step away; the play head stays at the one that follows."""
    _edit(session, step, deleted)


def repeat_word(session: Session, step: int) -> None:
    """Put the word of a step twice; the play head goes to the second."""
    _edit(session, step, repeated)


def shuffle_words(session: Session) -> None:
    """Bring the words into another order; punctuation and the play head stay where they are."""
    wording = _wording(session)
    if wording is None:
        return
    step = session.state.selection.step
    _take(session, shuffled(wording, session.chance))
    go_to_step(session, min(step, resting_step(session.state)))


def _edit(session: Session, step: int, edit: Callable[[Wording, int], Reworded]) -> None:
    """Change the word of a step; where there is none, as at `<sos>` and `<eos>`, nothing."""
    wording = _wording(session)
    if wording is not None and _has(wording, step):
        _take(session, edit(wording, step - _FIRST_WORD))


def _has(wording: Wording, step: int) -> bool:
    return _FIRST_WORD <= step < _FIRST_WORD + len(wording.spans)


def _take(session: Session, reworded: Reworded) -> None:
    """Read the new sentence, with the play head at the word that begins at its place."""
    state = session.state
    assert state.model is not None  # without a network there are no words
    if reworded.text == state.selection.sentence:
        return
    selection = dataclasses.replace(state.selection, sentence=reworded.text, row=None)
    session.apply(undo="Change words", selection=selection)
    set_sentence(session, reworded.text)
    ends = [token.end for token in tokenize(reworded.text, state.model.text)]
    step = bisect_right(ends, reworded.place) + _FIRST_WORD
    go_to_step(session, min(step, resting_step(session.state)))


def _wording(session: Session) -> Wording | None:
    """Return the sentence with the places of its words; None where there are no words."""
    state = session.state
    if state.model is None:
        return None
    try:
        return wording_of(state.model, state.selection.sentence, given_row(state))
    except RnnStudioError:
        return None


def wording_of(model: Model, sentence: str, row: Row | None) -> Wording:
    """Return a sentence with the places of its words, as `row` gives them.

    What was changed is cut anew. Where this would cut other words than the data give, they are
    written with spaces between them, so that those which stay, stay what they are.

    Raises:
        RnnStudioError: the sentence has no word.
    """
    tokens = encoded(model, sentence, row).tokens
    spec = model.text
    if spec.level != WORD:
        return Wording(sentence, tuple((token.start, token.end) for token in tokens))
    words = tuple(token.text for token in tokens)
    if row is not None and row.words is not None and _cut(sentence, spec) != words:
        return _spaced(row.words, spec)
    spans = tuple((token.start, token.end) for token in tokens)
    return Wording(sentence, spans, lambda text: _cut(text, spec))


def _spaced(words: tuple[str, ...], spec: TextSpec) -> Wording:
    spans, start = [], 0
    for word in words:
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return Wording(" ".join(words), tuple(spans), lambda text: _cut(text, spec))


def _cut(text: str, spec: TextSpec) -> tuple[str, ...]:
    return tuple([token.text for token in tokenize(text, spec)])
