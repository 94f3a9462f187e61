"""Curves with bands over a logarithmic axis, and a marker at which their values are read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets import axis
from fcae_gui.widgets.plot_frame import mixed

Ink = Literal["accent", "test", "muted", "warn", "bad", "text"]
PAD = 6.0
NEAR = 1.13  # the marker reads a measurement at most this factor away


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """points: (x, mean, low, high) by rising x, the last three in [0, 1]."""

    title: str
    ink: Ink
    points: tuple[tuple[float, float, float, float], ...]
    dashed: bool = False
    old: bool = False


class BandPlot(QWidget):
    """In only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[Curve, ...] = ()
        self._range = (10.0, 1000.0)
        self._marker = 10.0
        self._texts = ("", "")
        self._message = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)

    def set_texts(self, x_text: str, y_text: str) -> None:
        """What the axes are."""
        self._texts = (x_text, y_text)

    def set_range(self, low: float, high: float) -> None:
        """Both ends of the horizontal axis, 0 < low < high."""
        self._range = (low, max(high, low * 1.01))
        self.update()

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """What to show, the most important last."""
        self._curves = tuple(curves)
        self.setAccessibleDescription(self.text_twin())
        self.update()

    def set_marker(self, x: float) -> None:
        """Where the values in the legend are read."""
        self._marker = x
        self.setAccessibleDescription(self.text_twin())
        self.update()

    def set_message(self, text: str) -> None:
        """What is said while there are no curves."""
        self._message = text
        self.update()

    def at_marker(self, curve: Curve) -> tuple[float, float, float, float] | None:
        """The measurement nearest to the marker, None when none is near."""
        near = [p for p in curve.points if max(p[0] / self._marker, self._marker / p[0]) <= NEAR]
        return min(near, key=lambda p: abs(math.log(p[0] / self._marker)), default=None)

    def text_twin(self) -> str:
        """The values at the marker in words."""
        said = []
        for curve in self._curves:
            point = self.at_marker(curve)
            if point is not None:
                said.append(
                    f"{curve.title} {100 * point[1]:.1f} % ({100 * point[2]:.1f} to {100 * point[3]:.1f})"
                )
        return f"At {self._marker:,.0f}: " + ("; ".join(said) or "not measured")

    # --- painting -----------------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        metrics = QFontMetricsF(theme.font(0.92))
        line = metrics.height()
        left = metrics.horizontalAdvance("100") + 3 * PAD
        return QRectF(
            left, line + 2 * PAD, self.width() - left - 2 * PAD, self.height() - 3.3 * line - 4 * PAD
        )

    def _span(self) -> tuple[float, float]:
        values = [v for curve in self._curves for p in curve.points for v in p[1:]]
        low = math.floor(10 * (min(values) - 0.01)) / 10 if values else 0.0
        high = max(values) if values else 1.0
        return max(0.0, low), 1.0 if high > 0.85 else math.ceil(10 * high + 0.5) / 10

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, bands, lines, marker, legend."""
        look, painter = theme.current(), QPainter(self)
        area, (low, high) = self._plot(), self._span()
        font = theme.font(0.92)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        first, last = (math.log(v) for v in self._range)

        def place(x: float, y: float) -> QPointF:
            return QPointF(
                area.left() + (math.log(x) - first) / (last - first) * area.width(),
                area.bottom() - (y - low) / (high - low) * area.height(),
            )

        grid = QPen(mixed(look.line, look.surface, 0.35), 1)
        empty = not any(curve.points for curve in self._curves)
        for value, label in (
            [] if empty else axis.linear_ticks(100 * low, 100 * high, max(2, round(area.height() / 40)))
        ):
            y = round(place(self._range[0], value / 100).y()) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(look.muted))
            room = QRectF(0, y - metrics.height() / 2, area.left() - PAD, metrics.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), label)
        wanted = max(2, int(area.width() / (2.2 * metrics.horizontalAdvance("5,000"))))
        for value, label in axis.log_ticks(*self._range, wanted):
            x = round(place(value, low).x()) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(look.muted))
            wide = metrics.horizontalAdvance(label)
            x = min(max(x, area.left() + wide / 2), area.right() + PAD - wide / 2)
            painter.drawText(QPointF(x - wide / 2, area.bottom() + PAD + metrics.ascent()), label)
        painter.drawText(QPointF(area.left(), area.top() - PAD), self._texts[1])
        room = QRectF(area.left(), area.bottom() + PAD + metrics.height(), area.width(), metrics.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), self._texts[0])
        if empty:
            painter.setFont(theme.font())
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(area.adjusted(20, 0, -20, 0), flags, self._message)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = place(min(max(self._marker, self._range[0]), self._range[1]), low).x()
        painter.setPen(QPen(QColor(look.text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for curve in self._curves:
            self._paint_curve(painter, curve, [[place(p[0], v) for v in p[1:]] for p in curve.points])
        on_screen = [place(p[0], v) for c in self._curves for p in c.points for v in p[1:]]
        self._paint_legend(painter, area, on_screen)

    def _paint_curve(self, painter: QPainter, curve: Curve, points: list[list[QPointF]]) -> None:
        look = theme.current()
        colour = QColor(getattr(look, curve.ink))
        if curve.old:
            colour.setAlphaF(0.4)
        band = QColor(colour)
        band.setAlphaF(0.16 * colour.alphaF())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF([p[1] for p in points] + [p[2] for p in reversed(points)]))
        style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
        pen = QPen(colour, 1.3 * look.line_px, style)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([p[0] for p in points]))
        pen.setStyle(Qt.PenStyle.SolidLine)
        pen.setWidthF(1.2)
        painter.setPen(pen)
        for _, lowest, highest in points:
            painter.drawLine(lowest, highest)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for middle, _, _ in points:
            painter.drawEllipse(middle, 3.0, 3.0)

    def _paint_legend(self, painter: QPainter, area: QRectF, points: list[QPointF]) -> None:
        """The curves in the order of their values at the marker, where they hide least."""
        look = theme.current()
        font = theme.font()
        metrics = QFontMetricsF(font)
        line = metrics.height() + 2
        read = [(curve, self.at_marker(curve)) for curve in self._curves if curve.points]
        read.sort(key=lambda one: -(one[1][1] if one[1] is not None else -1.0))
        rows = [
            (c, c.title, "–" if p is None else f"{100 * p[1]:.1f} ± {50 * (p[3] - p[2]):.1f}")
            for c, p in read
        ]
        names = max(metrics.horizontalAdvance(title) for _, title, _ in rows)
        values = metrics.horizontalAdvance("100.0 ± 10.0")
        head = f"at {self._marker:,.0f} labels per class"
        wide = max(30 + names + 2 * PAD + values, metrics.horizontalAdvance(head)) + 2 * PAD
        box = QRectF(0, 0, wide, line * (len(rows) + 1) + PAD)
        room = area.adjusted(PAD, PAD, -PAD, -PAD)
        places = [
            QPointF(x, y)
            for y in (room.bottom() - box.height(), room.top(), room.center().y() - box.height() / 2)
            for x in (room.right() - box.width(), room.left())
        ]
        box.moveTopLeft(
            min(places, key=lambda at: sum(box.translated(at).contains(point) for point in points))
        )
        ground = QColor(look.surface)
        ground.setAlphaF(0.88)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(font)
        painter.setPen(QColor(look.muted))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        y = box.top() + PAD / 2
        painter.drawText(QRectF(box.left() + PAD, y, wide, line), flags, head)
        for curve, title, value in rows:
            y += line
            style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(getattr(look, curve.ink)), 2.4, style))
            middle = y + line / 2
            painter.drawLine(QPointF(box.left() + PAD, middle), QPointF(box.left() + PAD + 22, middle))
            painter.setPen(QColor(look.text))
            painter.drawText(QRectF(box.left() + PAD + 28, y, names + 4, line), flags, title)
            room = QRectF(box.right() - PAD - values, y, values, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), value)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(460, 320)
