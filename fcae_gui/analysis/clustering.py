"""Three ways to find clusters without labels, how well they agree with labels, and what a distance costs."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

NOISE = -1
FULL_UP_TO = 64  # features up to which a Gaussian has a full covariance: (d, d) numbers per cluster
FLOOR = 0.1  # of the mean variance: a pixel that is nearly always black must not decide alone
STARTS = 4  # of k-means; the best counts
ROUNDS = 100
SMALLEST = 0.01  # share of the samples that HDBSCAN calls a cluster
CORE = 5  # neighbours that make a place dense, for HDBSCAN
MOST_HIGH = 3_000  # samples for HDBSCAN above FULL_UP_TO features: it needs all n x n distances
CHUNK = 1_000  # rows of a matrix of distances that are there at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way. text: one plain sentence on how it decides, for a tooltip."""

    name: str
    title: str
    text: str


_ALL = (
    Method(
        name="kmeans", title="k-means",
        text="k centres; every sample belongs to the nearest one, every centre is the mean of its samples. "
        f"The best of {STARTS} starts.",
    ),
    Method(
        name="gmm", title="Gaussian mixture",
        text="k Gaussian clouds that together make the samples most likely; with full covariances up to "
        f"{FULL_UP_TO} features, above that one variance per feature and cloud.",
    ),
    Method(
        name="hdbscan", title="HDBSCAN",
        text="Dense regions with sparse ones between them; it finds the number of clusters itself, none "
        f"smaller than {SMALLEST:.0%} of the samples, and calls the rest noise. Above {FULL_UP_TO} features "
        f"it takes {MOST_HIGH:,} samples at most, because it needs all their distances.",
    ),
)  # fmt: skip
METHODS: dict[str, Method] = {one.name: one for one in _ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """labels (n,) int64, NOISE where a sample is in no cluster; assign: cluster of further rows (m, d)."""

    labels: Array
    seconds: float
    assign: Callable[[Array], Array]


def samples_used(method: str, n: int, d: int) -> int:
    """How many of n samples with d features a method can take."""
    return min(n, MOST_HIGH) if method == "hdbscan" and d > FULL_UP_TO else n


def samples_needed(method: str, k: int) -> int:
    """How many samples a method needs for k clusters."""
    return 2 if method == "hdbscan" else max(2, k)


def cluster(method: str, x: Array, k: int, *, seed: int = 0) -> Clustered:
    """Clusters of samples (n, d) float32; HDBSCAN takes no k.

    Raises ValueError for an unknown method or fewer samples than clusters.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if len(x) < samples_needed(method, k):
        raise ValueError(f"{k} clusters need at least {samples_needed(method, k)} samples, got {len(x)}")
    x = np.ascontiguousarray(x, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits stopped before the last digit, and of equal samples
        if method == "kmeans":
            from sklearn.cluster import KMeans

            means = KMeans(k, n_init=STARTS, random_state=seed)
            began = time.perf_counter()
            labels = means.fit_predict(x)
            seconds = time.perf_counter() - began
            return _clustered(labels, seconds, lambda more: nearest(more, means.cluster_centers_)[0])
        if method == "gmm":
            from sklearn.mixture import GaussianMixture

            mixture = GaussianMixture(
                k, covariance_type="full" if x.shape[1] <= FULL_UP_TO else "diag", max_iter=ROUNDS,
                reg_covar=max(FLOOR * float(x.var(axis=0).mean()), 1e-9), random_state=seed,
            )  # fmt: skip
            began = time.perf_counter()
            labels = mixture.fit_predict(x)
            seconds = time.perf_counter() - began
            return _clustered(labels, seconds, lambda more: mixture.predict(more.astype(np.float32)))
        from sklearn.cluster import HDBSCAN

        least = min(len(x), max(CORE, round(SMALLEST * len(x))))
        density = HDBSCAN(
            min_cluster_size=max(2, least), min_samples=min(CORE, len(x) - 1),
            algorithm="brute" if x.shape[1] > FULL_UP_TO else "auto", copy=True,
        )  # fmt: skip
        began = time.perf_counter()
        labels = density.fit_predict(x)
        seconds = time.perf_counter() - began
        found = np.asarray(labels, np.int64)
        return _clustered(found, seconds, lambda more: found[nearest(more, x)[0]])


def _clustered(labels: Array, seconds: float, assign: Callable[[Array], Array]) -> Clustered:
    return Clustered(labels=np.maximum(np.asarray(labels, np.int64), NOISE), seconds=seconds, assign=assign)


def nearest(x: Array, among: Array) -> tuple[Array, Array]:
    """Which of (k, d) is nearest to each of (n, d), and its squared distance: (n,) int64, (n,) float32."""
    among = np.asarray(among, np.float32)
    square = np.einsum("kd,kd->k", among, among)
    rows, least = np.empty(len(x), np.int64), np.empty(len(x), np.float32)
    for first in range(0, len(x), CHUNK):
        part = np.asarray(x[first : first + CHUNK], np.float32)
        distance = part @ among.T  # (chunk, k)
        distance *= -2
        distance += square
        rows[first : first + CHUNK] = distance.argmin(axis=1)
        least[first : first + CHUNK] = distance.min(axis=1) + np.einsum("nd,nd->n", part, part)
    return rows, least


# --- agreement with labels --------------------------------------------------------------------------------


def contingency(truth: Array, labels: Array) -> Array:
    """How many samples of each class (row) are in each cluster (column), values in rising order, int64."""
    _, a = np.unique(truth, return_inverse=True)
    _, b = np.unique(labels, return_inverse=True)
    rows, columns = (int(v.max()) + 1 if len(v) else 0 for v in (a, b))
    return np.bincount(a * columns + b, minlength=rows * columns).reshape(rows, columns)


def adjusted_rand(truth: Array, labels: Array) -> float:
    """Agreement on which pairs belong together (Hubert and Arabie 1985): 1 the same, 0 as good as chance.

    Noise counts as one more cluster. Raises ValueError when the lengths differ or nothing is there.
    """
    if len(truth) != len(labels) or not len(labels):
        raise ValueError(f"need as many labels as samples and at least one, got {len(truth)}, {len(labels)}")
    table = contingency(truth, labels)

    def pairs(counts: Array) -> int:
        return sum(int(c) * (int(c) - 1) // 2 for c in counts.ravel())  # exact: 70,000 squared overflows none

    together, in_truth, in_found = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    total = len(labels) * (len(labels) - 1) // 2
    if in_truth == in_found and in_truth in (0, total):  # both say the same: all together, or all apart
        return 1.0
    expected = in_truth * in_found / total
    return (together - expected) / ((in_truth + in_found) / 2 - expected)


def purity(truth: Array, labels: Array) -> float | None:
    """Share of the samples in clusters that are of their cluster's commonest class; None without clusters."""
    inside = np.asarray(labels) >= 0
    if not inside.any():
        return None
    table = contingency(np.asarray(truth)[inside], np.asarray(labels)[inside])
    return float(table.max(axis=0).sum() / table.sum())


def noise_share(labels: Array) -> float:
    """Share of the samples that are in no cluster."""
    return float(np.mean(np.asarray(labels) < 0)) if len(labels) else 0.0


# --- numbers that stay ------------------------------------------------------------------------------------


def numbered(labels: Array, *, previous: Array | None = None, truth: Array | None = None) -> Array:
    """The same clusters with numbers 0, 1, ... that a reader can follow: (n,) int64.

    previous: of the same samples; clusters that share most samples keep their number. Without it the order
    is that of the commonest class, then of size.
    """
    labels = np.asarray(labels, np.int64)
    names = np.unique(labels[labels >= 0])
    if not len(names):
        return labels.copy()
    place = np.full(int(names.max()) + 1, -1, np.int64)
    place[names] = np.arange(len(names))
    at = np.where(labels >= 0, place[np.maximum(labels, 0)], NOISE)
    k = len(names)
    if previous is not None and len(previous) == len(labels) and (np.asarray(previous) >= 0).any():
        order = _by_overlap(at, np.asarray(previous, np.int64), k)
    else:
        size = np.bincount(at[at >= 0], minlength=k)
        commonest = [0] * k if truth is None else [mode(np.asarray(truth)[at == c])[0] for c in range(k)]
        order = np.empty(k, np.int64)
        order[np.lexsort((-size, np.asarray(commonest)))] = np.arange(k)
    return np.where(at >= 0, order[np.maximum(at, 0)], NOISE)


def _by_overlap(labels: Array, previous: Array, k: int) -> Array:
    """New number of each of k clusters: the pairs that share most go first, what is left over last."""
    both = (labels >= 0) & (previous >= 0)
    before = int(previous.max()) + 1
    table = np.bincount(labels[both] * before + previous[both], minlength=k * before).reshape(k, before)
    order = np.full(k, -1, np.int64)
    while table.size and table.max() > 0:
        one, number = np.unravel_index(int(table.argmax()), table.shape)
        order[one] = number
        table[one, :] = table[:, number] = 0
    free = iter(sorted(set(range(k + before)) - set(order.tolist())))
    for one in np.flatnonzero(order < 0):
        order[one] = next(free)
    return np.argsort(np.argsort(order))  # no number is left out


def mode(values: Array) -> tuple[int, float]:
    """The commonest of (n,) integers and its share; (-1, 0.0) of none."""
    if not len(values):
        return -1, 0.0
    found, counts = np.unique(values, return_counts=True)
    best = int(counts.argmax())
    return int(found[best]), float(counts[best] / len(values))


def means(x: Array, labels: Array, k: int) -> Array:
    """Mean of the samples (n, d) of each of k clusters: (k, d) float32, zeros for an empty one."""
    made = np.zeros((k, x.shape[1]), np.float32)
    for one in range(k):
        inside = labels == one
        if inside.any():
            made[one] = x[inside].mean(axis=0, dtype=np.float64)
    return made


# --- what it costs ----------------------------------------------------------------------------------------


def flops_of_pairs(n: int, d: int) -> int:
    """Multiplications and additions of all n x n inner products of d numbers."""
    return 2 * n * n * d


def time_pairs(x: Array, repeats: int = 2) -> float:
    """Seconds for all n x n squared distances of (n, d), in blocks, the nearest kept; best of `repeats`."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        nearest(x, x)
        best = min(best, time.perf_counter() - began)
    return best
