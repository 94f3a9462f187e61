"""A soft frame around the thing on screen that is being talked about."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QRect, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QScrollArea, QWidget
from shiboken6 import isValid

from fcae_gui import theme

FRAME_PX = 3
GLOW_PX = 3
SETTLING_MS = 1500  # for so long panels still lay themselves out; later on scrolling belongs to the hand
MOVES = (
    QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange,
    QEvent.Type.LayoutRequest, QEvent.Type.ZOrderChange,
)  # fmt: skip


class Spotlight(QWidget):
    """Lies over a window, lets the mouse through, and follows its target; it covers only its own frame.

    A mask keeps it off everything inside, so that a map painting thirty times a second costs no more.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._home = window
        self._target: QWidget | None = None
        self._watched: list[QObject] = []
        self._since = QElapsedTimer()
        self._scrolling = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """What is pointed at."""
        return self._target

    def point_at(self, target: QWidget | None) -> None:
        """Frame this widget, scrolled into view; None takes the frame away."""
        self._forget()
        self._target = target
        if target is not None:
            self._since.start()
            self._watch()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        target = self._target
        if target is None or not isValid(target) or not target.isVisible():
            self.hide()
            return
        if self._since.elapsed() < SETTLING_MS and not self._scrolling:
            self._scrolling = True  # scrolling moves the target, which leads back here
            self._show_inside_scroll_areas(target)
            self._scrolling = False
        window = target.window()
        if self.parentWidget() is not window:  # its dock was torn off, or put back
            self.setParent(window)
        place = self._seen(target, window).intersected(window.rect())  # a tab behind others lies outside
        if place.isEmpty():
            self.hide()
            return
        out = FRAME_PX + GLOW_PX
        place = place.adjusted(-2, -2, 2, 2).intersected(window.rect().adjusted(out, out, -out, -out))
        outer = place.adjusted(-out, -out, out, out)
        if outer != self.geometry() or self.isHidden():
            self.setGeometry(outer)
            inner = self.rect().adjusted(out, out, -out, -out)
            self.setMask(QRegion(self.rect()).subtracted(QRegion(inner)))
        self.show()
        self.raise_()

    @staticmethod
    def _seen(target: QWidget, window: QWidget) -> QRect:
        """The part of the target that is not clipped by what it lies in."""
        place = QRect(target.mapTo(window, target.rect().topLeft()), target.size())
        parent = target.parentWidget()
        while parent is not None and parent is not window:
            place = place.intersected(QRect(parent.mapTo(window, parent.rect().topLeft()), parent.size()))
            parent = parent.parentWidget()
        return place

    @staticmethod
    def _show_inside_scroll_areas(target: QWidget) -> None:
        parent = target.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(target, 0, 24)
            parent = parent.parentWidget()

    def _watch(self) -> None:
        one: QWidget | None = self._target
        while one is not None:
            one.installEventFilter(self)
            self._watched.append(one)
            one = None if one.isWindow() and one is self._home else one.parentWidget()

    def _forget(self) -> None:
        for one in self._watched:
            if isValid(one):
                one.removeEventFilter(self)
        self._watched.clear()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Move along with the target and all it lies in."""
        if event.type() in MOVES:
            self._follow()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A clear line with a soft one around it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glow = QColor(theme.current().accent)
        glow.setAlphaF(0.28)
        half = GLOW_PX / 2
        painter.setPen(QPen(glow, GLOW_PX))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), 7, 7)
        at = GLOW_PX + FRAME_PX / 2
        painter.setPen(QPen(QColor(theme.current().accent), FRAME_PX))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(at, at, -at, -at), 4, 4)
        painter.end()
