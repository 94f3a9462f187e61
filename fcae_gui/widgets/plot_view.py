"""Which part of a curve is visible and where it lands on the screen; axes that do not twitch. No Qt."""

from __future__ import annotations

import math

import numpy as np

FIRST_STEPS = 100.0  # width of the x axis before so many steps were made
ROOM_AHEAD = 1.35  # a full x axis grows by this factor, so that it is redrawn rarely and the eye can rest
FULL_ENOUGH = 0.55  # an axis shrinks only when the curve fills less of it than this
LEAST_SPAN = 1e-6  # of the largest value: a flat line still gets an axis


class PlotView:
    """Ranges of two axes, each linear or logarithmic, following a growing curve until a person moves them.

    Steps are counted from 1. A range is held in axis units: the value itself, or its decimal logarithm.
    """

    def __init__(self) -> None:
        self.log_x, self.log_y = False, True
        self.following = True  # both axes show the whole run
        self.fits_y = True  # the y axis shows all that the x axis leaves visible
        self.u0, self.u1, self.v0, self.v1 = 0.0, FIRST_STEPS, 0.0, 1.0
        self.left, self.top, self.width, self.height = 0.0, 0.0, 1.0, 1.0

    def place(self, left: float, top: float, width: float, height: float) -> None:
        """Where the plot lies, in logical pixels."""
        self.left, self.top, self.width, self.height = left, top, max(1.0, width), max(1.0, height)

    # --- values <-> pixels

    def to_x(self, step: np.ndarray | float) -> np.ndarray:
        """Pixel of a step."""
        u = np.log10(np.maximum(step, 1e-3)) if self.log_x else np.asarray(step, np.float64)
        return self.left + (u - self.u0) * (self.width / (self.u1 - self.u0))

    def to_y(self, value: np.ndarray | float) -> np.ndarray:
        """Pixel of a value; NaN for what a logarithmic axis cannot show."""
        v = np.asarray(value, np.float64)
        if self.log_y:
            v = np.log10(np.where(v > 0, v, np.nan))
        return self.top + (self.v1 - v) * (self.height / (self.v1 - self.v0))

    def x_of(self, step: float) -> float:
        """Pixel of one step."""
        return float(self.to_x(step))

    def y_of(self, value: float) -> float:
        """Pixel of one value."""
        return float(self.to_y(value))

    def step_at(self, x: float) -> float:
        """The step under a pixel."""
        u = self.u0 + (x - self.left) / self.width * (self.u1 - self.u0)
        return float(10.0**u if self.log_x else u)

    def edges(self, columns: int) -> np.ndarray:
        """Index of the first value at or right of each column's edge: (columns + 1,) int64."""
        u = np.linspace(self.u0, self.u1, columns + 1)
        steps = 10.0**u if self.log_x else u
        return np.ceil(steps - 1e-9).astype(np.int64) - 1

    def x_range(self) -> tuple[float, float]:
        """First and last visible step."""
        return (10.0**self.u0, 10.0**self.u1) if self.log_x else (self.u0, self.u1)

    def y_range(self) -> tuple[float, float]:
        """Lowest and highest visible value."""
        return (10.0**self.v0, 10.0**self.v1) if self.log_y else (self.v0, self.v1)

    # --- following

    def fit_x(self, n: int) -> bool:
        """While following: make `n` steps fit. True when the axis changed."""
        if not self.following:
            return False
        low = 0.0
        last = float(max(n, 1))
        high = math.log10(max(self.x_range()[1], 1.001)) if self.log_x else self.u1
        shown = 10.0**high if self.log_x else high
        if not (last <= shown and (shown <= FIRST_STEPS or last >= shown * FULL_ENOUGH) and self.u0 == low):
            shown = max(FIRST_STEPS, last * ROOM_AHEAD)
            self.u0, self.u1 = low, math.log10(shown) if self.log_x else shown
            return True
        return False

    def fit_y(self, low: float, high: float, *, now: bool = False) -> bool:
        """Make values in [low, high] fit, with room below for a curve that falls. True when the axis changed.

        With `now` the range is taken anew even if it would do.
        """
        if not (math.isfinite(low) and math.isfinite(high)) or (self.log_y and low <= 0):
            return False
        least = max(abs(high), abs(low)) * LEAST_SPAN or LEAST_SPAN
        a, b = (math.log10(low), math.log10(high)) if self.log_y else (low, high)
        span = max(b - a, math.log10(1.02) if self.log_y else least)
        if not now and self.v0 <= a and b <= self.v1 and span >= FULL_ENOUGH * (self.v1 - self.v0):
            return False
        room = 0.05 if now else 0.22
        v0, v1 = a - room * span, b + 0.08 * span
        if not self.log_y and low >= 0:
            v0 = max(0.0, v0)
        if (v0, v1) == (self.v0, self.v1):
            return False
        self.v0, self.v1 = v0, v1
        return True

    def follow(self) -> None:
        """Show the whole run again."""
        self.following = self.fits_y = True
        self.u0, self.u1 = (0.0, math.log10(FIRST_STEPS)) if self.log_x else (0.0, FIRST_STEPS)

    # --- by hand

    def set_log(self, x: bool, y: bool) -> None:
        """Change the axes' kinds; what is visible stays visible as far as a logarithm allows."""
        if x != self.log_x:
            a, b = self.x_range()
            self.log_x = x
            self.u0, self.u1 = (math.log10(max(a, 1.0)), math.log10(max(b, 2.0))) if x else (a, b)
            if not x and self.following:
                self.u0 = 0.0
        if y != self.log_y:
            self.log_y = y
            self.fits_y = True

    def pan(self, dx: float, dy: float) -> None:
        """Move what is shown by pixels; the axes stop following."""
        self.following = False
        shift = dx * (self.u1 - self.u0) / self.width
        self.u0, self.u1 = self.u0 - shift, self.u1 - shift
        if dy:
            self.fits_y = False
            rise = dy * (self.v1 - self.v0) / self.height
            self.v0, self.v1 = self.v0 + rise, self.v1 + rise

    def zoom_x(self, factor: float, x: float, n: int) -> None:
        """Show `factor` times as many steps around pixel `x`; between 4 steps and twice the run."""
        self.following = False
        at = self.u0 + (x - self.left) / self.width * (self.u1 - self.u0)
        u0, u1 = at + (self.u0 - at) * factor, at + (self.u1 - at) * factor
        first, last = (10.0**u0, 10.0**u1) if self.log_x else (u0, u1)
        if 4 <= last - first <= max(2.0 * n, 2 * FIRST_STEPS):
            self.u0, self.u1 = u0, u1

    def zoom_y(self, factor: float, y: float) -> None:
        """Show `factor` times the range of values around pixel `y`."""
        self.following = self.fits_y = False
        at = self.v1 - (y - self.top) / self.height * (self.v1 - self.v0)
        v0, v1 = at + (self.v0 - at) * factor, at + (self.v1 - at) * factor
        least = (abs(v0) + abs(v1)) * LEAST_SPAN if not self.log_y else LEAST_SPAN
        if least < v1 - v0 < (30 if self.log_y else 1e12):
            self.v0, self.v1 = v0, v1
