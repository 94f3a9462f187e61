"""What a flat map keeps of the neighbourhoods it was made from: trustworthiness, continuity, purity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

NEIGHBOURS = 10
MOST = 10_000  # points compared pair by pair: 5 s of one core at 784 features; of more a random part
CHUNK_ROWS = 256  # rows of distances at once: 10 MB at 10,000 points
EXACT_FEATURES = 64  # up to so many in float64; the rank of one neighbour of many does not need it


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How a map stands to what it was made from, each in [0, 1], 1 is best.

    trustworthiness: neighbours on the map are neighbours in the source, too (Venna and Kaski 2001)
    continuity:      the same with both exchanged: neighbours in the source have not been torn apart
    purity:          share of the k nearest on the map that have the point's own class; None without labels
    source_purity:   the same in the source
    n, of:           points that it was measured on, and points of the map
    """

    trustworthiness: float
    continuity: float
    purity: float | None
    source_purity: float | None
    k: int
    n: int
    of: int


def quality(
    source: Array,
    places: Array,
    labels: Array | None = None,
    *,
    k: int = NEIGHBOURS,
    most: int = MOST,
    seed: int = 0,
) -> Quality:
    """Compare places (n, 2) with the samples (n, d) they stand for; labels (n,) or None.

    k becomes smaller where there are fewer than 2 k + 2 points, as the normalisation asks for k < n / 2.
    Raises ValueError for arrays of different length, fewer than 4 points, or values that are not finite.
    """
    total = len(places)
    if len(source) != total or (labels is not None and len(labels) != total):
        raise ValueError(f"source, places and labels must be equally long, got {len(source)} and {total}")
    if total < 4:
        raise ValueError(f"a map needs at least 4 points to be judged, got {total}")
    if total > most:
        rows = np.sort(np.random.default_rng([seed, 0xE0]).permutation(total)[:most])
        source, places = source[rows], places[rows]
        labels = None if labels is None else labels[rows]
    far, flat = _Distances(source), _Distances(places)
    n = len(places)
    k = max(1, min(k, (n - 1) // 2))
    lost = torn = own = own_before = 0
    for start in range(0, n, CHUNK_ROWS):
        rows = np.arange(start, min(n, start + CHUNK_ROWS))
        there, here = far.rows(rows), flat.rows(rows)  # (chunk, n) each
        near_there, near_here = _nearest(there, k), _nearest(here, k)  # (chunk, k)
        lost += _penalty(there, near_here, k)
        torn += _penalty(here, near_there, k)
        if labels is not None:
            same = labels[rows][:, None]
            own += int(np.count_nonzero(labels[near_here] == same))
            own_before += int(np.count_nonzero(labels[near_there] == same))
    scale = 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0))
    return Quality(
        trustworthiness=1.0 - scale * lost,
        continuity=1.0 - scale * torn,
        purity=None if labels is None else own / (n * k),
        source_purity=None if labels is None else own_before / (n * k),
        k=k,
        n=n,
        of=total,
    )


class _Distances:
    """Squared Euclidean distances of some rows to all, a row to itself infinite."""

    def __init__(self, points: Array) -> None:
        kind = np.float64 if points.shape[1] <= EXACT_FEATURES else np.float32
        self._points: Array = np.array(points, kind, order="C")
        if not np.isfinite(self._points).all():
            raise ValueError("places and samples must be finite numbers")
        self._points = self._points - self._points.mean(axis=0)
        self._squares: Array = np.square(self._points).sum(axis=1)  # (n,)

    def rows(self, rows: Array) -> Array:
        """(m,) -> (m, n)."""
        points = self._points
        if points.shape[1] <= 3:  # exact where points lie close together
            found = np.zeros((len(rows), len(points)), points.dtype)
            for axis in range(points.shape[1]):
                found += np.square(points[rows, axis][:, None] - points[:, axis])
        else:
            found = points[rows] @ points.T  # (m, n)
            found *= -2.0
            found += self._squares
            found += self._squares[rows][:, None]
        found[np.arange(len(rows)), rows] = np.inf
        return found


def _nearest(distances: Array, k: int) -> Array:
    """Columns of the k smallest values of each row: (m, n) -> (m, k)."""
    return np.argpartition(distances, k - 1, axis=1)[:, :k]


def _penalty(distances: Array, neighbours: Array, k: int) -> int:
    """Sum over rows and their neighbours (m, k) of how far each one's rank in `distances` lies beyond k."""
    total = 0
    for one in neighbours.T:  # (m,)
        limit = np.take_along_axis(distances, one[:, None], axis=1)
        rank = np.count_nonzero(distances < limit, axis=1) + 1
        total += int(np.maximum(rank - k, 0).sum())
    return total
