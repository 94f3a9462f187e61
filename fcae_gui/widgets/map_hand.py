"""The hand on one of several linked maps: it picks, draws around, walks; and rings around what is picked."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from fcae_gui import theme
from fcae_gui.widgets.map_parts import Modifiers
from fcae_gui.widgets.point_cloud import PointCloud
from fcae_gui.widgets.select_tools import LassoTool, mode_of
from fcae_gui.widgets.view_box import ViewBox

Array = np.ndarray

_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


class MapHand(LassoTool):
    """The left button of a map: a click picks, a drag draws around points; arrows walk, Enter picks."""

    clicked = Signal(float, float, str)  # world, mode
    walked = Signal(float, float)  # direction
    entered = Signal(str)  # mode
    shape = Qt.CursorShape.ArrowCursor

    def __init__(self, box: ViewBox, parent: QObject) -> None:
        super().__init__(box, lambda _outline: -1, parent)
        self._pressed = (0.0, 0.0)
        self.drawn.connect(self._on_drawn)

    def press(self, x: float, y: float, modifiers: Modifiers) -> None:
        """Begin."""
        self._pressed = (x, y)
        super().press(x, y, modifiers)

    def key(self, event: QKeyEvent) -> bool:
        """Arrows without Ctrl, which pans, and Enter."""
        key = Qt.Key(event.key())
        if key in _ARROWS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.walked.emit(*_ARROWS[key])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(mode_of(event.modifiers()))
            return True
        return super().key(event)

    @Slot(object, str)
    def _on_drawn(self, outline: Array, mode: str) -> None:
        if not len(outline):
            self.clicked.emit(*self._pressed, mode)


class Rings:
    """A layer with a ring around each of a few selected points."""

    def __init__(self, cloud: PointCloud) -> None:
        self._cloud = cloud
        self.points: tuple[int, ...] = ()

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """See MapLayer."""
        reach = self._cloud.dot_radius() + 2.5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.current().text), 1.4))
        x, y, order, _ = self._cloud.points_drawn()
        for at in np.flatnonzero(np.isin(order, self.points)):
            painter.drawEllipse(QPointF(*box.to_screen(float(x[at]), float(y[at]))), reach, reach)
