"""Samples as small pictures: images as they are, rows of a table as bars."""

from __future__ import annotations

import numpy as np

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.bar_view import SPACED, spaced_bars

BAR_ROWS = 28  # height of a row of a table drawn as bars


def picture_shape(shape: tuple[int, int] | None, n_features: int) -> tuple[int, int]:
    """(height, width) of the picture of a sample: its own, or that of its bars."""
    return shape if shape is not None else (BAR_ROWS, SPACED * max(1, n_features))


def colours_of(shape: tuple[int, int] | None) -> np.ndarray:
    """The colour table (256,) of such pictures: greys, or the theme's bars for a table."""
    look = theme.current()
    return pixel_image.GREY if shape is not None else pixel_image.ramp(look.raised, look.accent)


def as_pictures(values: np.ndarray, shape: tuple[int, int] | None) -> np.ndarray:
    """(k, d) samples -> (k, height, width) uint8; without a shape bars from least to largest value."""
    if shape is not None:
        return pixel_image.to_bytes(values).reshape(len(values), *shape)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return spaced_bars(values, min(0.0, low), max(1e-6, high), BAR_ROWS)


def tiled(
    pictures: np.ndarray, height: int, width: int, gap: int, ground: int, colours: np.ndarray
) -> np.ndarray:
    """(k, h, w) uint8 side by side, each `height` x `width`, `gap` columns of colour `ground` between them.

    Returns (height, k * width + (k - 1) * gap) uint32 0xffRRGGBB, contiguous.
    """
    count = len(pictures)
    canvas = np.full((height, max(1, count * (width + gap) - gap)), ground, np.uint32)
    if count:
        made = colours[pixel_image.resized(pictures, height, width)]  # (k, height, width)
        for i in range(count):
            canvas[:, i * (width + gap) : i * (width + gap) + width] = made[i]
    return canvas
