"""Arrays as pictures: grey for images, blue-white-orange for signed errors, square and crisp pixels.

0 is black and 1 is white in every theme, as the network sees it: paper-white digits would turn photographs
and clothes into negatives.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

BLUE, WHITE, ORANGE = (33, 102, 172), (255, 255, 255), (230, 97, 1)
CRISP_FROM = (
    4  # whole multiples from here on: uneven pixels show, and a fifth of the size is the most it costs
)


def _ramp(*colours: tuple[int, int, int]) -> np.ndarray:
    """256 colours through the given ones, as (256,) uint32 0xffRRGGBB."""
    at = np.linspace(0, len(colours) - 1, 256)
    channels = [np.interp(at, np.arange(len(colours)), [c[i] for c in colours]) for i in range(3)]
    red, green, blue = (np.rint(channel).astype(np.uint32) for channel in channels)
    return np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue


GREY = _ramp((0, 0, 0), (255, 255, 255))
BINARY = GREY[::-1].copy()  # black ink on white paper: matplotlib's colour map of that name
SIGNED = _ramp(BLUE, WHITE, ORANGE)
HEAT = _ramp(WHITE, ORANGE)
BELOW, ABOVE = GREY.dtype.type(0xFF2166AC), GREY.dtype.type(0xFFE66101)  # values under 0, values over 1


def ramp(low: str, high: str) -> np.ndarray:
    """A table between two colours "#rrggbb", for bars in the theme's colours."""
    return _ramp(_rgb(low), _rgb(high))


def _rgb(colour: str) -> tuple[int, int, int]:
    value = int(colour.lstrip("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255


def to_bytes(values: np.ndarray) -> np.ndarray:
    """[0, 1] float (or uint8 as it is) -> uint8; outside is clipped, what is not a number is black."""
    if values.dtype == np.uint8:
        return values
    scaled = np.clip(values, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)
    return np.nan_to_num(scaled, copy=False).astype(np.uint8)


def signed_to_bytes(values: np.ndarray) -> np.ndarray:
    """[-1, 1] float -> uint8 with 0 in the middle."""
    return to_bytes(values * np.float32(0.5) + np.float32(0.5))


def fit(room: float, size: int) -> int:
    """The largest sensible number of device pixels <= room for `size` pixels: whole multiples when large."""
    room = int(room)
    return room // size * size if room >= CRISP_FROM * size else max(1, room)


def fit_shape(width: float, height: float, shape: tuple[int, int]) -> tuple[int, int]:
    """(width, height) in device pixels for an image of shape (rows, columns) with square pixels."""
    rows, columns = shape
    scale = min(width / columns, height / rows)
    if scale >= CRISP_FROM:
        scale = float(int(scale))
    return max(1, int(columns * scale)), max(1, int(rows * scale))


@lru_cache(maxsize=64)
def coverage(out: int, size: int) -> np.ndarray:
    """(out, size) float32: which share of output pixel i is covered by input pixel j; rows sum to 1.

    Resampling by area: crisp when enlarging, free of dropped strokes when reducing.
    """
    edges = np.linspace(0, size, out + 1)
    low, high = edges[:-1, None], edges[1:, None]
    at = np.arange(size)[None, :]
    shared = np.clip(np.minimum(high, at + 1) - np.maximum(low, at), 0, None)
    made = (shared / (high - low)).astype(np.float32)
    made.setflags(write=False)
    return made


def resized(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """(k, h, w) uint8 -> (k, height, width) uint8, by area; whole multiples are plain repetition."""
    _, h, w = images.shape
    if (height, width) == (h, w):
        return images
    if height % h == 0 and width % w == 0:
        return images.repeat(height // h, axis=1).repeat(width // w, axis=2)
    across = images.astype(np.float32) @ coverage(width, w).T  # (k, h, width)
    both = np.matmul(coverage(height, h), across)  # (k, height, width)
    both += np.float32(0.5)
    return both.astype(np.uint8)


def to_image(pixels: np.ndarray, table: np.ndarray = GREY) -> QImage:
    """(h, w) uint8 -> a QImage of its own (the array may go)."""
    return canvas_image(table[pixels]).copy()


def canvas_image(canvas: np.ndarray) -> QImage:
    """(h, w) uint32 0xffRRGGBB, contiguous -> a QImage on the same memory, which must outlive it."""
    height, width = canvas.shape
    return QImage(canvas.data, width, height, 4 * width, QImage.Format.Format_RGB32)
