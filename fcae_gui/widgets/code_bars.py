"""A code as numbers, and as one small bar per unit when it has many."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme

IN_WORDS = 3  # as many numbers are written out; more become bars
BARS_PX = 30


class CodeBars(QWidget):
    """Zero in the middle; the largest value of the code reaches the edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code: np.ndarray | None = None
        self._text = ""
        self.setAccessibleName("Code")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_code(self, code: np.ndarray | None) -> None:
        """(code_size,) values, None for nothing."""
        before = self._rows()
        self._code = None if code is None else np.asarray(code, np.float64).ravel()
        if self._rows() != before:
            self.refresh_text()
            self.updateGeometry()
        self.update()

    def refresh_text(self) -> None:
        """Write the numbers anew; more often than three times a second they cannot be read."""
        text = "" if self._code is None else code_text(self._code)
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            self.update()

    def text(self) -> str:
        """The code in words."""
        return self._text

    def _rows(self) -> int:
        return 0 if self._code is None else 1 + (len(self._code) > IN_WORDS)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._code is None:
            return
        painter = QPainter(self)
        look = theme.current()
        painter.setFont(theme.font())
        metrics = QFontMetricsF(theme.font())
        line = metrics.height()
        painter.setPen(QColor(look.text))
        shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignLeft), shown)
        if len(self._code) <= IN_WORDS:
            return
        room = QRectF(0, line + 2, self.width(), self.height() - line - 2)
        painter.fillRect(room, QColor(look.raised))
        values = np.nan_to_num(self._code)
        most = max(1e-9, float(np.abs(values).max()))
        middle, wide = room.center().y(), room.width() / len(values)
        for i, value in enumerate(values.tolist()):
            high = abs(value) / most * (room.height() / 2 - 1)
            top = middle - high if value > 0 else middle
            colour = look.accent if value > 0 else look.test
            painter.fillRect(QRectF(i * wide, top, max(1.0, wide * 0.75), max(0.5, high)), QColor(colour))
        painter.fillRect(QRectF(0, middle - 0.25, room.width(), 0.5), QColor(look.muted))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._code is not None and len(self._code) > IN_WORDS:
            unit = min(len(self._code) - 1, max(0, int(event.pos().x() / self.width() * len(self._code))))
            QToolTip.showText(event.globalPos(), f"unit {unit + 1}: {self._code[unit]:.3f}", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(theme.font()).height()
        return QSize(200, round(line + 2 + (BARS_PX if self._rows() > 1 else 0)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())


def code_text(code: np.ndarray) -> str:
    """The code (d,) in one line: all numbers of a small one, the range of a large one."""
    if len(code) <= IN_WORDS:
        return "code  " + "   ".join(f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in code)
    low, high = (f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in (code.min(), code.max()))
    return f"code of {len(code)} numbers, {low} to {high}"
