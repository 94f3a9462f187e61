"""Pictures of one sample side by side, with one pixel marked in all of them and its numbers above each."""

from __future__ import annotations

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
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.activation_curve import ActivationCurve
from fcae_gui.widgets.formula import draw_text, text_width
from fcae_gui.widgets.lens_pictures import (
    COUNT,
    CURVE,
    DIFFERENCE,
    LOGITS,
    TERM,
    LensPictures,
    first_pixel,
)

GAP = 10.0
MARGIN = 6.0
WIDEST, NUMBER_GAP = "−0.000", 6.0


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
        self._curve = ActivationCurve()
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
            self._pixel = first_pixel(shown.x, self._shape)
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
        self._texts = [""] * COUNT if self._shown is None else self._shown.texts(self._pixel)
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

    def _make_images(self) -> None:
        shown = self._shown
        if shown is None:
            return
        self._scales = shown.scales(as_bars=self._shape is None)
        if self._shape is not None:
            self._images = shown.images(self._shape, self._scales, self._grey, marked=self._marked)

    def _placement(self) -> tuple[int, float, float, float]:
        """As _placed, worked out once for a size, a font and a set of titles."""
        shown = self._shown
        if shown is None:
            return (3, 1.0, 1.0, 1.0)
        titled = (shown.bounded, shown.term_title)
        key = (self.size().toTuple(), self.devicePixelRatioF(), theme.text_px(), self._shape, titled)
        if key != self._placed_for:
            self._placed_for, self._placed_at = key, self._placed()
        return self._placed_at

    def _placed(self) -> tuple[int, float, float, float]:
        """(columns, width and height of a picture, height of a title): the largest that fit.

        Where title and number do not fit side by side, the number stands below the title.
        """
        metrics = QFontMetricsF(theme.font())
        assert self._shown is not None
        titles = self._shown.titles()
        one, best = metrics.height() + 2, (3, 1.0, 1.0, metrics.height() + 2)
        needed = max(text_width(metrics, short) for _, short in titles)
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
        titles = self._shown.titles()
        for which in range(COUNT):
            rect = self.rect_of(which)
            self._paint_title(painter, rect, titles[which], self._texts[which])
            if which == CURVE:
                self._curve.paint(
                    painter, rect, bounded=self._shown.bounded, reach=self._scales[LOGITS],
                    at=float(np.nan_to_num(self._shown.logits[self._pixel])),
                    value=float(np.nan_to_num(self._shown.output[self._pixel])),
                )  # fmt: skip
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
        values = shown.values(which)
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
        return "" if self._shown is None or which < 0 else self._shown.tip(which, self._scales[which])

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
