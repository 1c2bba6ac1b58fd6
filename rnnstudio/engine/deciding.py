"""When a decision was made: from which word on the answer stays what it is at the end."""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.arrays import IntArray, read_only
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


def decided_steps(leading: IntArray, starts: IntArray) -> IntArray:
    """Return the same for n sentences at once, from what leads after each of their steps: (n,).

    The steps of all sentences stand one after another in `leading`, those of sentence i, one at
    least, at `starts[i]` … `starts[i + 1]` − 1, for `starts` (n + 1,).
    """
    lengths = np.diff(starts)
    if not len(lengths):
        return read_only(np.zeros(0, np.int64))
    steps = np.arange(1, len(leading) + 1) - np.repeat(starts[:-1], lengths)
    final = np.repeat(leading[starts[1:] - 1], lengths)
    last_other = np.maximum.reduceat(np.where(leading != final, steps, 0), starts[:-1])
    return read_only(last_other + 1)
