"""A grid of tiles that covers what a map shows; it is anchored in the world, so that panning shifts it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Box = tuple[float, float, float, float]  # left, bottom, right, top in world units

TILES = 400  # 20 x 20 of them can be taken in at a glance, and are decoded in a few milliseconds
SMALLEST_PX = 26.0  # height of a tile under which a digit cannot be read
LARGEST_PX = 64.0  # above which a large screen rather shows more tiles
RUNGS_PER_OCTAVE = 2  # tile sizes are powers of the square root of two
SLACK = 0.6  # of a rung beyond which another size is taken: easing to and fro changes nothing
MOST_TILES = 1600


@dataclass(frozen=True, slots=True)
class TileGrid:
    """rows x columns tiles of width x height world units. Tile (0, 0) is the upper left one.

    column, row: of the leftmost column and the lowest row, counted from the world's origin
    """

    rung: int
    width: float
    height: float
    column: int
    row: int
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """Number of tiles."""
        return self.rows * self.columns

    @property
    def box(self) -> Box:
        """What the tiles cover."""
        left, bottom = self.column * self.width, self.row * self.height
        return (left, bottom, left + self.columns * self.width, bottom + self.rows * self.height)

    def centres(self) -> np.ndarray:
        """World places of the tiles' middles, row by row from the upper left: (rows * columns, 2) float64."""
        x = (self.column + np.arange(self.columns) + 0.5) * self.width
        y = (self.row + np.arange(self.rows)[::-1] + 0.5) * self.height
        return np.stack([np.tile(x, self.rows), np.repeat(y, self.columns)], axis=1)


def tile_px(width: float, height: float, aspect: float) -> float:
    """Height of a tile in pixels on a plot of width x height pixels; aspect is a tile's width by height."""
    wanted = math.sqrt(max(1.0, width * height) / (TILES * aspect))
    smallest = max(SMALLEST_PX, SMALLEST_PX / aspect)
    return min(max(wanted, smallest), max(LARGEST_PX, smallest))


def grid_over(
    visible: Box, width: float, height: float, aspect: float, before: TileGrid | None = None
) -> TileGrid | None:
    """Tiles that cover the visible box, shown on width x height pixels; None where there is no such grid.

    `before` keeps its tile size while that still serves.
    """
    left, bottom, right, top = visible
    if not all(map(math.isfinite, visible)) or not (right > left and top > bottom and aspect > 0):
        return None
    unit = (right - left) / max(1.0, width)  # world units per pixel
    exact = RUNGS_PER_OCTAVE * math.log2(tile_px(width, height, aspect) * unit)
    if before is not None and abs(before.rung - exact) <= SLACK:
        rung = before.rung
    else:
        rung = round(exact)
    while True:
        tall = 2.0 ** (rung / RUNGS_PER_OCTAVE)
        wide = tall * aspect
        column, row = math.floor(left / wide), math.floor(bottom / tall)
        columns, rows = math.ceil(right / wide) - column, math.ceil(top / tall) - row
        if columns * rows <= MOST_TILES:
            break
        rung += 1
    return TileGrid(rung, wide, tall, column, row, max(1, columns), max(1, rows))


def bar_tiles(values: np.ndarray, low: float, high: float, shape: tuple[int, int]) -> np.ndarray:
    """Rows of a table as pictures of bars: (n, d) -> (n, rows, columns) float32, 1 inside a bar, from 0 on.

    Bars stand from 0, or the nearer of the two limits, to each value. Raises ValueError when the shape has
    fewer columns than there are values.
    """
    rows, columns = shape
    n, d = values.shape
    each = columns // d
    if each < 1:
        raise ValueError(f"a picture of {columns} columns cannot hold {d} bars")
    span = max(high - low, 1e-12)
    foot = (high - min(max(0.0, low), high)) / span * rows
    tip = (high - np.clip(values, low, high)) / span * rows  # (n, d), from the top
    upper, lower = np.minimum(tip, foot)[:, None, :], np.maximum(tip, foot)[:, None, :]
    at = np.arange(rows, dtype=np.float32)[None, :, None]
    inside = np.clip(np.minimum(lower, at + 1) - np.maximum(upper, at), 0.0, 1.0)  # (n, rows, d)
    tiles = np.zeros((n, rows, columns), np.float32)
    for i in range(max(1, each - 1)):  # one column of paper between two bars
        tiles[:, :, i : each * d : each] = inside
    return tiles
