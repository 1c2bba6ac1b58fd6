"""Gold values: metric_gold.json and evaluation_gold.json, made once by the scripts beside them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "gold"


def cases(kind: str, file: str = "metric_gold") -> list[dict[str, Any]]:
    """The cases under one heading of a file."""
    found: list[dict[str, Any]] = _read(file)[kind]
    return found


@cache
def _read(file: str) -> dict[str, list[dict[str, Any]]]:
    text = (_FOLDER / f"{file}.json").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = json.loads(text)
    return found
