"""Turns pen paths into grey images the way MNIST's were made: sized into a box, then centred by mass."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

SIDE = 28  # pixels of the field
BOX = 20  # pixels of the box that MNIST fits the ink of a digit into
MARGIN = 1  # the soft edge may reach this far out of the box
PATCH = BOX + 2 * MARGIN
SPREAD = 0.75  # pixels; width of the Gaussian that measures distances, and how strongly ink fills its corners


def fit_box(points: Array, radii: Array) -> Array:
    """Scales paths (n, p, 2) so that the ink, `radii` (n, p) pixels around them, just fills the box.

    The aspect is kept, the longer side is BOX pixels; returns pixel coordinates within the box, centred.
    """
    low, high = points.min(axis=1), points.max(axis=1)  # (n, 2)
    room = BOX - 2.0 * radii.mean(axis=1)  # (n,)
    scale = room / np.maximum((high - low).max(axis=1), 1e-3)
    return (points - ((low + high) / 2)[:, None, :]) * scale[:, None, None] + np.float32(BOX / 2)


def ink(points: Array, lengths: Array, radii: Array, edge: float) -> Array:
    """Grey patches (n, PATCH, PATCH) in [0, 1] of pens that follow paths in box pixels.

    points: (n, p, 2); lengths: (n, p) of path at each point, 0 where the pen is up; radii: (n, p) half the
    pen's width; edge: width of the grey ramp. All in pixels.

    The distance to the path is a soft minimum, d^2 = -2 s^2 log(sum of exp(-d_i^2 / 2 s^2)), which for a
    straight line is exact; the sum factors into columns and rows, so a patch costs one small matrix product
    instead of p distances for every pixel.
    """
    grid = np.arange(PATCH, dtype=np.float32) + np.float32(0.5 - MARGIN)
    factor = np.float32(-0.5 / SPREAD**2)
    mean = radii.mean(axis=1, keepdims=True)
    gain = lengths * np.exp((mean**2 - radii**2) * factor) / np.float32(np.sqrt(2 * np.pi) * SPREAD)
    columns = np.exp((points[:, :, 0, None] - grid) ** 2 * factor)  # (n, p, PATCH)
    rows = np.exp((points[:, :, 1, None] - grid) ** 2 * factor) * gain[:, :, None]
    total = np.matmul(rows.transpose(0, 2, 1), columns)  # (n, PATCH, PATCH)
    distance = np.sqrt(np.maximum(np.log(np.maximum(total, 1e-30)) / factor, 0.0))
    return np.clip((mean[:, :, None] - distance) / np.float32(edge) + np.float32(0.5), 0.0, 1.0)


def centre(patches: Array) -> Array:
    """(n, SIDE, SIDE) uint8 images, each patch moved by whole pixels: mass in the middle of the field.

    The box never leaves the field, so a digit whose mass lies far off its middle stays up to a pixel short.
    """
    n = len(patches)
    axis = np.arange(PATCH, dtype=np.float32)
    mass = patches.sum(axis=(1, 2))
    y = np.einsum("nij,i->n", patches, axis) / mass
    x = np.einsum("nij,j->n", patches, axis) / mass
    middle, last = (SIDE - 1) / 2, SIDE - BOX
    top = np.clip(np.rint(middle - y) + MARGIN, 0, last).astype(np.intp)
    left = np.clip(np.rint(middle - x) + MARGIN, 0, last).astype(np.intp)
    field = np.zeros((n, SIDE + 2 * MARGIN, SIDE + 2 * MARGIN), np.uint8)
    cells = np.arange(PATCH)
    where = (
        np.arange(n)[:, None, None],
        top[:, None, None] + cells[None, :, None],
        left[:, None, None] + cells[None, None, :],
    )
    field[where] = np.rint(patches * 255.0).astype(np.uint8)
    return np.ascontiguousarray(field[:, MARGIN:-MARGIN, MARGIN:-MARGIN])
