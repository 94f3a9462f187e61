"""The map on a grand tour: a plane that turns a little with every frame, at one scale."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer

from fcae_gui.analysis.plane import Plane, hold
from fcae_gui.analysis.tour import GrandTour

EASE = 0.15  # of the way to newer codes per frame: half of it in a seventh of a second
SETTLED_FRAMES = 40  # after so many frames of easing nothing is left to see
MANY = 20_000  # points; with more of them the map turns at a part of the frames
LONGEST_FRAME_S = 0.1  # after a pause of the program the tour goes on where it was
REACH_SHARE = 0.995  # of the codes fit on the map in every plane
SHRINK = 0.7  # the scale changes only when the codes need less than this of it
TEXTS = ("grand tour, first axis", "grand tour, second axis")


class Touring:
    """Holds one tour over codes of one size. `step` gives the next plane and the places on it."""

    def __init__(self, start: Plane, seed: int = 0) -> None:
        self._tour = GrandTour(start.basis, seed)
        self._codes: np.ndarray | None = None
        self._eased = np.zeros((0, start.code_size), np.float32)
        self._mean = self._goal = start.origin
        self._since_new = 0
        self._frame = 0
        self._basis = start.basis
        self._clock = QElapsedTimer()
        self.reach = 0.0  # half the side of the square in which every plane fits

    def step(
        self, codes: np.ndarray, held: np.ndarray | None, *, running: bool
    ) -> tuple[Plane, np.ndarray] | None:
        """The next plane and (n, 2) places on it, None when they are as before."""
        passed = min(self._clock.restart() / 1000.0, LONGEST_FRAME_S) if self._clock.isValid() else 0.0
        if not self._clock.isValid():
            self._clock.start()
        if running:
            self._basis = self._tour.advance(passed)
        self._frame += 1
        self._take(codes)
        if not running and self._since_new > SETTLED_FRAMES:
            return None
        if self._frame % (1 + len(codes) // MANY):
            return None
        plane = Plane(origin=self._mean, basis=self._basis, kind="tour", texts=TEXTS)
        across = np.ascontiguousarray(self._basis.T)  # (d, 2): five times as fast as the transposed view
        places = self._eased @ across - self._mean @ across  # (n, 2)
        return (hold(plane, held) if held is not None else plane), places

    def _take(self, codes: np.ndarray) -> None:
        if codes is not self._codes:
            known = self._codes is not None and self._codes.shape == codes.shape and len(codes) <= MANY
            self._codes, self._since_new = codes, 0
            self._goal = _mean(codes)
            if not known:
                self._eased, self._mean = codes.copy(), self._goal
            self._measure(codes)
        self._since_new += 1
        if self._since_new <= SETTLED_FRAMES and len(codes) <= MANY:
            self._eased += np.float32(EASE) * (codes - self._eased)
            self._mean = self._mean + np.float32(EASE) * (self._goal - self._mean)
        elif self._since_new == SETTLED_FRAMES + 1:
            self._eased, self._mean = codes.copy(), self._goal

    def _measure(self, codes: np.ndarray) -> None:
        some = codes[:: max(1, len(codes) // 2_000)]
        some = some[np.isfinite(some).all(axis=1)]
        if not len(some):
            return
        away = np.linalg.norm(some - some.mean(axis=0), axis=1)
        reach = float(np.quantile(away, REACH_SHARE))
        if reach > self.reach or reach < SHRINK * self.reach:
            self.reach = reach


def _mean(codes: np.ndarray) -> np.ndarray:
    """(d,) float32 of what is finite."""
    some = codes[:: max(1, len(codes) // 5_000)]
    some = some[np.isfinite(some).all(axis=1)]
    return some.mean(axis=0).astype(np.float32) if len(some) else np.zeros(codes.shape[1], np.float32)
