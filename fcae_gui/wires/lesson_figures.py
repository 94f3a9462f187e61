"""Live numbers of lessons that come from tools: PCA's read-outs, and what learning the code is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from fcae_gui.session.lesson_numbers import Figures
from fcae_gui.widgets.duration import duration


def add_figures(figures: Figures, window: Any) -> None:
    """Give names their sources in this window; those of a tool that is not there stay open."""
    sources = _Sources(window)
    for name in (
        "pca_sse", "pca_excess", "pca_angle", "passed_step", "column_angle", "correlation", "pca_seconds",
        "near_seconds", "random_sse", "trained_sse",
        "recorded_sse", "recorded_epochs",
    ):  # fmt: skip
        figures.add(name, getattr(sources, name))


class _Sources:
    """Each method writes one number, or "" while it is not known."""

    def __init__(self, window: Any) -> None:
        self._window = window

    def _readings(self) -> Any:
        return self._window.standing.readings

    def _pca_error(self) -> float | None:
        session = self._window.session
        if session.config is None:
            return None
        error = self._window.baseline.error("mse", session.config.network.code_size, "test")
        return None if error is None else float(error) * session.config.network.input_size

    def pca_sse(self) -> str:
        error = self._pca_error()
        return "" if error is None else f"{error:.2f}"

    def pca_excess(self) -> str:
        error, ours = self._pca_error(), self._window.session.numbers().test_sse
        return (
            "" if not error or ours is None else f"{100 * (ours / error - 1):+.1f}\u00a0%".replace("-", "−")
        )

    def pca_angle(self) -> str:
        readings = self._readings()
        return "" if readings is None or readings.angle is None else f"{readings.angle:.1f}°"

    def passed_step(self) -> str:
        step = self._window.standing.passed_step
        return "" if step is None else f"{step:,}"

    def column_angle(self) -> str:
        readings = self._readings()
        columns = readings.columns if readings is not None else None
        if columns is None or len(columns) < 2 or not np.isfinite(columns[0, 1]):
            return ""
        return f"{columns[0, 1]:.0f}°"

    def correlation(self) -> str:
        readings = self._readings()
        table = readings.correlation if readings is not None else None
        if table is None or len(table) < 2:
            return ""
        apart = table[np.triu_indices(len(table), 1)]
        return f"{apart[np.abs(apart).argmax()]:+.2f}".replace("-", "−")

    def pca_seconds(self) -> str:
        readings = self._readings()
        return _seconds(readings.pca_seconds if readings is not None else None)

    def near_seconds(self) -> str:
        readings = self._readings()
        return _seconds(readings.near_seconds if readings is not None else None)

    def random_sse(self) -> str:
        frozen = self._window.code_worth.frozen
        return "" if frozen is None else f"{frozen.sse:.2f}"

    def recorded_sse(self) -> str:
        curve = self._window.recorded.curve
        return "" if curve is None or curve.sse is None else f"{curve.sse:.2f}"

    def recorded_epochs(self) -> str:
        curve = self._window.recorded.curve
        return "" if curve is None else f"{curve.epochs:.0f}"

    def trained_sse(self) -> str:
        trained = self._window.code_worth.trained
        return "" if trained is None else f"{trained.sse:.2f}"


def _seconds(value: float | None) -> str:
    return "" if value is None else duration(value).replace(" ", "\u00a0")
