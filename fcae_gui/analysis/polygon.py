"""Which of very many points lie inside a drawn outline, within a few milliseconds."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


class SortedPoints:
    """Points sorted by height once, so that each edge of an outline meets only those at its own height.

    x, y: (n,); points that are not finite are never inside.
    """

    def __init__(self, x: Array, y: Array) -> None:
        usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        y = np.asarray(y, np.float32)[usable]
        order = y.argsort()
        self._n = len(x)
        self._order = usable[order]
        self._x = np.asarray(x, np.float32)[self._order]
        self._y = y[order]

    def inside(self, outline: Array) -> Array:
        """Even-odd rule: which points are inside the closed outline (m, 2)? (n,) bool.

        A ray from a point to the right crosses the outline an odd number of times. Less than three corners
        hold nothing.
        """
        found = np.zeros(self._n, bool)
        corners = np.asarray(outline, np.float32)
        if len(corners) < 3 or not np.isfinite(corners).all():
            return found
        start, end = corners, np.roll(corners, -1, axis=0)
        low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
        first, last = np.searchsorted(self._y, low), np.searchsorted(self._y, high)
        rise = end[:, 1] - start[:, 1]
        slope = (end[:, 0] - start[:, 0]) / np.where(rise == 0.0, np.float32(1.0), rise)
        odd = np.zeros(len(self._order), bool)
        for i in np.flatnonzero(last > first):
            some = slice(first[i], last[i])
            cut = self._y[some] - start[i, 1]
            cut *= slope[i]
            cut += start[i, 0]
            odd[some] ^= self._x[some] < cut
        found[self._order[odd]] = True
        return found


def inside(x: Array, y: Array, outline: Array) -> Array:
    """SortedPoints(x, y).inside(outline), for a single question."""
    return SortedPoints(x, y).inside(outline)
