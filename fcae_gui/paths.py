"""Where things are: our resources, and the folders of this system for caches, settings, logs and data."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import platformdirs

APP_NAME = "fcae_gui"
DATA_DIR_VARIABLE = "FCAE_DATA_DIR"
CACHE_DIR_VARIABLE = "FCAE_CACHE_DIR"


def resource(*parts: str) -> Path:
    """A file under resources/, found in an installed wheel (inside the package) or a checkout (beside it).

    Raises FileNotFoundError naming the path when neither has it.
    """
    package = Path(__file__).resolve().parent
    candidates = [package / "resources", package.parent / "resources"]
    for root in candidates:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {'/'.join(parts)} is missing: the installation is not complete")


def cache_dir() -> Path:
    """The folder for data caches (FCAE_CACHE_DIR overrides the system's); created when asked for.

    Where it cannot be created the path is returned all the same: reading finds nothing, writing says why.
    """
    chosen = os.environ.get(CACHE_DIR_VARIABLE)
    path = Path(chosen) if chosen else Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))
    with contextlib.suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path


def config_dir() -> Path:
    """The folder for settings and recovered runs; created when asked for."""
    path = Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_dir() -> Path:
    """The folder for the rotating log; created when asked for."""
    path = Path(platformdirs.user_log_dir(APP_NAME, appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path


def data_dirs(chosen: str | os.PathLike[str] | None = None) -> list[Path]:
    """Folders in which torchvision data may already lie, the most explicit first.

    `chosen` (--data-dir), then FCAE_DATA_DIR, then our own cache folder, then ./data and ~/data as the
    usual notebooks lay them out.
    """
    named = [chosen, os.environ.get(DATA_DIR_VARIABLE)]
    folders = [Path(name).expanduser() for name in named if name]
    folders += [cache_dir(), Path.cwd() / "data", Path.home() / "data"]
    return list(dict.fromkeys(folders))
