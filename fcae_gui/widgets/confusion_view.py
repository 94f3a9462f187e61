"""A square table of counts, truth against answer, whose cells can be opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets.plot_frame import mixed

Array = np.ndarray


class ConfusionView(QWidget):
    """Rows are the true classes, columns the answers. cell_chosen(true, answer) by mouse or Enter."""

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Array | None = None
        self._names: tuple[str, ...] = ()
        self._message = ""
        self._at = (-1, -1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 200)
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")

    def set_matrix(self, counts: Array | None, names: Sequence[str] = ()) -> None:
        """Counts (k, k) with the names of the k classes, None for nothing."""
        if counts is None or self._counts is None or counts.shape != self._counts.shape:
            self._at = (-1, -1)
        self._counts, self._names = counts, tuple(names)
        self.setAccessibleDescription(self.text_twin())
        self.update()

    def set_message(self, text: str) -> None:
        """What is said while there is nothing to show."""
        self._message = text
        self.update()

    def set_chosen(self, truth: int, answer: int) -> None:
        """Which cell is framed, -1 for none. Does not emit."""
        self._at = (truth, answer)
        self.update()

    def text_twin(self) -> str:
        """The most frequent confusions in words."""
        if self._counts is None:
            return self._message
        wrong = self._counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None)[:5]
        pairs = [divmod(int(i), len(wrong)) for i in order if wrong.flat[i] > 0]
        said = [f"{self._name(i)} taken for {self._name(j)}: {wrong[i, j]}" for i, j in pairs]
        return "; ".join(said) or "Nothing was confused"

    def cell_rect(self, truth: int, answer: int) -> QRectF:
        """Where a cell is."""
        area, side = self._area()
        return QRectF(area.left() + answer * side, area.top() + truth * side, side, side)

    # --- inside -------------------------------------------------------------------------------------------

    def _name(self, at: int) -> str:
        return self._names[at] if at < len(self._names) else str(at)

    def _area(self) -> tuple[QRectF, float]:
        """The cells, and the side of one."""
        k = len(self._counts) if self._counts is not None else 10
        metrics = QFontMetricsF(theme.font(0.92))
        names = max([metrics.horizontalAdvance(self._name(i)) for i in range(k)], default=8.0)
        left = min(names, 0.25 * self.width()) + metrics.height() + 8
        top = 2 * metrics.height() + 4
        side = max(4.0, min((self.width() - left - 2) / k, (self.height() - top - 2) / k))
        return QRectF(left, top, side * k, side * k), side

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, cells, counts."""
        look, painter = theme.current(), QPainter(self)
        painter.setFont(theme.font())
        if self._counts is None:
            painter.setPen(QColor(look.muted))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(12, 4, -12, -4), flags, self._message)
            return
        area, side = self._area()
        k = len(self._counts)
        small = theme.font(0.92)
        metrics = QFontMetricsF(small)
        painter.setFont(small)
        wrong = self._counts.copy()
        np.fill_diagonal(wrong, 0)
        most = max(1, int(wrong.max()))
        of = np.maximum(1, self._counts.sum(axis=1))
        digits = "8" * min(4, len(str(int(self._counts.max()))))
        fits = metrics.horizontalAdvance(digits) <= side - 1 and metrics.height() <= side
        centre = int(Qt.AlignmentFlag.AlignCenter)
        for i in range(k):
            for j in range(k):
                cell = self.cell_rect(i, j).adjusted(0.5, 0.5, -0.5, -0.5)
                count = int(self._counts[i, j])
                if i == j:
                    ground = mixed(look.surface, look.accent, 0.10 + 0.35 * count / of[i])
                else:
                    ground = mixed(look.raised, look.bad, 0.85 * (count / most) ** 0.6 if count else 0.0)
                painter.fillRect(cell, ground)
                if count and fits:
                    strong = i != j and count > 0.55 * most
                    painter.setPen(QColor(look.surface if strong else look.text))
                    painter.drawText(cell, centre, str(count) if count < 1000 else f"{count / 1000:.1f}k")
        self._paint_names(painter, area, side, k, metrics)
        if self._at[0] >= 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(look.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(*self._at).adjusted(1, 1, -1, -1))

    def _paint_names(
        self, painter: QPainter, area: QRectF, side: float, k: int, metrics: QFontMetricsF
    ) -> None:
        look, line = theme.current(), metrics.height()
        painter.setPen(QColor(look.muted))
        every = max(1, round(line / side + 0.4))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for i in range(0, k, every):
            name = self._name(i)
            room = QRectF(line + 2, area.top() + i * side, area.left() - line - 6, side * every)
            painter.drawText(room, right, metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width()))
            above = QRectF(area.left() + i * side, line + 2, side * every, line)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, side * every)
            painter.drawText(above, int(Qt.AlignmentFlag.AlignHCenter), shown)
        painter.drawText(
            QRectF(area.left(), 0, area.width(), line), int(Qt.AlignmentFlag.AlignLeft), "taken for"
        )
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), int(Qt.AlignmentFlag.AlignRight), "true class")
        painter.restore()

    def _cell_at(self, where: QPointF) -> tuple[int, int]:
        area, side = self._area()
        if self._counts is None or not area.contains(where):
            return (-1, -1)
        k = len(self._counts) - 1
        row, column = int((where.y() - area.top()) / side), int((where.x() - area.left()) / side)
        return (min(row, k), min(column, k))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a cell."""
        at = self._cell_at(event.position())
        if at[0] >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._at = at
            self.update()
            self.cell_chosen.emit(*at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the frame, Enter opens the cell."""
        if self._counts is None:
            super().keyPressEvent(event)
            return
        key, k = Qt.Key(event.key()), len(self._counts)
        move = {
            Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }.get(key)  # fmt: skip
        if move is not None:
            at = (0, 0) if self._at[0] < 0 else (self._at[0] + move[0], self._at[1] + move[1])
            self._at = (min(max(0, at[0]), k - 1), min(max(0, at[1]), k - 1))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at[0] >= 0:
            self.cell_chosen.emit(*self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """What a cell says."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            i, j = self._cell_at(QPointF(event.pos()))
            text = ""
            if i >= 0 and self._counts is not None:
                said = "recognised" if i == j else f"taken for {self._name(j)}"
                text = f"{self._counts[i, j]:,} of {self._counts[i].sum():,} {self._name(i)} were {said}. "
                text += "Click to see them."
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(280, 290)
