"""A label for numbers that change three times a second without anything around it moving."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Readout(QLabel):
    """Keeps the width of the widest text it may show (`sample`), so that a growing number pushes nothing."""

    def __init__(self, sample: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sample = sample
        self.setAccessibleName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """The width of the sample text."""
        metrics = QFontMetrics(self.font())
        width = max(metrics.horizontalAdvance(self._sample), metrics.horizontalAdvance(self.text()))
        margins = self.contentsMargins()
        return QSize(width + margins.left() + margins.right() + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same: numbers are never cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """A new font has other widths."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
