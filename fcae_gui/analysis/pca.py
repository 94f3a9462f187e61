"""Principal component analysis, exact: what the best linear code of a data set makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

Array = np.ndarray

CHUNK_ROWS = 512  # 0.15 GFLOP at 784 features: a few milliseconds, then the interpreter is given back
LOW, HIGH = 0.001, 0.999  # PCA leaves [0, 1]; the cross-entropy of what it says is taken within these
ROUNDS, SPARE = 4, 8  # of the quick fit: rounds of subspace iteration, and components beside those wanted
EIGEN_FLOPS = 9.0  # times d ** 3: all eigenvectors of a symmetric matrix (Golub and Van Loan, section 8.3)
MOST_EXACT = 1_600  # features or samples, whichever are fewer, of a fit of all components: about a second
LEADING, BESIDE = 128, 32  # above that: the first components, found with some more beside them
FEW_ROWS, FEW_ROUNDS, ALL_ROUNDS = 4_096, 5, 3  # rounds of subspace iteration: on some rows, then on all
CHUNK_COLUMNS = 512
NOTHING = 1e-11  # of the largest variance: what is below is rounding, and so is its direction
_one_thread = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pca:
    """The principal axes of n samples, by falling variance.

    mean: (d,) float64; components: (k, d) float64, orthonormal rows; variances: (k,) float64, of the scores
    total: sum of the variances of all features (all of them population variances: divided by n)
    whole: False where the data are too wide and too many for more than the first components
    seconds, fit_flops: time spent on the fit, and its operations, estimated
    """

    mean: Array
    components: Array
    variances: Array
    total: float
    n: int
    whole: bool = True
    seconds: float = 0.0
    fit_flops: float = 0.0

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.components)

    def keep(self, k: int) -> Pca:
        """The first k components; all of them when there are fewer."""
        return replace(self, components=self.components[:k], variances=self.variances[:k])

    def codes(self, x: Array) -> Array:
        """Scores of samples: (n, d) uint8 or float -> (n, k) float64."""
        return (as_unit(x) - self.mean) @ self.components.T

    def reconstruct(self, codes: Array) -> Array:
        """Samples for scores: (n, k) -> (n, d) float64. They may leave [0, 1]."""
        return codes @ self.components + self.mean

    def train_sse(self, k: int) -> float:
        """Sum of squared errors per training sample with k components."""
        return max(0.0, self.total - float(self.variances[:k].sum()))


def as_unit(x: Array) -> Array:
    """uint8 as float32 in [0, 1]; anything else as it is."""
    return x.astype(np.float32) / np.float32(255.0) if x.dtype == np.uint8 else x


def fit_in_pieces(x: Array, k: int | None = None) -> Iterator[float | Pca]:
    """Fit the components of (n, d) uint8 or float32 samples, in pieces of a few milliseconds.

    Yields the share that is done, in [0, 1), and at last the Pca. Time between the pieces is not counted.
    The products are of centred float32 samples, summed in float64: errors agree with an SVD to 1e-5. There
    are min(n, d) components, and of data with more than MOST_EXACT samples and features the first LEADING, or
    k where that is more. Raises ValueError without samples.
    """
    if x.ndim != 2 or not len(x):
        raise ValueError(f"x must have shape (n, d) with n > 0, got {x.shape}")
    n, d = x.shape
    if min(n, d) > MOST_EXACT:
        steps = _leading(x, max(LEADING, k or 0))
    else:
        steps = _by_features(x) if d <= n else _by_samples(x)
    seconds = 0.0
    while True:
        began = time.perf_counter()
        piece = next(steps)
        seconds += time.perf_counter() - began
        if isinstance(piece, Pca):
            yield replace(piece, seconds=seconds)
            return
        yield piece


def _mean(x: Array, share: float) -> Generator[float, None, Array]:
    """The mean (d,) float64, in [0, 1] for bytes; it yields from 0 to `share`."""
    total = np.zeros(x.shape[1], np.float64)
    for start in range(0, len(x), CHUNK_ROWS):
        total += x[start : start + CHUNK_ROWS].sum(axis=0, dtype=np.float64)
        if start // CHUNK_ROWS % 8 == 7:
            yield share * start / len(x)
    mean: Array = total / len(x) / (255.0 if x.dtype == np.uint8 else 1.0)
    return mean


def _by_features(x: Array) -> Iterator[float | Pca]:
    """By way of the covariance (d, d)."""
    n, d = x.shape
    mean = yield from _mean(x, 0.1)
    middle = mean.astype(np.float32)
    covariance = np.zeros((d, d), np.float64)
    for start in range(0, n, CHUNK_ROWS):
        away = as_unit(x[start : start + CHUNK_ROWS]).astype(np.float32) - middle  # (chunk, d)
        covariance += away.T @ away
        yield 0.1 + 0.7 * start / n
    covariance /= n
    rest = (mean - middle.astype(np.float64))[:, None]  # the rounding of the middle that was taken away
    covariance -= rest @ rest.T
    values, vectors = _eigh(covariance)  # ascending
    yield Pca(
        mean=mean,
        components=_signed(np.ascontiguousarray(vectors[:, ::-1].T)),  # (d, d)
        variances=np.maximum(values[::-1], 0.0),
        total=float(np.trace(covariance)),
        n=n,
        fit_flops=float(n) * d * d + EIGEN_FLOPS * d**3,
    )


def _by_samples(x: Array) -> Iterator[float | Pca]:
    """By way of the inner products of all samples (n, n), in float64: there are fewer samples than features.

    With X centred and X X^T u = s^2 u the component is X^T u / s.
    """
    n, d = x.shape
    mean = yield from _mean(x, 0.0)
    columns = [slice(start, start + CHUNK_COLUMNS) for start in range(0, d, CHUNK_COLUMNS)]

    def away(piece: slice) -> Array:
        made: Array = as_unit(x[:, piece]).astype(np.float64) - mean[piece]
        return made

    products = np.zeros((n, n), np.float64)
    for done, piece in enumerate(columns):
        some = away(piece)  # (n, chunk)
        products += some @ some.T
        yield 0.6 * done / len(columns)
    values, vectors = _eigh(products)  # ascending
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    found = int(np.count_nonzero(values > NOTHING * values[0]))
    size = min(d, max(n, 2))  # the others have no variance, but a map of equal samples needs axes too
    components = np.empty((size, d))
    scaled = vectors[:, :found] / np.sqrt(values[:found])
    for done, piece in enumerate(columns):
        components[:found, piece] = scaled.T @ away(piece)
        yield 0.7 + 0.3 * done / len(columns)
    components[found:] = _beside(components[:found], size - found)
    variances = np.zeros(size)
    variances[:found] = values[:found] / n
    yield Pca(
        mean=mean, components=_signed(components), variances=variances, total=float(np.trace(products)) / n,
        n=n, fit_flops=3.0 * n * n * d + EIGEN_FLOPS * n**3,
    )  # fmt: skip


def _leading(x: Array, k: int) -> Iterator[float | Pca]:
    """The first k components by subspace iteration (Halko, Martinsson and Tropp 2011).

    An error falls with every round by the ratio of the variances at k + BESIDE and at the component.
    """
    n, d = x.shape
    mean = yield from _mean(x, 0.05)
    middle = mean.astype(np.float32)
    wide = min(n, d, k + BESIDE)
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((d, wide)))[0]
    some = np.arange(min(n, FEW_ROWS)) * n // min(n, FEW_ROWS)
    passes = [some] * FEW_ROUNDS + [np.arange(n)] * ALL_ROUNDS
    steps, step = sum(map(len, passes)) + n, 0
    for rows in passes:
        turned, axes = np.zeros((d, wide)), basis.astype(np.float32)
        for start in range(0, len(rows), CHUNK_ROWS):
            away = as_unit(x[rows[start : start + CHUNK_ROWS]]).astype(np.float32) - middle  # (chunk, d)
            turned += away.T @ (away @ axes)
            step += len(away)
            yield 0.05 + 0.9 * step / steps
        basis = np.linalg.qr(turned)[0]
    inner, axes, total = np.zeros((wide, wide)), basis.astype(np.float32), 0.0
    for start in range(0, n, CHUNK_ROWS):
        away = as_unit(x[start : start + CHUNK_ROWS]).astype(np.float32) - middle
        scores = away @ axes
        inner += scores.T @ scores
        total += float(np.einsum("ij,ij->", away, away, dtype=np.float64))
        step += len(away)
        yield 0.05 + 0.9 * step / steps
    values, turn = _eigh(inner / n)  # ascending
    k = min(k, wide)
    yield Pca(
        mean=mean, components=_signed((basis @ turn[:, ::-1][:, :k]).T), n=n, whole=False,
        variances=np.maximum(values[::-1][:k], 0.0), total=total / n,
        fit_flops=4.0 * d * wide * sum(map(len, passes)) + 2.0 * n * d * wide,
    )  # fmt: skip


def _eigh(matrix: Array) -> tuple[Array, Array]:
    """Eigenvalues, ascending, and eigenvectors in columns, by one thread.

    The threads of BLAS spin while they wait for each other: with 784 features this takes 0.1 s, and with two
    of them beside a training 0.5 to 0.9 s, in which nobody can end it. Only NumPy's own BLAS is held back:
    where torch has the same one, fewer threads would change the bits of a run.
    """
    from threadpoolctl import ThreadpoolController

    with _one_thread:
        found = ThreadpoolController()
        places = [Path(one["filepath"]) for one in found.info()]
        # numpy.libs/ on Linux and Windows, numpy/.dylibs/ on macOS
        ours = [str(place) for place in places if "numpy" in "".join(place.parts[-3:-1])]
        with found.select(filepath=ours).limit(limits=1):
            values, vectors = np.linalg.eigh(matrix)
    return values, vectors


def _signed(components: Array) -> Array:
    """Each row with its largest entry positive, as scikit-learn's svd_flip does."""
    largest = np.abs(components).argmax(axis=1)
    components *= np.sign(components[np.arange(len(components)), largest])[:, None]
    return components


