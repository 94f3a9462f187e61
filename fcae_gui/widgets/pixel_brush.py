"""A decoded picture whose pixels can be painted and erased: what a hand asks of the decoder."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets.pixel_view import PixelView

PAINT, ERASE = "#ffb000", "#4cc2ff"  # marks of painted and erased pixels; both stand out on black and white
HELP = (
    "Paint with the left button, erase with the right one. Keys: arrows move the brush, Enter paints, "
    "Backspace erases, Delete lets all painted pixels go."
)
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_OWN_KEYS = (*_ARROWS, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class PixelBrush(PixelView):
    """Tells which pixels the brush went over; what becomes of them is shown by set_pixels and set_marks."""

    brushed = Signal(object, float)  # indices (k,) of pixels, and the value they should get: 1 or 0
    stroke_ended = Signal()
    release_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid: tuple[int, int] | None = None
        self._radius = 1.0  # in pixels of the picture
        self._erasing = False
        self._value: float | None = None  # of the stroke under way
        self._last: tuple[float, float] | None = None
        self._marks: np.ndarray | None = None
        self._caret: tuple[int, int] | None = None
        self._hover: QPointF | None = None
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAccessibleName("Decoded image to paint on")
        self.setWhatsThis(HELP)

    # --- in

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures to come; a stroke under way is dropped."""
        super().set_shape(shape)
        self._grid, self._marks, self._value, self._caret = shape, None, None, None

    def set_marks(self, marks: np.ndarray | None) -> None:
        """(d,) of 1 painted, -1 erased, 0 free; or None."""
        self._marks = None if marks is None or self._grid is None else marks.reshape(self._grid)
        self.update()

    def set_brush(self, *, radius: float, erases: bool) -> None:
        """Radius in pixels of the picture, and what the left button does."""
        self._radius, self._erasing = max(0.5, radius), erases
        self.update()

    def picture_rect(self) -> QRectF:
        """At the top, level with what stands beside it."""
        where = super().picture_rect()
        where.moveTop(0.0)
        return where

    # --- a hand

    def _at(self, place: QPointF) -> tuple[float, float] | None:
        """(row, column) under a place, with fractions; None without a picture."""
        where = self.picture_rect()
        if self._grid is None or self.image is None or where.isEmpty():
            return None
        row = (place.y() - where.top()) / where.height() * self._grid[0]
        return row, (place.x() - where.left()) / where.width() * self._grid[1]

    def _touched(self, first: tuple[float, float], last: tuple[float, float]) -> np.ndarray:
        """Indices of the pixels whose middle lies within the radius of the way from first to last."""
        assert self._grid is not None
        rows, columns = np.mgrid[0 : self._grid[0], 0 : self._grid[1]] + 0.5
        along = np.array(last) - np.array(first)
        length = float(along @ along)
        offset_y, offset_x = rows - first[0], columns - first[1]
        share = 0.0 if length == 0 else np.clip((offset_y * along[0] + offset_x * along[1]) / length, 0, 1)
        distance = np.hypot(offset_y - share * along[0], offset_x - share * along[1])
        near = distance <= self._radius
        if not near.any() and 0 <= last[0] < self._grid[0] and 0 <= last[1] < self._grid[1]:
            near[int(last[0]), int(last[1])] = True  # the finest brush still paints where it points
        return np.flatnonzero(near)

    def _brush(self, to: tuple[float, float]) -> None:
        assert self._value is not None
        pixels = self._touched(self._last or to, to)
        self._last = to
        if len(pixels):
            self.brushed.emit(pixels, self._value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if at is None or self._value is not None or not self.picture_rect().contains(event.position()):
            return
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        erases = self._erasing or event.button() == Qt.MouseButton.RightButton
        self._value, self._last, self._caret = (0.0 if erases else 1.0), None, None
        self._brush(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        at = self._at(event.position())
        if at is not None and self._value is not None and event.buttons() != Qt.MouseButton.NoButton:
            self._brush(at)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._value is not None and event.buttons() == Qt.MouseButton.NoButton:
            self._value = self._last = None
            self.stroke_ended.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._grid is None or self.image is None or key not in _OWN_KEYS or self._value is not None:
            super().keyPressEvent(event)
            return
        rows, columns = self._grid
        if key == Qt.Key.Key_Delete:
            self.release_requested.emit()
            return
        row, column = self._caret or (rows // 2, columns // 2)
        if key in _ARROWS:
            down, right = _ARROWS[key]
            row, column = min(max(0, row + down), rows - 1), min(max(0, column + right), columns - 1)
            self._caret = (row, column)
        else:
            self._caret = (row, column)
            middle = (row + 0.5, column + 0.5)
            value = 0.0 if key == Qt.Key.Key_Backspace or self._erasing else 1.0
            self.brushed.emit(self._touched(middle, middle), value)
            self.stroke_ended.emit()
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in _OWN_KEYS and not held:
                event.accept()  # while the picture has the focus these keys are its own
                return True
        return super().event(event)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._grid is None or self.image is None:
            return
        painter, where = QPainter(self), self.picture_rect()
        each = where.width() / self._grid[1]
        if self._marks is not None:
            dot = max(2.0, each * 0.3)
            for sign, colour in ((1, PAINT), (-1, ERASE)):
                painter.setPen(QPen(QColor("#000000"), 0.6))
                painter.setBrush(QColor(colour))
                for row, column in np.argwhere(self._marks == sign).tolist():
                    left, top = (column + 0.5) * each - dot / 2, (row + 0.5) * each - dot / 2
                    painter.drawRect(QRectF(where.left() + left, where.top() + top, dot, dot))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle: QPointF | None = self._hover
        if self._caret is not None and self.hasFocus():
            middle = where.topLeft() + QPointF((self._caret[1] + 0.5) * each, (self._caret[0] + 0.5) * each)
        if middle is not None and where.contains(middle):
            for colour, wide in (("#000000", 3.0), (ERASE if self._erasing else PAINT, 1.4)):
                painter.setPen(QPen(QColor(colour), wide))
                painter.drawEllipse(middle, self._radius * each, self._radius * each)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.drawRect(where.adjusted(1, 1, -1, -1))
