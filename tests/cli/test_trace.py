"""`trace` writes every quantity of a sentence, and they are the network's own numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnstudio.project.file import ProjectFile
from tests.cli.conftest import Command


def test_arrays_are_those_of_the_network(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    output = tmp_path / "trace.npz"
    answer = rnnstudio("trace", trained, "the film was good", "-o", output)
    assert (answer.status, answer.err) == (0, "")
    assert "<sos> the film was good <eos>" in answer.out
    with ProjectFile.open(trained) as file:
        model = file.load().model()
    with np.load(output, allow_pickle=False) as arrays:
        written = dict(arrays)
    quantities = model.trace("the film was good")[1].quantities()
    assert set(written) == {*quantities, "words", "labels"}
    assert written["words"].tolist() == ["<sos>", "the", "film", "was", "good", "<eos>"]
    assert written["labels"].tolist() == list(model.labels)
    assert {written[name].dtype.kind for name in ("words", "labels")} == {"U"}
    for name, array in quantities.items():
        np.testing.assert_array_equal(written[name], array)
    weight = model.parameters["rnn.weight_ih_l0"]
    state = np.zeros(model.network.units)
    for step, x in enumerate(written["x_l0"]):
        state = np.tanh(
            weight @ x
            + model.parameters["rnn.weight_hh_l0"] @ state
            + model.parameters["rnn.bias_ih_l0"]
            + model.parameters["rnn.bias_hh_l0"]
        )
        np.testing.assert_allclose(written["s_l0"][step], state, atol=1e-5)


def test_name_is_kept_as_given(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    output = tmp_path / "trace.arrays"
    value = rnnstudio("trace", trained, "good", "-o", output, "--json").json
    assert value["words"] == ["<sos>", "good", "<eos>"]
    assert value["shapes"]["s_l0"] == [3, 6]
    assert [path.name for path in tmp_path.iterdir()] == ["trace.arrays"]


def test_empty_sentence_writes_nothing(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    answer = rnnstudio("trace", trained, " ", "-o", tmp_path / "trace.npz")
    assert answer.status == 2
    assert "The sentence is empty" in answer.line
    assert list(tmp_path.iterdir()) == []


def test_missing_folder(rnnstudio: Command, trained: Path, tmp_path: Path) -> None:
    answer = rnnstudio("trace", trained, "good", "-o", tmp_path / "none" / "trace.npz")
    assert answer.status == 2
    assert "does not exist" in answer.line
