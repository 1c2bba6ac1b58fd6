"""The data set's numbers that were found out, where they are of what is looked at."""

from __future__ import annotations

from rnnstudio.session.findings import StatesFound
from rnnstudio.session.looking import Looking
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading
from rnnstudio.session.state import RunStatus, SessionState


def data_states(state: SessionState, reading: Reading, looking: Looking) -> StatesFound | None:
    """Return the data set's numbers of what is looked at; while training, of older weights."""
    found = state.findings.states
    if found is None or not are_of(found, reading, looking):
        return None
    if found.model is reading.model:
        return found
    learning = state.run.status is RunStatus.RUNNING
    return found if learning and found.model.network == reading.spec else None


def are_of(found: StatesFound, reading: Reading, looking: Looking) -> bool:
    """Return whether numbers are of the quantity, layer and direction that is looked at."""
    if found.quantity != looking.quantity:
        return False
    if looking.quantity in NETWORK_QUANTITIES:
        return True
    last = reading.spec.layers - 1
    layer, wanted = (last if one is None else one for one in (found.layer, looking.layer))
    return (layer, found.direction) == (wanted, looking.direction)
