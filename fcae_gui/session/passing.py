"""Watches the training loss for two moments: when it comes near PCA's error, and when it passes it."""

from __future__ import annotations

import math

import numpy as np

Array = np.ndarray

WINDOW = 50  # steps that are averaged: 12,800 images at a batch of 256
SURE = 4.0  # standard errors that the average must lie under PCA: noise passes nothing in 5,000 steps
NEAR = 1.01  # of PCA's error: "within one percent"


class Passing:
    """Fed with losses of consecutive steps and told PCA's training error in the same unit.

    Like is compared with like: the running mean over WINDOW steps of the training loss, with PCA's error on
    the training set. What was learnt meanwhile makes the mean lag behind, never run ahead.
    """

    def __init__(self) -> None:
        self.near_step: int | None = None
        self.passed_step: int | None = None
        self._error: float | None = None
        self._can_pass = True
        self._kept = np.empty(0, np.float32)  # losses not looked at yet, behind WINDOW - 1 that were
        self._end = 0  # step of the newest of them
        self._from = 0  # losses up to this step are in another unit, or of another task

    def clear(self, step: int = 0) -> None:
        """Another network, loss or code size: what comes after `step` counts."""
        self.near_step = self.passed_step = None
        self._kept = np.empty(0, np.float32)
        self._from = step

    def restart(self) -> None:
        """Another run, or the same one told anew: its losses begin with step 1."""
        self.clear()
        self._end = 0

    def set_error(self, error: float | None, *, can_pass: bool) -> None:
        """PCA's error on the training set, None while it is not known. can_pass: some weights could."""
        self._error, self._can_pass = error, can_pass

    def append(self, losses: Array) -> None:
        """Losses (k,) of the steps that follow."""
        self._end += len(losses)
        fresh = losses[max(0, len(losses) - max(0, self._end - self._from)) :]
        self._kept = np.concatenate([self._kept, fresh.astype(np.float32)])

    def truncate(self, step: int) -> None:
        """Everything after `step` is void."""
        self._kept = self._kept[: max(0, len(self._kept) - max(0, self._end - step))]
        self._end = min(self._end, step)
        if self.near_step is not None and self.near_step > step:
            self.near_step = None
        if self.passed_step is not None and self.passed_step > step:
            self.passed_step = None

    def look(self) -> bool:
        """Look at what came; True when one of the two moments was found."""
        n = len(self._kept)
        if self._error is None or not math.isfinite(self._error) or self._error <= 0.0 or n < WINDOW:
            return False
        before = (self.near_step, self.passed_step)
        values = self._kept.astype(np.float64)
        sums = np.cumsum(np.concatenate([[0.0], values]))
        squares = np.cumsum(np.concatenate([[0.0], values**2]))
        mean = (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW  # (n - WINDOW + 1,)
        spread = (squares[WINDOW:] - squares[:-WINDOW]) / WINDOW - mean**2
        error_of_mean = np.sqrt(np.maximum(spread, 0.0) / (WINDOW - 1))
        first = self._end - n + WINDOW  # the step that the first mean ends with
        if self.near_step is None:
            self.near_step = _first(mean <= NEAR * self._error, first)
        if self.passed_step is None and self._can_pass:
            self.passed_step = _first(mean + SURE * error_of_mean < self._error, first)
        self._kept = self._kept[-(WINDOW - 1) :]
        return before != (self.near_step, self.passed_step)


def _first(true: Array, step: int) -> int | None:
    at = np.flatnonzero(true)
    return step + int(at[0]) if len(at) else None
