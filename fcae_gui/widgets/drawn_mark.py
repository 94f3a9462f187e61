"""The mark of a drawing on the map: a diamond, so that it is never taken for a point or for the cursor."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from fcae_gui import theme
from fcae_gui.widgets.view_box import ViewBox

REACH = 19.0  # around the cursor, which often stands in its middle


class DrawnMark:
    """A map layer with one place, or none."""

    def __init__(self) -> None:
        self.place: tuple[float, float] | None = None

    @staticmethod
    def rect(middle: QPointF) -> QRect:
        """What has to be painted again for a mark at a place of the widget."""
        reach = int(REACH * (theme.text_px() / 13.0) ** 0.7) + 6
        x, y = (int(min(max(value, -1e4), 1e4)) for value in (middle.x(), middle.y()))
        return QRect(x - reach, y - reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """Paint it where the drawing's code lies."""
        if self.place is None or not all(math.isfinite(value) for value in self.place):
            return
        look = theme.current()
        middle, reach = QPointF(*box.to_screen(*self.place)), REACH * (theme.text_px() / 13.0) ** 0.7
        corners = [QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0)]
        diamond = QPolygonF([middle + corner for corner in corners])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, wide in ((look.surface, 6.0), (look.test, 3.0)):
            pen = QPen(QColor(colour), wide)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawPolygon(diamond)
