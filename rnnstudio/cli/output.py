"""How results are printed: one JSON object, or tables that align."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence


def print_json(value: Mapping[str, object]) -> None:
    """Print one JSON object; a number that is not finite is null, since JSON has none."""
    # Plain ASCII where the output cannot hold everything.
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(_finite(value), ensure_ascii=ascii_only, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns: the first to the left, the others, numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        print("  ".join(cells).rstrip())


def print_note(message: str) -> None:
    """Tell something beside the result, on the error stream."""
    print(f"rnnstudio: {message}", file=sys.stderr)


def percent(share: float) -> str:
    """A share as "93.3 %"."""
    return f"{share:.1%}".replace("%", " %")


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
