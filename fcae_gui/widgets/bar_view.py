"""A sample of a table as bars, for data sets that are not pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits

SPACED = 4  # columns of pixels for a bar, of which the last is the gap
LEAST_BAR_PX = 60  # a column of rows with shorter bars says less than bars without names
ROW_GAP_PX, COLUMN_GAP_PX = 6, 14
LEAST_LINES, MOST_ROW_LINES = 0.9, 2.0  # height of a row in lines of text


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table are called and measured in; each empty, or one entry per column.

    ranges: (low, high) in those units: what the values 0.0 and 1.0 stand for
    """

    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()

    def name(self, column: int) -> str:
        """The name of a column, or its number."""
        return self.names[column] if column < len(self.names) else f"feature {column + 1}"

    def value_text(self, column: int, value: float) -> str:
        """A value in the units of its column where they are known: "83.1 cm"."""
        if column < len(self.ranges):
            low, high = self.ranges[column]
            value = low + value * (high - low)
        unit = self.units[column] if column < len(self.units) else ""
        return f"{three_digits(value)} {unit}" if unit else three_digits(value)

    def change_text(self, column: int, change: float) -> str:
        """A difference of two values in the units of its column: "−4.20 cm"."""
        if column < len(self.ranges):
            low, high = self.ranges[column]
            change *= high - low
        unit = self.units[column] if column < len(self.units) else ""
        return f"{three_digits(change)} {unit}" if unit else three_digits(change)


def bars_as_pixels(values: np.ndarray, low: float, high: float, height: int) -> np.ndarray:
    """Bars from 0 (or the nearer limit) to each value: (k, d) -> (k, height, d) uint8, 255 inside a bar."""
    span = max(high - low, 1e-12)
    zero = min(max(0.0, low), high)
    foot = (high - zero) / span * height
    tip = (high - np.clip(np.nan_to_num(values), low, high)) / span * height  # from the top
    upper, lower = np.minimum(tip, foot)[:, None, :], np.maximum(tip, foot)[:, None, :]
    rows = np.arange(height, dtype=np.float32)[None, :, None]
    inside = np.clip(np.minimum(lower, rows + 1) - np.maximum(upper, rows), 0.0, 1.0)
    return (inside * 255).astype(np.uint8)


def spaced_bars(values: np.ndarray, low: float, high: float, height: int) -> np.ndarray:
    """The same with a gap of a quarter between bars: (k, d) -> (k, height, SPACED * d) uint8."""
    bars = bars_as_pixels(values, low, high, height)
    spaced = np.zeros((*bars.shape[:2], SPACED * bars.shape[2]), np.uint8)
    for i in range(SPACED - 1):
        spaced[:, :, i::SPACED] = bars
    return spaced


class BarView(QWidget):
    """One bar per feature, with names and values where there is room, and a tick for a second sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: np.ndarray | None = None
        self._reference: np.ndarray | None = None
        self._columns = Columns()
        self._range = (0.0, 1.0)
        self._faded = self._reference_faded = False
        self.setMinimumSize(60, 40)

    def set_names(self, names: tuple[str, ...]) -> None:
        """A name per feature, or nothing."""
        self.set_columns(Columns(tuple(names)))

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features."""
        self._columns = columns
        self.update()

    def set_pixels(self, values: np.ndarray | None) -> None:
        """(d,) values, or None for nothing; the range only grows, so that bars stay comparable."""
        if values is None:
            self._range = (0.0, 1.0)
            self._reference = None
        self._values = values
        self._grow(values)

    def set_reference(self, values: np.ndarray | None, *, faded: bool = False) -> None:
        """(d,) values of another sample, drawn as a tick across each bar, pale when faded; None for none."""
        self._reference, self._reference_faded = values, faded
        self._grow(values)

    def set_faded(self, faded: bool) -> None:
        """Pale while what is shown is not up to date."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def _grow(self, values: np.ndarray | None) -> None:
        if values is not None:
            finite = values[np.isfinite(values)]
            if len(finite):
                low, high = self._range
                self._range = min(low, float(finite.min())), max(high, float(finite.max()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._values is None:
            return
        painter = QPainter(self)
        painter.setOpacity(0.35 if self._faded else 1.0)
        reference = self._reference
        if reference is not None and len(reference) != len(self._values):
            reference = None
        paint_sample_bars(
            painter, QRectF(self.rect()), self._values, self._columns, self._range, reference,
            reference_faded=self._reference_faded,
        )  # fmt: skip

    def event(self, event: QEvent) -> bool:
        """Names and values also where there is no room for them."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._values is not None:
            column = column_at(QRectF(self.rect()), len(self._values), event.pos().x(), event.pos().y())
            value = float(self._values[column])
            QToolTip.showText(
                event.globalPos(),
                f"{self._columns.name(column)}: {self._columns.value_text(column, value)}",
                self,
            )
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(180, 180)


