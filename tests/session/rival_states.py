"""Documents in which two networks have answered the same sentences, made by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from rnnstudio.data.table import Row, Split, Table
from rnnstudio.session.answers.review import Rival, RunLine
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.page_states import evaluation_of, state_of, table_of

RUNS = (RunLine(1, "RNN 4", 12, 0.75), RunLine(2, "GRU 8", 3, None))


def two_networks(
    truth: Sequence[int],
    first: Sequence[int],
    second: Sequence[int],
    labels: Sequence[str] = ("negative", "positive"),
    name: str = "Run 1 · RNN 4",
    run: int | None = 1,
    **changes: Any,
) -> SessionState:
    """The second run against the first: `first` are the answers of the network that is shown."""
    rows = [(f"sentence {place}", labels[true]) for place, true in enumerate(truth)]
    # Every class occurs, so that the data have the same classes as the answers.
    rows += [(f"more {label}", label) for label in labels]
    table = table_of(*rows)
    split = {"split": Split.TEST}
    state = state_of(
        dataclasses.replace(table, rows=_in_test(table)),
        evaluation=evaluation_of(labels, truth, first),
    )
    assert state.model is not None
    rival = Rival(
        name, state.model, run, state.dataset, evaluation=evaluation_of(labels, truth, second),
        **split,
    )  # fmt: skip
    finished = RunState(number=2, status=RunStatus.FINISHED, spec=state.spec, epoch=3, epochs=3)
    return dataclasses.replace(state, rival=rival, run=finished, runs=RUNS, **changes)


def _in_test(table: Table) -> tuple[Row, ...]:
    return tuple(
        dataclasses.replace(row, split=Split.TEST if place else Split.TRAIN)
        for place, row in enumerate(table.rows)
    )


def without_rival(state: SessionState, **changes: Any) -> SessionState:
    """The same with one network alone."""
    return dataclasses.replace(state, rival=None, **changes)


def with_rival(state: SessionState, **changes: Any) -> SessionState:
    """The same with another second network."""
    assert state.rival is not None
    return dataclasses.replace(state, rival=dataclasses.replace(state.rival, **changes))
