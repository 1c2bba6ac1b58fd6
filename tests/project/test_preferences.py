"""Preferences come back; whatever lies in their file, the program starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnnstudio.project.folders import config_folder, data_folder
from rnnstudio.project.preferences import Preferences, load_preferences, save_preferences

_CHANGED = Preferences(
    theme="dark",
    recent_files=("/a.rnnstudio",),
    geometry="AAEC",
    welcomed=True,
)


def test_preferences_come_back() -> None:
    assert load_preferences() == Preferences()
    assert save_preferences(_CHANGED)
    assert load_preferences() == _CHANGED
    assert [path.name for path in config_folder().iterdir()] == ["preferences.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"theme": 3}',
        b"{}",
        b'{"theme": "pink", "recent_files": "x", "welcomed": 1, "geometry": null}',
    ],
)
def test_any_file_gives_preferences(content: bytes) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "preferences.json").write_bytes(content)
    assert load_preferences() == Preferences()


def test_good_entries_among_bad_ones_are_kept() -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    stored = {"theme": "dark", "unknown": 1, "recent_files": ["/a", 3, ""], "geometry": []}
    (config_folder() / "preferences.json").write_text(json.dumps(stored))
    assert load_preferences() == Preferences(theme="dark", recent_files=("/a",))


def test_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("RNNSTUDIO_HOME", str(blocked))
    assert not save_preferences(_CHANGED)
    assert load_preferences() == Preferences()


def test_recent_files_have_the_newest_first_and_once(tmp_path: Path) -> None:
    preferences = Preferences()
    names = [tmp_path / f"{number}.rnnstudio" for number in range(12)]
    for name in [*names, names[5]]:
        preferences = preferences.with_recent(name)
    assert preferences.recent_files[:3] == (str(names[5]), str(names[11]), str(names[10]))
    assert len(preferences.recent_files) == 10
    assert str(names[5]) not in preferences.without_recent(names[5]).recent_files


def test_folders_without_the_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RNNSTUDIO_HOME")
    assert config_folder().name == data_folder().name == "rnnstudio"
    assert config_folder().is_absolute()
