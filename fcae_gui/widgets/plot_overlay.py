"""What lies over the curves: a legend that keeps out of their way, and the read-out under the cursor."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.curve_data import CurveData
from fcae_gui.widgets.curve_ghost import PALE as GHOST_PALE
from fcae_gui.widgets.curve_layer import round_pen
from fcae_gui.widgets.plot_frame import PAD, PlotFrame, mixed
from fcae_gui.widgets.plot_view import PlotView

NEAR_PX = 5.0  # a mark is read out when the cursor is this near
SWATCH_PX = 16.0
HIGHEST = 0.7  # of the plot: a higher legend would hide the curves, and is left out
WIDEST = 0.6  # of the plot, for a long name of a recorded curve


class Legend:
    """Names, colours and newest values, in a corner where they hide no curve and never a curve's end."""

    def __init__(self, data: CurveData, view: PlotView, frame: PlotFrame) -> None:
        self._data, self._view, self._frame = data, view, frame
        self._corner = 0
        self.box = QRectF()
        self.numbers = (math.nan, math.nan)

    def _rows(self) -> list[tuple[str, QPen, str]]:
        look = theme.current()
        wide = look.line_px + 0.6
        rows = [("train", round_pen(QColor(look.train), wide), three_digits(self.numbers[0]))]
        if len(self._data.test):
            rows.append(("test", round_pen(QColor(look.test), wide), three_digits(self.numbers[1])))
        if self._frame.ghost is not None:
            pen = QPen(mixed(look.test, look.surface, GHOST_PALE), wide)
            pen.setDashPattern([2.5, 1.5])
            rows.append((self._frame.ghost.name, pen, three_digits(self._frame.ghost.ends_at())))
        return rows

    def take(self, numbers: tuple[float, float]) -> None:
        """Show these values; the present corner is kept while it hides nothing."""
        self.numbers = numbers
        metrics, area = QFontMetricsF(theme.font()), self._frame.rect()
        longest = "train" if self._frame.ghost is None else max("train", self._frame.ghost.name, key=len)
        wide = metrics.horizontalAdvance(f"{longest} 0.00000") + SWATCH_PX + 10 + 2 * PAD
        wide = min(wide, area.width() * WIDEST)
        high = metrics.height() * len(self._rows()) + PAD
        if high > area.height() * HIGHEST:
            self.box = QRectF()
            return
        inner = area.adjusted(PAD, PAD, -PAD, -PAD)
        corners = [
            QRectF(inner.right() - wide, inner.top(), wide, high),
            QRectF(inner.left(), inner.bottom() - high, wide, high),
            QRectF(inner.left(), inner.top(), wide, high),
            QRectF(inner.right() - wide, inner.bottom() - high, wide, high),
        ]
        hidden = [self._hides(corner) for corner in corners]
        if hidden[self._corner]:
            self._corner = hidden.index(min(hidden))
        self.box = corners[self._corner]

    def _hides(self, box: QRectF) -> float:
        """How much of the curves a box would cover; their ends count a hundredfold."""
        view, data = self._view, self._data
        covered = 10.0 * sum(box.intersects(text) for text in self._frame.taken)
        steps = np.array([view.step_at(x) for x in np.linspace(box.left() - 3, box.right() + 3, 9)])
        low, high = data.train.extremes(np.floor(steps[:-1]) - 1, np.ceil(steps[1:]))
        some = np.isfinite(low)
        top, bottom = view.to_y(high[some]), view.to_y(low[some])
        covered += float(np.count_nonzero((bottom > box.top() - 3) & (top < box.bottom() + 3)))
        test = data.test
        near = test[(test[:, 0] >= steps[0]) & (test[:, 0] <= steps[-1])]
        ys = view.to_y(near[:, 1])
        covered += float(((ys > box.top() - 3) & (ys < box.bottom() + 3)).any())
        ghost = self._frame.ghost
        if ghost is not None:
            for half in (ghost.train, ghost.test):
                xs, ys = view.to_x(half[:, 0]), view.to_y(half[:, 1])
                under = (
                    (xs > box.left()) & (xs < box.right()) & (ys > box.top() - 3) & (ys < box.bottom() + 3)
                )
                covered += min(8.0, float(np.count_nonzero(under))) + 8.0 * bool(len(under) and under[-1])
        ends = [(float(len(data)), self.numbers[0])] if len(data) else []
        if len(test):
            ends.append((float(test[-1, 0]), float(test[-1, 1])))
        grip = box.adjusted(-6, -6, 6, 6)
        return covered + 100.0 * sum(grip.contains(view.x_of(s), view.y_of(v)) for s, v in ends)

    def paint(self, painter: QPainter) -> None:
        """On a pale ground, so that grid lines do not cross the figures."""
        look, box = theme.current(), self.box
        if box.isEmpty():
            return
        ground = QColor(look.surface)
        ground.setAlphaF(0.85)
        painter.fillRect(box, ground)
        font = theme.font()
        painter.setFont(font)
        line = QFontMetricsF(font).height()
        left, y = box.left() + PAD, box.top() + PAD / 2
        metrics = QFontMetricsF(font)
        for name, pen, value in self._rows():
            painter.setPen(pen)
            painter.drawLine(QPointF(left, y + line / 2), QPointF(left + SWATCH_PX, y + line / 2))
            painter.setPen(QColor(look.text))
            text = QRectF(left + SWATCH_PX + 6, y, box.width() - 2 * PAD - SWATCH_PX - 6, line)
            room = text.width() - metrics.horizontalAdvance(f" {value}")
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(text, Qt.AlignmentFlag.AlignLeft, shown)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight, value)
            y += line


