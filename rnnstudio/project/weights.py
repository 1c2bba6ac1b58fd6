"""Named arrays as safetensors bytes and back, with sizes checked before memory is taken."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from rnnstudio.project.errors import ProjectFileError

AnyArray = npt.NDArray[Any]

# A header entry has a name, a type, a shape and two offsets; the format pads to 8 bytes.
_HEADER_ALLOWANCE = 4096
_HEADER_PER_ARRAY = 512


def packed(arrays: Mapping[str, AnyArray], note: tuple[str, str] | None = None) -> bytes:
    """Arrays as the bytes of a safetensors file; the same arrays always give the same bytes.

    `note` is one key and text of metadata: more than one would be written in random order.
    """
    contiguous = {name: np.ascontiguousarray(a) for name, a in arrays.items()}
    return bytes(safetensors.numpy.save(contiguous, dict([note]) if note else None))


def largest_size(shapes: Mapping[str, tuple[int, ...]], itemsize: int = 4) -> int:
    """The most bytes that arrays of these shapes can take as safetensors."""
    numbers = sum(prod(shape) for shape in shapes.values())
    return _HEADER_ALLOWANCE + _HEADER_PER_ARRAY * len(shapes) + numbers * itemsize


def unpacked(data: bytes) -> dict[str, AnyArray]:
    """The arrays of safetensors bytes; it takes no more memory than the bytes have.

    Raises:
        ProjectFileError: the bytes are no safetensors.
    """
    try:
        arrays: dict[str, AnyArray] = safetensors.numpy.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ProjectFileError(f"The weights cannot be read: {error}.") from None
    return arrays


def unpacked_weights(data: bytes, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, AnyArray]:
    """The weights of a network, float32, exactly of the names and `shapes` that it has.

    Raises:
        ProjectFileError: a name is missing or unknown, or a shape or type is another one.
    """
    if len(data) > largest_size(shapes):
        raise ProjectFileError("The weights are larger than the network they belong to.")
    arrays = unpacked(data)
    if set(arrays) != set(shapes):
        odd = sorted(set(arrays) ^ set(shapes))[0]
        raise ProjectFileError(f"The weights do not fit the network: “{odd}” is odd.")
    for name, shape in shapes.items():
        array = arrays[name]
        if array.dtype != np.float32 or array.shape != tuple(shape):
            raise ProjectFileError(
                f"The weights do not fit the network: {name} is {array.dtype} {array.shape}, "
                f"not float32 {tuple(shape)}."
            )
    return arrays
