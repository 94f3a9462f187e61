"""IDX files, packed or not: images with the labels file and the test half that lie beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fcae_gui.data import idx
from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.data.own.arrays import as_pictures, flat, layout, looks_like_pictures, spread
from fcae_gui.data.own.assemble import Raw, class_values
from fcae_gui.data.own.values import NO_LABEL, Choices, Found, Say
from fcae_gui.files import shown

_HEADER = 4 + 4 * idx.MAX_DIMENSIONS
_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_LABEL_WORDS = (("images", "labels"), ("image", "label"), ("data", "labels"))
_TEST_WORDS = (("train", "t10k"), ("train", "test"), ("training", "testing"))


@dataclass(frozen=True, slots=True)
class _Header:
    dtype: np.dtype
    shape: tuple[int, ...]
    start: int

    @property
    def row_bytes(self) -> int:
        return math.prod(self.shape[1:]) * self.dtype.itemsize

    @property
    def size(self) -> int:
        return self.start + math.prod(self.shape) * self.dtype.itemsize


def inspect(path: Path, say: Say) -> Found:
    """What an IDX file holds, checked to its end where that is quick. Raises BadData."""
    path = _images_for(path)
    header = _peek(path)
    name = shown(path)
    found = layout(header.shape, header.dtype.itemsize, name)
    numbers, picked = _rows(path, spread(found.count))
    rows = flat(picked, found)
    labels_path = _labels_of(path)
    labels: tuple[str, ...] = (NO_LABEL,)
    classes: tuple[tuple[str, int], ...] = ()
    names = ("",) * len(rows)
    notes = []
    if labels_path is not None:
        values = _labels(labels_path, found.count)
        labels = (shown(labels_path), NO_LABEL)
        known = class_values(values)
        if known is not None:
            classes = tuple(
                (title, int(count)) for title, count in zip(known[1], np.bincount(known[0]), strict=True)
            )
        names = tuple(str(value) for value in values[numbers])
    else:
        notes.append("There is no labels file beside it, so the points will have no classes.")
    test = _test_of(path)
    own_test = _peek(test).shape[0] if test is not None else 0
    if test is not None:
        notes.append(f"{shown(test)} beside it becomes the test set.")
    shapes = found.shapes
    shape = shapes[-1] if looks_like_pictures(rows) else shapes[0]
    picture = shape if shape != (0, 0) else None
    choices = Choices(label=labels[0], scale="pixels" if picture else "unit", height=shape[0], width=shape[1])
    return Found(
        path=str(path), kind="idx", title=name, count=found.count, n_features=found.features,
        image_shape=picture, shapes=shapes, colour=found.channels == 3, labels=labels, classes=classes,
        own_test=own_test, notes=tuple(notes), choices=choices, samples=as_pictures(rows, picture),
        sample_names=names if picture else (),
    )  # fmt: skip


def read(path: Path, choices: Choices, say: Say) -> Raw:
    """All of it, with the labels where they were chosen. Raises BadData."""
    path = _images_for(path)
    features = _whole(path, say)
    labels_path = _labels_of(path) if choices.label else None
    if choices.label and labels_path is None:
        raise BadData(f"The labels of {shown(path)} are not beside it any more.")
    labels = _labels(labels_path, len(features)) if labels_path is not None else None
    raw = Raw(features=features, labels=labels)
    test = _test_of(path)
    if test is not None:
        test_features = _whole(test, say)
        if test_features.shape[1] != features.shape[1]:
            raise BadData(f"{shown(test)} has other pictures than {shown(path)}.")
        test_labels_path = _labels_of(test) if labels is not None else None
        if labels is not None and test_labels_path is None:
            raise BadData(f"{shown(test)} has no labels beside it, but {shown(path)} has.")
        raw.test = (
            test_features, _labels(test_labels_path, len(test_features)) if test_labels_path else None,
        )  # fmt: skip
    return raw


# --- one file ---------------------------------------------------------------------------------------------


def _header(start: bytes, name: str) -> _Header:
    """As idx.stated_size, with the shape. Raises BadData."""
    idx.stated_size(start, name)
    dimensions = start[3]
    shape = tuple(int(n) for n in np.frombuffer(start, ">u4", dimensions, offset=4))
    return _Header(np.dtype(_TYPES[start[2]]), shape, 4 + 4 * dimensions)


def _peek(path: Path) -> _Header:
    """The header of a file whose size, or whose unpacked content where that is quick, fits it."""
    name = shown(path)
    with limits.opened(path) as file:
        source = limits.Unpacked(file, path)
        header = _header(source.read(_HEADER), name)
        if source.packed:
            limits.check_ratio(name, source.size, header.size)
            if header.size <= limits.CHECKED_BYTES:
                left = header.size + 1 - source.done
                while left > 0 and (piece := source.read(min(left, limits.CHUNK_BYTES))):
                    left -= len(piece)
                _check_end(name, header, source.done)
        else:
            _check_end(name, header, source.size)
    return header


def _check_end(name: str, header: _Header, present: int) -> None:
    if present < header.size:
        raise BadData(f"{name} is cut short: {present:,} of {header.size:,} bytes are there.")
    if present > header.size:
        raise BadData(f"{name} is damaged: it goes on after its end.")


def _rows(path: Path, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A few rows (k, ...) and their numbers, without the rest; of a packed file only those near its start."""
    with limits.opened(path) as file:
        source = limits.Unpacked(file, path)
        start = source.read(_HEADER)
        header = _header(start, shown(path))
        wanted = rows
        if source.packed:
            wanted = rows[(rows + 1) * header.row_bytes <= limits.CHECKED_BYTES]
            content = start[header.start :]
            if len(wanted):
                content += source.read(int(wanted[-1] + 1) * header.row_bytes - len(content))
            got = b"".join(
                content[int(row) * header.row_bytes : (int(row) + 1) * header.row_bytes] for row in wanted
            )
        else:
            pieces = []
            for row in rows:
                file.seek(header.start + int(row) * header.row_bytes)
                pieces.append(file.read(header.row_bytes))
            got = b"".join(pieces)
    values = np.frombuffer(got, header.dtype).reshape(len(wanted), *header.shape[1:])
    return wanted, values.astype(header.dtype.newbyteorder("="))


