"""Numbers that are set by hand, and what follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.activations import activated
from rnnstudio.engine.explain import Explanation, TermKind, explain, explain_output
from rnnstudio.engine.layer_trace import LayerTrace, function_of
from rnnstudio.engine.network import Cell, NetworkSpec, Reading
from rnnstudio.engine.surgery import Change, fits, operate, operate_on
from rnnstudio.engine.trace import Trace, trace
from tests.engine import plain
from tests.engine.cases import C, H
from tests.engine.networks import NETWORKS, STEPS, sentence, weights
from tests.engine.test_explain import leads_back, sums_up

each_network = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())
UNIT = 1


def read(spec: NetworkSpec, dtype: type = np.float64) -> Trace:
    return trace(spec, weights(spec, dtype), sentence(spec))


def all_layers(seen: Trace) -> list[LayerTrace]:
    return [one for directions in seen.layers for one in directions]


def settable(one: LayerTrace) -> list[str]:
    return [*one.quantities, *(f"memory_{name[0]}" for name in one.initial)]


@each_network
def test_numbers_set_to_what_they_are_change_nothing(spec: NetworkSpec) -> None:
    """Every layer is read again from its first word, and gives the same."""
    original = read(spec, np.float32)
    changes = []
    for one in all_layers(original):
        first = one.own_step(1)
        values = tuple(one["s"][first - 1].tolist())
        changes.append(Change("s", one.layer, one.direction, first, None, values))
    again = operate_on(original, changes)
    assert again is not original
    expected = original.quantities()
    for name, array in again.quantities().items():
        np.testing.assert_allclose(array, expected[name], rtol=1e-5, atol=1e-5, err_msg=name)
        assert array.dtype == expected[name].dtype
        assert not array.flags.writeable
    np.testing.assert_allclose(again.m, original.m, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(again.predictions, original.predictions)


@each_network
def test_without_changes_it_is_the_trace(spec: NetworkSpec) -> None:
    original = read(spec, np.float32)
    assert operate_on(original, ()) is original
    again = operate(spec, weights(spec, np.float32), sentence(spec), ())
    for name, array in again.quantities().items():
        np.testing.assert_array_equal(array, original.quantities()[name])


@each_network
def test_a_state_that_is_set_is_a_state_that_is_nudged(spec: NetworkSpec) -> None:
    """The equations, with the difference added, give the same from the change to the answer."""
    original = read(spec)
    names = [name for name in ("s", "c") if name in original.layer().quantities]
    for one in all_layers(original):
        for name in names:
            change = Change(name, one.layer, one.direction, 3, UNIT, (0.7,))
            changed = operate_on(original, [change])
            nudge = np.zeros(H)
            nudge[UNIT] = 0.7 - one[name][2, UNIT]
            place = (name, one.layer, one.direction, 3)
            expected = plain.read(spec, weights(spec), sentence(spec), {place: nudge})
            found = changed.quantities()
            for key, array in expected.found.items():
                np.testing.assert_allclose(found[key], array, atol=1e-12, err_msg=key)
            np.testing.assert_allclose(changed.z, expected.z, atol=1e-12)
            assert found[f"{name}_{one.end}"][2, UNIT] == 0.7


@each_network
def test_all_that_follows_follows(spec: NetworkSpec) -> None:
    """Whatever was set: each number is what its terms give, or was set and says what they give."""
    original = read(spec, np.float32)
    last = all_layers(original)[-1]
    for one in (all_layers(original)[0], last):
        for name in settable(one):
            change = Change(name, one.layer, one.direction, 4, UNIT, (0.625,))
            changed = operate_on(original, [change])
            holds_together(changed, change)
            nothing_before_is_touched(original, changed, change)


def holds_together(changed: Trace, change: Change) -> None:
    """Explain every number around the change, and see that it is its terms, or was set."""
    place = (change.quantity, change.layer, change.direction, change.step)
    for one in all_layers(changed):
        for name in one.quantities:
            for step in (3, 4, 5):
                found = explain(changed, name, step, UNIT, one.layer, one.direction)
                sums_up(found)
                if not change.quantity.startswith("memory"):
                    leads_back(changed, found)
                assert found.value == one[name][step - 1, UNIT]
                if (name, one.layer, one.direction, step) == place:
                    assert found.value == change.values[0]
                    assert found.would_be is not None
                shown = found.value if found.would_be is None else found.would_be
                assert shown == pytest.approx(by_its_terms(changed.spec, found), rel=1e-5, abs=1e-6)
    for step in (3, 4, STEPS):
        found = explain_output(changed, step, 1)
        sums_up(found)
        leads_back(changed, found)
        assert found.would_be is None


def by_its_terms(spec: NetworkSpec, found: Explanation) -> float:
    """What the terms give: their sum, or its function."""
    total = sum(term.value for term in found.terms)
    sums = {Cell.GRU: ("q", "s"), Cell.LSTM: ("c", "s")}.get(spec.cell, ())
    if found.quantity.startswith("a") or found.quantity in sums:
        return total
    return float(activated(function_of(spec, found.quantity), np.array(total)))


def nothing_before_is_touched(original: Trace, changed: Trace, change: Change) -> None:
    one = original.layer(change.layer, change.direction)
    again = changed.layer(change.layer, change.direction)
    before = [step for step in range(1, STEPS + 1) if one.own_step(step) < one.own_step(4)]
    for name, array in one.quantities.items():
        for step in before:
            np.testing.assert_array_equal(again[name][step - 1], array[step - 1])
    assert all(
        changed.layers[layer][direction] is original.layers[layer][direction]
        for layer in range(change.layer + 1)
        for direction in range(len(original.layers[layer]))
        if (layer, direction) != (change.layer, change.direction)
    )
    if not change.direction and len(original.layers[0]) == 1:
        np.testing.assert_array_equal(changed.y[:3], original.y[:3])


@pytest.mark.parametrize("name", ["rnn", "rnn relu", "gru one-hot", "lstm mean", "lstm frames"])
def test_a_memory_that_is_reset_is_a_new_sentence(name: str) -> None:
    spec, step = NETWORKS[name], 4
    original = read(spec)
    memory = [f"memory_{state[0]}" for state in original.layer().initial]
    changed = operate_on(original, [Change(m, 0, 0, step, None, (0.0,)) for m in memory])
    rest = trace(spec, weights(spec), sentence(spec)[step - 1 :])
    for quantity in original.layer().quantities:
        found = changed.layer()[quantity]
        np.testing.assert_array_equal(found[: step - 1], original.layer()[quantity][: step - 1])
        np.testing.assert_allclose(found[step - 1 :], rest.layer()[quantity], atol=1e-12)
    np.testing.assert_array_equal(changed.state_before(step), np.zeros(H))
    if spec.read is Reading.LAST:
        np.testing.assert_allclose(changed.y[-1], rest.y[-1], atol=1e-12)


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "lstm both"])
def test_a_memory_of_another_sentence(name: str) -> None:
    """In the reversed direction a step is handed what is read after it."""
    spec = NETWORKS[name]
    p, here, there = weights(spec), sentence(spec), np.array([7, 8, 8, 3, 9, 6])
    donor, original = trace(spec, p, there), read(spec)
    for direction, joined in enumerate(
        (np.concatenate([there[:2], here[2:]]), np.concatenate([here[:3], there[3:]]))
    ):
        if direction >= spec.directions:
            break
        step = 3
        changes = [
            Change(
                f"memory_{state[0]}",
                0,
                direction,
                step,
                None,
                tuple(donor.layer(0, direction).before(state[0], step).tolist()),
            )
            for state in original.layer().initial
        ]
        changed = operate_on(original, changes).layer(0, direction)
        expected = trace(spec, p, joined).layer(0, direction)
        after = slice(step - 1, None) if not direction else slice(step)
        np.testing.assert_allclose(changed.s[after], expected.s[after], atol=1e-12)
        for change in changes:
            np.testing.assert_array_equal(changed.before(change.quantity[-1], step), change.values)


def test_a_memory_that_was_set_is_explained() -> None:
    spec = NETWORKS["lstm initial"]
    changed = operate_on(
        read(spec),
        [
            Change("memory_s", 0, 0, 3, 2, (0.25,)),
            Change("memory_c", 0, 0, 3, UNIT, (-2.0,)),
        ],
    )
    gate = explain(changed, "i", 3, UNIT, 0)
    sums_up(gate)
    by_index = {term.index: term for term in gate.terms if term.kind is TermKind.RECURRENT}
    assert by_index[2].factor_b == 0.25
    assert by_index[2].source is None
    others = [by_index[unit] for unit in range(H) if unit != 2]
    assert [term.factor_b for term in others] == np.delete(changed.s[1], 2).tolist()
    assert all(term.source is not None for term in others)
    cell = explain(changed, "c", 3, UNIT, 0)
    (kept,) = [term for term in cell.terms if term.symbol == "f·c"]
    assert (kept.factor_b, kept.source) == (-2.0, None)
    assert cell.would_be is None


@pytest.mark.parametrize("onwards", [False, True])
@pytest.mark.parametrize("direction", [0, 1])
def test_onwards_is_in_the_order_of_reading(direction: int, onwards: bool) -> None:
    spec = NETWORKS["gru both"]
    changed = operate_on(
        read(spec), [Change("z", 0, direction, 3, UNIT, (1.0,), onwards=onwards)]
    ).layer(0, direction)
    after = [3, 4, 5, 6] if direction == 0 else [3, 2, 1]
    expected = after if onwards else [3]
    assert (np.flatnonzero(changed["z"][:, UNIT] == 1.0) + 1).tolist() == sorted(expected)
    for step in expected:
        assert changed["s"][step - 1, UNIT] == changed.before("s", step)[UNIT]


def test_a_memory_handed_onwards() -> None:
    spec = NETWORKS["rnn"]
    changed = operate_on(read(spec), [Change("memory_s", 0, 0, 2, None, (0.0,), onwards=True)])
    for step in range(2, STEPS + 1):
        np.testing.assert_array_equal(changed.state_before(step), np.zeros(H))
        np.testing.assert_allclose(
            changed.s[step - 1],
            trace(spec, weights(spec), sentence(spec)[step - 1 : step]).s[0],
            atol=1e-12,
        )


def test_later_changes_win_and_all_are_made() -> None:
    spec = NETWORKS["lstm two layers"]
    original = read(spec)
    values = (0.1, 0.2, 0.3, 0.4, 0.5)
    changes = [
        Change("f", 0, 0, 2, None, values),
        Change("f", 0, 0, 2, 3, (0.9,)),
        Change("o", 1, 0, 5, None, (0.0,)),
    ]
    changed = operate_on(original, changes)
    np.testing.assert_array_equal(changed.layers[0][0]["f"][1], [0.1, 0.2, 0.3, 0.9, 0.5])
    np.testing.assert_array_equal(changed.s[4], np.zeros(H))
    assert explain(changed, "f", 2, 3, 0).would_be == pytest.approx(
        original.layers[0][0]["f"][1, 3]
    )
    assert explain(changed, "f", 2, 3, 0).value == 0.9


@pytest.mark.parametrize(
    ("name", "quantity", "value"),
    [("rnn", "a", "s"), ("gru", "a_n", "n"), ("lstm", "a_f", "f"), ("lstm", "c", "tanh_c")],
)
def test_a_sum_that_was_set_shows_in_its_value(name: str, quantity: str, value: str) -> None:
    """The value's own terms give another one, which is said."""
    spec = NETWORKS[name]
    original = read(spec)
    changed = operate_on(original, [Change(quantity, 0, 0, 3, UNIT, (0.3,))])
    found = explain(changed, value, 3, UNIT, 0)
    assert found.value == changed.layer()[value][2, UNIT] != original.layer()[value][2, UNIT]
    assert found.value == pytest.approx(
        float(activated(function_of(spec, value), np.array(0.3))), abs=1e-12
    )
    assert found.total == pytest.approx(original.layer()[quantity][2, UNIT], abs=1e-12)
    assert found.would_be == pytest.approx(original.layer()[value][2, UNIT], abs=1e-12)
    sums_up(found)
    both = operate_on(
        original,
        [
            Change(quantity, 0, 0, 3, UNIT, (0.3,)),
            Change(value, 0, 0, 3, UNIT, (0.5,)),
        ],
    )
    again = explain(both, value, 3, UNIT, 0)
    assert (again.value, again.would_be) == (0.5, found.would_be)


