"""Gradients through time against finite differences of the equations, and against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.bptt import parameter_gradients, reach, state_gradients, triangles
from rnnstudio.engine.gradient_terms import gradient_terms
from rnnstudio.engine.losses import Objective
from rnnstudio.engine.model import loss_and_gradients
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import batch_of, trace
from rnnstudio.engine.training_spec import LossMean
from rnnstudio.engine.unfolding import unfold
from tests.engine import plain
from tests.engine.cases import C, H
from tests.engine.networks import NETWORKS, STEPS, sentence, weights

TOLERANCE = 1e-6
EPSILON = 1e-5
SMALL = {name: spec for name, spec in NETWORKS.items() if spec.layers < 4}
each_network = pytest.mark.parametrize("spec", SMALL.values(), ids=SMALL.keys())
RECURRENT = {name: spec for name, spec in SMALL.items() if spec.cell.recurrent}
each_recurrent = pytest.mark.parametrize("spec", RECURRENT.values(), ids=RECURRENT.keys())


def target(spec: NetworkSpec) -> int | IntArray:
    """A class, or for labelling a class for each word but two."""
    return np.array([-1, 2, 0, 1, 2, -1]) if spec.task is Task.LABEL else 1


def step_losses(
    spec: NetworkSpec,
    p: Parameters,
    nudges: plain.Nudges | None = None,
) -> FloatArray:
    """L_t of each step that is asked, by the plain equations."""
    z = plain.read(spec, p, sentence(spec), nudges).z
    shifted = z - z.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    classes = np.broadcast_to(np.asarray(target(spec)), STEPS)
    asked = np.flatnonzero(classes >= 0)
    return np.asarray(-logarithms[asked, classes[asked]])


def close(found: FloatArray, expected: FloatArray) -> None:
    """Equal to `TOLERANCE`, measured by the greatest number."""
    scale = max(float(np.abs(expected).max()), 1e-8)
    assert float(np.abs(found - expected).max()) / scale < TOLERANCE


@each_network
def test_gradients_by_states(spec: NetworkSpec) -> None:
    """∂L_t/∂s_k for all t and k is what a nudge of s_k does to L_t."""
    p = weights(spec)
    found = state_gradients(spec, p, sentence(spec), target(spec))
    base = step_losses(spec, p)
    np.testing.assert_allclose(found.losses, base, atol=1e-12)
    for directions in found.layers:
        for one in directions:
            for name, gradients in (("s", one.s), ("c", one.c)):
                if gradients is None:
                    continue
                expected = np.zeros_like(gradients)
                for step in range(1, STEPS + 1):
                    for unit in range(H):
                        place = (name, one.layer, one.direction, step)
                        above, below = (
                            step_losses(spec, p, {place: sign * EPSILON * np.eye(H)[unit]})
                            for sign in (1, -1)
                        )
                        slope = (above - below) / (2 * EPSILON)
                        if spec.read is Reading.MAX:
                            # Of two equal greatest states a nudge down of one changes nothing.
                            bend = np.abs(above + below - 2 * base) > 1e-3 * EPSILON
                            slope = np.where(bend, gradients[:, step - 1, unit], slope)
                        expected[:, step - 1, unit] = slope
                close(gradients, expected)


@each_network
def test_triangle_is_the_norms(spec: NetworkSpec) -> None:
    p, given = weights(spec), sentence(spec)
    full = state_gradients(spec, p, given, target(spec))
    norms = triangles(spec, p, given, target(spec))
    np.testing.assert_array_equal(norms.steps, full.steps)
    for directions, gradients in zip(norms.layers, full.layers, strict=True):
        for one, other in zip(directions, gradients, strict=True):
            np.testing.assert_allclose(one.s, np.linalg.norm(other.s, axis=2), rtol=1e-12)
            assert (one.c is None) == (spec.cell is not Cell.LSTM)
    some = state_gradients(spec, p, given, target(spec), steps=[4])
    place = full.steps.tolist().index(4)
    np.testing.assert_allclose(some.layers[0][0].s[0], full.layers[0][0].s[place], atol=1e-15)
    assert some.losses[0] == full.losses[place]


@pytest.mark.parametrize("truncation", [None, 1, 4])
@each_network
def test_terms_sum_to_the_gradient(spec: NetworkSpec, truncation: int | None) -> None:
    """Of every weight, in every layer and direction, and the gradient is the training's."""
    p, given = weights(spec), sentence(spec)
    whole = parameter_gradients(spec, p, given, target(spec), truncation)
    terms = gradient_terms(spec, p, given, target(spec), truncation=truncation)
    assert terms.loss == pytest.approx(whole.loss, rel=1e-12)
    assert set(terms.factors) | set(terms.initial) == set(p)
    for name in p:
        scale = float(np.abs(whole.gradients[name]).max())
        np.testing.assert_allclose(
            terms.total(name), whole.gradients[name], atol=1e-13 * max(scale, 1), err_msg=name
        )
        if name in terms.initial:
            continue
        assert terms.terms(name).shape == (STEPS, *p[name].shape)
        np.testing.assert_allclose(terms.terms(name).sum(axis=0), terms.total(name), atol=1e-14)
        sizes = [np.linalg.norm(terms.term(name, step)) for step in range(1, STEPS + 1)]
        np.testing.assert_allclose(terms.sizes(name), sizes, atol=1e-13)


