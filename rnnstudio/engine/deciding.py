"""When a decision was made: from which word on the answer stays what it is at the end."""

from __future__ import annotations

from rnnstudio.engine.network import Task
from rnnstudio.engine.trace import Trace


def decided_at(trace: Trace) -> int | None:
    """Return the first step, from 1, from which on the leading class stays the final one.

    None for labelling, where each word has an answer of its own.
    """
    if trace.spec.task is Task.LABEL:
        return None
    leading = trace.predictions
    others = (leading != leading[-1]).nonzero()[0]
    return int(others[-1]) + 2 if len(others) else 1
