"""Signed values as colours and widths of lines: two ends that differ in hue, nothing at zero."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from fcae_gui import theme

LEVELS = 7  # shades on either side of zero: one call draws all lines of a shade
Palette = Literal["weight", "gradient"]
# low and high end, on a light and on a dark surface
ENDS: dict[Palette, tuple[tuple[str, str], tuple[str, str]]] = {
    "weight": (("#2166ac", "#e66101"), ("#62aef2", "#ff9d47")),
    "gradient": (("#762a83", "#1b7837"), ("#c99adb", "#6fce85")),
}


def end_colours(palette: Palette) -> tuple[QColor, QColor]:
    """Colours of the most negative and the most positive value."""
    low, high = ENDS[palette][1 if theme.current().dark else 0]
    return QColor(low), QColor(high)


def mixed(share: float, colour: QColor) -> QColor:
    """The surface with so large a share of a colour."""
    ground, share = QColor(theme.current().surface), min(1.0, max(0.0, share))
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in zip(ground.toTuple()[:3], colour.toTuple()[:3], strict=True)  # type: ignore[index]
        )
    )


def colour_of(value: float, palette: Palette) -> QColor:
    """The colour of a value in [-1, 1]; root-shaped, so that small ones are seen too."""
    low, high = end_colours(palette)
    return mixed(math.sqrt(min(1.0, abs(value))), low if value < 0 else high)


def levels(values: np.ndarray, scale: float) -> np.ndarray:
    """Shades of values, (k,) whole numbers from -LEVELS to LEVELS; `scale` is the value of the last one."""
    shares = np.clip(values / max(scale, 1e-30), -1.0, 1.0)
    return np.rint(np.sign(shares) * np.sqrt(np.abs(shares)) * LEVELS).astype(int)


def pen_of(level: int, palette: Palette, thickness: float) -> QPen:
    """The pen of one shade; zero is a hairline, so that every weight is there."""
    return _pen_of(level, palette, thickness, theme.current().name)


@lru_cache(maxsize=256)
def _pen_of(level: int, palette: Palette, thickness: float, _theme: str) -> QPen:
    now = theme.current()
    if level == 0:
        faint = QColor(now.line)
        return QPen(faint, 0.6)
    share = abs(level) / LEVELS
    low, high = end_colours(palette)
    pen = QPen(mixed(0.2 + 0.8 * share, low if level < 0 else high), 0.5 + thickness * share * share)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def nice(value: float) -> float:
    """The next of 1, 2, 5, 10 ... that is not smaller: an end of a scale that can be read."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


@lru_cache(maxsize=8)
def _table(palette: Palette, _theme: str) -> np.ndarray:
    """(256,) uint32 0xffRRGGBB for values from -1 to 1."""
    return np.array(
        [colour_of(value, palette).rgba() for value in np.linspace(-1, 1, 256).tolist()], np.uint32
    )


def heat(values: np.ndarray, palette: Palette) -> QImage:
    """(rows, columns) in [-1, 1] as a picture."""
    at = np.rint(np.clip(np.nan_to_num(values), -1, 1) * 127.5 + 127.5).astype(np.uint8)
    canvas = np.ascontiguousarray(_table(palette, theme.current().name)[at])
    height, width = canvas.shape
    return QImage(canvas.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever stands out."""
    light = 0.299 * ground.red() + 0.587 * ground.green() + 0.114 * ground.blue()
    return QColor("#101418") if light > 135 else QColor("#ffffff")


def short(value: float) -> str:
    """A number in at most five characters, with a true minus sign."""
    size = abs(value)
    if value == 0:
        text = "0"
    elif size >= 1000 or size < 0.005:
        mantissa, _, power = f"{value:.0e}".partition("e")
        text = f"{mantissa}e{int(power)}"
    else:
        text = f"{value:.2f}" if size < 9.995 else f"{value:.1f}" if size < 99.95 else f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def fitting(value: float, width_of: Callable[[str], float], room: float) -> str:
    """The number as exactly as there is room for it, "" when there is none."""
    text = short(value)
    if width_of(text) <= room:
        return text
    for decimals in (1, 0) if abs(value) < 1000 else ():
        text = f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
        if width_of(text) <= room:
            return text
    return ""


def paint_scale(painter: QPainter, area: QRectF, palette: Palette, limit: float, word: str) -> float:
    """The legend in one line: the word, low end, ramp, high end. Returns where it ends."""
    now = theme.current()
    font = theme.font(0.92)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    painter.setPen(QColor(now.muted))
    x = area.left()
    low, high = short(-limit), "+" + short(limit)
    for text in (word, low):
        wide = metrics.horizontalAdvance(text)
        painter.drawText(
            QRectF(x, area.top(), wide + 4, area.height()), int(Qt.AlignmentFlag.AlignVCenter), text
        )
        x += wide + 8
    ramp = QRectF(x, area.center().y() - 5, 96, 10)
    painter.drawImage(ramp, heat(np.linspace(-1, 1, 96)[None, :], palette))
    painter.setPen(QPen(QColor(now.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(ramp)
    painter.setPen(QColor(now.muted))
    wide = metrics.horizontalAdvance(high) + 6
    end = QRectF(ramp.right() + 6, area.top(), wide, area.height())
    painter.drawText(end, int(Qt.AlignmentFlag.AlignVCenter), high)
    return end.right()