def _beside(rows: Array, count: int) -> Array:
    """So many orthonormal rows (count, d), orthogonal to orthonormal rows (k, d)."""
    free = np.random.default_rng(0).standard_normal((rows.shape[1], count))
    for _ in range(2):  # once more: the first time leaves rounding
        free = np.linalg.qr(free - rows.T @ (rows @ free))[0]
    return free.T


def fit(x: Array, k: int | None = None) -> Pca:
    """The first k principal components (all by default) of (n, d) samples, in one go."""
    found: Pca | None = None
    for piece in fit_in_pieces(x, k):
        if isinstance(piece, Pca):
            found = piece
    assert found is not None
    return found if k is None else found.keep(k)


def sse_by_size_in_pieces(pca: Pca, x: Array) -> Iterator[Array | None]:
    """Mean sum of squared errors of (n, d) samples for every number of components, in pieces.

    Yields None after each piece and at last (k + 1,) float64: entry i is the error with i components.
    """
    middle = pca.mean.astype(np.float32)
    axes = np.ascontiguousarray(pca.components.T.astype(np.float32))  # (d, k)
    whole, taken = 0.0, np.zeros(pca.k, np.float64)
    for start in range(0, len(x), CHUNK_ROWS):
        away = as_unit(x[start : start + CHUNK_ROWS]) - middle
        scores = away @ axes  # (chunk, k)
        whole += float(np.einsum("ij,ij->", away, away, dtype=np.float64))
        taken += np.einsum("ij,ij->j", scores, scores, dtype=np.float64)
        yield None
    left = whole - np.concatenate([[0.0], np.cumsum(taken)])
    yield np.maximum(left, 0.0) / len(x)


