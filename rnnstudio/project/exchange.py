"""Weights out and in as a safetensors file with PyTorch's names, shapes and gate order.

    export_weights(model, path)                                            writes float32
    export_remarks(model.network)                                          lines for the user
    import_weights(path, model.network, model.labels, model.vocabulary)    -> Parameters

A file holds `embedding.weight` (row i is the word with id i + 1), `rnn.weight_ih_l0` … as in
`torch.nn.RNN`, `GRU` and `LSTM`, `output.weight` and `output.bias` as in `torch.nn.Linear`, so that
a module with these attributes takes it with `load_state_dict(load_file(path))`. Its one metadata
entry, `rnnstudio`, is JSON and says what shapes do not: cell, activation, task, reading, labels,
and the words in row order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize, safe_open

from rnnstudio import __version__
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, Shape, read_only
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.project.fitting import WeightsFileError, check_fit
from rnnstudio.project.model import Model
from rnnstudio.project.saving import put_in_place, words_of
from rnnstudio.project.weights import packed

METADATA_KEY = "rnnstudio"
# A tenth of what the format allows for its header; a million words need about this much.
_MOST_METADATA = 10_000_000

# The library's function has no types.
_deserialize: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = deserialize

# What a plain torch.nn.RNN, GRU or LSTM calls its parameters.
_BARE = re.compile(r"(weight|bias)_(ih|hh)_l\d+(_reverse)?")

_FLOATS = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
_SAVE_SAFELY = (
    "Save the weights with safetensors.torch.save_file(module.state_dict(), path) and import "
    "that file."
)


def export_weights(model: Model, path: Path) -> None:
    """Write the weights of `model` to `path` in one step, float32.

    Raises:
        ProjectFileError: the file cannot be written; what was there is unchanged.
    """
    arrays = {name: np.asarray(array, np.float32) for name, array in model.parameters.items()}
    data = packed(arrays, (METADATA_KEY, _note(model)))
    put_in_place(path, lambda temporary: _write(temporary, data))


def export_remarks(network: NetworkSpec) -> tuple[str, ...]:
    """What somebody should know who loads exported weights into PyTorch, a sentence each."""
    remarks = []
    if not network.cell.recurrent:
        remarks.append(
            f"PyTorch has no module for the cell “{network.cell.value}”; its step parameters are "
            "those of torch.nn.Linear."
        )
    if network.cell is Cell.RNN and network.activation is Activation.LOGISTIC:
        remarks.append(
            "torch.nn.RNN has no logistic activation: it takes the weights, but its numbers will "
            "be others."
        )
    if network.train_initial_state:
        remarks.append(
            "PyTorch's modules have no trained initial state: hand over what is named initial. "
            "with the input, and load the rest with strict=False."
        )
    return tuple(remarks)


def import_weights(
    path: Path,
    network: NetworkSpec,
    labels: Sequence[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Parameters:
    """Read the weights of `network` from a file: float32, read-only.

    float16, bfloat16 and float64 are converted. The names of a plain `torch.nn.RNN`, `GRU` or
    `LSTM` are taken without their `rnn.`. Where the file says which labels and words it is for,
    they must be `labels` and those of `vocabulary`, if these are given. Names, shapes and types are
    checked before any number is read, so that no more memory is taken than the network needs.

    Raises:
        WeightsFileError: it is no safetensors file, is cut short, belongs to another network, or
            holds numbers that no weight can be.
    """
    shapes = network.parameter_shapes()
    types, there, metadata = _header(path)
    names = {name: _full_name(name, there) for name in there}
    check_fit(path.name, {names[name]: there[name] for name in there}, shapes)
    for name, kind in types.items():
        if kind not in _FLOATS and kind != "BF16":
            raise WeightsFileError(
                f"{name} in {path.name} is stored as {kind}, which is no kind of weight.",
                "Save it as float32 and import the file again.",
            )
    _check_note(metadata, network, labels, vocabulary)
    try:
        stored = _deserialize(path.read_bytes())
    except (SafetensorError, OSError) as error:
        raise _unreadable(path, error) from None
    arrays = {
        names.get(name, name): _numbers(
            path, name, tensor["dtype"], tensor["shape"], tensor["data"]
        )
        for name, tensor in stored
    }
    found = Parameters.from_arrays(arrays, np.float32, shapes)
    return Parameters(read_only(found.flat), found.shapes)


def _note(model: Model) -> str:
    network = model.network
    note: dict[str, object] = {
        "program": f"RNN Studio {__version__}",
        "network": {
            **_settings(network),
            "layers": network.layers,
            "bidirectional": network.bidirectional,
            "units": network.units,
            "embedding": network.embedding,
        },
        "labels": list(model.labels),
    }
    if network.frames is None:
        text = json.dumps(note | {"words": _words(model.vocabulary)})
        if len(text) <= _MOST_METADATA:
            return text
    return json.dumps(note)


def _settings(network: NetworkSpec) -> dict[str, str]:
    """The settings that change what the network says, but no shape."""
    settings = {"cell": network.cell.value, "task": network.task.value}
    if network.cell not in (Cell.GRU, Cell.LSTM):  # these have tanh and σ
        settings["activation"] = network.activation.value
    if network.task is Task.CLASSIFY:
        settings["read"] = network.read.value
    return settings


def _words(vocabulary: Vocabulary) -> list[str]:
    return [vocabulary.word_of(id_) for id_ in range(1, vocabulary.size + 1)]


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _header(path: Path) -> tuple[dict[str, str], dict[str, Shape], Mapping[str, str]]:
    """The type and shape of each tensor and the metadata; the library checks them for sense."""
    try:
        if not path.exists():
            raise WeightsFileError(f"There is no file {path}.", "Choose a safetensors file.")
        if not path.is_file():
            raise WeightsFileError(f"{path} is no file.", "Choose a safetensors file.")
        with path.open("rb") as stream:
            start = stream.read(9)
        with safe_open(path, framework="np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            types = {name: str(one.get_dtype()) for name, one in slices.items()}
            shapes = {name: tuple(one.get_shape()) for name, one in slices.items()}
            return types, shapes, file.metadata() or {}
    except SafetensorError as error:
        raise _no_safetensors(path, start, error) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> WeightsFileError:
    return WeightsFileError(
        f"{path} could not be read: {words_of(error)}.", "Choose a safetensors file."
    )


def _no_safetensors(path: Path, start: bytes, error: Exception) -> WeightsFileError:
    if not start:
        return WeightsFileError(f"{path.name} is empty.", "Export or copy it again.")
    # What torch.save writes: a ZIP archive since 1.6, a bare pickle before.
    if start.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return WeightsFileError(
            f"{path.name} is not safetensors but a ZIP archive or pickle, as torch.save writes; "
            "such a file could run code and is not opened.",
            _SAVE_SAFELY,
        )
    # The length of the header in eight bytes, then the header, which is JSON.
    if start[8:] == b"{" or len(start) < 9:
        return WeightsFileError(
            f"{path.name} is cut short or damaged ({error}).", "Export or copy it again."
        )
    return WeightsFileError(f"{path.name} is no safetensors file.", _SAVE_SAFELY)


def _full_name(name: str, there: Mapping[str, Shape]) -> str:
    full = f"rnn.{name}"
    return full if _BARE.fullmatch(name) and full not in there else name


def _numbers(path: Path, name: str, kind: str, shape: Sequence[int], data: bytes) -> FloatArray:
    """The numbers of a stored tensor as float32.

    Raises:
        WeightsFileError: one is NaN or infinite, or too large for float32.
    """
    if kind == "BF16":
        # The upper half of a float32.
        stored = (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        stored = np.frombuffer(data, _FLOATS[kind])
    with np.errstate(over="ignore"):
        found = stored.astype(np.float32)
    if not np.isfinite(found).all():
        why = "larger than float32 can hold" if np.isfinite(stored).all() else "NaN or infinite"
        raise WeightsFileError(
            f"A number of {name} in {path.name} is {why}.",
            "Train again with a smaller learning rate, and import what comes of it.",
        )
    return found.reshape(tuple(shape))


def _check_note(
    metadata: Mapping[str, str],
    network: NetworkSpec,
    labels: Sequence[str] | None,
    vocabulary: Vocabulary | None,
) -> None:
    """See that the file is meant for this network, as far as it says so.

    Raises:
        WeightsFileError: its shapes fit, but its settings, labels or words are others.
    """
    text = metadata.get(METADATA_KEY, "")
    try:
        note = json.loads(text) if len(text) <= _MOST_METADATA else None
    except (ValueError, RecursionError):
        note = None
    if not isinstance(note, dict):
        return  # not written by this program
    remedy = "Import it into a project with the same settings and data."
    settings = note.get("network")
    for key, here in _settings(network).items():
        if isinstance(settings, dict) and (other := settings.get(key, here)) != here:
            raise WeightsFileError(
                f"The weights are those of a network with the {key} “{other}”; "
                f"this one's is “{here}”.",
                remedy,
            )
    for what, expected in (
        ("class", labels),
        ("word", None if vocabulary is None else _words(vocabulary)),
    ):
        told = note.get("labels" if what == "class" else "words")
        if expected is None or not isinstance(told, list):
            continue
        for number, (there, here) in enumerate(zip(told, expected, strict=False), start=1):
            if there != here:
                raise WeightsFileError(
                    f"The weights are for other data: {what} {number} is “{there}” there and "
                    f"“{here}” here.",
                    remedy,
                )
