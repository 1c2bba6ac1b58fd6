"""One step of one layer taken apart: all vectors between what comes in and the state.

For cells with one sum, such as a = U x + W s_{t−1} + b, its parts are computed here from the
weights and the trace; gates, candidates and states are the trace's own.
"""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.arrays import FloatArray, read_only
from rnnstudio.engine.layer_trace import LayerTrace
from rnnstudio.engine.network import GATES, Cell, ending
from rnnstudio.engine.trace import Trace
from rnnstudio.session.memo import remembered
from rnnstudio.session.reading import Reading

# The parts that are no quantities of a trace: products with the weights, the bias, what is handed
# over by the step before.
INPUT_PART, RECURRENT_PART, BIAS_PART = "Ux", "Ws", "b"
EARLIER_PART = "Ux_before"  # of `history`: what the words before the step's add
STATE_BEFORE, CELL_STATE_BEFORE = "s_before", "c_before"


@remembered(4)
def step_parts(reading: Reading, layer: int, direction: int, step: int) -> dict[str, FloatArray]:
    """Return the vectors (H,) of a step by their names.

    The names are those of `LayerTrace.quantities`, "s_before" and "c_before" for the states that
    the step was handed, and for a cell with one sum "Ux", "Ws" and "b". "Ux" is what x_t adds; of
    `history` "Ux_before" is what x_1 … x_{t−1} add, 0 at the first step.

    Raises:
        IndexError: there is no such layer, direction or step.
    """
    trace = reading.trace
    trace.check_step(step)
    found = trace.layer(layer, direction)
    parts = {name: values[step - 1] for name, values in found.quantities.items()}
    if found.cell.recurrent:
        parts[STATE_BEFORE] = found.before("s", step)
        if found.c_0 is not None:
            parts[CELL_STATE_BEFORE] = found.before("c", step)
    if found.cell not in (Cell.GRU, Cell.LSTM):
        parts |= _summands(trace, found, step)
    return parts


def _summands(trace: Trace, layer: LayerTrace, step: int) -> dict[str, FloatArray]:
    """Return the parts of a_t (H,) of a cell that has one sum."""
    weights, cell = trace.parameters, layer.cell
    if cell in GATES:
        end = ending(layer.layer, layer.direction)
        return {
            INPUT_PART: _product(weights[f"rnn.weight_ih_{end}"], layer.given.at(step)),
            RECURRENT_PART: _product(weights[f"rnn.weight_hh_{end}"], layer.before("s", step)),
            BIAS_PART: read_only(weights[f"rnn.bias_ih_{end}"] + weights[f"rnn.bias_hh_{end}"]),
        }
    name = f"step.{step}" if cell.has_length else "step"
    weight, x = weights[f"{name}.weight"], layer.given.at(step)
    bias = read_only(weights[f"{name}.bias"].copy())
    if cell is not Cell.HISTORY:
        return {INPUT_PART: _product(weight, x), BIAS_PART: bias}
    # Its columns are those of x_1, then those of x_2, and so on.
    earlier = [layer.given.at(one) for one in range(1, step)]
    seen = np.concatenate(earlier) if earlier else np.zeros(0, weight.dtype)
    return {
        EARLIER_PART: _product(weight[:, : len(seen)], seen),
        INPUT_PART: _product(weight[:, len(seen) :], x),
        BIAS_PART: bias,
    }


def _product(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", over="ignore"):  # ReLU states can be infinite
        return read_only(np.asarray(matrix @ vector))
