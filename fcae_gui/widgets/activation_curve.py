"""An output activation as a curve, with a dot where one number sits on it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from fcae_gui import theme
from fcae_gui.widgets.lens_pictures import plain

CURVE_POINTS = 61
LEAST_SIGMOID, LEAST_LINE = 4.0, 2.0  # of the axis: a sigmoid needs room to bend
SIGMOID_RANGE = (-0.15, 1.15)


class ActivationCurve:
    """The sigmoid, or a straight line where there is none, over the band [0, 1] in which pixels live."""

    def __init__(self) -> None:
        self._drawn: tuple[object, QPolygonF] = (None, QPolygonF())

    def paint(
        self, painter: QPainter, rect: QRectF, *, bounded: bool, reach: float, at: float, value: float
    ) -> None:
        """Paint into `rect` from -reach to reach, with a dot at (at, value)."""
        look, metrics = theme.current(), QFontMetricsF(theme.font())
        reach = max(LEAST_SIGMOID if bounded else LEAST_LINE, reach)
        low, high = SIGMOID_RANGE if bounded else (-reach, reach)

        def place(a: float, y: float) -> QPointF:
            return QPointF(
                rect.x() + (min(max(a, -reach), reach) + reach) / (2 * reach) * rect.width(),
                rect.bottom() - (min(max(y, low), high) - low) / (high - low) * rect.height(),
            )

        top, bottom = place(0, 1.0).y(), place(0, 0.0).y()
        painter.fillRect(QRectF(rect.x(), top, rect.width(), bottom - top), QColor(look.raised))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.line), 1, Qt.PenStyle.DashLine))
        for level in (0.0, 1.0):
            painter.drawLine(place(-reach, level), place(reach, level))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(place(0, low), place(0, high))
        if self._drawn[0] != (key := (rect.getRect(), reach, bounded)):
            along = np.linspace(-reach, reach, CURVE_POINTS)
            values = 0.5 * (1 + np.tanh(0.5 * along)) if bounded else along
            points = [place(u, v) for u, v in zip(along.tolist(), values.tolist(), strict=True)]
            self._drawn = (key, QPolygonF(points))
        painter.setPen(QPen(QColor(look.text), look.line_px))
        painter.drawPolyline(self._drawn[1])
        spot = place(at, value)
        painter.setPen(QPen(QColor(look.accent), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(spot.x(), rect.bottom()), spot)
        painter.drawLine(QPointF(rect.left(), spot.y()), spot)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        painter.drawEllipse(spot, 4.5, 4.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(look.muted))
        painter.setFont(theme.font())
        inner, foot = rect.adjusted(3, 0, -3, -1), Qt.AlignmentFlag.AlignBottom
        left, right = plain(-reach, 0), plain(reach, 0)
        if metrics.horizontalAdvance(left + right) + 16 < rect.width():
            painter.drawText(inner, foot | Qt.AlignmentFlag.AlignLeft, left)
            painter.drawText(inner, foot | Qt.AlignmentFlag.AlignRight, right)
        tall = metrics.height()
        for level, y in ((0.0, bottom), (1.0, top)):
            # Above the line for 0; for 1 below it when the band is wide, or a title would be crossed.
            if level == 1.0 or bottom - top > tall:
                up = level == 0.0 or top - rect.top() > tall
                box = QRectF(rect.x() + 3, y - tall if up else y, 40, tall)
                painter.drawText(box, foot | Qt.AlignmentFlag.AlignLeft, f"{level:.0f}")
