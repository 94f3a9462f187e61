"""A curve of a word's size: how one number fell, on a logarithmic axis, without ticks."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme

LEAST = 0.01  # what lies under it is drawn at the bottom


class FallCurve(QWidget):
    """Values over steps from `top` down to the least one, with a hairline at `goal`."""

    def __init__(self, top: float, goal: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._top, self._goal = top, goal
        self._points = np.empty((0, 2))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)

    def set_points(self, points: np.ndarray | None) -> None:
        """(m, 2) step and value, None for none."""
        self._points = np.empty((0, 2)) if points is None else points
        self.update()

    def _y(self, value: np.ndarray | float) -> np.ndarray:
        high, low = math.log(self._top), math.log(LEAST)
        share = (np.log(np.clip(value, LEAST, self._top)) - low) / (high - low)
        return np.asarray(2.0 + (1.0 - share) * (self.height() - 4.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme.current()
        painter.fillRect(QRectF(self.rect()), QColor(look.raised))
        painter.setPen(QPen(QColor(look.floor), 1, Qt.PenStyle.DashLine))
        goal = float(self._y(self._goal))
        painter.drawLine(QPointF(0, goal), QPointF(self.width(), goal))
        if len(self._points) < 2:
            return
        steps, values = self._points[:, 0], self._points[:, 1]
        x = (steps - steps[0]) / max(1.0, steps[-1] - steps[0]) * (self.width() - 4.0) + 2.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.accent), look.line_px))
        y = self._y(values)
        painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))

    def changeEvent(self, event: QEvent) -> None:
        """Another text size is another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(110, round(theme.text_px() * 1.9))
