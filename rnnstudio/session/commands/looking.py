"""How the Unroll page looks at a reading: quantity, picture, order, phrase, second sentence."""

from __future__ import annotations

import dataclasses
from typing import Any

from rnnstudio.session.commands.network import dataset_of_model
from rnnstudio.session.commands.view import go_to_step, open_row, set_sentence
from rnnstudio.session.looking import Beside, Place
from rnnstudio.session.session import Session


def look(session: Session, **changes: Any) -> None:
    """Change how the page looks at the reading, e.g. `look(session, quantity="f")`."""
    looking = dataclasses.replace(session.state.looking, **changes)
    if looking != session.state.looking:
        session.apply(looking=looking)


def look_at(session: Session, place: Place) -> None:
    """Go to one number: what it is a part of is shown, its step and unit are selected."""
    state = session.state
    layer = state.looking.layer if place.layer is None else place.layer
    looking = dataclasses.replace(
        state.looking, quantity=place.quantity, layer=layer, direction=place.direction
    )
    selection = dataclasses.replace(state.selection, unit=place.unit)
    session.apply(looking=looking, selection=selection)
    if place.step:
        go_to_step(session, place.step)


def select_phrase(session: Session, first: int, last: int) -> None:
    """Select the steps from `first` to `last`, and show which units are on exactly there."""
    phrase = (min(first, last), max(first, last))
    look(session, phrase=phrase, beside=Beside.PHRASE)


def clear_phrase(session: Session) -> None:
    """Select no steps."""
    look(session, phrase=None, beside=Beside.INSPECTOR)


def set_other(session: Session, sentence: str) -> None:
    """Put another sentence beside the present one."""
    look(session, other=sentence)


def swap_sentences(session: Session) -> None:
    """Read the other sentence, and put the present one in its place."""
    state = session.state
    present, other = state.selection.sentence, state.looking.other
    set_sentence(session, other)
    look(session, other=present)


def find_word(session: Session, word: str) -> None:
    """Show a sentence of the data in which a word stands, at that word, another each time."""
    dataset, model = session.state.dataset, session.state.model
    if dataset is None or model is None:
        return
    wanted = int(model.vocabulary.encode((word,))[1])
    if wanted == model.vocabulary.unknown_id:
        return
    found = [
        (row, int(steps[0]) + 1)
        for row, sequence in enumerate(dataset_of_model(dataset, model).sequences)
        if row != session.state.selection.row and len(steps := (sequence == wanted).nonzero()[0])
    ]
    if found:
        row, step = found[int(session.chance.integers(len(found)))]
        open_row(session, row, step)
