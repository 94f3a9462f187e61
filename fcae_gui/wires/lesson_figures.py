"""Live numbers of lessons that come from tools: PCA's read-outs, and what learning the code is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from fcae_gui.session.lesson_numbers import Figures


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

    def _tool(self, part: str) -> Any:
        wired = getattr(self._window, "_wires", ())
        return next((getattr(one, part) for one in wired if hasattr(one, part)), None)

    def _readings(self) -> Any:
        standing = self._tool("standing")
        return standing.readings if standing is not None else None

    def _pca_error(self) -> float | None:
        session, baseline = self._window.session, getattr(self._window, "baseline", None)
        if baseline is None or session.config is None:
            return None
        error = baseline.error("mse", session.config.network.code_size, "test")
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
        standing = self._tool("standing")
        step = standing.passed_step if standing is not None else None
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
        worth = self._tool("worth")
        return "" if worth is None or worth.frozen is None else f"{worth.frozen.sse:.2f}"

    def _recorded(self) -> Any:
        tool = self._tool("recorded")
        return tool.curve if tool is not None else None

    def recorded_sse(self) -> str:
        curve = self._recorded()
        return "" if curve is None or curve.sse is None else f"{curve.sse:.2f}"

    def recorded_epochs(self) -> str:
        curve = self._recorded()
        return "" if curve is None else f"{curve.epochs:.0f}"

    def trained_sse(self) -> str:
        worth = self._tool("worth")
        return "" if worth is None or worth.trained is None else f"{worth.trained.sse:.2f}"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}\u00a0s" if value < 10 else f"{value:.0f}\u00a0s"
