"""How every file is written (whole or not at all) and how our own container is read (checked before trusted).

The container has the safetensors layout, so that other tools can look into it: 8 bytes of header length, a
JSON header, the data. Everything that is not a tensor is one JSON text in the header's metadata, beside the
kind of file, the format version, a SHA-256 of the data part and one of all that the header says.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

PathLike = str | os.PathLike[str]

FORMAT = "fcae_gui"
FORMAT_VERSION = 1

# The caps: what a file may claim before it is refused, whatever its size on disk.
MAX_HEADER_BYTES = 16 * 2**20  # parsed JSON takes up to twenty times its length in memory
MAX_DATA_BYTES = 8 * 2**30  # the largest network with Adam's moments is 6 GB
MAX_TENSORS = 10_000
MAX_DIMENSIONS = 8

STALE_TEMPORARY_S = 600  # a temporary file this old was left by a process that was killed
NAME_IN_MESSAGE = 60  # longer file names are shortened in the middle

_DTYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "|u1"}
_DTYPE_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}
_KIND_NAMES = {"run": "a saved run", "dataset": "a data set"}


class BadFile(ValueError):  # noqa: N818 - what it says, not that it is an error
    """A file that cannot be used: one plain sentence for the user, with the file's name in it."""


# --- writing ----------------------------------------------------------------------------------------------


def atomic_write(path: PathLike, data: bytes | Callable[[BinaryIO], None]) -> None:
    """Write a file so that `path` holds the old content or the new one, whole, at every moment.

    `data` is the content, or a function that writes it to the file it is given. A link is followed, the mode
    of an existing file is kept. Raises OSError (disk full, no permission) and leaves the old file alone.
    """
    target = Path(os.path.realpath(path))
    try:
        mode: int | None = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mode = None
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(f"{shown(target)} is write-protected")
    prefix = _temporary_prefix(target)
    temporary = target.parent / f"{prefix}{secrets.token_hex(6)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            if mode is not None and hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):  # a file system without modes
                    os.fchmod(file.fileno(), mode)
            if callable(data):
                data(file)
            else:
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)
    _remove_stale(target.parent, prefix)


def clear_unfinished(path: PathLike) -> None:
    """Remove what a writer of `path` left when it was killed. Not to be called while one may be at work."""
    target = Path(os.path.realpath(path))
    with contextlib.suppress(OSError):
        for left in target.parent.glob(f"{_temporary_prefix(target)}*.tmp"):
            left.unlink()


def _temporary_prefix(target: Path) -> str:
    name = target.name.encode("utf-8", "surrogateescape")
    return f".fcae-{hashlib.sha256(name).hexdigest()[:12]}-"


