"""Strokes of a pen as values, and how they are painted: smoothed, as wide as the pressure says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

Array = np.ndarray
Point = tuple[float, float, float]  # x, y from 0 to 1 across the longer side of the field; pressure 0 to 1

RASTER = 448  # pixels along the longer side: 16 for each of MNIST's 28
LIGHTEST = 0.35  # of the full width, where a tablet's pen hardly touches


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One movement of a pen or an eraser: `width` is a share of the longer side at full pressure."""

    points: tuple[Point, ...]
    width: float
    erases: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An opened picture (h, w) uint8, light ink on black, or none, and the strokes on top of it in order."""

    picture: Array | None = None
    strokes: tuple[Stroke, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing on it."""
        return self.picture is None and not self.strokes


class Ink:
    """A drawing as grey pixels; a growing stroke paints only what is new."""

    def __init__(self, shape: tuple[int, int] = (1, 1)) -> None:
        longest = max(shape)
        self._size = (max(8, RASTER * shape[1] // longest), max(8, RASTER * shape[0] // longest))
        self._image = QImage(*self._size, QImage.Format.Format_Grayscale8)
        self._image.fill(0)

    @property
    def image(self) -> QImage:
        """What has been painted so far."""
        return self._image

    def grey(self) -> Array:
        """(h, w) uint8, a copy."""
        rows = np.frombuffer(self._image.constBits(), np.uint8).reshape(self._size[1], -1)
        return rows[:, : self._size[0]].copy()

    def paint(self, drawing: Drawing) -> None:
        """Everything anew."""
        self._image.fill(0)
        painter = self._painter()
        if drawing.picture is not None:
            _paint_picture(painter, drawing.picture, QRectF(self._image.rect()))
        for stroke in drawing.strokes:
            for last in range(len(stroke.points)):
                self._piece(painter, stroke, last)
            self._end(painter, stroke)
        painter.end()

    def grow(self, stroke: Stroke) -> None:
        """Paint what the newest point of a stroke adds."""
        painter = self._painter()
        self._piece(painter, stroke, len(stroke.points) - 1)
        painter.end()

    def finish(self, stroke: Stroke) -> None:
        """Paint the way to where the pen was lifted."""
        painter = self._painter()
        self._end(painter, stroke)
        painter.end()

    def _painter(self) -> QPainter:
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        return painter

    def _piece(self, painter: QPainter, stroke: Stroke, last: int) -> None:
        """From one middle of two points to the next, bent by the point between: no corners, no waiting."""
        points = stroke.points
        if last == 0:
            painter.setPen(self._pen(stroke, points[0][2]))
            painter.drawPoint(self._place(points[0]))
            return
        painter.setPen(self._pen(stroke, (points[last][2] + points[last - 1][2]) / 2))
        before, here = self._place(points[last - 1]), self._place(points[last])
        path = QPainterPath()
        if last == 1:
            path.moveTo(before)
            path.lineTo((before + here) / 2)
        else:
            path.moveTo((self._place(points[last - 2]) + before) / 2)
            path.quadTo(before, (before + here) / 2)
        painter.drawPath(path)

    def _end(self, painter: QPainter, stroke: Stroke) -> None:
        if len(stroke.points) > 1:
            one, two = (self._place(point) for point in stroke.points[-2:])
            painter.setPen(self._pen(stroke, stroke.points[-1][2]))
            painter.drawLine((one + two) / 2, two)

    def _pen(self, stroke: Stroke, pressure: float) -> QPen:
        level = 0 if stroke.erases else 255
        width = RASTER * stroke.width * (LIGHTEST + (1.0 - LIGHTEST) * min(max(pressure, 0.0), 1.0))
        pen = QPen(QColor(level, level, level), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    @staticmethod
    def _place(point: Point) -> QPointF:
        return QPointF(point[0] * RASTER, point[1] * RASTER)


def _paint_picture(painter: QPainter, picture: Array, room: QRectF) -> None:
    """As large as fits, in the middle; whole multiples where it is smaller, so that its pixels stay exact."""
    picture = np.ascontiguousarray(picture, np.uint8)
    high, wide = picture.shape
    scale = min(room.width() / wide, room.height() / high)
    if scale > 1:
        scale = int(scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    image = QImage(picture.data, wide, high, wide, QImage.Format.Format_Grayscale8)
    if scale < 1:  # Qt's painter looks at four pixels only: reduce by area before
        image = image.scaled(
            max(1, int(wide * scale)), max(1, int(high * scale)), Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        wide, high, scale = image.width(), image.height(), 1
    left, top = int((room.width() - wide * scale) / 2), int((room.height() - high * scale) / 2)
    painter.drawImage(QRectF(left, top, wide * scale, high * scale), image)
