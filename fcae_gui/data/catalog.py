"""The data sets there are, which of them are on this machine, and the one door to load them by."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from fcae_gui import paths
from fcae_gui.data import cache, digits, plants, torchvision_folder
from fcae_gui.data.dataset import Dataset
from fcae_gui.data.errors import BadData, DataProblem, MissingData, UnknownData
from fcae_gui.data.fingerprint import fingerprint
from fcae_gui.data.official import PUBLISHED
from fcae_gui.data.own import door
from fcae_gui.data.own.values import Found, Origin, is_own

__all__ = [
    "SOURCES",
    "BadData",
    "DataProblem",
    "MissingData",
    "Source",
    "UnknownData",
    "default_name",
    "find",
    "is_own",
    "load",
    "load_quick_strokes",
    "moved",
    "name_or_folder",
    "resolve",
    "strokes_recipe",
    "title_of",
]

PathLike = str | os.PathLike[str]
Where = Literal["ready", "folder", "missing"]


@dataclass(frozen=True, slots=True)
class Source:
    """A data set that can be chosen; size_mb is the download (0 without one)."""

    name: str
    title: str
    needs_download: bool
    size_mb: float
    text: str


_TEXTS = {
    "mnist": "Handwritten digits: 60,000 to train and 10,000 to test, 28 x 28",
    "fashion": "Clothes and shoes, as many and as large as MNIST, harder",
    "kmnist": "Ten hiragana in old cursive writing, as many and as large as MNIST",
    "emnist-digits": "Handwritten digits: 240,000 to train and 40,000 to test, 28 x 28",
    "emnist-letters": "Handwritten letters a to z: 124,800 to train and 20,800 to test, 28 x 28",
    "qmnist": "MNIST made again from its sources, with 60,000 digits to test",
    "usps": "Digits from envelopes: 7,291 to train and 2,007 to test, 16 x 16",
}

STROKES = "strokes"
SOURCES: dict[str, Source] = {
    STROKES: Source(STROKES, "Strokes", False, 0.0, "Digits drawn from pen strokes, built in, 28 x 28"),
    digits.NAME: Source(digits.NAME, digits.TITLE, False, 0.0, "1,797 small handwritten digits, built in"),
    plants.NAME: Source(plants.NAME, plants.TITLE, False, 0.0, "Five measurements of 1,600 plants, built in"),
    **{
        name: Source(name, item.title, True, round(item.download_bytes / 1e6, 1), _TEXTS[name])
        for name, item in PUBLISHED.items()
    },
}
BUILT_IN = {digits.NAME: digits.load, plants.NAME: plants.load}  # made anew each time: that is quick
_ALIASES = {
    "digits": digits.NAME,
    "digits8x8": digits.NAME,
    "digits-8x8": digits.NAME,
    "fashion-mnist": "fashion",
    "fashionmnist": "fashion",
    "kuzushiji": "kmnist",
    "kuzushiji-mnist": "kmnist",
    "emnist": "emnist-digits",
    "letters": "emnist-letters",
    "stroke": STROKES,
}


def resolve(name_or_path: str) -> str:
    """The name of a data set from what a user wrote (any case, - or _, aliases), or of own data as it is.

    Raises UnknownData.
    """
    if is_own(name_or_path):
        Origin.parse(name_or_path)
        return name_or_path
    key = name_or_path.strip().lower().replace("_", "-").replace(" ", "-")
    key = _ALIASES.get(key, key)
    if key not in SOURCES:
        raise UnknownData(f"There is no data set {name_or_path!r}; choose one of {', '.join(SOURCES)}.")
    return key


def name_or_folder(
    text: str, data_dir: PathLike | None = None, *, inspect: Callable[[Path], Found] = door.inspect
) -> tuple[str, PathLike | None]:
    """What --data names: (name, data_dir) for a data set, (its name, that folder) for a torchvision folder,
    (a name that says where it lies and what is done with it, data_dir) for a file or folder of one's own,
    into which `inspect` looks.

    Raises UnknownData for a name that is neither, BadData for a file that cannot be used.
    """
    known = text.strip().lower().replace("_", "-").replace(" ", "-") in (*SOURCES, *_ALIASES)
    if known or is_own(text):
        return resolve(text), data_dir
    path = Path(text).expanduser()
    if path.is_dir():
        for name in PUBLISHED:
            if torchvision_folder.locate(name, [path]):
                return name, path
    elif not path.exists() and not _looks_like_a_path(text):
        return resolve(text), data_dir
    found = inspect(path)
    return Origin(Path(found.path), found.choices).name, data_dir


def title_of(name: str) -> str:
    """What a data set is called in sentences; its file's name when it is somebody's own."""
    return Origin.parse(name).title if is_own(name) else SOURCES[name].title


def moved(name: str, path: Path) -> str:
    """The name of the same own data at another place. Raises DataProblem."""
    return Origin(path.expanduser().absolute(), Origin.parse(name).choices).name


def _looks_like_a_path(text: str) -> bool:
    return "/" in text or os.sep in text or bool(Path(text).suffix)


def find(name: str, data_dir: PathLike | None = None) -> Where:
    """'ready' (cached or built in), 'folder' (in a torchvision folder) or 'missing' (must be prepared first).

    A folder that the user named (data_dir, FCAE_DATA_DIR) goes before the cache, the usual ones after it.
    """
    _known(name)
    if name in BUILT_IN or is_own(name):
        return "ready"
    if name == STROKES:
        return "ready" if cache.is_current(cache.path_of(name), recipe=strokes_recipe()) else "missing"
    named, usual = _folders(data_dir)
    if torchvision_folder.locate(name, named):
        return "folder"
    if cache.is_current(cache.path_of(name)):
        return "ready"
    return "folder" if torchvision_folder.locate(name, usual) else "missing"


def load(name: str, data_dir: PathLike | None = None) -> Dataset:
    """The data set, without any network and without rendering.

    Raises MissingData when it must be prepared first (preparation.Preparation), BadData naming a file that is
    there but broken.
    """
    _known(name)
    if is_own(name):
        return door.load_name(name).dataset
    if name in BUILT_IN:
        return BUILT_IN[name]()
    if name == STROKES:
        if find(name) == "missing":
            raise MissingData("Strokes has not been drawn on this machine yet.")
        return _cached(name)
    named, usual = _folders(data_dir)
    if found := torchvision_folder.locate(name, named):
        return torchvision_folder.read(found)
    if cache.is_current(cache.path_of(name)):
        return _cached(name)
    if found := torchvision_folder.locate(name, usual):
        return torchvision_folder.read(found)
    title = SOURCES[name].title
    if partly := torchvision_folder.lacking(name, [*named, *usual]):
        raise MissingData(f"{title} is not complete on this machine: {partly}.")
    raise MissingData(f"{title} is not on this machine yet: it must be downloaded first.")


def load_quick_strokes() -> Dataset:
    """The first Strokes (2,000 to train, 500 to test) in about half a second; complete=False."""
    from fcae_gui.data import strokes

    return identified(strokes.quick())


def default_name(data_dir: PathLike | None = None) -> str:
    """'mnist' when it is already on this machine and looks whole, else 'strokes'."""
    named, usual = _folders(data_dir)
    if found := torchvision_folder.locate("mnist", named):
        return "mnist" if torchvision_folder.looks_whole(found) else STROKES
    if cache.is_current(cache.path_of("mnist")):
        return "mnist"
    found = torchvision_folder.locate("mnist", usual)
    return "mnist" if found and torchvision_folder.looks_whole(found) else STROKES


def identified(dataset: Dataset) -> Dataset:
    """The same data set with its fingerprint, where it does not have one yet."""
    if dataset.fingerprint:
        return dataset
    made = fingerprint(dataset.name, dataset.train.features, dataset.test.features)
    return replace(dataset, fingerprint=made)


def _cached(name: str) -> Dataset:
    """The data set in our cache; a broken file there is ours to remove, so that it can be made again."""
    path = cache.path_of(name)
    try:
        return cache.load(path)
    except BadData as error:
        try:
            path.unlink()
        except OSError:
            raise error from None
        title = SOURCES[name].title
        raise MissingData(
            f"{title} was damaged on the disk and has been removed: prepare it again."
        ) from None


def _known(name: str) -> None:
    if name not in SOURCES and not is_own(name):
        raise UnknownData(f"There is no data set {name!r}; choose one of {', '.join(SOURCES)}.")


def _folders(data_dir: PathLike | None) -> tuple[list[Path], list[Path]]:
    """(folders the user named, folders that are looked into anyway), as paths.data_dirs orders them."""
    given = [name for name in (data_dir, os.environ.get(paths.DATA_DIR_VARIABLE)) if name]
    named = list(dict.fromkeys(Path(name).expanduser() for name in given))
    return named, [folder for folder in paths.data_dirs(data_dir) if folder not in named]


def strokes_recipe() -> str:
    """A name for the renderer of today, its source: what an older one has cached is drawn again."""
    recipe = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("strokes*.py")):
        recipe.update(path.read_bytes())
    return recipe.hexdigest()
