"""How results are printed: one JSON object, or tables that align."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence

# Exit statuses besides 0; those above 128 are as shells have them for SIGINT and SIGPIPE.
USAGE_ERROR, STOPPED, BROKEN_PIPE = 2, 130, 141


def print_json(value: Mapping[str, object]) -> None:
    """Print one JSON object; a number that is not finite is null, since JSON has none."""
    # Plain ASCII where the output cannot hold everything.
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(_finite(value), ensure_ascii=ascii_only, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]], names: int = 1) -> None:
    """Print rows in columns: the first `names` to the left, the others, numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if place < names else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def print_shapes(shapes: Mapping[str, Sequence[int]]) -> None:
    """Print the names of arrays with their shapes."""
    print_table([(name, " × ".join(map(str, shape))) for name, shape in shapes.items()])


def print_note(message: str) -> None:
    """Tell something beside the result, on the error stream."""
    print(f"rnnstudio: {message}", file=sys.stderr)


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