def read_out(data: CurveData, frame: PlotFrame, view: PlotView, step: int) -> list[str]:
    """What there is to say about a step, a line each: step, losses, what was changed there."""
    if not 1 <= step <= len(data):
        return []
    epoch = f"  epoch {step / frame.steps_per_epoch:.2f}" if frame.steps_per_epoch else ""
    lines = [f"step {step:,}{epoch}"]
    raw = three_digits(float(data.train.values[step - 1]))
    if data.smooth is None:
        lines.append(f"train {raw}")
    else:
        smooth = data.smooth.last if step == len(data) else data.smooth.at(step - 1)
        lines.append(f"train {three_digits(smooth)}  (this batch {raw})")
    test = data.test_before(step)
    if test is not None:
        when = "" if test[0] == step else f"  (step {test[0]:,})"
        lines.append(f"test {three_digits(test[1])}{when}")
    x = view.x_of(step)
    return lines + [text for where, text in frame.marks if abs(view.x_of(where) - x) <= NEAR_PX]


def paint_read_out(painter: QPainter, lines: list[str], x: float, area: QRectF) -> None:
    """A dotted line at `x` and the lines in a box beside it, inside `area`."""
    if not lines or not area.left() - 1 <= x <= area.right() + 1:
        return
    look, font = theme.current(), theme.font()
    metrics = QFontMetricsF(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.text), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    painter.setFont(font)
    room = area.width() - 4 * PAD
    lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines]
    wide = max(metrics.horizontalAdvance(line) for line in lines) + 2 * PAD + 1
    high = math.ceil(metrics.lineSpacing() + 1) * len(lines) + PAD
    left = x + 8 if x + 8 + wide <= area.right() else x - 8 - wide
    left = min(max(left, area.left()), area.right() - wide)
    box = QRectF(left, max(0.0, min(area.top() + PAD, area.bottom() - high)), wide, high)
    painter.setBrush(QColor(look.surface))
    painter.setPen(QPen(QColor(look.line), 1))
    painter.drawRoundedRect(box, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(look.text))
    text = box.adjusted(PAD, PAD / 2, 0, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignLeft, "\n".join(lines))
