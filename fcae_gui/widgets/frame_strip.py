"""Rows of pictures in step with each other, with captions; a place between first and last is marked."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.pictures import as_pictures, colours_of, picture_shape, tiled

GAP = 2
PAD = 8
MARK_PX = 2.0  # width of the frame around the marked place
TALLEST = 64.0  # pixels of a row at the ordinary size of text


class FrameStrip(QWidget):
    """set_row per row; a press or a drag says where between first and last picture. set_* never emit."""

    scrubbed = Signal(float)  # 0 at the first picture, 1 at the last

    def __init__(self, captions: tuple[str, ...], frames: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions = captions
        self._frames = frames
        self._shape: tuple[int, int] | None = None
        self._rows: list[np.ndarray | None] = [None] * len(captions)
        self._images: list[QImage | None] = [None] * len(captions)
        self._picture = (1, 1)
        self._at = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frames along the path")

    # --- in

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures to come, None for rows of a table. What was shown goes."""
        self._shape = shape
        self._picture = shape or (1, 1)
        self.clear()
        self._settle()

    def clear(self) -> None:
        """Nothing to show."""
        self._rows = [None] * len(self._captions)
        self._images = [None] * len(self._captions)
        self.update()

    def set_row(self, row: int, values: np.ndarray) -> None:
        """The pictures (frames, d) of a row; of another size than the shape they are ignored."""
        if self._shape is not None and self._shape[0] * self._shape[1] != values.shape[1]:
            return
        picture = picture_shape(self._shape, values.shape[1])
        if picture != self._picture:
            self._picture = picture
            self._settle()
        self._rows[row], self._images[row] = as_pictures(values, self._shape), None
        self.update()

    def set_at(self, at: float) -> None:
        """Where the mark stands."""
        if at != self._at:
            self._at = at
            self.update()

    # --- asked

    def row(self, row: int) -> np.ndarray | None:
        """The pictures (frames, h, w) uint8 of a row."""
        return self._rows[row]

    def x_of(self, at: float) -> float:
        """Where a place between first and last picture lies: the middle of the first is 0, of the last 1."""
        width, left = self._tile()[0] / self.devicePixelRatioF(), self._left()
        step = width + GAP / self.devicePixelRatioF()
        return left + width / 2 + at * (self._frames - 1) * step

    # --- measures

    def _tile(self) -> tuple[int, int]:
        return self._tile_for(self.width())

    def _tile_for(self, width: float) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        wide = (width - 2 * PAD) * ratio / self._frames - GAP
        tall = TALLEST * (theme.text_px() / 13.0) ** 0.7 * ratio
        return pixel_image.fit_shape(max(4.0, wide), tall, self._picture)

    def _left(self) -> float:
        ratio = self.devicePixelRatioF()
        whole = (self._frames * (self._tile()[0] + GAP) - GAP) / ratio
        return round((self.width() - whole) / 2 * ratio) / ratio

    def _line(self) -> float:
        return QFontMetricsF(theme.font(0.92)).height() + 3

    def _top(self, row: int) -> float:
        ratio = self.devicePixelRatioF()
        return round(row * (self._line() + self._tile()[1] / ratio + 4) * ratio) / ratio

    def _height_for(self, width: int) -> int:
        tall = self._tile_for(width)[1] / self.devicePixelRatioF()
        return int(len(self._captions) * (self._line() + tall + 4) + 4)

    def _settle(self) -> None:
        """The height follows from the width; a stack of pages would not ask for it."""
        self._images = [None] * len(self._captions)
        self.setFixedHeight(self._height_for(self.width()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self._height_for(self.width()))

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, ratio = QPainter(self), theme.current(), self.devicePixelRatioF()
        painter.setFont(theme.font(0.92))
        left, (_, tall) = self._left(), self._tile()
        for i, caption in enumerate(self._captions):
            painter.setPen(QColor(look.muted))
            box = QRectF(left, self._top(i), self.width() - left, self._line())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), caption)
            image = self._image(i)
            if image is not None:
                painter.drawImage(QPointF(left, self._top(i) + self._line()), image)
        if self._rows[0] is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide, high = self._tile()[0] / ratio, tall / ratio
        for i in range(len(self._captions)):
            around = QRectF(self.x_of(self._at) - wide / 2, self._top(i) + self._line(), wide, high)
            for colour, pen in ((look.surface, 2.5 * MARK_PX), (look.accent, MARK_PX)):
                painter.setPen(QPen(QColor(colour), pen))
                painter.drawRect(around)

    def _image(self, row: int) -> QImage | None:
        pictures = self._rows[row]
        if self._images[row] is None and pictures is not None:
            width, height = self._tile()
            ground = QColor(theme.current().surface).rgb() & 0xFFFFFFFF
            canvas = tiled(pictures, height, width, GAP, ground, colours_of(self._shape))
            made = pixel_image.canvas_image(canvas).copy()
            made.setDevicePixelRatio(self.devicePixelRatioF())
            self._images[row] = made
        return self._images[row]

    # --- events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._rows[0] is not None:
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._rows[0] is not None:
            self._scrub(event.position().x())

    def _scrub(self, x: float) -> None:
        first, last = self.x_of(0.0), self.x_of(1.0)
        self.scrubbed.emit(min(max(0.0, (x - first) / max(1.0, last - first)), 1.0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._settle()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._settle()
        super().changeEvent(event)
