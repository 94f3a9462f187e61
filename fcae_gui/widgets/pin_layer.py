"""Numbered pins on a map: a round head with the number above the place, so that the place stays visible."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from fcae_gui import theme
from fcae_gui.widgets.view_box import ViewBox

STEM = 1.15  # of the head's diameter: from the place to the middle of the head


def paint_head(painter: QPainter, middle: QPointF, number: int, *, chosen: bool) -> None:
    """The round head of a pin with its number, the same on the map and in a list."""
    look, radius = theme.current(), head_radius()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.accent), 2.0) if chosen else QPen(QColor(look.surface), 1.5))
    painter.setBrush(QColor(look.accent if not chosen else look.surface))
    painter.drawEllipse(middle, radius, radius)
    painter.setFont(theme.font(0.92, bold=True))
    painter.setPen(QColor(look.on_accent if not chosen else look.accent))
    box = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(number))


def head_radius() -> float:
    """Large enough for two figures."""
    metrics = QFontMetricsF(theme.font(0.92, bold=True))
    return max(metrics.height() * 0.58, metrics.horizontalAdvance("88") * 0.62)


class PinLayer:
    """Pins at world places, painted above the points."""

    def __init__(self) -> None:
        self._pins: tuple[tuple[int, float, float], ...] = ()
        self._chosen = 0

    def set_pins(self, pins: Sequence[tuple[int, float, float]], chosen: int) -> None:
        """(number, x, y) of every pin, and the number of the chosen one (0 for none)."""
        self._pins, self._chosen = tuple(pins), chosen

    @property
    def pins(self) -> tuple[tuple[int, float, float], ...]:
        """What set_pins() was given."""
        return self._pins

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """Stem and head of every pin, the chosen one last."""
        look, radius = theme.current(), head_radius()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, x, y in sorted(self._pins, key=lambda pin: pin[0] == self._chosen):
            foot = QPointF(*box.to_screen(x, y))
            if not QRectF(0, 0, box.width, box.height).adjusted(-60, -60, 60, 60).contains(foot):
                continue
            head = foot - QPointF(0, 2 * STEM * radius)
            for colour, wide in ((look.surface, 4.0), (look.accent, 1.8)):
                painter.setPen(QPen(QColor(colour), wide))
                painter.drawLine(foot, head)
            painter.setPen(QPen(QColor(look.surface), 1.2))
            painter.setBrush(QColor(look.accent))
            painter.drawEllipse(foot, 3.0, 3.0)
            paint_head(painter, head, number, chosen=number == self._chosen)
