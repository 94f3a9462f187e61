"""Temporary folders for data in the making, and their removal when whoever owned them is gone."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import time
from pathlib import Path

from fcae_gui.data import cache

DOWNLOADS = "download"  # the folder in a temporary one whose growth is the progress of a download
_PREFIX = ".preparing-"
_FOREIGN_STALE_S = 86_400  # another computer's folder on a shared disk counts as left behind after a day
_CLOCK_SLACK_S = 2.0  # file systems round their times; a process starts before it makes its folder


def make(name: str, root: Path | None = None) -> Path:
    """A new empty folder beside the cache files, so that a finished file can be moved there atomically."""
    folder = cache.path_of(name, root).parent
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_PREFIX}{name}-{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
    path.mkdir()
    return path


def remove(path: Path) -> None:
    """Remove a temporary folder with everything in it; what cannot be removed now is left for `clear`."""
    shutil.rmtree(path, ignore_errors=True)


def clear(root: Path | None = None) -> int:
    """Remove the folders whose owner has ended (killed, crashed, power cut); returns how many there were."""
    removed = 0
    for path in cache.path_of("any", root).parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if _is_stale(path):
                remove(path)
                removed += 1
    return removed


def _is_stale(path: Path) -> bool:
    """True when the process that made the folder is not running any more."""
    parts = path.name.rsplit("-", 3)
    made = path.stat().st_mtime
    if len(parts) != 4 or not parts[2].isdigit() or parts[1] != _host():
        return time.time() - made > _FOREIGN_STALE_S
    import psutil

    try:
        return bool(
            psutil.Process(int(parts[2])).create_time() > made + _CLOCK_SLACK_S
        )  # its number was reused
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False


def _host() -> str:
    """This computer's name, in letters that a file name may have and without the separator."""
    return "".join(c for c in socket.gethostname() if c.isalnum())[:32] or "here"
