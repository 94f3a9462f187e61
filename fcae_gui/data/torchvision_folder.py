"""Finds and reads what torchvision has already put on the disk: `<dir>/MNIST/raw/...` and its relatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fcae_gui.data import idx, usps
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.errors import BadData
from fcae_gui.data.fingerprint import combine, digest
from fcae_gui.data.official import PUBLISHED, File, Half, Published
from fcae_gui.files import shown

_HEADER_BYTES = 4 + 4 * idx.MAX_DIMENSIONS


@dataclass(frozen=True, slots=True)
class Found:
    """The files of one data set in one folder, each either unpacked or as .gz."""

    published: Published
    folder: Path
    paths: dict[str, Path]


def locate(name: str, folders: Iterable[Path]) -> Found | None:
    """The first folder that has every file of the data set, damaged or not; None when there is none."""
    published = PUBLISHED[name]
    for folder in _candidates(published, folders):
        paths = {file.name: path for file in _files(published) if (path := _on_disk(folder, file))}
        if len(paths) == len(_files(published)):
            return Found(published, folder, paths)
    return None


def lacking(name: str, folders: Iterable[Path]) -> str:
    """'FOLDER lacks FILE' for a folder that has some of the files but not all; empty when there is none."""
    published = PUBLISHED[name]
    for folder in _candidates(published, folders):
        missing = [file.name for file in _files(published) if not _on_disk(folder, file)]
        if missing and len(missing) < len(_files(published)):
            return f"{folder} lacks {missing[0]}"
    return ""


def looks_whole(found: Found) -> bool:
    """True when every unpacked file has the size it states: a few bytes read per file, no content checked."""
    try:
        for path in found.paths.values():
            if path.suffix in (".gz", ".bz2"):
                continue
            with path.open("rb") as file:
                start = file.read(_HEADER_BYTES)
            if idx.stated_size(start, shown(path)) != path.stat().st_size:
                return False
    except (OSError, BadData):
        return False
    return True


def read(found: Found) -> Dataset:
    """The data set in the files. Raises BadData naming the one that is truncated, altered or foreign."""
    return build(found.published, {name: _bytes(path) for name, path in found.paths.items()}, found.folder)


def build(published: Published, raw: Mapping[str, bytes | bytearray], where: Path | str) -> Dataset:
    """A checked data set from the content of its files (packed or not) under their unpacked names.

    With as many samples as published the values must be the published ones wherever their SHA-256 is known;
    with another number of samples, consistent in all files, it is a smaller edition, and the title says so.
    Raises BadData naming the file, with `where` it lies.
    """
    train, train_digest = _half(published, published.train, raw, where)
    test, test_digest = _half(published, published.test, raw, where)
    title = published.title
    if (len(train), len(test)) != (published.train.count, published.test.count):
        title = f"{title} ({len(train):,} of {published.train.count:,} samples)"
    return Dataset(
        name=published.name,
        title=title,
        train=train,
        test=test,
        image_shape=published.image_shape,
        class_names=published.class_names,
        fingerprint=combine(published.name, (train.features, train_digest), (test.features, test_digest)),
    )


def _half(
    published: Published, half: Half, raw: Mapping[str, bytes | bytearray], where: Path | str
) -> tuple[Split, str]:
    """One half and the SHA-256 of its features."""
    image_name, label_name = f"{where}: {half.images.name}", f"{where}: {half.labels.name}"
    if half.images is half.labels:
        features, labels = usps.parse(raw[half.images.name], image_name)
    else:
        features = _images(idx.parse(raw[half.images.name], image_name), published, image_name)
        labels = _labels(idx.parse(raw[half.labels.name], label_name), label_name)
    if len(features) != len(labels):
        raise BadData(f"{label_name} has {len(labels):,} labels for {len(features):,} images.")
    first, last = published.first_label, published.first_label + len(published.class_names) - 1
    if int(labels.min()) < first or int(labels.max()) > last:
        raise BadData(f"{label_name} is damaged: it has labels outside {first} to {last}.")
    hashed = digest(features)
    if len(features) == half.count:
        _same(half.images, hashed, image_name, published)
        if half.labels.content:
            _same(half.labels, digest(labels.astype(np.uint8)), label_name, published)
    labels = labels.astype(np.int64) - first
    return Split(features=features, labels=labels), hashed


def _images(values: np.ndarray, published: Published, name: str) -> np.ndarray:
    """(n, height * width) uint8, upright."""
    if values.dtype != np.uint8 or values.ndim != 3 or values.shape[1:] != published.image_shape:
        size = " x ".join(map(str, published.image_shape))
        raise BadData(f"{name} does not hold images of {size} pixels.")
    if published.transposed:
        values = values.transpose(0, 2, 1)
    return np.ascontiguousarray(values).reshape(len(values), -1)


def _labels(values: np.ndarray, name: str) -> np.ndarray:
    """(n,) integers; QMNIST has rows of eight with the class first."""
    if values.ndim == 2 and values.dtype == np.int32 and values.shape[1] == 8:
        return values[:, 0]
    if values.ndim != 1 or values.dtype != np.uint8:
        raise BadData(f"{name} does not hold labels.")
    return values


def _same(file: File, hashed: str, name: str, published: Published) -> None:
    """Raises BadData when the values are known and these are others."""
    if file.content and hashed != file.content:
        raise BadData(f"{name} is not the published {published.title}: its content was altered.")


def _files(published: Published) -> list[File]:
    return list(dict.fromkeys(file for half in published.halves for file in (half.images, half.labels)))


def _on_disk(folder: Path, file: File) -> Path | None:
    """The unpacked file, else the packed one, else None."""
    for name in (file.name, file.packed):
        if (folder / name).is_file():
            return folder / name
    return None


def _candidates(published: Published, folders: Iterable[Path]) -> list[Path]:
    """Where the files may lie: in a torchvision root, or when the folder given is already further inside."""
    places = []
    for folder in folders:
        places += [folder / published.folder / "raw", folder / published.folder]
        if folder.name == published.folder:
            places += [folder / "raw", folder]
        if folder.name == "raw" and folder.parent.name == published.folder:
            places.append(folder)
        if published.train.images is published.train.labels:  # torchvision puts USPS right into its root
            places.append(folder)
    return places


def _bytes(path: Path) -> bytearray:
    """The content of a file, never more than an honest file can have. Raises BadData."""
    try:
        if path.stat().st_size > idx.MAX_BYTES + _HEADER_BYTES:
            raise BadData(f"{path.parent}: {shown(path)} is too large.")
        with path.open("rb", buffering=0) as file:
            content = bytearray(path.stat().st_size)  # writable: torch warns about arrays that are not
            view, done = memoryview(content), 0
            while done < len(content) and (count := file.readinto(view[done:])):
                done += count
        return content[:done] if done < len(content) else content
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise BadData(f"{path.parent}: {shown(path)} cannot be read: {reason}.") from None
