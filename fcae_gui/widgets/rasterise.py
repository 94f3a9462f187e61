"""Many thousand soft dots into one 32-bit image, in a few numpy calls that leave the GIL free. No Qt."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

PHASES = 4  # positions inside a pixel that are told apart, per axis: motion under a pixel stays visible
SOFT_EDGE_PX = 0.9  # width over which a dot fades out
FAINTEST = 0.07  # pixels that no position covers more are left out: nobody sees them, each costs time
BATCH = 2048  # dots per pass: its scratch arrays stay in the second-level cache, later passes lie on top
MAX_RADIUS_PX = 16.0
_LANES = np.uint32(0x00FF00FF)
_HIGH_LANES = np.uint32(0xFF00FF00)


class Stamp:
    """A soft round dot, at PHASES x PHASES positions inside a pixel.

    dx, dy:   (k,) offsets in pixels from the pixel that holds the centre
    coverage: (PHASES * PHASES, k) in [0, 1]; row = phase_y * PHASES + phase_x
    """

    def __init__(self, radius: float) -> None:
        radius = float(np.clip(radius, 0.3, MAX_RADIUS_PX))
        reach = self.reach_of(radius)
        grid = np.arange(-reach, reach + 1)
        dy, dx = (axis.ravel() for axis in np.meshgrid(grid, grid, indexing="ij"))
        centre = (np.arange(PHASES) + 0.5) / PHASES - 0.5  # of the dot, from the middle of its pixel
        away = np.hypot(
            dy[None, None, :] - centre[:, None, None],
            dx[None, None, :] - centre[None, :, None],
        )
        coverage = np.clip((radius - away) / SOFT_EDGE_PX + 0.5, 0.0, 1.0).reshape(PHASES * PHASES, -1)
        seen = coverage.max(axis=0) > FAINTEST
        self.dy, self.dx, self.coverage = dy[seen], dx[seen], coverage[:, seen]

    @staticmethod
    def reach_of(radius: float) -> int:
        """Pixels beyond which a dot of this radius covers nothing, counted from the pixel of its centre."""
        return int(np.ceil(min(max(radius, 0.3), MAX_RADIUS_PX) + SOFT_EDGE_PX))


class Rasteriser:
    """Paints dots in the order given, each over those before it, into premultiplied 0xAARRGGBB pixels.

    The picture lies inside a wider buffer, so that a dot at the edge needs no clipping; dots outside fall
    into that border and are never shown.
    """

    def __init__(self) -> None:
        self.width = self.height = 0
        self.version = 0  # of the memory: another one after the picture or its border grew
        self._border = 0
        self._reach = 0
        self._stride = 0
        self._buffer = np.zeros(0, np.uint32)
        self._key: tuple[object, ...] = ()
        self._offsets = np.zeros(0, np.int64)
        self._keep = self._colour = np.zeros((0, 0), np.uint32)
        self._scratch: list[Array] = []

    @property
    def stride(self) -> int:
        """Pixels from one row to the next."""
        return self._stride

    @property
    def pixels(self) -> Array:
        """The picture as (height, width) uint32, a view that the next render overwrites."""
        whole = self._buffer.reshape(-1, self._stride)
        edge = self._border
        return whole[edge : edge + self.height, edge : edge + self.width]

    @property
    def memory(self) -> Array:
        """Flat uint32 memory that starts at the picture's first pixel; rows are `stride` apart."""
        return self._buffer[self._border * self._stride + self._border :]

    def resize(self, width: int, height: int) -> None:
        """Give the picture another size in pixels; it is empty afterwards."""
        if (width, height) == (self.width, self.height):
            return
        self.width, self.height = max(0, width), max(0, height)
        self._allocate(self._border)

    def _allocate(self, border: int) -> None:
        self.version += 1
        self._border = border
        self._stride = self.width + 2 * self._border
        self._buffer = np.zeros((self.height + 2 * self._border) * self._stride, np.uint32)
        self._key = ()

    def set_dots(self, radius: float, colours: Array, opacity: float | Array) -> None:
        """Radius in pixels, colours (c, 3) uint8 as red, green, blue, and opacity in [0, 1] of a dot: one for
        all, or one per colour (c,)."""
        stamp_reach = Stamp.reach_of(radius)
        border = 8 * -(
            -(2 * stamp_reach + 3) // 8
        )  # room for a dot beside the picture, in few different sizes
        if border > self._border:
            self._allocate(border)
        strength = np.broadcast_to(np.asarray(opacity, float), len(colours))
        key = (radius, colours.tobytes(), strength.tobytes(), self._stride)
        if key == self._key:
            return
        self._key = key
        stamp = Stamp(radius)
        self._reach = stamp_reach
        self._offsets = (stamp.dy * self._stride + stamp.dx).astype(np.int64)
        alpha = np.rint(stamp.coverage * strength[:, None, None] * 255.0).astype(np.uint32)  # (c, phases, k)
        # What is left of the pixel below, of 256: alpha 255 leaves nothing, alpha 0 everything.
        keep = (256 - (alpha + (alpha >> 7))).astype(np.uint32)
        self._keep = np.ascontiguousarray(keep.reshape(-1, alpha.shape[2]))  # (c * phases, k)
        made: Array = alpha << np.uint32(24)
        for channel, shift in enumerate((16, 8, 0)):
            value = colours[:, channel].astype(np.uint32)[:, None, None]
            made = made | (((value * alpha + 127) // 255) << shift)  # premultiplied
        self._colour = np.ascontiguousarray(made.reshape(-1, alpha.shape[2]))  # (c * phases, k)
        size = (BATCH, len(self._offsets))
        self._scratch = [np.empty(size, np.int64), *(np.empty(size, np.uint32) for _ in range(4))]

    def clear(self) -> None:
        """Make every pixel transparent."""
        self._buffer.fill(0)

    def render(self, x: Array, y: Array, colour: Array) -> None:
        """Clear, then paint dots at pixel coordinates x, y (n,) float32 (0, 0 is the top left corner of the
        top left pixel) in palette entries colour (n,) int64. Values must not be NaN; outside is fine."""
        self.clear()
        if len(x) == 0 or self.width == 0 or self.height == 0 or not self._scratch:
            return
        edge = self._border
        low = -float(PHASES * (self._reach + 1))  # from there on a dot cannot be seen
        column = np.clip(x * np.float32(PHASES), low, PHASES * self.width - low)
        row = np.clip(y * np.float32(PHASES), low, PHASES * self.height - low)
        column = (column + np.float32(PHASES * edge)).astype(np.int64)
        row = (row + np.float32(PHASES * edge)).astype(np.int64)
        start = (row // PHASES) * self._stride
        start += column // PHASES
        phase = (row % PHASES) * PHASES
        phase += column % PHASES
        entry = colour * (PHASES * PHASES)
        entry += phase
        for first in range(0, len(x), BATCH):
            some = slice(first, min(first + BATCH, len(x)))
            self._paint(start[some], entry[some])

    def _paint(self, start: Array, entry: Array) -> None:
        """One batch over what is there: result = dot + below * (1 - alpha), two channels in each product."""
        where, below, other, keep, dot = (array[: len(start)] for array in self._scratch)
        np.add(start[:, None], self._offsets, out=where)
        np.take(self._keep, entry, axis=0, out=keep, mode="clip")
        np.take(self._colour, entry, axis=0, out=dot, mode="clip")
        np.take(self._buffer, where, out=below, mode="clip")
        np.bitwise_and(below, _LANES, out=other)
        np.multiply(other, keep, out=other)
        np.right_shift(other, 8, out=other)
        np.bitwise_and(other, _LANES, out=other)
        np.right_shift(below, 8, out=below)
        np.bitwise_and(below, _LANES, out=below)
        np.multiply(below, keep, out=below)
        np.bitwise_and(below, _HIGH_LANES, out=below)
        np.add(dot, other, out=dot)
        np.add(dot, below, out=dot)
        self._buffer[where.ravel()] = dot.ravel()
