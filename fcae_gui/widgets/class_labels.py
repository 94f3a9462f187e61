"""Class names at the class centres: readable on any background, and never one on top of another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from fcae_gui import theme

ROUNDS = 6  # of pushing apart; more changes little that can be seen
LONGEST_EM = 9.0  # a longer name is cut
CROWDED = 0.09  # of the plot covered by names: then they are smaller and cut sooner
CROWDED_EM = 4.2

MAX_LABELS = 64  # more names would hide the map
TIGHT = (0.82, 0.62)  # of a sprite's size is its text

Array = np.ndarray
Places = list[tuple[str, float, float]]  # name, and its middle on the screen


def sprite(text: str, ratio: float, size: float, longest_em: float = LONGEST_EM) -> QPixmap:
    """The name in the theme's text colour with a halo in its surface colour; `size` times ordinary text."""
    colours = theme.current()
    font = theme.font(size, bold=True)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, longest_em * font.pixelSize())
    halo = max(3.0, font.pixelSize() * 0.24)
    width, height = metrics.horizontalAdvance(text) + 2 * halo, metrics.height() + 2 * halo
    made = QPixmap(int(np.ceil(width * ratio)), int(np.ceil(height * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    outline = QPainterPath()
    outline.addText(QPointF(halo, halo + metrics.ascent()), font, text)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    soft = QColor(colours.surface)
    soft.setAlphaF(0.45)
    for colour, wide in ((soft, 2 * halo), (QColor(colours.surface), 1.15 * halo)):
        pen = QPen(colour, wide)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(outline)
    painter.fillPath(outline, QColor(colours.text))
    painter.end()
    return made


LAY_OUT_EVERY = 3  # frames: points glide, their names need not


class ClassNames:
    """The names at their places; made again only when places or look have changed."""

    def __init__(self) -> None:
        self._sprites: dict[tuple[object, ...], QPixmap] = {}
        self._key: tuple[object, ...] = ()
        self._age = 0
        self._placed: list[tuple[QPointF, QPixmap]] = []

    def forget(self) -> None:
        """Names or look are others now."""
        self._sprites.clear()
        self._key = ()

    def paint(
        self,
        painter: QPainter,
        key: tuple[object, ...],
        place: Callable[[], Places],
        ratio: float,
        room: float,
        gliding: bool = False,
    ) -> None:
        """Paint the names that `place` gives; it is asked only when `key` is another one than last time.

        room: area of the plot in logical pixels
        gliding: the points are on their way, so that every third frame will do
        """
        self._age += 1
        if key != self._key and not (gliding and self._age < LAY_OUT_EVERY):
            self._key, self._age = key, 0
            self._placed = self._lay_out(place(), ratio, room)
        for corner, picture in self._placed:
            painter.drawPixmap(corner, picture)

    def _lay_out(self, places: Places, ratio: float, room: float) -> list[tuple[QPointF, QPixmap]]:
        if not 0 < len(places) <= MAX_LABELS:
            return []
        text_area = (
            0.65 * theme.text_px() ** 2 * sum(min(LONGEST_EM / 0.65, len(name)) for name, _, _ in places)
        )
        crowded = text_area > CROWDED * room or len(places) > 12
        made = [self._sprite(name, ratio, crowded) for name, _, _ in places]
        size = np.array([(picture.width() / ratio, picture.height() / ratio) for picture in made])
        middle = spread_apart(np.array([(x, y) for _, x, y in places]), size * TIGHT)
        corner = middle - size / 2
        return [(QPointF(*where), picture) for where, picture in zip(corner, made, strict=True)]

    def _sprite(self, name: str, ratio: float, crowded: bool) -> QPixmap:
        key = (name, ratio, crowded, theme.current().name, theme.text_px())
        if key not in self._sprites:
            large = 1.5 if len(name) <= 2 and not crowded else 1.0
            longest = CROWDED_EM if crowded else LONGEST_EM
            self._sprites[key] = sprite(name, ratio, 0.9 * large if crowded else large, longest)
        return self._sprites[key]


def spread_apart(centre: Array, size: Array) -> Array:
    """Move boxes (k, 2) of the given sizes (k, 2) as little as needed until hardly any overlap; (k, 2)."""
    place = np.array(centre, float)
    k = len(place)
    if k < 2:
        return place
    room = (size[:, None, :] + size[None, :, :]) / 2
    np.einsum("iik->ik", room)[:] = 0.0
    # Names on the very same spot part in a fixed direction each.
    angle = np.arange(k) * 2.399963
    place += 1e-3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    for _ in range(ROUNDS):
        apart = place[:, None, :] - place[None, :, :]
        over = room - np.abs(apart)
        hit = (over > 0.0).all(axis=2)
        if not hit.any():
            break
        # Each pair moves along the axis on which it overlaps less, in relation to its size.
        along_y = over[:, :, 1] <= over[:, :, 0]
        over *= hit[:, :, None]
        over[:, :, 0] *= ~along_y
        over[:, :, 1] *= along_y
        place += 0.5 * (over * np.sign(apart)).sum(axis=1) / np.maximum(1.0, hit.sum(axis=1) / 2)[:, None]
    return place
