"""Networks of every kind and states with two sentences, for the tests that compare them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import build_dataset
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import initial_parameters
from rnnstudio.engine.states import collect_states
from rnnstudio.project.model import Model
from rnnstudio.session.findings import Findings, StatesFound
from rnnstudio.session.looking import Looking
from rnnstudio.session.state import SessionState
from tests.session.unroll_states import unroll_state

PRESENT = "The first half was very boring ."
OTHER = "The first half was awesome ."


def network(
    labels: tuple[str, ...] = ("negative", "positive"), seed: int = 0, **settings: Any
) -> Model:
    """A network for the lecture's words with weights large enough to be told apart."""
    dataset = build_dataset(load_builtin("lecture"))
    spec = NetworkSpec(dataset.vocabulary.size, len(labels), **{"units": 5} | settings)
    weights = initial_parameters(spec, np.random.default_rng(seed))
    weights.flat[:] *= 2.0
    return Model(spec, weights.frozen(), dataset.vocabulary, labels, dataset.text, epoch=3, step=30)


def comparing(
    present: str = PRESENT,
    other: str = OTHER,
    model: Model | None = None,
    step: int = 4,
    unit: int | None = None,
    looking: dict[str, Any] | None = None,
    **changes: Any,
) -> SessionState:
    """A document that looks at two sentences."""
    looks = Looking(other=other, **(looking or {}))
    return unroll_state(present, step, unit, model or network(), looking=looks, **changes)


def with_states(state: SessionState, model: Model | None = None) -> SessionState:
    """The document after the states of its data were collected."""
    model = model or state.model
    assert model is not None
    assert state.dataset is not None
    looking, sequences = state.looking, state.dataset.sequences
    result = collect_states(
        model.network,
        model.parameters,
        sequences,
        looking.quantity,
        -1 if looking.layer is None else looking.layer,
        looking.direction,
    )
    words = tuple(("<sos>", *tokens, "<eos>") for tokens in state.dataset.tokens)
    found = StatesFound(
        model=model,
        quantity=looking.quantity,
        layer=looking.layer,
        direction=looking.direction,
        table_rows=tuple(range(len(sequences))),
        words=words,
        result=result,
    )
    return dataclasses.replace(state, findings=Findings(states=found))
