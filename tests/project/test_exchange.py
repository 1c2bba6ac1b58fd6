"""Weights out and in: the same numbers back, PyTorch's files, and what does not fit."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from safetensors import TensorSpec, safe_open, serialize_file

from rnnstudio.data.tokens import TextSpec
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.exchange import (
    METADATA_KEY,
    export_remarks,
    export_weights,
    import_weights,
)
from rnnstudio.project.fitting import WeightsFileError
from rnnstudio.project.model import Model
from tests.project.exchange_cases import C, L, specs

GOLD = Path(__file__).parent / "gold"
LABELS = ("bad", "good", "mixed")
WORDS = Vocabulary(tuple(f"wörd{number}" for number in range(L - 3)))

SMALL = NetworkSpec(L, C, 6, 4, cell=Cell.GRU)
OTHERS = {
    "shared": NetworkSpec(L, C, 6, 4, cell=Cell.SHARED, read=Reading.MEAN),
    "independent": NetworkSpec(L, C, 6, 4, cell=Cell.INDEPENDENT, longest=3),
    "history": NetworkSpec(L, C, 6, None, cell=Cell.HISTORY, longest=4),
    "initial": NetworkSpec(L, C, 6, 4, cell=Cell.LSTM, layers=2, train_initial_state=True),
    "label": NetworkSpec(L, C, 6, 4, task=Task.LABEL, bidirectional=True),
    "frames": NetworkSpec(0, C, 6, None, frames=5),
}


def model(spec: NetworkSpec = SMALL, seed: int = 0) -> Model:
    parameters = initial_parameters(spec, np.random.default_rng(seed)).frozen()
    return Model(spec, parameters, WORDS, LABELS, TextSpec())


def written(path: Path, arrays: Mapping[str, Any], note: object = None) -> Path:
    metadata = None if note is None else {METADATA_KEY: json.dumps(note)}
    path.write_bytes(safetensors.numpy.save(dict(arrays), metadata))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weights.safetensors"


def refused(path: Path, spec: NetworkSpec = SMALL, **data: Any) -> str:
    with pytest.raises(WeightsFileError) as caught:
        import_weights(path, spec, **data)
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize("spec", [*specs().values(), *OTHERS.values()], ids=[*specs(), *OTHERS])
def test_out_and_in_again(spec: NetworkSpec, path: Path) -> None:
    one = model(spec)
    export_weights(one, path)
    found = import_weights(path, spec, LABELS, WORDS)
    assert found.shapes == spec.parameter_shapes()
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.flat, one.parameters.flat)
    with pytest.raises(ValueError, match="read-only"):
        found["output.bias"][0] = 1
    # The same weights are the same file.
    before = path.read_bytes()
    export_weights(one, path)
    assert path.read_bytes() == before


def test_what_a_file_says_of_itself(path: Path) -> None:
    export_weights(model(), path)
    with safe_open(path, framework="np") as file:
        metadata = file.metadata()
    assert list(metadata) == [METADATA_KEY]
    note = json.loads(metadata[METADATA_KEY])
    assert note["labels"] == list(LABELS)
    assert note["words"] == ["<sos>", "<eos>", "<pad>", *WORDS.words]
    assert note["network"] == {
        "cell": "gru",
        "task": "classify",
        "read": "last",
        "layers": 1,
        "bidirectional": False,
        "units": 6,
        "embedding": 4,
    }


def test_words_that_would_not_fit_into_a_header_are_left_out(path: Path) -> None:
    one = model()
    long = Vocabulary(("x" * 11_000_000, *WORDS.words[1:]))
    export_weights(dataclasses.replace(one, vocabulary=long), path)
    assert path.stat().st_size < 10_000
    np.testing.assert_array_equal(import_weights(path, SMALL, LABELS).flat, one.parameters.flat)


def test_remarks() -> None:
    assert export_remarks(SMALL) == ()
    (logistic,) = export_remarks(NetworkSpec(L, C, 6, 4, Activation.LOGISTIC))
    assert "logistic" in logistic
    (states,) = export_remarks(OTHERS["initial"])
    assert "initial." in states
    for name in ("shared", "independent", "history"):
        (module,) = export_remarks(OTHERS[name])
        assert name in module


def test_double_weights_are_written_as_single(path: Path) -> None:
    one = model()
    double = Parameters.from_arrays(one.parameters, np.float64)
    export_weights(dataclasses.replace(one, parameters=double), path)
    assert {array.dtype for array in safetensors.numpy.load_file(path).values()} == {
        np.dtype(np.float32)
    }


@pytest.mark.parametrize("name", specs())
def test_files_of_pytorch(name: str) -> None:
    spec = specs()[name]
    found = import_weights(GOLD / f"{name}.safetensors", spec, LABELS, WORDS)
    for key, array in safetensors.numpy.load_file(GOLD / f"{name}.safetensors").items():
        np.testing.assert_array_equal(found[key], array)


def test_names_without_prefix(path: Path) -> None:
    one = model(specs()["lstm_2_2"])
    bare = {name.removeprefix("rnn."): array for name, array in one.parameters.items()}
    found = import_weights(written(path, bare), one.network)
    np.testing.assert_array_equal(found.flat, one.parameters.flat)
    # Both names at once: which one is meant?
    both = {**one.parameters, "weight_ih_l0": one.parameters["rnn.weight_ih_l0"]}
    assert "weight_ih_l0 with the shape" in refused(written(path, both), one.network)


def test_recurrent_part_alone(path: Path) -> None:
    arrays = {
        name.removeprefix("rnn."): array
        for name, array in model().parameters.items()
        if name.startswith("rnn.")
    }
    message = refused(written(path, arrays))
    assert "embedding.weight with the shape (15, 4) is missing. 2 more" in message
    assert "recurrent part alone" in message
    assert "output.weight and output.bias" in message


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_floats_are_converted(dtype: type[np.floating], path: Path) -> None:
    one = model()
    stored = {name: array.astype(dtype) for name, array in one.parameters.items()}
    found = import_weights(written(path, stored), SMALL)
    assert found.dtype == np.float32
    for name, array in stored.items():
        np.testing.assert_array_equal(found[name], array.astype(np.float32))


def test_bfloat16_is_converted(path: Path) -> None:
    one, tensors, kept = model(), {}, []
    for name, array in one.parameters.items():
        upper = np.ascontiguousarray((array.view(np.uint32) >> 16).astype(np.uint16))
        kept.append(upper)
        tensors[name] = TensorSpec(
            dtype="bfloat16", shape=array.shape, data_ptr=upper.ctypes.data, data_len=upper.nbytes
        )
    serialize_file(tensors, path)
    found = import_weights(path, SMALL)
    for name, array in one.parameters.items():
        # Eight bits of each number are kept, the rest cut off.
        np.testing.assert_allclose(found[name], array, rtol=2**-7)
        np.testing.assert_array_equal(found[name].view(np.uint32) & 0xFFFF, 0)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_, np.complex64])
def test_what_is_no_float_is_refused(dtype: Any, path: Path) -> None:
    arrays = dict(model().parameters) | {"output.bias": np.ones(C, dtype)}
    message = refused(written(path, arrays))
    assert "output.bias" in message
    assert "float32" in message


@pytest.mark.parametrize(
    ("dtype", "value", "word"),
    [
        (np.float64, 1e300, "larger than float32"),
        (np.float32, np.nan, "NaN or infinite"),
        (np.float16, -np.inf, "NaN or infinite"),
    ],
)
def test_numbers_that_no_weight_can_be(dtype: Any, value: float, word: str, path: Path) -> None:
    arrays = dict(model().parameters) | {"output.bias": np.array([0, value, 0], dtype)}
    message = refused(written(path, arrays))
    assert word in message
    assert "output.bias" in message


def change(**settings: Any) -> NetworkSpec:
    return dataclasses.replace(SMALL, **settings)


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        (
            change(cell=Cell.LSTM),
            (
                "rnn.weight_ih_l0 has the shape (18, 4) there, and (24, 4) is needed. 3 more",
                "The file holds gru of 6 units, 1 layer, 1 direction, an embedding of 4 for 15 "
                "words, 3 classes; the network is lstm of 6 units",
            ),
        ),
        (change(units=7), ("(18, 4) there, and (21, 4)", "gru of 6 units", "gru of 7 units")),
        (change(layers=2), ("rnn.weight_ih_l1 with the shape (18, 6) is missing", "2 layers")),
        (change(bidirectional=True), ("output.weight has the shape (3, 6) there", "2 directions")),
        (change(embedding=5), ("embedding.weight has the shape (15, 4) there, and (15, 5)",)),
        (change(embedding=None), ("rnn.weight_ih_l0 has the shape (18, 4)", "15 inputs")),
        (change(vocabulary_size=99), ("(15, 4) there, and (99, 4)", "99 words")),
        (change(classes=1), ("output.weight has the shape (3, 6)", "1 class.")),
        (change(train_initial_state=True), ("initial.s_l0 with the shape (6,) is missing",)),
        (
            change(cell=Cell.SHARED),
            ("step.weight with the shape (6, 4) is missing", "without memory of 6 units, an"),
        ),
        (
            change(cell=Cell.HISTORY, longest=3),
            ("step.1.weight", "without memory of 6 units, weights for 3 steps"),
        ),
    ],
)
def test_another_network_is_named(
    needed: NetworkSpec, expected: tuple[str, ...], path: Path
) -> None:
    export_weights(model(), path)
    message = refused(path, needed)
    assert message.startswith("weights.safetensors does not fit the network: ")
    for part in expected:
        assert part in message


def test_missing_and_surplus_parameters(path: Path) -> None:
    arrays = dict(model().parameters)
    bias = arrays.pop("rnn.bias_hh_l0")
    message = refused(written(path, arrays))
    assert "rnn.bias_hh_l0 with the shape (18,) is missing. The parameters needed are" in message
    message = refused(written(path, arrays | {"rnn.bias_hh_l0": bias, "rnn.weight_hr_l0": bias}))
    assert "rnn.weight_hr_l0 with the shape (18,) is in the file, but not in" in message
    # A prefix of another kind.
    other = {name.replace("rnn.", "encoder."): array for name, array in model().parameters.items()}
    assert "The parameters needed are embedding.weight, rnn.weight" in refused(written(path, other))
    assert "is missing" in refused(written(path, {}))


@pytest.mark.parametrize(
    ("written_for", "read_for", "word"),
    [
        (NetworkSpec(L, C, 6, 4), NetworkSpec(L, C, 6, 4, Activation.RELU), "activation “tanh”"),
        (SMALL, change(read=Reading.MAX), "read “last”"),
        (SMALL, change(task=Task.LABEL), "task “classify”"),
    ],
)
def test_settings_that_change_no_shape(
    written_for: NetworkSpec, read_for: NetworkSpec, word: str, path: Path
) -> None:
    export_weights(model(written_for), path)
    assert word in refused(path, read_for)


def test_other_labels_and_words(path: Path) -> None:
    export_weights(model(), path)
    message = refused(path, labels=("bad", "mixed", "good"), vocabulary=WORDS)
    assert "class 2 is “good” there and “mixed” here" in message
    words = Vocabulary((WORDS.words[1], WORDS.words[0], *WORDS.words[2:]))
    message = refused(path, labels=LABELS, vocabulary=words)
    assert "word 4 is “wörd0” there and “wörd1” here" in message


@pytest.mark.parametrize(
    "note", [[], 7, {"network": 3, "labels": "abc"}, {"network": {}, "words": {}}, {"labels": []}]
)
def test_notes_of_other_programs_say_nothing(note: object, path: Path) -> None:
    one = model()
    found = import_weights(written(path, one.parameters, note), SMALL, LABELS, WORDS)
    np.testing.assert_array_equal(found.flat, one.parameters.flat)
    for text in ("{", "[" * 100_000):
        path.write_bytes(safetensors.numpy.save(dict(one.parameters), {METADATA_KEY: text}))
        import_weights(path, SMALL, LABELS, WORDS)


def header(value: object, data: bytes = b"") -> bytes:
    text = json.dumps(value).encode()
    return struct.pack("<Q", len(text)) + text + data


TERA = 10**12


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "is empty"),
        (b"{", "cut short"),
        (b"A text about something else entirely.\n" * 30, "is no safetensors file"),
        (b"PK\x03\x04" + bytes(100), "torch.save"),
        (b"\x80\x02}q\x00." + bytes(20), "could run code"),
        (header({"x": {"dtype": "F32", "shape": [TERA], "data_offsets": [0, 4 * TERA]}}), "cut"),
        (header({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"four"), "damaged"),
        (header({"x": {"dtype": "F31", "shape": [1], "data_offsets": [0, 4]}}, b"four"), "damaged"),
        (
            header({"x": {"dtype": "F32", "shape": [2**40] * 2, "data_offsets": [0, 4]}}, b"four"),
            "damaged",
        ),
        (header({"x": 3}), "damaged"),
        (header([1]), "no safetensors"),
        (struct.pack("<Q", 2**60) + b"{}", "cut short"),
        (np.random.default_rng(3).bytes(200), "is no safetensors file"),
    ],
)
def test_files_that_are_none(data: bytes, word: str, path: Path) -> None:
    path.write_bytes(data)
    assert word in refused(path)


def test_every_cut_is_noticed(path: Path) -> None:
    export_weights(model(), path)
    whole = path.read_bytes()
    for length in [*range(1, 40), *range(40, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert "cut short" in refused(path)
    path.write_bytes(whole + b"more")
    refused(path)


def test_a_large_file_is_not_read(path: Path) -> None:
    """Its header does not fit, so its terabyte (a hole on the disk) is never looked at."""
    size = 2**40
    head = header({"x": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}})
    with path.open("wb") as stream:
        stream.write(head)
        try:
            stream.truncate(len(head) + size)
        except OSError:
            pytest.skip("no files with holes here")
    assert "does not fit the network" in refused(path)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "nothing.safetensors")
    assert "could not be read" in refused(tmp_path / ("x" * 5000))
    assert "There is no file" in refused(tmp_path / "null\0byte")
    assert "is no file" in refused(tmp_path)
    with pytest.raises(ProjectFileError, match="does not exist"):
        export_weights(model(), tmp_path / "nowhere" / "weights.safetensors")
