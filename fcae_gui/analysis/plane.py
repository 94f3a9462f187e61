"""The plane that the map shows of a code: the code itself at size 2, its principal components above that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """An affine 2-D view of a d-dimensional code: xy = (z - origin) @ basis.T, z = origin + xy @ basis.

    origin: (d,) float32;  basis: (2, d) float32 with orthonormal rows (one row is zero when d is 1)
    kind:   "code" when the axes are code units, "pca" when they are principal components
    share:  share of the code's variance along each axis, two numbers in [0, 1]
    """

    origin: np.ndarray
    basis: np.ndarray
    kind: str
    share: tuple[float, float] = (1.0, 1.0)

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
