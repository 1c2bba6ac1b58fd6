"""Says before Qt is imported whether it can start here, because Qt itself ends the process.

Qt for Python brings its own libraries but needs some of the system's; the platform plugin that
cannot load one ends in an abort. So they are tried first, by name.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Library:
    """A library of the system: its file, and the packages that bring it."""

    file: str
    debian: str
    fedora: str


# What `readelf -d` names in the libraries and platform plugins of PySide6-Essentials 6.10.3.
_ALWAYS = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libX11.so.6", "libx11-6", "libX11"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libzstd.so.1", "libzstd1", "libzstd"),
)
_X11 = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxcb.so.1", "libxcb1", "libxcb"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)
_WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)
# platform plugin -> what it needs besides
_PLATFORMS = {"xcb": _X11, "wayland": _WAYLAND}


def missing_qt_library(
    environment: Mapping[str, str] = os.environ,
    can_load: Callable[[str], bool] | None = None,
) -> str | None:
    """Return a line that says which packages Qt lacks on this Linux, or None.

    Args:
        environment: says which platform plugin Qt will take.
        can_load: whether a library can be loaded; the system's loader unless given.
    """
    if sys.platform != "linux":
        return None
    loads = can_load or _can_load
    lacking = [library for library in _ALWAYS if not loads(library.file)]
    # One plugin that can load is enough; Qt tries them in turn.
    plugins: list[list[Library]] = [
        [library for library in _PLATFORMS.get(platform, ()) if not loads(library.file)]
        for platform in _platforms(environment)
    ]
    if plugins and all(plugins):
        lacking += sorted(plugins, key=len)[0]
    return _sentence(lacking) if lacking else None


def explain_import_error(error: ImportError) -> str:
    """Return one line about why Qt could not be imported, with its package if known."""
    match = re.search(r"(lib[\w.+-]+\.so[.\d]*)", str(error))
    if match is None:
        return f"Qt cannot be loaded: {str(error).splitlines()[0]}"
    known = {library.file: library for library in (*_ALWAYS, *_X11, *_WAYLAND)}
    if match[1] in known:
        return _sentence([known[match[1]]])
    return f"Qt needs {match[1]}, which this system lacks: install the package that contains it."


def has_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether a window can be shown: on Linux, whether a display answers."""
    if sys.platform != "linux":
        return True
    named = _named_platform(environment)
    if named is not None and named not in _PLATFORMS:
        return True  # offscreen, vnc and the like need no display
    return any(_ANSWERS[platform](environment) for platform in _platforms(environment))


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """Return the platform plugins that Qt would try."""
    named = _named_platform(environment)
    if named is not None:
        return [named]
    found = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [platform for platform, variable in found.items() if environment.get(variable)]


def _named_platform(environment: Mapping[str, str]) -> str | None:
    """Return the first plugin in QT_QPA_PLATFORM, e.g. "wayland;xcb" or "vnc:port=5"."""
    first = environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    return {"wayland-egl": "wayland"}.get(first, first) or None


def _can_load(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _x11_answers(environment: Mapping[str, str]) -> bool:
    display = environment.get("DISPLAY")
    if not display:
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the missing library is told by `missing_qt_library`
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    display = environment.get("WAYLAND_DISPLAY")
    if not display:
        return False
    path = Path(environment.get("XDG_RUNTIME_DIR", "/nowhere"), display)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


_ANSWERS = {"xcb": _x11_answers, "wayland": _wayland_answers}


def _sentence(lacking: list[Library]) -> str:
    files = ", ".join(dict.fromkeys(library.file for library in lacking))
    debian = " ".join(dict.fromkeys(library.debian for library in lacking))
    fedora = " ".join(dict.fromkeys(library.fedora for library in lacking))
    return (
        f"Qt needs {files}, which this system lacks: "
        f"sudo apt install {debian} (Debian, Ubuntu) or sudo dnf install {fedora} (Fedora)."
    )
