"""Formulas as they are written on a blackboard: fractions, sums, powers and indices, with live numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme

SMALL = 0.85  # of the size of what an index or a power stands at; never under 12 px
SUM = 1.6  # a sum sign is as tall as a fraction
HAT = "\u0302"  # combining circumflex: x̂ is what comes out for x
PAD = 6.0
LEADING = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a formula. text: as it is; "live" makes it a number that changes, in the accent colour."""

    kind: Literal["text", "live", "row", "fraction", "power", "index", "sum"]
    text: str = ""
    parts: tuple[Part, ...] = ()


Piece = Part | str


def _part(piece: Piece) -> Part:
    return Part("text", piece) if isinstance(piece, str) else piece


def live(text: str) -> Part:
    """A number that changes."""
    return Part("live", text)


def row(*pieces: Piece) -> Part:
    """One after the other on a line."""
    return Part("row", parts=tuple(_part(piece) for piece in pieces))


def fraction(above: Piece, below: Piece) -> Part:
    """One over the other."""
    return Part("fraction", parts=(_part(above), _part(below)))


def power(base: Piece, exponent: Piece) -> Part:
    """An exponent at the top right."""
    return Part("power", parts=(_part(base), _part(exponent)))


def index(base: Piece, below: Piece) -> Part:
    """An index at the bottom right."""
    return Part("index", parts=(_part(base), _part(below)))


def sum_over(below: Piece) -> Part:
    """A sum sign with its index."""
    return Part("sum", parts=(_part(below),))


def as_text(piece: Piece) -> str:
    """The formula in one line of plain text, for a screen reader."""
    part = _part(piece)
    inner = [as_text(one) for one in part.parts]
    match part.kind:
        case "fraction":
            return f"({inner[0]}) / ({inner[1]})" if " " in inner[0] else f"{inner[0]} / {inner[1]}"
        case "power":
            return f"{inner[0]}^{inner[1]}"
        case "index":
            return f"{inner[0]}_{inner[1]}"
        case "sum":
            return "sum "
        case "row":
            return "".join(inner)
    return part.text


def text_width(metrics: QFontMetricsF, text: str) -> float:
    """Width of a text in which hats stand over their letters."""
    return metrics.horizontalAdvance(text.replace(HAT, ""))


def draw_text(painter: QPainter, at: QPointF, text: str) -> None:
    """Draw a text from its baseline on, hats by hand: few fonts put a combining one where it belongs."""
    metrics = QFontMetricsF(painter.font())
    x, parts = at.x(), text.split(HAT)
    for i, part in enumerate(parts):
        painter.drawText(QPointF(x, at.y()), part)
        x += metrics.horizontalAdvance(part)
        if i < len(parts) - 1 and part:
            half = metrics.horizontalAdvance(part[-1]) / 2
            middle, top = x - half, at.y() - metrics.xHeight() - 2.0
            pen = painter.pen()
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(pen.color(), max(1.1, metrics.height() / 14)))
            reach, rise = half * 0.75, metrics.xHeight() * 0.42
            painter.drawPolyline(
                [QPointF(middle - reach, top), QPointF(middle, top - rise), QPointF(middle + reach, top)]
            )
            painter.restore()


@dataclass(frozen=True, slots=True)
class _Size:
    """Width, and height above and below the baseline, in logical pixels."""

    wide: float
    up: float
    down: float


