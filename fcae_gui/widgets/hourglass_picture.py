"""The picture of the hourglass: where the layers stand, to scale, and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from fcae_gui import theme

SCALE_NOTE = "square-root scale"
MIN_BAR_PX = 4.0  # a layer of one unit beside a layer of 16,384 can still be seen
FADED = 0.10  # what is left of a decoder that has been dropped: its place can still be seen
CLASSIFIER = "Classifier"
MOST_DOTS = 12  # classes beyond these are not drawn one by one
CELL_PX = 5.0  # single units are drawn when each has at least this much height


@dataclass(frozen=True, slots=True)
class Bar:
    """One drawn layer: `layer` is its index from the outside in (0: outermost), the same on both sides."""

    layer: int
    size: int
    x: float  # centre
    half: float  # half its height
    mirrored: bool


def mirrored(half: Sequence[int]) -> tuple[int, ...]:
    """Sizes of both sides: (784, 32, 2) -> (784, 32, 2, 32, 784)."""
    return (*half, *half[-2::-1])


def bars(half: Sequence[int], *, left: float, right: float, height: float) -> list[Bar]:
    """Where the layers stand: even columns, heights to a square-root scale, the largest fills `height`."""
    sizes = mirrored(half)
    top = max(sizes)
    gap = (right - left) / max(1, len(sizes) - 1)
    deepest = len(half) - 1
    made = []
    for at, size in enumerate(sizes):
        layer = at if at <= deepest else 2 * deepest - at
        tall = max(MIN_BAR_PX, height * math.sqrt(size / top))
        made.append(Bar(layer, size, left + at * gap, tall / 2, at > deepest))
    return made


def label_order(count: int, deepest: int) -> list[int]:
    """Columns in the order in which their numbers are wanted when not all fit: ends and middle first."""
    first = [deepest, 0, count - 1]
    rest = [at for at in range(count) if at not in first]
    return first + sorted(rest, key=lambda at: (at > deepest, at))


def text_font(*, bold: bool = False) -> QFont:
    """Of all writing in the picture."""
    return theme.font(0.92, bold=bold)


def line_height() -> float:
    """Of one line of it."""
    return QFontMetricsF(text_font()).height()


def paint_classifier(
    painter: QPainter, shape: QRectF, *, start: float, classes: int, wide: float, opacity: float
) -> None:
    """The code runs from `start` into a box and out of it to a dot for each class, in its colour."""
    now = theme.current()
    middle, room = shape.center().y(), shape.right() - start
    box = QRectF(start + 0.30 * room, 0, 0.34 * room, 0.46 * shape.height())
    box.moveTop(middle - box.height() / 2)
    count = min(MOST_DOTS, max(2, classes))
    across = min(0.9 * shape.height(), count * 16.0)
    size = max(1.5, min(5.0, 0.36 * across / count))
    at = [QPointF(shape.right() - size, middle + across * ((i + 0.5) / count - 0.5)) for i in range(count)]
    painter.save()
    painter.setOpacity(opacity)
    line = QColor(now.muted)
    line.setAlphaF(0.55)
    painter.setPen(QPen(line, 1.0))
    for place in at:
        painter.drawLine(QPointF(box.right(), middle + 0.4 * (place.y() - middle)), place)
    painter.setPen(QPen(QColor(now.accent), max(1.6, wide / 6)))
    painter.drawLine(QPointF(start, middle), QPointF(box.left() - 6, middle))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(now.accent))
    tip = QPointF(box.left() - 1, middle)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-8, -4.5), tip + QPointF(-8, 4.5)]))
    fill = QColor(now.accent)
    fill.setAlphaF(0.16)
    painter.setBrush(fill)
    painter.setPen(QPen(QColor(now.accent), 1.4))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    for i, place in enumerate(at):
        painter.setBrush(theme.class_colour(i))
        painter.drawEllipse(place, size, size)
    painter.restore()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that is to be seen, in a widget of width x height pixels.

    half:      sizes from the outside in
    names:     of the two sides and, in the middle, of the innermost layer
    functions: what the hidden layers, the innermost and the last layer do
    ratio:     the line below in a long and a short form
    pending:   a proposal, dashed and tinted
    active:    the layer with handles, -1 for none
    dropped:   0 with the right half as ever, 1 with it faded and a classifier of `classes` in its place
    """

    half: tuple[int, ...]
    width: int
    height: int
    names: tuple[str, str, str] = ("Encoder", "Code", "Decoder")
    functions: tuple[str, str, str] = ("", "", "")
    ratio: tuple[str, str] = ("", "")
    pending: bool = False
    active: int = -1
    dropped: float = 0.0
    classes: int = 10

    @property
    def shape(self) -> QRectF:
        """Where the layers stand: between the line of names and three lines of text."""
        line = line_height()
        side = max(14.0, 0.5 * QFontMetricsF(text_font()).horizontalAdvance(str(self.half[0])) + 2)
        return QRectF(side, line + 8, self.width - 2 * side, self.height - 4.5 * line - 16)

    @property
    def bars(self) -> list[Bar]:
        """The layers, from left to right."""
        shape = self.shape
        return bars(self.half, left=shape.left(), right=shape.right(), height=shape.height())

    @property
    def bar_width(self) -> float:
        """Width of every layer."""
        gap = self.shape.width() / max(1, 2 * len(self.half) - 2)
        return max(2.0, min(13.0, gap * 0.45))

    def paint(self, painter: QPainter) -> None:
        """Names, shape, sizes, functions and scale, from top to bottom."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font())
        made = self.bars
        if self.dropped > 0:
            code = made[len(self.half) - 1].x + self.bar_width / 2 + 2
            for left, wide, opacity in (
                (0.0, code, 1.0), (code, self.width - code, 1.0 - (1.0 - FADED) * self.dropped),
            ):  # fmt: skip
                painter.save()
                painter.setClipRect(QRectF(left, 0, wide, self.height))
                painter.setOpacity(opacity)
                self._paint_shape(painter, made)
                painter.restore()
            paint_classifier(
                painter, self.shape, start=code, classes=self.classes, wide=self.bar_width,
                opacity=self.dropped,
            )  # fmt: skip
        else:
            self._paint_shape(painter, made)
        self._paint_names(painter, made)
        below = self.shape.bottom() + 6
        self._paint_sizes(painter, made, below)
        self._paint_functions(painter, made, below + 1.15 * line_height())
        self._paint_ratio(painter)

    def _paint_shape(self, painter: QPainter, made: Sequence[Bar]) -> None:
        now = theme.current()
        middle = self.shape.center().y()
        main = QColor(now.warn if self.pending else now.text)
        tint = QColor(now.warn if self.pending else now.muted)
        tint.setAlphaF(0.16 if now.dark else 0.13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        upper = [QPointF(bar.x, middle - bar.half) for bar in made]
        lower = [QPointF(bar.x, middle + bar.half) for bar in reversed(made)]
        painter.drawPolygon(QPolygonF(upper + lower))
        wide = self.bar_width
        deepest = len(self.half) - 1
        for bar in made:
            code = bar.layer == deepest
            box = QRectF(bar.x - wide / 2, middle - bar.half, wide, 2 * bar.half)
            fill = QColor(now.accent) if code else QColor(main)
            if self.pending:
                fill = QColor(now.accent if code else now.warn)
                pen = QPen(fill, 1.4, Qt.PenStyle.DashLine)
                fill = QColor(fill)
                fill.setAlphaF(0.30)
                painter.setPen(pen)
            else:
                if not code:
                    fill.setAlphaF(0.62)
                painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            round_px = min(2.5, wide / 4, bar.half)
            painter.drawRoundedRect(box, round_px, round_px)
            if 1 < bar.size <= 2 * bar.half / CELL_PX:
                painter.setPen(QPen(QColor(now.surface), 1.2))
                for unit in range(1, bar.size):
                    y = box.top() + box.height() * unit / bar.size
                    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            if bar.layer == self.active and bar.layer > 0:
                self._paint_handles(painter, box)

    def _paint_handles(self, painter: QPainter, box: QRectF) -> None:
        now = theme.current()
        painter.setPen(QPen(QColor(now.accent), 1.6))
        painter.setBrush(QColor(now.surface))
        painter.drawEllipse(QPointF(box.center().x(), box.top()), 4.0, 4.0)
        painter.drawEllipse(QPointF(box.center().x(), box.bottom()), 4.0, 4.0)

    def _texts(
        self,
        painter: QPainter,
        y: float,
        wanted: Sequence[tuple[str, float, QColor, bool]],
        *,
        gap: float = 6.0,
    ) -> None:
        """Write as many of (text, centre, colour, bold) as fit on one line, in this order of importance."""
        taken: list[tuple[float, float]] = []
        line = line_height()
        for text, centre, colour, bold in wanted:
            if not text:
                continue
            font = text_font(bold=bold)
            wide = QFontMetricsF(font).horizontalAdvance(text)
            left = max(1.0, min(self.width - wide - 1.0, centre - wide / 2))
            if any(left < right + gap and start < left + wide + gap for start, right in taken):
                continue
            taken.append((left, left + wide))
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(QRectF(left, y, wide + 2, line + 2), Qt.AlignmentFlag.AlignLeft, text)

    def _paint_names(self, painter: QPainter, made: Sequence[Bar]) -> None:
        now = theme.current()
        first, code, last = made[0].x, made[len(self.half) - 1].x, made[-1].x
        left, middle, right = self.names
        if self.dropped > 0.5:
            right = CLASSIFIER
        muted = QColor(now.muted)
        self._texts(
            painter,
            1,
            [
                (middle, code, QColor(now.accent), True),
                (left, (first + code) / 2, muted, False),
                (right, (code + last) / 2, muted, False),
            ],
        )

    def _paint_sizes(self, painter: QPainter, made: Sequence[Bar], y: float) -> None:
        now = theme.current()
        deepest = len(self.half) - 1
        plain = QColor(now.warn if self.pending else now.text)
        wanted = []
        for at in label_order(len(made), deepest):
            bar = made[at]
            code = bar.layer == deepest
            if bar.mirrored and self.dropped > 0.5:
                continue
            wanted.append((str(bar.size), bar.x, QColor(now.accent) if code else plain, code))
        self._texts(painter, y, wanted, gap=4.0)

    def _paint_functions(self, painter: QPainter, made: Sequence[Bar], y: float) -> None:
        now = theme.current()
        deepest = len(self.half) - 1
        hidden, middle, last = self.functions
        if self.dropped > 0.5:
            last = ""
        muted = QColor(now.muted)
        wanted = [(middle, made[deepest].x, QColor(now.accent), False), (last, made[-1].x, muted, False)]
        if deepest > 1:
            wanted.append((hidden, (made[1].x + made[deepest - 1].x) / 2, muted, False))
            if self.dropped <= 0.5:
                wanted.append((hidden, (made[deepest + 1].x + made[-2].x) / 2, muted, False))
        self._texts(painter, y, wanted, gap=8.0)

    def _paint_ratio(self, painter: QPainter) -> None:
        now = theme.current()
        y = self.height - line_height() - 3
        long_text, short_text = self.ratio
        metrics = QFontMetricsF(text_font())
        pairs = ((long_text, SCALE_NOTE), (short_text, SCALE_NOTE), (short_text, "√ scale"))
        for left, right in pairs:
            if metrics.horizontalAdvance(left) + metrics.horizontalAdvance(right) + 16 <= self.width:
                break
        painter.setFont(text_font())
        painter.setPen(QColor(now.text))
        room = QRectF(4, y, self.width - 8, line_height() + 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, left)
        painter.setPen(QColor(now.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, right)
