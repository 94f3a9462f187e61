"""How crowded the map is around each of very many points."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

CELLS = 96  # a side of the grid in which points are counted
SPREAD = (0.25, 0.5, 0.25)  # a cell's count is shared with its neighbours, twice


def crowding(x: Array, y: Array) -> Array:
    """Points per area around each point (n,), in units of the mean over the points; NaN without a place.

    Counts in a grid over the middle 99 % of the points, smoothed, read between the cells' middles.
    """
    found = np.full(len(x), np.nan, np.float32)
    good = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e15) & (np.abs(y) < 1e15))
    if len(good) == 0:
        return found
    column, row = _cells(x[good]), _cells(y[good])
    size = CELLS + 4
    cell = ((row + 0.5).astype(np.int64) + 1) * size + (column + 0.5).astype(np.int64) + 1
    count = np.bincount(cell, minlength=size * size).reshape(size, size).astype(float)
    for _ in range(2):
        for axis in (0, 1):
            before, here, after = np.roll(count, 1, axis), count, np.roll(count, -1, axis)
            count = SPREAD[0] * before + SPREAD[1] * here + SPREAD[2] * after
    low_row, low_column = row.astype(np.int64), column.astype(np.int64)
    down, right = row - low_row, column - low_column
    low_row, low_column = low_row + 1, low_column + 1
    value = (
        count[low_row, low_column] * (1 - down) * (1 - right)
        + count[low_row + 1, low_column] * down * (1 - right)
        + count[low_row, low_column + 1] * (1 - down) * right
        + count[low_row + 1, low_column + 1] * down * right
    )
    found[good] = (value / value.mean()).astype(np.float32)
    return found


def _cells(at: Array) -> Array:
    """Places in cells, [0, CELLS]; the few far outside the rest lie in the outermost ones."""
    low, high = np.quantile(at[:: max(1, len(at) // 20_000)], (0.005, 0.995)).astype(float)
    margin = 0.1 * (high - low)
    span = max(high - low + 2 * margin, 1e-12)
    return np.clip((at.astype(float) - low + margin) * (CELLS / span), 0.0, float(CELLS))