def error_in_pieces(pca: Pca, x: Array, loss: str) -> Iterator[float | None]:
    """Mean error per value of PCA's reconstructions of (n, d) samples, in the unit of a loss, in pieces.

    loss: "mse", "l1", or "bce" of reconstructions clipped to [0.001, 0.999]. Yields None after each piece and
    at last the error. Raises ValueError for another loss.
    """
    if loss not in ("mse", "l1", "bce"):
        raise ValueError(f"loss must be one of mse, l1, bce, got {loss!r}")
    middle = pca.mean.astype(np.float32)
    axes = pca.components.astype(np.float32)  # (k, d)
    whole = 0.0
    for start in range(0, len(x), CHUNK_ROWS):
        wanted = as_unit(x[start : start + CHUNK_ROWS])
        away = wanted - middle
        made = (away @ axes.T) @ axes  # (chunk, d), without the mean
        if loss == "bce":
            made += middle
            np.clip(made, np.float32(LOW), np.float32(HIGH), out=made)
            terms = wanted * np.log(made) + (1 - wanted) * np.log1p(-made)
            whole -= float(terms.sum(dtype=np.float64))
        else:
            made -= away
            if loss == "l1":
                whole += float(np.abs(made).sum(dtype=np.float64))
            else:
                whole += float(np.einsum("ij,ij->", made, made, dtype=np.float64))
        yield None
    yield whole / x.size


