"""The gradient of one sentence by each weight, as the sum of what each step adds.

    ∂L/∂W = Σ_k ∂L/∂a_k s_{k−1}ᵀ        with s_{k−1} held fixed in each term
    ∂L/∂U = Σ_k ∂L/∂a_k x_kᵀ            ∂L/∂b = Σ_k ∂L/∂a_k
    ∂L/∂V = Σ_t ∂L_t/∂z_t m_tᵀ          ∂L/∂c = Σ_t ∂L_t/∂z_t

Each term is an outer product, so both of its factors are kept and the term is made when it is
asked for. With gates a_k has a block of rows for each, in PyTorch's order; of the GRU's candidate
W and b_hh belong to q_k. Steps are those of the sentence in both directions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.flow import Asking, LayerFlow, ask, run_back, seeds
from rnnstudio.engine.layer_trace import Given, GivenVectors, GivenWords, LayerTrace
from rnnstudio.engine.losses import CROSS_ENTROPY, Objective
from rnnstudio.engine.model import Network
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.recurrent import Upstream
from rnnstudio.engine.trace import Trace, batch_of


@dataclass(frozen=True, eq=False)
class Factors:
    """The two vectors whose outer product is a step's term; a bias has no `right`.

    With `only` it is the one step that adds something: weights that belong to one position.
    """

    left: Given
    right: Given | None
    only: int | None = None

    def term(self, step: int) -> FloatArray:
        """Return what step `step` adds."""
        left = self.left.at(step)
        term = left if self.right is None else np.outer(left, self.right.at(step))
        return np.zeros_like(term) if self.only not in (None, step) else term


@dataclass(frozen=True, eq=False)
class GradientTerms:
    """The terms of every parameter's gradient.

    `loss` is the loss that is asked, of `loss_step` alone, or where that is None of all steps that
    train. `factors` are by parameter name; `initial` are the gradients by learned initial states,
    which have one term only.
    """

    spec: NetworkSpec
    steps: int
    loss: float
    loss_step: int | None
    factors: Mapping[str, Factors]
    initial: Mapping[str, FloatArray]

    def term(self, name: str, step: int) -> FloatArray:
        """Return what step `step` = 1 … T adds to the gradient of a parameter, of its shape.

        Raises:
            IndexError: there is no such step.
            KeyError: there is no such parameter, or it is an initial state.
        """
        if not 1 <= step <= self.steps:
            raise IndexError(f"There is no step {step} in a sentence of {self.steps}.")
        return read_only(self.factors[name].term(step))

    def terms(self, name: str) -> FloatArray:
        """Return the terms of all steps: (T, …), a copy of the parameter's shape for each."""
        return read_only(np.stack([self.term(name, k) for k in range(1, self.steps + 1)]))

    def total(self, name: str) -> FloatArray:
        """Return the sum of the terms: the gradient."""
        if name in self.initial:
            return self.initial[name]
        total = self.factors[name].term(1).copy()
        for step in range(2, self.steps + 1):
            total += self.factors[name].term(step)
        return read_only(total)

    def sizes(self, name: str) -> FloatArray:
        """Return the norm of each step's term: (T,), the product of the norms of its factors."""
        factors = self.factors[name]
        found = []
        for step in range(1, self.steps + 1):
            size = float(np.linalg.norm(factors.left.at(step)))
            if factors.right is not None:
                size *= float(np.linalg.norm(factors.right.at(step)))
            found.append(0.0 if factors.only not in (None, step) else size)
        return read_only(np.array(found))


def gradient_terms(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    target: int | IntArray,
    *,
    loss_step: int | None = None,
    truncation: int | None = None,
    objective: Objective = CROSS_ENTROPY,
) -> GradientTerms:
    """Take the gradient of a sentence apart by steps.

    `given` are ids (T,), or frames (T, E); `target` its class, or for labelling the class of each
    word (T,), −1 where none is asked. The loss is the one that trains, or with `loss_step` L_t of
    that step alone, for a classifier as if it were asked there. With `truncation` nothing flows
    from one stretch of so many steps into the stretch before.

    Raises:
        IndexError: an id is above L, a class or a step does not exist.
        ValueError: the sentence has no words, or another number of words than classes.
        TooLongError: the network has no weights for so many steps.
    """
    steps = None
    if loss_step is not None:
        steps = [loss_step]
    elif spec.task is not Task.LABEL:
        steps = [len(given)]
    asking = ask(spec, parameters, given, target, objective, steps)
    seen = asking.trace
    network = Network(spec, seen.parameters, train=True, keep=True)
    batch = batch_of(spec, given)
    network.forward(batch)
    layers, dx = run_back(
        network, batch, _asked(asking), truncation, wants_input=spec.embedding is not None
    )
    dz = np.zeros((len(seen), spec.classes), seen.z.dtype)
    dz[asking.steps - 1] = asking.dz
    factors = _layer_factors(seen, layers)
    if spec.embedding is not None:
        assert dx is not None
        one_hot = GivenWords(seen.ids, None, np.zeros(spec.vocabulary_size, dz.dtype))
        factors["embedding.weight"] = Factors(one_hot, _vectors(dx[:, 0]))
    factors["output.weight"] = Factors(_vectors(dz), GivenVectors(seen.m))
    factors["output.bias"] = Factors(_vectors(dz), None)
    return GradientTerms(
        spec=spec,
        steps=len(seen),
        loss=float(asking.losses.sum()),
        loss_step=loss_step,
        factors={name: factors[name] for name in parameters if name in factors},
        initial=_initial(spec, layers),
    )


