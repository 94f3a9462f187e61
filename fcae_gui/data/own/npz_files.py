"""NPY and NPZ files, without pickle: headers are read and weighed before any array is made."""

from __future__ import annotations

import contextlib
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.data.own.arrays import Layout, as_pictures, flat, layout, looks_like_pictures, spread
from fcae_gui.data.own.assemble import Raw, class_values
from fcae_gui.data.own.values import NO_LABEL, Choices, Found, Say
from fcae_gui.files import shown

Array = np.ndarray
NPY_MAGIC = b"\x93NUMPY"
# In this order, in any case; the test half under the same words with "test".
FEATURE_WORDS = (
    "x_train",
    "train_images",
    "train_x",
    "train_data",
    "x",
    "data",
    "images",
    "features",
    "arr_0",
)
LABEL_WORDS = ("y_train", "train_labels", "train_y", "y", "labels", "label", "target", "targets", "classes")
_MAX_LABEL_BYTES = 256  # of one label of text


@dataclass(frozen=True, slots=True)
class _Entry:
    """One array: where it is, and what its header says. `member` is None for an .npy file."""

    name: str
    member: zipfile.ZipInfo | None
    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    start: int

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class _Parts:
    """Which arrays are what."""

    features: _Entry
    test: _Entry | None
    labels: tuple[_Entry, ...]  # those that fit, the likeliest first


def inspect(path: Path, say: Say) -> Found:
    """What the file holds. Raises BadData."""
    name = shown(path)
    parts = _parts(path)
    found = layout(parts.features.shape, parts.features.dtype.itemsize, _said(path, parts.features))
    numbers, picked = _rows(path, parts.features, spread(found.count))
    rows = flat(picked, found)
    notes: list[str] = []
    labels = [entry.name for entry in parts.labels]
    classes: tuple[tuple[str, int], ...] = ()
    names = [""] * len(rows)
    if parts.labels:
        values = _labels(path, parts.labels[0])
        names = [str(values[row])[:12] for row in numbers]
        known = class_values(values)
        if known is None:
            notes.append(f"{labels[0]} has too many values for classes: the map can be coloured by it.")
        else:
            counts = np.bincount(known[0], minlength=len(known[1]))
            classes = tuple((title, int(count)) for title, count in zip(known[1], counts, strict=True))
    else:
        notes.append("No array of labels fits, so the points will have no classes.")
    if parts.test is not None:
        notes.append(f"{parts.test.name} becomes the test set.")
    if found.channels == 3:
        notes.append("The colours become grey.")
    shapes = found.shapes
    picture = shapes[-1] if shapes[-1] != (0, 0) and (found.shape or looks_like_pictures(rows)) else None
    choices = Choices(
        label=labels[0] if labels else NO_LABEL, scale="pixels" if picture else "unit",
        height=picture[0] if picture else 0, width=picture[1] if picture else 0,
    )  # fmt: skip
    table = tuple(tuple(f"{value:.4g}" for value in row[:12]) for row in rows[:6]) if not picture else ()
    return Found(
        path=str(path), kind="npz" if parts.features.member else "npy", title=name, count=found.count,
        n_features=found.features, image_shape=picture, shapes=shapes, colour=found.channels == 3,
        columns=() if picture else tuple(f"{i + 1}" for i in range(found.features)),
        labels=(*labels, NO_LABEL), classes=classes, own_test=parts.test.shape[0] if parts.test else 0,
        missing=int(np.isnan(rows).sum()) if rows.dtype != np.uint8 else 0, notes=tuple(notes), rows=table,
        choices=choices, samples=as_pictures(rows, picture), sample_names=tuple(names) if picture else (),
    )  # fmt: skip


def read(path: Path, choices: Choices, say: Say) -> Raw:
    """All of it, with the chosen labels. Raises BadData."""
    parts = _parts(path)
    features = _whole(path, parts.features, say)
    labels = None
    if choices.label:
        chosen = [entry for entry in parts.labels if entry.name == choices.label]
        if not chosen:
            raise BadData(f"{shown(path)} has no array {choices.label[:40]!r} that fits as labels.")
        labels = _labels(path, chosen[0])
    raw = Raw(features=features, labels=labels)
    if parts.test is not None:
        test_labels = None
        if choices.label:
            twin = _twin(choices.label, {entry.name: entry for entry in _entries(path)})
            if twin is None or twin.shape[:1] != parts.test.shape[:1]:
                raise BadData(
                    f"{shown(path)} has labels for its training samples, but none for its test samples."
                )
            test_labels = _labels(path, twin)
        raw.test = (_whole(path, parts.test, say), test_labels)
    return raw


# --- which array is what ------------------------------------------------------------------------------------


