"""A small sample, as a picture or as bars, that can take part in a row of others."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.bar_view import spaced_bars

BAR_HEIGHT = 32


def sample_image(values: np.ndarray, shape: tuple[int, int] | None) -> QImage:
    """A sample (d,) at its own size: grey pixels, or bars in the theme's accent for a table."""
    if shape is not None and shape[0] * shape[1] == len(values):
        return pixel_image.to_image(pixel_image.to_bytes(values).reshape(shape))
    values = np.nan_to_num(np.asarray(values, np.float32))
    low, high = min(0.0, float(values.min())), max(1e-9, float(values.max()))
    look = theme.current()
    bars = spaced_bars(values[None], low, high, BAR_HEIGHT)[0]
    return pixel_image.to_image(bars, pixel_image.ramp(look.raised, look.accent))


def paint_sample(painter: QPainter, image: QImage, room: QRectF, shape: tuple[int, int] | None) -> None:
    """The image as large as fits in `room`, in its middle; bars fill it."""
    if shape is None:
        painter.drawImage(room, image)
        return
    scale = min(room.width() / image.width(), room.height() / image.height())
    wide, high = scale * image.width(), scale * image.height()
    where = QRectF(room.center().x() - wide / 2, room.center().y() - high / 2, wide, high)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < pixel_image.CRISP_FROM)
    painter.drawImage(where, image)


class SampleTile(QWidget):
    """Shows one sample in a fixed square; empty it is a quiet field."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._image: QImage | None = None
        self.setFixedSize(side, side)

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures to come, None for a table; what was shown goes."""
        self._shape, self._image = shape, None
        self.update()

    def set_values(self, values: np.ndarray | None) -> None:
        """(d,) values, or None for nothing."""
        self._image = None if values is None else sample_image(values, self._shape)
        self.update()

    @property
    def image(self) -> QImage | None:
        """What is shown, at its own size."""
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = QRectF(self.rect())
        if self._image is None:
            painter.fillRect(room, QColor(theme.current().raised))
        else:
            paint_sample(painter, self._image, room, self._shape)
