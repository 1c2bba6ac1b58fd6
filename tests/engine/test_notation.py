"""The notation table has everything that can be seen or saved."""

from __future__ import annotations

import pytest

from rnnstudio.engine.cell_notation import CELL_QUANTITIES
from rnnstudio.engine.network import GATES, Cell, NetworkSpec
from rnnstudio.engine.notation import ACTIVATION_LATEX, QUANTITIES, quantity
from rnnstudio.engine.trace import trace
from tests.engine.networks import NETWORKS, sentence, weights

each_network = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())


@each_network
def test_every_parameter_and_quantity_is_there(spec: NetworkSpec) -> None:
    for name in spec.parameter_shapes():
        found = quantity(name, spec.cell)
        assert found.parameter is not None
        assert name.startswith(found.parameter.partition(".")[0])
        assert found.parameter.rpartition(".")[2] in name
    for name in trace(spec, weights(spec), sentence(spec)).quantities():
        assert name.startswith(quantity(name, spec.cell).name)


@pytest.mark.parametrize("cell", Cell)
def test_entries_say_something(cell: Cell) -> None:
    for name, entry in {**QUANTITIES, **CELL_QUANTITIES[cell]}.items():
        assert entry.name == name
        for words in (entry.lecture, entry.pytorch, entry.words, entry.formula_lecture):
            assert words
        for formula in (entry.formula_lecture, entry.formula_pytorch):
            assert formula.count("{") == formula.count("}")
            assert formula.count("(") == formula.count(")")
        assert "h_t" not in entry.formula_lecture
        assert "s_t" not in entry.formula_pytorch


@pytest.mark.parametrize("cell", [Cell.GRU, Cell.LSTM])
def test_each_gate_has_its_rows_of_every_weight(cell: Cell) -> None:
    for gate in GATES[cell]:
        rows = [entry for entry in CELL_QUANTITIES[cell].values() if entry.gate == gate]
        assert {entry.parameter for entry in rows} == {
            "rnn.weight_ih",
            "rnn.weight_hh",
            "rnn.bias_ih",
            "rnn.bias_hh",
        }
        assert {entry.pytorch for entry in rows} == {f"{kind}{gate}" for kind in ROWS}


ROWS = ("W_i", "W_h", "b_i", "b_h")


def test_letters_with_two_meanings() -> None:
    assert "update gate" in quantity("z_l0", Cell.GRU).words
    assert "score" in quantity("z", Cell.GRU).words
    assert "cell state" in quantity("c_l1_reverse", Cell.LSTM).words
    assert quantity("output.bias", Cell.LSTM).lecture == "c"
    assert "classes" in quantity("c", Cell.LSTM).words
    assert quantity("rnn.weight_hh_l1_reverse", Cell.GRU).lecture == "W"
    assert quantity("step.12.weight", Cell.HISTORY).lecture == "U_t"
    assert quantity("initial.c_l0", Cell.LSTM).name == "c_0"


@pytest.mark.parametrize(
    ("name", "cell"),
    [("q_l0", Cell.RNN), ("c_0_l0", Cell.GRU), ("rnn.weight_ih_l0", Cell.SHARED), ("", Cell.RNN)],
)
def test_what_a_cell_lacks_is_refused(name: str, cell: Cell) -> None:
    with pytest.raises(KeyError):
        quantity(name, cell)


def test_every_activation_has_a_name() -> None:
    assert r"\sigma" in QUANTITIES["s"].formula_lecture
    assert len(ACTIVATION_LATEX) == 3
