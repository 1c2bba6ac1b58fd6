"""The values of gold/metric_gold.json, made once by gold/make_metric_gold.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "gold" / "metric_gold.json"


def cases(kind: str) -> list[dict[str, Any]]:
    """The cases under one heading of the file."""
    found: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))[kind]
    return found
