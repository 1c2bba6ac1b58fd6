"""Makes a session whose timers work."""

from __future__ import annotations

from functools import partial

from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.findings import find_soon
from rnnstudio.session.commands.view import tick
from rnnstudio.session.session import Session


def make_session(preferences: Preferences, keeps_scratch: bool = True) -> Session:
    """Return an empty session; show something in it with the commands of `files`."""
    session = Session(preferences, keeps_scratch)
    session.play_timer.timeout.connect(partial(tick, session))
    session.changed.connect(partial(find_soon, session))
    session.evaluation_timer.timeout.connect(partial(evaluate_soon, session))
    return session
