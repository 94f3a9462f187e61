"""A mirrored stack of layers drawn to scale, from a list of sizes; the edge of a layer can be dragged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme

SCALE_NOTE = "square-root scale"
SCALE_TIP = "Heights are drawn to a square-root scale: four times as many units stand twice as high."
GRAB_PX = 7  # how near to an edge the mouse has to be
MIN_BAR_PX = 4.0  # a layer of one unit beside a layer of 16,384 can still be seen
CELL_PX = 5.0  # single units are drawn when each has at least this much height


@dataclass(frozen=True, slots=True)
class Bar:
    """One drawn layer: `layer` is its index from the outside in (0: outermost), the same on both sides."""

    layer: int
    size: int
    x: float  # centre
    half: float  # half its height
    mirrored: bool


def mirrored(half: Sequence[int]) -> tuple[int, ...]:
    """Sizes of both sides: (784, 32, 2) -> (784, 32, 2, 32, 784)."""
    return (*half, *half[-2::-1])


def bars(half: Sequence[int], *, left: float, right: float, height: float) -> list[Bar]:
    """Where the layers stand: even columns, heights to a square-root scale, the largest fills `height`."""
    sizes = mirrored(half)
    top = max(sizes)
    gap = (right - left) / max(1, len(sizes) - 1)
    deepest = len(half) - 1
    made = []
    for at, size in enumerate(sizes):
        layer = at if at <= deepest else 2 * deepest - at
        tall = max(MIN_BAR_PX, height * math.sqrt(size / top))
        made.append(Bar(layer, size, left + at * gap, tall / 2, at > deepest))
    return made


def label_order(count: int, deepest: int) -> list[int]:
    """Columns in the order in which their numbers are wanted when not all fit: ends and middle first."""
    first = [deepest, 0, count - 1]
    rest = [at for at in range(count) if at not in first]
    return first + sorted(rest, key=lambda at: (at > deepest, at))


class Hourglass(QWidget):
    """Draws the layers of `set_sizes`; the layers after the first can be changed by mouse and keyboard.

    sizes_proposed(tuple):  new sizes from the outside in, live while an edge is dragged
    layer_added(int):       a layer is wanted after this one (Insert)
    layer_removed(int):     this layer is no longer wanted (Delete)
    """

    sizes_proposed = Signal(object)
    layer_added = Signal(int)
    layer_removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._half: tuple[int, ...] = (1, 1)
        self._names = ("Encoder", "Code", "Decoder")
        self._functions = ("", "", "")
        self._ratio = ("", "")
        self._tips: tuple[str, ...] = ()
        self._pending = False
        self._max_size = 16_384
        self._selected = -1
        self._hovered = -1
        self._by_keyboard = False  # a mouse user sees where she is without a frame
        self._drag: tuple[int, float, float, float] | None = None  # layer, its half at the press, y, scale
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Hourglass of layers")

    # --- in --------------------------------------------------------------------------------------------

    def set_sizes(self, half: Sequence[int]) -> None:
        """Sizes from the outside in, both ends included: (784, 128, 32, 2)."""
        self._half = tuple(half)
        self._selected = min(self._selected, len(self._half) - 1)
        self._describe()
        self.update()

    def set_functions(self, hidden: str, middle: str, last: str) -> None:
        """What each kind of layer does to its sum, in a word: ("leaky ReLU", "linear", "sigmoid")."""
        self._functions = (hidden, middle, last)
        self._describe()
        self.update()

    def set_names(self, left: str, middle: str, right: str) -> None:
        """Names of the two sides and of the innermost layer."""
        self._names = (left, middle, right)
        self._describe()
        self.update()

    def set_ratio(self, long_text: str, short_text: str) -> None:
        """The line below: the long form where it fits, else the short one."""
        self._ratio = (long_text, short_text)
        self._describe()
        self.update()

    def set_tips(self, tips: Sequence[str]) -> None:
        """One tooltip per layer, from the outside in."""
        self._tips = tuple(tips)

    def set_pending(self, pending: bool) -> None:
        """Dashed and tinted: this is a proposal, not what stands."""
        self._pending = pending
        self._describe()
        self.update()

    def set_max_size(self, size: int) -> None:
        """No layer is proposed larger than this."""
        self._max_size = size

    def sizes(self) -> tuple[int, ...]:
        """The sizes shown, from the outside in."""
        return self._half

    def selected(self) -> int:
        """The layer that the keys change; -1 for none."""
        return self._selected

    # --- geometry --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Four lines of text and room for the shape."""
        return QSize(300, round(4.6 * self._line() + 132))

    def minimumSizeHint(self) -> QSize:
        """Still readable when the window is small."""
        return QSize(200, round(4.6 * self._line() + 70))

    def _font(self, *, bold: bool = False) -> QFont:
        return theme.font(0.92, bold=bold)

    def _line(self) -> float:
        return QFontMetricsF(self._font()).height()

    def _shape(self) -> QRectF:
        line = self._line()
        side = max(14.0, 0.5 * QFontMetricsF(self._font()).horizontalAdvance(str(self._half[0])) + 2)
        return QRectF(side, line + 8, self.width() - 2 * side, self.height() - 4.5 * line - 16)

    def _bars(self) -> list[Bar]:
        shape = self._shape()
        return bars(self._half, left=shape.left(), right=shape.right(), height=shape.height())

    def _bar_width(self, made: Sequence[Bar]) -> float:
        gap = made[1].x - made[0].x if len(made) > 1 else 40.0
        return max(2.0, min(13.0, gap * 0.45))

    def _edge_at(self, where: QPointF) -> int:
        """The changeable layer whose upper or lower edge is under the mouse, or -1."""
        made = self._bars()
        reach = max(self._bar_width(made) / 2 + 3, GRAB_PX)
        middle = self._shape().center().y()
        near = [
            (abs(abs(where.y() - middle) - bar.half), bar.layer)
            for bar in made
            if bar.layer > 0 and abs(where.x() - bar.x) <= reach
        ]
        near = [item for item in near if item[0] <= GRAB_PX]
        return min(near)[1] if near else -1

    def _layer_at(self, where: QPointF) -> int:
        """The layer whose column is nearest, or -1 outside the shape."""
        made = self._bars()
        shape = self._shape()
        if not shape.adjusted(-20, -6, 20, self._line() + 8).contains(where):
            return -1
        return min(made, key=lambda bar: abs(bar.x - where.x())).layer

    # --- painting --------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names, shape, sizes, functions and scale, from top to bottom."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        made = self._bars()
        self._paint_shape(painter, made)
        self._paint_names(painter, made)
        shape = self._shape()
        below = shape.bottom() + 6
        self._paint_sizes(painter, made, below)
        self._paint_functions(painter, made, below + 1.15 * self._line())
        self._paint_ratio(painter)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(QColor(theme.current().accent), 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _paint_shape(self, painter: QPainter, made: Sequence[Bar]) -> None:
        now = theme.current()
        middle = self._shape().center().y()
        main = QColor(now.warn if self._pending else now.text)
        tint = QColor(now.warn if self._pending else now.muted)
        tint.setAlphaF(0.16 if now.dark else 0.13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        upper = [QPointF(bar.x, middle - bar.half) for bar in made]
        lower = [QPointF(bar.x, middle + bar.half) for bar in reversed(made)]
        painter.drawPolygon(QPolygonF(upper + lower))
        wide = self._bar_width(made)
        deepest = len(self._half) - 1
        for bar in made:
            code = bar.layer == deepest
            box = QRectF(bar.x - wide / 2, middle - bar.half, wide, 2 * bar.half)
            fill = QColor(now.accent) if code else QColor(main)
            if self._pending:
                fill = QColor(now.accent if code else now.warn)
                pen = QPen(fill, 1.4, Qt.PenStyle.DashLine)
                fill = QColor(fill)
                fill.setAlphaF(0.30)
                painter.setPen(pen)
            else:
                if not code:
                    fill.setAlphaF(0.62)
                painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            round_px = min(2.5, wide / 4, bar.half)
            painter.drawRoundedRect(box, round_px, round_px)
            if 1 < bar.size <= 2 * bar.half / CELL_PX:
                painter.setPen(QPen(QColor(now.surface), 1.2))
                for unit in range(1, bar.size):
                    y = box.top() + box.height() * unit / bar.size
                    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            active = self._drag[0] if self._drag else self._hovered
            chosen = bar.layer == active or (self.hasFocus() and bar.layer == self._selected)
            if chosen and bar.layer > 0:
                self._paint_handles(painter, box)

    def _paint_handles(self, painter: QPainter, box: QRectF) -> None:
        now = theme.current()
        painter.setPen(QPen(QColor(now.accent), 1.6))
        painter.setBrush(QColor(now.surface))
        painter.drawEllipse(QPointF(box.center().x(), box.top()), 4.0, 4.0)
        painter.drawEllipse(QPointF(box.center().x(), box.bottom()), 4.0, 4.0)

    def _texts(
        self,
        painter: QPainter,
        y: float,
        wanted: Sequence[tuple[str, float, QColor, bool]],
        *,
        gap: float = 6.0,
    ) -> None:
        """Write as many of (text, centre, colour, bold) as fit on one line, in this order of importance."""
        taken: list[tuple[float, float]] = []
        line = self._line()
        for text, centre, colour, bold in wanted:
            if not text:
                continue
            font = self._font(bold=bold)
            wide = QFontMetricsF(font).horizontalAdvance(text)
            left = max(1.0, min(self.width() - wide - 1.0, centre - wide / 2))
            if any(left < right + gap and start < left + wide + gap for start, right in taken):
                continue
            taken.append((left, left + wide))
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(QRectF(left, y, wide + 2, line + 2), Qt.AlignmentFlag.AlignLeft, text)

    def _paint_names(self, painter: QPainter, made: Sequence[Bar]) -> None:
        now = theme.current()
        first, code, last = made[0].x, made[len(self._half) - 1].x, made[-1].x
        left, middle, right = self._names
        muted = QColor(now.muted)
        self._texts(
            painter,
            1,
            [
                (middle, code, QColor(now.accent), True),
                (left, (first + code) / 2, muted, False),
                (right, (code + last) / 2, muted, False),
            ],
        )

    def _paint_sizes(self, painter: QPainter, made: Sequence[Bar], y: float) -> None:
        now = theme.current()
        deepest = len(self._half) - 1
        plain = QColor(now.warn if self._pending else now.text)
        wanted = []
        for at in label_order(len(made), deepest):
            bar = made[at]
            code = bar.layer == deepest
            wanted.append((str(bar.size), bar.x, QColor(now.accent) if code else plain, code))
        self._texts(painter, y, wanted, gap=4.0)

    def _paint_functions(self, painter: QPainter, made: Sequence[Bar], y: float) -> None:
        now = theme.current()
        deepest = len(self._half) - 1
        hidden, middle, last = self._functions
        muted = QColor(now.muted)
        wanted = [(middle, made[deepest].x, QColor(now.accent), False), (last, made[-1].x, muted, False)]
        if deepest > 1:
            wanted.append((hidden, (made[1].x + made[deepest - 1].x) / 2, muted, False))
            wanted.append((hidden, (made[deepest + 1].x + made[-2].x) / 2, muted, False))
        self._texts(painter, y, wanted, gap=8.0)

    def _paint_ratio(self, painter: QPainter) -> None:
        now = theme.current()
        y = self.height() - self._line() - 3
        long_text, short_text = self._ratio
        metrics = QFontMetricsF(self._font())
        pairs = ((long_text, SCALE_NOTE), (short_text, SCALE_NOTE), (short_text, "√ scale"))
        for left, right in pairs:
            if metrics.horizontalAdvance(left) + metrics.horizontalAdvance(right) + 16 <= self.width():
                break
        painter.setFont(self._font())
        painter.setPen(QColor(now.text))
        room = QRectF(4, y, self.width() - 8, self._line() + 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, left)
        painter.setPen(QColor(now.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, right)

    # --- mouse and keys --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an edge, or select a layer."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        layer = self._edge_at(event.position())
        if layer > 0:
            half = next(bar.half for bar in self._bars() if bar.layer == layer)
            scale = max(self._half) / (self._shape().height() / 2) ** 2  # units per squared pixel, kept
            self._drag = (layer, half, event.position().y(), scale)
            self._selected = layer
        else:
            at = self._layer_at(event.position())
            self._selected = at if at > 0 else self._selected
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the edge, or show that it can be dragged."""
        if self._drag is None:
            hovered = self._edge_at(event.position())
            if hovered != self._hovered:
                self._hovered = hovered
                self.setCursor(Qt.CursorShape.SizeVerCursor if hovered > 0 else Qt.CursorShape.ArrowCursor)
                self.update()
            return
        layer, half, from_y, scale = self._drag
        above = from_y < self._shape().center().y()
        moved = event.position().y() - from_y
        reach = max(0.0, half - moved if above else half + moved)
        size = scale * reach**2
        if size >= 100 and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            size = 10 * round(size / 10)  # a pixel is many units here; Shift gives the plain number
        self._propose(layer, round(size))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the edge."""
        if event.button() == Qt.MouseButton.LeftButton and self._drag is not None:
            self._drag = None
            self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        """No edge is under the mouse any more."""
        if self._hovered != -1 and self._drag is None:
            self._hovered = -1
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever came by Tab sees the frame, and which layer the keys change."""
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if self._by_keyboard and self._selected < 1:
            self._selected = len(self._half) - 1
        super().focusInEvent(event)

    def _propose(self, layer: int, size: int) -> None:
        size = max(1, min(self._max_size, size))
        if size == self._half[layer]:
            return
        sizes = list(self._half)
        sizes[layer] = size
        self.set_sizes(sizes)
        self.sizes_proposed.emit(tuple(sizes))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right choose a layer; Up, Down, Page Up, Page Down change it; Insert, Delete add, remove."""
        key, deepest = event.key(), len(self._half) - 1
        self._by_keyboard = True
        if self._selected < 1:
            self._selected = deepest
        by = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        size = self._half[self._selected]
        if key == Qt.Key.Key_Left:
            self._selected = max(1, self._selected - 1)
        elif key == Qt.Key.Key_Right:
            self._selected = min(deepest, self._selected + 1)
        elif key == Qt.Key.Key_Up:
            self._propose(self._selected, size + by)
        elif key == Qt.Key.Key_Down:
            self._propose(self._selected, size - by)
        elif key == Qt.Key.Key_PageUp:
            self._propose(self._selected, size * 2)
        elif key == Qt.Key.Key_PageDown:
            self._propose(self._selected, size // 2)
        elif key == Qt.Key.Key_Insert:
            self.layer_added.emit(min(self._selected, deepest - 1))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._selected < deepest:
            self.layer_removed.emit(self._selected)
        else:
            super().keyPressEvent(event)
            return
        self._describe()
        self.update()
        event.accept()

    _OWN_KEYS = frozenset(
        {
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Insert,
            Qt.Key.Key_Delete,
            Qt.Key.Key_Backspace,
        }
    )

    def event(self, event: QEvent) -> bool:
        """Tooltips per layer; keys of our own come before the window's shortcuts; repaint with the theme."""
        kind = QEvent.Type
        if event.type() == kind.ToolTip and isinstance(event, QHelpEvent):
            layer = self._layer_at(QPointF(event.pos()))
            tip = self._tips[layer] if 0 <= layer < len(self._tips) else SCALE_TIP
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        if event.type() == kind.ShortcutOverride and isinstance(event, QKeyEvent):
            harmless = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
            if event.key() in self._OWN_KEYS and not event.modifiers() & ~harmless:
                event.accept()
                return True
        if event.type() in (kind.PaletteChange, kind.FontChange, kind.FocusIn, kind.FocusOut):
            self.updateGeometry()
            self.update()
        return super().event(event)

    def _describe(self) -> None:
        """The text twin of the picture."""
        hidden, middle, last = self._functions
        parts = ["proposed: " if self._pending else "", "-".join(str(size) for size in mirrored(self._half))]
        if hidden and len(self._half) > 2:
            parts.append(f", hidden layers {hidden}")
        if middle:
            parts.append(f", {self._names[1].lower()} {middle}")
        if last:
            parts.append(f", output {last}")
        if self._ratio[0]:
            parts.append(f", {self._ratio[0]}")
        if self._selected > 0:
            parts.append(f"; selected: layer {self._selected} with {self._half[self._selected]} units")
        self.setAccessibleDescription("".join(parts))
