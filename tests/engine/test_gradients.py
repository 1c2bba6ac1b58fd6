"""Every gradient against central differences in float64, and proof that the check can fail.

Cell, layers, directions, head and kind of input meet in every combination. Lengths, activation,
initial states, objective and a fixed embedding meet every one of those they can disturb.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine import batch as batches
from rnnstudio.engine import cell as cells
from rnnstudio.engine import elman, gru, heads, inputs, losses, lstm, model, recurrent, steps
from rnnstudio.engine.activations import SLOPE, Activation
from rnnstudio.engine.arena import Arena
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.cell import CellPlan, CellWeights
from rnnstudio.engine.losses import CROSS_ENTROPY, Objective
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training_spec import LossMean
from tests.engine.cases import (
    HEADS,
    INPUTS,
    lively_parameters,
    network,
    random_batch,
    relative_error,
    with_cell,
    with_head,
    with_input,
)

TOLERANCE = 1e-6
LENGTHS = {
    "ragged": (3, 6, 1, 4, 6),
    "equal": (4, 4, 4),
    "one step": (1, 1),
    "one sentence": (5,),
    "one word": (1,),
}
RAGGED = LENGTHS["ragged"]
RECURRENT = [cell for cell in Cell if cell.recurrent]
# The layers and directions that a cell can have.
SHAPES = [
    (cell, layers, bidirectional)
    for cell in Cell
    for layers in (1, 2)
    for bidirectional in (False, True)
    if cell.recurrent or (layers == 1 and not bidirectional)
]
# The cells whose activation can be chosen.
ACTIVATED = [cell for cell in Cell if cell not in (Cell.GRU, Cell.LSTM)]
CLASS_WEIGHTS = np.array([0.5, 1.0, 2.5])
OBJECTIVES = [
    Objective(mean, smoothing, weights)
    for mean in LossMean
    for smoothing in (0.0, 0.2)
    for weights in (None, CLASS_WEIGHTS)
]
# Nothing that is compared may be so near to a kink of ReLU or max that a difference crosses it.
MARGIN = 1e-3


def spec_of(
    cell: Cell,
    layers: int = 1,
    bidirectional: bool = False,
    head: str = "last",
    kind: str = "embedding",
    units: int = 2,
) -> NetworkSpec:
    """A network that is small enough to change each of its weights twice."""
    spec = replace(with_cell(network(), cell, max(RAGGED)), units=units)
    spec = with_input(with_head(spec, head), kind, size=3)
    return replace(spec, layers=layers, bidirectional=bidirectional)


def central_differences(
    function: Callable[[], float], x: FloatArray, epsilon: float = 1e-5
) -> FloatArray:
    """∂function/∂x, where `function` reads `x`, which is changed and restored."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + epsilon
        above = function()
        x[index] = kept - epsilon
        below = function()
        x[index] = kept
        gradient[index] = (above - below) / (2 * epsilon)
    return gradient


def parameters_of(spec: NetworkSpec, batch: Batch) -> Parameters:
    """Weights with which no sum comes near a kink.

    Equal states of a maximum are no kink: they come of equal words in the same function, or are
    zeros of ReLU whose slope is zero too.
    """
    for seed in range(1, 100):
        parameters = lively_parameters(spec, seed)
        if _distance_to_kink(spec, parameters, batch) > MARGIN:
            return parameters
    raise AssertionError("Every try comes near a kink.")


