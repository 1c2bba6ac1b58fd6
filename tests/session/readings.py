"""Readings of one sentence by networks of every kind, for tests of what is written about them."""

from __future__ import annotations

import contextlib
import dataclasses
import io
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from rnnstudio.data.builtin import load_builtin
from rnnstudio.data.dataset import build_dataset
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.states import collect_states
from rnnstudio.engine.surgery import Change
from rnnstudio.project.model import Model
from rnnstudio.session.findings import StatesFound
from rnnstudio.session.looking import Looking, Notation, Place
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading, read
from rnnstudio.session.resolve.inspector import InspectorState
from rnnstudio.session.taken_apart import TakenApart
from tests.engine.networks import NETWORKS, weights

WORDS_READ = "The zebra was boring"
NAMES = tuple(name for name, spec in NETWORKS.items() if spec.frames is None)
LABELS = ("negative", "neutral, 100 % of _ or none", "positive")


@lru_cache(maxsize=4)
def model_named(name: str) -> Model:
    """A network of a kind with weights large enough for every part to matter."""
    dataset = build_dataset(load_builtin("lecture"))
    spec: NetworkSpec = dataclasses.replace(
        NETWORKS[name], vocabulary_size=dataset.vocabulary.size, classes=len(LABELS)
    )
    parameters = weights(spec, np.float32).frozen()
    return Model(spec, parameters, dataset.vocabulary, LABELS, dataset.text, 1, 1)


def reading_named(name: str, changes: tuple[Change, ...] = ()) -> Reading:
    """The sentence read by a network of a kind; its second word is unknown."""
    return read(model_named(name), WORDS_READ, None, changes)


def places(reading: Reading) -> Iterator[Place]:
    """Every quantity of every layer and direction, at some steps and units."""
    spec, steps = reading.spec, (1, 3, len(reading))
    for layer in range(spec.layers):
        for direction in range(spec.directions):
            for name in reading.quantities(layer):
                if name in NETWORK_QUANTITIES and (layer, direction) != (0, 0):
                    continue
                at = None if name in NETWORK_QUANTITIES else layer
                width = reading.width(Looking(quantity=name, layer=at))
                for step in steps:
                    for unit in {0, width - 1}:
                        yield Place(name, at, direction, step, unit)
    for step in steps:  # the words themselves
        word = int(reading.ids[step - 1])
        if spec.embedding is None and word:
            yield Place("x", 0, 0, step, word - 1)


def taken_at(reading: Reading, place: Place, notation: Notation = Notation.LECTURE) -> TakenApart:
    """The number at a place, taken apart."""
    return inspected(reading, place, notation).taken_apart()


def inspected(
    reading: Reading, place: Place, notation: Notation = Notation.LECTURE
) -> InspectorState:
    """The inspector's state that looks at a place."""
    looking = Looking(quantity=place.quantity, layer=place.layer, direction=place.direction)
    return InspectorState(reading, place.step, place.unit, "", looking, notation)


def value_at(reading: Reading, place: Place) -> float:
    """The number at a place as the forward pass left it."""
    looking = Looking(quantity=place.quantity, layer=place.layer, direction=place.direction)
    assert place.unit is not None
    return float(reading.values(looking)[place.step - 1, place.unit])


def states_found(name: str, quantity: str = "s", layer: int | None = None) -> StatesFound:
    """What the lecture's sentences leave in a network."""
    model, dataset = model_named(name), build_dataset(load_builtin("lecture"))
    at = -1 if layer is None else layer
    result = collect_states(model.network, model.parameters, dataset.sequences, quantity, at)
    words = tuple(
        tuple(model.vocabulary.word_of(int(one)) for one in ids) for ids in dataset.sequences
    )
    return StatesFound(model, quantity, layer, 0, tuple(range(len(words))), words, result)


def computed(code: str) -> float:
    """Run code as who pastes it does, and return its `value`."""
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "pasted", "exec"), names)
    value = names["value"]
    assert float(printed.getvalue()) == value
    assert isinstance(value, float | np.floating)
    return float(value)
