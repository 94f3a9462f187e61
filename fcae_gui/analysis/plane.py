"""The plane that the map shows of a code: the code itself at size 2, a chosen plane above that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """An affine 2-D view of a d-dimensional code: xy = (z - origin) @ basis.T, z = origin + xy @ basis.

    origin: (d,) float32;  basis: (2, d) float32 with orthonormal rows (one row is zero when d is 1)
    kind:   "code" when the axes are the code's own two units, "pca" when they are principal components,
            "units" two chosen units, "images" through three images, "tour" a passing plane of a grand tour
    share:  share of the code's variance along each axis, two numbers in [0, 1]
    texts:  what to write on the axes where the kind does not say it
    layer:  0 for the code; otherwise the hidden layer of the encoder whose activations are shown, and then
            a place on the map leads to no code
    """

    origin: np.ndarray
    basis: np.ndarray
    kind: str
    share: tuple[float, float] = (1.0, 1.0)
    texts: tuple[str, str] | None = None
    layer: int = 0

    @property
    def decodes(self) -> bool:
        """Whether a place on the map is a code that the decoder can take."""
        return self.layer == 0

    @property
    def code_size(self) -> int:
        """Number of code units."""
        return int(self.basis.shape[1])

    def to_map(self, codes: np.ndarray) -> np.ndarray:
        """(n, d) codes -> (n, 2) float32 places on the map."""
        if self.kind == "code" and self.code_size == 2:
            return np.ascontiguousarray(codes, dtype=np.float32)
        return ((codes - self.origin) @ self.basis.T).astype(np.float32)  # (n, 2)

    def to_code(self, xy: np.ndarray) -> np.ndarray:
        """(n, 2) places on the map -> (n, d) float32 codes on the plane."""
        return (self.origin + np.asarray(xy, np.float32) @ self.basis).astype(np.float32)  # (n, d)

    def axis_texts(self) -> tuple[str, str]:
        """What to write on the two axes."""
        if self.texts is not None:
            return self.texts
        if self.kind == "code":
            return ("code 1", "code 2" if self.code_size > 1 else "")
        whole = f"of {self.code_size} code units"
        first, second = (f"{100 * s:.0f} %" for s in self.share)
        return (f"principal component 1 {whole} ({first} of variance)", f"principal component 2 ({second})")


def identity_plane(code_size: int) -> Plane:
    """The plane of the first two code units, before any codes are known or when there are at most two."""
    basis = np.zeros((2, code_size), np.float32)
    for axis in range(min(2, code_size)):
        basis[axis, axis] = 1.0
    return Plane(origin=np.zeros(code_size, np.float32), basis=basis, kind="code")


def principal_plane(codes: np.ndarray, previous: Plane | None = None) -> Plane:
    """The plane of the first two principal components of (n, d) codes with d > 2.

    `previous` keeps the orientation from one refresh to the next: each new axis gets the sign that agrees
    with the old one, and the two axes change places when that agrees better (their variances crossed).
    """
    finite = codes[np.isfinite(codes).all(axis=1)].astype(np.float64)
    if len(finite) < 3:
        return previous or identity_plane(codes.shape[1])
    origin = finite.mean(axis=0)  # (d,)
    centred = finite - origin  # (n, d)
    variances, vectors = np.linalg.eigh(centred.T @ centred / len(finite))  # ascending
    basis = vectors[:, [-1, -2]].T  # (2, d)
    total = max(float(variances.sum()), 1e-30)
    share = [float(max(variances[-1], 0.0)) / total, float(max(variances[-2], 0.0)) / total]
    if previous is not None and previous.kind == "pca" and previous.code_size == codes.shape[1]:
        agreement = basis @ previous.basis.T  # (2, 2): rows new axes, columns old axes
        if abs(agreement[0, 1] * agreement[1, 0]) > abs(agreement[0, 0] * agreement[1, 1]):
            basis, share, agreement = basis[::-1], share[::-1], agreement[::-1]
        basis = basis * np.where(np.diag(agreement) < 0, -1.0, 1.0)[:, None]
    else:
        # Without a past the largest entry of each axis points up, as scikit-learn's svd_flip does.
        largest = np.abs(basis).argmax(axis=1)
        basis = basis * np.sign(basis[[0, 1], largest])[:, None]
    return Plane(
        origin=origin.astype(np.float32),
        basis=np.ascontiguousarray(basis, dtype=np.float32),
        kind="pca",
        share=(share[0], share[1]),
    )


def hold(plane: Plane, code: np.ndarray) -> Plane:
    """The parallel plane through `code` (d,): the same axes and places, the rest of the code held there."""
    if not plane.decodes or code.shape != plane.origin.shape or plane.kind == "code":
        return plane
    away = np.asarray(code, np.float64) - plane.origin
    across = away - plane.basis.T.astype(np.float64) @ (plane.basis @ away)  # what the map does not show
    return replace(plane, origin=(plane.origin + across).astype(np.float32))


def units_plane(codes: np.ndarray, first: int, second: int, *, word: str = "code") -> Plane:
    """Two units of (n, d) codes as axes, in their own numbers; the rest is held at its mean."""
    d = codes.shape[1]
    basis = np.zeros((2, d), np.float32)
    basis[0, first] = basis[1, second] = 1.0
    origin, share = _mean_and_share(codes, basis)
    origin[[first, second]] = 0.0  # the axes read as the units do
    return Plane(
        origin=origin, basis=basis, kind="units", share=share,
        texts=tuple(f"{word} {unit + 1} ({100 * s:.0f} % of variance)" for unit, s in
                    zip((first, second), share, strict=True)),  # type: ignore[arg-type]
    )  # fmt: skip


def images_plane(codes: np.ndarray, corners: np.ndarray) -> Plane:
    """The plane through three codes (3, d): the first is its origin, the x axis leads to the second."""
    origin = np.asarray(corners[0], np.float64)
    basis = orthonormal_pair(corners[1] - origin, corners[2] - origin)
    return Plane(
        origin=origin.astype(np.float32), basis=basis, kind="images", share=_mean_and_share(codes, basis)[1],
        texts=("from image a towards image b", "towards image c"),
    )  # fmt: skip


def orthonormal_pair(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(2, d) float32 orthonormal rows in the plane of two vectors, first along the first.

    Where they span less than a plane, unit vectors step in: the same image twice is no reason to fail.
    """
    d = len(first)
    size = max(float(np.linalg.norm(first)), float(np.linalg.norm(second)), 1e-30)
    rows: list[np.ndarray] = []
    for vector in (first, second, *(size * np.eye(d))):
        left = np.asarray(vector, np.float64)
        if not np.isfinite(left).all():
            continue
        for row in rows:
            left = left - row * (row @ left)
        length = float(np.linalg.norm(left))
        if length > 1e-5 * size:
            rows.append(left / length)
        if len(rows) == 2:
            break
    while len(rows) < 2:  # a code of one number has no second direction
        rows.append(np.zeros(d))
    return np.stack(rows).astype(np.float32)


