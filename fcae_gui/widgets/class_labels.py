"""Class names at the class centres: readable on any background, and never one on top of another."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from fcae_gui import theme

ROUNDS = 12  # of pushing apart; more changes nothing that can be seen
LONGEST_EM = 9.0  # a longer name is cut

Array = np.ndarray


def sprite(text: str, ratio: float) -> QPixmap:
    """The name in the theme's text colour and a halo in its surface colour, `ratio` device pixels a pixel."""
    colours = theme.current()
    font = theme.font(1.55 if len(text) <= 2 else 1.08, bold=True)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, LONGEST_EM * font.pixelSize())
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
        push = np.where(np.stack([~along_y, along_y], axis=2) & hit[:, :, None], over, 0.0)
        place += 0.5 * (push * np.sign(apart)).sum(axis=1) / np.maximum(1, hit.sum(axis=1) / 2)[:, None]
    return place
