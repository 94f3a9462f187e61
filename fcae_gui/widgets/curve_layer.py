"""Draws the curves by columns: what has settled once, into a pixmap, what still grows at every frame."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from fcae_gui import theme
from fcae_gui.widgets.curve_data import CurveData
from fcae_gui.widgets.curve_pyramid import STRIDE, within
from fcae_gui.widgets.plot_frame import PlotFrame, mixed
from fcae_gui.widgets.plot_view import PlotView
from fcae_gui.widgets.polyline import polygon

PALE = 0.68  # share of the background in the raw curve's colour
DOT_SPACING_PX = 7  # test values closer than this are a line without dots
End = tuple[float, float] | None  # where a curve stops, in pixels


def round_pen(colour: QColor, width: float) -> QPen:
    """A pen whose strokes join without a seam."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


class CurveLayer:
    """A pixmap with frame and settled curves. A column has settled when the run is past its last step."""

    def __init__(self, data: CurveData, view: PlotView, frame: PlotFrame) -> None:
        self._data, self._view, self._frame = data, view, frame
        self.pixmap: QPixmap | None = None
        self._edges = np.zeros(2, np.int64)  # index of the first value of each column, and of the one after
        self._settled = 0
        self._ends: tuple[End, End] = (None, None)  # raw, smooth
        self._test_settled = 0

    def drop(self) -> None:
        """The next paint begins anew."""
        self.pixmap = None

    def rebuild(self, size: QSize, ratio: float) -> None:
        """Paint the frame for a widget of `size` logical pixels; `settle` then adds the curves."""
        font = theme.font()
        self._frame.layout(size.width(), size.height(), font)
        self.pixmap = QPixmap((size.toSizeF() * ratio).toSize())
        self.pixmap.setDevicePixelRatio(ratio)
        self.pixmap.fill(QColor(theme.current().surface))
        painter = QPainter(self.pixmap)
        self._frame.paint(painter, font, empty=not len(self._data))
        painter.end()
        self._edges = self._view.edges(max(1, round(self._view.width * ratio)))
        self._settled, self._test_settled, self._ends = 0, 0, (None, None)

    def draw_all(self, painter: QPainter, size: QSize) -> None:
        """Frame and curves as lines, without a pixmap: for a file."""
        font = theme.font()
        self._frame.layout(size.width(), size.height(), font)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(theme.current().surface))
        self._frame.paint(painter, font, empty=not len(self._data))
        self._edges = self._view.edges(max(1, round(self._view.width)))
        if not len(self._data):
            return
        painter.save()
        self._begin(painter)
        last = int(np.searchsorted(self._edges, len(self._data), side="left"))
        self._draw_train(painter, 0, min(max(last, 0), self._columns), growing=True)
        self._draw_test(painter)
        painter.restore()

    @property
    def _columns(self) -> int:
        return len(self._edges) - 1

    def growing_from(self) -> int:
        """The first step that is not in the pixmap for good."""
        return max(1, int(self._edges[self._settled]))

    def settle(self) -> None:
        """Move columns that will not change any more, and new test values, into the pixmap."""
        done = int(np.searchsorted(self._edges, len(self._data), side="right")) - 1
        done = min(max(done, 0), self._columns)
        if self.pixmap is None or (done <= self._settled and self._test_settled == len(self._data.test)):
            return
        painter = QPainter(self.pixmap)
        self._begin(painter)
        self._ends = self._draw_train(painter, self._settled, done)
        self._settled = max(done, self._settled)
        self._draw_test(painter)
        painter.end()

    def draw_growing(self, painter: QPainter) -> None:
        """The columns that are not in the pixmap yet."""
        if not len(self._data) or self._settled >= self._columns:
            return
        painter.save()
        self._begin(painter)
        last = int(np.searchsorted(self._edges, len(self._data), side="left"))
        self._draw_train(painter, self._settled, min(max(last, self._settled), self._columns), growing=True)
        painter.restore()

    def _begin(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._frame.rect().adjusted(-1, -4, 3, 1))

    def _draw_train(
        self, painter: QPainter, first: int, last: int, *, growing: bool = False
    ) -> tuple[End, End]:
        """Columns [first, last) joined to what is drawn already; returns where the two curves now end."""
        view, look, smooth, n = self._view, theme.current(), self._data.smooth, len(self._data)
        starts, stops = self._edges[first:last], self._edges[first + 1 : last + 1]
        if first == 0:  # the line comes in from the left edge
            starts = np.concatenate([[self._edges[0] - 1], starts])
            stops = np.concatenate([[self._edges[0]], stops])
        if last == self._columns:  # and leaves over the right one
            starts, stops = np.append(starts, self._edges[-1]), np.append(stops, self._edges[-1] + 1)
        a, b = within(starts, n), within(stops, n)
        some = b > a
        a, b = a[some], b[some]
        if not len(a):
            return self._ends
        low, high = self._data.train.extremes(a, b)
        ys = np.empty(2 * len(a))
        ys[0::2], ys[1::2] = view.to_y(high), view.to_y(low)
        colour = QColor(look.train)
        pen = QPen(colour, max(1.0, look.line_px * 0.75))
        if smooth is not None:
            pen = QPen(mixed(look.train, look.surface, PALE), 1.0)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.setPen(pen)
        raw_end = _stroke(painter, np.repeat(view.to_x((a + b - 1) / 2 + 1), 2), ys, self._ends[0])
        if smooth is None:
            return raw_end, None
        if first == 0:  # one kept value beyond either edge
            a[0] = max(0, a[0] - STRIDE)
        if last == self._columns:
            b[-1] += STRIDE
        index, mean = smooth.means(a, b)
        x, y = view.to_x(index + 1), view.to_y(mean)
        now = view.x_of(n)
        if growing and not (len(x) and now - x[-1] < 1.0):  # far apart steps: on to the newest
            x, y = np.append(x, now), np.append(y, view.y_of(smooth.last))
        painter.setPen(round_pen(colour, look.line_px))
        return raw_end, _stroke(painter, x, y, self._ends[1])

    def _draw_test(self, painter: QPainter) -> None:
        """Test values that are not in the pixmap yet; with room, each gets a dot."""
        view, look = self._view, theme.current()
        points = self._data.test[max(0, self._test_settled - 1) :]
        self._test_settled = len(self._data.test)
        if not len(points):
            return
        xs, ys = view.to_x(points[:, 0]), view.to_y(points[:, 1])
        inside = (xs > view.left - 4) & (xs < view.left + view.width + 4)
        near = inside.copy()  # a neighbour on either side keeps the line going over the edge
        near[:-1] |= inside[1:]
        near[1:] |= inside[:-1]
        near &= np.isfinite(ys)
        xs, ys = xs[near], ys[near]
        if len(xs) > 2 * view.width:  # average what shares a column
            column = np.floor(xs - xs[0]).astype(np.int64)
            count = np.bincount(column)
            some = count > 0
            xs = np.bincount(column, xs)[some] / count[some]
            ys = np.bincount(column, ys)[some] / count[some]
        painter.setPen(round_pen(QColor(look.test), look.line_px))
        _stroke(painter, xs, ys, None)
        if len(xs) < 2 or (xs[-1] - xs[0]) / (len(xs) - 1) >= DOT_SPACING_PX:
            painter.setBrush(QColor(look.test))
            size = look.line_px * 0.9
            for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                painter.drawEllipse(QPointF(x, y), size, size)
            painter.setBrush(Qt.BrushStyle.NoBrush)


def _stroke(painter: QPainter, xs: np.ndarray, ys: np.ndarray, start: End) -> End:
    """One polyline from `start` through the finite points; returns its end."""
    if start is not None:
        xs, ys = np.concatenate([[start[0]], xs]), np.concatenate([[start[1]], ys])
    good = np.isfinite(xs) & np.isfinite(ys)
    if not good.all():
        xs, ys = xs[good], ys[good]
    if not len(xs):
        return start
    end = float(xs[-1]), float(ys[-1])
    if len(xs) == 1 or (math.isclose(end[0], xs[0]) and len(xs) == 2 and end[1] == ys[0]):
        painter.drawPoint(QPointF(*end))
    else:
        painter.drawPolyline(polygon(xs, ys))
    return end
