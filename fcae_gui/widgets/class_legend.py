"""A slim flowing row of class names with their colours; each can be switched off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fcae_gui import theme

GAP_PX = 2
SQUEEZE_PX = 7  # so much narrower a button may be when that saves a row


class ClassButton(QAbstractButton):
    """One class: a filled dot while it is shown, a ring while it is not."""

    def __init__(self, index: int, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.index = index
        self.rest = False  # stands for what is in no class
        self.alone_wanted = False  # the click that comes was made with Shift
        self.setText(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setToolTip(f"Show or hide {name}. Shift: show only {name}, and all again.")
        self.setAccessibleName(f"class {name}")

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font())
        line = metrics.height()
        return QSize(metrics.horizontalAdvance(self.text()) + round(line * 0.62) + 19, line + 8)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.alone_wanted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.alone_wanted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the legend moves the focus
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        ours = (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in ours
        ):
            event.accept()  # with the focus on a class, Space switches it and does not pause the training
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(colours.accent), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(area, 5, 5)
        metrics = QFontMetrics(theme.font())
        radius = metrics.height() * 0.31
        dot = QPointF(7 + radius, self.height() / 2)
        colour = QColor(colours.line) if self.rest else theme.class_colour(self.index)
        painter.setPen(QPen(colour, 1.6))
        painter.setBrush(colour if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot, radius, radius)
        painter.setFont(theme.font())
        painter.setPen(QColor(colours.text if self.isChecked() else colours.muted))
        place = QRectF(self.rect()).adjusted(7 + 2 * radius + 6, 0, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class ClassLegend(QWidget):
    """Buttons for all classes in as many rows as they need. One tab stop; arrows move between classes."""

    shown_changed = Signal(object)  # frozenset of the indices of the classes that are shown; by the user only

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[ClassButton] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Classes shown in the map")

    def set_classes(self, names: Sequence[str], rest: int = -1) -> None:
        """One button per name, all shown. Without names the legend is empty and takes no room.

        rest: which of them stands for what is in no class, in grey
        """
        for button in self._buttons:
            button.rest = button.index == rest
        if [button.text() for button in self._buttons] == list(names):
            return
        for button in self._buttons:
            button.setParent(None)
            button.deleteLater()
        self._buttons = []
        for index, name in enumerate(names):
            button = ClassButton(index, name, self)
            button.rest = index == rest
            button.clicked.connect(self._on_clicked)
            button.show()
            self._buttons.append(button)
        if self._buttons:
            self._buttons[0].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVisible(bool(self._buttons))
        self._arrange()

    def buttons(self) -> list[ClassButton]:
        """The buttons in the order of the classes."""
        return list(self._buttons)

    def shown(self) -> frozenset[int]:
        """Indices of the classes that are shown."""
        return frozenset(button.index for button in self._buttons if button.isChecked())

    def set_shown(self, shown: frozenset[int] | None) -> None:
        """Show exactly these classes (None: all) without telling anybody."""
        for button in self._buttons:
            button.setChecked(shown is None or button.index in shown)

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, ClassButton) and button.alone_wanted:
            button.alone_wanted = False
            others = [b for b in self._buttons if b is not button]
            was_alone = not any(b.isChecked() for b in others)
            for other in others:
                other.setChecked(was_alone)
            button.setChecked(True)
        self.shown_changed.emit(self.shown())

    # --- layout ---------------------------------------------------------------------------------------

    def _flow(self, width: int, *, place: bool) -> int:
        """Lay the buttons out in `width` (when `place`); the height they need."""
        x = y = row = 0
        over = sum(b.sizeHint().width() + GAP_PX for b in self._buttons) - GAP_PX - width
        squeeze = -(-over // len(self._buttons)) if 0 < over <= SQUEEZE_PX * len(self._buttons) else 0
        for button in self._buttons:
            size = button.sizeHint() - QSize(squeeze, 0)
            if x > 0 and x + size.width() > width:
                x, y, row = 0, y + row, 0
            if place:
                button.setGeometry(QRect(x, y, min(size.width(), max(1, width)), size.height()))
            x += size.width() + GAP_PX
            row = max(row, size.height())
        return y + row

    def _arrange(self) -> None:
        height = self._flow(max(1, self.width()), place=True)
        if self.height() != height or self.maximumHeight() != height:
            self.setFixedHeight(height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(
            sum(b.sizeHint().width() + GAP_PX for b in self._buttons), self._flow(self.width(), place=False)
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._flow(self.width(), place=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._arrange()
            for button in self._buttons:
                button.update()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        focused = next((i for i, b in enumerate(self._buttons) if b.hasFocus()), None)
        move = step.get(Qt.Key(event.key()))
        if focused is None or move is None:
            super().keyPressEvent(event)
            return
        button = self._buttons[(focused + move) % len(self._buttons)]
        for other in self._buttons:
            other.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other is button else Qt.FocusPolicy.ClickFocus)
        button.setFocus(Qt.FocusReason.TabFocusReason)
