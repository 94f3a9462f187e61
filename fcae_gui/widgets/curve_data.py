"""The values behind the loss curves: what was appended, its range and its smoothed form. No Qt."""

from __future__ import annotations

import math

import numpy as np

from fcae_gui.widgets.curve_pyramid import CurvePyramid, SmoothedCurve, grown


class CurveData:
    """Value i of the training curve belongs to step i + 1; test values stand at their own steps.

    Ranges leave out what is not finite or not above zero: no axis could show both that and a logarithm.
    """

    def __init__(self) -> None:
        self.train = CurvePyramid()
        self.smooth: SmoothedCurve | None = None
        self._smoothing = 0.0
        self._test = np.empty((64, 2))
        self._n_test = 0
        self._low, self._high = math.inf, -math.inf

    def __len__(self) -> int:
        return len(self.train)

    @property
    def test(self) -> np.ndarray:
        """(m, 2) with columns step, value: a view."""
        return self._test[: self._n_test]

    def append_train(self, values: np.ndarray) -> None:
        """Add (k,) values of consecutive steps."""
        self.train.append(values)
        if self.smooth is not None:
            self.smooth.append(values)
        self._include(np.asarray(values))

    def append_test(self, step: int, value: float) -> None:
        """Add a test value; steps must not fall."""
        self._test = grown(self._test, self._n_test, self._n_test + 1)
        self._test[self._n_test] = (step, value)
        self._n_test += 1
        self._include(self.test[-1:, 1])

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        self.train.truncate(step)
        self._n_test = int(np.count_nonzero(self.test[:, 0] <= step))
        self._low, self._high = math.inf, -math.inf
        self._include(self.train.values)
        self._include(self.test[:, 1])
        self.set_smoothing(self._smoothing)

    def set_smoothing(self, steps: float) -> None:
        """Time constant of the smoothed curve in steps; 0 for none."""
        self._smoothing = steps
        self.smooth = SmoothedCurve(steps) if steps > 0 else None
        if self.smooth is not None:
            self.smooth.append(self.train.values)

    def newest(self) -> tuple[float, float]:
        """Newest training value (smoothed as shown) and newest test value, NaN where there is none."""
        train = math.nan
        if len(self):
            train = self.smooth.last if self.smooth is not None else float(self.train.values[-1])
        return train, float(self.test[-1, 1]) if self._n_test else math.nan

    def last_step(self) -> int:
        """The newest step of either curve."""
        return max(len(self), int(self.test[-1, 0]) if self._n_test else 0)

    def test_before(self, step: int) -> tuple[int, float] | None:
        """(step, value) of the newest test value at or before `step`."""
        at = int(np.searchsorted(self.test[:, 0], step, side="right")) - 1
        return (int(self.test[at, 0]), float(self.test[at, 1])) if at >= 0 else None

    def whole_range(self) -> tuple[float, float]:
        """Lowest and highest value of the whole run; (inf, -inf) without one."""
        return self._low, self._high

    def range_between(self, first: float, last: float) -> tuple[float, float]:
        """Lowest and highest value of steps in [first, last]; (inf, -inf) without one."""
        low, high = self.train.extremes(np.array([first - 1]), np.array([last + 1]))
        seen = self.test[(self.test[:, 0] >= first) & (self.test[:, 0] <= last), 1]
        values = np.concatenate([low, high, seen])
        values = values[np.isfinite(values) & (values > 0)]
        return (float(values.min()), float(values.max())) if len(values) else (math.inf, -math.inf)

    def _include(self, values: np.ndarray) -> None:
        good = values[np.isfinite(values) & (values > 0)]
        if len(good):
            self._low = min(self._low, float(good.min()))
            self._high = max(self._high, float(good.max()))
