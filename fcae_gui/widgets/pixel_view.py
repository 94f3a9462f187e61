"""One picture, as large as fits, with square and crisp pixels; cheap enough to change at every mouse move."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fcae_gui.widgets import pixel_image

FADED = 0.35


class PixelView(QWidget):
    """A grey image in the middle (or at the top left) of what room there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._image: QImage | None = None
        self._faded = False
        self._bytes: np.ndarray | None = None  # (height, width) uint8, as they were given
        self._table = pixel_image.GREY
        self.setMinimumSize(16, 16)

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures to come; what was shown goes."""
        self._shape, self._image, self._bytes = shape, None, None
        self.update()

    def set_pixels(self, pixels: np.ndarray | None) -> None:
        """(height * width,) float in [0, 1] or uint8, or None. Raises ValueError when it does not fit."""
        if pixels is None:
            self._image = self._bytes = None
        elif self._shape is None or pixels.size != self._shape[0] * self._shape[1]:
            raise ValueError(f"{pixels.size} pixels do not fill a picture of shape {self._shape}")
        else:
            self._bytes = pixel_image.to_bytes(pixels).reshape(self._shape)
            self._image = pixel_image.to_image(self._bytes, self._table)
        self.update()

    def set_binary(self, binary: bool) -> None:
        """Black ink on white paper instead of white on black."""
        self._table = pixel_image.BINARY if binary else pixel_image.GREY
        if self._bytes is not None:
            self._image = pixel_image.to_image(self._bytes, self._table)
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Pale while what is shown is not up to date."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    @property
    def faded(self) -> bool:
        """Whether the picture is shown pale."""
        return self._faded

    @property
    def image(self) -> QImage | None:
        """The picture at its own size."""
        return self._image

    def picture_rect(self) -> QRectF:
        """Where the picture lies, in logical pixels."""
        if self._shape is None:
            return QRectF()
        ratio = self.devicePixelRatioF()
        wide, high = pixel_image.fit_shape(self.width() * ratio, self.height() * ratio, self._shape)
        left = int((self.width() * ratio - wide) / 2) / ratio
        top = int((self.height() * ratio - high) / 2) / ratio
        return QRectF(left, top, wide / ratio, high / ratio)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setOpacity(FADED if self._faded else 1.0)
        where = self.picture_rect()
        if where.width() < self._image.width() * pixel_image.CRISP_FROM:  # uneven pixels would show
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(where, self._image)

    def sizeHint(self) -> QSize:
        return QSize(196, 196)
