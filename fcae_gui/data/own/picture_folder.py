"""A folder of images: the sub-folders are the classes, every picture is made grey and of one size."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.data.own.arrays import black_and_white, greys
from fcae_gui.data.own.assemble import Raw
from fcae_gui.data.own.values import NO_LABEL, SAMPLES_SHOWN, Choices, Found, Say
from fcae_gui.files import shown

Array = np.ndarray
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
FORMATS = ("PNG", "JPEG", "BMP", "GIF")  # no other decoder is ever asked
SUB_FOLDERS = "sub-folders"
_TRAIN = ("train", "training")
_TEST = ("test", "testing", "t10k", "val", "valid", "validation")
_LOOK_S = 3.0  # for the headers of as many images as that allows before they are offered
_LISTED = 100
_USUAL_SIDE = 28
_KEPT_SIDE = 64  # small images that are nearly all alike are learned as they are
_MOSTLY = 0.8
_TOLD_EVERY = 50


@dataclass(slots=True)
class _Listing:
    """The images of a folder in order: (file, class, belongs to the test half)."""

    files: list[tuple[Path, str, bool]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    n_skipped: int = 0
    folders: int = 0

    def skip(self, name: str, why: str) -> None:
        self.n_skipped += 1
        if len(self.skipped) < _LISTED:
            self.skipped.append((name, why))


def inspect(path: Path, say: Say) -> Found:
    """What is in the folder, from the names and the headers of its images. Raises BadData."""
    listing = _list(path)
    name = shown(path)
    train = [(file, label) for file, label, test in listing.files if not test]
    test_count = len(listing.files) - len(train)
    sizes: Counter[tuple[int, int]] = Counter()
    colour, looked, started = False, 0, time.monotonic()
    broken: set[Path] = set()
    for number, (file, _label, _test) in enumerate(listing.files):
        if time.monotonic() - started > _LOOK_S:
            break
        looked += 1
        try:
            size, has_colour = _header(file)
            sizes[size] += 1
            colour = colour or has_colour
        except _Unusable as error:
            broken.add(file)
            listing.skip(_inside(path, file), str(error))
        if number % _TOLD_EVERY == 0:
            say(stage=f"Looking at {name}", done=number, total=len(listing.files))
    if not sizes:
        why = f": {listing.skipped[0][0]} {listing.skipped[0][1]}" if listing.skipped else ""
        raise BadData(f"{name} holds no image that can be read{why}.")
    (height, width), alike = sizes.most_common(1)[0]
    same = alike == sum(sizes.values())
    fits = alike >= _MOSTLY * sum(sizes.values()) and max(height, width) <= _KEPT_SIDE
    shape = (height, width) if fits else (_USUAL_SIDE, _USUAL_SIDE)
    usable = [(file, label) for file, label in train if file not in broken]
    classes = Counter(label for _file, label in usable if label)
    labels = (SUB_FOLDERS, NO_LABEL) if len(classes) > 1 else (NO_LABEL,)
    notes = []
    if not same:
        smallest, largest = min(sizes), max(sizes)
        notes.append(f"The images have {len(sizes)} sizes, from {_size(smallest)} to {_size(largest)}.")
    if len(classes) == 1:
        notes.append("There is one sub-folder only, so the points will have no classes.")
    elif not classes:
        notes.append("There are no sub-folders, so the points will have no classes.")
    if looked < len(listing.files):
        notes.append(
            f"Looked at {looked:,} of {len(listing.files):,} images; the rest is checked while it loads."
        )
    if colour:
        notes.append("The colours become grey: the panels show grey images.")
    choices = Choices(label=labels[0], scale="pixels", height=shape[0], width=shape[1])
    pictures, names = _samples(usable, shape)
    return Found(
        path=str(path), kind="images", title=name, count=len(usable), counted=looked == len(listing.files),
        n_features=shape[0] * shape[1], image_shape=(height, width), shapes=(shape,), resizes=True,
        sizes=len(sizes), colour=colour, labels=labels,
        classes=tuple(sorted(classes.items())) if len(classes) > 1 else (),
        own_test=test_count, n_skipped=listing.n_skipped, skipped=tuple(listing.skipped),
        notes=tuple(notes), choices=choices, samples=pictures, sample_names=names,
    )  # fmt: skip


def read(path: Path, choices: Choices, say: Say) -> Raw:
    """Every image that can be read, grey and of the chosen size; the others are listed. Raises BadData."""
    if choices.image_shape is None:
        raise BadData(f"{shown(path)}: no image size was chosen.")
    listing = _list(path)
    limits.check_amount(shown(path), len(listing.files), choices.height * choices.width, 1)
    made = np.empty((len(listing.files), choices.height * choices.width), np.uint8)
    labels, tests, k = [], [], 0
    for number, (file, label, test) in enumerate(listing.files):
        try:
            made[k] = _decode(file, choices.image_shape).reshape(-1)
        except _Unusable as error:
            listing.skip(_inside(path, file), str(error))
            continue
        labels.append(label)
        tests.append(test)
        k += 1
        if number % _TOLD_EVERY == 0:
            say(done=number, total=len(listing.files))
    if k == 0:
        why = f": {listing.skipped[0][0]} {listing.skipped[0][1]}" if listing.skipped else ""
        raise BadData(f"{shown(path)} holds no image that can be read{why}.")
    is_test = np.array(tests)
    texts = np.array(labels) if choices.label else None
    raw = Raw(made[:k], texts, skipped=listing.skipped, n_skipped=listing.n_skipped)
    if is_test.any() and not is_test.all():
        raw.features, raw.labels = made[:k][~is_test], None if texts is None else texts[~is_test]
        raw.test = (made[:k][is_test], None if texts is None else texts[is_test])
    return raw


# --- the folder -------------------------------------------------------------------------------------------


def _list(path: Path) -> _Listing:
    """Every image by name, in an order that does not depend on the file system. Raises BadData."""
    listing = _Listing()
    try:
        top = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        raise BadData(f"{shown(path)} cannot be read: {(error.strerror or 'no access').lower()}.") from None
    inner = [entry for entry in top if _is_folder(entry)]
    names = {entry.name.lower() for entry in inner}
    halves = bool(names & set(_TRAIN)) and bool(names & set(_TEST)) and names <= {*_TRAIN, *_TEST}
    for entry in top:
        if not _is_folder(entry):
            _take(listing, path, entry, "", test=False)
        elif halves:
            test = entry.name.lower() in _TEST
            for below in _scan(listing, path, entry):
                if _is_folder(below):
                    _walk(listing, path, below, below.name, test=test, depth=2)
                else:
                    _take(listing, path, below, "", test=test)
        else:
            _walk(listing, path, entry, entry.name, test=False, depth=1)
    if not listing.files:
        hint = ", ".join(suffix[1:].upper() for suffix in SUFFIXES if suffix != ".jpeg")
        raise BadData(f"{shown(path)} holds no images ({hint}).")
    if halves and all(test for _file, _label, test in listing.files):
        listing.files = [(file, label, False) for file, label, _test in listing.files]
    return listing


def _walk(
    listing: _Listing, root: Path, folder: os.DirEntry[str], label: str, *, test: bool, depth: int
) -> None:
    for entry in _scan(listing, root, folder):
        if not _is_folder(entry):
            _take(listing, root, entry, label[:40], test=test)
        elif depth < limits.MAX_DEPTH:
            _walk(listing, root, entry, label, test=test, depth=depth + 1)
        else:
            listing.skip(_inside(root, Path(entry.path)), "lies too deep")


def _scan(listing: _Listing, root: Path, folder: os.DirEntry[str]) -> list[os.DirEntry[str]]:
    listing.folders += 1
    if listing.folders > limits.MAX_FOLDERS:
        raise BadData(f"{shown(root)} has more than {limits.MAX_FOLDERS:,} folders in it.")
    try:
        with os.scandir(folder.path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        listing.skip(_inside(root, Path(folder.path)), f"cannot be read: {(error.strerror or '').lower()}")
        return []


def _take(listing: _Listing, root: Path, entry: os.DirEntry[str], label: str, *, test: bool) -> None:
    if entry.name.startswith("."):
        return
    path = Path(entry.path)
    try:
        regular = entry.is_file()
    except OSError:
        regular = False
    if not entry.name.lower().endswith(SUFFIXES):
        listing.skip(_inside(root, path), "is not an image")
    elif not regular:
        listing.skip(_inside(root, path), "is not a file")
    else:
        listing.files.append((path, label, test))
        if len(listing.files) > limits.MAX_FILES:
            raise BadData(f"{shown(root)} holds more than {limits.MAX_FILES:,} images.")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A folder of its own: links to folders could lead in a circle."""
    try:
        return entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
    except OSError:
        return False


