"""A line of text that says as much as there is room for: the longest of several wordings that fits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class FittingLabel(QLabel):
    """It asks for no width. The whole wording is its tip and what a screen reader says."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._wordings: tuple[str, ...] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(name)

    @property
    def whole(self) -> str:
        """The longest wording."""
        return self._wordings[0]

    def set_wordings(self, wordings: Sequence[str]) -> None:
        """What may be said, the longest first; the last one is cut where even that is too long."""
        self._wordings = tuple(wordings)
        self.setToolTip(self.whole)
        self.setAccessibleDescription(self.whole)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        for wording in self._wordings:
            if metrics.horizontalAdvance(wording) <= room:
                break
        else:
            wording = metrics.elidedText(self._wordings[-1], Qt.TextElideMode.ElideRight, max(0, room))
        if wording != self.text():
            self.setText(wording)
