"""The decode cursor: a ring that can be seen on any colour, and the fading trail of a drag."""

from __future__ import annotations

import itertools
from collections import deque

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from fcae_gui import theme
from fcae_gui.widgets.view_box import ViewBox

TRAIL_S = 0.9  # after which a piece of the trail is gone
TRAIL_LENGTH = 400
RING_PX = 8.0
TICK_PX = 6.0


class CursorMark:
    """Where the cursor is in world units, and where it was dragged a moment ago."""

    def __init__(self) -> None:
        self.x = self.y = 0.0
        self._look: tuple[object, ...] = ()
        self._picture = QPixmap()
        self._trail: deque[tuple[float, float, float]] = deque(maxlen=TRAIL_LENGTH)  # x, y, time

    def move(self, x: float, y: float, now: float | None = None) -> None:
        """Put it there; with a time the way leaves a trail."""
        if now is not None:
            if not self._trail:
                self._trail.append((self.x, self.y, now))
            self._trail.append((x, y, now))
        self.x, self.y = x, y

    def break_trail(self) -> None:
        """The next move does not continue the trail."""
        self._trail.clear()

    def fade(self, now: float) -> bool:
        """Drop what has faded; True while there is a trail to repaint."""
        had = bool(self._trail)
        while self._trail and now - self._trail[0][2] > TRAIL_S:
            self._trail.popleft()
        return had

    def rect(self, box: ViewBox) -> QRectF:
        """What has to be repainted for cursor and trail, in the plot's coordinates."""
        reach = (RING_PX + TICK_PX + 6.0) * _scale()
        places = [box.to_screen(self.x, self.y), *(box.to_screen(x, y) for x, y, _ in self._trail)]
        xs, ys = [p[0] for p in places], [p[1] for p in places]
        area = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
        return area.adjusted(-reach, -reach, reach, reach)

    def paint(self, painter: QPainter, box: ViewBox, now: float, *, focused: bool) -> None:
        """Draw trail and ring; the painter's origin is the plot's top left corner."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_trail(painter, box, now)
        ratio = painter.device().devicePixelRatioF()
        key = (theme.current().name, theme.text_px(), ratio, focused)
        if key != self._look:
            self._look, self._picture = key, _ring(ratio, focused=focused)
        x, y = box.to_screen(self.x, self.y)
        half = self._picture.width() / ratio / 2
        # On whole device pixels: the mark stays crisp wherever it is.
        painter.drawPixmap(
            QPointF(round((x - half) * ratio) / ratio, round((y - half) * ratio) / ratio), self._picture
        )

    def _paint_trail(self, painter: QPainter, box: ViewBox, now: float) -> None:
        trail = list(self._trail)
        if len(trail) < 2:
            return
        accent, halo = QColor(theme.current().accent), QColor(theme.current().surface)
        for colour, wide, strength in ((halo, 5.0, 0.55), (accent, 2.4, 0.9)):
            for (x0, y0, _), (x1, y1, then) in itertools.pairwise(trail):
                left = max(0.0, 1.0 - (now - then) / TRAIL_S)
                if left <= 0.0:
                    continue
                colour.setAlphaF(strength * left * left)
                pen = QPen(colour, wide * _scale() * (0.4 + 0.6 * left))
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                painter.setPen(pen)
                painter.drawLine(QPointF(*box.to_screen(x0, y0)), QPointF(*box.to_screen(x1, y1)))


def _ring(ratio: float, *, focused: bool) -> QPixmap:
    """The mark by itself, its middle in the middle: drawing it anew costs ten times as much as showing it."""
    colours, size = theme.current(), _scale()
    ring, tick = RING_PX * size, TICK_PX * size
    side = 2 * int(np.ceil((ring + tick + 6 * size) * ratio))
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(side / ratio / 2, side / ratio / 2)
    halo = QColor(colours.surface)
    halo.setAlphaF(0.9)
    for colour, wide in ((halo, 5.5 * size), (QColor(colours.accent), 2.2 * size)):
        pen = QPen(colour, wide)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(centre, ring, ring)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            along = QPointF(dx, dy)
            painter.drawLine(centre + along * ring, centre + along * (ring + tick))
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, radius in ((halo, 3.4 * size), (QColor(colours.accent), 2.0 * size)):
        painter.setBrush(colour)
        painter.drawEllipse(centre, radius, radius)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 1.2 * size))
        painter.drawEllipse(centre, ring + tick + 2.5 * size, ring + tick + 2.5 * size)
    painter.end()
    return made


def _scale() -> float:
    """Marks grow with the text, but less."""
    return (theme.text_px() / 13.0) ** 0.7