def error(pca: Pca, x: Array, loss: str) -> float:
    """Mean error per value of PCA's reconstructions of (n, d) samples: see error_in_pieces."""
    made = [piece for piece in error_in_pieces(pca, x, loss) if piece is not None]
    return made[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickFit:
    """The first k components from some of the samples: what a training that stops early is held against.

    excess: of its error on all training samples over that of the exact fit, as a fraction
    """

    k: int
    rows: int
    excess: float
    seconds: float
    flops: float


def quick_fit_in_pieces(pca: Pca, x: Array, k: int, within: float = 0.01) -> Iterator[QuickFit | None]:
    """The cheapest fit of k components of (n, d) samples that comes within a share of the exact fit's error.

    Subspace iteration (Halko, Martinsson and Tropp 2011) on evenly spaced rows, twice as many each time. Only
    the last fit counts, and not the look at its error, as for a network. Yields None after each round.
    """
    exact = max(pca.train_sse(k), 1e-30)
    rows = min(len(x), max(256, 8 * k))
    while True:
        mean, basis, flops, seconds = np.zeros(0), np.zeros((0, 0)), 0.0, 0.0
        attempt = _subspace(x[:: max(1, len(x) // rows)][:rows], k)
        began = time.perf_counter()
        for part in attempt:
            seconds += time.perf_counter() - began
            if part is not None:
                mean, basis, flops = part
            yield None
            began = time.perf_counter()
        excess = _sse_of(pca, mean, basis) / exact - 1.0
        if excess <= within or rows >= len(x):
            yield QuickFit(k=k, rows=rows, excess=excess, seconds=seconds, flops=flops)
            return
        rows = min(len(x), 2 * rows)


def _subspace(x: Array, k: int) -> Iterator[tuple[Array, Array, float] | None]:
    """None after each round; then mean (d,), orthonormal rows (k, d) of the first components, operations."""
    away = as_unit(x).astype(np.float32)
    mean = away.mean(axis=0)
    away -= mean  # (n, d)
    n, d = away.shape
    wide = min(d, n, k + SPARE)
    basis = np.random.default_rng(0).standard_normal((d, wide)).astype(np.float32)
    for _ in range(ROUNDS):
        basis = np.linalg.qr(away.T @ (away @ basis))[0]  # (d, wide)
        yield None
    scores = away @ basis
    _, turn = np.linalg.eigh(scores.T @ scores)  # ascending
    flops = (2.0 * ROUNDS + 1.0) * 2.0 * n * d * wide
    yield mean, (basis @ turn[:, ::-1][:, :k]).T, flops


def _sse_of(pca: Pca, mean: Array, basis: Array) -> float:
    """Error per training sample of the plane through `mean` along orthonormal rows (k, d), from the fit."""
    along = pca.components @ basis.T.astype(np.float64)  # (d, k)
    kept = float(pca.variances @ np.einsum("ij,ij->i", along, along))
    shift = mean.astype(np.float64) - pca.mean
    off = shift - basis.T.astype(np.float64) @ (basis @ shift)
    return pca.total - kept + float(off @ off)


def principal_angles(a: Array, b: Array) -> Array:
    """Angles between the column spaces of (d, p) and (d, q), in degrees, falling: (min(p, q),) float64.

    Small angles are taken from their sines, where cosines have lost their digits (Björck and Golub 1973).
    Raises ValueError when the columns have different lengths.
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[0] != b.shape[0]:
        raise ValueError(f"expected columns of equal length, got {a.shape} and {b.shape}")
    if a.shape[1] < b.shape[1]:
        a, b = b, a
    qa, qb = np.linalg.qr(a.astype(np.float64))[0], np.linalg.qr(b.astype(np.float64))[0]
    shared = qa.T @ qb  # (p, q)
    cosines = np.linalg.svd(shared, compute_uv=False)[::-1]  # ascending: the angles fall
    sines = np.linalg.svd(qb - qa @ shared, compute_uv=False)[: len(cosines)]  # falling
    cosines, sines = np.clip(cosines, 0.0, 1.0), np.clip(sines, 0.0, 1.0)
    angles = np.where(cosines**2 > 0.5, np.arcsin(sines), np.arccos(cosines))
    return np.degrees(angles)


def column_angles(a: Array) -> Array:
    """Angles in degrees between the columns of (d, k), as lines: (k, k) float64 in [0, 90], NaN for none."""
    lengths = np.linalg.norm(a.astype(np.float64), axis=0)
    with np.errstate(all="ignore"):
        unit = a / lengths
        return np.degrees(np.arccos(np.clip(np.abs(unit.T @ unit), 0.0, 1.0)))


def correlations(codes: Array) -> Array:
    """Correlation matrix of (n, k) codes: (k, k) float64 in [-1, 1]; 0 where a unit never changes."""
    away = codes.astype(np.float64) - codes.mean(axis=0, dtype=np.float64)
    size = np.sqrt(np.einsum("ij,ij->j", away, away))
    with np.errstate(all="ignore"):
        made = (away.T @ away) / np.outer(size, size)
    made = np.clip(np.nan_to_num(made, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
    np.fill_diagonal(made, 1.0)
    return made
