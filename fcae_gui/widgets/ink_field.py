"""A field to draw on with mouse, pen, finger or keys: white ink on black, as the network sees it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets.ink import RASTER, Drawing, Ink, Point, Stroke

KEY_STEP = 1 / 28
NEAR = 0.004  # of the longer side: a hand that trembles less draws nothing new
HINT = "Draw here. Or open, paste or drop an image."
HELP = (
    "Draw with the mouse, a pen or a finger; the other end of a pen and the right button erase. "
    "Keys: arrows move the pen, Enter puts it down and lifts it, "
    "Backspace takes a stroke back, Delete clears."
)
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OWN_KEYS = (*_ARROWS, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class InkField(QWidget):
    """Holds one Drawing. Tells every move of the pen, and every finished gesture with what was before."""

    changed = Signal()  # at every move of the pen, and by set_drawing
    finished = Signal(object, object)  # Drawing before and after a gesture of the user
    dropped = Signal(object)  # QMimeData of something dropped here

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = (28, 28)
        self._ink = Ink(self._shape)
        self._drawing = Drawing()
        self._stroke: Stroke | None = None  # under the pen
        self._width = 0.1
        self._erasing = False
        self._caret = (0.5, 0.5)  # where the pen of the keys is
        self._caret_shown = False
        self.setMinimumSize(120, 120)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAccessibleName("Drawing")
        self.setWhatsThis(HELP)

    # --- in

    def set_shape(self, shape: tuple[int, int]) -> None:
        """(rows, columns) of the images of the data: the field takes their aspect."""
        if shape != self._shape:
            self._shape, self._stroke = shape, None
            self._ink = Ink(shape)
            self._ink.paint(self._drawing)
            self.update()

    def set_drawing(self, drawing: Drawing) -> None:
        """Show this one; a stroke under the pen is dropped."""
        self._stroke, self._drawing = None, drawing
        self._ink.paint(drawing)
        self.update()
        self.changed.emit()

    def change(self, drawing: Drawing) -> None:
        """The same as a gesture of the user: it is told, so that it can be taken back."""
        before = self._drawing
        self.set_drawing(drawing)
        self.finished.emit(before, drawing)

    def set_pen(self, *, width: float, erases: bool) -> None:
        """What the next stroke is: its width as a share of the longer side, and whether it erases."""
        self._width, self._erasing = width, erases

    # --- asked

    @property
    def drawing(self) -> Drawing:
        """Everything on the field, the stroke under the pen too."""
        if self._stroke is None:
            return self._drawing
        return replace(self._drawing, strokes=(*self._drawing.strokes, self._stroke))

    def grey(self) -> np.ndarray:
        """(h, w) uint8: what is drawn, as pixels."""
        return self._ink.grey()

    def field_rect(self) -> QRectF:
        """Where the field lies in the widget."""
        rows, columns = self._shape
        scale = min(self.width() / columns, self.height() / rows)
        wide, high = columns * scale, rows * scale
        return QRectF((self.width() - wide) / 2, 0.0, wide, high)  # level with what stands beside it

    # --- a hand

    def _point(self, place: QPointF, pressure: float = 1.0) -> Point:
        field = self.field_rect()
        longest = max(field.width(), field.height())
        return ((place.x() - field.left()) / longest, (place.y() - field.top()) / longest, pressure)

    def _press(self, point: Point, *, erases: bool) -> None:
        self._stroke = Stroke(points=(point,), width=self._width, erases=erases)
        self._ink.grow(self._stroke)
        self.update()
        self.changed.emit()

    def _move(self, point: Point) -> None:
        assert self._stroke is not None
        last = self._stroke.points[-1]
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) < NEAR:
            return
        self._stroke = replace(self._stroke, points=(*self._stroke.points, point))
        self._ink.grow(self._stroke)
        self.update()
        self.changed.emit()

    def _lift(self) -> None:
        if self._stroke is None:
            return
        self._ink.finish(self._stroke)
        before, after = self._drawing, self.drawing
        self._drawing, self._stroke = after, None
        self.update()
        self.changed.emit()
        self.finished.emit(before, after)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None or not self.field_rect().contains(event.position()):
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._caret_shown = False
            erases = self._erasing or event.button() == Qt.MouseButton.RightButton
            self._press(self._point(event.position()), erases=erases)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None and event.buttons() != Qt.MouseButton.NoButton:
            self._move(self._point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:
            self._lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen with pressure; its other end erases. Accepted, so that no mouse event follows."""
        kind = event.type()
        point = self._point(event.position(), event.pressure())
        if kind == QEvent.Type.TabletPress and self._stroke is None:
            other_end = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._press(point, erases=self._erasing or other_end)
        elif kind == QEvent.Type.TabletMove and self._stroke is not None:
            self._move(point)
        elif kind == QEvent.Type.TabletRelease:
            self._lift()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            step = KEY_STEP * (4 if event.modifiers() & _SHIFT else 1)
            longest = max(self._shape)
            x = min(max(0.0, self._caret[0] + step * _ARROWS[key][0]), self._shape[1] / longest)
            y = min(max(0.0, self._caret[1] + step * _ARROWS[key][1]), self._shape[0] / longest)
            self._caret, self._caret_shown = (x, y), True
            if self._stroke is not None:
                self._move((x, y, 1.0))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._caret_shown = True
            if self._stroke is None:
                self._press((*self._caret, 1.0), erases=self._erasing)
            else:
                self._lift()
        elif key == Qt.Key.Key_Backspace:
            self.take_back()
        elif key == Qt.Key.Key_Delete:
            self.clear()
        else:
            super().keyPressEvent(event)

    def take_back(self) -> None:
        """Remove the last stroke, or the picture when there is none."""
        drawing = self._drawing
        if drawing.strokes:
            self.change(replace(drawing, strokes=drawing.strokes[:-1]))
        elif drawing.picture is not None:
            self.change(Drawing())

    def clear(self) -> None:
        """Remove everything."""
        if not self._drawing.empty:
            self.change(Drawing())

    def focusOutEvent(self, event: QEvent) -> None:  # type: ignore[override]
        if self._caret_shown:
            self._lift()  # a pen of keys does not stay down while other keys are used
            self._caret_shown = False
        self.update()
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
            if event.key() in _OWN_KEYS and not held:
                event.accept()  # while the field has the focus these keys are its own
                return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        field = self.field_rect()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(field, self._ink.image)
        if self.drawing.empty:
            painter.setFont(theme.font())
            painter.setPen(QColor("#b8c0c8"))  # on black in every theme
            painter.drawText(
                field.adjusted(16, 16, -16, -16),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), HINT,
            )  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._caret_shown:
            scale = max(field.width(), field.height())
            radius = max(3.0, self._width * scale / 2)
            down = self._stroke is not None
            painter.setPen(QPen(QColor("#ffb000" if down else "#b8c0c8"), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            middle = field.topLeft() + QPointF(self._caret[0] * scale, self._caret[1] * scale)
            painter.drawEllipse(middle, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(field.adjusted(1, 1, -1, -1))

    def sizeHint(self) -> QSize:
        return QSize(RASTER * 5 // 8, RASTER * 5 // 8)