def _inside(root: Path, path: Path) -> str:
    """The path below the folder, printable."""
    try:
        text = path.relative_to(root).as_posix()
    except ValueError:
        text = path.name
    return "".join(c if c.isprintable() else "?" for c in text)[-80:]


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]:,} x {size[0]:,}"


# --- one image --------------------------------------------------------------------------------------------


class _Unusable(ValueError):  # noqa: N818 - told as the reason why a file was skipped
    """Why one image cannot be used, as the end of a sentence that begins with its name."""


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """A Pillow image whose header was read and whose size is allowed. Raises _Unusable."""
    try:
        from PIL import Image, ImageFile, PngImagePlugin
    except ImportError:
        raise BadData("Images cannot be read here because Pillow is missing: install pillow.") from None
    Image.MAX_IMAGE_PIXELS = limits.MAX_PICTURE_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    start = b""
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = limits.CHUNK_BYTES
    try:
        if file.stat().st_size > limits.MAX_PICTURE_BYTES:
            raise _Unusable(f"is larger than {limits.MAX_PICTURE_BYTES // 1_000_000} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with file.open("rb") as stream:
                start = stream.read(200)
                if limits.is_web_page(start):
                    raise _Unusable("is a web page, not an image")
                stream.seek(0)
                with Image.open(stream, formats=FORMATS) as image:
                    width, height = image.size
                    if min(width, height) < 1:
                        raise _Unusable("is empty")
                    over = width * height > limits.MAX_PICTURE_PIXELS
                    if over or max(width, height) > limits.MAX_PICTURE_SIDE:
                        raise _Unusable(f"claims {width:,} x {height:,} pixels, which is too large")
                    yield image
    except _Unusable:
        raise
    except Image.DecompressionBombError:
        raise _Unusable("claims more pixels than are read") from None
    except Image.UnidentifiedImageError:
        known = start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM"))
        raise _Unusable("is cut short or damaged" if known else "is not an image") from None
    except MemoryError:
        raise _Unusable("is too large") from None
    except BadData:
        raise
    except OSError as error:
        if error.errno is not None:
            raise _Unusable(f"cannot be read: {(error.strerror or '').lower()}") from None
        raise _Unusable("is cut short or damaged") from None
    except Exception:  # noqa: BLE001 - decoders raise SyntaxError, struct.error, IndexError and what not
        raise _Unusable("is cut short or damaged") from None


def _header(file: Path) -> tuple[tuple[int, int], bool]:
    """((height, width), whether it has colour) without decoding."""
    with _opened(file) as image:
        _weigh(image)
        return (image.height, image.width), image.mode not in ("1", "L", "LA", "I", "I;16", "F")


def _weigh(image: Any) -> None:
    """Refuse what would take too much memory to decode: only JPEG can be decoded at an eighth of its size."""
    pixels = image.width * image.height
    if image.format == "JPEG" and not image.info.get("progressive"):
        pixels //= 64
    if pixels > limits.MAX_DECODED_PIXELS:
        raise _Unusable(f"has {image.width:,} x {image.height:,} pixels, which is too large to be decoded")


def _decode(file: Path, shape: tuple[int, int]) -> Array:
    """(height, width) uint8: grey, on white where it is transparent, cut to the shape in its middle."""
    from PIL import Image, ImageOps

    with _opened(file) as image:
        _weigh(image)
        image.draft("L", (shape[1] * 2, shape[0] * 2))  # JPEG only: decodes at a fraction of the size
        image.load()
        picture = image
        if image.mode in ("I", "I;16", "F"):
            values = np.asarray(image, np.float32)
            top = 65535.0 if image.mode != "F" and float(values.max(initial=0.0)) > 255.0 else 255.0
            picture = Image.fromarray(np.clip(values / top * 255.0, 0, 255).astype(np.uint8))
        elif image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            glass = image.convert("RGBA")
            picture = Image.new("RGBA", glass.size, "white")
            picture.alpha_composite(glass)
        picture = ImageOps.exif_transpose(picture) if "exif" in image.info else picture
        picture = picture.convert("L")
        if picture.size != (shape[1], shape[0]):
            picture = ImageOps.fit(picture, (shape[1], shape[0]), Image.Resampling.BOX)
        return np.asarray(picture, np.uint8)


def _samples(files: list[tuple[Path, str]], shape: tuple[int, int]) -> tuple[Array, tuple[str, ...]]:
    """A few decoded images from all over the folder, and what is written below them."""
    pictures, names = [], []
    step = max(1, len(files) // SAMPLES_SHOWN)
    for file, label in files[::step][: 2 * SAMPLES_SHOWN]:
        with contextlib.suppress(_Unusable):
            pictures.append(_decode(file, shape))
            names.append((label or file.stem)[:12])
        if len(pictures) == SAMPLES_SHOWN:
            break
    if not pictures:
        return np.zeros((0, *shape), np.uint8), ()
    found = np.stack(pictures)
    return greys(found, *black_and_white(found)), tuple(names)
