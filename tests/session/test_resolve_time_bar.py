"""The sliders over epochs and words: their stops, where they stand, and what they say."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnnstudio.data.table import Split, Table
from rnnstudio.engine.network import Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.project import moments as budget
from rnnstudio.project.moment import Moment
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.answers.review import Review
from rnnstudio.session.resolve.time_bar import SliderState, resolve_time_bar
from rnnstudio.session.state import Curves, RunState, RunStatus, SessionState
from tests.session.page_states import state_of, table_of

TABLE = table_of(("one", "a"), ("one two", "b"), ("one two three four", "a"), ("one", "b"))
NONE = np.zeros(0)


def curves_of(epochs: int, best: int | None, validated: bool = True) -> Curves:
    numbers = np.arange(1, epochs + 1, dtype=np.float64)
    measured = numbers / 100 if validated else np.full(epochs, np.nan)
    return Curves(
        NONE, NONE, NONE, NONE, numbers, numbers / 10, numbers / 50, measured, measured, best
    )


def trained(
    kept: tuple[int, ...] = (0, 1, 2, 3, 4),
    epochs: int = 4,
    best: int | None = 3,
    status: RunStatus = RunStatus.PAUSED,
    table: Table = TABLE,
    **changes: Any,
) -> SessionState:
    """A document after some epochs of which some are kept."""
    state = state_of(table, split=Split.TRAIN)
    assert state.model is not None
    model = dataclasses.replace(state.model, epoch=epochs, step=epochs * 2)
    weights = Parameters.zeros({"output.bias": (2,)}, np.float32).frozen()
    return dataclasses.replace(
        state,
        model=model,
        moments=tuple(Moment(epoch, epoch * 2, weights) for epoch in kept),
        curves=curves_of(epochs, best),
        run=RunState(number=1, status=status, epoch=epochs, epochs=9),
        **changes,
    )


def epochs_of(state: SessionState) -> SliderState:
    return resolve_time_bar(state).epochs


def reading_of(state: SessionState) -> SliderState:
    return resolve_time_bar(state).reading


def test_each_kept_epoch_is_a_stop_and_the_last_one_is_now() -> None:
    slider = epochs_of(trained(kept=(0, 2, 3, 4), status=RunStatus.RUNNING))
    assert slider.values == (0, 2, 3, 4, None)
    assert slider.stop == slider.end == 4
    assert slider.marked == 2
    assert slider.places[0] == 0.0
    assert slider.places[-1] == 1.0
    assert slider.places[1] / slider.places[3] == pytest.approx(2 / 4)
    assert len(slider.hints) == len(slider.places) == len(slider.values)
    assert slider.message == ""


def finished(kept: tuple[int, ...] = (0, 1, 2, 3, 4)) -> SessionState:
    """A run that has ended: its best weights, of epoch 3, are shown."""
    state = trained(kept=kept, status=RunStatus.FINISHED)
    assert state.model is not None
    return dataclasses.replace(state, model=dataclasses.replace(state.model, epoch=3))


def test_now_stands_at_the_epoch_whose_weights_are_shown_while_nothing_trains() -> None:
    slider = epochs_of(finished())
    assert slider.values == (0, 1, 2, None, 4)
    assert slider.places == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert slider.stop == slider.end == slider.marked == 3
    assert slider.hints[3] == (
        "The present weights: after epoch 3 of 4 (best): validation loss 0.0300, accuracy 3.0 %"
    )
    assert slider.hints[4].startswith("After epoch 4 of 4: ")
    looked_at = dataclasses.replace(finished(), judging=Judging(epoch=3))
    assert (epochs_of(looked_at).value, epochs_of(looked_at).stop) == (None, 3)
    thinned = epochs_of(finished(kept=(0, 2, 4)))
    assert (thinned.values, thinned.places) == ((0, 2, None, 4), (0.0, 0.5, 0.75, 1.0))
    paused = epochs_of(trained())
    assert (paused.values, paused.marked) == ((0, 1, 2, 3, None), 3)


def test_weights_from_within_an_epoch_stand_behind_the_last_one() -> None:
    state = trained()
    slider = epochs_of(dataclasses.replace(state, run=dataclasses.replace(state.run, epoch=5)))
    assert slider.values == (0, 1, 2, 3, 4, None)
    assert slider.places[4] < slider.places[5] == 1.0


@pytest.mark.parametrize(
    ("epoch", "words"),
    [(0, "before training"), (2, "after epoch 2 of 4"), (3, "after epoch 3 of 4 (best)")],
)
def test_the_epoch_is_said_in_words(epoch: int, words: str) -> None:
    slider = epochs_of(trained(judging=Judging(epoch=epoch)))
    assert (slider.value, slider.words) == (epoch, words)
    assert slider.values[slider.stop] == epoch


def test_now_is_said_in_words() -> None:
    state = trained()
    assert epochs_of(state).words == "now, epoch 4"
    inside = dataclasses.replace(state, run=dataclasses.replace(state.run, epoch=5))
    assert epochs_of(inside).words == "now, within epoch 5"
    assert state.model is not None
    best = dataclasses.replace(
        trained(status=RunStatus.FINISHED), model=dataclasses.replace(state.model, epoch=3)
    )
    assert epochs_of(best).words == "now, epoch 3 of 4 (best)"


def test_an_epoch_that_is_not_kept_is_now() -> None:
    assert epochs_of(trained(kept=(0, 4), judging=Judging(epoch=2))).value is None


def test_hints_have_the_figures_of_their_epoch() -> None:
    hints = epochs_of(trained(kept=(0, 3), status=RunStatus.RUNNING)).hints
    assert hints[0] == "Before training"
    assert hints[1] == "After epoch 3 of 4 (best): validation loss 0.0300, accuracy 3.0 %"
    assert hints[2] == "The present weights, as they are learned"
    state = dataclasses.replace(trained(), curves=curves_of(4, 3, validated=False))
    assert epochs_of(state).hints[2] == "After epoch 2 of 4: train loss 0.2000, accuracy 4.0 %"


def test_without_epochs_words_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Train the network" in epochs_of(state_of(TABLE)).message
    assert "No epoch" in epochs_of(trained(kept=())).message
    assert "no network" in epochs_of(dataclasses.replace(trained(), model=None)).message
    monkeypatch.setattr(budget, "MOST_BYTES", 100)
    assert "too large" in epochs_of(trained(kept=())).message


def test_words_go_from_none_to_those_of_the_longest_sentence() -> None:
    slider = reading_of(trained())
    assert slider.values == (0, 1, 2, 3, None)
    assert slider.places == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert (slider.value, slider.words) == (None, "after all words")
    assert "<eos>" in slider.about
    assert slider.hints[0] == "Reads <sos> and <eos>, no word: 4 of 4 sentences go on"
    assert slider.hints[1] == "Reads <sos>, the first word and <eos>: 2 of 4 sentences go on"
    assert slider.hints[3] == "Reads <sos>, the first 3 words and <eos>: 1 of 4 sentences goes on"
    assert slider.hints[4] == "Reads every sentence to its end"


@pytest.mark.parametrize(
    ("words", "value", "said"),
    [
        (0, 0, "after 0 words"),
        (1, 1, "after 1 word"),
        (3, 3, "after 3 words"),
        (4, None, "after all words"),
        (9, None, "after all words"),
    ],
)
def test_words_read_are_said(words: int, value: int | None, said: str) -> None:
    slider = reading_of(trained(judging=Judging(words=words)))
    assert (slider.value, slider.words) == (value, said)


def test_characters_are_called_so() -> None:
    state = trained(judging=Judging(words=2))
    assert state.model is not None
    assert state.dataset is not None
    text = dataclasses.replace(state.model.text, level="character")
    state = dataclasses.replace(
        state,
        model=dataclasses.replace(state.model, text=text),
        dataset=dataclasses.replace(state.dataset, text=text),
    )
    assert reading_of(state).words == "after 2 characters"


def test_only_sentences_of_the_split_count() -> None:
    state = trained()
    selection = dataclasses.replace(state.selection, split=Split.TEST)
    assert "No sentences" in reading_of(dataclasses.replace(state, selection=selection)).message


def test_tagged_words_have_no_slider_over_words() -> None:
    state = trained()
    assert state.model is not None
    network = dataclasses.replace(state.model.network, task=Task.LABEL)
    labeller = dataclasses.replace(state, model=dataclasses.replace(state.model, network=network))
    slider = reading_of(labeller)
    assert "answer of its own" in slider.message
    assert slider.values == ()
    assert epochs_of(labeller).message == ""


def test_it_waits_until_the_answers_are_there() -> None:
    state = trained(judging=Judging(epoch=2))
    assert epochs_of(state).waits
    assert state.model is not None
    assert state.dataset is not None
    review = Review(state.model, state.dataset, Split.TRAIN, 2, None, None)
    assert not epochs_of(dataclasses.replace(state, review=review)).waits
    older = dataclasses.replace(review, epoch=1)
    assert epochs_of(dataclasses.replace(state, review=older)).waits
    assert not epochs_of(trained()).waits


def test_an_unchanged_bar_is_equal() -> None:
    state = trained()
    assert resolve_time_bar(state) == resolve_time_bar(state)
