"""The one door to own data: look into a file or folder, or load it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import idx_files, limits, npz_files, picture_folder, tables
from fcae_gui.data.own.assemble import Loaded, assemble
from fcae_gui.data.own.values import Choices, Found, Origin, Say, quiet
from fcae_gui.files import BadFile, shown

_FOREIGN = (
    (b"PAR1", "a Parquet file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x89PNG", "a single image"),
    (b"\xff\xd8\xff", "a single image"),
    (b"GIF8", "a single image"),
    (b"BM", "a single image"),
    (b"%PDF", "a PDF"),
    (b"\x80\x04\x95", "a Python pickle, which can do harm,"),
    (b"\x80\x03", "a Python pickle, which can do harm,"),
    (b"\x80\x02", "a Python pickle, which can do harm,"),
    (b"BZh", "packed with bzip2"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)
READ_HERE = "IDX, NPZ, NPY, CSV or a folder of images"


def inspect(path: Path | str, say: Say = quiet) -> Found:
    """What is there, without loading it. Raises BadData with one sentence that names the file."""
    path = _absolute(path)
    with _faults(path):
        found: Found = _reader(path).inspect(path, say)
    if found.counted and found.count < limits.MIN_SAMPLES:
        n = found.count
        raise BadData(
            f"{shown(path)} has {n} usable sample{'s' * (n != 1)}; at least {limits.MIN_SAMPLES} are needed."
        )
    Origin(path, found.choices).name  # noqa: B018 - refuses a path that no run file could keep
    return found


def load(path: Path | str, choices: Choices, say: Say = quiet) -> Loaded:
    """The data set. Raises BadData with one sentence."""
    path = _absolute(path)
    say(stage=f"Reading {shown(path)}")
    with _faults(path):
        return assemble(_reader(path).read(path, choices, say), Origin(path, choices))


def load_name(name: str, say: Say = quiet) -> Loaded:
    """As `load`, from the name that a run file keeps."""
    origin = Origin.parse(name)
    return load(origin.path, origin.choices, say)


def _absolute(path: Path | str) -> Path:
    try:
        return Path(path).expanduser().absolute()
    except (OSError, RuntimeError, ValueError):
        raise BadData(f"{shown(path)} cannot be found.") from None


def _reader(path: Path) -> ModuleType:
    """Who reads this, by content and not by name. Raises BadData."""
    try:
        if path.is_dir():
            return picture_folder
    except (OSError, ValueError):
        raise BadData(f"{shown(path)} cannot be found.") from None
    name = shown(path)
    with limits.opened(path) as file:
        start = file.read(256)
        if start.startswith(limits.GZIP):
            file.seek(0)
            start = limits.Unpacked(file, path).read(256)
            if not start:
                raise BadData(f"{name} is empty.")
            if start.startswith((limits.GZIP, limits.ZIP, npz_files.NPY_MAGIC)):
                raise BadData(f"{name} is packed twice: unpack it first.")
    if limits.is_web_page(start):
        raise BadData(f"{name} is a web page, not data.")
    if start.startswith((limits.ZIP, npz_files.NPY_MAGIC)):
        return npz_files
    if start.startswith(b"PK"):
        raise BadData(f"{name} is an empty or damaged archive.")
    if start[:2] == b"\0\0":
        return idx_files
    for magic, what in _FOREIGN:
        if start.startswith(magic) and (magic != b"BM" or b"\0" in start):
            raise BadData(f"{name} is {what} and not data that is read here: {READ_HERE}.")
    return tables


@contextlib.contextmanager
def _faults(path: Path) -> Iterator[None]:
    """What a reader did not foresee is told in one sentence too; its details stay for the log."""
    try:
        yield
    except BadFile:
        raise
    except MemoryError:
        raise BadData(f"{shown(path)} is too large for this machine's memory.") from None
    except OSError as error:
        raise BadData(
            f"{shown(path)} cannot be read: {(error.strerror or 'it ends early').lower()}."
        ) from error
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise BadData(f"{shown(path)} is damaged or of a kind that is not read here.") from error
