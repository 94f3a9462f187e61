"""One checked file per data set, so that what was downloaded or rendered once opens fast ever after."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np

from fcae_gui import paths
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.errors import BadData
from fcae_gui.files import BadFile, PathLike, peek_container, read_container, write_container

KIND = "dataset"
FOLDER = "datasets"
_HALVES = ("train", "test")


def path_of(name: str, folder: Path | None = None) -> Path:
    """Where the cache file of a data set is, or would be. `folder` replaces the system's cache folder."""
    return (folder or paths.cache_dir()) / FOLDER / f"{name}.safetensors"


def save(path: PathLike, dataset: Dataset, *, recipe: str = "") -> None:
    """Write a data set, atomically. `recipe` says how it was made; a file of another recipe is not opened."""
    tensors: dict[str, np.ndarray] = {}
    for half in _HALVES:
        split: Split = getattr(dataset, half)
        tensors[f"{half}.features"] = split.features
        if split.labels is not None:
            tensors[f"{half}.labels"] = split.labels
        for name, values in split.factors.items():
            tensors[f"{half}.factor.{name}"] = values
    meta = {
        "name": dataset.name,
        "title": dataset.title,
        "image_shape": dataset.image_shape,
        "class_names": dataset.class_names,
        "feature_names": dataset.feature_names,
        "feature_units": dataset.feature_units,
        "feature_ranges": dataset.feature_ranges,
        "fingerprint": dataset.fingerprint,
        "recipe": recipe,
    }
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    write_container(path, kind=KIND, tensors=tensors, meta=meta)


def load(path: PathLike) -> Dataset:
    """A data set from its cache file, every byte of it checked. Raises BadData with one sentence."""
    try:
        tensors, meta = read_container(path, kind=KIND)
        return _dataset(tensors, meta)
    except BadData:
        raise
    except BadFile as error:
        raise BadData(f"{error} It can be deleted: {path}") from None
    except (KeyError, TypeError, ValueError):
        raise BadData(
            f"{Path(path).name} does not hold a usable data set. It can be deleted: {path}"
        ) from None


def is_current(path: PathLike, *, recipe: str = "") -> bool:
    """True when there is a file of the right size and recipe; its content is checked on opening."""
    with contextlib.suppress(BadFile):
        return bool(peek_container(path, kind=KIND).get("recipe") == recipe)
    return False


def _dataset(tensors: dict[str, np.ndarray], meta: dict[str, Any]) -> Dataset:
    """The value in a file; raises KeyError, TypeError or ValueError for whatever does not fit together."""
    names = tuple(str(name) for name in meta["class_names"])
    halves = {}
    for half in _HALVES:
        labels = tensors.get(f"{half}.labels")
        if labels is not None and (labels.dtype != np.int64 or int(labels.min()) < 0):
            raise ValueError("labels must be int64 from 0")
        if labels is not None and int(labels.max()) >= len(names):
            raise ValueError("a label has no name")
        prefix = f"{half}.factor."
        factors = {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
        halves[half] = Split(features=tensors[f"{half}.features"], labels=labels, factors=factors)
    shape = meta["image_shape"]
    return Dataset(
        name=str(meta["name"]),
        title=str(meta["title"]),
        train=halves["train"],
        test=halves["test"],
        image_shape=None if shape is None else (int(shape[0]), int(shape[1])),
        class_names=names,
        feature_names=tuple(str(name) for name in meta["feature_names"]),
        feature_units=tuple(str(unit) for unit in meta.get("feature_units", ())),
        feature_ranges=tuple((float(low), float(high)) for low, high in meta.get("feature_ranges", ())),
        fingerprint=str(meta["fingerprint"]),
    )
