"""A place for one image: something is dropped in, or chosen from its menu by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from fcae_gui import theme
from fcae_gui.widgets import row_drag
from fcae_gui.widgets.sample_tile import paint_sample, sample_image

SIDE = 52
LETTERS = "abc"


class ImageSlot(QToolButton):
    """Empty it shows its letter in a dashed frame. Signals begin with the slot's number."""

    row_dropped = Signal(int, str, int)  # half of the data set, row
    chosen = Signal(int, str, int)  # "cursor", "random", "class" (and which class) or "empty"

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index, self._letter = index, LETTERS[index]
        self._shape: tuple[int, int] | None = None
        self._image: QImage | None = None
        self._over = False
        self.choices = QMenu(self)
        self.setAcceptDrops(True)
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._show_choices)
        self.choices.triggered.connect(self._on_choice)
        self.set_class_names(())
        self.set_values(None, "")

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures to come, None for a table."""
        self._shape = shape
        self.set_values(None, "")

    def set_class_names(self, names: Sequence[str]) -> None:
        """Classes of which an image can be the most typical."""
        self.choices.clear()
        entries = [("The sample nearest to the cursor", "cursor", 0), ("A random test image", "random", 0)]
        entries += [(f"Most typical of {name}", "class", index) for index, name in enumerate(names)]
        for text, what, which in [*entries, ("Empty this slot", "empty", 0)]:
            self.choices.addAction(text.replace("&", "&&")).setData((what, which))

    def set_values(self, values: np.ndarray | None, text: str) -> None:
        """(d,) values and what they are, or None for an empty slot."""
        self._image = None if values is None else sample_image(values, self._shape)
        said = text or "empty"
        self.setAccessibleName(f"Image {self._letter}: {said}")
        self.setToolTip(f"{self._letter}: {said}. Drop an image here, or press for a choice.")
        self.update()

    @property
    def filled(self) -> bool:
        """Whether there is an image."""
        return self._image is not None

    @Slot()
    def _show_choices(self) -> None:
        self.choices.popup(self.mapToGlobal(self.rect().bottomLeft()))

    @Slot(QAction)
    def _on_choice(self, action: QAction) -> None:
        self.chosen.emit(self._index, *action.data())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return or an arrow down opens the menu: the space bar is play and pause everywhere."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._show_choices()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Samples are welcome."""
        if row_drag.unpack(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Not here after all."""
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """A sample was let go here."""
        self._set_over(False)
        found = row_drag.unpack(event.mimeData())
        if found is not None:
            event.acceptProposedAction()
            self.row_dropped.emit(self._index, *found)

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = theme.current()
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self._image is not None:
            paint_sample(painter, self._image, room, self._shape)
        else:
            painter.fillRect(room, QColor(look.raised))
            painter.setPen(QPen(QColor(look.muted), 1, Qt.PenStyle.DashLine))
            painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setFont(theme.font(1.2))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._letter)
        if self._over or self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.drawRect(room)
