"""Whether Qt can start is known before Qt is imported."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from rnnstudio.gui import qt_check
from rnnstudio.gui.qt_check import explain_import_error, has_screen, missing_qt_library

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system's libraries of Linux")


def test_nothing_is_missing_where_the_tests_run() -> None:
    assert missing_qt_library({"QT_QPA_PLATFORM": "offscreen"}) is None


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":0"}, {"QT_QPA_PLATFORM": "offscreen"}])
def test_a_missing_library_is_named_with_its_packages(environment: dict[str, str]) -> None:
    words = missing_qt_library(environment, lambda file: file != "libEGL.so.1")
    assert words is not None
    assert "\n" not in words
    assert "libEGL.so.1" in words
    assert "apt install libegl1 " in words
    assert "dnf install libglvnd-egl " in words


def test_only_the_plugin_that_is_used_counts() -> None:
    def loads(file: str) -> bool:
        return file != "libxcb-cursor.so.0"

    assert missing_qt_library({"QT_QPA_PLATFORM": "offscreen"}, loads) is None
    assert missing_qt_library({"WAYLAND_DISPLAY": "wayland-0"}, loads) is None
    both = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
    assert missing_qt_library(both, loads) is None
    words = missing_qt_library({"DISPLAY": ":0"}, loads)
    assert words is not None
    assert "libxcb-cursor0" in words
    assert "xcb-util-cursor" in words


def test_all_that_is_missing_is_one_command() -> None:
    words = missing_qt_library({"QT_QPA_PLATFORM": "xcb"}, lambda file: False)
    assert words is not None
    assert words.count("apt install") == 1
    for library in (*qt_check._ALWAYS, *qt_check._X11):
        assert library.debian in words
        assert library.fedora in words


def test_the_table_knows_what_qt_is_linked_with() -> None:
    known = {lib.file for lib in (*qt_check._ALWAYS, *qt_check._X11, *qt_check._WAYLAND)}
    # Brought by Qt for Python itself, or part of every system that runs Python.
    known |= {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"}
    folder = Path(PySide6.__file__).parent / "Qt"
    files = [
        *(folder / "plugins" / "platforms" / f"libq{name}.so" for name in ("xcb", "offscreen")),
        *(folder / "lib" / f"libQt6{name}.so.6" for name in ("XcbQpa", "Gui", "Widgets", "DBus")),
        *(folder / "lib" / f"libQt6{name}.so.6" for name in ("WaylandClient", "Svg", "OpenGL")),
    ]
    needed = {name for file in files for name in _needed(file)}
    assert "libxcb-cursor.so.0" in needed
    assert {name for name in needed if not name.startswith(("libQt6", "libicu"))} <= known


def _needed(file: Path) -> set[str]:
    """The libraries that an ELF file names, found among its strings."""
    names = re.findall(rb"\0(lib[\w+.-]+\.so\.\d+)(?=\0)", file.read_bytes())
    own = file.name.encode()
    return {name.decode() for name in names if name != own}


def test_an_import_that_fails_is_explained() -> None:
    error = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
    assert "apt install libgl1" in explain_import_error(error)
    strange = ImportError("libfoo.so.3: cannot open shared object file")
    assert "libfoo.so.3" in explain_import_error(strange)
    assert "No module named" in explain_import_error(ImportError("No module named 'PySide6'"))


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ""},
        {"DISPLAY": ":4711"},
        {"DISPLAY": "nonsense"},
        {"WAYLAND_DISPLAY": "wayland-99", "XDG_RUNTIME_DIR": "/nowhere"},
        {"QT_QPA_PLATFORM": "xcb"},
    ],
)
def test_without_a_display_that_answers_there_is_no_screen(environment: dict[str, str]) -> None:
    assert not has_screen(environment)


@pytest.mark.parametrize("platform", ["offscreen", "vnc:port=5901", "minimal"])
def test_some_platforms_need_no_display(platform: str) -> None:
    assert has_screen({"QT_QPA_PLATFORM": platform})


def test_other_systems_have_a_screen_and_all_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert has_screen({})
    assert missing_qt_library({}, lambda file: False) is None


def test_the_check_itself_does_not_import_qt() -> None:
    code = (
        "import sys, rnnstudio.gui.qt_check as check; check.missing_qt_library();"
        "check.has_screen(); sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "QT_QPA_PLATFORM": "xcb"}, check=False
    )
    assert run.returncode == 0
