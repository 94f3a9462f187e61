"""Where a command may write: found out before anything is computed in vain, and never over what it reads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fcae_gui.cli import UserError
from fcae_gui.data.own.values import Origin, is_own


def writable(path: str, *, option: str = "--out", spared: Iterable[str | Path] = ()) -> Path:
    """`path` when a file can be written there that is none of `spared`. Raises UserError."""
    out = Path(path)
    folder = Path(os.path.realpath(out)).parent
    if out.is_dir():
        raise UserError(f"{option} {path} is a folder: give the name of a file")
    if not folder.is_dir():
        raise UserError(f"{option} {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK) or (out.exists() and not os.access(out, os.W_OK)):
        raise UserError(f"{option} {path} cannot be written")
    spare(path, spared, option=option)
    return out


def spare(path: str, files: Iterable[str | Path], *, option: str = "--out") -> None:
    """Raises UserError when `path` is one of the files, by whatever name or link."""
    out = Path(path)
    for file in files:
        if out.exists() and Path(file).exists() and out.samefile(file):
            raise UserError(f"{option} {path} is what is read here: give another name")


def file_of(data: str) -> list[Path]:
    """The file or folder that own data of this name are read from; nothing for other data."""
    return [Origin.parse(data).path] if is_own(data) else []
