"""Makes a session whose timers work."""

from __future__ import annotations

from functools import partial

from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands.evaluation import evaluate_soon
from rnnstudio.session.commands.example_findings import find_examples
from rnnstudio.session.commands.findings import find_soon
from rnnstudio.session.commands.reviewing import review_soon
from rnnstudio.session.commands.rivals import rival_soon
from rnnstudio.session.commands.view import tick
from rnnstudio.session.session import Session


def make_session(preferences: Preferences, keeps_scratch: bool = True) -> Session:
    """Return an empty session; show something in it with the commands of `files`."""
    session = Session(preferences, keeps_scratch)
    session.play_timer.timeout.connect(partial(tick, session))
    for find in (find_soon, review_soon, rival_soon, find_examples):
        session.changed.connect(partial(find, session))
    session.evaluation_timer.timeout.connect(partial(evaluate_soon, session))
    return session
