"""Makes a data set of what was read: missing values filled, scaled, split, labels turned into classes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.errors import BadData
from fcae_gui.data.fingerprint import fingerprint
from fcae_gui.data.own import limits
from fcae_gui.data.own.arrays import black_and_white, greys
from fcae_gui.data.own.values import Choices, Origin
from fcae_gui.files import shown

Array = np.ndarray
SPLIT_SEED = 1_234_567  # the same rows are held out whenever the same file is opened
NO_NAME = "no label"
_BLOCK_VALUES = 2**22  # worked on at a time: a few copies of 16 MB, not of everything


@dataclass(slots=True)
class Raw:
    """What a reader hands over.

    features: (n, d) uint8, or float32 with NaN where a value is missing
    labels:   (n,) numbers or text, or None
    test:     the file's own test half as (features, labels), or None
    skipped:  (file or line, why) of what could not be used; n_skipped counts all of it
    """

    features: Array
    labels: Array | None = None
    test: tuple[Array, Array | None] | None = None
    feature_names: tuple[str, ...] = ()
    skipped: list[tuple[str, str]] = field(default_factory=list)
    n_skipped: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A data set and what a person should know about it."""

    dataset: Dataset
    skipped: tuple[tuple[str, str], ...] = ()
    n_skipped: int = 0
    notes: tuple[str, ...] = ()


def assemble(raw: Raw, origin: Origin) -> Loaded:
    """The data set of `raw`. Raises BadData when too little is left to learn from."""
    name, choices = shown(origin.path), origin.choices
    features, n = raw.features, len(raw.features)
    if n < limits.MIN_SAMPLES:
        raise BadData(
            f"{name} has {n} usable sample{'s' * (n != 1)}; at least {limits.MIN_SAMPLES} are needed."
        )
    if features.shape[1] < 2:
        raise BadData(f"{name} has one value per sample; at least two are needed.")
    own_test = raw.test is not None and len(raw.test[0]) > 0
    if own_test:
        assert raw.test is not None
        train_x, test_x = features, raw.test[0]
        labels = _together(raw.labels, raw.test[1])
    else:
        train_rows, test_rows = split(n, choices.share)
        train_x, test_x = features[train_rows], features[test_rows]
        labels = (
            None if raw.labels is None else np.concatenate([raw.labels[train_rows], raw.labels[test_rows]])
        )
    cut = len(train_x)
    train_x, test_x, ranges = _scaled(train_x, test_x, choices)
    codes, names, factor = _classes(labels)
    halves = []
    for x, rows in ((train_x, slice(None, cut)), (test_x, slice(cut, None))):
        factors = {} if factor is None else {choices.label or "label": factor[rows]}
        halves.append(Split(features=x, labels=None if codes is None else codes[rows], factors=factors))
    dataset = Dataset(
        name=origin.name,
        title=origin.title,
        train=halves[0],
        test=halves[1],
        image_shape=choices.image_shape,
        class_names=names,
        feature_names=() if choices.image_shape else raw.feature_names,
        feature_ranges=ranges,
        fingerprint=fingerprint("own", train_x, test_x),  # of the content: a moved file is the same data
    )
    return Loaded(dataset, tuple(raw.skipped), raw.n_skipped, tuple(raw.notes))


def split(n: int, share: float) -> tuple[Array, Array]:
    """Rows of the training and the test half of n samples, in the order of the file; the same every time."""
    held = min(max(1, round(n * share)), n - 1)
    order = np.random.default_rng(SPLIT_SEED).permutation(n)
    return np.sort(order[held:]), np.sort(order[:held])


def class_values(values: Array) -> tuple[Array, tuple[str, ...]] | None:
    """Labels as (codes (n,) int64, names); None when these are measurements, not classes."""
    if values.dtype.kind in "fiub":
        numbers = values.astype(np.float64)
        known = numbers[np.isfinite(numbers)]
        if len(known) == 0 or not (known == np.rint(known)).all():
            return None
        distinct = np.unique(known)
        if len(distinct) > limits.MAX_CLASSES:
            return None
        codes = np.searchsorted(distinct, np.nan_to_num(numbers, nan=distinct[0])).clip(0, len(distinct) - 1)
        names = [f"{value:.0f}" for value in distinct]
        unknown = ~np.isfinite(numbers)
    else:
        texts = values.astype(str)
        found, codes = np.unique(texts, return_inverse=True)
        if len(found) > limits.MAX_CLASSES:
            return None
        names = [str(text)[:40] or NO_NAME for text in found]
        unknown = np.zeros(len(values), bool)
    codes = codes.astype(np.int64).reshape(-1)
    if unknown.any():
        codes[unknown] = len(names)
        names.append(NO_NAME)
    return codes, tuple(names)


