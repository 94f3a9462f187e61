"""How sure an accuracy is, what was taken for what, and which samples a comparison is made on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution
# The 97.5 % quantile of Student's t for 1, 2, ... degrees of freedom.
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
        2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048,
        2.045)  # fmt: skip


def wilson(correct: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Interval for a share of `correct` among n, by default at 95 % (Wilson 1927): (low, high) in [0, 1].

    Unlike the usual one it stays inside [0, 1] and has a width also at 0 and n. Raises ValueError for n < 1
    or a count outside [0, n].
    """
    if n < 1 or not 0 <= correct <= n:
        raise ValueError(f"correct must lie in [0, n] with n at least 1, got {correct} of {n}")
    share, square = correct / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Band:
    """Mean of repeated measurements with its 95 % interval; of a single one the interval is the value."""

    mean: float
    low: float
    high: float
    repeats: int


def band(values: Array | list[float]) -> Band:
    """Mean and Student's 95 % interval of the mean of (k,) values, k > 0."""
    found = np.asarray(values, np.float64)
    if found.ndim != 1 or not len(found):
        raise ValueError(f"values must have shape (k,) with k > 0, got {found.shape}")
    mean, k = float(found.mean()), len(found)
    if k == 1:
        return Band(mean, mean, mean, 1)
    half = _T95[min(k - 2, len(_T95) - 1)] * float(found.std(ddof=1)) / math.sqrt(k)
    return Band(mean, mean - half, mean + half, k)


def measured(accuracies: list[float], n_test: int) -> Band:
    """The band over repeats; of a single one the Wilson interval for its n_test samples."""
    if len(accuracies) > 1:
        return band(accuracies)
    low, high = wilson(round(accuracies[0] * n_test), n_test)
    return Band(accuracies[0], low, high, 1)


def confusion(truth: Array, predicted: Array, classes: int) -> Array:
    """How often class i (row) was taken for class j (column): (classes, classes) int64."""
    flat = np.bincount(np.asarray(truth) * classes + np.asarray(predicted), minlength=classes * classes)
    return flat.reshape(classes, classes)


def draw(n: int, size: int | None, seed: int) -> Array:
    """`size` of n rows at random, in rising order, all of them for None: (k,) int64.

    The same for the same arguments; a larger size holds every row of a smaller one.
    """
    if size is None or size >= n:
        return np.arange(n, dtype=np.int64)
    return np.sort(np.random.default_rng([seed, 0xF0]).permutation(n)[:size])


def draw_per_class(labels: Array, count: int | None, seed: int) -> Array:
    """`count` rows of each class at random, all rows for None: (k,) int64, rising.

    A class with fewer rows gives all of them. A larger count holds every row of a smaller one.
    """
    if count is None:
        return np.arange(len(labels), dtype=np.int64)
    order = np.random.default_rng([seed, 0xC1]).permutation(len(labels))
    taken = [order[labels[order] == label][:count] for label in np.unique(labels)]
    return np.sort(np.concatenate(taken))
