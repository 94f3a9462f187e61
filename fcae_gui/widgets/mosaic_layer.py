"""A picture beneath the points of a map: ink on the theme's paper, at its place in the world."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from fcae_gui import theme
from fcae_gui.widgets.view_box import Box, ViewBox

FAINT = {"light": 0.34, "dark": 0.38, "projector": 0.38}  # strength of the darkest ink; points stay in front
FULL = 0.9


class MosaicLayer:
    """Paints (height, width) uint8 over a box of the world; 0 lets the paper through.

    Ink on paper, dark on light or light on dark, and not white on black as a single image is shown: black
    boxes under the points would hide the points, the axes and where the paper is empty.
    """

    def __init__(self) -> None:
        self._canvas: np.ndarray | None = None
        self._box: Box = (0.0, 0.0, 1.0, 1.0)
        self._full = False
        self._look: tuple[object, ...] = ()
        self._pixels = np.zeros((0, 0), np.uint32)  # the memory behind the image
        self._image = QImage()

    def set_mosaic(self, canvas: np.ndarray | None, box: Box = (0.0, 0.0, 1.0, 1.0)) -> None:
        """What to paint, and the part of the world it covers (left, bottom, right, top); None for nothing."""
        self._canvas, self._box = canvas, box
        self._look = ()

    def set_full(self, full: bool) -> None:
        """Strong ink, or faint."""
        self._full = full

    @property
    def shown(self) -> bool:
        """Whether there is anything to paint."""
        return self._canvas is not None

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """See MapLayer.paint."""
        if self._canvas is None:
            return
        look = (theme.current().name, self._full)
        if look != self._look:
            self._look = look
            self._pixels = np.take(_inks(self._full), self._canvas, mode="clip")  # twice as fast as indexing
            height, width = self._pixels.shape
            form = QImage.Format.Format_ARGB32_Premultiplied
            self._image = QImage(self._pixels.data, width, height, 4 * width, form)
        left, bottom, right, top = self._box
        place = QRectF(QPointF(*box.to_screen(left, top)), QPointF(*box.to_screen(right, bottom)))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)


def _inks(full: bool) -> np.ndarray:
    """Premultiplied 0xAARRGGBB for each strength: (256,) uint32, from nothing to the theme's ink."""
    look = theme.current()
    ink = QColor(look.text)
    alpha = np.arange(256) * (FULL if full else FAINT[look.name])
    made = np.rint(alpha).astype(np.uint32) << np.uint32(24)
    for channel, shift in ((ink.red(), 16), (ink.green(), 8), (ink.blue(), 0)):
        made |= np.rint(channel * alpha / 255).astype(np.uint32) << np.uint32(shift)
    return made
