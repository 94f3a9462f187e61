"""A slow grand tour: a plane that turns through all directions of a code, smoothly and without end.

Asimov 1985 for the idea; the way between two planes is that of Buja, Cook, Asimov and Hurley 2005: turn by
the principal angles between them, with no spin inside the plane, so that the axes stay calm.
"""

from __future__ import annotations

import math

import numpy as np

SECONDS_PER_TURN = 30.0  # at its fastest; a class can follow one point with the eye
FASTEST = 2 * math.pi / SECONDS_PER_TURN  # radians per second
EASED = 1.5  # a smoothstep is this much faster in its middle than on average
SHORT = 0.35  # a leg that turns by less is not worth a rest at its end


class GrandTour:
    """Frames (2, d) along geodesics between random planes. The same seed gives the same tour."""

    def __init__(self, start: np.ndarray, seed: int = 0) -> None:
        self._random = np.random.default_rng([seed, 0x70])
        self._frame = np.asarray(start, np.float64).T  # (d, 2)
        self._passed = 0.0
        self._next_leg()

    def advance(self, seconds: float) -> np.ndarray:
        """The frame so much later: (2, d) float32 with orthonormal rows."""
        self._passed += max(0.0, seconds)
        while self._passed >= self._length:
            self._passed -= self._length
            self._frame = self._at(1.0)
            self._next_leg()
        part = self._passed / self._length
        return np.ascontiguousarray(self._at(part * part * (3.0 - 2.0 * part)).T, dtype=np.float32)

    def _next_leg(self) -> None:
        d = len(self._frame)
        for _ in range(20):
            goal = np.linalg.qr(self._random.normal(size=(d, 2)))[0]
            left, cosines, right = np.linalg.svd(self._frame.T @ goal)
            self._angles = np.arccos(np.clip(cosines, -1.0, 1.0))  # (2,) ascending
            if self._angles[-1] > SHORT:
                break
        self._turn = left
        self._from = self._frame @ left  # (d, 2) principal vectors of this plane
        towards = goal @ right.T - self._from * np.cos(self._angles)
        lengths = np.linalg.norm(towards, axis=0)
        self._to = np.where(lengths > 1e-9, towards / np.maximum(lengths, 1e-9), 0.0)
        self._angles = np.where(lengths > 1e-9, self._angles, 0.0)
        self._length = max(EASED * float(self._angles.max()) / FASTEST, 1.0)

    def _at(self, part: float) -> np.ndarray:
        turned = self._from * np.cos(part * self._angles) + self._to * np.sin(part * self._angles)
        frame, _ = np.linalg.qr(turned @ self._turn.T)
        signs = np.sign((frame * (turned @ self._turn.T)).sum(axis=0))
        return frame * np.where(signs == 0, 1.0, signs)  # rounding does not add up over an hour
