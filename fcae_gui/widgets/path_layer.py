"""A path on a map: drawn by clicks or freehand with the tool, shown as a line with its stops by the layer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF

from fcae_gui import theme
from fcae_gui.widgets.map_parts import Modifiers
from fcae_gui.widgets.view_box import ViewBox

SAME_PX = 5.0  # a second press so near the last point ends the path (a double click)
FREE_PX = 6.0  # between two points of a stroke
MOST_POINTS = 500


class PathLayer:
    """The path, its stops, and the one that is being drawn."""

    def __init__(self) -> None:
        self._line: np.ndarray | None = None
        self._stops: np.ndarray | None = None
        self._draft: list[tuple[float, float]] = []

    def set_path(self, line: np.ndarray | None, stops: np.ndarray | None = None) -> None:
        """Places (n, 2) and stops (k, 2) in world units, or None."""
        self._line, self._stops = line, stops

    def set_draft(self, draft: list[tuple[float, float]]) -> None:
        """Points of a path that is being drawn."""
        self._draft = draft

    @property
    def line(self) -> np.ndarray | None:
        """What set_path() was given."""
        return self._line

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """The line with a halo, both ends marked, then the draft, dashed."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._line is not None and np.isfinite(self._line).all():
            self._paint_line(painter, box, self._line.tolist(), Qt.PenStyle.SolidLine)
            stops = self._stops.tolist() if self._stops is not None else []
            few = stops if len(stops) <= 12 else [stops[0], stops[-1]]  # a stroke has no stops to show
            self._paint_dots(painter, box, few)
        if self._draft:
            self._paint_line(painter, box, self._draft, Qt.PenStyle.DashLine)
            self._paint_dots(painter, box, self._draft if len(self._draft) <= 12 else self._draft[:1])

    @staticmethod
    def _paint_line(painter: QPainter, box: ViewBox, places: list, style: Qt.PenStyle) -> None:  # type: ignore[type-arg]
        look = theme.current()
        line = QPolygonF([QPointF(*box.to_screen(x, y)) for x, y in places])
        for colour, wide, how in ((look.surface, 5.0, Qt.PenStyle.SolidLine), (look.text, 2.2, style)):
            pen = QPen(QColor(colour), wide * look.line_px / 1.6, how)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(line)

    @staticmethod
    def _paint_dots(painter: QPainter, box: ViewBox, places: list) -> None:  # type: ignore[type-arg]
        look = theme.current()
        for i, (x, y) in enumerate(places):
            end = i in (0, len(places) - 1)
            painter.setPen(QPen(QColor(look.surface), 1.5))
            painter.setBrush(QColor(look.text))
            painter.drawEllipse(QPointF(*box.to_screen(x, y)), 5.5 if end else 4.0, 5.5 if end else 4.0)


class PathTool(QObject):
    """Clicks add points, a drag draws freehand to its end; Enter or a double click ends, Esc cancels."""

    finished = Signal(object)  # (k, 2) float32 world places, k >= 2
    draft_changed = Signal(object)  # list of (x, y)

    shape = Qt.CursorShape.CrossCursor

    def __init__(self, box: ViewBox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._box = box
        self._points: list[tuple[float, float]] = []
        self._free = False

    def press(self, x: float, y: float, modifiers: Modifiers) -> None:
        """A point, or the end when it is the last point again."""
        self._free = False
        if self._points and self._away(x, y) < SAME_PX:
            self.finish()
            return
        self._add(x, y)

    def drag(self, x: float, y: float, modifiers: Modifiers) -> None:
        """A stroke."""
        if self._points and self._away(x, y) >= FREE_PX and len(self._points) < MOST_POINTS:
            self._free = True
            self._add(x, y)

    def release(self, x: float, y: float, modifiers: Modifiers) -> None:
        """The end of a stroke is the end of the path."""
        if self._free:
            if self._away(x, y) > 0:
                self._add(x, y)
            self.finish()

    def key(self, event: QKeyEvent) -> bool:
        """Enter and Esc."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
            return True
        if key == Qt.Key.Key_Escape and self._points:
            self.cancel()
            return True
        return False

    def finish(self) -> None:
        """Hand the path over; one point is none."""
        points, self._points, self._free = self._points, [], False
        self.draft_changed.emit([])
        if len(points) >= 2:
            self.finished.emit(np.array(points, np.float32))

    def cancel(self) -> None:
        """Forget what was drawn."""
        self._points, self._free = [], False
        self.draft_changed.emit([])

    def _away(self, x: float, y: float) -> float:
        last = self._points[-1]
        return float(np.hypot(x - last[0], y - last[1])) / self._box.view.unit

    def _add(self, x: float, y: float) -> None:
        self._points = [*self._points, (x, y)]
        self.draft_changed.emit(self._points)
