"""A curve of another run behind the live one: pale, dashed, and read out under the cursor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.plot_frame import mixed
from fcae_gui.widgets.plot_view import PlotView
from fcae_gui.widgets.polyline import polygon

PALE = 0.38  # share of the background: quieter than the live curves, still readable on a projector
DASHES = [5.0, 3.0]  # in widths of the pen
DOT_SPACING_PX = 7


@dataclass(frozen=True, slots=True)
class Ghost:
    """name: for the legend; train, test: (m, 2) and (k, 2) float64 of step (rising, any real) and value."""

    name: str
    train: np.ndarray
    test: np.ndarray

    def last_step(self) -> float:
        """The step at which it ends; 0 when it is empty."""
        return max((float(half[-1, 0]) for half in (self.train, self.test) if len(half)), default=0.0)

    def whole_range(self) -> tuple[float, float]:
        """Lowest and highest value above zero; (inf, -inf) without one."""
        values = np.concatenate([self.train[:, 1], self.test[:, 1]])
        values = values[np.isfinite(values) & (values > 0)]
        return (float(values.min()), float(values.max())) if len(values) else (math.inf, -math.inf)

    def at(self, step: float) -> tuple[float, float]:
        """Training and test value at a step, NaN where the curve has none."""
        found = [
            float(np.interp(step, half[:, 0], half[:, 1], left=math.nan, right=math.nan))
            if len(half)
            else math.nan
            for half in (self.train, self.test)
        ]
        return found[0], found[1]

    def ends_at(self) -> float:
        """Its last test value, or last training value without one; NaN when it is empty."""
        half = self.test if len(self.test) else self.train
        return float(half[-1, 1]) if len(half) else math.nan

    def line_at(self, step: float) -> str:
        """What the read-out says at a step; empty where the curve has nothing."""
        train, test = self.at(step)
        parts = [("train", train), ("test", test)]
        said = ", ".join(f"{name} {three_digits(value)}" for name, value in parts if math.isfinite(value))
        return f"{self.name}: {said}" if said else ""

    def paint(self, painter: QPainter, view: PlotView, area: QRectF) -> None:
        """Both halves, clipped to the plot."""
        look = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area.adjusted(-1, -4, 3, 1))
        for half, colour in ((self.train, look.train), (self.test, look.test)):
            shown = half[half[:, 0] > 0]
            xs, ys = view.to_x(shown[:, 0]), view.to_y(shown[:, 1])
            good = np.isfinite(xs) & np.isfinite(ys)
            xs, ys = xs[good], ys[good]
            if not len(xs):
                continue
            pale = mixed(colour, look.surface, PALE)
            pen = QPen(pale, max(1.2, look.line_px * 0.8))
            pen.setDashPattern(DASHES)
            painter.setPen(pen)
            if len(xs) > 1:
                painter.drawPolyline(polygon(xs, ys))
            if half is self.test:
                self._paint_dots(painter, xs, ys, pale)
        painter.restore()

    def _paint_dots(self, painter: QPainter, xs: np.ndarray, ys: np.ndarray, colour: QColor) -> None:
        """A ring for every test value that has room beside the one before."""
        look = theme.current()
        painter.setPen(QPen(colour, max(1.0, look.line_px * 0.7), Qt.PenStyle.SolidLine))
        painter.setBrush(QColor(look.surface))
        size, before = look.line_px * 1.1, -math.inf
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            if x - before >= DOT_SPACING_PX:
                painter.drawEllipse(QPointF(x, y), size, size)
                before = x
