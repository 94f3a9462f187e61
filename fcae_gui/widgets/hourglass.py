"""A mirrored stack of layers drawn to scale, from a list of sizes; the edge of a layer can be dragged."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets.hourglass_picture import Picture, line_height, mirrored

SCALE_TIP = "Heights are drawn to a square-root scale: four times as many units stand twice as high."
FADE_MS = 450
GRAB_PX = 7  # how near to an edge the mouse has to be


class Hourglass(QWidget):
    """Draws the layers of `set_sizes`; the layers after the first can be changed by mouse and keyboard.

    sizes_proposed(tuple):  new sizes from the outside in, live while an edge is dragged
    layer_added(int):       a layer is wanted after this one (Insert, or the menu)
    layer_removed(int):     this layer is no longer wanted (Delete, or the menu)
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
        self._menu_layer = -1
        self._hovered = -1
        self._by_keyboard = False  # a mouse user sees where she is without a frame
        self._dropped = 0.0
        self._classes = 10
        self._corner: QWidget | None = None
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(FADE_MS)
        self._fade.valueChanged.connect(self._on_fade)
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

    def set_dropped(self, dropped: bool) -> None:
        """Let the right half fade, and the code run into a classifier; or bring the half back."""
        self._fade.stop()
        self._fade.setStartValue(self._dropped)
        self._fade.setEndValue(1.0 if dropped else 0.0)
        self._fade.start()

    def set_classes(self, classes: int) -> None:
        """How many classes a classifier would have."""
        self._classes = classes
        self.update()

    def set_corner(self, widget: QWidget) -> None:
        """A small widget for the upper right corner, beside the name of the right side."""
        self._corner = widget
        widget.setParent(self)
        self._place_corner()
        widget.show()

    def dropped(self) -> float:
        """0 with the right half as ever, 1 with a classifier in its place."""
        return self._dropped

    @Slot(object)
    def _on_fade(self, value: float) -> None:
        self._dropped = float(value)
        self._describe()
        self.update()

    def _place_corner(self) -> None:
        if self._corner is not None:
            self._corner.adjustSize()
            self._corner.move(self.width() - self._corner.width() - 1, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The corner stays in its corner."""
        super().resizeEvent(event)
        self._place_corner()

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
        return QSize(300, round(4.6 * line_height() + 132))

    def minimumSizeHint(self) -> QSize:
        """Still readable when the window is small."""
        return QSize(200, round(4.6 * line_height() + 70))

    def picture(self) -> Picture:
        """What is to be seen now."""
        active = self._drag[0] if self._drag else self._hovered
        if active < 0 and self.hasFocus():
            active = self._selected
        return Picture(
            half=self._half,
            width=self.width(),
            height=self.height(),
            names=self._names,
            functions=self._functions,
            ratio=self._ratio,
            pending=self._pending,
            active=active,
            dropped=self._dropped,
            classes=self._classes,
        )

    def _edge_at(self, where: QPointF) -> int:
        """The changeable layer whose upper or lower edge is under the mouse, or -1."""
        picture = self.picture()
        made = picture.bars
        reach = max(picture.bar_width / 2 + 3, GRAB_PX)
        middle = picture.shape.center().y()
        near = [
            (abs(abs(where.y() - middle) - bar.half), bar.layer)
            for bar in made
            if bar.layer > 0 and abs(where.x() - bar.x) <= reach
        ]
        near = [item for item in near if item[0] <= GRAB_PX]
        return min(near)[1] if near else -1

    def _layer_at(self, where: QPointF) -> int:
        """The layer whose column is nearest, or -1 outside the shape."""
        picture = self.picture()
        if not picture.shape.adjusted(-20, -6, 20, line_height() + 8).contains(where):
            return -1
        return min(picture.bars, key=lambda bar: abs(bar.x - where.x())).layer

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, and a frame for whoever came by keyboard."""
        painter = QPainter(self)
        self.picture().paint(painter)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(QColor(theme.current().accent), 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    # --- mouse and keys --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an edge, or select a layer."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        layer = self._edge_at(event.position())
        if layer > 0:
            half = next(bar.half for bar in self.picture().bars if bar.layer == layer)
            # Units per squared pixel, kept during the drag although the picture is scaled anew.
            scale = max(self._half) / (self.picture().shape.height() / 2) ** 2
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
        above = from_y < self.picture().shape.center().y()
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

    def menu_for(self, layer: int) -> QMenu:
        """What the mouse can do with a layer: the menu of its right button."""
        menu = QMenu(self)
        deepest = len(self._half) - 1
        add = menu.addAction("Add a layer after it" if layer < deepest else "Add a layer before it")
        add.triggered.connect(self._on_add)
        remove = menu.addAction("Remove this layer")
        remove.setEnabled(0 < layer < deepest)
        remove.triggered.connect(self._on_remove)
        self._menu_layer = layer
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the layer under the mouse, or of the selected one."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            layer = self._layer_at(QPointF(event.pos()))
        else:
            layer = self._selected
        if layer < 0:
            event.ignore()
            return
        self._selected = max(1, layer)
        menu = self.menu_for(layer)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())
        self.update()

    @Slot()
    def _on_add(self) -> None:
        self.layer_added.emit(min(self._menu_layer, len(self._half) - 2))

    @Slot()
    def _on_remove(self) -> None:
        self.layer_removed.emit(self._menu_layer)

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
        if self._dropped > 0.5:
            parts.append("; the decoder is dropped: the code runs into a classifier")
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