@each_network
def test_terms_of_one_loss_add_up_to_those_of_all(spec: NetworkSpec) -> None:
    p, given = weights(spec), sentence(spec)
    asked = state_gradients(spec, p, given, target(spec))
    single = [gradient_terms(spec, p, given, target(spec), loss_step=step) for step in asked.steps]
    np.testing.assert_allclose([one.loss for one in single], asked.losses, rtol=1e-12)
    together = gradient_terms(spec, p, given, target(spec))
    trains = single if spec.task is Task.LABEL else single[-1:]
    for name in together.factors:
        total = sum(one.total(name) for one in trains)
        np.testing.assert_allclose(total, together.total(name), atol=1e-13, err_msg=name)
    # ∂L/∂V = Σ_t ∂L_t/∂V, each ∂L_t/∂z_t times what was read at t.
    seen = trace(spec, p, given)
    classes = np.broadcast_to(np.asarray(target(spec)), STEPS)
    for step, one in zip(asked.steps.tolist(), single, strict=True):
        dz = seen.y[step - 1] - np.eye(C)[classes[step - 1]]
        expected = np.outer(dz, seen.m[step - 1])
        np.testing.assert_allclose(one.total("output.weight"), expected, atol=1e-14)
        np.testing.assert_array_equal(one.term("output.weight", step), one.total("output.weight"))