def _asked(asking: Asking) -> Upstream:
    """Return what all losses together ask of the states of one column."""
    seen = asking.trace
    if seen.spec.task is Task.LABEL:
        rows = np.zeros((len(seen), seen.spec.features), seen.z.dtype)
        rows[asking.steps - 1] = asking.dz @ seen.parameters["output.weight"]
        return Upstream(rows=rows)
    return Upstream(rows=seeds(asking, slice(0, 1)))


def _layer_factors(seen: Trace, layers: tuple[tuple[LayerFlow, ...], ...]) -> dict[str, Factors]:
    found: dict[str, Factors] = {}
    if not seen.spec.cell.recurrent:
        return _step_factors(seen, layers[0][0])
    for traced, flows in zip(seen.layers, layers, strict=True):
        for one, flow in zip(traced, flows, strict=True):
            assert flow.recurrent is not None
            entered, recurrent = (_in_order(da, one) for da in (flow.entered, flow.recurrent))
            before = np.stack([one.before("s", k) for k in range(1, len(seen) + 1)])
            found |= {
                f"rnn.weight_ih_{one.end}": Factors(entered, one.given),
                f"rnn.weight_hh_{one.end}": Factors(recurrent, _vectors(before)),
                f"rnn.bias_ih_{one.end}": Factors(entered, None),
                f"rnn.bias_hh_{one.end}": Factors(recurrent, None),
            }
    return found


def _step_factors(seen: Trace, flow: LayerFlow) -> dict[str, Factors]:
    """Return the factors of a network without memory."""
    spec, one = seen.spec, seen.layers[0][0]
    da = _in_order(flow.entered, one)
    if not spec.cell.has_length:
        return {"step.weight": Factors(da, one.given), "step.bias": Factors(da, None)}
    assert spec.longest is not None
    found: dict[str, Factors] = {}
    zero = np.zeros((len(seen), spec.units), seen.z.dtype)
    for step in range(1, spec.longest + 1):
        read: Given = one.given
        if spec.cell is Cell.HISTORY:
            read = _SoFar(one.given, step, len(seen))
        left, only = (da, step) if step <= len(seen) else (_vectors(zero), 0)
        found[f"step.{step}.weight"] = Factors(left, read, only)
        found[f"step.{step}.bias"] = Factors(left, None, only)
    return found


def _in_order(da: FloatArray, one: LayerTrace) -> GivenVectors:
    """Return (F, T, 1) of a direction's own time as vectors in the order of the sentence."""
    rows = da[:, :, 0].T
    return _vectors(rows[::-1] if one.direction else rows)


def _vectors(rows: FloatArray) -> GivenVectors:
    return GivenVectors(read_only(np.ascontiguousarray(rows)))


def _initial(spec: NetworkSpec, layers: tuple[tuple[LayerFlow, ...], ...]) -> dict[str, FloatArray]:
    found: dict[str, FloatArray] = {}
    if spec.train_initial_state:
        flows = [flow for directions in layers for flow in directions]
        for end, flow in zip(spec.endings, flows, strict=True):
            found[f"initial.s_{end}"] = read_only(flow.ds[0, :, 0].copy())
            if flow.dc is not None:
                found[f"initial.c_{end}"] = read_only(flow.dc[0, :, 0].copy())
    return found


@dataclass(frozen=True, eq=False)
class _SoFar:
    """All inputs up to the step whose weights these are, one after the other."""

    given: Given
    step: int
    length: int

    def at(self, step: int) -> FloatArray:
        """Return x_1 … x_k (k·E,); zeros beyond the sentence's end."""
        rows = [
            self.given.at(k) if k <= self.length else np.zeros_like(self.given.at(1))
            for k in range(1, self.step + 1)
        ]
        return np.concatenate(rows)

    def all(self) -> FloatArray:
        """Return it for every step, which is the same."""
        return np.stack([self.at(k) for k in range(1, self.length + 1)])
