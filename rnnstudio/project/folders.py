"""Where settings and the projects in work are kept on this system."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_NAME = "rnnstudio"


def config_folder() -> Path:
    """The folder of the preferences; RNNSTUDIO_HOME overrides the system's place."""
    return _home() or Path(platformdirs.user_config_dir(_NAME, appauthor=False))


def data_folder() -> Path:
    """The folder of the projects in work; RNNSTUDIO_HOME overrides the system's place."""
    return _home() or Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def _home() -> Path | None:
    home = os.environ.get("RNNSTUDIO_HOME")
    return Path(home) if home else None
