"""The layers of a network as strips, one cell per unit: what each of them says of one sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.pixel_image import SIGNED, canvas_image, signed_to_bytes

GAP_PX, LEAST_PX, MOST_PX = 3, 6, 20
SCALE_TEXT = "±88.8e-8"


@dataclass(frozen=True, slots=True)
class Strip:
    """A layer: its name, and (n,) activations."""

    name: str
    values: np.ndarray


class StripsView(QWidget):
    """One strip per layer, from the input at the top to the output, each with its own scale at its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strips: tuple[Strip, ...] = ()
        self.setAccessibleName("Activations by layer")

    def set_strips(self, strips: tuple[Strip, ...]) -> None:
        """The layers in order."""
        grown = len(strips) != len(self._strips)
        self._strips = strips
        if grown:
            self.updateGeometry()
        self.update()

    def strips(self) -> tuple[Strip, ...]:
        """What is shown."""
        return self._strips

    def _rows(self) -> tuple[float, float, float, float]:
        """(height of a strip, left of the cells, width of the cells, height of text)."""
        metrics = QFontMetricsF(theme.font(0.92))
        n = max(1, len(self._strips))
        each = min(float(MOST_PX), max(float(LEAST_PX), self.height() / n - GAP_PX))
        left = max((metrics.horizontalAdvance(strip.name) for strip in self._strips), default=0.0) + 8
        left = min(left, self.width() * 0.4)
        return each, left, self.width() - left - metrics.horizontalAdvance(SCALE_TEXT) - 6, metrics.height()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme.current()
        font = theme.font(0.92)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        each, left, width, line = self._rows()
        ratio = self.devicePixelRatioF()
        texts = each + GAP_PX >= line * 0.8
        for i, strip in enumerate(self._strips):
            top = i * (each + GAP_PX)
            scale = float(np.max(np.abs(strip.values), initial=0.0))
            box = QRectF(left, top, width, each)
            cells = signed_to_bytes((strip.values / np.float32(max(scale, 1e-12))).astype(np.float32))
            wide = max(1, round(width * ratio))
            if wide < len(cells):  # more units than pixels: of those behind one pixel the farthest from 0
                ends = np.linspace(0, len(cells), wide + 1).astype(int)[:-1]
                above, below = np.maximum.reduceat(cells, ends), np.minimum.reduceat(cells, ends)
                cells = np.where(above.astype(int) - 128 >= 128 - below.astype(int), above, below)
            row = np.ascontiguousarray(SIGNED[cells][None, :])
            painter.drawImage(box, canvas_image(row))
            painter.setPen(QColor(look.line))
            painter.drawRect(box)
            if wide >= 6 * len(cells) * ratio:  # few units: each in a cell of its own
                for cut in range(1, len(cells)):
                    x = left + width * cut / len(cells)
                    painter.fillRect(QRectF(x - 0.5, top, 1, each), QColor(look.line))
            if texts:
                painter.setPen(QColor(look.muted))
                middle = top + each / 2
                name = metrics.elidedText(strip.name, Qt.TextElideMode.ElideRight, left - 8)
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, middle - line / 2, left - 6, line), right, name)
                rest = QRectF(left + width + 2, middle - line / 2, self.width() - left - width - 4, line)
                painter.drawText(rest, right, f"±{three_digits(scale)}")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos().x(), event.pos().y()), self)
            return True
        return super().event(event)

    def _tip(self, x: int, y: int) -> str:
        each, left, width, _line = self._rows()
        index = int(y // (each + GAP_PX))
        if not 0 <= index < len(self._strips):
            return ""
        strip = self._strips[index]
        n = len(strip.values)
        scale = float(np.max(np.abs(strip.values), initial=0.0))
        about = (
            f"{strip.name}: {n:,} units, blue {three_digits(-scale)}, white 0, orange {three_digits(scale)}"
        )
        unit = int((x - left) / max(1.0, width) * n)
        if 0 <= unit < n and x >= left:
            about += f"\nunit {unit + 1}: {three_digits(float(strip.values[unit]))}"
        return about

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        n = max(1, len(self._strips))
        return QSize(300, round(n * (min(MOST_PX, theme.text_px() + 3) + GAP_PX)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, max(1, len(self._strips)) * (LEAST_PX + GAP_PX))
