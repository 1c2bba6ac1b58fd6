"""What the panel of other words is told to show."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnstudio.data.vocabulary import FIRST_WORD_ID, Vocabulary
from rnnstudio.engine.replacing import Replacements
from rnnstudio.engine.surgery import Change
from rnnstudio.project.model import Model
from rnnstudio.session.findings import Findings, ReplacementsFound
from rnnstudio.session.looking import Looking
from rnnstudio.session.reading import read
from rnnstudio.session.resolve.replacements import RankedWords, resolve_replacements
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.unroll_states import SENTENCE, model_of, unroll_state

STEP = 7  # "boring"


def found_for(model: Model, sentence: str = SENTENCE, step: int = STEP) -> ReplacementsFound:
    """What the network answers with each word of the vocabulary in the place of one."""
    reading = read(model, sentence)
    ids = np.arange(FIRST_WORD_ID, FIRST_WORD_ID + len(model.vocabulary.words))
    sequences = [np.array(reading.ids) for _ in ids]
    for sequence, id_ in zip(sequences, ids, strict=True):
        sequence[step - 1] = id_
    rows = model.probabilities(sequences)
    result = Replacements(ids, rows, reading.trace.y[-1], len(reading))
    return ReplacementsFound(model, reading.words, step, result)


def with_found(state: SessionState, found: ReplacementsFound) -> SessionState:
    return dataclasses.replace(state, findings=Findings(replacements=found))


@pytest.fixture
def state() -> SessionState:
    state = unroll_state(step=STEP)
    assert state.model is not None
    return with_found(state, found_for(state.model))


def ranked(state: SessionState) -> RankedWords:
    result = resolve_replacements(state).ranked
    assert result is not None
    return result


def test_every_number_is_what_the_network_says_to_that_sentence(state: SessionState) -> None:
    shown, words = resolve_replacements(state), ranked(state)
    model = state.model
    assert model is not None
    assert (shown.step, shown.word) == (STEP, "boring")
    present = model.predict([SENTENCE])[0]
    assert shown.answer == shown.class_index == present.probabilities.argmax()
    assert shown.probability == pytest.approx(present.probabilities.max(), abs=1e-6)
    for word, chance, change, answer in zip(
        words.words, words.probabilities, words.changes, words.answers, strict=True
    ):
        said = model.predict([SENTENCE.replace("boring", word)])[0].probabilities
        assert chance == pytest.approx(said[shown.class_index], abs=1e-5)
        assert change == pytest.approx(chance - shown.probability, abs=1e-6)
        assert answer == said.argmax()


def test_the_words_stand_in_the_order_of_their_effect(state: SessionState) -> None:
    words = ranked(state)
    assert (np.diff(words.probabilities) <= 0).all()
    assert "boring" not in words.words
    assert state.model is not None
    assert sorted(words.words) == sorted(set(state.model.vocabulary.words) - {"boring"})
    answer = resolve_replacements(state).answer
    assert set(words.flipping) == set(np.flatnonzero(words.answers != answer))


def test_another_class_ranks_the_other_way_round(state: SessionState) -> None:
    other = 1 - resolve_replacements(state).answer
    looking = Looking(ranked_class=other)
    turned = dataclasses.replace(state, looking=looking)
    shown = resolve_replacements(turned)
    assert (shown.class_index, shown.answer) == (other, 1 - other)
    np.testing.assert_allclose(
        ranked(turned).probabilities, 1 - ranked(state).probabilities[::-1], atol=1e-6
    )
    # A class that the network does not have is the leading one.
    for class_index in (-1, 2, 60):
        looking = Looking(ranked_class=class_index)
        shown = resolve_replacements(dataclasses.replace(state, looking=looking))
        assert shown.class_index == 1 - other


def test_unchanged_parts_are_equal(state: SessionState) -> None:
    again = dataclasses.replace(state, unsaved=True)
    assert resolve_replacements(state) == resolve_replacements(again)


@pytest.mark.parametrize(("step", "word"), [(1, "<sos> begins"), (9, "<eos> ends")])
def test_the_ends_are_not_replaced(step: int, word: str) -> None:
    shown = resolve_replacements(unroll_state(step=step))
    assert shown.ranked is None
    assert shown.message.startswith(word)


def test_while_words_are_tried_it_says_so(state: SessionState) -> None:
    model = state.model
    assert model is not None
    waiting = f"Trying {len(model.vocabulary.words)} words …"
    for other in (
        unroll_state(step=STEP),
        with_found(unroll_state(step=STEP), found_for(model, step=3)),
        with_found(
            unroll_state(step=STEP), found_for(model, "The movie was awesome and very long")
        ),
        with_found(unroll_state(step=STEP), found_for(model_of(seed=3))),
    ):
        shown = resolve_replacements(dataclasses.replace(other, model=model))
        assert (shown.ranked, shown.message) == (None, waiting)


def test_while_training_older_weights_may_have_ranked_them(state: SessionState) -> None:
    newer = dataclasses.replace(
        state, model=model_of(seed=3), run=RunState(status=RunStatus.RUNNING)
    )
    assert ranked(newer) is ranked(state)
    other = model_of(seed=3, labels=("bad", "good"))
    assert resolve_replacements(dataclasses.replace(newer, model=other)).ranked is None


def test_without_a_reading_it_says_what_to_do() -> None:
    assert "Type a sentence" in resolve_replacements(unroll_state("")).message
    without = dataclasses.replace(unroll_state(), model=None)
    assert "Data page" in resolve_replacements(without).message


def test_what_was_set_by_hand_is_left_out_and_that_is_said(state: SessionState) -> None:
    assert resolve_replacements(state).note == ""
    change = Change("s", 0, 0, 3, 1, (0.5,))
    changed = dataclasses.replace(state, changes=(change,))
    assert "left out" in resolve_replacements(changed).note


def test_words_that_cannot_be_typed_are_not_offered() -> None:
    model = model_of()
    words = (*model.vocabulary.words[:-3], "U.S.", "new york", "half-hearted")
    model = dataclasses.replace(model, vocabulary=Vocabulary(words))
    state = with_found(unroll_state(step=STEP, model=model), found_for(model))
    offered = ranked(state).words
    assert "half-hearted" in offered
    assert "U.S." not in offered
    assert "new york" not in offered


def test_weights_that_give_no_number(state: SessionState) -> None:
    found = state.findings.replacements
    assert found is not None
    nothing = dataclasses.replace(found.result, present=np.full(2, np.nan, np.float32))
    broken = with_found(state, dataclasses.replace(found, result=nothing))
    assert "no number" in resolve_replacements(broken).message
    rows = np.array(found.result.probabilities)
    rows[2] = np.nan
    some = dataclasses.replace(found.result, probabilities=rows)
    partly = with_found(state, dataclasses.replace(found, result=some))
    assert len(ranked(partly).words) == len(ranked(state).words) - 1
