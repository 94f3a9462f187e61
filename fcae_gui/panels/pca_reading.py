"""What the PCA panel's numbers look like in words, and the table of what both ways cost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fcae_gui.widgets.duration import duration

NONE = "–"
NAMES = ("pca", "quick", "network")
TABLE_TIP = (
    "Within 1 %: of the training error of exact PCA with as many components as the code has numbers. "
    "Estimates: PCA's covariance takes samples x features² operations, all its eigenvectors 9 x features³; "
    "training takes 6 operations per weight and image (forward once, backward twice)."
)


def degrees_text(angle: float | None) -> str:
    """0.08°, 12.3°."""
    if angle is None or not math.isfinite(angle):
        return NONE
    return f"{angle:.2f}°" if angle < 9.995 else f"{angle:.1f}°"


def excess_text(excess: float | None) -> str:
    """+0.81 % for a fraction of 0.0081; a minus is better than PCA."""
    if excess is None or not math.isfinite(excess):
        return NONE
    percent = round(100.0 * excess, 2) + 0.0  # never a negative zero
    return f"{percent:+.2f} %".replace("-", "−") if abs(percent) < 100.0 else f"{percent:+,.0f} %"


def between_text(columns: np.ndarray | None) -> str:
    """The angle between two decoder columns, or the range of all pairs."""
    if columns is None or len(columns) < 2:
        return NONE
    pairs = columns[np.triu_indices(len(columns), 1)]
    pairs = pairs[np.isfinite(pairs)]
    if not len(pairs):
        return NONE
    low, high = float(pairs.min()), float(pairs.max())
    return f"{low:.1f}°" if len(columns) == 2 else f"{low:.0f}° to {high:.0f}°"


def strongest_text(correlation: np.ndarray | None) -> str:
    """The largest correlation of two different units."""
    if correlation is None or len(correlation) < 2:
        return NONE
    off = correlation[np.triu_indices(len(correlation), 1)]
    strongest = round(float(off[np.abs(off).argmax()]), 2) + 0.0
    return f"{strongest:+.2f}".replace("-", "−")


def flops_text(flops: float | None) -> str:
    """42 GFLOP."""
    if flops is None:
        return NONE
    for size, word in ((1e15, "PFLOP"), (1e12, "TFLOP"), (1e9, "GFLOP"), (1e6, "MFLOP")):
        if flops >= size:
            return f"{flops / size:.3g} {word}"
    return f"{flops / 1e3:.3g} kFLOP"


class CostTable(QWidget):
    """PCA in full, PCA until it is near, the network until it is: measured time, estimated operations."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for column, text in enumerate(
            ("Time is measured here, operations are estimated", "time", "operations")
        ):
            head = QLabel(text, self)
            if column:
                head.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
            else:
                head.setWordWrap(True)
                head.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(head, 0, column)
        self._cells: dict[tuple[str, int], QLabel] = {}
        for row, name in enumerate(NAMES, 1):
            for column in range(3):
                cell = QLabel(NONE if column else "", self)
                cell.setWordWrap(column == 0)
                if column:
                    cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(cell, row, column)
                self._cells[name, column] = cell
        self.setToolTip(TABLE_TIP)
        self.setAccessibleName("What PCA and training cost")

    def set_readings(self, readings: Any) -> None:
        """From the values of a Readings."""
        self._put("pca", "PCA, exact, all components", readings.pca_seconds, readings.pca_flops)
        what = f"PCA, {readings.size} components, within 1 %"
        if readings.quick_rows is not None:
            what += f" ({readings.quick_rows:,} samples do)"
        self._put("quick", what, readings.quick_seconds, readings.quick_flops)
        if readings.near_step is None:
            what = "This network, within 1 %: not there yet"
        else:
            what = f"This network, within 1 % (step {readings.near_step:,})"
        self._put("network", what, readings.near_seconds, readings.near_flops)
        self.setAccessibleDescription(self.text_twin())

    def _put(self, name: str, what: str, seconds: float | None, flops: float | None) -> None:
        time = NONE if seconds is None else duration(seconds)
        for column, text in enumerate((what, time, flops_text(flops))):
            self._cells[name, column].setText(text)

    def text_twin(self) -> str:
        """All rows in words."""
        return " ".join(
            f"{self._cells[name, 0].text()}: {self._cells[name, 1].text()}, {self._cells[name, 2].text()}."
            for name in NAMES
        )