def _sync_folder(folder: Path) -> None:
    """Make the new name durable. Windows cannot open a folder, and some network file systems refuse."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_stale(folder: Path, prefix: str) -> None:
    """Clear what writers of the same file left behind when they were killed in the middle."""
    oldest = time.time() - STALE_TEMPORARY_S
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{prefix}*.tmp"):
            if left.stat().st_mtime < oldest:
                left.unlink()


def write_container(
    path: PathLike, *, kind: str, tensors: dict[str, np.ndarray], meta: dict[str, Any]
) -> None:
    """Write tensors (float64, float32, int64, int32 or uint8) and JSON values as one file, atomically.

    Raises ValueError for what the format cannot hold (another dtype, NaN in `meta`), OSError from the disk.
    """
    # The widest elements first keep every tensor aligned to its element size, as safetensors does.
    arrays = {
        name: np.asarray(value, order="C")
        for name, value in sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    }
    table: dict[str, Any] = {}
    digest = hashlib.sha256()
    end = 0
    for name, array in arrays.items():
        if array.dtype not in _DTYPE_NAMES:
            raise ValueError(f"tensor {name} has dtype {array.dtype}, which a file cannot hold")
        begin, end = end, end + array.nbytes
        table[name] = {
            "dtype": _DTYPE_NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [begin, end],
        }
        digest.update(_as_bytes(array))
    metadata = {
        "format": FORMAT,
        "version": str(FORMAT_VERSION),
        "kind": kind,
        "sha256": digest.hexdigest(),
        "meta": json.dumps(meta, allow_nan=False, separators=(",", ":")),
    }
    metadata["header_sha256"] = _header_digest(metadata, table)
    header = json.dumps({"__metadata__": metadata, **table}, separators=(",", ":")).encode("ascii")
    header += b" " * (-len(header) % 8)
    if len(header) > MAX_HEADER_BYTES or end > MAX_DATA_BYTES or len(table) > MAX_TENSORS:
        raise ValueError(f"{end:,} bytes in {len(table)} tensors with {len(header):,} of header are too many")

    def write(file: BinaryIO) -> None:
        file.write(len(header).to_bytes(8, "little"))
        file.write(header)
        for array in arrays.values():
            file.write(_as_bytes(array))

    atomic_write(path, write)


def _as_bytes(array: np.ndarray) -> memoryview:
    """The bytes of a contiguous array, not copied."""
    return array.reshape(-1).view(np.uint8).data


def _header_digest(metadata: dict[str, str], table: dict[str, Any]) -> str:
    """SHA-256 of all that the header says: a changed number in it is found as surely as one in the data."""
    said = {key: value for key, value in metadata.items() if key != "header_sha256"}
    text = json.dumps([said, table], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where one tensor lies in the data part."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class _Header:
    """A checked header: the tensors tile the data part exactly, and the file on disk is that long."""

    meta: dict[str, Any]
    sha256: str
    entries: tuple[_Entry, ...]
    data_bytes: int


def read_container(path: PathLike, *, kind: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The tensors (writable arrays) and the JSON values of a file written by write_container.

    Raises BadFile, and nothing else, for whatever is wrong with the file.
    """
    name = shown(path)
    with opened(path) as file:
        header = _read_header(file, kind, name)
        try:
            data = np.empty(header.data_bytes, np.uint8)
        except MemoryError:
            raise BadFile(f"{name} is too large for the memory of this computer.") from None
        if _read_into(file, data) != header.data_bytes:
            raise BadFile(f"{name} is cut short: its end is missing.")
    if hashlib.sha256(data.data).hexdigest() != header.sha256:
        raise BadFile(f"{name} is damaged: its content does not match its checksum.")
    tensors = {}
    for entry in header.entries:
        piece = data[entry.begin : entry.end]
        if entry.begin % entry.dtype.itemsize:
            piece = piece.copy()  # never written by us, but safetensors allows it
        tensors[entry.name] = piece.view(entry.dtype).reshape(entry.shape)
    return tensors, header.meta


def peek_container(path: PathLike, *, kind: str) -> dict[str, Any]:
    """The JSON values of a file, from its header alone: quick for large files. Raises BadFile."""
    name = shown(path)
    with opened(path) as file:
        return _read_header(file, kind, name).meta


def shown(path: PathLike) -> str:
    """The name of a file as it stands in a message: without its folder, printable, at most 60 characters."""
    name = Path(path).name or str(path)
    name = "".join(c if c.isprintable() else "?" for c in name)
    if len(name) > NAME_IN_MESSAGE:
        half = NAME_IN_MESSAGE // 2
        name = f"{name[: half - 2]}...{name[-half + 1 :]}"
    return name


@contextlib.contextmanager
def opened(path: PathLike) -> Iterator[BinaryIO]:
    """A regular file, opened for reading without a buffer; every error of the system becomes BadFile."""
    name = shown(path)
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):  # a pipe would block, a device never end
            raise BadFile(f"{name} is not a file.")
        with Path(path).open("rb", buffering=0) as file:
            yield file
    except FileNotFoundError:
        raise BadFile(f"{name} was not found.") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a null character in it
        if isinstance(error, BadFile):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the name is not valid"
        raise BadFile(f"{name} cannot be read: {reason[0].lower()}{reason[1:]}.") from None


def _read_into(file: BinaryIO, buffer: np.ndarray) -> int:
    """Fill the buffer (n,) uint8 from an unbuffered file; returns how many bytes there were."""
    view = buffer.data
    done = 0
    while done < len(view):
        count = file.readinto(view[done : done + 2**30])  # type: ignore[attr-defined]
        if not count:
            break
        done += count
    return done


