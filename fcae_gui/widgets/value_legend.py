"""The scale of a map that is coloured by a value: name and unit, the colours, and what their ends are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets.axis import three_digits

STOPS = 16
WIDEST_BAR_EM = 16.0
GAP_PX = 8.0


class ValueLegend(QWidget):
    """One line: name, low end, colours, high end. Values beyond the ends have the colours of the ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = self._unit = ""
        self._low, self._high = 0.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scale")

    def set_scale(self, title: str, unit: str, low: float, high: float) -> None:
        """What the colours stand for."""
        self._title, self._unit, self._low, self._high = title, unit, low, high
        self.setAccessibleDescription(self.text_twin())
        self.setToolTip(self.text_twin())
        self.update()

    def text_twin(self) -> str:
        """The scale in words."""
        unit = f" ({self._unit})" if self._unit else ""
        return f"{self._title}{unit} from {three_digits(self._low)} to {three_digits(self._high)}"

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(theme.font())
        return QSize(round(28 * metrics.averageCharWidth()), round(metrics.height()) + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, font = theme.current(), theme.font()
        metrics = QFontMetricsF(font)
        low, high = three_digits(self._low), three_digits(self._high)
        # The numbers keep the room of the widest, so that the scale does not shiver while they change.
        number = max(metrics.horizontalAdvance(text) for text in (low, high, "0.000"))
        name = f"{self._title}  ({self._unit})" if self._unit else self._title
        room = self.width() - 12.0
        bar = min(WIDEST_BAR_EM * font.pixelSize(), max(40.0, 0.45 * room - 2 * number))
        name_room = max(20.0, room - bar - 2 * number - 3 * GAP_PX)
        name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_room)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        x = 6.0
        painter.setPen(QColor(colours.text))
        wide = min(name_room, metrics.horizontalAdvance(name))
        painter.drawText(QRectF(x, 0, wide + 2, self.height()), middle, name)
        x += wide + GAP_PX
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRectF(x, 0, number, self.height()), middle | int(Qt.AlignmentFlag.AlignRight), low)
        x += number + GAP_PX
        thick = max(8.0, 0.62 * metrics.height())
        area = QRectF(x, (self.height() - thick) / 2, bar, thick)
        ramp = QLinearGradient(area.topLeft(), area.topRight())
        for i, colour in enumerate(theme.value_colours(STOPS)):
            ramp.setColorAt(i / (STOPS - 1), QColor(*colour))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(ramp)
        painter.drawRoundedRect(area, 2, 2)
        painter.setPen(QColor(colours.muted))
        x += bar + GAP_PX
        painter.drawText(QRectF(x, 0, number + 4, self.height()), middle, high)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)
