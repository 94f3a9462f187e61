"""A small symmetric matrix of numbers in [-1, 1] as coloured squares, with its numbers where they fit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image

LIGHT_FROM = 0.55  # beyond this the ground is dark and the number on it white


def shown(value: float) -> str:
    """Two digits, a true minus sign, and never a negative zero."""
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


class MatrixView(QWidget):
    """Blue is -1, white 0, orange 1. The tool tip says the number under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: np.ndarray | None = None
        self._word = "unit"
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.setMinimumSize(90, 90)
        self.setAccessibleName("Matrix")

    def set_values(self, values: np.ndarray | None) -> None:
        """(k, k) in [-1, 1], None for nothing."""
        self._values = values
        self.setAccessibleDescription(self.text_twin())
        self.update()

    def text_twin(self) -> str:
        """The largest number off the diagonal, in words."""
        if self._values is None:
            return "No numbers yet."
        k = len(self._values)
        if k < 2:
            return "One unit has nothing to be correlated with."
        off = np.where(np.eye(k, dtype=bool), 0.0, self._values)
        i, j = np.unravel_index(int(np.abs(off).argmax()), off.shape)
        return f"{k} units; the strongest correlation is {shown(off[i, j])}, of units {i + 1} and {j + 1}."

    def cell(self) -> QRectF:
        """The square that the matrix fills."""
        side = float(min(self.width(), self.height()))
        return QRectF((self.width() - side) / 2, 0.0, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, area = QPainter(self), theme.current(), self.cell()
        values = self._values
        if values is None:
            painter.setPen(QColor(look.line))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        k = len(values)
        picture = pixel_image.to_image(pixel_image.signed_to_bytes(values), pixel_image.SIGNED)
        painter.drawImage(area, picture)
        painter.setPen(QColor(look.line))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        font = theme.font()
        step = area.width() / k
        if QFontMetricsF(font).horizontalAdvance("-0.00") + 4 > step:
            return
        painter.setFont(font)
        for i in range(k):
            for j in range(k):
                painter.setPen(QColor("#ffffff" if abs(values[i, j]) > LIGHT_FROM else "#1b1f24"))
                at = QRectF(area.left() + j * step, area.top() + i * step, step, step)
                painter.drawText(at, Qt.AlignmentFlag.AlignCenter, shown(values[i, j]))

    def event(self, event: QEvent) -> bool:
        """The number under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._values is not None:
            text = self.text_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def text_at(self, place: QPointF) -> str:
        """What stands at a position: "units 1 and 2: -0.31"."""
        area = self.cell()
        if self._values is None or not area.contains(place):
            return ""
        k = len(self._values)
        j = min(k - 1, int((place.x() - area.left()) / area.width() * k))
        i = min(k - 1, int((place.y() - area.top()) / area.height() * k))
        return f"code {i + 1} and code {j + 1}: {self._values[i, j]:.3f}"

    def sizeHint(self) -> QSize:
        return QSize(120, 120)
