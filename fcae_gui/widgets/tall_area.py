"""Room for what may be higher than its place: it scrolls up and down, never sideways."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

LEAST_LINES = 6  # of text, that are still worth scrolling


class TallArea(QScrollArea):
    """Takes the layout of a panel's parts; where there is room for them it is not noticed."""

    def __init__(self, parts: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = QWidget()
        parts.setContentsMargins(0, 0, 0, 0)
        self._inside.setLayout(parts)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)  # setWidget turns it on
        self.viewport().setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """As wide as the parts and a scroll bar need."""
        wide = self._inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        high = min(self._inside.minimumSizeHint().height(), LEAST_LINES * self.fontMetrics().height())
        return QSize(wide, high)

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint().expandedTo(self.minimumSizeHint())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The hints follow the parts; QScrollArea watches them already."""
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
