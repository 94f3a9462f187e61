"""Where on a map there is data: a fog over the empty parts, and how far a code lies from the data's codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Box = tuple[float, float, float, float]

CELLS = 64  # per axis
BLUR_CELLS = 1.6  # standard deviation of the Gaussian
CLEAR_QUANTILE = 0.15  # the air is clear where the density is that of all but so many points
BORDER = 0.12  # of the extent, around it: the blur of the outermost points has room

NEIGHBOURS = 3  # the mean over a few is calmer than the one nearest
PROBES = 100  # codes whose spacing is measured
MOST_NUMBERS = 80_000  # of codes that are compared with at every move of the cursor: about a millisecond


@dataclass(frozen=True, slots=True)
class Fog:
    """Clearness of the air on a grid over `box`: (CELLS, CELLS) float32 in [0, 1], rows from the bottom."""

    box: Box
    clear: np.ndarray

    def at(self, places: np.ndarray) -> np.ndarray:
        """Clearness at places (n, 2), bilinear: (n,) float32, 0 outside the box."""
        left, bottom, right, top = self.box
        span = np.array([right - left, top - bottom])
        cell = (np.asarray(places, np.float64) - (left, bottom)) / span * CELLS - 0.5  # (n, 2)
        low = np.floor(cell)
        part = cell - low
        low = np.clip(low, -2, CELLS).astype(np.int64) + 2  # two cells of nothing all round
        padded = np.pad(self.clear, 2)
        x, y = np.clip(low[:, 0], 0, CELLS + 2), np.clip(low[:, 1], 0, CELLS + 2)
        across, up = part[:, 0], part[:, 1]
        lower = padded[y, x] * (1 - across) + padded[y, x + 1] * across
        upper = padded[y + 1, x] * (1 - across) + padded[y + 1, x + 1] * across
        return (lower * (1 - up) + upper * up).astype(np.float32)


def fog_over(places: np.ndarray) -> Fog | None:
    """The fog for places (n, 2) of data on the map, None when fewer than three are finite."""
    places = np.asarray(places, np.float64)
    places = places[np.isfinite(places).all(axis=1)]
    if len(places) < 3:
        return None
    low, high = places.min(axis=0), places.max(axis=0)
    middle, size = (low + high) / 2, float((high - low).max())
    size = max(size, 1e-6 * max(1.0, float(np.abs(middle).max())))
    half = np.maximum(high - low, 0.05 * size) * (0.5 + BORDER)
    low, high = middle - half, middle + half
    cell = ((places - low) / (high - low) * CELLS).astype(np.int64).clip(0, CELLS - 1)  # (n, 2)
    flat = cell[:, 1] * CELLS + cell[:, 0]
    counts = np.bincount(flat, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    away = np.arange(CELLS)[:, None] - np.arange(CELLS)[None, :]
    blur = np.exp(-0.5 * (away / BLUR_CELLS) ** 2)
    blur /= blur.sum(axis=0, keepdims=True)
    density = blur @ counts @ blur.T
    usual = float(np.quantile(density.ravel()[flat], CLEAR_QUANTILE))
    clear = np.sqrt(np.clip(density / max(usual, 1e-12), 0.0, 1.0)).astype(np.float32)
    return Fog((float(low[0]), float(low[1]), float(high[0]), float(high[1])), clear)


@dataclass(frozen=True, slots=True)
class Spread:
    """Codes (n, d) float32 of data, and how far apart neighbours among them usually are."""

    codes: np.ndarray
    spacing: float

    def away(self, z: np.ndarray) -> float:
        """How far the code z (d,) lies from the data's nearest codes, in units of their own spacing.

        About 1 among the data. The spacing is that around the nearest codes, and at least the usual one of
        all: one step off a crowded spot is not far. Infinity when z is not finite.
        """
        if not np.isfinite(z).all():
            return float("inf")
        far = _distances(self.codes, z)
        nearest = np.argpartition(far, NEIGHBOURS - 1)[:NEIGHBOURS]
        local = float(np.mean([_own_spacing(self.codes, int(row)) for row in nearest]))
        return float(far[nearest].mean()) / max(local, self.spacing, 1e-12)


def spread_of(codes: np.ndarray) -> Spread | None:
    """Measure (n, d) codes; of very many, some are taken. None when there are too few."""
    codes = np.asarray(codes, np.float32)
    codes = codes[np.isfinite(codes).all(axis=1)]
    most = max(1000, MOST_NUMBERS // max(1, codes.shape[1]))
    codes = np.ascontiguousarray(codes[:: -(-len(codes) // most) or 1])
    if len(codes) < 2 * NEIGHBOURS:
        return None
    rows = np.linspace(0, len(codes) - 1, min(PROBES, len(codes))).astype(np.int64)
    return Spread(codes, float(np.median([_own_spacing(codes, int(row)) for row in rows])))


def _own_spacing(codes: np.ndarray, row: int) -> float:
    """Mean distance of a code to its nearest others."""
    far = _distances(codes, codes[row])
    far[row] = np.inf
    return float(np.partition(far, NEIGHBOURS - 1)[:NEIGHBOURS].mean())


def _distances(codes: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(n,) distances, by differences: squares of large coordinates would cancel in float32."""
    if codes.shape[1] <= 3:  # column by column: no (n, d) array is made
        square = np.zeros(len(codes), np.float32)
        for axis in range(codes.shape[1]):
            apart = codes[:, axis] - np.float32(z[axis])
            square += apart * apart
    else:
        apart = codes - np.asarray(z, np.float32)
        square = np.einsum("ij,ij->i", apart, apart)
    return np.sqrt(square)
