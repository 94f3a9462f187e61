"""Can Qt show a window here? Asked before Qt is started, because Qt aborts the process instead of raising."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import platform
import re
import socket
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

X_SOCKET_SECONDS = 2.0

# Debian's names for the shared libraries that Qt needs; what is not listed is named by its library.
DEBIAN_PACKAGES = {
    "libEGL": "libegl1",
    "libGL": "libgl1",
    "libOpenGL": "libopengl0",
    "libGLX": "libglx0",
    "libxkbcommon": "libxkbcommon0",
    "libxkbcommon-x11": "libxkbcommon-x11-0",
    "libdbus-1": "libdbus-1-3",
    "libfontconfig": "libfontconfig1",
    "libfreetype": "libfreetype6",
    "libglib-2.0": "libglib2.0-0",
    "libgthread-2.0": "libglib2.0-0",
    "libxcb-cursor": "libxcb-cursor0",
    "libxcb-icccm": "libxcb-icccm4",
    "libxcb-image": "libxcb-image0",
    "libxcb-keysyms": "libxcb-keysyms1",
    "libxcb-render-util": "libxcb-render-util0",
    "libxcb-shape": "libxcb-shape0",
    "libxcb-randr": "libxcb-randr0",
    "libxcb-xkb": "libxcb-xkb1",
    "libxcb-util": "libxcb-util1",
    "libxcb-sync": "libxcb-sync1",
    "libxcb-xfixes": "libxcb-xfixes0",
    "libxcb-render": "libxcb-render0",
    "libxcb-shm": "libxcb-shm0",
    "libxcb": "libxcb1",
    "libX11": "libx11-6",
    "libX11-xcb": "libx11-xcb1",
}
# Everything above that a real X window needs, so that one round of apt is enough.
X_WINDOW_PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-randr0 libxcb-xkb1"
)

BAD_PYSIDE = "6.12.0"
FIXED_PYTHON = (3, 12)  # where None cannot lose its last reference


def bad_pair(python: str = "", pyside: str | None = None) -> str:
    """One line when this PySide6 kills this Python, else ""; by default of the installed pair.

    PySide6 6.12.0 on Python < 3.12 loses a reference to None in every call that returns None.
    """
    python = python or platform.python_version()
    if pyside is None:
        with contextlib.suppress(metadata.PackageNotFoundError):
            pyside = metadata.version("PySide6-Essentials")
    version = tuple(int(part) for part in python.split(".")[:2])
    if pyside != BAD_PYSIDE or version >= FIXED_PYTHON:
        return ""
    return f"PySide6 {pyside} crashes on Python {python}: run: pip install 'PySide6-Essentials!={BAD_PYSIDE}'"


def missing_library(error: BaseException) -> str:
    """The shared library that a failed load names, such as "libEGL.so.1", or ""."""
    found = re.search(r"(lib[\w.+-]+?\.so[\w.]*)", str(error))
    return found.group(1) if found else ""


def debian_package(library: str) -> str:
    """Debian's package for a shared library; the library's own name when it is not known."""
    return DEBIAN_PACKAGES.get(library.partition(".so")[0], library)


def why_no_qt() -> str:
    """One line naming what to install when Qt's widgets cannot even be loaded, else ""."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        library = missing_library(error)
        if library:
            return (
                f"Qt cannot be loaded: {library} is missing. On Debian or Ubuntu: "
                f"apt-get install {debian_package(library)}"
            )
        return f"Qt cannot be loaded: {error}"
    return ""


def why_no_window(environment: Mapping[str, str] = os.environ) -> str:
    """One line why no window can be shown, "" when one can. Loads Qt's X plug-in by hand: Qt would abort."""
    if environment.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return ""
    wayland, display = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if not wayland and not display:
        return "There is no display."
    if wayland:
        return ""
    assert display is not None
    if not _x_server_answers(display):
        return f"The display {display} does not answer."
    try:
        ctypes.CDLL(str(_plugin("libqxcb.so")))
    except OSError as error:
        library = missing_library(error)
        return f"{library or error} is missing for a window: apt-get install {X_WINDOW_PACKAGES}"
    return ""


def _plugin(name: str) -> Path:
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        raise OSError("PySide6 is not installed")
    return Path(spec.origin).parent / "Qt" / "plugins" / "platforms" / name


def _x_server_answers(display: str) -> bool:
    """Whether something listens where DISPLAY points: ":1", "unix:1.0", "host:10.0"."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdigit():
        return False
    attempts: list[tuple[int, str | tuple[str, int]]] = []
    if host in ("", "unix") and hasattr(socket, "AF_UNIX"):
        path = f"/tmp/.X11-unix/X{number}"  # where every X server listens
        attempts += [(socket.AF_UNIX, path), (socket.AF_UNIX, "\0" + path)]
    else:
        attempts.append((socket.AF_INET, (host, 6000 + int(number))))
    for family, address in attempts:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(X_SOCKET_SECONDS)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