def _parts(path: Path) -> _Parts:
    entries = {entry.name: entry for entry in _entries(path)}
    if not entries:
        raise BadData(f"{shown(path)} holds no arrays.")
    usable = [entry for entry in entries.values() if len(entry.shape) >= 2 and entry.dtype.kind in "fiub"]
    if not usable:
        first = next(iter(entries.values()))
        layout(first.shape, first.dtype.itemsize, _said(path, first))  # says what is wrong with it
        raise BadData(f"{_said(path, first)} holds no numbers.")
    by_word = {entry.name.lower(): entry for entry in usable}
    features = next((by_word[word] for word in FEATURE_WORDS if word in by_word), None)
    features = features or max(usable, key=lambda entry: (entry.size, entry.name))
    count = features.shape[0]
    test = _twin(features.name, entries)
    if test is not None and test.shape[1:] != features.shape[1:]:
        test = None

    def fits(entry: _Entry) -> bool:
        if entry is features or entry.shape[:1] != (count,):
            return False
        return len(entry.shape) == 1 or (len(entry.shape) == 2 and 1 <= entry.shape[1] <= limits.MAX_CLASSES)

    likely = {word: i for i, word in enumerate(LABEL_WORDS)}
    labels = [entry for entry in entries.values() if fits(entry) and entry.dtype.kind in "fiubUS"]
    labels.sort(key=lambda entry: (likely.get(entry.name.lower(), len(likely)), entry.name))
    return _Parts(features, test, tuple(labels))


def _twin(name: str, entries: dict[str, _Entry]) -> _Entry | None:
    """The array of the test half that belongs to one of the training half."""
    for old, new in (("train", "test"), ("TRAIN", "TEST"), ("Train", "Test")):
        if old in name:
            return entries.get(name.replace(old, new))
    return None


def _said(path: Path, entry: _Entry) -> str:
    return f"{shown(path)}: {entry.name[:40]}" if entry.member is not None else shown(path)


# --- headers ------------------------------------------------------------------------------------------------


def _entries(path: Path) -> list[_Entry]:
    """Every array's header, weighed. Raises BadData."""
    name = shown(path)
    with limits.opened(path) as file:
        start = file.read(len(NPY_MAGIC))
        size = file.seek(0, 2)
        file.seek(0)
        if start == NPY_MAGIC:
            entry = _entry(file, "", None, name)
            present = size - entry.start
            if present < entry.size:
                raise BadData(
                    f"{name} is cut short: {present:,} of {entry.size:,} bytes of values are there."
                )
            if present > entry.size:
                raise BadData(f"{name} is damaged: it goes on after its end.")
            return [entry]
        with _archive(file, name) as archive:
            members = archive.infolist()
            if len(members) > limits.MAX_MEMBERS:
                raise BadData(f"{name} holds {len(members):,} files; at most {limits.MAX_MEMBERS} are read.")
            total = sum(member.file_size for member in members)
            limits.check_ratio(name, size, total)
            return [_member_entry(archive, member, name) for member in members if _is_array(member)]