@each_recurrent
def test_jacobians(spec: NetworkSpec) -> None:
    """∂s_t/∂s_{t−1}, for the LSTM of s and c, is what a nudge of the state before does."""
    p, given = weights(spec), sentence(spec)
    for layer in range(spec.layers):
        for direction in range(spec.directions):
            unfolding = unfold(spec, p, given, layer, direction)
            parts = "sc" if spec.cell is Cell.LSTM else "s"
            end = unfolding.layer.end
            for step in (2, 4):
                before = unfolding.layer.step_before(step)
                expected = np.zeros((unfolding.size, unfolding.size))
                for column in range(unfolding.size):
                    part, unit = parts[column // H], column % H
                    # A nudge of c before it is shown would reach s as well: take that back.
                    results = []
                    for sign in (1, -1):
                        nudge = sign * EPSILON * np.eye(H)[unit]
                        nudges = {(part, layer, direction, before): nudge}
                        if part == "c":
                            seen = unfolding.layer
                            o, c = seen["o"][before - 1], seen["c"][before - 1]
                            shown = o * (np.tanh(c) - np.tanh(c + nudge))
                            nudges["s", layer, direction, before] = shown
                        found = plain.read(spec, p, given, nudges).found
                        results.append(
                            np.concatenate([found[f"{name}_{end}"][step - 1] for name in parts])
                        )
                    expected[:, column] = (results[0] - results[1]) / (2 * EPSILON)
                close(unfolding.jacobian(step), expected)


ONE_LAYER = {
    name: spec
    for name, spec in RECURRENT.items()
    if spec.layers == 1 and "mean" not in name and "max" not in name
}


@pytest.mark.parametrize("spec", ONE_LAYER.values(), ids=ONE_LAYER.keys())
def test_chain_of_jacobians_is_the_direct_way(spec: NetworkSpec) -> None:
    """∂L_t/∂W = ∂L_t/∂s_t Σ_k ∂s_t/∂s_k ∂s_k/∂W, factor by factor."""
    p, given = weights(spec), sentence(spec)
    found = state_gradients(spec, p, given, target(spec))
    loss_step = 4
    row = found.steps.tolist().index(loss_step)
    terms = gradient_terms(spec, p, given, target(spec), loss_step=loss_step)
    for direction in range(spec.directions):
        unfolding = unfold(spec, p, given, 0, direction)
        layer, one = unfolding.layer, found.layers[0][direction]
        asked = unfolding.trace.read_step(loss_step, direction)
        upstream = np.zeros(unfolding.size)
        upstream[:H] = one.s[row, asked - 1]
        for step in range(1, STEPS + 1):
            if layer.own_step(step) > layer.own_step(asked):
                assert not one.s[row, step - 1].any()
                with pytest.raises(IndexError):
                    unfolding.chain(asked, step)
                continue
            here = upstream @ unfolding.chain(asked, step)
            np.testing.assert_allclose(here[:H], one.s[row, step - 1], atol=1e-14)
            if one.c is not None:
                shown = layer["o"][step - 1] * (1 - layer["tanh_c"][step - 1] ** 2)
                both = here[H:] + here[:H] * shown
                np.testing.assert_allclose(both, one.c[row, step - 1], atol=1e-14)
            gates = len(p[f"rnn.bias_hh_{layer.end}"]) // H
            units = np.tile(here.reshape(-1, H), gates)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                direct = unfolding.direct(name, step)
                expected = np.einsum("pr,pr...->r...", units, direct)
                term = terms.term(f"rnn.{name}_{layer.end}", step)
                np.testing.assert_allclose(term, expected, atol=1e-14, err_msg=name)
        start = upstream @ unfolding.chain(asked, 0)
        np.testing.assert_allclose(start[:H], one.s_0[row], atol=1e-14)


@pytest.mark.parametrize("name", ["rnn label", "gru both label one-hot", "lstm label"])
def test_truncation_cuts_the_way_back(name: str) -> None:
    spec = NETWORKS[name]
    p, given = weights(spec), sentence(spec)
    full = state_gradients(spec, p, given, target(spec)).layers[0]
    cut = state_gradients(spec, p, given, target(spec), truncation=2)
    for one, whole in zip(cut.layers[0], full, strict=True):
        for row, step in enumerate(cut.steps.tolist()):
            for k in range(1, STEPS + 1):
                own = (STEPS + 1 - k, STEPS + 1 - step) if one.direction else (k, step)
                together = (own[0] - 1) // 2 == (own[1] - 1) // 2
                expected = whole.s[row, k - 1] * together
                np.testing.assert_allclose(one.s[row, k - 1], expected, atol=1e-15)


@pytest.mark.parametrize("name", ["gru two layers both label", "lstm mean"])
def test_any_objective(name: str) -> None:
    spec = NETWORKS[name]
    p, given = weights(spec), sentence(spec)
    objective = Objective(LossMean.WORD, 0.1, np.array([0.5, 1.0, 3.0]))
    terms = gradient_terms(spec, p, given, target(spec), objective=objective)
    whole = parameter_gradients(spec, p, given, target(spec), objective=objective)
    assert terms.loss == pytest.approx(whole.loss, rel=1e-12)
    for name in terms.factors:
        np.testing.assert_allclose(terms.total(name), whole.gradients[name], atol=1e-14)


def test_gradients_by_parameter_are_those_of_a_batch_of_one() -> None:
    spec = NETWORKS["lstm two layers both initial"]
    p, given = weights(spec), sentence(spec)
    found = parameter_gradients(spec, p, given, 1)
    expected = loss_and_gradients(spec, p, batch_of(spec, given, target=1))
    assert found.loss == expected.loss
    np.testing.assert_array_equal(found.gradients.flat, expected.gradients.flat)
    with pytest.raises(ValueError, match="read-only"):
        found.gradients.flat[0] = 0


def fading(factor: float, steps: int) -> tuple[NetworkSpec, Parameters, IntArray]:
    """An RNN whose every unit hands on `factor` of its state, without a bend."""
    spec = replace(NETWORKS["rnn relu"], activation=Activation.RELU)
    p = weights(spec)
    p["rnn.weight_hh_l0"][...] = factor * np.eye(H)
    p["rnn.bias_ih_l0"][...] = 10.0
    return spec, p, np.ones(steps, np.int32)


@pytest.mark.parametrize(
    ("factor", "words"), [(0.05, 0), (0.5, 3), (0.8, 10), (0.97, 29), (1.0, 29), (1.3, 29)]
)
def test_how_far_learning_reaches(factor: float, words: int) -> None:
    spec, p, ids = fading(factor, 30)
    found = reach(spec, p, ids, 1)
    assert found.words == words
    np.testing.assert_allclose(found.fade / found.fade[0], factor ** np.arange(30), rtol=1e-9)
    label = replace(spec, task=Task.LABEL)
    assert reach(label, p, ids, np.ones(30, int)).words == words
    assert triangles(spec, p, ids, 1).reach().words == words


def test_reversed_direction_reaches_as_far() -> None:
    spec, p, ids = fading(0.5, 12)
    both = replace(spec, bidirectional=True)
    q = weights(both)
    for name in q:
        if name.startswith("rnn."):
            q[name][...] = p[name.removesuffix("_reverse")]
    q["embedding.weight"][...] = p["embedding.weight"]
    for task, aim in ((Task.CLASSIFY, 1), (Task.LABEL, np.ones(12, int))):
        found = triangles(replace(both, task=task), q, ids, aim)
        forward, backward = (triangle.s for triangle in found.layers[0])
        assert found.reach().words == 3
        rows = [3, 8]
        for row in rows:
            step = row + 1
            asked = step if task is Task.LABEL else 13 - step
            assert np.flatnonzero(forward[row]).max() == step - 1
            assert np.flatnonzero(backward[row]).min() == asked - 1


def test_long_memory_reaches_farther() -> None:
    """Open forget gates carry what W alone would lose, and it is c that carries it."""
    spec = NETWORKS["lstm"]
    p, ids = weights(spec), np.ones(30, np.int32)
    p["rnn.weight_hh_l0"][...] *= 0.01
    shut, wide = p.copy(), p.copy()
    shut["rnn.bias_ih_l0"][H : 2 * H] = -8.0
    wide["rnn.bias_ih_l0"][H : 2 * H] = 8.0
    assert reach(spec, shut, ids, 1).words <= 1
    assert reach(spec, wide, ids, 1).words == 29
    norms = triangles(spec, wide, ids, 1, steps=[30]).layers[0][0]
    assert norms.c is not None
    assert norms.s[0, 0] < 0.1 * norms.s[0, -1]


def test_nothing_learned_reaches_nowhere() -> None:
    spec, p, ids = fading(0.5, 5)
    p["output.weight"][...] = 0
    assert reach(spec, p, ids, 1).words == 0


def test_what_is_not_there_is_refused() -> None:
    spec = NETWORKS["rnn"]
    p, given = weights(spec), sentence(spec)
    label = NETWORKS["rnn label"]
    with pytest.raises(IndexError):
        state_gradients(spec, p, given, 1, steps=[0])
    with pytest.raises(IndexError):
        state_gradients(spec, p, given, C)
    with pytest.raises(IndexError, match="not known"):
        state_gradients(spec, p, given, -1)
    with pytest.raises(IndexError, match="step 1"):
        state_gradients(label, weights(label), given, target(label), steps=[1])
    with pytest.raises(IndexError, match="any step"):
        state_gradients(label, weights(label), given, np.full(STEPS, -1))
    with pytest.raises(ValueError, match="6 words"):
        state_gradients(label, weights(label), given, np.array([1]))
    with pytest.raises(ValueError, match="one class"):
        parameter_gradients(spec, p, given, np.array([1, 2]))
    terms = gradient_terms(spec, p, given, 1)
    for step in (0, STEPS + 1):
        with pytest.raises(IndexError):
            terms.term("output.bias", step)
    with pytest.raises(ValueError, match="Without memory"):
        unfold(NETWORKS["shared"], weights(NETWORKS["shared"]), given)
    with pytest.raises(KeyError):
        unfold(spec, p, given).direct("thing_hh", 1)
