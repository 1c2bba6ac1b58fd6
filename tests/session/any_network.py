"""A network of any kind for the lecture's sentences."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from rnnstudio.engine.network import Cell
from rnnstudio.engine.parameters import initial_parameters
from rnnstudio.project.model import Model
from tests.session.unroll_states import model_of


def network(cell: Cell = Cell.LSTM, units: int = 6, **settings: Any) -> Model:
    """A network of any kind for the lecture's sentences, with weights that can be told apart."""
    labels = settings.pop("labels", ("negative", "positive"))
    model = model_of(units, labels=labels)
    if cell.has_length:
        settings["longest"] = 24
    spec = dataclasses.replace(model.network, cell=cell, **settings)
    weights = initial_parameters(spec, np.random.default_rng(3))
    weights.flat[:] *= 2.0
    return dataclasses.replace(model, network=spec, parameters=weights.frozen())
