"""How the loss of one sentence flows back through time: its gradients by weights and by states.

    ∂L_t/∂s_k          for every loss step t and state step k
    ‖∂L_t/∂s_k‖        the triangle: how much of what is learned at t reaches step k
    L                  the loss that trains: of the last step, for labelling Σ_t L_t

A classifier's L_t is its loss as if it were asked after t words (`trace` says what it reads then).
Steps are those of the sentence. The reversed direction reads from its end, so what it asks flows
to later steps, and a classifier asks it after t words at step T + 1 − t.

"Learning reaches back N words": the distance to the farthest state whose gradient is at least a
tenth of the greatest one, on the average over the loss steps that train. A mean of the distances
weighted by the gradients would call a network that reaches every word of thirty "about 15", and a
plain half-life forgets that an exploding gradient reaches all the farther; this figure is T − 1 for
both, and for a gradient that fades by γ a step it is log 10 / log(1/γ). For the LSTM ∂L_t/∂c_k
counts: c carries what it remembers, and all that flows through s_k to later steps starts there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.flow import LayerFlow, ask, example, flows
from rnnstudio.engine.losses import CROSS_ENTROPY, Objective
from rnnstudio.engine.model import Network
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters

# The share of the greatest gradient under which learning no longer reaches.
REACH_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class ParameterGradients:
    """The loss of a sentence and its gradient by every parameter, as training computes them."""

    loss: float
    gradients: Parameters


def parameter_gradients(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    target: int | IntArray,
    truncation: int | None = None,
    objective: Objective = CROSS_ENTROPY,
) -> ParameterGradients:
    """Return ∂L/∂w of all weights for one sentence.

    `given` are ids (T,), or frames (T, E); `target` its class, or for labelling the class of each
    word (T,), −1 where none is asked. With `truncation` nothing flows from one stretch of so many
    steps into the stretch before.

    Raises:
        IndexError: an id is above L, or a class does not exist.
        ValueError: the sentence has no words, or another number of words than classes.
        TooLongError: the network has no weights for so many steps.
    """
    network = Network(spec, parameters.frozen(), train=True)
    result = network.train(example(spec, given, target), objective, truncation)
    return ParameterGradients(result.loss, result.gradients.frozen())


@dataclass(frozen=True, eq=False)
class LayerGradients:
    """∂L_t/∂s_k of one layer in one direction: `s` (R, T, H), row r for the loss step `steps[r]`.

    `s_0` (R, H) is that of the initial state. For the LSTM `c` and `c_0` are those of the cell
    state, whose way into its own s_k is included; ∂L_t/∂s_k holds c_k fixed.
    """

    layer: int
    direction: int
    s: FloatArray
    s_0: FloatArray
    c: FloatArray | None
    c_0: FloatArray | None

    @property
    def triangle(self) -> Triangle:
        """The norms alone."""
        c = None if self.c is None else _norms(self.c)
        return Triangle(self.layer, self.direction, _norms(self.s), c)


@dataclass(frozen=True, eq=False)
class Triangle:
    """‖∂L_t/∂s_k‖ (R, T) of one layer in one direction; `c` likewise for the LSTM's cell state."""

    layer: int
    direction: int
    s: FloatArray
    c: FloatArray | None

    @property
    def memory(self) -> FloatArray:
        """The norms of what carries the memory: those of c where there is one."""
        return self.s if self.c is None else self.c


@dataclass(frozen=True, eq=False)
class Reach:
    """How far learning reaches back.

    `fade` (T,) is the mean norm of the gradient by distance, from 0 steps on; `words` the greatest
    distance at which it is at least a tenth of its maximum.
    """

    fade: FloatArray
    words: int


@dataclass(frozen=True, eq=False)
class Triangles:
    """The triangle of every layer and direction.

    `steps` (R,) are the loss steps, `losses` (R,) the loss L_t of each.
    """

    spec: NetworkSpec
    steps: IntArray
    losses: FloatArray
    layers: tuple[tuple[Triangle, ...], ...]

    def reach(self, layer: int = -1) -> Reach:
        """Return how far learning reaches back in a layer, in two directions in the farther one.

        A classifier learns from its last step only; the others count for labelling.
        """
        found = [self._reach(triangle) for triangle in self.layers[layer]]
        return max(found, key=lambda reach: reach.words)

    def _reach(self, triangle: Triangle) -> Reach:
        norms = triangle.memory
        count = norms.shape[1]
        label = self.spec.task is Task.LABEL
        own = np.arange(count, 0, -1) if triangle.direction else np.arange(1, count + 1)
        total, times = np.zeros(count), np.zeros(count)
        for row, step in enumerate(self.steps.tolist()):
            if not label and step != count:
                continue
            distances = (own[step - 1] if label else step) - own
            back = distances >= 0
            total[distances[back]] += norms[row, back]
            times[distances[back]] += 1
        fade = np.divide(total, times, out=np.zeros(count), where=times > 0)
        greatest = fade.max(initial=0.0)
        far = np.flatnonzero(fade >= REACH_SHARE * greatest) if greatest > 0 else np.zeros(1, int)
        return Reach(read_only(fade), int(far[-1]) if len(far) else 0)