def _classes(labels: Array | None) -> tuple[Array | None, tuple[str, ...], Array | None]:
    """(codes, class names, factor): measurements become a factor that the map can be coloured by."""
    if labels is None:
        return None, (), None
    found = class_values(labels)
    if found is not None:
        return found[0], found[1], None
    if labels.dtype.kind not in "fiub":
        return None, (), None
    values = labels.astype(np.float32)
    usual = np.nanmedian(values) if np.isfinite(values).any() else 0.0
    return None, (), np.where(np.isfinite(values), values, usual).astype(np.float32)


def _together(train: Array | None, test: Array | None) -> Array | None:
    if train is None or test is None:
        return None
    if (train.dtype.kind in "fiub") != (test.dtype.kind in "fiub"):
        train, test = train.astype(str), test.astype(str)
    return np.concatenate([train, test])


# --- scaling ----------------------------------------------------------------------------------------------


def _scaled(
    train: Array, test: Array, choices: Choices
) -> tuple[Array, Array, tuple[tuple[float, float], ...]]:
    """Both halves scaled by what the training half says, and the range of every column where that has one."""
    if choices.scale == "pixels":
        black, white = black_and_white(train)
        if train.dtype == np.uint8 and test.dtype == np.uint8:
            return greys(train, black, white), greys(test, black, white), ()
        train, test = _float(train), _float(test)
        shift = np.full(train.shape[1], black, np.float32)
        width = np.full(train.shape[1], white - black, np.float32)
        return _apply(train, shift, width, shift, True), _apply(test, shift, width, shift, True), ()
    train, test = _float(train), _float(test)
    d = train.shape[1]
    fill, shift, width = np.zeros(d, np.float32), np.zeros(d, np.float32), np.ones(d, np.float32)
    low, top = np.zeros(d, np.float32), np.zeros(d, np.float32)
    step = max(1, _BLOCK_VALUES // len(train))
    for first in range(0, d, step):
        block = train[:, first : first + step].astype(np.float64)
        here = slice(first, first + block.shape[1])
        empty = ~np.isfinite(block).any(axis=0)
        block[:, empty] = 0.0
        fill[here] = np.nanmedian(block, axis=0)
        low[here], top[here] = np.nanmin(block, axis=0), np.nanmax(block, axis=0)
        if choices.scale == "standard":
            block = np.where(np.isfinite(block), block, np.nanmedian(block, axis=0))
            shift[here], spread = block.mean(axis=0), block.std(axis=0)
        else:
            shift[here], spread = low[here], np.nanmax(block, axis=0) - np.nanmin(block, axis=0)
        width[here] = np.where(spread > 1e-12 * np.maximum(1e-20, np.abs(shift[here])), spread, 1.0)
    unit = choices.scale == "unit"
    ranges = tuple((float(a), float(b)) for a, b in zip(low, top, strict=True)) if unit else ()
    return _apply(train, shift, width, fill, unit), _apply(test, shift, width, fill, unit), ranges


def _float(values: Array) -> Array:
    return values.astype(np.float32) if values.dtype != np.float32 else values


def _apply(values: Array, shift: Array, width: Array, fill: Array, unit: bool) -> Array:
    """(values - shift) / width with `fill` for what is missing, in blocks; clipped to [0, 1] for unit."""
    made = np.empty(values.shape, np.float32)
    step = max(1, _BLOCK_VALUES // values.shape[1])
    for first in range(0, len(values), step):
        block = values[first : first + step].astype(np.float64)
        block = np.where(np.isfinite(block), block, fill)
        block = (block - shift) / width
        made[first : first + step] = np.clip(block, 0.0, 1.0) if unit else np.clip(block, -1e6, 1e6)
    return made
