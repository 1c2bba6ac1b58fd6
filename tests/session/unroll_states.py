"""States of the session for the tests of the Unroll page."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import build_dataset
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import initial_parameters
from rnnstudio.project.model import Model
from rnnstudio.session.state import Selection, SessionState
from tests.session.page_states import state_of

SENTENCE = "The first half was very boring ."


def model_of(
    units: int = 6,
    embedding: int | None = None,
    activation: Activation = Activation.TANH,
    labels: tuple[str, ...] = ("negative", "positive"),
    seed: int = 0,
) -> Model:
    """A network for the lecture's sentences with weights large enough to be told apart."""
    dataset = build_dataset(load_builtin("lecture"))
    spec = NetworkSpec(dataset.vocabulary.size, len(labels), units, embedding, activation)
    weights = initial_parameters(spec, np.random.default_rng(seed))
    weights.flat[:] *= 2.0
    return Model(spec, weights.frozen(), dataset.vocabulary, labels, dataset.text, epoch=3, step=30)


def unroll_state(
    sentence: str = SENTENCE,
    step: int = 4,
    unit: int | None = None,
    model: Model | None = None,
    **changes: Any,
) -> SessionState:
    """The lecture's data, a network, and a sentence with its play head at `step`."""
    state = state_of(load_builtin("lecture"))
    return dataclasses.replace(
        state,
        model=model or model_of(),
        selection=Selection(sentence=sentence, step=step, unit=unit),
        **changes,
    )
