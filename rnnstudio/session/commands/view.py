"""What is looked at: the page, the sentence, the step, the unit; playing the unrolling."""

from __future__ import annotations

import dataclasses
from typing import Any

from rnnstudio.project.preferences import save_preferences
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.history import remember_sentence
from rnnstudio.session.commands.sentences import save_sentences
from rnnstudio.session.looking import Beside, Looking
from rnnstudio.session.sentence import resting_step, step_count
from rnnstudio.session.session import Session

_STEP_MILLISECONDS = 700  # at speed 1: long enough to follow one word on a projector


def show_page(session: Session, page: str) -> None:
    """Go to another page."""
    session.apply(page=page)
    evaluate_soon(session)


def set_sentence(session: Session, sentence: str, row: int | None = None) -> None:
    """Look at a sentence, read to its end; `row` is its place in the table if it is there."""
    session.play_timer.stop()
    selection = dataclasses.replace(session.state.selection, sentence=sentence, row=row)
    state = dataclasses.replace(session.state, selection=selection)
    selection = dataclasses.replace(selection, step=resting_step(state))
    session.apply(selection=selection, playing=False, looking=_without_phrase(state.looking))
    save_sentences(session)


def _without_phrase(looking: Looking) -> Looking:
    """Return how to look at another sentence, in which the selected words are not."""
    if looking.phrase is None:
        return looking
    beside = Beside.INSPECTOR if looking.beside is Beside.PHRASE else looking.beside
    return dataclasses.replace(looking, phrase=None, beside=beside)


def open_row(session: Session, row: int, step: int | None = None) -> None:
    """Show a sentence of the table on the Unroll page, at a step if one is given."""
    set_sentence(session, session.state.table.rows[row].text, row)
    remember_sentence(session)
    if step is not None:
        set_step(session, step)
    show_page(session, "unroll")


def open_probe(session: Session, index: int) -> None:
    """Show a probe sentence on the Unroll page."""
    set_sentence(session, session.state.probes[index].sentence)
    show_page(session, "unroll")


def choose_row(session: Session, row: int) -> None:
    """Select a sentence of the table and stay on the page."""
    set_sentence(session, session.state.table.rows[row].text, row)


def set_step(session: Session, step: int) -> None:
    """Move the play head to step `step` (1 … T)."""
    step = min(max(step, 1), max(step_count(session.state), 1))
    if step != session.state.selection.step:
        session.apply(selection=dataclasses.replace(session.state.selection, step=step))


def go_to_step(session: Session, step: int) -> None:
    """Move the play head by hand: playing stops."""
    pause_playing(session)
    set_step(session, step)


def first_step(session: Session) -> None:
    """Move the play head to `<sos>`."""
    go_to_step(session, 1)


def last_step(session: Session) -> None:
    """Move the play head to `<eos>`."""
    go_to_step(session, step_count(session.state))


def rest(session: Session) -> None:
    """Move the play head to where a sentence that has been read is looked at."""
    go_to_step(session, resting_step(session.state))


def step_by(session: Session, steps: int) -> None:
    """Move the play head by some steps."""
    go_to_step(session, session.state.selection.step + steps)


def select_unit(session: Session, unit: int | None, step: int | None = None) -> None:
    """Look into a unit (0-based), at another step if one is given; None looks at the output."""
    selection = dataclasses.replace(session.state.selection, unit=unit)
    session.apply(selection=selection)
    if step is not None:
        go_to_step(session, step)


def play(session: Session) -> None:
    """Unroll the sentence word by word, from its beginning where it has been read."""
    if not step_count(session.state):
        return
    if session.state.selection.step >= resting_step(session.state):
        set_step(session, 1)
    session.play_timer.start(round(_STEP_MILLISECONDS / session.state.speed))
    session.apply(playing=True)


def play_from_start(session: Session) -> None:
    """Unroll the sentence from its first step."""
    set_step(session, 1)
    play(session)


def pause_playing(session: Session) -> None:
    """Stay at the present step."""
    if session.state.playing:
        session.play_timer.stop()
        session.apply(playing=False)


def play_or_pause(session: Session) -> None:
    """Do what the play button says."""
    if session.state.playing:
        pause_playing(session)
    else:
        play(session)


def set_speed(session: Session, speed: float) -> None:
    """Play at another speed (1: 0.7 s a word)."""
    session.apply(speed=speed)
    if session.state.playing:
        session.play_timer.start(round(_STEP_MILLISECONDS / speed))


def tick(session: Session) -> None:
    """Go one step on while playing; the play timer calls this."""
    set_step(session, session.state.selection.step + 1)
    if session.state.selection.step >= resting_step(session.state):
        pause_playing(session)


def change_theme(session: Session, theme: str, keep: bool = True) -> None:
    """Change to the "light" or the "dark" theme; `keep` remembers it for the next start."""
    preferences = dataclasses.replace(session.state.preferences, theme=theme)
    session.apply(preferences=preferences)
    if keep:
        save_preferences(preferences)


def change_preferences(session: Session, **changes: Any) -> None:
    """Change what is remembered between two starts, e.g. `theme="dark"`."""
    preferences = dataclasses.replace(session.state.preferences, **changes)
    if preferences != session.state.preferences:
        session.apply(preferences=preferences)
        save_preferences(preferences)
