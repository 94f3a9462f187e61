"""A sample of a table as bars, for data sets that are not pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits


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


class BarView(QWidget):
    """One bar per feature, with names and values where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: np.ndarray | None = None
        self._names: tuple[str, ...] = ()
        self._range = (0.0, 1.0)
        self._faded = False
        self.setMinimumSize(60, 40)

    def set_names(self, names: tuple[str, ...]) -> None:
        """A name per feature, or nothing."""
        self._names = tuple(names)
        self.update()

    def set_pixels(self, values: np.ndarray | None) -> None:
        """(d,) values, or None for nothing; the range only grows, so that bars stay comparable."""
        if values is None:
            self._range = (0.0, 1.0)
        else:
            finite = values[np.isfinite(values)]
            if len(finite):
                self._range = (
                    min(self._range[0], float(finite.min())),
                    max(self._range[1], float(finite.max())),
                )
        self._values = values
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Pale while what is shown is not up to date."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._values is None:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setOpacity(0.35 if self._faded else 1.0)
        font = theme.font()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        line = metrics.height()
        low, high = self._range
        n = len(self._values)
        named = self.height() / max(n, 1) >= line
        if named:  # rows: name, bar, value
            each = min(self.height() / n, 2 * line)
            names = [self._names[i] if i < len(self._names) else f"feature {i + 1}" for i in range(n)]
            label = min(max(metrics.horizontalAdvance(name) for name in names), self.width() * 0.4)
            number = metrics.horizontalAdvance("-0.00000")
            if self.width() - label - number < 70:  # the bars matter more than their figures
                number = 0.0
            room = max(10.0, self.width() - label - number - 12)
            zero = label + 6 + (min(max(0.0, low), high) - low) / (high - low) * room
            for i, value in enumerate(self._values.tolist()):
                y = i * each
                painter.setPen(QColor(look.muted))
                shown = metrics.elidedText(names[i], Qt.TextElideMode.ElideRight, label)
                middle = Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, y, label, each), middle | Qt.AlignmentFlag.AlignRight, shown)
                tip = label + 6 + (min(max(value, low), high) - low) / (high - low) * room
                bar = QRectF(min(zero, tip), y + each * 0.2, max(1.0, abs(tip - zero)), each * 0.6)
                painter.fillRect(bar, QColor(look.accent))
                if not number:
                    continue
                painter.setPen(QColor(look.text))
                box = QRectF(self.width() - number, y, number, each)
                painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, three_digits(value))
            return
        across = self.width() / max(n, 1)
        span = high - low
        foot = (high - min(max(0.0, low), high)) / span * (self.height() - 1)
        for i, value in enumerate(self._values.tolist()):
            tip = (high - min(max(value, low), high)) / span * (self.height() - 1)
            bar = QRectF(i * across, min(tip, foot), max(1.0, across - 1), max(1.0, abs(tip - foot)))
            painter.fillRect(bar, QColor(look.accent))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(180, 180)
