"""What is looked at: stepping through a sentence, playing it, choosing another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.project.preferences import load_preferences
from rnnstudio.session.commands import view
from rnnstudio.session.commands.probes import add_probe
from rnnstudio.session.sentence import step_count
from rnnstudio.session.session import Session

SENTENCE = "It was not good."  # five tokens, with <sos> and <eos> seven steps


@pytest.fixture
def reading(session: Session) -> Session:
    """The session with a sentence of seven steps, read to its end."""
    view.set_sentence(session, SENTENCE)
    return session


def step(session: Session) -> int:
    return session.state.selection.step


def test_a_new_sentence_has_been_read_to_its_end(reading: Session) -> None:
    assert step_count(reading.state) == 7
    assert step(reading) == 7
    assert reading.state.model is not None
    assert len(reading.state.model.encode(SENTENCE).ids) == 7
    view.set_sentence(reading, "Good.")
    assert step(reading) == 4


@pytest.mark.parametrize("sentence", ["", "   ", "\t\n"])
def test_an_empty_sentence_has_no_steps(reading: Session, sentence: str) -> None:
    view.set_sentence(reading, sentence)
    assert step_count(reading.state) == 0
    assert step(reading) == 1
    view.play(reading)
    view.play_from_start(reading)
    view.last_step(reading)
    view.step_by(reading, 1)
    assert step(reading) == 1
    assert not reading.state.playing
    assert not reading.play_timer.isActive()


def test_the_play_head_stays_inside_the_sentence(reading: Session) -> None:
    view.step_by(reading, 1)
    assert step(reading) == 7
    view.step_by(reading, -1)
    assert step(reading) == 6
    view.first_step(reading)
    assert step(reading) == 1
    view.step_by(reading, -1)
    assert step(reading) == 1
    view.go_to_step(reading, 1000)
    assert step(reading) == 7
    view.go_to_step(reading, -3)
    assert step(reading) == 1
    view.last_step(reading)
    assert step(reading) == 7


def test_to_stay_is_no_change(reading: Session) -> None:
    before = reading.state
    view.set_step(reading, 7)
    view.set_step(reading, 99)
    assert reading.state is before


def test_playing_goes_on_from_the_play_head(reading: Session) -> None:
    view.go_to_step(reading, 3)
    view.play(reading)
    assert reading.state.playing
    assert reading.play_timer.isActive()
    assert step(reading) == 3
    view.tick(reading)
    assert step(reading) == 4


def test_playing_a_sentence_that_was_read_begins_anew(reading: Session) -> None:
    view.play(reading)
    assert step(reading) == 1
    assert reading.state.playing


def test_playing_from_the_start_does_so_from_anywhere(reading: Session) -> None:
    view.go_to_step(reading, 3)
    view.play_from_start(reading)
    assert step(reading) == 1
    assert reading.state.playing


def test_playing_ends_with_the_sentence(reading: Session) -> None:
    view.play(reading)
    steps = []
    while reading.state.playing:
        steps.append(step(reading))
        view.tick(reading)
    assert steps == [1, 2, 3, 4, 5, 6]
    assert step(reading) == 7
    assert not reading.play_timer.isActive()


def test_the_timer_plays(reading: Session, qtbot: QtBot) -> None:
    seen: list[int] = []
    view.set_speed(reading, 8.0)
    reading.changed.connect(lambda: seen.append(step(reading)))
    view.play(reading)
    qtbot.waitUntil(lambda: not reading.state.playing, timeout=30_000)
    assert list(dict.fromkeys(seen)) == [1, 2, 3, 4, 5, 6, 7]


def test_one_command_plays_and_pauses(reading: Session) -> None:
    view.play_or_pause(reading)
    assert reading.state.playing
    view.play_or_pause(reading)
    assert not reading.state.playing
    assert not reading.play_timer.isActive()
    assert step(reading) == 1


@pytest.mark.parametrize("command", [view.first_step, view.last_step])
def test_moving_by_hand_stops_playing(reading: Session, command: Callable[[Session], None]) -> None:
    view.play(reading)
    command(reading)
    assert not reading.state.playing
    assert not reading.play_timer.isActive()


def test_another_sentence_stops_playing(reading: Session) -> None:
    view.play(reading)
    view.set_sentence(reading, "Good.")
    assert not reading.state.playing
    assert not reading.play_timer.isActive()
    assert step(reading) == 4


def test_speed_changes_the_time_a_word_has(reading: Session) -> None:
    view.play(reading)
    normal = reading.play_timer.interval()
    view.set_speed(reading, 2.0)
    assert reading.play_timer.interval() == normal // 2
    assert reading.state.playing
    view.pause_playing(reading)
    view.set_speed(reading, 0.5)
    assert not reading.play_timer.isActive()
    view.play(reading)
    assert reading.play_timer.interval() == normal * 2


def test_a_unit_is_looked_into_at_a_step(reading: Session) -> None:
    view.select_unit(reading, 5, 3)
    assert (reading.state.selection.unit, step(reading)) == (5, 3)
    view.select_unit(reading, 6)
    assert (reading.state.selection.unit, step(reading)) == (6, 3)
    view.select_unit(reading, None)
    assert (reading.state.selection.unit, step(reading)) == (None, 3)


def test_a_row_of_the_data_is_shown_with_its_place(reading: Session) -> None:
    view.show_page(reading, "data")
    view.choose_row(reading, 5)
    assert reading.state.page == "data"
    assert reading.state.selection.row == 5
    assert reading.state.selection.sentence == reading.state.table.rows[5].text
    view.open_row(reading, 6)
    assert reading.state.page == "unroll"
    assert reading.state.selection.row == 6
    assert step(reading) == step_count(reading.state)
    view.set_sentence(reading, "My own words")
    assert reading.state.selection.row is None


def test_a_probe_is_shown(reading: Session) -> None:
    add_probe(reading, "Never seen.")
    view.show_page(reading, "train")
    view.open_probe(reading, len(reading.state.probes) - 1)
    assert reading.state.page == "unroll"
    assert reading.state.selection.sentence == "Never seen."


def test_looking_is_no_change_of_the_project(session: Session) -> None:
    view.set_sentence(session, SENTENCE)
    view.play(session)
    view.select_unit(session, 3, 2)
    view.show_page(session, "evaluate")
    view.change_theme(session, "dark")
    assert not session.state.unsaved
    assert session.state.undo_label is None


def test_the_theme_is_remembered_only_where_asked(session: Session) -> None:
    view.change_theme(session, "dark", keep=False)
    assert session.state.preferences.theme == "dark"
    assert load_preferences().theme == "light"
    view.change_theme(session, "dark")
    assert load_preferences().theme == "dark"
