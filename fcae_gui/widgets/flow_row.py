"""Small widgets side by side that go on in the next line where one is full."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

GAP_PX = 6
LINE_GAP_PX = 4


class FlowRow(QWidget):
    """Holds widgets in order; hidden ones take no room. Its height follows from its width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, item: QWidget) -> None:
        """One more at the end."""
        item.setParent(self)
        self._items.append(item)
        item.show()

    def arrange(self) -> None:
        """Place what is shown; call it after texts have changed."""
        self._place(self.width(), move=True)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Yes: a narrow row needs more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height that all lines need at this width."""
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        """One line as wide as it wants to be."""
        sizes = [item.sizeHint() for item in self._shown()]
        wide = sum(size.width() for size in sizes) + GAP_PX * max(0, len(sizes) - 1)
        return QSize(wide, self._place(max(wide, self.width()), move=False))

    def minimumSizeHint(self) -> QSize:
        """The widest of them, in as many lines as the present width makes."""
        sizes = [item.sizeHint().width() for item in self._shown()]
        return QSize(max(sizes, default=0), self._place(max(1, self.width()), move=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _shown(self) -> list[QWidget]:
        return [item for item in self._items if not item.isHidden()]

    def _place(self, width: int, *, move: bool) -> int:
        y, line = 0, list[tuple[QWidget, QSize]]()
        for item in self._shown():
            size = item.sizeHint()
            if line and sum(one.width() + GAP_PX for _, one in line) + size.width() > width:
                y += self._place_line(line, y, move) + LINE_GAP_PX
                line = []
            line.append((item, size))
        return y + self._place_line(line, y, move)

    @staticmethod
    def _place_line(line: list[tuple[QWidget, QSize]], y: int, move: bool) -> int:
        height, x = max((size.height() for _, size in line), default=0), 0
        for item, size in line:
            if move:
                item.resize(size)
                item.move(QPoint(x, y + (height - size.height()) // 2))
            x += size.width() + GAP_PX
        return height