def principal_directions(
    codes: np.ndarray, count: int, previous: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The `count` directions of most variance of (n, d) codes: mean (d,), directions (count, d),
    standard deviations (count,), shares of the variance (count,); ordered by variance.

    Each direction gets the sign in which it agrees with the most similar of `previous` (count, d), so that
    a slider keeps its ends from one refresh to the next.
    """
    finite = codes[np.isfinite(codes).all(axis=1)].astype(np.float64)
    d = codes.shape[1]
    count = min(count, d)
    if len(finite) < 2:
        return np.zeros(d), np.eye(d)[:count], np.ones(count), np.zeros(count)
    mean = finite.mean(axis=0)
    centred = finite - mean
    variances, vectors = np.linalg.eigh(centred.T @ centred / len(finite))  # ascending
    rows = vectors[:, ::-1][:, :count].T.copy()
    kept = np.maximum(variances[::-1], 0.0)
    if previous is not None and previous.shape[1:] == (d,) and len(previous):
        agreement = rows @ previous.T
        best = agreement[np.arange(count), np.abs(agreement).argmax(axis=1)]
        rows *= np.where(best < 0, -1.0, 1.0)[:, None]
    else:
        largest = np.abs(rows).argmax(axis=1)
        rows *= np.sign(rows[np.arange(count), largest])[:, None]
    total = max(float(kept.sum()), 1e-30)
    return mean, rows, np.sqrt(np.maximum(kept[:count], 1e-12)), kept[:count] / total


def unit_directions(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The same for the units of a small code, one after the other: mean, directions, deviations, shares."""
    finite = codes[np.isfinite(codes).all(axis=1)].astype(np.float64)
    d = codes.shape[1]
    if len(finite) < 2:
        return np.zeros(d), np.eye(d), np.ones(d), np.zeros(d)
    variances = finite.var(axis=0)
    total = max(float(variances.sum()), 1e-30)
    return finite.mean(axis=0), np.eye(d), np.sqrt(np.maximum(variances, 1e-12)), variances / total


def _mean_and_share(codes: np.ndarray, basis: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Mean (d,) float32 of the codes, and the share of their variance along each row of the basis."""
    finite = codes[np.isfinite(codes).all(axis=1)]
    if len(finite) < 2:
        return np.zeros(codes.shape[1], np.float32), (0.0, 0.0)
    total = max(float(finite.var(axis=0, dtype=np.float64).sum()), 1e-30)
    along = (finite @ basis.T).var(axis=0, dtype=np.float64) / total
    return finite.mean(axis=0).astype(np.float32), (float(along[0]), float(along[1]))
