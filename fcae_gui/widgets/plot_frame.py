"""Paints what stands still behind a curve, once, to be kept: grid, ticks, epochs, floor line, marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from fcae_gui import theme
from fcae_gui.widgets import axis
from fcae_gui.widgets.plot_view import PlotView

if TYPE_CHECKING:
    from fcae_gui.widgets.curve_ghost import Ghost

PAD = 5.0


@lru_cache(maxsize=64)
def mixed(first: str, second: str, share: float) -> QColor:
    """An opaque colour with `share` of the second: paints over itself without getting darker."""
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


class PlotFrame:
    """The unmoving part of a plot, for a widget of `width` x `height` logical pixels."""

    def __init__(self, view: PlotView) -> None:
        self._view = view
        self.unit = ""
        self.steps_per_epoch = 0
        self.floor: float | None = None
        self.floor_label = self.floor_short = ""  # the short name where there is no room for the other
        self.kept: float | None = None  # a value that an earlier run reached
        self.kept_label = ""
        self.published: float | None = None  # a figure from the literature; its label says it all
        self.published_label = ""
        self.ghost: Ghost | None = None  # the curve of another run
        self.avoid = QRectF()  # where the legend lies: labels go elsewhere if they can
        self.marks: list[tuple[int, str]] = []
        self.newest = math.nan  # value of the curve, which the labels of the lines keep away from
        self.taken: list[QRectF] = []  # texts inside the plot that nothing else should cover
        self._labels: list[tuple[QRectF, str, str]] = []  # box, text and colour of the lines' names

    def layout(self, width: float, height: float, font: QFont) -> None:
        """Give the plot what the labels leave."""
        metrics = QFontMetricsF(font)
        line = metrics.height()
        ticks = self._y_ticks(height - 3 * line, line)
        widest = max([metrics.horizontalAdvance(label) for _, label in ticks], default=0.0)
        left = line + max(widest, metrics.horizontalAdvance("0.00")) + 3 * PAD
        top = line + PAD if self.steps_per_epoch else PAD + 2
        bottom = line + 1.5 * PAD
        self._view.place(left, top, width - left - 2 * PAD, height - top - bottom)

    def rect(self) -> QRectF:
        """The area of the curves."""
        view = self._view
        return QRectF(view.left, view.top, view.width, view.height)

    def _y_ticks(self, height: float, line: float) -> list[axis.Tick]:
        wanted = max(2, int(height / (line * 2.1)))
        choose = axis.log_ticks if self._view.log_y else axis.linear_ticks
        return choose(*self._view.y_range(), wanted)

    def paint(self, painter: QPainter, font: QFont, *, empty: bool = False) -> None:
        """Everything behind the curves, on an already filled background; without values no figures."""
        look, view, area = theme.current(), self._view, self.rect()
        self.taken, self._labels = [], []
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        line = metrics.height()
        grid = QPen(mixed(look.line, look.surface, 0.35), 1)
        text = QPen(QColor(look.muted))
        for value, label in [] if empty and self.ghost is None else self._y_ticks(area.height(), line):
            y = round(view.y_of(value)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            if area.top() - line * 0.3 <= y <= area.bottom() + line * 0.3:
                painter.setPen(text)
                where = QRectF(0, y - line / 2, area.left() - PAD, line)
                painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
        self._paint_unit(painter, metrics)
        self._paint_steps(painter, metrics, text)
        if self.steps_per_epoch:
            self._paint_epochs(painter, metrics, grid, text)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if self.kept is not None:
            label = f"{self.kept_label} {axis.three_digits(self.kept)}".strip()
            self._paint_line(painter, metrics, self.kept, label, look.muted, on_the_left=True)
        if self.published is not None:
            self._paint_line(
                painter, metrics, self.published, self.published_label, look.accent, on_the_left=True
            )
        if self.floor is not None:
            label = f"{self.floor_label} {axis.three_digits(self.floor)}".strip()
            shorter = f"{self.floor_short} {axis.three_digits(self.floor)}" if self.floor_short else ""
            self._paint_line(painter, metrics, self.floor, label, look.floor, shorter=shorter)
        if self.ghost is not None:
            self.ghost.paint(painter, view, area)
        self._paint_marks(painter)

    def _paint_unit(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        if not self.unit:
            return
        area, line = self.rect(), metrics.height()
        painter.save()
        painter.setPen(QColor(theme.current().muted))
        painter.translate(2, area.bottom())
        painter.rotate(-90)
        shown = metrics.elidedText(self.unit, Qt.TextElideMode.ElideRight, area.height())
        painter.drawText(QRectF(0, 0, area.height(), line), Qt.AlignmentFlag.AlignCenter, shown)
        painter.restore()

    def _spread(
        self, ticks: Sequence[axis.Tick], metrics: QFontMetricsF, *, gap: float, until: float
    ) -> list[tuple[float, str, QRectF]]:
        """Ticks whose labels have room, from the left: (x, label, box with top 0)."""
        area, found, free = self.rect(), [], -1e9
        for value, label in ticks:
            x = self._view.x_of(value)
            if not area.left() - 0.5 <= x <= area.right() + 0.5:
                continue
            wide = metrics.horizontalAdvance(label)
            start = min(x - wide / 2, area.right() + 2 * PAD - wide)
            if start >= free and start + wide <= until:
                found.append((x, label, QRectF(start, 0, wide + 1, metrics.height())))
                free = start + wide + gap
        return found

    def _paint_steps(self, painter: QPainter, metrics: QFontMetricsF, text: QPen) -> None:
        area = self.rect()
        wanted = max(2, int(area.width() / (metrics.horizontalAdvance("10,000") * 1.7)))
        low, high = self._view.x_range()
        ticks = (
            axis.log_ticks(max(low, 1.0), high, wanted)
            if self._view.log_x
            else axis.linear_ticks(max(low, 0.0), high, wanted)
        )
        name = "step"
        name_at = area.right() + 2 * PAD - metrics.horizontalAdvance(name) - 1
        painter.setPen(text)
        y = area.bottom() + PAD
        for x, label, box in self._spread(ticks, metrics, gap=2 * PAD, until=name_at - PAD):
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 3))
            painter.drawText(box.translated(0, y), Qt.AlignmentFlag.AlignLeft, label)
        painter.drawText(QPointF(name_at, y + metrics.ascent()), name)

    def _paint_epochs(self, painter: QPainter, metrics: QFontMetricsF, grid: QPen, text: QPen) -> None:
        area, view, per = self.rect(), self._view, self.steps_per_epoch
        low, high = view.x_range()
        last = int(high // per)
        room = metrics.horizontalAdvance(f"{last:,}") + 3 * PAD
        if view.log_x:
            first = max(1, int(-(-low // per)))
            numbers = [m * 10**e for e in range(10) for m in (1, 2, 5) if first <= m * 10**e <= last]
        else:
            every = axis.epoch_step(per, high - low, max(1, int(area.width() / room)))
            first = max(every, int(-(-low // per) + every - 1) // every * every)
            numbers = list(range(first, last + 1, every))
        ticks = [(float(number * per), f"{number:,}") for number in numbers]
        found = self._spread(ticks, metrics, gap=PAD, until=area.right() + 2 * PAD)
        for x, label, box in found:
            painter.setPen(grid)
            at = round(x) + 0.5
            painter.drawLine(QPointF(at, area.top() - 2), QPointF(at, area.bottom()))
            painter.setPen(text)
            painter.drawText(box.translated(0, area.top() - 3 - metrics.height()), 0, label)
        painter.setPen(text)
        wide = metrics.horizontalAdvance("epoch")
        if not found or found[0][2].left() > wide + 2 + PAD:
            start = min(area.left() - PAD - wide, found[0][2].left() - PAD - wide if found else 1e9)
            painter.drawText(QPointF(max(2.0, start), area.top() - 3 - metrics.descent()), "epoch")

    def _paint_line(
        self, painter: QPainter, metrics: QFontMetricsF, value: float, label: str, colour: str,
        *, on_the_left: bool = False, shorter: str = "",
    ) -> None:  # fmt: skip
        area, look = self.rect(), theme.current()
        y = self._view.y_of(value)
        if not area.top() <= y <= area.bottom():
            return
        style = Qt.PenStyle.DotLine if on_the_left else Qt.PenStyle.DashLine
        painter.setPen(QPen(QColor(colour), max(1.0, look.line_px * 0.7), style))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        high = metrics.height() + 2
        below = y + high <= area.bottom() and not (self.newest < value and y - high >= area.top())
        for name in (label, shorter) if shorter else (label,):
            label = metrics.elidedText(name, Qt.TextElideMode.ElideRight, area.width() - 2 * PAD)
            wide = metrics.horizontalAdvance(label) + 1
            box = self._free_place(y, wide, metrics.height(), below=below, on_the_left=on_the_left)
            others = [other for other in (self.avoid, *self.taken) if other.intersects(box)]
            if not others:
                break
        if others and not on_the_left:  # a very low plot: a shorter name, beside what is in the way
            start = max(other.right() for other in others) + PAD
            end = min(other.left() for other in others) - PAD
            if area.right() - start > wide / 3:
                box.setLeft(start)
                box.setRight(area.right())
            elif end - area.left() - PAD > wide / 3:
                box.setLeft(area.left() + PAD)
                box.setRight(min(end, area.left() + PAD + wide))
            label = metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, box.width() - 1)
        self._labels.append((box, label, colour))
        self.taken.append(box)

    def paint_labels(self, painter: QPainter, font: QFont) -> None:
        """The names of the lines, over the curves on a pale ground: a curve near its line crosses them."""
        ground = QColor(theme.current().surface)
        ground.setAlphaF(0.85)
        painter.setFont(font)
        for box, label, colour in self._labels:
            painter.fillRect(box, ground)
            painter.setPen(QColor(colour))
            painter.drawText(box, 0, label)

    def _free_place(self, y: float, wide: float, high: float, *, below: bool, on_the_left: bool) -> QRectF:
        """Where the label of a line at `y` covers neither the legend nor another label, its own end first."""
        area = self.rect()
        left, right = area.left() + PAD, area.right() - wide
        at = (left, (left + right) / 2, right) if on_the_left else (right, (left + right) / 2, left)
        first, second = (y + 1, y - high - 1) if below else (y - high - 1, y + 1)
        tops = [first, *([second] if area.top() <= second <= area.bottom() - high else [])]
        places = [QRectF(x, top, wide, high) for top in tops for x in at]

        def hidden(place: QRectF) -> float:
            cuts = [place.intersected(other) for other in (self.avoid, *self.taken)]
            return sum(cut.width() * cut.height() for cut in cuts)

        return min(places, key=hidden)  # the first of equals

    def _paint_marks(self, painter: QPainter) -> None:
        area, look = self.rect(), theme.current()
        colour = QColor(look.warn)
        for step, _ in self.marks:
            x = round(self._view.x_of(step)) + 0.5
            if not area.left() <= x <= area.right():
                continue
            painter.setPen(QPen(mixed(look.warn, look.surface, 0.45), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            flag = (QPointF(x - 4, area.top()), QPointF(x + 4, area.top()), QPointF(x, area.top() + 6))
            painter.drawPolygon(QPolygonF(list(flag)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
