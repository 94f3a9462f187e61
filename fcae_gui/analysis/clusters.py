"""k-means on codes: Lloyd's rounds from a k-means++ start, or from where the last refresh ended."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

ROUNDS = 25  # far from converged never matters here: the next refresh goes on from there
CHUNK = 8192  # rows compared at once


def k_means(points: Array, k: int, *, start: Array | None = None, seed: int = 0) -> tuple[Array, Array]:
    """Cluster of each of (n, d) points, (n,) int64, and the centres, (k, d) float32.

    start: (k, d) centres to begin from, so that clusters keep their numbers while the points move; otherwise
    k-means++ (Arthur and Vassilvitskii 2007). Points that are not finite go to cluster 0 and move nothing.
    Raises ValueError when there are fewer finite points than clusters.
    """
    finite = np.isfinite(points).all(axis=1)
    good = np.ascontiguousarray(points[finite], np.float32)
    if len(good) < k:
        raise ValueError(f"{k} clusters need at least {k} points, got {len(good)}")
    fits = start is not None and start.shape == (k, points.shape[1]) and np.isfinite(start).all()
    centres = start.astype(np.float32) if fits and start is not None else _plus_plus(good, k, seed)
    labels = _nearest(good, centres)
    for _ in range(ROUNDS):
        sums = np.zeros(centres.shape, np.float64)
        np.add.at(sums, labels, good)
        counts = np.bincount(labels, minlength=k)
        filled = counts > 0
        centres = centres.copy()
        centres[filled] = sums[filled] / counts[filled, None]
        moved = _nearest(good, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    found = np.zeros(len(points), np.int64)
    found[finite] = labels
    return found, centres


def _nearest(points: Array, centres: Array) -> Array:
    """Index of the nearest centre of each point: (n,) int64."""
    half = 0.5 * np.einsum("kd,kd->k", centres, centres)
    found = np.empty(len(points), np.int64)
    for first in range(0, len(points), CHUNK):
        part = points[first : first + CHUNK]
        found[first : first + CHUNK] = (part @ centres.T - half).argmax(axis=1)  # (chunk, k)
    return found


def _plus_plus(points: Array, k: int, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    some = points[rng.choice(len(points), min(len(points), 10_000), replace=False)]
    centres = [some[rng.integers(len(some))]]
    square = np.full(len(some), np.inf)
    for _ in range(k - 1):
        square = np.minimum(square, np.square(some - centres[-1], dtype=np.float64).sum(axis=1))
        total = square.sum()
        share = square / total if total > 0 else np.full(len(some), 1 / len(some))
        centres.append(some[rng.choice(len(some), p=share)])
    return np.stack(centres)
