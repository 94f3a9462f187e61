"""Finds text that is cut off: labels and buttons of a window that are smaller than what they show."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QToolBar, QWidget

SLACK_PX = 2  # rounding of fractional advances


def clipped(root: QWidget) -> list[str]:
    """What is cut off below `root`, one line each; what can be scrolled to is not."""
    found = []
    for part in root.findChildren(QWidget):
        if not isinstance(part, QLabel | QAbstractButton) or not part.isVisible() or not part.text():
            continue
        if type(part).__name__ in ("QAbstractButton", "QDockWidgetTitleButton"):
            continue
        need = part.sizeHint()
        wide, high = need.width(), need.height()
        if isinstance(part, QLabel) and part.wordWrap():
            wide, high = part.minimumSizeHint().width(), part.heightForWidth(part.width())
        where = f"{type(part).__name__} {part.text()[:40]!r} in {type(part.parentWidget()).__name__}"
        if part.width() + SLACK_PX < wide or part.height() + SLACK_PX < high:
            found.append(f"{where}: needs {wide} x {high}, has {part.width()} x {part.height()}")
        elif not _scrolls(part, root) and not _inside(part, root):
            found.append(f"{where}: reaches out of what it lies in")
    return found


def _scrolls(part: QWidget, root: QWidget) -> bool:
    parent = part.parentWidget()
    while parent is not None and parent is not root:
        if isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _inside(part: QWidget, root: QWidget) -> bool:
    """Whether all parents show all of it."""
    parent = part.parentWidget()
    while parent is not None:
        place = QRect(part.mapTo(parent, part.rect().topLeft()), part.size())
        if not isinstance(parent, QToolBar) and not parent.rect().adjusted(-1, -1, 1, 1).contains(place):
            return False
        if parent is root:
            return True
        parent = parent.parentWidget()
    return True
