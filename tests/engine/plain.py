"""The equations of every network for one sentence, written out step by step and unit by nothing.

It is slow and has no gradients: what the engine does is compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task

# What is added to a state as it is made: by name ("s" or "c"), layer, direction, step.
Nudges = Mapping[tuple[str, int, int, int], FloatArray]


@dataclass
class Plain:
    """Quantities by their names in files, and z (T, C) as if asked after each step."""

    found: dict[str, FloatArray] = field(default_factory=dict)
    z: FloatArray = field(default_factory=lambda: np.zeros(0))


def sigma(a: FloatArray) -> FloatArray:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-a)))


def activate(kind: Activation, a: FloatArray) -> FloatArray:
    """σ as chosen."""
    if kind is Activation.TANH:
        return np.tanh(a)
    return sigma(a) if kind is Activation.LOGISTIC else np.maximum(a, 0)


def read(
    spec: NetworkSpec,
    p: Mapping[str, FloatArray],
    given: IntArray | FloatArray,
    nudges: Nudges | None = None,
) -> Plain:
    """Read one sentence, ids (T,) or frames (T, E)."""
    nudges = nudges or {}
    plain = Plain()
    x = inputs(spec, p, given)
    steps = len(x)
    states: list[FloatArray] = []
    for layer in range(spec.layers):
        plain.found[f"x_l{layer}"] = x
        states = []
        for direction in range(spec.directions):
            end = f"l{layer}" + ("_reverse" if direction else "")
            if spec.cell.recurrent:
                rows = recurrent(spec, p, x, end, (layer, direction), nudges)
            else:
                rows = memoryless(spec, p, x, nudges)
            for name in rows[0]:
                if name not in ("s_0", "c_0"):
                    plain.found[f"{name}_{end}"] = np.array([row[name] for row in rows])
                else:
                    plain.found[f"{name}_{end}"] = rows[0][name]
            states.append(plain.found[f"s_{end}"])
        x = np.concatenate(states, axis=1)

    z = []
    for t in range(1, steps + 1):
        if spec.task is Task.LABEL:
            read_here = x[t - 1]
        else:
            so_far = [s[::-1][:t] if d else s[:t] for d, s in enumerate(states)]
            if spec.read is Reading.LAST:
                parts = [s[-1] for s in so_far]
            elif spec.read is Reading.MEAN:
                parts = [s.mean(axis=0) for s in so_far]
            else:
                parts = [s.max(axis=0) for s in so_far]
            read_here = np.concatenate(parts)
        z.append(p["output.weight"] @ read_here + p["output.bias"])
    plain.z = np.array(z)
    return plain


def inputs(
    spec: NetworkSpec, p: Mapping[str, FloatArray], given: IntArray | FloatArray
) -> FloatArray:
    """x_1 … x_T (T, E)."""
    if spec.frames is not None:
        return np.array(given, float)
    table = np.eye(spec.vocabulary_size) if spec.embedding is None else p["embedding.weight"]
    rows = [table[word - 1] if word else np.zeros(spec.inputs) for word in given]
    return np.array(rows, float)


def memoryless(
    spec: NetworkSpec, p: Mapping[str, FloatArray], x: FloatArray, nudges: Nudges
) -> list[dict[str, FloatArray]]:
    """a_t and s_t of the first three rungs."""
    rows = []
    for t in range(1, len(x) + 1):
        name = "step" if spec.cell is Cell.SHARED else f"step.{t}"
        seen = x[:t].reshape(-1) if spec.cell is Cell.HISTORY else x[t - 1]
        a = p[f"{name}.weight"] @ seen + p[f"{name}.bias"]
        s = activate(spec.activation, a) + nudges.get(("s", 0, 0, t), 0)
        rows.append({"a": a, "s": s})
    return rows


def recurrent(
    spec: NetworkSpec,
    p: Mapping[str, FloatArray],
    x: FloatArray,
    end: str,
    place: tuple[int, int],
    nudges: Nudges,
) -> list[dict[str, FloatArray]]:
    """The quantities of one layer in one direction, in the order of the sentence."""
    units = spec.units
    s_0 = s = p[f"initial.s_{end}"] if spec.train_initial_state else np.zeros(units)
    c_0: FloatArray = np.zeros(units)
    if spec.train_initial_state and spec.cell is Cell.LSTM:
        c_0 = p[f"initial.c_{end}"]
    c = c_0
    order = range(len(x), 0, -1) if place[1] else range(1, len(x) + 1)
    rows: dict[int, dict[str, FloatArray]] = {}
    for t in order:
        nudge_s, nudge_c = (nudges.get((name, *place, t), 0) for name in "sc")
        row = step(spec, p, end, x[t - 1], s, c, nudge_s, nudge_c)
        s, c = row["s"], row.get("c", c)
        rows[t] = row | {"s_0": s_0} | ({"c_0": c_0} if spec.cell is Cell.LSTM else {})
    return [rows[t] for t in range(1, len(x) + 1)]


def step(
    spec: NetworkSpec,
    p: Mapping[str, FloatArray],
    end: str,
    x: FloatArray,
    s: FloatArray,
    c: FloatArray,
    nudge_s: FloatArray | int = 0,
    nudge_c: FloatArray | int = 0,
) -> dict[str, FloatArray]:
    """The quantities of one step after the states s and, for the LSTM, c."""
    x_part = p[f"rnn.weight_ih_{end}"] @ x + p[f"rnn.bias_ih_{end}"]
    s_part = p[f"rnn.weight_hh_{end}"] @ s + p[f"rnn.bias_hh_{end}"]
    a = x_part + s_part
    if spec.cell is Cell.RNN:
        return {"a": a, "s": activate(spec.activation, a) + nudge_s}
    if spec.cell is Cell.GRU:
        (a_r, a_z, _), (_, _, x_n), (_, _, q) = (np.split(part, 3) for part in (a, x_part, s_part))
        r, z = sigma(a_r), sigma(a_z)
        a_n = x_n + r * q
        n = np.tanh(a_n)
        s = (1 - z) * n + z * s + nudge_s
        return {"a_r": a_r, "a_z": a_z, "a_n": a_n, "r": r, "z": z, "q": q, "n": n, "s": s}
    a_i, a_f, a_g, a_o = np.split(a, 4)
    i, f, g, o = sigma(a_i), sigma(a_f), np.tanh(a_g), sigma(a_o)
    c = f * c + i * g + nudge_c
    sums = {"a_i": a_i, "a_f": a_f, "a_g": a_g, "a_o": a_o}
    s = o * np.tanh(c) + nudge_s
    return sums | {"i": i, "f": f, "g": g, "o": o, "c": c, "tanh_c": np.tanh(c), "s": s}
