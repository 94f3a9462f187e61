"""A scatter plot under the user's hand: pan, zoom, hover, and a cursor that is dragged or moved by keys."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from fcae_gui.widgets.map_parts import MapTool
from fcae_gui.widgets.point_view import PointView

HOVER_PX = 8.0  # a point within this distance of the mouse is meant
KEY_STEP = 0.01  # of the visible range per arrow key; ten times that with Shift
KEY_PAN = 0.08  # of the visible range, with Ctrl
KEY_ZOOM = 1.25
WHEEL_ZOOM = 1.0016  # per eighth of a degree: one notch (120) magnifies 1.21 times

GRAB_PX = 6.0  # outside the plot a press still counts
HELP = (
    "Click or drag to move the cursor, or use the arrow keys (Shift: ten times as far). The wheel, a pinch, "
    "+ and - zoom. The right button, Shift and drag, or Ctrl and arrows move the map. 0 or a double click "
    "beside the points shows all of them again. Ctrl and click or a double click on a point, and Enter for "
    "the one nearest to the cursor, open its sample."
)

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_PAN_BUTTONS = Qt.MouseButton.RightButton | Qt.MouseButton.MiddleButton
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = (Qt.Key.Key_0, Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)


class PointCloud(PointView):
    """Left drags the cursor; right, middle or Shift and left pan; the wheel or a pinch zooms; arrows move the
    cursor (Shift: ten times as far), + and - zoom, 0 or a double click beside the points follows them again.
    Ctrl and click or a double click on a point, and Enter for the nearest one, choose it."""

    point_moved = Signal(float, float)  # world coordinates: click, every step of a drag, arrow keys
    drag_finished = Signal()
    sample_chosen = Signal(int)  # index of a point: Ctrl and click, double click, or Enter for the nearest
    sample_hovered = Signal(int)  # index of the point under the mouse, -1 for none
    escaped = Signal()  # Esc that no tool had a use for
    view_changed = Signal()  # the user panned, zoomed or asked for the whole

    def __init__(
        self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent, clock=clock)
        self._drag = Qt.MouseButton.NoButton  # left: the cursor or the tool, right: the view
        self._tool: MapTool | None = None
        self._picker: Callable[[float, float], int] | None = None
        self._dragged_from = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # the right button pans
        self.setWhatsThis(HELP)

    def set_tool(self, tool: MapTool | None) -> None:
        """Give the left button and the keys to `tool`; None gives them back to the cursor."""
        self._tool = tool
        self.setCursor(self._shape())

    def tool(self) -> MapTool | None:
        """The tool in hand."""
        return self._tool

    def set_picker(
        self, picker: Callable[[float, float], int] | None, covers: Callable[[int], bool] | None = None
    ) -> None:
        """Ask `picker` first what lies at a place of the world: the index of a point, -1 for nothing.

        A point that a picture `covers` is not marked by a ring when the mouse is on it.
        """
        self._picker, self._covers = picker, covers

    def sample_at(self, x: float, y: float) -> int:
        """The point that is meant by a place of the world, -1 for none."""
        picked = self._picker(x, y) if self._picker is not None else -1
        return picked if picked >= 0 else self._layer.nearest(x, y, HOVER_PX * self._box.view.unit)

    def sample_at_cursor(self) -> int:
        """The shown point nearest to the cursor, -1 when there is none."""
        return self._layer.nearest(self._cursor.x, self._cursor.y, math.inf)

    def _choose_at(self, place: QPointF) -> bool:
        """Tell which point lies under the mouse; False when there is none."""
        row = self.sample_at(*self.to_world(place)) if self._plot.contains(place) else -1
        if row >= 0:
            self.sample_chosen.emit(row)
        return row >= 0

    def _shape(self) -> Qt.CursorShape:
        return self._tool.shape if self._tool is not None else Qt.CursorShape.CrossCursor

    def nudge(self, dx: int, dy: int, *, far: bool = False) -> None:
        """Move the cursor as the arrow keys do: so many steps right and up, ten times as far with `far`."""
        step = KEY_STEP * (10 if far else 1) * min(self._box.width, self._box.height) * self._box.view.unit
        x, y = self._cursor.x + dx * step, self._cursor.y + dy * step
        left, bottom, right, top = self._box.visible()
        inside_x, inside_y = min(max(x, left), right), min(max(y, bottom), top)
        if self._box.following:
            x, y = inside_x, inside_y
        elif (x, y) != (inside_x, inside_y):  # the view goes along
            unit = self._box.view.unit
            self._pan((inside_x - x) / unit, (y - inside_y) / unit)
        self._move_cursor(x, y)

    def _move_cursor(self, x: float, y: float) -> None:
        self._repaint_cursor()
        self._cursor.move(x, y, self._clock())
        self._repaint_cursor()
        self.point_moved.emit(x, y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._drag != Qt.MouseButton.NoButton or not self.points_shown():
            return
        shift = bool(event.modifiers() & _SHIFT)
        left, control = event.button() == Qt.MouseButton.LeftButton, event.modifiers() & _CONTROL
        if left and control and self._tool is None and self._choose_at(event.position()):
            return
        if event.button() & _PAN_BUTTONS or (event.button() == Qt.MouseButton.LeftButton and shift):
            self._drag = Qt.MouseButton.RightButton
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._set_hovered(-1)
        elif event.button() == Qt.MouseButton.LeftButton and self._plot.adjusted(
            -GRAB_PX, -GRAB_PX, GRAB_PX, GRAB_PX
        ).contains(event.position()):
            self._drag = Qt.MouseButton.LeftButton
            self._set_hovered(-1)
            if self._tool is not None:
                self._tool.press(*self._world_inside(event.position()), event.modifiers())
                self.update()
                return
            self._cursor.break_trail()
            self._repaint_cursor()
            self._cursor.move(*self._world_inside(event.position()))
            self._move_cursor(self._cursor.x, self._cursor.y)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag == Qt.MouseButton.LeftButton and self._tool is not None:
            self._tool.drag(*self._world_inside(event.position()), event.modifiers())
            self.update()
        elif self._drag == Qt.MouseButton.LeftButton:
            self._move_cursor(*self._world_inside(event.position()))
        elif self._drag == Qt.MouseButton.RightButton:
            moved = event.position() - self._dragged_from
            self._dragged_from = event.position()
            self._pan(moved.x(), moved.y())
        elif self._plot.contains(event.position()):
            self._set_hovered(self.sample_at(*self.to_world(event.position())))
        else:
            self._set_hovered(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag == Qt.MouseButton.NoButton or event.buttons() != Qt.MouseButton.NoButton:
            return
        was, self._drag = self._drag, Qt.MouseButton.NoButton
        self.setCursor(self._shape())
        if was == Qt.MouseButton.LeftButton and self._tool is not None:
            self._tool.release(*self._world_inside(event.position()), event.modifiers())
            self.update()
        elif was == Qt.MouseButton.LeftButton:
            self.drag_finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._tool is None and self._choose_at(event.position()):
            return
        if left and self._tool is None and not self._box.following:
            self.reset_view()
            self.view_changed.emit()
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hovered(-1)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or 2 * event.pixelDelta().y()
        aside = event.pixelDelta().x() or event.angleDelta().x() / 2
        if not self.points_shown():
            pass
        elif abs(aside) > abs(turned):  # two fingers sideways
            self._pan(aside, 0.0)
        elif turned:
            self._zoom(WHEEL_ZOOM ** max(-600, min(600, turned)), event.position())
        event.accept()

    def _pan(self, dx: float, dy: float) -> None:
        self._box.pan(dx, dy)
        self._touch()
        self.view_changed.emit()

    def _world_inside(self, place: QPointF) -> tuple[float, float]:
        """The world point under the mouse, or the nearest one that can be seen."""
        plot = self._plot
        x = min(max(place.x(), plot.left()), plot.right())
        return self.to_world(QPointF(x, min(max(place.y(), plot.top()), plot.bottom())))

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture or not self.points_shown():
            return False
        self._zoom(max(0.2, 1.0 + event.value()), event.position())
        return True

    def _zoom(self, factor: float, at: QPointF) -> None:
        inside = at - self._plot.topLeft()
        self._box.zoom_by(factor, inside.x(), inside.y())
        self._set_hovered(-1)
        self._touch()
        self.view_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._tool is not None and self._tool.key(event):
            self.update()
            return
        if key in _ARROWS and control and self.points_shown():
            step = KEY_PAN * min(self._box.width, self._box.height)
            self._pan(-_ARROWS[key][0] * step, _ARROWS[key][1] * step)
        elif key in _ARROWS and self.points_shown():
            self.nudge(*_ARROWS[key], far=bool(event.modifiers() & _SHIFT))
        elif key in _CHOOSE and self.points_shown():
            row = self.sample_at_cursor()
            if row >= 0:
                self.sample_chosen.emit(row)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key == Qt.Key.Key_0:
            self.reset_view()
            self.view_changed.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(1 / KEY_ZOOM if key == Qt.Key.Key_Minus else KEY_ZOOM, self._plot.center())
        else:
            super().keyPressEvent(event)

    def _set_hovered(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()
            self.sample_hovered.emit(index)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
            arrow = event.key() in _ARROWS and not held & ~Qt.KeyboardModifier.ControlModifier
            if arrow or (event.key() in _KEYS and not held):
                event.accept()  # while the map has the focus these keys are its own
                return True
        if isinstance(event, QNativeGestureEvent) and self._pinch(event):
            return True
        return super().event(event)
