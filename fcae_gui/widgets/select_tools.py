"""The lasso and the rectangle: tools of the map that draw an outline and tell it when it is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF

from fcae_gui import theme
from fcae_gui.widgets.map_parts import Modifiers
from fcae_gui.widgets.view_box import ViewBox

Array = np.ndarray
Mode = Literal["replace", "add", "subtract"]

LEAST_PX = 2.0  # between two corners of a lasso: more cannot be seen
CLICK_PX = 4.0  # a smaller outline is a click, and a click on nothing selects nothing


def mode_of(modifiers: Modifiers) -> Mode:
    """Ctrl adds, Alt takes away. (Shift and drag pan the map.)"""
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return "subtract"
    return "add" if modifiers & Qt.KeyboardModifier.ControlModifier else "replace"


class OutlineTool(QObject):
    """Draws what the hand draws, and beside it how many points that holds. Also a layer of the map.

    count: asked at every step of a drag with the outline (m, 2) in world units; -1 says nothing
    """

    drawn = Signal(
        object, str
    )  # outline (m, 2) in world units, and the mode; an outline of 0 corners: a click
    begun = Signal()

    shape = Qt.CursorShape.CrossCursor

    def __init__(self, box: ViewBox, count: Callable[[Array], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._box = box
        self._count = count
        self._corners: list[tuple[float, float]] = []
        self._held = -1
        self._mode: Mode = "replace"

    def active(self) -> bool:
        """True while an outline is being drawn."""
        return bool(self._corners)

    def outline(self) -> Array:
        """Corners of what has been drawn so far, (m, 2)."""
        return np.array(self._corners, np.float64).reshape(-1, 2)

    def cancel(self) -> None:
        """Forget what is being drawn."""
        self._corners = []
        self._held = -1

    def press(self, x: float, y: float, modifiers: Modifiers) -> None:
        """Begin."""
        self._corners = [(x, y)]
        self._mode = mode_of(modifiers)
        self._held = -1
        self.begun.emit()

    def drag(self, x: float, y: float, modifiers: Modifiers) -> None:
        """Go on, if the hand has moved enough to be seen."""
        if self._corners and self._grow(x, y):
            self._held = self._count(self.outline())

    def release(self, x: float, y: float, modifiers: Modifiers) -> None:
        """Tell the outline."""
        if not self._corners:
            return
        self._grow(x, y)
        outline = self.outline()
        size = np.ptp(outline, axis=0).max() / self._box.view.unit
        mode = self._mode
        self.cancel()
        self.drawn.emit(outline if size >= CLICK_PX else np.empty((0, 2)), mode)

    def key(self, event: QKeyEvent) -> bool:
        """Esc leaves off drawing."""
        if event.key() == Qt.Key.Key_Escape and self._corners:
            self.cancel()
            return True
        return False

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """The outline, filled faintly, with the number of points it holds."""
        if len(self._corners) < 2:
            return
        colours = theme.current()
        screen = QPolygonF([QPointF(*box.to_screen(x, y)) for x, y in self.outline()])
        fill = QColor(colours.bad if self._mode == "subtract" else colours.accent)
        edge = QColor(fill)
        fill.setAlphaF(0.12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(fill)
        painter.setPen(QPen(QColor(colours.surface), 3.5))
        painter.drawPolygon(screen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(edge, 1.6))
        painter.drawPolygon(screen)
        if self._held >= 0:
            self._paint_count(painter, box, screen.last())

    def _paint_count(self, painter: QPainter, box: ViewBox, at: QPointF) -> None:
        colours, font = theme.current(), theme.font()
        sign = {"add": "+ ", "subtract": "− ", "replace": ""}[self._mode]
        text = f"{sign}{self._held:,}"
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 6
        left = at.x() + 14 if at.x() + 14 + width < box.width else at.x() - 14 - width
        top = min(max(0.0, at.y() - height - 8), box.height - height)
        area = QRectF(left, top, width, height)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(area, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)

    def _grow(self, x: float, y: float) -> bool:
        raise NotImplementedError


class LassoTool(OutlineTool):
    """A free outline; it closes itself."""

    def _grow(self, x: float, y: float) -> bool:
        last_x, last_y = self._corners[-1]
        moved = max(abs(x - last_x), abs(y - last_y)) / self._box.view.unit
        if moved >= LEAST_PX:
            self._corners.append((x, y))
        return moved >= LEAST_PX


class RectangleTool(OutlineTool):
    """From one corner to the other."""

    def _grow(self, x: float, y: float) -> bool:
        left, bottom = self._corners[0]
        self._corners = [(left, bottom), (x, bottom), (x, y), (left, y)]
        return True