def _whole(path: Path, say: Say) -> np.ndarray:
    """(n, d) of a file of samples."""
    name = shown(path)
    with limits.opened(path) as file:
        source = limits.Unpacked(file, path)
        start = source.read(_HEADER)
        header = _header(start, name)
        found = layout(header.shape, header.dtype.itemsize, name)
        if source.packed:
            limits.check_ratio(name, source.size, header.size)
        else:
            _check_end(name, header, source.size)
        rest = start[header.start :]
        kind = np.uint8 if header.dtype.itemsize == 1 and header.dtype.kind == "u" else np.float32
        made = np.empty((found.count, found.features), kind)
        step = max(1, limits.CHUNK_BYTES // header.row_bytes)
        for first in range(0, found.count, step):
            k = min(step, found.count - first)
            need = k * header.row_bytes
            piece = rest[:need] + source.read(need - len(rest[:need]))
            rest = rest[need:]
            if len(piece) < need:
                raise BadData(f"{name} is cut short: {source.done:,} of {header.size:,} bytes are there.")
            block = np.frombuffer(piece, header.dtype).reshape(k, *header.shape[1:])
            made[first : first + k] = flat(block.astype(header.dtype.newbyteorder("=")), found)
            say(done=source.place, total=source.size)
        if rest or source.read(1):
            raise BadData(f"{name} is damaged: it goes on after its end.")
    return made


def _labels(path: Path, count: int) -> np.ndarray:
    """(count,) numbers of a labels file. Raises BadData when there are more or fewer."""
    header, name = _peek(path), shown(path)
    if len(header.shape) != 1 or header.dtype.kind not in "iu":
        raise BadData(f"{name} does not hold labels.")
    if header.shape[0] != count:
        raise BadData(f"{name} has {header.shape[0]:,} labels for {count:,} samples.")
    with limits.opened(path) as file:
        content = limits.Unpacked(file, path).read(header.size)
    return np.frombuffer(content, header.dtype, offset=header.start).astype(np.int64)


# --- what lies beside ---------------------------------------------------------------------------------------


def _images_for(path: Path) -> Path:
    """The file of samples when somebody points at the labels."""
    if len(_peek(path).shape) != 1:
        return path
    found = _beside(path, [(b, a) for a, b in _LABEL_WORDS], (("idx1", "idx3"),))
    if found is None:
        raise BadData(f"{shown(path)} holds labels only, and the images are not beside it.")
    return found


def _labels_of(path: Path) -> Path | None:
    return _beside(path, list(_LABEL_WORDS), (("idx3", "idx1"), ("idx2", "idx1")))


def _test_of(path: Path) -> Path | None:
    return _beside(path, list(_TEST_WORDS), ())


def _beside(path: Path, words: list[tuple[str, str]], also: tuple[tuple[str, str], ...]) -> Path | None:
    """A file in the same folder whose name has other words; packed or not."""
    for old, new in words:
        if old not in path.name:
            continue
        name = path.name.replace(old, new)
        for before, after in also:
            name = name.replace(before, after)
        plain = name.removesuffix(".gz")
        for candidate in (name, plain, f"{plain}.gz"):
            beside = path.with_name(candidate)
            if candidate != path.name and beside.is_file():
                return beside
    return None