def _is_array(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith(".npy") and not member.is_dir()


def _member_entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> _Entry:
    said = f"{name}: {shown(member.filename)}"
    if member.flag_bits & 1:
        raise BadData(f"{said} is protected by a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadData(f"{said} is packed in a way that NumPy does not use.")
    limits.check_ratio(said, max(1, member.compress_size), member.file_size)
    with archive.open(member) as stream:
        if stream.read(len(NPY_MAGIC)) != NPY_MAGIC:
            raise BadData(f"{said} is not an array.")
    with archive.open(member) as stream:
        entry = _entry(stream, member.filename.removesuffix(".npy"), member, said)
    if member.file_size != entry.start + entry.size:
        more = "cut short" if member.file_size < entry.start + entry.size else "damaged"
        raise BadData(f"{said} is {more}: its size is not what its header claims.")
    return entry


def _entry(stream: IO[bytes], title: str, member: zipfile.ZipInfo | None, name: str) -> _Entry:
    """Read one header. Raises BadData: pickled objects, records and unbelievable sizes among the reasons."""
    try:
        version = np.lib.format.read_magic(stream)  # type: ignore[no-untyped-call]
        reader: Any = np.lib.format.read_array_header_1_0 if version == (1, 0) else None
        if version == (2, 0):
            reader = np.lib.format.read_array_header_2_0
        if reader is None:
            raise BadData(f"{name} has a header of a version that is not known.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shape, fortran, dtype = reader(stream, max_header_size=limits.MAX_ARRAY_HEADER)
    except BadData:
        raise
    except (zipfile.BadZipFile, zlib.error):
        raise
    except Exception:  # noqa: BLE001 - NumPy's reader raises TokenError, RecursionError and what not
        raise BadData(f"{name} is damaged: its header cannot be read.") from None
    if dtype.hasobject:
        raise BadData(f"{name} holds pickled Python objects, which can do harm and are not opened.")
    if dtype.names is not None or dtype.subdtype is not None or dtype.kind not in "fiubUSc":
        raise BadData(f"{name} holds records or other things, not plain numbers.")
    if dtype.kind == "c":
        raise BadData(f"{name} holds complex numbers, which cannot be learned.")
    if dtype.itemsize > (_MAX_LABEL_BYTES if dtype.kind in "US" else 16):
        raise BadData(f"{name} holds texts, not numbers.")
    if (
        any(n < 0 for n in shape)
        or math.prod(n or 1 for n in shape) * dtype.itemsize > limits.MAX_VALUE_BYTES
    ):
        raise BadData(f"{name} claims {' x '.join(f'{n:,}' for n in shape[:8])} values, which is too large.")
    return _Entry(title, member, dtype, tuple(shape), bool(fortran) and len(shape) > 1, stream.tell())


@contextlib.contextmanager
def _archive(file: IO[bytes], name: str) -> Iterator[zipfile.ZipFile]:
    """A zip file whose faults are told as BadData."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ) as error:
        if isinstance(error, BadData):
            raise
        if "CRC" in str(error):
            raise BadData(f"{name} is damaged: its content does not match its checksum.") from None
        raise BadData(f"{name} is cut short or damaged: it cannot be unpacked.") from None


# --- values -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _values(path: Path, entry: _Entry) -> Iterator[IO[bytes]]:
    """The bytes of an array's values."""
    with limits.opened(path) as file:
        if entry.member is None:
            file.seek(entry.start)
            yield file
        else:
            with _archive(file, shown(path)) as archive, archive.open(entry.member) as stream:
                stream.read(entry.start)
                yield stream


def _exactly(stream: IO[bytes], size: int, name: str) -> bytes:
    pieces, left = [], size
    while left > 0:
        piece = stream.read(min(left, limits.CHUNK_BYTES))
        if not piece:
            raise BadData(f"{name} is cut short: {size - left:,} of {size:,} bytes are there.")
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _rows(path: Path, entry: _Entry, rows: Array) -> tuple[Array, Array]:
    """(their numbers, a few rows), without the rest of the array."""
    row_bytes = entry.size // entry.shape[0]
    if entry.fortran:  # its rows lie all over the file
        if entry.size > limits.CHECKED_BYTES // 4:
            return rows[:0], np.empty((0, *entry.shape[1:]), entry.dtype.newbyteorder("="))
        with _values(path, entry) as stream:
            content = _exactly(stream, entry.size, shown(path))
        whole = np.frombuffer(content, entry.dtype).reshape(entry.shape[::-1]).T
        return rows, whole[rows].astype(entry.dtype.newbyteorder("="))
    if entry.member is not None:
        rows = rows[(rows + 1) * row_bytes <= limits.CHECKED_BYTES]
    got, place = [], 0
    with _values(path, entry) as stream:
        for row in rows:
            left = int(row) * row_bytes - place
            if entry.member is None:
                stream.seek(left, 1)
            else:
                while left > 0:
                    left -= len(_exactly(stream, min(left, limits.CHUNK_BYTES), shown(path)))
            got.append(_exactly(stream, row_bytes, shown(path)))
            place = (int(row) + 1) * row_bytes
    values = np.frombuffer(b"".join(got), entry.dtype).reshape(len(rows), *entry.shape[1:])
    return rows, values.astype(entry.dtype.newbyteorder("="))


def _whole(path: Path, entry: _Entry, say: Say) -> Array:
    """(n, d) of an array of samples."""
    name = _said(path, entry)
    found: Layout = layout(entry.shape, entry.dtype.itemsize, name)
    native = entry.dtype.newbyteorder("=")
    with _values(path, entry) as stream:
        if entry.fortran:
            content = _exactly(stream, entry.size, name)
            if stream.read(1):
                raise BadData(f"{name} is damaged: it goes on after its end.")
            return flat(
                np.frombuffer(content, entry.dtype).reshape(entry.shape[::-1]).T.astype(native), found
            )
        grey = entry.dtype.kind == "b" or entry.dtype == np.uint8
        made = np.empty((found.count, found.features), np.uint8 if grey else np.float32)
        row_bytes = entry.size // found.count
        step = max(1, limits.CHUNK_BYTES // row_bytes)
        for first in range(0, found.count, step):
            k = min(step, found.count - first)
            block = np.frombuffer(_exactly(stream, k * row_bytes, name), entry.dtype)
            made[first : first + k] = flat(block.reshape(k, *entry.shape[1:]).astype(native), found)
            say(done=first + k, total=found.count)
        if stream.read(1):  # the read that makes zipfile compare its checksum
            raise BadData(f"{name} is damaged: it goes on after its end.")
    return made


def _labels(path: Path, entry: _Entry) -> Array:
    """(n,) of an array of labels; one-hot rows become numbers."""
    name = _said(path, entry)
    limits.check_amount(name, entry.shape[0], math.prod(entry.shape[1:]), entry.dtype.itemsize)
    with _values(path, entry) as stream:
        values = np.frombuffer(_exactly(stream, entry.size, name), entry.dtype)
    shape = entry.shape[::-1] if entry.fortran else entry.shape
    values = (values.reshape(shape).T if entry.fortran else values.reshape(shape)).astype(
        entry.dtype.newbyteorder("=")
    )
    if values.ndim == 2:
        values = values[:, 0] if values.shape[1] == 1 else values.argmax(axis=1)
    if values.dtype.kind == "S":
        return np.char.decode(values, "utf-8", "replace")
    return values.astype(np.int64) if values.dtype.kind == "b" else values
