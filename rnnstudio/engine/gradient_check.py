"""Checks the gradient by a single weight: what does the loss do when the weight is moved?

    numeric = (L(w + ε) − L(w − ε)) / 2ε        relative error = |numeric − analytic| / the greater

In float64, whatever the network computes in. The error of the central difference is of the order
ε², that of rounding 10⁻¹⁶/ε; with ε = 10⁻⁵ both stay near 10⁻¹¹ for losses about 1. Where a ReLU or
a maximum bends between w − ε and w + ε, the two may differ though both are right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rnnstudio.engine.batch import Batch
from rnnstudio.engine.losses import CROSS_ENTROPY, Objective, answers, loss_of
from rnnstudio.engine.model import Network, loss_and_gradients
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters

EPSILON = 1e-5

# Gradients smaller than this are measured by it: their central difference is rounding alone.
_SMALLEST = 1e-8


@dataclass(frozen=True)
class GradientCheck:
    """One weight, `name`[`index`], its two losses and its gradient computed in two ways."""

    name: str
    index: tuple[int, ...]
    weight: float
    epsilon: float
    loss: float
    loss_above: float
    loss_below: float
    numeric: float
    analytic: float

    @property
    def relative_error(self) -> float:
        """The difference of the two gradients, measured by the greater one."""
        scale = max(abs(self.numeric), abs(self.analytic), _SMALLEST)
        return abs(self.numeric - self.analytic) / scale


def check_gradient(
    spec: NetworkSpec,
    parameters: Parameters,
    batch: Batch,
    name: str,
    index: tuple[int, ...],
    epsilon: float = EPSILON,
    objective: Objective = CROSS_ENTROPY,
) -> GradientCheck:
    """Check ∂L/∂w of the weight `name`[`index`], index from 0, for the loss of a batch.

    `example` of `rnnstudio.engine.flow` makes a batch of one sentence. An embedding's gradient is
    checked even where training leaves the embedding as it is.

    Raises:
        KeyError: there is no such parameter.
        IndexError: it has no such weight, or the batch asks for a class that does not exist.
        ValueError: the index is not of as many numbers as the parameter has axes, or ε is not
            above zero.
        TooLongError: a sentence is longer than the network has weights for.
    """
    shape = parameters.shapes[name]
    if len(index) != len(shape):
        raise ValueError(f"{name} has {len(shape)} axes, not {len(index)}.")
    if any(not 0 <= place < size for place, size in zip(index, shape, strict=True)):
        raise IndexError(f"{name} of {shape} has no weight {index}.")
    if not epsilon > 0.0:
        raise ValueError("ε must be above zero.")
    doubles = Parameters(parameters.flat.astype("float64"), parameters.shapes)
    view = doubles[name]
    weight = float(view[index])
    learning = replace(spec, train_embedding=True)
    exact = loss_and_gradients(learning, doubles, batch, objective)

    def loss_at(moved: float) -> float:
        view[index] = moved
        z = Network(spec, doubles).forward(batch)
        return loss_of(z, answers(batch, objective), objective).loss

    above, below = loss_at(weight + epsilon), loss_at(weight - epsilon)
    return GradientCheck(
        name=name,
        index=index,
        weight=weight,
        epsilon=epsilon,
        loss=exact.loss,
        loss_above=above,
        loss_below=below,
        numeric=(above - below) / (2.0 * epsilon),
        analytic=float(exact.gradients[name][index]),
    )