def test_the_answer_follows_through_every_head() -> None:
    """A state that is far out of range shows in what is read."""
    for name in ("gru", "gru mean", "gru max", "gru both", "gru label", "shared max"):
        spec = NETWORKS[name]
        original = read(spec)
        changed = operate_on(original, [Change("s", 0, 0, STEPS, UNIT, (5.0,))])
        difference = changed.m[-1, UNIT] - original.m[-1, UNIT]
        reach = 5.0 - (original.m[-1, UNIT] if name.endswith("max") else original.s[-1, UNIT])
        expected = reach / STEPS if spec.read is Reading.MEAN else reach
        assert difference == pytest.approx(expected)
        V = weights(spec)["output.weight"]  # noqa: N806
        np.testing.assert_allclose(
            changed.z[-1] - original.z[-1], V @ (changed.m[-1] - original.m[-1]), atol=1e-12
        )
        assert changed.z.shape == (STEPS, C)


@pytest.mark.parametrize(
    "change",
    [
        Change("c", 0, 0, 1, 0, (0.0,)),
        Change("memory_c", 0, 0, 1, 0, (0.0,)),
        Change("z", 0, 0, 0, 0, (0.0,)),
        Change("z", 0, 0, STEPS + 1, 0, (0.0,)),
        Change("z", 1, 0, 1, 0, (0.0,)),
        Change("z", 0, 1, 1, 0, (0.0,)),
        Change("z", 0, 0, 1, H, (0.0,)),
        Change("z", 0, 0, 1, 0, (0.0,) * H),
        Change("z", 0, 0, 1, None, (0.0, 0.0)),
        Change("y", 0, 0, 1, 0, (0.0,)),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(change: Change) -> None:
    spec = NETWORKS["gru"]
    original = read(spec)
    assert not fits(change, original)
    with pytest.raises(ValueError, match="nothing that this would set"):
        operate_on(original, [change])


def test_no_memory_no_memory_to_set() -> None:
    original = read(NETWORKS["shared"])
    assert not fits(Change("memory_s", 0, 0, 1, None, (0.0,)), original)
    assert fits(Change("a", 0, 0, 1, None, (0.0,)), original)
