"""The losses of a run: growable arrays that one thread appends to while others read what is complete."""

from __future__ import annotations

import numpy as np


class LossHistory:
    """Train loss of every step (value i belongs to step i + 1) and test losses where they were measured.

    One writer (the training thread). Readers take `n_train` or `n_test` first and then slices up to it: a
    value is stored before the count that reveals it, and a grown array replaces the old one only when full.
    """

    def __init__(self) -> None:
        self._train = np.empty(4096, np.float32)
        self._test = np.empty((256, 3), np.float64)  # step, loss, sse
        self.n_train = 0
        self.n_test = 0

    def append_train(self, values: np.ndarray) -> None:
        """Add losses of consecutive steps: (k,) float32."""
        end = self.n_train + len(values)
        if end > len(self._train):
            grown = np.empty(max(end, 2 * len(self._train)), np.float32)
            grown[: self.n_train] = self._train[: self.n_train]
            self._train = grown
        self._train[self.n_train : end] = values
        self.n_train = end

    def append_test(self, step: int, loss: float, sse: float) -> None:
        """Add one measurement on the test set."""
        if self.n_test == len(self._test):
            grown = np.empty((2 * len(self._test), 3), np.float64)
            grown[: self.n_test] = self._test
            self._test = grown
        self._test[self.n_test] = (step, loss, sse)
        self.n_test += 1

    @property
    def train(self) -> np.ndarray:
        """(n_train,) float32: a view, to be read and not written."""
        n = self.n_train
        return self._train[:n]

    @property
    def test(self) -> np.ndarray:
        """(n_test, 3) float64 with columns step, loss, sum of squared errors per image: a view."""
        n = self.n_test
        return self._test[:n]

    def truncate(self, step: int) -> None:
        """Forget everything after `step` (undoing a diverged step). Only the writer may call this."""
        self.n_train = min(self.n_train, step)
        keep = int(np.count_nonzero(self._test[: self.n_test, 0] <= step))
        self.n_test = keep
