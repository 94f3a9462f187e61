"""Arrays of samples from whatever file: what their shape means, and flat grey rows made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.data.own.values import SAMPLES_SHOWN

Array = np.ndarray
GREY = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow makes grey of colour
LEAST_SQUARE = 8  # rows of 64 values and more may be square pictures
FEW_LEVELS = 64.0  # pixels that are all darker than this have levels of their own: 17, as UCI's digits have


@dataclass(frozen=True, slots=True)
class Layout:
    """What an array of samples means: `count` samples of `features` values, pictures where shape is given.

    channels: 1, or 3 for colour, which stands last unless channels_first
    """

    count: int
    features: int
    shape: tuple[int, int] | None
    channels: int = 1
    channels_first: bool = False

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The ways to read it: as pictures, as a table (0, 0), or either."""
        if self.shape is not None:
            return (self.shape,)
        square = square_of(self.features)
        return ((0, 0), square) if square else ((0, 0),)


def layout(shape: tuple[int, ...], item_bytes: int, name: str) -> Layout:
    """Read a shape. Raises BadData for what is no table and no stack of pictures, or too large."""
    if len(shape) > 8 or len(shape) < 2:
        raise BadData(
            f"{name} has {len(shape)} dimension{'s' * (len(shape) != 1)}; samples x values are needed."
        )
    if min(shape) < 1:
        raise BadData(f"{name} holds no values.")
    count, rest = shape[0], tuple(shape[1:])
    if len(rest) == 1:
        found = Layout(count, rest[0], None)
    elif len(rest) == 2:
        found = Layout(count, rest[0] * rest[1], (rest[0], rest[1]))
    elif len(rest) == 3 and rest[2] in (1, 3):
        found = Layout(count, rest[0] * rest[1], (rest[0], rest[1]), rest[2])
    elif len(rest) == 3 and rest[0] in (1, 3):
        found = Layout(count, rest[1] * rest[2], (rest[1], rest[2]), rest[0], channels_first=True)
    else:
        raise BadData(f"{name} has the shape {' x '.join(map(str, shape))}, which is no stack of pictures.")
    if found.shape is not None and max(found.shape) > limits.MAX_IMAGE_SIDE:
        raise BadData(
            f"{name} claims pictures of {found.shape[1]:,} x {found.shape[0]:,}; at most "
            f"{limits.MAX_IMAGE_SIDE} x {limits.MAX_IMAGE_SIDE} can be learned (image files are resized)."
        )
    limits.check_amount(name, count, found.features * found.channels, item_bytes)
    return found


def square_of(features: int) -> tuple[int, int] | None:
    """(side, side) when so many values may be a square picture."""
    side = math.isqrt(features)
    return (side, side) if side * side == features and LEAST_SQUARE <= side <= limits.MAX_IMAGE_SIDE else None


def flat(block: Array, found: Layout) -> Array:
    """(k, ...) numbers as (k, features) uint8 (from uint8 and bool) or float32; colour becomes grey."""
    k = len(block)
    if block.dtype == np.bool_:
        block = block.astype(np.uint8) * np.uint8(255)
    if found.channels == 3:
        assert found.shape is not None
        if found.channels_first:
            block = np.moveaxis(block, 1, -1)
        grey = block.reshape(k, found.features, 3).astype(np.float32) @ GREY
        return np.rint(grey).astype(np.uint8) if block.dtype == np.uint8 else grey
    rows = np.ascontiguousarray(block).reshape(k, found.features)
    if rows.dtype == np.uint8:
        return rows
    with np.errstate(over="ignore"):  # what float32 cannot hold counts as missing
        made = rows.astype(np.float32)
    made[~np.isfinite(made)] = np.nan
    return made


def looks_like_pictures(rows: Array) -> bool:
    """True for numbers that are grey values in one of the usual ways of writing them."""
    if rows.dtype == np.uint8:
        return True
    known = rows[np.isfinite(rows)]
    return bool(len(known)) and float(known.min()) >= 0.0 and float(known.max()) <= 255.0


def spread(count: int, k: int = SAMPLES_SHOWN) -> Array:
    """Up to k row numbers, evenly from all over the file: sorted files show more than one class."""
    return np.unique(np.linspace(0, count - 1, min(k, count)).astype(np.int64))


def black_and_white(values: Array) -> tuple[float, float]:
    """The values that are shown and learned as 0 and 1, for pixels in one of the usual ways of writing them.

    Those are [0, 1], few levels up to the brightest, and [0, 255]; what is none of them is stretched.
    """
    if not values.size:
        return 0.0, 1.0
    low, high = float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None))
    if not (np.isfinite(low) and np.isfinite(high)):  # nothing but missing values
        return 0.0, 1.0
    if low < 0.0 or high > 255.0:
        return low, high if high > low else low + max(1.0, abs(low))
    if high <= 1.0:
        return 0.0, 1.0
    return 0.0, high if high < FEW_LEVELS else 255.0


def greys(values: Array, black: float, white: float) -> Array:
    """Pixels as uint8 of the same shape, 255 for `white` and brighter, 0 for `black` and what is missing."""
    if values.dtype == np.uint8:
        if (black, white) == (0.0, 255.0):
            return values
        levels = np.clip((np.arange(256) - black) / (white - black), 0.0, 1.0)
        return np.rint(levels * 255).astype(np.uint8)[values]
    grey = np.clip((np.nan_to_num(values, nan=black) - black) / (white - black), 0.0, 1.0)
    return np.rint(grey * 255).astype(np.uint8)


def as_pictures(rows: Array, shape: tuple[int, int] | None) -> Array:
    """(k, h, w) uint8 for the preview, scaled together as they are when they are learned."""
    if shape is None or not len(rows):
        return np.zeros((0, 1, 1), np.uint8)
    return greys(rows, *black_and_white(rows)).reshape(len(rows), *shape)
