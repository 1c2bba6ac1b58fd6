"""Memory surgery: numbers of the reading are set by hand, and the rest follows; all undoable."""

from __future__ import annotations

import dataclasses

from rnnstudio.engine.surgery import Change
from rnnstudio.errors import RnnStudioError
from rnnstudio.session.looking import Place
from rnnstudio.session.reading import NETWORK_QUANTITIES, read
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.session import Session, Tone


def make_change(session: Session, label: str, *changes: Change, merge: str | None = None) -> None:
    """Make changes; one that sets the same numbers at the same steps as an older one replaces it.

    `merge` is the same for changes that undo takes back as one, such as those of one drag.
    """
    places = {_place_of(change) for change in changes}
    kept = tuple(change for change in session.state.changes if _place_of(change) not in places)
    session.apply(undo=label, merge=merge, changes=(*kept, *changes))


def clamp(session: Session, place: Place, value: float, onwards: bool) -> None:
    """Set one unit of a layer's quantity, at its step alone or from there on."""
    if place.quantity in NETWORK_QUANTITIES or place.unit is None:
        session.tell(
            Tone.WARNING,
            "This number cannot be set by hand.",
            "Choose a state or a gate: what the network answers follows from those.",
        )
        return
    change = Change(
        place.quantity,
        _layer(session, place.layer),
        place.direction,
        place.step,
        place.unit,
        (value,),
        onwards,
    )
    words = f"{place.quantity}[{place.unit + 1}] := {value:.2f} at step {place.step}"
    make_change(session, words, change, merge=f"{dataclasses.replace(change, values=())}")


def switch_off(session: Session, place: Place, onwards: bool) -> None:
    """Set a unit to 0."""
    clamp(session, place, 0.0, onwards)


def reset_memory(session: Session, step: int) -> None:
    """Let step `step` begin with an empty memory, in every layer and direction."""
    reading = shown(session.state).reading
    if reading is None or not reading.spec.cell.recurrent:
        _no_memory(session)
        return
    changes = [
        Change(f"memory_{name[0]}", one.layer, one.direction, step, None, (0.0,))
        for directions in reading.trace.layers
        for one in directions
        for name in one.initial
    ]
    make_change(session, f"Reset the memory before step {step}", *changes)


def transplant(session: Session, step: int, sentence: str, other_step: int) -> None:
    """Let step `step` begin with what the network remembers after step `other_step` of another.

    In the reversed direction that is what it remembers after it has read as many words.
    """
    state = session.state
    if state.model is None:
        return
    try:
        donor = read(state.model, sentence)
    except RnnStudioError as error:
        session.fail(error)
        return
    if not donor.spec.cell.recurrent:
        _no_memory(session)
        return
    changes = []
    for directions in donor.trace.layers:
        for one in directions:
            at = one.own_step(min(max(other_step, 1), len(donor)))
            for name in one.initial:
                values = tuple(one[name[0]][at - 1].tolist())
                changes.append(
                    Change(f"memory_{name[0]}", one.layer, one.direction, step, None, values)
                )
    make_change(session, f"Transplant a memory into step {step}", *changes)


def take_back(session: Session, places: tuple[int, ...]) -> None:
    """Make the changes at some places of the list, from 0, no more."""
    kept = tuple(
        change for place, change in enumerate(session.state.changes) if place not in places
    )
    session.apply(undo="Take a change back", changes=kept)


def restore(session: Session) -> None:
    """Let the network read as it was trained to."""
    if session.state.changes:
        session.apply(undo="Restore the network", changes=())


def _place_of(change: Change) -> tuple[object, ...]:
    return (
        change.quantity,
        change.layer,
        change.direction,
        change.step,
        change.unit,
        change.onwards,
    )


def _layer(session: Session, layer: int | None) -> int:
    if layer is not None:
        return layer
    model = session.state.model
    return 0 if model is None else model.network.layers - 1


def _no_memory(session: Session) -> None:
    session.tell(
        Tone.INFO,
        "This network has no memory that could be changed.",
        "A network with one (RNN, GRU, LSTM) is chosen on the Train page.",
    )
