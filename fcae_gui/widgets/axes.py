"""Quiet axes: hairlines at round values, numbers outside the plot, the axis texts at its corners."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from fcae_gui import theme
from fcae_gui.widgets.view_box import ViewBox, nice_ticks

TICK_EVERY_PX = 78  # few numbers can be read at a glance
WIDEST_NUMBER = (
    "−0.00"  # the margin is made for it once, so that the plot keeps its place while numbers change
)


def plot_rect(width: float, height: float, *, x_text: str, y_text: str) -> QRectF:
    """Where the plot lies in a widget of this size: round its numbers and texts."""
    small = QFontMetricsF(theme.font(0.92))
    line = small.height()
    left = small.horizontalAdvance(WIDEST_NUMBER) + 12
    top = line + 8 if y_text else 10
    bottom = line + 9 + (line + 1 if x_text else 0)
    # Whole multiples of 4 fall on device pixels at every usual pixel ratio (1, 1.25, 1.5, 1.75, 2, 3).
    left, top = 4 * round(left / 4), 4 * round(top / 4)
    return QRectF(left, top, max(1.0, width - left - 10), max(1.0, height - top - bottom))


def paint_axes(painter: QPainter, plot: QRectF, box: ViewBox, x_text: str, y_text: str) -> None:
    """Hairlines inside the plot, numbers and axis texts round it."""
    colours = theme.current()
    font = theme.font(0.92)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    zero = QColor(colours.line)
    hair = _between(QColor(colours.surface), zero, 0.3 if colours.name == "projector" else 0.42)
    left, bottom, right, top = box.visible()
    every = TICK_EVERY_PX * theme.text_px() / 13.0
    height = metrics.height()

    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    values, decimals = nice_ticks(left, right, max(2, round(plot.width() / every)))
    for value in values:
        x = plot.left() + box.to_screen(value, 0.0)[0]
        # Opaque filled boxes: a translucent line of a pen costs 80 us, these hardly anything.
        painter.fillRect(QRectF(round(x), plot.top(), 1, plot.height()), zero if value == 0.0 else hair)
        text = number(value, decimals)
        wide = metrics.horizontalAdvance(text)
        if plot.left() - 4 <= x - wide / 2 and x + wide / 2 <= plot.right() + 8:
            painter.setPen(QColor(colours.muted))
            painter.drawText(QPointF(x - wide / 2, plot.bottom() + 4 + metrics.ascent()), text)
    values, decimals = nice_ticks(bottom, top, max(2, round(plot.height() / every)))
    for value in values:
        y = plot.top() + box.to_screen(0.0, value)[1]
        painter.fillRect(QRectF(plot.left(), round(y), plot.width(), 1), zero if value == 0.0 else hair)
        text = number(value, decimals)
        if plot.top() - 2 <= y - height / 2 and y + height / 2 <= plot.bottom() + 4:
            painter.setPen(QColor(colours.muted))
            place = QRectF(0, y - height / 2, plot.left() - 6, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    painter.setPen(QColor(colours.muted))
    if y_text:
        shown = metrics.elidedText(y_text, Qt.TextElideMode.ElideRight, plot.width())
        painter.drawText(QPointF(plot.left(), plot.top() - 5 - metrics.descent()), shown)
    if x_text:
        shown = metrics.elidedText(x_text, Qt.TextElideMode.ElideRight, plot.width())
        place = QRectF(plot.left(), plot.bottom() + 5 + height, plot.width(), height)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)


def number(value: float, decimals: int) -> str:
    """A tick's number with a real minus sign; very large and small ones as powers."""
    if value == 0.0:
        return "0"
    if abs(value) >= 1e5 or decimals > 4:
        return f"{value:.1e}".replace("-", "−").replace("e+", "e")
    return f"{value:.{decimals}f}".replace("-", "−")


def _between(first: QColor, second: QColor, part: float) -> QColor:
    """The opaque colour at `part` of the way."""
    return QColor(
        round(first.red() + (second.red() - first.red()) * part),
        round(first.green() + (second.green() - first.green()) * part),
        round(first.blue() + (second.blue() - first.blue()) * part),
    )