@dataclass(frozen=True, eq=False)
class StateGradients:
    """∂L_t/∂s_k of every layer and direction, for the loss steps `steps` (R,).

    `losses` (R,) is L_t.
    """

    spec: NetworkSpec
    steps: IntArray
    losses: FloatArray
    layers: tuple[tuple[LayerGradients, ...], ...]

    @property
    def triangles(self) -> Triangles:
        """The norms alone."""
        layers = tuple(tuple(one.triangle for one in directions) for directions in self.layers)
        return Triangles(self.spec, self.steps, self.losses, layers)


def state_gradients(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    target: int | IntArray,
    *,
    steps: Sequence[int] | None = None,
    truncation: int | None = None,
    objective: Objective = CROSS_ENTROPY,
) -> StateGradients:
    """Return ∂L_t/∂s_k of all k, for the loss steps t in `steps`, or all that can be asked.

    All other arguments are those of `parameter_gradients`. The answer has R·T·H numbers for each
    layer and direction; `triangles` needs R·T.

    Raises:
        IndexError, ValueError, TooLongError: as `parameter_gradients`; or a step is not asked.
    """
    asking = ask(spec, parameters, given, target, objective, steps)
    layers = _layers([flow.layers for flow in flows(asking, truncation)])
    return StateGradients(spec, asking.steps, asking.losses, layers)


def triangles(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    target: int | IntArray,
    *,
    steps: Sequence[int] | None = None,
    truncation: int | None = None,
    objective: Objective = CROSS_ENTROPY,
) -> Triangles:
    """Return ‖∂L_t/∂s_k‖ for all loss steps t and state steps k, without keeping the gradients.

    Arguments and errors are those of `state_gradients`.
    """
    asking = ask(spec, parameters, given, target, objective, steps)
    parts = [
        StateGradients(spec, asking.steps, asking.losses, _layers([flow.layers])).triangles.layers
        for flow in flows(asking, truncation)
    ]
    layers = tuple(
        tuple(_joined(list(same)) for same in zip(*directions, strict=True))
        for directions in zip(*parts, strict=True)
    )
    return Triangles(spec, asking.steps, asking.losses, layers)


def reach(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    target: int | IntArray,
    *,
    layer: int = -1,
    truncation: int | None = None,
    objective: Objective = CROSS_ENTROPY,
) -> Reach:
    """Return how far learning reaches back in one sentence.

    Arguments and errors are those of `state_gradients`; only the steps that train are asked.
    """
    steps = [len(given)] if spec.task is not Task.LABEL else None
    found = triangles(
        spec,
        parameters,
        given,
        target,
        steps=steps,
        truncation=truncation,
        objective=objective,
    )
    return found.reach(layer)


_Flows = tuple[tuple[LayerFlow, ...], ...]


def _layers(parts: list[_Flows]) -> tuple[tuple[LayerGradients, ...], ...]:
    """Join what several passes gave, layer by layer."""
    return tuple(
        tuple(
            _layer_gradients((layer, direction), list(same))
            for direction, same in enumerate(zip(*directions, strict=True))
        )
        for layer, directions in enumerate(zip(*parts, strict=True))
    )


def _layer_gradients(place: tuple[int, int], parts: list[LayerFlow]) -> LayerGradients:
    """Join what several passes gave, in the order of the sentence."""

    def joined(arrays: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
        own = np.concatenate(arrays, axis=2).transpose(2, 0, 1)
        states = own[:, :0:-1] if place[1] else own[:, 1:]
        return read_only(states.copy()), read_only(own[:, 0].copy())

    s, s_0 = joined([part.ds for part in parts])
    dc = [part.dc for part in parts if part.dc is not None]
    c, c_0 = joined(dc) if dc else (None, None)
    return LayerGradients(*place, s, s_0, c, c_0)


def _joined(parts: list[Triangle]) -> Triangle:
    c = [part.c for part in parts if part.c is not None]
    return Triangle(
        parts[0].layer,
        parts[0].direction,
        read_only(np.concatenate([part.s for part in parts])),
        read_only(np.concatenate(c)) if c else None,
    )


def _norms(gradients: FloatArray) -> FloatArray:
    return read_only(np.asarray(np.sqrt(np.square(gradients).sum(axis=2))))
