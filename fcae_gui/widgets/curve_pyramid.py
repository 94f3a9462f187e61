"""Makes a curve of millions of values cheap to draw: extremes and smoothed means per pixel column. No Qt."""

from __future__ import annotations

import numpy as np

BASE = 16  # values per block of the next level; 16 keeps the levels at a fifteenth of the values' memory
STRIDE = 4  # a smoothed curve hardly changes in fewer steps, so only every fourth value of it is kept
YOUNG = 10.0  # a time constant of so small a part of the steps made
_BLOCK = 64  # values smoothed by one small matrix product


def grown(array: np.ndarray, used: int, needed: int) -> np.ndarray:
    """`array` with room for `needed` entries, its first `used` kept: doubled when full, else itself."""
    if needed <= len(array):
        return array
    larger = np.empty((max(needed, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[:used] = array[:used]
    return larger


def within(values: np.ndarray, n: int) -> np.ndarray:
    """Clipped to [0, n]; np.clip looks up the limits of the type first, which costs more."""
    return np.minimum(np.maximum(values, 0), n)


class CurvePyramid:
    """Values in order, with exact minima and maxima over any ranges: O(new) to append, O(ranges) to ask.

    Values that are not finite are kept as NaN and never become an extreme.
    """

    def __init__(self) -> None:
        self._values = np.empty(4096, np.float32)
        self._lows: list[np.ndarray] = []  # level j: one entry per complete block of BASE ** (j + 1) values
        self._highs: list[np.ndarray] = []
        self._counts: list[int] = []
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def values(self) -> np.ndarray:
        """(n,) float32: a view, to be read and not written."""
        return self._values[: self._n]

    def append(self, values: np.ndarray) -> None:
        """Add (k,) values."""
        end = self._n + len(values)
        self._values = grown(self._values, self._n, end)
        fresh = self._values[self._n : end]
        fresh[:] = values
        fresh[~np.isfinite(fresh)] = np.nan
        self._n = end
        lows = highs = self._values
        available, level = end, 0
        while available >= BASE:
            if level == len(self._counts):
                self._lows.append(np.empty(256, np.float32))
                self._highs.append(np.empty(256, np.float32))
                self._counts.append(0)
            start, stop = self._counts[level], available // BASE
            if stop == start:
                return  # no block was completed here, so none can have been above
            self._lows[level] = grown(self._lows[level], start, stop)
            self._highs[level] = grown(self._highs[level], start, stop)
            span = slice(start * BASE, stop * BASE)
            np.fmin.reduce(lows[span].reshape(-1, BASE), axis=1, out=self._lows[level][start:stop])
            np.fmax.reduce(highs[span].reshape(-1, BASE), axis=1, out=self._highs[level][start:stop])
            self._counts[level] = stop
            lows, highs, available, level = self._lows[level], self._highs[level], stop, level + 1

    def truncate(self, n: int) -> None:
        """Keep the first `n` values."""
        self._n = min(self._n, max(0, n))
        available = self._n
        for level in range(len(self._counts)):
            available //= BASE
            self._counts[level] = min(self._counts[level], available)

    def extremes(self, starts: np.ndarray, stops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Exact (minimum, maximum) of values[start:stop] per range: two (m,) float32, NaN where empty."""
        a, b = within(starts, self._n).astype(np.int64), within(stops, self._n).astype(np.int64)
        np.maximum(a, b, out=b)
        low = np.full(len(a), np.nan, np.float32)
        high = np.full(len(a), np.nan, np.float32)
        lows = highs = self._values
        for level in range(len(self._counts) + 1):
            up, down = -(-a // BASE), b // BASE  # whole blocks of the next level inside the range
            has_next = level < len(self._counts) and self._counts[level] > 0
            inner = (up < down) if has_next else np.zeros(len(a), bool)
            _fold(lows, highs, a, np.where(inner, up * BASE, b), low=low, high=high)
            _fold(lows, highs, np.where(inner, down * BASE, b), b, low=low, high=high)
            if not inner.any():
                break
            a, b = np.where(inner, up, 0), np.where(inner, down, 0)
            lows, highs = self._lows[level], self._highs[level]
        return low, high


def _fold(
    lows: np.ndarray, highs: np.ndarray, a: np.ndarray, b: np.ndarray, *, low: np.ndarray, high: np.ndarray
) -> None:
    """Fold entries [a, b) of one level into `low` and `high`; the ranges are short, so they are gathered."""
    longest = int((b - a).max(initial=0))
    if longest <= 0:
        return
    at = a[:, None] + np.arange(longest)  # (m, longest)
    outside = at >= b[:, None]
    at[outside] = 0
    for source, into, fold in ((lows, low, np.fmin), (highs, high, np.fmax)):
        found = source[at]
        found[outside] = np.nan
        fold(into, fold.reduce(found, axis=1), out=into)


class SmoothedCurve:
    """Exponentially smoothed values, as they come.

    steps: the time constant; a value's weight falls to 1/e after so many later ones. At the start, where a
    loss falls fastest, the time constant is a tenth of the steps made, so that the curve does not lag.
    """

    def __init__(self, steps: float) -> None:
        self._decay = float(np.exp(-1.0 / steps))
        self._young = int(YOUNG * steps)  # until here the time constant grows
        powers = self._decay ** np.arange(_BLOCK + 1)
        ages = np.arange(_BLOCK)[:, None] - np.arange(_BLOCK)[None, :]
        self._weights = np.where(ages >= 0, (1 - self._decay) * self._decay ** np.maximum(ages, 0), 0.0)
        self._fade = powers[1:]
        self._sums = np.zeros(1024)  # running sums of the kept values: sums[i] is that of the first i
        self._n = 0
        self._kept = 0
        self._state = 0.0
        self._finite = 0.0

    def __len__(self) -> int:
        return self._n

    @property
    def last(self) -> float:
        """The smoothed value at the newest step, NaN before the first."""
        return self._state if self._n else float("nan")

    def append(self, values: np.ndarray) -> None:
        """Add (k,) values; one that is not finite counts as the finite one before it."""
        x = np.asarray(values, np.float64)
        if not len(x):
            return
        good = np.isfinite(x)
        if not good.all():
            at = np.maximum.accumulate(np.where(good, np.arange(len(x)), -1))
            x = np.where(at >= 0, x[np.maximum(at, 0)], self._finite)
        self._finite = float(x[-1])
        young = max(0, min(len(x), self._young - self._n))
        if young:
            self._keep(self._begin(x[:young]))
            x = x[young:]
        if len(x):
            self._keep(self._go_on(x))

    def _begin(self, x: np.ndarray) -> np.ndarray:
        """The first values one by one, with the growing time constant."""
        state, smooth = self._state, np.empty(len(x))
        for i, value in enumerate(x.tolist()):
            state += (value - state) / (1.0 + (self._n + i) / YOUNG)
            smooth[i] = state
        return smooth

    def _go_on(self, x: np.ndarray) -> np.ndarray:
        """All later values, many at once."""
        n_blocks = -(-len(x) // _BLOCK)
        padded = np.zeros(n_blocks * _BLOCK)
        padded[: len(x)] = x
        local = padded.reshape(n_blocks, _BLOCK) @ self._weights.T  # as if each block began at zero
        carried = np.empty(n_blocks)
        state, full = self._state, float(self._fade[-1])
        for i, tail in enumerate(local[:, -1].tolist()):
            carried[i] = state
            state = tail + full * state
        local += carried[:, None] * self._fade
        return local.reshape(-1)[: len(x)]

    def _keep(self, smooth: np.ndarray) -> None:
        """Store every STRIDE-th of the next smoothed values."""
        self._state = float(smooth[-1])
        kept = smooth[-self._n % STRIDE :: STRIDE]
        self._sums = grown(self._sums, self._kept + 1, self._kept + 1 + len(kept))
        self._sums[self._kept + 1 : self._kept + 1 + len(kept)] = self._sums[self._kept] + np.cumsum(kept)
        self._kept += len(kept)
        self._n += len(smooth)

    def means(self, starts: np.ndarray, stops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(mean index, mean smoothed value) of the kept values in [start, stop): NaN where there are none."""
        a = within(-(-starts // STRIDE), self._kept)
        b = np.maximum(within(-(-stops // STRIDE), self._kept), a)
        count = b - a
        some = count > 0
        mean = np.full(len(a), np.nan)
        np.divide(self._sums[b] - self._sums[a], count, out=mean, where=some)
        return np.where(some, (a + b - 1) / 2 * STRIDE, np.nan), mean

    def at(self, index: int) -> float:
        """The smoothed value kept nearest before `index`, NaN without one."""
        if not self._kept:
            return float("nan")
        i = min(max(index, 0) // STRIDE, self._kept - 1)
        return float(self._sums[i + 1] - self._sums[i])
