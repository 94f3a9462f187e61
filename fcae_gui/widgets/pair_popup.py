"""A small window beside the mouse with enlarged pictures and some text; it never takes the focus."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fcae_gui import theme

PAD = 8
MOST_WIDE = 4
SIDE = 112  # logical pixels of a picture, before the text's scale


class PairPopup(QWidget):
    """Pictures side by side, each with a caption, and lines beneath."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pictures: list[tuple[str, QImage]] = []
        self._lines: list[str] = []

    def show_at(self, near: QRect, pictures: list[tuple[str, QImage]], lines: list[str]) -> None:
        """Show beside a rectangle given in screen coordinates, inside the screen."""
        self._pictures, self._lines = pictures, lines
        size = self._size()
        screen = self.screen().availableGeometry()
        x = min(max(near.center().x() - size.width() // 2, screen.left()), screen.right() - size.width())
        y = near.bottom() + 8
        if y + size.height() > screen.bottom():
            y = near.top() - 8 - size.height()
        self.setGeometry(QRect(QPoint(x, max(y, screen.top())), size))
        self.setAccessibleDescription(". ".join(lines))
        if not self.isVisible():
            self.show()
        self.update()

    def _side(self) -> int:
        return round(SIDE * max(1.0, theme.text_px() / 13))

    def _width_of(self, image: QImage) -> int:
        """A picture fits into a square; one that is meant to be wider than high fills the height."""
        side = self._side()
        wide = round(side * image.width() / max(1, image.height()))
        return max(side, wide) if wide <= MOST_WIDE * side else side

    def _size(self) -> QSize:
        metrics = QFontMetricsF(theme.font())
        side = self._side()
        wide = sum(self._width_of(image) + PAD for _, image in self._pictures) + PAD
        wide = max([wide, *(int(metrics.horizontalAdvance(line)) + 2 * PAD + 2 for line in self._lines)])
        return QSize(wide, int(side + metrics.height() * (len(self._lines) + 1)) + 3 * PAD)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), QColor(look.surface))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        font = theme.font()
        painter.setFont(font)
        line, side, y = QFontMetricsF(font).height(), self._side(), float(PAD)
        x = PAD
        for caption, image in self._pictures:
            wide = self._width_of(image)
            painter.setPen(QColor(look.muted))
            painter.drawText(QRectF(x, y, wide, line), Qt.AlignmentFlag.AlignLeft, caption)
            scale = min(wide / image.width(), side / image.height())
            painter.drawImage(QRectF(x, y + line + 2, image.width() * scale, image.height() * scale), image)
            x += wide + PAD
        y += line + side + PAD
        painter.setPen(QColor(look.text))
        for text in self._lines:
            painter.drawText(QRectF(PAD, y, self.width() - 2 * PAD, line), Qt.AlignmentFlag.AlignLeft, text)
            y += line
