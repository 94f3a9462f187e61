"""A live plot of a training and a test curve that stays cheap after a million steps.

What has settled lies in one pixmap; a frame draws that pixmap and the few columns that are still growing.
"""

from __future__ import annotations

import bisect
import math
import time

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.curve_pyramid import STRIDE, CurvePyramid, SmoothedCurve, grown, within
from fcae_gui.widgets.plot_frame import PAD, PlotFrame, mixed
from fcae_gui.widgets.plot_view import PlotView
from fcae_gui.widgets.polyline import polygon

NUMBERS_INTERVAL_S = 0.33  # figures that change faster cannot be read
NEAR_PX = 5.0  # a mark is read out when the cursor is this near


class CurvePlot(QWidget):
    """Value i of the training curve belongs to step i + 1; test values stand at their own steps."""

    following_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PlotView()
        self._frame = PlotFrame(self.view)
        self._train = CurvePyramid()
        self._smoothing = 0.0
        self._smooth: SmoothedCurve | None = None
        self._test = np.empty((64, 2))  # step, value
        self._n_test = 0
        self._low, self._high = math.inf, -math.inf  # of all that is finite and above zero
        self._layer: QPixmap | None = None
        self._edges = np.zeros(2, np.int64)
        self._settled = 0  # columns of the layer that hold their final curve
        self._ends: list[tuple[float, float] | None] = [None, None]  # where raw and smooth stop in the layer
        self._test_settled = 0
        self._legend = QRectF()
        self._corner = 0
        self._numbers = (math.nan, math.nan)
        self._numbers_at = 0.0
        self._cursor: int | None = None  # a step
        self._drag: QPointF | None = None
        self._focus_shown = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(200, 90)

    # --- what is shown

    @property
    def n(self) -> int:
        """Number of training values."""
        return len(self._train)

    def newest(self) -> tuple[float, float]:
        """Newest training value (smoothed as shown) and newest test value, NaN where there is none."""
        train = math.nan
        if self.n:
            train = self._smooth.last if self._smooth is not None else float(self._train.values[-1])
        return train, float(self._test[self._n_test - 1, 1]) if self._n_test else math.nan

    def append_train(self, values: np.ndarray) -> None:
        """Add (k,) values of consecutive steps."""
        if not len(values):
            return
        self._train.append(values)
        if self._smooth is not None:
            self._smooth.append(values)
        self._include(np.asarray(values))
        self._grow()

    def append_test(self, step: int, value: float) -> None:
        """Add a test value; steps must not fall."""
        self._test = grown(self._test, self._n_test, self._n_test + 1)
        self._test[self._n_test] = (step, value)
        self._n_test += 1
        self._include(self._test[self._n_test - 1 : self._n_test, 1])
        self._grow()
        if self._layer is not None:
            before = self._test[max(0, self._n_test - 2), 0]
            self._update_columns(self.view.x_of(before), self.view.x_of(step))

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        self._train.truncate(step)
        self._n_test = int(np.count_nonzero(self._test[: self._n_test, 0] <= step))
        self._frame.marks = [mark for mark in self._frame.marks if mark[0] <= step]
        self._low, self._high = math.inf, -math.inf
        self._include(self._train.values)
        self._include(self._test[: self._n_test, 1])
        self.set_smoothing(self._smoothing)
        self._rebuild_soon()

    def clear(self) -> None:
        """Forget everything and follow again."""
        self.truncate(0)
        self._cursor = None
        self.follow()

    def set_unit(self, text: str) -> None:
        """What the values are, for the y axis."""
        self._frame.unit = text
        self._rebuild_soon()

    def set_steps_per_epoch(self, n: int) -> None:
        """Marks every so many steps; 0 for none."""
        if n != self._frame.steps_per_epoch:
            self._frame.steps_per_epoch = max(0, int(n))
            self._rebuild_soon()

    def set_floor(self, value: float | None, label: str) -> None:
        """A reference line, or None."""
        usable = value is not None and math.isfinite(value) and value > 0
        self._frame.floor, self._frame.floor_label = (value if usable else None), label
        self._rebuild_soon()

    def mark(self, step: int, text: str) -> None:
        """A thin line at `step`, whose text is read out under the cursor."""
        bisect.insort(self._frame.marks, (int(step), text))
        self._rebuild_soon()

    def set_log(self, *, x: bool, y: bool) -> None:
        """Kind of the two axes."""
        self.view.set_log(x, y)
        self._rebuild_soon()

    def set_smoothing(self, steps: float) -> None:
        """Time constant of the smoothed curve in steps; 0 shows the raw curve alone."""
        self._smoothing = steps
        self._smooth = SmoothedCurve(steps) if steps > 0 else None
        if self._smooth is not None:
            self._smooth.append(self._train.values)
        self._rebuild_soon()

    def follow(self) -> None:
        """Show the whole run, and keep doing so."""
        was = self.view.following
        self.view.follow()
        self._rebuild_soon()
        if not was:
            self.following_changed.emit(True)

    def refresh_numbers(self) -> None:
        """Take the newest figures into the legend and see whether it still stands out of the way."""
        self._numbers_at = time.monotonic()
        numbers = self.newest()
        if self._layer is None or numbers == self._numbers:
            return
        self._numbers = numbers
        old = QRectF(self._legend)
        self._place_legend()
        self.update(old.united(self._legend).toAlignedRect())

    def epoch_of(self, step: float) -> float | None:
        """Completed epochs at a step, None when their length is not known."""
        return step / self._frame.steps_per_epoch if self._frame.steps_per_epoch else None

    # --- keeping up

    def _include(self, values: np.ndarray) -> None:
        good = values[np.isfinite(values) & (values > 0)]
        if len(good):
            self._low = min(self._low, float(good.min()))
            self._high = max(self._high, float(good.max()))

    def _grow(self) -> None:
        """After new values: follow them, or only repaint the columns they fall into."""
        view = self.view
        changed = view.fit_x(self._last_step())
        if view.following and view.fits_y:
            changed |= view.fit_y(*self._whole_range())
        if changed or self._layer is None:
            self._rebuild_soon()
            return
        first = int(self._edges[min(self._settled, len(self._edges) - 1)])
        self._update_columns(view.x_of(max(1, first)), view.x_of(self.n))
        if time.monotonic() - self._numbers_at >= NUMBERS_INTERVAL_S:
            self.refresh_numbers()

    def _last_step(self) -> int:
        return max(self.n, int(self._test[self._n_test - 1, 0]) if self._n_test else 0)

    def _whole_range(self) -> tuple[float, float]:
        floor = self._frame.floor
        if floor is None:
            return self._low, self._high
        return min(self._low, floor), max(self._high, floor)

    def _update_columns(self, x0: float, x1: float) -> None:
        view = self.view
        slack = theme.current().line_px * 3 + 2
        left, right = max(x0 - slack, view.left - slack), min(x1 + slack, view.left + view.width + slack)
        if right > left:
            top = int(view.top - slack)
            self.update(
                QRect(int(left), top, math.ceil(right - left) + 1, math.ceil(view.height + 2 * slack))
            )

    def _rebuild_soon(self) -> None:
        self._layer = None
        self.update()

    def _visible_range(self) -> tuple[float, float]:
        """Lowest and highest value among the visible steps."""
        first, last = self.view.x_range()
        low, high = self._train.extremes(np.array([first - 1]), np.array([last + 1]))
        test = self._test[: self._n_test]
        seen = test[(test[:, 0] >= first) & (test[:, 0] <= last), 1]
        values = np.concatenate([low, high, seen])
        values = values[np.isfinite(values) & (values > 0)]
        return (float(values.min()), float(values.max())) if len(values) else (math.inf, -math.inf)

    # --- painting

    def _rebuild(self) -> None:
        """Paint frame and settled curves into the layer."""
        view, look, font = self.view, theme.current(), theme.font()
        if view.following:
            view.fit_x(self._last_step())
        if view.fits_y:
            if view.following:
                view.fit_y(*self._whole_range())
            else:
                view.fit_y(*self._visible_range(), now=True)
        self._frame.layout(self.width(), self.height(), font)
        ratio = self.devicePixelRatioF()
        layer = QPixmap((QSize(self.width(), self.height()).toSizeF() * ratio).toSize())
        layer.setDevicePixelRatio(ratio)
        layer.fill(QColor(look.surface))
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._frame.paint(painter, font, empty=not self.n)
        painter.end()
        self._edges = view.edges(max(1, round(view.width * ratio)))
        self._settled, self._test_settled, self._ends = 0, 0, [None, None]
        self._layer = layer
        self._numbers = self.newest()
        self._place_legend()

    def _settle(self) -> None:
        """Move columns that will not change any more into the layer."""
        done = int(np.searchsorted(self._edges, self.n, side="right")) - 1
        done = min(max(done, 0), len(self._edges) - 1)
        if done <= self._settled and self._test_settled == self._n_test:
            return
        assert self._layer is not None
        painter = QPainter(self._layer)
        self._begin_curves(painter)
        self._ends = self._draw_train(painter, self._settled, done)
        self._settled = max(done, self._settled)
        self._draw_test(painter)
        painter.end()

    def _begin_curves(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._frame.rect().adjusted(-1, -4, 3, 1))

    def _draw_train(self, painter: QPainter, first: int, last: int) -> list[tuple[float, float] | None]:
        """Columns [first, last) joined to what is drawn already; returns where the two curves now end."""
        view, look = self.view, theme.current()
        starts, stops = self._edges[first:last], self._edges[first + 1 : last + 1]
        if first == 0:  # the line comes in from the left edge
            starts = np.concatenate([[starts[0] - 1 if last else self._edges[0] - 1], starts])
            stops = np.concatenate([[self._edges[0]], stops])
        if last == len(self._edges) - 1:  # and leaves over the right one
            starts, stops = np.append(starts, self._edges[-1]), np.append(stops, self._edges[-1] + 1)
        a, b = within(starts, self.n), within(stops, self.n)
        some = b > a
        a, b = a[some], b[some]
        if not len(a):
            return list(self._ends)
        ends = list(self._ends)
        low, high = self._train.extremes(a, b)
        xs = view.to_x((a + b - 1) / 2 + 1)
        lows_y, highs_y = view.to_y(low), view.to_y(high)
        raw_x, raw_y = np.repeat(xs, 2), np.empty(2 * len(xs))
        raw_y[0::2], raw_y[1::2] = highs_y, lows_y
        colour = QColor(look.train)
        smooth = self._smooth
        pale = mixed(look.train, look.surface, 0.68) if smooth is not None else colour
        pen = QPen(pale, 1.0 if smooth is not None else max(1.0, look.line_px * 0.75))
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.setPen(pen)
        ends[0] = self._stroke(painter, raw_x, raw_y, ends[0])
        if smooth is not None:
            back = np.where(np.arange(len(a)) == 0, np.maximum(a - (STRIDE if first == 0 else 0), 0), a)
            index, mean = smooth.means(back, b)
            x, y = view.to_x(index + 1), view.to_y(mean)
            if last >= len(self._edges) - 1 or stops[-1] >= self.n:
                x, y = np.append(x, view.x_of(self.n)), np.append(y, view.y_of(smooth.last))
            painter.setPen(_round_pen(colour, look.line_px))
            ends[1] = self._stroke(painter, x, y, ends[1])
        return ends

    @staticmethod
    def _stroke(
        painter: QPainter, xs: np.ndarray, ys: np.ndarray, start: tuple[float, float] | None
    ) -> tuple[float, float] | None:
        """One polyline from `start` through the finite points; returns its end."""
        if start is not None:
            xs, ys = np.concatenate([[start[0]], xs]), np.concatenate([[start[1]], ys])
        good = np.isfinite(xs) & np.isfinite(ys)
        xs, ys = xs[good], ys[good]
        if not len(xs):
            return start
        end = float(xs[-1]), float(ys[-1])
        if len(xs) == 1:
            painter.drawPoint(QPointF(*end))
        else:
            painter.drawPolyline(polygon(xs, ys))
        return end

    def _draw_test(self, painter: QPainter) -> None:
        """Test values that are not in the layer yet; with room, each gets a dot."""
        view, look = self.view, theme.current()
        points = self._test[max(0, self._test_settled - 1) : self._n_test]
        self._test_settled = self._n_test
        if not len(points):
            return
        xs, ys = view.to_x(points[:, 0]), view.to_y(points[:, 1])
        inside = (xs > view.left - 4) & (xs < view.left + view.width + 4)
        near = inside.copy()  # a neighbour on either side keeps the line going over the edge
        near[:-1] |= inside[1:]
        near[1:] |= inside[:-1]
        xs, ys = xs[near], ys[near]
        if len(xs) > 2 * view.width:  # average what shares a column
            column = np.floor(xs - xs[0]).astype(np.int64)
            count = np.bincount(column)
            some = count > 0
            good = np.where(np.isfinite(ys), ys, np.nanmean(ys))
            xs = (np.bincount(column, xs) / np.maximum(count, 1))[some]
            ys = (np.bincount(column, good) / np.maximum(count, 1))[some]
        painter.setPen(_round_pen(QColor(look.test), look.line_px))
        self._stroke(painter, xs, ys, None)
        if len(xs) < 2 or (xs[-1] - xs[0]) / (len(xs) - 1) >= 7:
            painter.setBrush(QColor(look.test))
            size = look.line_px * 0.9
            for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                if math.isfinite(y):
                    painter.drawEllipse(QPointF(x, y), size, size)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            self._rebuild()
        assert self._layer is not None
        self._settle()
        painter = QPainter(self)
        dirty = event.rect()
        source = QRectF(dirty.x() * ratio, dirty.y() * ratio, dirty.width() * ratio, dirty.height() * ratio)
        painter.drawPixmap(QRectF(dirty), self._layer, source)
        if self.n and self._settled < len(self._edges) - 1:
            painter.save()
            self._begin_curves(painter)
            last = int(np.searchsorted(self._edges, self.n, side="left"))
            self._draw_train(painter, self._settled, min(max(last, self._settled), len(self._edges) - 1))
            painter.restore()
        if not self.n:
            self._paint_empty(painter)
            return
        if dirty.intersects(self._legend.toAlignedRect()):
            self._paint_legend(painter)
        if self._cursor is not None:
            self._paint_cursor(painter)
        if self._focus_shown:
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setFont(theme.font())
        painter.setPen(QColor(theme.current().muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self._frame.rect(), flags, "The curve begins with the first step.")

    # --- legend

    def _legend_rows(self) -> list[tuple[str, str, str]]:
        look, rows = theme.current(), [("train", theme.current().train, three_digits(self._numbers[0]))]
        if self._n_test:
            rows.append(("test", look.test, three_digits(self._numbers[1])))
        return rows

    def _place_legend(self) -> None:
        """In the first corner where it hides no curve, the present one preferred."""
        metrics, area = QFontMetricsF(theme.font()), self._frame.rect()
        wide = metrics.horizontalAdvance("train 0.00000") + 26 + 2 * PAD
        high = metrics.height() * len(self._legend_rows()) + PAD
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
        self._legend = corners[self._corner]

    def _hides(self, box: QRectF) -> float:
        """How much of the curves a box would cover; their ends count a hundredfold."""
        view, covered = self.view, 0.0
        for text in self._frame.taken:
            covered += 10.0 * box.intersects(text)
        xs = np.linspace(box.left() - 3, box.right() + 3, 9)
        steps = np.array([view.step_at(x) for x in xs])
        low, high = self._train.extremes(np.floor(steps[:-1]) - 1, np.ceil(steps[1:]))
        some = np.isfinite(low)
        top, bottom = view.to_y(high[some]), view.to_y(low[some])
        covered += float(np.count_nonzero((bottom > box.top() - 3) & (top < box.bottom() + 3)))
        test = self._test[: self._n_test]
        near = test[(test[:, 0] >= steps[0]) & (test[:, 0] <= steps[-1])]
        ys = view.to_y(near[:, 1])
        covered += float(np.count_nonzero((ys > box.top() - 3) & (ys < box.bottom() + 3)) > 0)
        grip = box.adjusted(-6, -6, 6, 6)
        ends = []
        if self.n:
            ends.append((self.n, self.newest()[0]))
        if len(test):
            ends.append((test[-1, 0], test[-1, 1]))
        return covered + 100.0 * sum(grip.contains(view.x_of(s), view.y_of(v)) for s, v in ends)

    def _paint_legend(self, painter: QPainter) -> None:
        look, box = theme.current(), self._legend
        back = QColor(look.surface)
        back.setAlphaF(0.85)
        painter.fillRect(box, back)
        font = theme.font()
        painter.setFont(font)
        line = QFontMetricsF(font).height()
        y = box.top() + PAD / 2
        for name, colour, value in self._legend_rows():
            painter.setPen(_round_pen(QColor(colour), look.line_px + 0.6))
            painter.drawLine(
                QPointF(box.left() + PAD, y + line / 2), QPointF(box.left() + PAD + 16, y + line / 2)
            )
            painter.setPen(QColor(look.text))
            text = QRectF(box.left() + PAD + 22, y, box.width() - 2 * PAD - 22, line)
            painter.drawText(text, Qt.AlignmentFlag.AlignLeft, name)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight, value)
            y += line

    # --- the cursor

    def cursor_lines(self) -> list[str]:
        """What the read-out says, a line each; empty without a cursor."""
        step = self._cursor
        if step is None or not 1 <= step <= self.n:
            return []
        epoch = self.epoch_of(step)
        lines = [f"step {step:,}" + (f"  epoch {epoch:.2f}" if epoch is not None else "")]
        raw = three_digits(float(self._train.values[step - 1]))
        if self._smooth is None:
            lines.append(f"train {raw}")
        else:
            smooth = self._smooth.last if step == self.n else self._smooth.at(step - 1)
            lines.append(f"train {three_digits(smooth)}  (this batch {raw})")
        at = self._test_before(step)
        if at is not None:
            when = "" if int(self._test[at, 0]) == step else f"  (step {int(self._test[at, 0]):,})"
            lines.append(f"test {three_digits(float(self._test[at, 1]))}{when}")
        x = self.view.x_of(step)
        lines += [text for where, text in self._frame.marks if abs(self.view.x_of(where) - x) <= NEAR_PX]
        return lines

    def _test_before(self, step: int) -> int | None:
        at = int(np.searchsorted(self._test[: self._n_test, 0], step, side="right")) - 1
        return at if at >= 0 else None

    def set_cursor_step(self, step: int | None) -> None:
        """Put the read-out at a step, or take it away."""
        self._cursor = None if step is None or not self.n else min(max(1, step), self.n)
        self.update()

    def _paint_cursor(self, painter: QPainter) -> None:
        lines, look, area = self.cursor_lines(), theme.current(), self._frame.rect()
        if not lines or self._cursor is None:
            return
        x = self.view.x_of(self._cursor)
        if not area.left() - 1 <= x <= area.right() + 1:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.text), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        font = theme.font()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        room = area.width() - 4 * PAD
        lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines]
        wide = max(metrics.horizontalAdvance(line) for line in lines) + 2 * PAD + 1
        high = metrics.height() * len(lines) + PAD
        left = x + 8 if x + 8 + wide <= area.right() else x - 8 - wide
        left = min(max(left, area.left()), area.right() - wide)
        box = QRectF(left, max(0.0, min(area.top() + PAD, area.bottom() - high)), wide, high)
        painter.setBrush(QColor(look.surface))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(look.text))
        for i, line in enumerate(lines):
            at = QRectF(box.left() + PAD, box.top() + PAD / 2 + i * metrics.height(), wide, metrics.height())
            painter.drawText(at, 0, line)

    # --- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._rebuild_soon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._rebuild_soon()
        super().changeEvent(event)

    def _moved_by_hand(self, was_following: bool) -> None:
        self._rebuild_soon()
        if was_following != self.view.following:
            self.following_changed.emit(self.view.following)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.follow()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = at - self._drag
            if moved.manhattanLength() >= 3 or not self.view.following:
                was = self.view.following
                self.view.pan(moved.x(), moved.y())
                self._drag = at
                self._moved_by_hand(was)
            return
        inside = self._frame.rect().adjusted(-3, -3, 3, 3).contains(at)
        self.set_cursor_step(round(self.view.step_at(at.x())) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        self.set_cursor_step(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if not turned:
            return
        factor, at, was = 0.85 ** (turned / 120), event.position(), self.view.following
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self.view.zoom_y(factor, at.y())
        else:
            self.view.zoom_x(factor, at.x(), self.n)
        event.accept()
        self._moved_by_hand(was)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the read-out (Shift: ten times as far), + and - zoom, 0 shows the whole run."""
        key, was = event.key(), self.view.following
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.n:
            x = self.view.x_of(self._cursor or self.n)
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            sign = 1 if key == Qt.Key.Key_Right else -1
            start = self._cursor or self.n
            step = round(self.view.step_at(x + sign * 2 * far))
            self.set_cursor_step(step if step != start else start + sign * far)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            x = self.view.x_of(self._cursor or max(1, self.n))
            self.view.zoom_x(1.25 if key == Qt.Key.Key_Minus else 0.8, x, self.n)
            self._moved_by_hand(was)
        elif key == Qt.Key.Key_0:
            self.follow()
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self.set_cursor_step(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = False
        self.set_cursor_step(None)

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def point_of(self, step: int, value: float) -> QPoint:
        """Widget position of a point of the plot."""
        return QPoint(round(self.view.x_of(step)), round(self.view.y_of(value)))


def _round_pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