def _read_header(file: BinaryIO, kind: str, name: str) -> _Header:
    """Read and check everything that comes before the data. Raises BadFile."""
    foreign = BadFile(f"{name} is not a file of fcae_gui.")
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise BadFile(f"{name} is empty.")
    start = np.zeros(9, np.uint8)
    if _read_into(file, start) < 9:
        raise foreign
    length = int.from_bytes(start[:8].tobytes(), "little")
    if not 2 <= length <= MAX_HEADER_BYTES or start[8] != ord("{"):
        raise foreign
    if length > size - 8:
        raise BadFile(f"{name} is cut short: only its first {size:,} bytes are there.")
    raw = np.empty(length, np.uint8)
    raw[0] = start[8]
    if _read_into(file, raw[1:]) != length - 1:
        raise BadFile(f"{name} is cut short: its header is not complete.")
    try:
        header = strict_json(raw.tobytes())
    except ValueError:
        raise BadFile(f"{name} is damaged: its header cannot be read.") from None

    metadata = header.pop("__metadata__", None) if isinstance(header, dict) else None
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise BadFile(f"{name} was written by another program, not by fcae_gui.")
    version = metadata.get("version")
    if not (isinstance(version, str) and version.isascii() and version.isdigit() and len(version) <= 9):
        raise BadFile(f"{name} is damaged: its header gives no format version.")
    if int(version) > FORMAT_VERSION:
        raise BadFile(f"{name} was written by a newer version of fcae_gui; update fcae_gui to open it.")
    known = all(key in metadata for key in ("kind", "sha256", "header_sha256", "meta"))
    if not known or not all(isinstance(value, str) for value in metadata.values()):
        raise BadFile(f"{name} is damaged: its header is not complete.")
    entries = _check_table(header, name)
    if _header_digest(metadata, header) != metadata["header_sha256"]:
        raise BadFile(f"{name} is damaged: its header does not match its checksum.")
    if metadata["kind"] != kind:
        found = _KIND_NAMES.get(metadata["kind"], "something else")
        raise BadFile(f"{name} holds {found}, not {_KIND_NAMES.get(kind, kind)}.")
    try:
        meta = strict_json(metadata["meta"].encode("utf-8"))
    except ValueError:
        meta = None
    if not isinstance(meta, dict):
        raise BadFile(f"{name} is damaged: its description cannot be read.")

    data_bytes = entries[-1].end if entries else 0
    present = size - 8 - length
    if present < data_bytes:
        raise BadFile(f"{name} is cut short: {data_bytes - present:,} of {data_bytes:,} bytes are missing.")
    if present > data_bytes:
        raise BadFile(f"{name} is damaged: it goes on for {present - data_bytes:,} bytes after its end.")
    return _Header(meta, metadata["sha256"], entries, data_bytes)


def _check_table(table: dict[str, Any], name: str) -> tuple[_Entry, ...]:
    """The tensors in the order of their data, which they must tile without gap or overlap. Raises BadFile."""
    damaged = BadFile(f"{name} is damaged: its table of contents contradicts itself.")
    if len(table) > MAX_TENSORS:
        raise damaged
    entries = []
    for key, value in table.items():
        if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
            raise damaged
        shape, offsets = value["shape"], value["data_offsets"]
        if not (_whole_numbers(shape) and len(shape) <= MAX_DIMENSIONS):
            raise damaged
        if not (_whole_numbers(offsets) and len(offsets) == 2):
            raise damaged
        if not isinstance(value["dtype"], str) or value["dtype"] not in _DTYPES:
            raise BadFile(f"{name} holds numbers of a type that fcae_gui does not write.")
        dtype = np.dtype(_DTYPES[value["dtype"]])
        if math.prod(n or 1 for n in shape) > MAX_DATA_BYTES:  # NumPy refuses (0, 2**33, 2**33)
            raise damaged
        if offsets[1] - offsets[0] != math.prod(shape) * dtype.itemsize:
            raise damaged
        entries.append(_Entry(key, dtype, tuple(shape), offsets[0], offsets[1]))
    entries.sort(key=lambda entry: (entry.begin, entry.end))
    end = 0
    for entry in entries:
        if entry.begin != end:
            raise damaged
        end = entry.end
    return tuple(entries)


def _whole_numbers(value: object) -> bool:
    """True for a list of integers from 0 to the largest data part."""
    return isinstance(value, list) and all(type(n) is int and 0 <= n <= MAX_DATA_BYTES for n in value)


def strict_json(raw: bytes) -> Any:
    """Parse UTF-8 JSON; duplicate keys, NaN, infinities and bottomless nesting raise ValueError."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise ValueError("a key appears twice")
        return value

    def finite(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(f"{text[:20]} is not a finite number")
        return value

    def refuse(text: str) -> Any:
        raise ValueError(f"{text} is not JSON")

    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse, parse_float=finite
        )
    except (RecursionError, MemoryError):
        raise ValueError("the JSON is nested too deeply or too large") from None
