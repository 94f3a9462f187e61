"""Where the pictures of a grid go so that they are as large as the room allows: bands, labels, gaps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fcae_gui.widgets.pixel_image import fit_shape


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything goes, in device pixels: `bands` bands of `columns` pictures, `tile` = (w, h)."""

    bands: int
    columns: int
    tile: tuple[int, int]
    left: int  # width kept for row labels, 0 when they stand above the rows
    top: int  # height kept for a label above each row
    gap: int
    band_gap: int
    rows: int

    @property
    def row_height(self) -> int:
        """From one row of a band to the next."""
        return self.top + self.tile[1] + self.gap

    def origin(self, row: int, index: int) -> tuple[int, int]:
        """Top left of picture `index` in row `row`."""
        band, column = divmod(index, self.columns)
        x = self.left + column * (self.tile[0] + self.gap)
        y = band * (self.rows * self.row_height - self.gap + self.band_gap) + row * self.row_height + self.top
        return x, y

    def size(self) -> tuple[int, int]:
        """Width and height of everything."""
        wide = self.left + self.columns * (self.tile[0] + self.gap) - self.gap
        high = self.bands * (self.rows * self.row_height - self.gap + self.band_gap) - self.band_gap
        return wide, high


def place(
    count: int,
    rows: int,
    shape: tuple[int, int],
    *,
    room: tuple[int, int],
    label: tuple[int, int],
    gap: int,
    band_gap: int,
    most_bands: int | None = None,
) -> Placement:
    """The bands and labels that give `count` pictures per row the largest size in `room` device pixels."""
    best: Placement | None = None
    for bands in range(1, min(count, most_bands or count) + 1):
        columns = math.ceil(count / bands)
        if math.ceil(count / columns) != bands:
            continue
        for beside in (True, False):
            left, top = (label[0], 0) if beside else (0, label[1])
            wide = (room[0] - left - (columns - 1) * gap) / columns
            high = (room[1] - (bands - 1) * band_gap - bands * (rows * top + (rows - 1) * gap)) / (
                bands * rows
            )
            if min(wide, high) < 1:
                continue
            tile = fit_shape(wide, high, shape)
            made = Placement(bands, columns, tile, left, top, gap, band_gap, rows)
            if best is None or tile[0] > best.tile[0]:
                best = made
    return best or Placement(1, count, (1, 1), 0, 0, gap, band_gap, rows)
