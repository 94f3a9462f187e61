"""Pictures of one sample side by side, with one pixel marked in all of them and its numbers above each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.formula import draw_text, text_width

GAP = 10.0
MARGIN = 6.0
NICE = (1.0, 2.0, 5.0, 10.0)
CURVE_POINTS = 61
MINUS = "−"
X, OUTPUT, DIFFERENCE, TERM, LOGITS, CURVE = range(6)
COUNT = 6
WIDEST, NUMBER_GAP = "−0.000", 6.0


def plain(value: float, digits: int = 3) -> str:
    """A number with a true minus sign: −0.328."""
    return f"{value:.{digits}f}".replace("-", MINUS) if np.isfinite(value) else "–"


def nice_ceiling(value: float, least: float) -> float:
    """The 1, 2 or 5 times a power of ten at or above `value`, at least `least`: a scale that seldom jumps."""
    value = max(value if np.isfinite(value) else least, least)
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in NICE if step * power >= value * (1 - 1e-9)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LensPictures:
    """What is shown, all (d,) float64: sample, output, values before the output activation, loss terms.

    bounded: a sigmoid keeps the output in [0, 1]; term_title: how a term is written
    """

    x: np.ndarray
    output: np.ndarray
    logits: np.ndarray
    term: np.ndarray
    term_title: str
    bounded: bool


class LensView(QWidget):
    """In: set_shape, set_pictures, set_marked, refresh_numbers. Out: which pixel a person looks at."""

    pixel_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._names: tuple[str, ...] = ()
        self._shown: LensPictures | None = None
        self._images: list[QImage | None] = [None] * COUNT
        self._scales = [1.0] * COUNT
        self._marked = True
        self._grey = pixel_image.GREY
        self._pixel = 0
        self._placed_for: object = None
        self._placed_at = (3, 1.0, 1.0, 1.0)
        self._curve: tuple[object, QPolygonF] = (None, QPolygonF())
        self._texts = [""] * COUNT
        self._message = "The lens shows a sample as soon as a network is there."
        self._focus_shown = False
        self.setAccessibleName("Pictures under the lens")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 120)

    # --- in -----------------------------------------------------------------------------------------------

    def set_shape(self, shape: tuple[int, int] | None, names: tuple[str, ...] = ()) -> None:
        """(height, width), or None for a table, whose values are drawn as bars. What was shown goes."""
        self._shape, self._names = shape, tuple(names)
        self._shown = None
        self._images = [None] * COUNT
        self.update()

    def set_pictures(self, shown: LensPictures | None) -> None:
        """What is to be seen from now on; the numbers follow with refresh_numbers."""
        shape = self._shape
        if shown is not None and shape is not None and len(shown.x) != shape[0] * shape[1]:
            return
        first = self._shown is None
        self._shown = shown
        if shown is None:
            self.update()
            return
        if first or self._pixel >= len(shown.x):
            self._pixel = self._first_pixel(shown.x)
        self._make_images()
        if first:
            self.refresh_numbers()
        self.update()

    def set_marked(self, marked: bool) -> None:
        """Whether outputs outside [0, 1] are coloured."""
        if marked != self._marked:
            self._marked = marked
            self._make_images()
            self.update()

    def set_binary(self, binary: bool) -> None:
        """Black ink on white paper instead of white on black."""
        self._grey = pixel_image.BINARY if binary else pixel_image.GREY
        self._make_images()
        self.update()

    def refresh_numbers(self) -> None:
        """Write the numbers of the marked pixel anew."""
        self._texts = self._made_texts()
        self.setAccessibleDescription(f"{self.place_text()}: " + ", ".join(filter(None, self._texts)))
        self.update()

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def pixel(self) -> int:
        """The marked value, 0 to d - 1."""
        return self._pixel

    @property
    def shown(self) -> LensPictures | None:
        """What is on screen."""
        return self._shown

    def image(self, which: int) -> QImage | None:
        """A picture at its own size (X, OUTPUT, DIFFERENCE, TERM, LOGITS)."""
        return self._images[which]

    def place_text(self) -> str:
        """Where the marked value stands: "pixel (row 12, column 15)", or its name in a table."""
        if self._shape is None:
            named = self._pixel < len(self._names)
            return self._names[self._pixel] if named else f"feature {self._pixel + 1}"
        row, column = divmod(self._pixel, self._shape[1])
        return f"pixel (row {row + 1}, column {column + 1})"

    def choose(self, pixel: int) -> None:
        """Mark another value. Emits when it changed."""
        if self._shown is None or not 0 <= pixel < len(self._shown.x) or pixel == self._pixel:
            return
        self._pixel = pixel
        self.refresh_numbers()
        self.pixel_chosen.emit(pixel)

    def rect_of(self, which: int) -> QRectF:
        """Where a picture lies, without its title."""
        columns, side, high, line = self._placement()
        rows = -(-COUNT // columns)
        whole = QSize(int(columns * side + (columns - 1) * GAP), int(rows * (high + line) + (rows - 1) * GAP))
        left = max(MARGIN, (self.width() - whole.width()) / 2)
        top = max(0.0, (self.height() - whole.height()) / 2)
        row, column = divmod(which, columns)
        ratio = self.devicePixelRatioF()
        x = round((left + column * (side + GAP)) * ratio) / ratio
        y = round((top + row * (high + line + GAP) + line) * ratio) / ratio
        return QRectF(x, y, side, high)

    def pixel_at(self, at: QPointF) -> int:
        """The value under a position in any of the pictures, -1 for none."""
        if self._shown is None:
            return -1
        for which in range(CURVE):
            rect = self.rect_of(which)
            if not rect.contains(at):
                continue
            across, down = (at.x() - rect.x()) / rect.width(), (at.y() - rect.y()) / rect.height()
            if self._shape is None:
                return min(int(across * len(self._shown.x)), len(self._shown.x) - 1)
            rows, columns = self._shape
            return min(int(down * rows), rows - 1) * columns + min(int(across * columns), columns - 1)
        return -1

    # --- pictures -----------------------------------------------------------------------------------------

    def _first_pixel(self, x: np.ndarray) -> int:
        """A place in the middle where there is ink, if there is any."""
        if self._shape is None:
            return 0
        rows, columns = self._shape
        across = (
            np.abs(np.arange(columns) - columns / 2)[None, :] + np.abs(np.arange(rows) - rows / 2)[:, None]
        )
        ink = x.reshape(self._shape) > 0.5 * max(float(x.max()), 1e-12)
        return int(np.where(ink, across, np.inf).argmin()) if ink.any() else len(x) // 2

    def _make_images(self) -> None:
        shown = self._shown
        if shown is None:
            return
        away = shown.output - shown.x
        finite = [
            np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
            for values in (away, shown.term, shown.logits)
        ]
        self._scales[DIFFERENCE] = nice_ceiling(float(np.abs(finite[0]).max()), 0.1)
        self._scales[TERM] = nice_ceiling(float(finite[1].max()), 0.01)
        self._scales[LOGITS] = nice_ceiling(float(np.abs(finite[2]).max()), 1.0)
        if self._shape is None:
            low = min(0.0, float(shown.x.min()), float(np.nanmin(shown.output)))
            self._scales[X] = self._scales[OUTPUT] = nice_ceiling(
                max(-low, float(shown.x.max()), float(np.nanmax(shown.output))), 1.0
            )
            return
        to = pixel_image.to_image
        grey = pixel_image.to_bytes
        self._images[X] = to(grey(shown.x).reshape(self._shape), self._grey)
        output = self._grey[grey(shown.output)]
        if self._marked:
            output = np.where(shown.output < 0, pixel_image.BELOW, output)
            output = np.where(shown.output > 1, pixel_image.ABOVE, output)
        canvas = np.ascontiguousarray(output.reshape(self._shape))
        self._images[OUTPUT] = pixel_image.canvas_image(canvas).copy()
        for which, values in ((DIFFERENCE, away), (LOGITS, shown.logits)):
            scaled = pixel_image.signed_to_bytes(values / self._scales[which])
            self._images[which] = to(scaled.reshape(self._shape), pixel_image.SIGNED)
        term = grey(shown.term / self._scales[TERM])
        self._images[TERM] = to(term.reshape(self._shape), pixel_image.HEAT)

    def _titles(self) -> list[tuple[str, str]]:
        """Of every picture the long and the short title."""
        shown = self._shown
        term = shown.term_title if shown is not None else ""
        bounded = shown is None or shown.bounded
        return [
            ("original x", "x"),
            ("output x̂", "x̂"),
            ("x̂ − x", "x̂ − x"),
            (term, "term"),
            ("before σ: a", "a") if bounded else ("no σ: a = x̂", "a"),
            ("x̂ = σ(a)", "σ(a)") if bounded else ("x̂ = a", "x̂ = a"),
        ]

    def _made_texts(self) -> list[str]:
        shown, at = self._shown, self._pixel
        if shown is None:
            return [""] * COUNT
        x, output, a = float(shown.x[at]), float(shown.output[at]), float(shown.logits[at])
        term = three_digits(float(shown.term[at])).replace("-", MINUS)
        return [plain(x), plain(output), plain(output - x), term, plain(a, 2), plain(output)]

    def _placement(self) -> tuple[int, float, float, float]:
        """As _placed, worked out once for a size, a font and a set of titles."""
        shown = self._shown
        titled = (shown.bounded, shown.term_title) if shown is not None else None
        key = (self.size().toTuple(), self.devicePixelRatioF(), theme.text_px(), self._shape, titled)
        if key != self._placed_for:
            self._placed_for, self._placed_at = key, self._placed()
        return self._placed_at

    def _placed(self) -> tuple[int, float, float, float]:
        """(columns, width and height of a picture, height of a title): the largest that fit.

        Where title and number do not fit side by side, the number stands below the title.
        """
        metrics = QFontMetricsF(theme.font())
        one, best = metrics.height() + 2, (3, 1.0, 1.0, metrics.height() + 2)
        needed = max(text_width(metrics, short) for _, short in self._titles())
        needed += metrics.horizontalAdvance(WIDEST) + NUMBER_GAP
        for columns, lines in ((2, 1), (3, 1), (6, 1), (2, 2), (3, 2), (6, 2)):
            rows, line = -(-COUNT // columns), lines * one
            wide = (self.width() - 2 * MARGIN - (columns - 1) * GAP) / columns
            high = (self.height() - (rows - 1) * GAP) / rows - line
            if min(wide, high) < 8:
                continue
            if self._shape is None:
                if min(wide, high) > min(best[1], best[2]) and (lines == 2 or wide >= needed):
                    best = (columns, wide, high, line)
                continue
            ratio = self.devicePixelRatioF()
            across, down = pixel_image.fit_shape(wide * ratio, high * ratio, self._shape)
            if across / ratio > best[1] and (lines == 2 or across / ratio >= needed):
                best = (columns, across / ratio, down / ratio, line)
        return best

    # --- painting -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme.current()
        painter.setFont(theme.font())
        if self._focus_shown:
            painter.setPen(QPen(QColor(look.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if self._shown is None:
            painter.setPen(QColor(look.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 4, -8, -4), flags, self._message)
            return
        titles = self._titles()
        for which in range(COUNT):
            rect = self.rect_of(which)
            self._paint_title(painter, rect, titles[which], self._texts[which])
            if which == CURVE:
                self._paint_curve(painter, rect)
            elif self._shape is None:
                self._paint_bars(painter, rect, which)
            else:
                image = self._images[which]
                if image is not None:
                    painter.drawImage(rect, image)
                painter.setPen(QPen(QColor(look.line), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect)
                self._paint_mark(painter, rect)

    def _paint_title(self, painter: QPainter, rect: QRectF, titles: tuple[str, str], text: str) -> None:
        look, metrics = theme.current(), QFontMetricsF(theme.font())
        tall = self._placement()[3]
        box = QRectF(rect.x(), rect.y() - tall, rect.width(), tall - 2)
        stacked = tall > 1.5 * metrics.height()
        room = rect.width() - (0 if stacked else metrics.horizontalAdvance(WIDEST) + NUMBER_GAP)
        title = next((one for one in titles if text_width(metrics, one) <= room), "")
        painter.setPen(QColor(look.muted))
        draw_text(painter, QPointF(box.x(), box.y() + metrics.ascent()), title)
        painter.setPen(QColor(look.accent))
        side = Qt.AlignmentFlag.AlignLeft if stacked else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, side | Qt.AlignmentFlag.AlignBottom, text)

    def _paint_mark(self, painter: QPainter, rect: QRectF) -> None:
        assert self._shape is not None
        rows, columns = self._shape
        row, column = divmod(self._pixel, columns)
        across, down = rect.width() / columns, rect.height() / rows
        spot = QRectF(rect.x() + column * across, rect.y() + row * down, across, down).adjusted(-1, -1, 1, 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("white"), 3.5))
        painter.drawRect(spot)
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        painter.drawRect(spot)

    def _paint_bars(self, painter: QPainter, rect: QRectF, which: int) -> None:
        shown, look = self._shown, theme.current()
        assert shown is not None
        values = (shown.x, shown.output, shown.output - shown.x, shown.term, shown.logits)[which]
        across, scale = rect.width() / len(values), self._scales[which]
        low = -scale if which in (DIFFERENCE, LOGITS) or min(shown.x.min(), shown.output.min()) < 0 else 0.0
        low = 0.0 if which == TERM else low
        zero = rect.bottom() - (0 - low) / (scale - low) * rect.height()
        painter.fillRect(rect, QColor(look.raised))
        for i, value in enumerate(np.clip(np.nan_to_num(values), low, scale).tolist()):
            tip = rect.bottom() - (value - low) / (scale - low) * rect.height()
            colour = look.test if which in (DIFFERENCE, TERM) else look.accent
            bar = QRectF(
                rect.x() + i * across + across * 0.12,
                min(zero, tip),
                across * 0.76,
                max(1.0, abs(tip - zero)),
            )
            painter.fillRect(bar, QColor(colour))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(QPointF(rect.left(), zero), QPointF(rect.right(), zero))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(look.accent), 2))
        painter.drawRect(QRectF(rect.x() + self._pixel * across, rect.y(), across, rect.height()))

    def _paint_curve(self, painter: QPainter, rect: QRectF) -> None:
        """The output activation, and where the marked pixel sits on it."""
        shown, look = self._shown, theme.current()
        assert shown is not None
        if shown.bounded:
            reach = max(4.0, self._scales[LOGITS])
            low, high = -0.15, 1.15
        else:
            reach = max(2.0, self._scales[LOGITS])
            low, high = -reach, reach
        a = float(np.nan_to_num(shown.logits[self._pixel]))

        def place(at: float, value: float) -> QPointF:
            return QPointF(
                rect.x() + (min(max(at, -reach), reach) + reach) / (2 * reach) * rect.width(),
                rect.bottom() - (min(max(value, low), high) - low) / (high - low) * rect.height(),
            )

        top, bottom = place(0, 1.0).y(), place(0, 0.0).y()
        painter.fillRect(QRectF(rect.x(), top, rect.width(), bottom - top), QColor(look.raised))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.line), 1, Qt.PenStyle.DashLine))
        for level in (0.0, 1.0):
            painter.drawLine(place(-reach, level), place(reach, level))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(place(0, low), place(0, high))
        if self._curve[0] != (key := (rect.getRect(), reach, shown.bounded)):
            at = np.linspace(-reach, reach, CURVE_POINTS)
            values = 0.5 * (1 + np.tanh(0.5 * at)) if shown.bounded else at
            along = [place(u, v) for u, v in zip(at.tolist(), values.tolist(), strict=True)]
            self._curve = (key, QPolygonF(along))
        painter.setPen(QPen(QColor(look.text), look.line_px))
        painter.drawPolyline(self._curve[1])
        value = float(np.nan_to_num(shown.output[self._pixel]))
        spot = place(a, value)
        painter.setPen(QPen(QColor(look.accent), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(spot.x(), rect.bottom()), spot)
        painter.drawLine(QPointF(rect.left(), spot.y()), spot)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        painter.drawEllipse(spot, 4.5, 4.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(look.muted))
        painter.setFont(theme.font())
        inner, foot = rect.adjusted(3, 0, -3, -1), Qt.AlignmentFlag.AlignBottom
        digits = 0 if reach >= 1 else 1
        metrics = QFontMetricsF(theme.font())
        left, right = plain(-reach, digits), plain(reach, digits)
        if metrics.horizontalAdvance(left + right) + 16 < rect.width():
            painter.drawText(inner, foot | Qt.AlignmentFlag.AlignLeft, left)
            painter.drawText(inner, foot | Qt.AlignmentFlag.AlignRight, right)
        tall = metrics.height()
        for level, y in ((0.0, bottom), (1.0, top)):
            # Above the line for 0; for 1 below it when the band is wide, or a title would be crossed.
            if level == 1.0 or bottom - top > tall:
                up = level == 0.0 or top - rect.top() > tall
                box = QRectF(rect.x() + 3, y - tall if up else y, 40, tall)
                painter.drawText(box, foot | Qt.AlignmentFlag.AlignLeft, f"{level:.0f}")

    # --- Qt -----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """What is this: a picture says in plain words what it shows."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._shown is not None:
            at = QPointF(event.pos())
            which = next((k for k in range(COUNT) if self.rect_of(k).contains(at)), -1)
            QToolTip.showText(event.globalPos(), self.tip(which), self)
            return True
        return super().event(event)

    def tip(self, which: int) -> str:
        """What a picture shows, in plain words; "" beside all of them."""
        bounded = self._shown is None or self._shown.bounded
        scale = f"{self._scales[which]:g}" if which in (DIFFERENCE, TERM, LOGITS) else ""
        tips = {
            X: "The sample as it went in: x.",
            OUTPUT: "What came out: x̂. Marked pixels lie outside [0, 1]: blue below 0, orange above 1.",
            DIFFERENCE: f"x̂ − x: blue where the output is too dark, orange where too bright, up to {scale}.",
            TERM: f"What every pixel adds to the loss: white is nothing, full orange {scale}.",
            LOGITS: f"a, the last layer's sums: blue is negative, orange positive, up to {scale}."
            + (" The sigmoid makes the output of them." if bounded else " They are the output."),
            CURVE: "x̂ = σ(a) = 1 / (1 + e^−a): where the marked pixel sits on it. Every a lands in (0, 1)."
            if bounded
            else "Without a sigmoid x̂ = a: outside the shaded band no pixel can be.",
        }
        return tips.get(which, "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.choose(self.pixel_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the marked pixel; with Shift five at once."""
        if self._shown is None:
            super().keyPressEvent(event)
            return
        far = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        steps = {
            Qt.Key.Key_Left: (0, -far), Qt.Key.Key_Right: (0, far), Qt.Key.Key_Up: (-far, 0),
            Qt.Key.Key_Down: (far, 0),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        rows, columns = self._shape if self._shape is not None else (1, len(self._shown.x))
        row, column = divmod(self._pixel, columns)
        row, column = min(max(row + step[0], 0), rows - 1), min(max(column + step[1], 0), columns - 1)
        self.choose(row * columns + column)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = False
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, 320)
