"""A small card beside the mouse: the sample behind the point under it, what is made of it, and its name."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets.bar_view import Columns, paint_sample_bars

Array = np.ndarray

PICTURE_PX = 84
MOST_BARS = 64
MOST_NAMED = 12  # features of a table with a line of text each; more are bare bars
PAD_PX = 7
AWAY_PX = 16  # from the point
GAP_PX = 6  # between a sample and what is made of it


class SampleCard(QWidget):
    """Lies over its parent, never takes the mouse, and stays inside the parent's area."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._grey = np.zeros((0, 0), np.uint8)
        self._bars = np.zeros(0, np.float32)
        self._columns = Columns()
        self._text = self._note = ""
        self._at = QPointF()
        self._output: Array | None = None  # (h, w) uint8, or (bars,) float32
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Sample under the mouse")
        self.hide()

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table."""
        self._columns = columns

    def show_sample(
        self, values: Array | None, shape: tuple[int, int] | None, text: str, at: QPointF
    ) -> None:
        """Show a sample (d,), uint8 or float in [0, 1], with a line of text, beside a place of the parent."""
        self._grey, self._bars, self._text = np.zeros((0, 0), np.uint8), np.zeros(0, np.float32), text
        self._output, self._note, self._at = None, "", at
        if values is not None and shape is not None and shape[0] * shape[1] == len(values):
            self._grey = _as_grey(values, shape)
        elif values is not None:
            self._bars = np.nan_to_num(np.asarray(values[:MOST_BARS], np.float32))
        self.setAccessibleDescription(text)
        self.resize(self.sizeHint())
        self._place(at)
        self.show()
        self.raise_()
        self.update()

    def show_output(self, values: Array, note: str) -> None:
        """What the network makes of the sample (d,), beside it, with a second line of text."""
        if self._grey.size and values.size == self._grey.size:
            self._output = _as_grey(values, (self._grey.shape[0], self._grey.shape[1]))
        elif self._bars.size and values.size >= self._bars.size:
            self._output = np.nan_to_num(np.asarray(values[: self._bars.size], np.float32))
        else:
            return
        grows, self._note = not self._note, note
        if grows:
            self.resize(self.sizeHint())
            self._place(self._at)
        self.setAccessibleDescription(f"{self._text}, {note}")
        self.update()

    def _picture_size(self) -> QSize:
        side = round(PICTURE_PX * theme.text_px() / 13)
        if self._grey.size:
            height, width = self._grey.shape
            longest = max(height, width)
            times = max(1, round(side / longest)) if longest <= side else side / longest
            return QSize(max(1, round(width * times)), max(1, round(height * times)))
        if not self._bars.size:
            return QSize(0, 0)
        named = len(self._bars) <= MOST_NAMED
        line = QFontMetrics(theme.font()).height()
        return QSize(round(3.5 * side), len(self._bars) * line) if named else QSize(2 * side, side)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font())
        picture = self._picture_size()
        beside = self._output is not None and self._grey.size  # a table has ticks in its bars instead
        both = picture.width() * 2 + GAP_PX if beside else picture.width()
        texts = max(metrics.horizontalAdvance(text) for text in (self._text, self._note))
        lines = bool(self._text) + bool(self._note)
        gap = 4 if picture.height() and lines else 0
        return QSize(
            max(both, min(220, texts)) + 2 * PAD_PX,
            picture.height() + gap + metrics.height() * lines + 2 * PAD_PX,
        )

    def follow(self, at: QPointF) -> None:
        """The point has moved to another place of the parent."""
        self._at = at
        self._place(at)

    def _place(self, at: QPointF) -> None:
        """Right below the point; on another side where there is no room."""
        area, size = self._over.rect(), self.size()
        x = round(at.x()) + AWAY_PX
        y = round(at.y()) + AWAY_PX
        if x + size.width() > area.right() - 2:
            x = round(at.x()) - AWAY_PX - size.width()
        if y + size.height() > area.bottom() - 2:
            y = round(at.y()) - AWAY_PX - size.height()
        self.move(QPoint(max(2, x), max(2, y)))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        size = self._picture_size()
        shown: list[np.ndarray] = [self._grey if self._grey.size else self._bars]
        if self._output is not None and self._grey.size:
            shown.append(self._output)
        both = len(shown) * size.width() + (len(shown) - 1) * GAP_PX
        left = (self.width() - both) // 2
        for i, values in enumerate(shown):
            place = QRect(QPoint(left + i * (size.width() + GAP_PX), PAD_PX), size)
            if self._grey.size:
                height, width = values.shape[0], values.shape[1]
                image = QImage(values.data, width, height, width, QImage.Format.Format_Grayscale8)
                painter.drawImage(place, image)
            elif self._bars.size:
                self._paint_bars(painter, place, values)
        painter.setFont(theme.font())
        metrics = QFontMetrics(theme.font())
        lines = [(self._text, colours.text)] + ([(self._note, colours.muted)] if self._note else [])
        y = self.height() - PAD_PX - metrics.height() * len(lines)
        for text, colour in lines:
            painter.setPen(QColor(colour))
            line = QRect(PAD_PX, y, self.width() - 2 * PAD_PX, metrics.height())
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), cut)
            y += metrics.height()
        painter.end()

    def _paint_bars(self, painter: QPainter, place: QRect, values: Array) -> None:
        limits = min(0.0, float(self._bars.min())), max(1.0, float(self._bars.max()))
        paint_sample_bars(painter, QRectF(place), values, self._columns, limits, self._output)


def _as_grey(values: Array, shape: tuple[int, int]) -> Array:
    """(d,) uint8 or float in [0, 1] -> (h, w) uint8, contiguous."""
    if values.dtype != np.uint8:
        values = (np.nan_to_num(np.clip(values, 0.0, 1.0)) * 255.0 + 0.5).astype(np.uint8)
    return np.ascontiguousarray(values.reshape(shape))
