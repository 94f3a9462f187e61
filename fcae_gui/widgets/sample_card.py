"""A small card beside the mouse: the sample behind the point under it, as picture or bars, and its name."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fcae_gui import theme

Array = np.ndarray

PICTURE_PX = 84
MOST_BARS = 64
PAD_PX = 7
AWAY_PX = 16  # from the point


class SampleCard(QWidget):
    """Lies over its parent, never takes the mouse, and stays inside the parent's area."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._grey = np.zeros((0, 0), np.uint8)
        self._bars = np.zeros(0, np.float32)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Sample under the mouse")
        self.hide()

    def show_sample(
        self, values: Array | None, shape: tuple[int, int] | None, text: str, at: QPointF
    ) -> None:
        """Show a sample (d,), uint8 or float in [0, 1], with a line of text, beside a place of the parent."""
        self._grey, self._bars, self._text = np.zeros((0, 0), np.uint8), np.zeros(0, np.float32), text
        if values is not None and shape is not None and shape[0] * shape[1] == len(values):
            pixels = values
            if pixels.dtype != np.uint8:
                pixels = (np.nan_to_num(np.clip(pixels, 0.0, 1.0)) * 255.0 + 0.5).astype(np.uint8)
            self._grey = np.ascontiguousarray(pixels.reshape(shape))
        elif values is not None:
            self._bars = np.nan_to_num(np.asarray(values[:MOST_BARS], np.float32))
        self.setAccessibleDescription(text)
        self.resize(self.sizeHint())
        self._place(at)
        self.show()
        self.raise_()
        self.update()

    def _picture_size(self) -> QSize:
        side = round(PICTURE_PX * theme.text_px() / 13)
        if self._grey.size:
            height, width = self._grey.shape
            longest = max(height, width)
            times = max(1, round(side / longest)) if longest <= side else side / longest
            return QSize(max(1, round(width * times)), max(1, round(height * times)))
        return QSize(side, side // 2) if self._bars.size else QSize(0, 0)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font())
        picture = self._picture_size()
        width = max(picture.width(), min(220, metrics.horizontalAdvance(self._text)))
        gap = 4 if picture.height() and self._text else 0
        return QSize(
            width + 2 * PAD_PX, picture.height() + gap + metrics.height() * bool(self._text) + 2 * PAD_PX
        )

    def follow(self, at: QPointF) -> None:
        """The point has moved to another place of the parent."""
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
        place = QRect(QPoint((self.width() - size.width()) // 2, PAD_PX), size)
        if self._grey.size:
            height, width = self._grey.shape
            image = QImage(self._grey.data, width, height, width, QImage.Format.Format_Grayscale8)
            painter.drawImage(place, image)
        elif self._bars.size:
            self._paint_bars(painter, place)
        painter.setFont(theme.font())
        painter.setPen(QColor(colours.text))
        metrics = QFontMetrics(theme.font())
        line = QRect(
            PAD_PX, self.height() - PAD_PX - metrics.height(), self.width() - 2 * PAD_PX, metrics.height()
        )
        shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), shown)
        painter.end()

    def _paint_bars(self, painter: QPainter, place: QRect) -> None:
        low, high = min(0.0, float(self._bars.min())), max(0.0, float(self._bars.max()))
        scale = place.height() / ((high - low) or 1.0)
        wide = place.width() / len(self._bars)
        zero = place.bottom() + 1 + low * scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        for i, value in enumerate(self._bars):
            top = zero - max(0.0, float(value)) * scale
            painter.drawRect(
                QRectF(place.left() + i * wide, top, max(1.0, wide - 1), abs(float(value)) * scale)
            )
