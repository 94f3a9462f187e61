"""What a plot shows when it has nothing to show yet, and the small notice over one that has."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from fcae_gui import theme

DEFAULT_TEXT = "The map appears with the first codes."


def paint_empty(painter: QPainter, area: QRectF, text: str) -> None:
    """Ten quiet dots in the class colours and a line of text, in the middle of `area`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = theme.current()
    font = theme.font(1.08)
    metrics = QFontMetricsF(font)
    middle = area.center() - QPointF(0, metrics.height())
    size = metrics.height() * 1.5
    painter.setPen(Qt.PenStyle.NoPen)
    for i in range(len(theme.CLASS_COLOURS)):  # a sunflower's spiral: even, and nobody takes it for data
        angle, away = i * 2.399963, size * math.sqrt((i + 0.5) / 10)
        colour = theme.class_colour(i)
        colour.setAlphaF(0.75)
        painter.setBrush(colour)
        painter.drawEllipse(
            middle + QPointF(away * math.cos(angle), away * math.sin(angle)), size / 8, size / 8
        )
    painter.setFont(font)
    painter.setPen(QColor(colours.muted))
    below = QRectF(
        area.left() + 12, middle.y() + 1.5 * size, max(1.0, area.width() - 24), 6 * metrics.height()
    )
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(below, int(flags), text or DEFAULT_TEXT)


def paint_pill(painter: QPainter, area: QRectF, text: str) -> None:
    """One line of text on a rounded ground at the top of `area`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = theme.current()
    font = theme.font()
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() - 40)
    width, height = metrics.horizontalAdvance(text) + 24, metrics.height() + 10
    pill = QRectF(area.center().x() - width / 2, area.top() + 8, width, height)
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.setBrush(QColor(colours.raised))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(QColor(colours.text))
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
