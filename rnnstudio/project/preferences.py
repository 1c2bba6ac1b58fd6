"""The user's preferences: a small JSON file that can never stop the program from starting."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rnnstudio.project.folders import config_folder

_FILE = "preferences.json"
_RECENT = 10


@dataclass(frozen=True)
class Preferences:
    """What the program remembers between two starts.

    `geometry` is the window's own word for its place; `recent_files` has the newest first;
    `welcomed` says that the hint of the first start was given. `notation` is whose letters formulas
    have, the lecture's or PyTorch's; `reduce_motion` asks for pictures that do not move by
    themselves.
    """

    theme: str = "light"
    recent_files: tuple[str, ...] = ()
    geometry: str = ""
    welcomed: bool = False
    notation: str = "lecture"
    reduce_motion: bool = False

    def with_recent(self, path: Path) -> Preferences:
        """The preferences with `path` as the newest of the recent files."""
        name = str(path.absolute())
        others = [other for other in self.recent_files if other != name]
        return dataclasses.replace(self, recent_files=(name, *others)[:_RECENT])

    def without_recent(self, path: Path) -> Preferences:
        """The preferences without a recent file that has gone."""
        name = str(path.absolute())
        others = tuple(other for other in self.recent_files if other != name)
        return dataclasses.replace(self, recent_files=others)


_CHOICES = {"theme": ("light", "dark"), "notation": ("lecture", "pytorch")}


def load_preferences() -> Preferences:
    """The stored preferences; what is missing, damaged or unknown is as at the first start."""
    try:
        stored = json.loads((config_folder() / _FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    if not isinstance(stored, Mapping):
        return Preferences()
    start = Preferences()
    good: dict[str, object] = {}
    for field in dataclasses.fields(Preferences):
        value = stored.get(field.name)
        if field.name == "recent_files" and isinstance(value, list):
            value = tuple(item for item in value if isinstance(item, str) and item)[:_RECENT]
        choices = _CHOICES.get(field.name)
        if type(value) is type(getattr(start, field.name)) and (not choices or value in choices):
            good[field.name] = value
    return dataclasses.replace(start, **good)  # type: ignore[arg-type]


def save_preferences(preferences: Preferences) -> bool:
    """Store the preferences; False where the folder cannot be written."""
    folder = config_folder()
    temporary = folder / f".{_FILE}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(preferences), indent=1)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, folder / _FILE)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    return True