def stacks_of(box: QRectF, n: int) -> int:
    """In how many stacks of named rows n features fit into a box; 0 when they do not."""
    line = QFontMetricsF(theme.font()).height()
    for stacks in (1, 2, 3):
        rows = -(-n // stacks)
        if box.height() / max(rows, 1) >= LEAST_LINES * line:
            return stacks if stacks == 1 or box.width() / stacks >= 11 * line else 0
    return 0


def column_at(box: QRectF, n: int, x: float, y: float) -> int:
    """The feature drawn at a place of the box."""
    stacks = stacks_of(box, n)
    if not stacks:
        return min(n - 1, max(0, int((x - box.left()) / max(1.0, box.width()) * n)))
    rows = -(-n // stacks)
    each = min(box.height() / rows, MOST_ROW_LINES * QFontMetricsF(theme.font()).height())
    stack = min(stacks - 1, max(0, int((x - box.left()) / box.width() * stacks)))
    return min(n - 1, stack * rows + min(rows - 1, max(0, int((y - box.top()) / each))))


def paint_sample_bars(
    painter: QPainter,
    box: QRectF,
    values: np.ndarray,
    columns: Columns,
    limits: tuple[float, float],
    reference: np.ndarray | None = None,
    *,
    reference_faded: bool = False,
) -> None:
    """(d,) values as bars on a scale from limits[0] to limits[1], a tick where the reference (d,) lies.

    Rows with a name, a bar and a value, in up to three stacks; bare bars side by side where rows do not fit.
    """
    n = len(values)
    stacks = stacks_of(box, n)
    if not stacks:
        _paint_bare(painter, box, values, limits, reference, faded=reference_faded)
        return
    rows = -(-n // stacks)
    width = (box.width() - (stacks - 1) * COLUMN_GAP_PX) / stacks
    for stack in range(stacks):
        part = slice(stack * rows, min(n, (stack + 1) * rows))
        room = QRectF(box.left() + stack * (width + COLUMN_GAP_PX), box.top(), width, box.height())
        _paint_rows(painter, room, rows, part, values, columns, limits, reference, faded=reference_faded)


def _paint_rows(
    painter: QPainter,
    box: QRectF,
    rows: int,
    part: slice,
    values: np.ndarray,
    columns: Columns,
    limits: tuple[float, float],
    reference: np.ndarray | None,
    *,
    faded: bool,
) -> None:
    """The features of one stack."""
    look, (low, high) = theme.current(), limits
    font = theme.font()
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    each = min(box.height() / rows, MOST_ROW_LINES * metrics.height())
    numbers = range(part.start, part.stop)
    names = [columns.name(i) for i in numbers]
    texts = [columns.value_text(i, float(values[i])) for i in numbers]
    label = min(max((metrics.horizontalAdvance(name) for name in names), default=0.0), box.width() * 0.42)
    figures = "−88.8" if columns.ranges else "−0.00000"
    unit = max((metrics.horizontalAdvance(f" {x}") for x in columns.units), default=0.0)
    number = metrics.horizontalAdvance(figures) + unit
    if box.width() - label - number < LEAST_BAR_PX:  # the bars matter more than their figures
        number = 0.0
    left = box.left() + label + ROW_GAP_PX
    room = max(10.0, box.width() - label - number - 2 * ROW_GAP_PX)

    def at(value: float) -> float:
        return left + (min(max(value, low), high) - low) / (high - low) * room

    zero = at(0.0)
    middle = Qt.AlignmentFlag.AlignVCenter
    for i, name, text in zip(numbers, names, texts, strict=True):
        y = box.top() + (i - part.start) * each
        painter.setPen(QColor(look.muted))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, label)
        painter.drawText(QRectF(box.left(), y, label, each), middle | Qt.AlignmentFlag.AlignRight, shown)
        painter.fillRect(QRectF(left, y + each * 0.2, room, each * 0.6), QColor(look.raised))
        tip = at(float(values[i]))
        bar = QRectF(min(zero, tip), y + each * 0.2, max(1.0, abs(tip - zero)), each * 0.6)
        painter.fillRect(bar, QColor(look.accent))
        if reference is not None:
            tick = QRectF(at(float(reference[i])) - 1.0, y + each * 0.1, 2.5, each * 0.8)
            painter.fillRect(tick, _tick_colour(faded))
        if number:
            painter.setPen(QColor(look.text))
            figure = QRectF(box.right() - number, y, number, each)
            painter.drawText(figure, middle | Qt.AlignmentFlag.AlignRight, text)


def _paint_bare(
    painter: QPainter,
    box: QRectF,
    values: np.ndarray,
    limits: tuple[float, float],
    reference: np.ndarray | None,
    *,
    faded: bool,
) -> None:
    look, (low, high) = theme.current(), limits
    across = box.width() / max(len(values), 1)
    gap = 0.2 * across if across >= 4 else 0.0
    span, tall = high - low, box.height() - 1

    def at(value: float) -> float:
        return box.top() + (high - min(max(value, low), high)) / span * tall

    foot = at(min(max(0.0, low), high))
    for i, value in enumerate(values.tolist()):
        tip, left = at(value), box.left() + i * across + gap / 2
        bar = QRectF(left, min(tip, foot), max(1.0, across - gap), max(1.0, abs(tip - foot)))
        painter.fillRect(bar, QColor(look.accent))
        if reference is not None and across >= 3:
            tick = QRectF(left, at(float(reference[i])) - 1, max(1.0, across - gap), 2)
            painter.fillRect(tick, _tick_colour(faded))


def _tick_colour(faded: bool) -> QColor:
    colour = QColor(theme.current().test)
    colour.setAlphaF(0.35 if faded else 1.0)
    return colour
