"""Whether the tensors of a file are those of a network, and in words where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rnnstudio.engine.arrays import Shape
from rnnstudio.engine.network import GATES, ending
from rnnstudio.errors import RnnStudioError

_MOST_NAMES = 30
_BESIDE = ("embedding.weight", "output.weight", "output.bias")


class WeightsFileError(RnnStudioError):
    """A weights file cannot be read, or it belongs to another network."""


def check_fit(file: str, there: Mapping[str, Shape], needed: Mapping[str, Shape]) -> None:
    """See that the tensors `there`, in the file of this name, are those that are `needed`.

    Raises:
        WeightsFileError: one is of another shape, is missing or is too many; it is named with both
            shapes, and both networks are described.
    """
    missing = [name for name in needed if name not in there]
    faults = [*_faults(there, needed)]
    if not faults:
        return
    more = f" {len(faults) - 1} more do not fit." if len(faults) > 1 else ""
    raise WeightsFileError(
        f"{file} does not fit the network: {faults[0]}.{more}",
        _remedy(missing if len(missing) == len(faults) else [], there, needed),
    )


def _faults(there: Mapping[str, Shape], needed: Mapping[str, Shape]) -> Iterator[str]:
    for name, shape in needed.items():
        if name in there and there[name] != shape:
            yield f"{name} has the shape {there[name]} there, and {shape} is needed"
    for name, shape in needed.items():
        if name not in there:
            yield f"{name} with the shape {shape} is missing"
    for name in sorted(there.keys() - needed.keys()):
        yield f"{name} with the shape {there[name]} is in the file, but not in the network"


def _remedy(
    only_missing: list[str], there: Mapping[str, Shape], needed: Mapping[str, Shape]
) -> str:
    if only_missing and all(name in _BESIDE for name in only_missing):
        return (
            "The file seems to hold the recurrent part alone: save it together with "
            f"{' and '.join(only_missing)} (torch.nn.Embedding, torch.nn.Linear)."
        )
    told, wanted = _described(there), _described(needed)
    if told is not None and told != wanted:
        return (
            f"The file holds {told}; the network is {wanted}. Choose the file's settings for the "
            "network, or a file of this network."
        )
    names = [*needed][:_MOST_NAMES]
    dots = ", …" if len(names) < len(needed) else ""
    return f"The parameters needed are {', '.join(names)}{dots}."


def _described(shapes: Mapping[str, Shape]) -> str | None:
    """What network has these parameters, as far as they tell; None if they tell nothing."""
    recurrent = shapes.get("rnn.weight_hh_l0", ())
    if len(recurrent) != 2 or not recurrent[1] or recurrent[0] % recurrent[1]:
        return _described_steps(shapes)
    cells = {len(gates): cell for cell, gates in GATES.items()}
    cell = cells.get(recurrent[0] // recurrent[1])
    if cell is None:
        return None
    layers = 1
    while f"rnn.weight_hh_{ending(layers, 0)}" in shapes:
        layers += 1
    directions = 2 if f"rnn.weight_hh_{ending(0, 1)}" in shapes else 1
    return ", ".join(
        [
            f"{cell.value} of {_count(recurrent[1], 'unit')}",
            _count(layers, "layer"),
            _count(directions, "direction"),
            *_ends(shapes, "rnn.weight_ih_l0"),
        ]
    )


def _described_steps(shapes: Mapping[str, Shape]) -> str | None:
    for first in ("step.weight", "step.1.weight"):
        if len(shapes.get(first, ())) == 2:
            steps = sum(name.endswith(".weight") and name.startswith("step.") for name in shapes)
            own = f", weights for {_count(steps, 'step')}" if first == "step.1.weight" else ""
            ends = ", ".join(_ends(shapes, first))
            return f"a network without memory of {_count(shapes[first][0], 'unit')}{own}, {ends}"
    return None


def _ends(shapes: Mapping[str, Shape], first: str) -> Iterator[str]:
    embedding, inputs = shapes.get("embedding.weight", ()), shapes.get(first, ())
    if len(embedding) == 2:
        yield f"an embedding of {embedding[1]} for {_count(embedding[0], 'word')}"
    elif len(inputs) == 2:
        yield f"{_count(inputs[1], 'input')}"
    if "output.bias" in shapes and len(shapes["output.bias"]) == 1:
        yield _count(shapes["output.bias"][0], "class", "classes")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
