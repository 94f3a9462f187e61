"""Where points are drawn between two refreshes: they glide, and their class centres with them. No Qt."""

from __future__ import annotations

import numpy as np

from fcae_gui.widgets.view_box import Box

Array = np.ndarray

FAR = np.float32(1e18)  # stands for a coordinate that cannot be drawn; beyond every view
LIMIT = 1e15  # larger values are no place on a map
SHORTEST_S = 0.05
LONGEST_S = 4.0  # after a long wait a glide still ends soon
FIRST_S = 0.5  # before an interval is known
STRETCH = 1.5  # longer than the interval, so that points never stop and go
ROBUST = 0.004  # share of points on each side that may be left out of the range when they lie far off
REACH = 0.35  # how far beyond that the range goes, in sizes of the robust box
CELLS = 28  # a side of the grid in which classes are told to be pure or mixed
SAMPLE = 20_000  # of the points decide the robust box


class PointMotion:
    """Points in drawing order (a fixed shuffle, so that no class hides another): x, y are (n,) float32."""

    def __init__(self) -> None:
        self.x = self.y = np.zeros(0, np.float32)
        self.order = np.zeros(0, np.int64)  # drawing position -> index of the caller
        self.bounds: Box | None = None
        self.drawable = 0  # points with a place
        self.gliding = False
        self._from = self._to = np.zeros((2, 0), np.float32)
        self._began = self._last_set = -1.0
        self._length = self._interval = FIRST_S

    def __len__(self) -> int:
        return len(self.order)

    def clear(self) -> None:
        """No points."""
        self.__init__()  # type: ignore[misc]

    def set_points(self, xy: Array, now: float, *, glide: bool) -> None:
        """New positions (n, 2); `now` in seconds. Another number of points, or no glide: placed at once."""
        n = len(xy)
        same = n == len(self.order) and n > 0
        if not same:
            self.order = np.random.default_rng(20).permutation(n)
        new = np.ascontiguousarray(np.asarray(xy, np.float32).T).take(self.order, axis=1)
        good = np.abs(new).max(axis=0, initial=0.0) < LIMIT  # False for NaN as well
        self.drawable = int(np.count_nonzero(good))
        if self.drawable < n:
            new[:, ~good] = FAR
        self.bounds = _bounds(new if self.drawable == n else new[:, good])
        if same and glide:
            self._time(now)
            begin = np.stack([self.x, self.y])
            if self.drawable < n or (begin[0] >= FAR).any():
                begin = np.where((begin >= LIMIT) | (new >= LIMIT), new, begin)
            self._from, self._to, self._began, self.gliding = begin, new, now, True
        else:
            self._to, self.gliding = new, False
            self.x, self.y = new[0], new[1]
            self._interval = FIRST_S
        self._last_set = now

    def _time(self, now: float) -> None:
        """A glide takes as long as refreshes have lately been apart."""
        passed = min(max(now - self._last_set, SHORTEST_S), LONGEST_S)
        self._interval += 0.5 * (passed - self._interval)
        self._length = min(STRETCH * max(passed, self._interval), LONGEST_S)

    def advance(self, now: float) -> bool:
        """Move the points to where they are at `now`; True when they moved."""
        if not self.gliding:
            return False
        part = self.part(now)
        if part >= 1.0:
            self.x, self.y = self._to[0], self._to[1]
            self.gliding = False
        else:
            between = self._to - self._from
            between *= np.float32(part)
            between += self._from
            self.x, self.y = between[0], between[1]
        return True

    def part(self, now: float) -> float:
        """How much of the present glide is done, 1 when there is none."""
        if not self.gliding:
            return 1.0
        return min(1.0, max(0.0, (now - self._began) / self._length))

    def centres(self, label: Array, classes: int) -> Array:
        """Centres of `classes` classes where the points are going, (classes, 2), NaN where a class is empty.

        label: (n,) in drawing order, in [0, classes). A mean in which points among their own kind count more
        than those in a crowd, and far ones less: where a person would write the name.
        """
        x, y = self._to
        if self.drawable < len(x):
            good = x < LIMIT
            x, y, label = x[good], y[good], label[good]
        weight = self._purity(x, y, label, classes) ** 2
        centre = np.full((classes, 2), np.nan)
        for _ in range(2):
            total = np.bincount(label, weight, classes)
            with np.errstate(invalid="ignore", divide="ignore"):
                centre[:, 0] = np.bincount(label, weight * x, classes) / total
                centre[:, 1] = np.bincount(label, weight * y, classes) / total
                middle = centre.astype(np.float32)
                away = np.abs(x - middle[label, 0]) + np.abs(y - middle[label, 1])
                spread = np.bincount(label, weight * away, classes) / total
                nearer = np.float32(1.0) / (1.0 + (away / spread.astype(np.float32)[label]) ** 2)
            weight = weight * np.nan_to_num(nearer, copy=False, nan=1.0)
        return centre

    def _purity(self, x: Array, y: Array, label: Array, classes: int) -> Array:
        """Share of a point's own class in its cell of a coarse grid: (n,) float32 in (0, 1]."""
        if self.bounds is None or classes * CELLS * CELLS > 1_000_000:
            return np.ones(len(x), np.float32)
        left, bottom, right, top = self.bounds
        size = max(right - left, top - bottom) or 1.0
        column = np.clip((x - np.float32(left)) * np.float32(CELLS / size), 0, CELLS - 1).astype(np.int64)
        cell = np.clip((y - np.float32(bottom)) * np.float32(CELLS / size), 0, CELLS - 1).astype(np.int64)
        cell *= CELLS
        cell += column
        own = cell * classes + label
        count = np.bincount(own, minlength=CELLS * CELLS * classes).astype(np.float32)
        every = count.reshape(-1, classes).sum(axis=1)
        return count[own] / every[cell]

    def nearest(self, x: float, y: float, reach: float, among: Array | None = None) -> int:
        """Index (the caller's) of the drawn point nearest to the world point, -1 when none is within `reach`.

        among: drawing positions to look at, None for all.
        """
        if len(self.order) == 0:
            return -1
        xs, ys = (self.x, self.y) if among is None else (self.x[among], self.y[among])
        if len(xs) == 0:
            return -1
        dx, dy = xs - np.float32(x), ys - np.float32(y)
        away = dx * dx
        away += dy * dy
        best = int(away.argmin())
        if not away[best] <= reach * reach:
            return -1
        return int(self.order[best if among is None else among[best]])


def _bounds(points: Array) -> Box | None:
    """Left, bottom, right, top of (2, n) points; single points far outside the rest are left out."""
    if points.shape[1] == 0:
        return None
    low, high = points.min(axis=1).astype(float), points.max(axis=1).astype(float)
    few = points[:, :SAMPLE]
    n = few.shape[1]
    if n >= 200:
        cut = max(1, round(ROBUST * n))
        parted = np.partition(few, (cut, n - 1 - cut), axis=1)
        inner_low, inner_high = parted[:, cut].astype(float), parted[:, n - 1 - cut].astype(float)
        reach = REACH * float((inner_high - inner_low).max())
        if reach > 0.0:
            low = np.maximum(low, inner_low - reach)
            high = np.minimum(high, inner_high + reach)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
