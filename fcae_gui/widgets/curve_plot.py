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
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets import paper
from fcae_gui.widgets.curve_data import CurveData
from fcae_gui.widgets.curve_ghost import Ghost
from fcae_gui.widgets.curve_layer import CurveLayer
from fcae_gui.widgets.plot_frame import PlotFrame
from fcae_gui.widgets.plot_overlay import Legend, paint_read_out, read_out
from fcae_gui.widgets.plot_view import PlotView

NUMBERS_INTERVAL_S = 0.33  # figures that change faster cannot be read


class CurvePlot(QWidget):
    """Training and test values over steps, followed, or panned and zoomed by hand."""

    following_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PlotView()
        self._data = CurveData()
        self._frame = PlotFrame(self.view)
        self._layer = CurveLayer(self._data, self.view, self._frame)
        self._legend = Legend(self._data, self.view, self._frame)
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
        return len(self._data)

    def newest(self) -> tuple[float, float]:
        """Newest training value (smoothed as shown) and newest test value, NaN where there is none."""
        return self._data.newest()

    def append_train(self, values: np.ndarray) -> None:
        """Add (k,) values of consecutive steps; value i of all belongs to step i + 1."""
        if len(values):
            self._data.append_train(values)
            self._grow()

    def append_test(self, step: int, value: float) -> None:
        """Add a test value; steps must not fall."""
        self._data.append_test(step, value)
        self._grow()
        before = self._data.test[-2:][0, 0]
        self._update_columns(self.view.x_of(before), self.view.x_of(step))

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        self._data.truncate(step)
        self._frame.marks = [mark for mark in self._frame.marks if mark[0] <= step]
        self._rebuild_soon()

    def clear(self) -> None:
        """Forget everything and follow again."""
        self.truncate(0)
        self._frame.marks = []
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

    def set_floor(self, value: float | None, label: str, short: str = "") -> None:
        """A reference line, or None. short: its name where there is little room."""
        usable = value is not None and math.isfinite(value) and value > 0
        self._frame.floor = value if usable else None
        self._frame.floor_label, self._frame.floor_short = label, short
        self._rebuild_soon()

    def set_kept(self, value: float | None, label: str) -> None:
        """A second line, for what an earlier run reached, or None."""
        usable = value is not None and math.isfinite(value) and value > 0
        kept = value if usable else None
        if (kept, label) != (self._frame.kept, self._frame.kept_label):
            self._frame.kept, self._frame.kept_label = kept, label
            self._rebuild_soon()

    def set_published(self, value: float | None, label: str) -> None:
        """A third line, for a figure from the literature whose number stands in the label, or None."""
        usable = value is not None and math.isfinite(value) and value > 0
        published = value if usable else None
        if (published, label) != (self._frame.published, self._frame.published_label):
            self._frame.published, self._frame.published_label = published, label
            self._rebuild_soon()

    def set_ghost(self, ghost: Ghost | None) -> None:
        """The curve of another run behind this one, or None; while following, the axes show all of it."""
        self._frame.ghost = ghost
        if self.view.following:
            self.view.follow()
        self._rebuild_soon()

    @property
    def ghost(self) -> Ghost | None:
        """The curve of another run, as set."""
        return self._frame.ghost

    def mark(self, step: int, text: str) -> None:
        """A thin line at `step`, whose text is read out under the cursor; told twice it is still one."""
        if (int(step), text) in self._frame.marks:
            return
        bisect.insort(self._frame.marks, (int(step), text))
        self._rebuild_soon()

    def set_log(self, *, x: bool, y: bool) -> None:
        """Kind of the two axes."""
        self.view.set_log(x, y)
        self._rebuild_soon()

    def set_smoothing(self, steps: float) -> None:
        """Time constant of the smoothed curve in steps; 0 shows the raw curve alone."""
        self._data.set_smoothing(steps)
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
        if self._layer.pixmap is None or numbers == self._legend.numbers:
            return
        old = QRectF(self._legend.box)
        self._legend.take(numbers)
        self.update(old.united(self._legend.box).toAlignedRect())

    def epoch_of(self, step: float) -> float | None:
        """Completed epochs at a step, None when their length is not known."""
        return step / self._frame.steps_per_epoch if self._frame.steps_per_epoch else None

    def cursor_lines(self) -> list[str]:
        """What the read-out says, a line each; empty without a cursor."""
        if self._cursor is None:
            return []
        lines = read_out(self._data, self._frame, self.view, self._cursor)
        recorded = self.ghost.line_at(self._cursor) if self.ghost is not None and lines else ""
        return [*lines, recorded] if recorded else lines

    def set_cursor_step(self, step: int | None) -> None:
        """Put the read-out at a step, or take it away."""
        placed = None if step is None or not self.n else min(max(1, step), self.n)
        if placed != self._cursor:
            self._cursor = placed
            self.update()

    def point_of(self, step: int, value: float) -> QPoint:
        """Widget position of a point of the plot."""
        return QPoint(round(self.view.x_of(step)), round(self.view.y_of(value)))

    # --- keeping up

    def _fit(self) -> bool:
        """Let the axes follow. True when one of them changed."""
        view = self.view
        changed = view.fit_x(self._last_step())
        if view.fits_y and view.following:
            low, high = self._data.whole_range()
            if self.ghost is not None:
                lowest, highest = self.ghost.whole_range()
                low, high = min(low, lowest), max(high, highest)
            for line in (self._frame.floor, self._frame.kept, self._frame.published):
                if line is not None:
                    low, high = min(low, line), max(high, line)
            changed |= view.fit_y(low, high)
        return changed

    def _last_step(self) -> int:
        """Of what is shown, the recorded curve included."""
        ghost = math.ceil(self.ghost.last_step()) if self.ghost is not None else 0
        return max(self._data.last_step(), ghost)

    def _grow(self) -> None:
        """After new values: follow them, or only repaint the columns they fall into."""
        if self._fit() or self._layer.pixmap is None:
            self._rebuild_soon()
            return
        self._update_columns(self.view.x_of(self._layer.growing_from()), self.view.x_of(self.n))
        if time.monotonic() - self._numbers_at >= NUMBERS_INTERVAL_S:
            self.refresh_numbers()

    def _update_columns(self, x0: float, x1: float) -> None:
        view = self.view
        slack = theme.current().line_px * 3 + 2
        left, right = max(x0 - slack, view.left - slack), min(x1 + slack, view.left + view.width + slack)
        if right > left:
            high = math.ceil(view.height + 2 * slack)
            self.update(QRect(int(left), int(view.top - slack), math.ceil(right - left) + 1, high))

    def _rebuild_soon(self) -> None:
        self._layer.drop()
        self.update()

    # --- painting

    def _paint_on_paper(self) -> None:
        self._fit()
        if self.view.fits_y and not self.view.following:
            self.view.fit_y(*self._data.range_between(*self.view.x_range()), now=True)
        painter = QPainter(self)
        self._frame.newest = self.newest()[0]
        CurveLayer(self._data, self.view, self._frame).draw_all(painter, self.size())
        self._frame.paint_labels(painter, theme.font())
        if self.n:
            self._legend.take(self.newest())
            self._legend.paint(painter)
        elif self.ghost is None:
            self._paint_empty(painter)

    def paintEvent(self, event: QPaintEvent) -> None:
        if paper.drawing():
            self._paint_on_paper()
            return
        ratio, layer = self.devicePixelRatioF(), self._layer
        if layer.pixmap is None or layer.pixmap.devicePixelRatio() != ratio:
            self._fit()
            if self.view.fits_y and not self.view.following:
                self.view.fit_y(*self._data.range_between(*self.view.x_range()), now=True)
            self._frame.layout(self.width(), self.height(), theme.font())
            self._frame.taken = []
            self._legend.take(self.newest())  # the curves come first, then the legend, then labels of lines
            self._frame.avoid = QRectF(self._legend.box) if self.n or self.ghost is not None else QRectF()
            self._frame.newest = self.newest()[0]
            layer.rebuild(self.size(), ratio)
        layer.settle()
        painter = QPainter(self)
        dirty = event.rect()
        source = QRectF(dirty.x() * ratio, dirty.y() * ratio, dirty.width() * ratio, dirty.height() * ratio)
        assert layer.pixmap is not None
        painter.drawPixmap(QRectF(dirty), layer.pixmap, source)
        layer.draw_growing(painter)
        self._frame.paint_labels(painter, theme.font())
        if not self.n and self.ghost is None:
            self._paint_empty(painter)
        elif dirty.intersects(self._legend.box.toAlignedRect()):
            self._legend.paint(painter)
        if self._cursor is not None:
            paint_read_out(painter, self.cursor_lines(), self.view.x_of(self._cursor), self._frame.rect())
        if self._focus_shown:
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setFont(theme.font())
        painter.setPen(QColor(theme.current().muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self._frame.rect(), flags, "The curve begins with the first step.")

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
            self.view.zoom_x(factor, at.x(), self._last_step())
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
            self.view.zoom_x(1.25 if key == Qt.Key.Key_Minus else 0.8, x, self._last_step())
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
