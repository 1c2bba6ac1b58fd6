"""The chain of factors into which back-propagation through time unfolds.

    ∂L_t/∂W = ∂L_t/∂s_t · Σ_{k ≤ t} ∂s_t/∂s_k · ∂s_k/∂W        with s_{k−1} held fixed in ∂s_k/∂W
    ∂s_t/∂s_k = ∂s_t/∂s_{t−1} · … · ∂s_{k+1}/∂s_k

The factors of one layer in one direction are what its cell computes before its backward loop:

    RNN     ∂s_t/∂s_{t−1} = diag(σ'(a_t)) W
    GRU     ∂s_t/∂s_{t−1} = diag(z_t) + Σ_gates diag(∂s_t/∂a_gate) W_gate, with q_t for a_n
    LSTM    of the state (s, c), so that what flows through c is there too:
            ∂c_t/∂c_{t−1} = diag(f_t)        ∂c_t/∂s_{t−1} = Σ_{i,f,g} diag(∂c_t/∂a_gate) W_gate
            ∂s_t/∂… = diag(o_t (1 − tanh²c_t)) ∂c_t/∂…, for s_{t−1} with diag(∂s_t/∂a_o) W_o

In the chain s_t and c_t are two results of step t; the gradient by c_t that `bptt` gives has the
way through s_t in it as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.cell import RecurrentCell
from rnnstudio.engine.elman import Elman
from rnnstudio.engine.gru import GRU
from rnnstudio.engine.layer_trace import LayerTrace
from rnnstudio.engine.lstm import LSTM
from rnnstudio.engine.model import Network
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.recurrent import Recurrence
from rnnstudio.engine.trace import Trace, batch_of, trace


@dataclass(frozen=True, eq=False)
class Unfolding:
    """The factors of one layer in one direction, time on axis 0 in the order of the sentence.

    The state has P parts: s, and for the LSTM c behind it; S = P·H. `recurrent` (T, P, G, H) is by
    how much part p of each unit changes with what W s_{t−1} + b_hh adds to each of its G gates,
    `entered` likewise with what U x_t + b_ih adds; `carried` (T, P, P, H) with part q of the same
    unit before.
    """

    trace: Trace
    layer: LayerTrace
    recurrent: FloatArray
    entered: FloatArray
    carried: FloatArray

    @property
    def size(self) -> int:
        """The length S of the state."""
        _, parts, _, units = self.recurrent.shape
        return int(parts * units)

    def jacobian(self, step: int) -> FloatArray:
        """Return ∂state_t/∂(state before) (S, S) of a step, from 1: rows are what is changed.

        Raises:
            IndexError: there is no such step.
        """
        self.trace.check_step(step)
        recurrent, carried = self.recurrent[step - 1], self.carried[step - 1]
        parts, gates, units = recurrent.shape
        W = self.trace.parameters[f"rnn.weight_hh_{self.layer.end}"]  # noqa: N806
        found = np.zeros((parts, units, parts, units), W.dtype)
        found[:, :, 0] = np.einsum("pgj,gji->pji", recurrent, W.reshape(gates, units, units))
        each = np.arange(units)
        for p in range(parts):
            for q in range(parts):
                found[p, each, q, each] += carried[p, q]
        return read_only(found.reshape(self.size, self.size))

    def chain(self, step: int, earlier: int) -> FloatArray:
        """Return ∂state_t/∂state_k (S, S) for k = `earlier`, which the direction read before t.

        k = 0 is the initial state; for k = t it is the identity.

        Raises:
            IndexError: a step does not exist, or is read later.
        """
        product = np.eye(self.size, dtype=self.recurrent.dtype)
        at = step
        while at != earlier:
            if at == 0:
                raise IndexError(f"Step {earlier} is not read before step {step}.")
            product = product @ self.jacobian(at)
            at = self.layer.step_before(at)
        return read_only(product)

    def direct(self, name: str, step: int) -> FloatArray:
        """Return ∂state_k/∂w of one step, with the state before it held fixed.

        `name` is "weight_ih", "weight_hh", "bias_ih" or "bias_hh". A row of a weight belongs to one
        unit and changes no other, so the answer is (P, G·H, …): how part p of the row's own unit
        changes with each weight of the row.

        Raises:
            IndexError: there is no such step.
            KeyError: there is no such parameter.
        """
        self.trace.check_step(step)
        kind, _, side = name.partition("_")
        factor = {"ih": self.entered, "hh": self.recurrent}[side][step - 1]
        parts, gates, units = factor.shape
        rows = factor.reshape(parts, gates * units)
        if kind == "bias":
            return read_only(rows.copy())
        if kind != "weight":
            raise KeyError(name)
        right = self.layer.given.at(step) if side == "ih" else self.layer.before("s", step)
        return read_only(rows[:, :, None] * right)


def unfold(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    layer: int = -1,
    direction: int = 0,
) -> Unfolding:
    """Return the factors of one layer in one direction for ids (T,), or frames (T, E).

    Raises:
        IndexError: there is no such layer or direction, or an id is above L.
        ValueError: the sentence has no words, or the network no memory.
    """
    if not spec.cell.recurrent:
        raise ValueError("Without memory no state leads to another.")
    seen = trace(spec, parameters, given)
    place = seen.layer(layer, direction)
    network = Network(spec, seen.parameters, train=True, keep=True)
    network.forward(batch_of(spec, given))
    assert isinstance(network.layers, Recurrence)
    cell = network.layers.layers[place.layer][direction].cell
    cell.prepare_backward(len(seen))
    recurrent, entered, carried = _factors(cell)
    if direction:
        recurrent, entered, carried = recurrent[::-1], entered[::-1], carried[::-1]
    return Unfolding(seen, place, read_only(recurrent), read_only(entered), read_only(carried))


def _factors(cell: RecurrentCell) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what stands behind ∂L/∂s_t and ∂L/∂c_t in the equations of each cell."""
    steps, units = cell.steps, cell.units
    if isinstance(cell, LSTM):
        i, f, g, o = range(4)
        gates = cell.gates(steps)[:, :, 0].reshape(steps, 4, units)
        behind = cell.da[:, :, 0].reshape(steps, 4, units)
        shown = cell.dc[:, :, 0]
        recurrent = np.zeros((steps, 2, 4, units), gates.dtype)
        for gate in (i, f, g):
            recurrent[:, 1, gate] = behind[:, gate]
            recurrent[:, 0, gate] = behind[:, gate] * shown
        recurrent[:, 0, o] = behind[:, o]
        carried = np.zeros((steps, 2, 2, units), gates.dtype)
        carried[:, 1, 1] = gates[:, f]
        carried[:, 0, 1] = gates[:, f] * shown
        return recurrent, recurrent, carried
    if isinstance(cell, GRU):
        r_z_q_n = cell.da[:, :, 0].reshape(steps, 4, units)
        z = cell.gates(steps)[:, units : 2 * units, 0]
        recurrent, entered = r_z_q_n[:, :3], r_z_q_n[:, [0, 1, 3]]
        return recurrent[:, None].copy(), entered[:, None], z[:, None, None].copy()
    assert isinstance(cell, Elman)
    slope = cell.da[:, None, None, :, 0].copy()
    return slope, slope, np.zeros_like(slope)