def _distance_to_kink(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> float:
    distance = np.inf
    used = model.Network(spec, parameters, keep=True)
    used.forward(batch)
    if spec.activation is Activation.RELU:
        sums = (
            [direction.cell.a for layer in used.layers.layers for direction in layer]
            if isinstance(used.layers, recurrent.Recurrence)
            else [used.layers.a]
        )
        for a in sums:
            distance = min(distance, np.abs(a.transpose(0, 2, 1)[batch.real]).min())
    if spec.task is Task.CLASSIFY and spec.read is Reading.MAX:
        states = used.layers.features(batch).reshape(batch.length, batch.size, -1)
        states = np.where(batch.real[:, :, None], states, -np.inf)
        below = states.max(axis=0) - states
        distance = min(distance, below[below > 0].min(initial=np.inf))
    return float(distance)


def errors(
    spec: NetworkSpec,
    batch: Batch,
    objective: Objective = CROSS_ENTROPY,
    dropout_seed: int | None = None,
) -> dict[str, float]:
    """The relative error of the gradient of each parameter.

    Of `losses` and `model` all is looked up as it is now, so that a slip there is in use.
    """
    parameters = parameters_of(spec, batch)
    used = model.Network(spec, parameters, train=True)

    def generator() -> np.random.Generator | None:
        return None if dropout_seed is None else np.random.default_rng(dropout_seed)

    def loss() -> float:
        z = used.forward(batch, generator())
        return losses.loss_of(z, losses.answers(batch, objective), objective).loss

    found = used.train(batch, objective, dropout=generator())
    assert found.loss == pytest.approx(loss(), rel=1e-12)
    gradients = {name: gradient.copy() for name, gradient in found.gradients.items()}
    expected = {name: central_differences(loss, parameters[name]) for name in parameters}
    if not spec.train_embedding:
        assert np.abs(expected["embedding.weight"]).max() > 1e-4
        expected["embedding.weight"][...] = 0.0
    return {name: relative_error(gradients[name], expected[name]) for name in parameters}


def check(
    spec: NetworkSpec,
    lengths: Sequence[int] = RAGGED,
    objective: Objective = CROSS_ENTROPY,
    dropout_seed: int | None = None,
) -> None:
    """Fail if a gradient is wrong."""
    found = errors(spec, random_batch(lengths, spec=spec), objective, dropout_seed)
    assert max(found.values()) < TOLERANCE, found


def name_of(value: object) -> str | None:
    """How parts of a spec are called in the names of tests."""
    if isinstance(value, Objective):
        weights = "equal" if value.class_weights is None else "weights"
        return f"{value.mean}-{value.label_smoothing}-{weights}"
    return str(value) if isinstance(value, str) else None


def test_random_sentences_have_what_matters() -> None:
    """Unknown words, words that occur twice in a sentence, and padding."""
    batch = random_batch(RAGGED)
    assert (batch.ids[batch.real] == 0).any()
    assert not batch.real.all()
    sentences = [batch.ids[:length, b].tolist() for b, length in enumerate(batch.lengths)]
    assert any(len(set(words)) < len(words) for words in sentences)


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(("cell", "layers", "bidirectional"), SHAPES, ids=name_of)
def test_cell_layers_directions_head_and_input(
    cell: Cell, layers: int, bidirectional: bool, head: str, kind: str
) -> None:
    check(spec_of(cell, layers, bidirectional, head, kind))


@pytest.mark.parametrize("lengths", list(LENGTHS.values())[1:], ids=list(LENGTHS)[1:])
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(
    ("cell", "layers", "bidirectional"),
    [shape for shape in SHAPES if shape[1] == 1 + shape[2] or not shape[0].recurrent],
    ids=name_of,
)
def test_lengths_with_cell_and_head(
    cell: Cell, layers: int, bidirectional: bool, head: str, lengths: Sequence[int]
) -> None:
    check(spec_of(cell, layers, bidirectional, head), lengths)


@pytest.mark.parametrize("lengths", list(LENGTHS.values())[1:], ids=list(LENGTHS)[1:])
@pytest.mark.parametrize("kind", ["one-hot", "frames"])
def test_lengths_with_input(kind: str, lengths: Sequence[int]) -> None:
    for cell in (Cell.RNN, Cell.HISTORY):
        check(spec_of(cell, kind=kind), lengths)


@pytest.mark.parametrize("activation", [a for a in Activation if a is not Activation.TANH])
@pytest.mark.parametrize(
    ("cell", "layers", "bidirectional"),
    [shape for shape in SHAPES if shape[0] in ACTIVATED],
    ids=name_of,
)
def test_activation_with_cell_head_and_input(
    cell: Cell, layers: int, bidirectional: bool, activation: Activation
) -> None:
    pairs = [("last", "one-hot"), ("mean", "frames"), ("max", "embedding"), ("label", "embedding")]
    for head, kind in pairs:
        spec = replace(spec_of(cell, layers, bidirectional, head, kind), activation=activation)
        check(spec, (3, 1, 4))


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(
    ("cell", "layers", "bidirectional"), [s for s in SHAPES if s[0].recurrent], ids=name_of
)
def test_trainable_initial_state(cell: Cell, layers: int, bidirectional: bool, head: str) -> None:
    spec = replace(spec_of(cell, layers, bidirectional, head), train_initial_state=True)
    check(spec, (3, 1, 2))


@pytest.mark.parametrize("objective", OBJECTIVES, ids=name_of)
@pytest.mark.parametrize("head", HEADS)
def test_objective_with_head(head: str, objective: Objective) -> None:
    for cell, bidirectional in ((Cell.RNN, True), (Cell.SHARED, False)):
        check(spec_of(cell, 1, bidirectional, head), objective=objective)


@pytest.mark.parametrize(("cell", "layers", "bidirectional"), SHAPES, ids=name_of)
def test_fixed_embedding(cell: Cell, layers: int, bidirectional: bool) -> None:
    spec = spec_of(cell, layers, bidirectional, "label")
    check(replace(spec, train_embedding=False), (3, 1, 2))


@pytest.mark.parametrize(("cell", "layers", "bidirectional"), SHAPES, ids=name_of)
def test_dropout_with_the_same_numbers_left_out(
    cell: Cell, layers: int, bidirectional: bool
) -> None:
    for head in HEADS if cell in (Cell.RNN, Cell.SHARED) else ("label",):
        spec = replace(spec_of(cell, layers, bidirectional, head), dropout=0.3)
        check(spec, (3, 1, 4), dropout_seed=5)


@pytest.mark.parametrize("lengths", [RAGGED, (9,) * 12], ids=["few", "many"])
def test_words_that_are_summed_by_occurrence(
    lengths: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in batches that are larger than those of the other tests."""
    monkeypatch.setattr(model, "_FEW_NUMBERS", 0)
    check(spec_of(Cell.SHARED, head="label"), lengths)


def test_larger_layers() -> None:
    """More units than words, classes and steps, in both directions and four layers."""
    spec = replace(network(), units=5, cell=Cell.GRU, layers=4, bidirectional=True)
    batch = random_batch((3, 2))
    parameters = lively_parameters(spec)
    used = model.Network(spec, parameters, train=True)
    gradient = used.train(batch).gradients.flat.copy()
    start, rng = parameters.flat.copy(), np.random.default_rng(0)
    for _ in range(20):
        way = rng.standard_normal(len(start))
        sides = []
        for epsilon in (1e-5, -1e-5):
            parameters.flat[...] = start + epsilon * way
            sides.append(losses.loss_of(used.forward(batch), losses.answers(batch)).loss)
        assert (sides[0] - sides[1]) / 2e-5 == pytest.approx(float(gradient @ way), rel=TOLERANCE)


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@pytest.mark.parametrize(
    ("cell", "activation"),
    [(Cell.RNN, a) for a in Activation] + [(c, Activation.TANH) for c in (Cell.GRU, Cell.LSTM)],
)
def test_cell_alone(cell: Cell, activation: Activation, lengths: Sequence[int]) -> None:
    """With a loss that reads every state, s_0 included: what enters, and the initial states."""
    units, length, columns = 3, max(lengths), len(lengths)
    spec = replace(spec_of(cell, units=units), activation=activation)
    parameters = lively_parameters(spec)
    kind = recurrent.CELLS[cell]
    weights = CellWeights(parameters, "l0", kind.LOOP, one_hot=False)
    weights.load()
    # The memory is larger than the batch needs, as it is after a longer batch.
    arena = Arena(np.float64)
    alone = kind(CellPlan(weights, length + 2, columns, arena, "l0", activation, False))
    alone.load()
    rng = np.random.default_rng(3)
    rows = kind.GATES * units
    entering = rng.standard_normal((length, rows, columns))
    scale = np.repeat(kind.LOOP.scale, units)[:, None]
    start = {name: rng.standard_normal((units, columns)) for name in alone.start_states()}
    asked = np.arange(length + 1)[:, None] <= random_batch(lengths).lengths
    wanted = rng.standard_normal((length + 1, units, columns)) * asked[:, None]

    def read() -> FloatArray:
        alone.a[:length] = entering * scale
        for name, state in alone.start_states().items():
            state[...] = start[name]
        alone.forward(length)
        return alone.s[: length + 1]

    def loss() -> float:
        return float((read() * wanted).sum())

    read()
    alone.ds[: length + 1] = wanted
    alone.prepare_backward(length)
    alone.backward(0, length)
    sums = alone.sums_by_row(length, np.empty((kind.GRADIENT_ROWS * units, length * columns)))
    entered = sums.entered.reshape(rows, length, columns).transpose(1, 0, 2).copy()
    at_start = {name: gradient.copy() for name, gradient in alone.start_gradients().items()}
    assert relative_error(entered, central_differences(loss, entering)) < TOLERANCE
    for name, gradient in at_start.items():
        assert relative_error(gradient, central_differences(loss, start[name])) < TOLERANCE, name


# Networks, objectives and lengths that together use every line of the engine's way back.
Telling = tuple[NetworkSpec, Objective, Sequence[int]]
ALL_AT_ONCE = Objective(LossMean.WORD, 0.2, CLASS_WEIGHTS)
TELLING: dict[str, Telling] = {
    "elman": (spec_of(Cell.RNN), CROSS_ENTROPY, RAGGED),
    "gru": (spec_of(Cell.GRU), CROSS_ENTROPY, RAGGED),
    "both": (spec_of(Cell.GRU, 1, True), CROSS_ENTROPY, RAGGED),
    "lstm": (spec_of(Cell.LSTM), CROSS_ENTROPY, RAGGED),
    "start": (replace(spec_of(Cell.LSTM), train_initial_state=True), CROSS_ENTROPY, (3, 1, 2)),
    "layers": (spec_of(Cell.RNN, 2, True, "label"), CROSS_ENTROPY, RAGGED),
    "one-hot": (spec_of(Cell.RNN, kind="one-hot"), CROSS_ENTROPY, RAGGED),
    "mean": (spec_of(Cell.RNN, head="mean"), CROSS_ENTROPY, RAGGED),
    "max": (spec_of(Cell.RNN, head="max"), CROSS_ENTROPY, RAGGED),
    "label": (spec_of(Cell.RNN, head="label"), ALL_AT_ONCE, RAGGED),
    "weighted": (spec_of(Cell.RNN), ALL_AT_ONCE, RAGGED),
    "history": (spec_of(Cell.HISTORY, head="mean"), CROSS_ENTROPY, RAGGED),
    "independent": (spec_of(Cell.INDEPENDENT, head="label"), CROSS_ENTROPY, RAGGED),
    "many": (spec_of(Cell.SHARED, head="label", kind="one-hot"), CROSS_ENTROPY, (9,) * 12),
    "dropout": (replace(spec_of(Cell.GRU, 2), dropout=0.3), CROSS_ENTROPY, RAGGED),
}

# One mistake each: where it is, a piece of the source, what a slip might make of it, and with which
# of `TELLING` the check must find it.
Slip = tuple[ModuleType, str, str, str, str]
SLIPS: list[Slip] = [
    (elman, "Elman", "reversed(self._backward[start:stop])", "self._backward[start:stop]", "elman"),
    (elman, "Elman", "weights.W.T", "weights.W", "elman"),
    (elman, "Elman", "add(ds_before, Wt_da, ds_before)", "ds_before[...] = Wt_da", "mean"),
    (elman, "Elman", "self.s[1 : length + 1], self.da", "self.s[:length], self.da", "elman"),
    (gru, "GRU", "weights.W.T", "weights.W_loop.T", "gru"),
    (gru, "GRU", "add(ds_before, ds_z, ds_before)", "pass", "gru"),
    (gru, "GRU", "np.multiply(da_r, q, da_r)", "pass", "gru"),
    (gru, "GRU", "np.multiply(da_n, r, da_q)", "da_q[...] = da_n", "gru"),
    (gru, "GRU", "(slice(2 * H, 3 * H), rows[:H])", "(slice(2 * H, 3 * H), rows[3 * H:])", "gru"),
    (lstm, "LSTM", "multiply(dc, f, dc_before)", "pass", "lstm"),
    (lstm, "LSTM", "multiply(da_f, c_before, da_f)", "multiply(da_f, i, da_f)", "lstm"),
    (lstm, "LSTM", "subtract(o, dc, dc)", "pass", "lstm"),
    (lstm, "LSTM", "subtract(1.0, da_g, da_g)", "pass", "lstm"),
    (lstm, "LSTM", '"c": self._dc_before}', '"c": self.ds[0]}', "start"),
    (cells, "by_row", "transpose(1, 0, 2)", "transpose(1, 0, 2)[:, ::-1]", "elman"),
    (
        cells,
        "CellWeights",
        "np.add(self.b_ih, self.b_hh, self.b)",
        "self.b[...] = self.b_ih",
        "elman",
    ),
    (steps, "Steps", "self.ds = ds[1:]", "self.ds = ds[:-1]", "history"),
    (steps, "Steps", "np.add(dU, gradient, dU)", "dU[...] = gradient[::-1]", "history"),
    (steps, "Steps", "here.T @ U", "here.T @ U * (start == 0)", "history"),
    (steps, "Steps", "here.sum(axis=1)", "here[:, :1].sum(axis=1)", "independent"),
    (recurrent, "Direction", "np.sum(ds, axis=1, out", "np.mean(ds, axis=1, out", "start"),
    (recurrent, "Direction", "state_rows[: length * columns]", "state_rows[columns:]", "elman"),
    (recurrent, "Recurrence", "dx = dx[batch.reversed_rows]", "pass", "layers"),
    (recurrent, "Recurrence", "np.add(below, dx, below)", "dx", "layers"),
    (recurrent, "Recurrence", "np.multiply(below, mask, below)", "below", "dropout"),
    (recurrent, "Upstream", "rows = rows[batch.reversed_rows]", "pass", "layers"),
    (recurrent, "Upstream", "ds[: batch.length + 1] = 0.0", "ds[0] = 0.0", "both"),
    (heads, "Head", "dz.T.dot(ones(", "abs(dz.T).dot(ones(", "elman"),
    (heads, "Head", "d_read /= batch.lengths[:, None]", "pass", "mean"),
    (
        heads,
        "Head",
        "steps, self._winners[None], d_read",
        "steps, 0 * self._winners[None], d_read",
        "max",
    ),
    (heads, "Head", "d_read *= mask", "pass", "dropout"),
    (losses, "loss_of", "asked.one_hot(classes), y)", "0.9 * asked.one_hot(classes), y)", "elman"),
    (losses, "loss_of", "np.multiply(y, share, y)", "pass", "elman"),
    (losses, "loss_of", "np.multiply(y, asked.weights, y)", "pass", "layers"),
    (losses, "loss_of", "y *= each", "pass", "weighted"),
    (losses, "loss_of", "-= (1.0 - epsilon) * own_weights", "-= own_weights", "weighted"),
    (losses, "loss_of", "y[:, rows] -= spread", "y[:, rows] += spread", "label"),
    (losses, "loss_of", "y[:, rows] -= spread", "y -= spread", "label"),
    (inputs, "OneHotInput", "out.transpose(0, 2, 1)[unknown] = 0.0", "pass", "one-hot"),
    (inputs, "OneHotInput", "found.words - 1", "found.words - 2", "one-hot"),
    (
        inputs,
        "VectorInput",
        "da.dot(self.rows, dU)",
        "da.dot(self.rows[::-1], dU)",
        "elman",
    ),
    (batches, "Occurrences", "+= rows[places]", "= rows[places]", "one-hot"),
    (batches, "Occurrences", "= 1.0", "= 0.5", "many"),
    (batches, "occurrences", "words[0] == UNKNOWN_ID", "words[0] == PAD_ID", "many"),
    (batches, "Batch", "self.lengths - 1 - steps", "(steps + 1) % self.lengths", "layers"),
    (
        batches,
        "Batch",
        "self.lengths[:, None] * units",
        "(self.lengths[:, None] - 1) * units",
        "elman",
    ),
    (batches, "Batch", "(self.lengths - 1) * self.size", "(self.lengths - 2) * self.size", "elman"),
    (model, "Network", "rows[batch.unknown_rows] = 0.0", "pass", "elman"),
    (model, "Network", "dx *= self._input_mask", "pass", "dropout"),
    (model, "_Dropout", "rows *= factors", "rows *= factors != 0", "dropout"),
]


@pytest.mark.parametrize(
    ("module", "name", "right", "wrong", "telling"), SLIPS, ids=[f"{s[1]}: {s[3]}" for s in SLIPS]
)
def test_check_finds_a_slip(
    module: ModuleType,
    name: str,
    right: str,
    wrong: str,
    telling: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec, objective, lengths = TELLING[telling]
    batch = random_batch(lengths, spec=spec)
    seed = 5 if spec.dropout else None
    assert max(errors(spec, batch, objective, seed).values()) < TOLERANCE

    original = getattr(module, name)
    source = inspect.getsource(original)
    assert right in source
    scope: dict[str, Any] = dict(vars(module))
    exec(source.replace(right, wrong), scope)
    for other in [m for key, m in sys.modules.items() if key.startswith("rnnstudio.engine.")]:
        if vars(other).get(name) is original:
            monkeypatch.setattr(other, name, scope[name])
    for key, kind in recurrent.CELLS.items():
        if kind is original:
            monkeypatch.setitem(recurrent.CELLS, key, scope[name])
    found = errors(spec, random_batch(lengths, spec=spec), objective, seed)
    assert max(found.values()) > 1000 * TOLERANCE, found


@pytest.mark.parametrize("activation", Activation)
@pytest.mark.parametrize(("module", "cell"), [(elman, Cell.RNN), (steps, Cell.SHARED)])
def test_check_finds_a_wrong_slope(
    module: ModuleType, cell: Cell, activation: Activation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(s: FloatArray, slope: FloatArray) -> None:
        np.subtract(1.0, s, out=slope)

    monkeypatch.setattr(module, "SLOPE", {**SLOPE, activation: wrong})
    spec = replace(spec_of(cell, head="mean"), activation=activation)
    found = errors(spec, random_batch(RAGGED))
    assert max(found.values()) > 1000 * TOLERANCE