class FormulaView(QWidget):
    """Lines of formulas; a line that is too long breaks between its pieces."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[tuple[Part, ...], ...] = ()
        self._height = 0
        self.setAccessibleName("Formula")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_lines(self, lines: Sequence[Sequence[Piece]]) -> None:
        """Each line as the pieces between which it may break."""
        made = tuple(tuple(_part(piece) for piece in line) for line in lines)
        if made == self._lines:
            return
        self._lines = made
        self.setAccessibleDescription(self.text())
        self._measure()
        self.update()

    def text(self) -> str:
        """All lines in plain text."""
        return "\n".join(" ".join(as_text(part).strip() for part in line) for line in self._lines)

    # --- layout -------------------------------------------------------------------------------------------

    def _font(self, factor: float) -> QFont:
        return theme.font(factor)

    def _size(self, part: Part, factor: float) -> _Size:
        metrics = QFontMetricsF(self._font(factor))
        match part.kind:
            case "text" | "live":
                wide = text_width(metrics, part.text)
                return _Size(wide, metrics.ascent(), metrics.descent())
            case "row":
                sizes = [self._size(one, factor) for one in part.parts]
                return _Size(
                    sum(one.wide for one in sizes),
                    max(one.up for one in sizes),
                    max(one.down for one in sizes),
                )
            case "fraction":
                above, below = (self._size(one, factor) for one in part.parts)
                axis = metrics.xHeight() / 2 + 1
                wide = max(above.wide, below.wide) + 6
                return _Size(wide, axis + 2 + above.up + above.down, below.up + below.down + 2 - axis)
            case "power" | "index":
                base = self._size(part.parts[0], factor)
                small = self._size(part.parts[1], factor * SMALL)
                wide = base.wide + small.wide + 1
                if part.kind == "power":
                    return _Size(wide, max(base.up, base.up * 0.45 + small.up), base.down)
                return _Size(wide, base.up, max(base.down, metrics.descent() + small.down * 0.5))
        big = QFontMetricsF(self._font(factor * SUM))
        below = self._size(part.parts[0], factor * SMALL)
        wide = big.horizontalAdvance("Σ") + below.wide + 4
        drop = (big.ascent() - metrics.ascent()) / 2
        return _Size(wide, metrics.ascent() + drop, max(drop, metrics.descent() + below.down * 0.5))

    def _broken(self) -> list[list[Part]]:
        """The lines as they stand at this width."""
        room, found = max(40.0, self.width() - 2 * PAD), []
        space = QFontMetricsF(self._font(1.0)).horizontalAdvance(" ")
        for line in self._lines:
            now: list[Part] = []
            at = 0.0
            for part in line:
                wide = self._size(part, 1.0).wide
                if now and at + wide > room:
                    found.append(now)
                    now, at = [], 0.0
                now.append(part)
                at += wide + space
            found.append(now)
        return found

    def _measure(self) -> None:
        height = LEADING
        for line in self._broken():
            sizes = [self._size(part, 1.0) for part in line]
            if sizes:
                height += max(one.up for one in sizes) + max(one.down for one in sizes) + LEADING
        tall = round(height)
        if tall > self._height or tall < self._height - 40:  # a digit more or less moves nothing
            self._height = tall
            self.setFixedHeight(tall)

    # --- painting -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        space = QFontMetricsF(self._font(1.0)).horizontalAdvance(" ")
        y = LEADING
        for line in self._broken():
            sizes = [self._size(part, 1.0) for part in line]
            if not sizes:
                continue
            base = y + max(one.up for one in sizes)
            x = PAD
            for part, size in zip(line, sizes, strict=True):
                self._paint(painter, part, x, base, 1.0)
                x += size.wide + space
            y = base + max(one.down for one in sizes) + LEADING

    def _paint(self, painter: QPainter, part: Part, x: float, base: float, factor: float) -> None:
        look = theme.current()
        metrics = QFontMetricsF(self._font(factor))
        match part.kind:
            case "text" | "live":
                painter.setFont(self._font(factor))
                painter.setPen(QColor(look.accent if part.kind == "live" else look.text))
                draw_text(painter, QPointF(x, base), part.text)
            case "row":
                for one in part.parts:
                    self._paint(painter, one, x, base, factor)
                    x += self._size(one, factor).wide
            case "fraction":
                above, below = (self._size(one, factor) for one in part.parts)
                wide = max(above.wide, below.wide) + 6
                bar = base - metrics.xHeight() / 2 - 1
                self._paint(painter, part.parts[0], x + (wide - above.wide) / 2, bar - 2 - above.down, factor)
                self._paint(painter, part.parts[1], x + (wide - below.wide) / 2, bar + 2 + below.up, factor)
                painter.setPen(QPen(QColor(look.text), 1.2))
                painter.drawLine(QPointF(x + 1, bar), QPointF(x + wide - 1, bar))
            case "power" | "index":
                size = self._size(part.parts[0], factor)
                self._paint(painter, part.parts[0], x, base, factor)
                away = -size.up * 0.45 if part.kind == "power" else metrics.descent() * 0.8
                self._paint(painter, part.parts[1], x + size.wide + 1, base + away, factor * SMALL)
            case "sum":
                big = QFontMetricsF(self._font(factor * SUM))
                painter.setFont(self._font(factor * SUM))
                painter.setPen(QColor(look.text))
                drop = (big.ascent() - metrics.ascent()) / 2
                painter.drawText(QPointF(x, base + drop / 2), "Σ")
                at = x + big.horizontalAdvance("Σ") + 1
                self._paint(painter, part.parts[0], at, base + metrics.descent(), factor * SMALL)

    # --- Qt -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self._height = 0
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._height = 0
            self._measure()
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(300, max(self._height, 20))
