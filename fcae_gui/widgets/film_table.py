"""One row per number: what something looked like at past steps, left to right, and large as it is now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.pictures import as_pictures, colours_of, picture_shape, tiled
from fcae_gui.widgets.pin_layer import head_radius, paint_head

PAD = 6
GAP = 2
NOW_PX = 60  # side of the newest picture at the ordinary size of text
ROW_GAP = 8
MOST_FRAMES = 11


def short_number(value: int) -> str:
    """A step in at most four characters: 980, 1.2k, 12k, 1.2M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            share = value / size
            return f"{share:.1f}{letter}" if share < 9.95 else f"{share:.0f}{letter}"
    return str(value)


class FilmTable(QWidget):
    """Click or arrows choose a row, Delete removes it. set_* never emit."""

    row_chosen = Signal(int)  # the number of a row
    removal_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._numbers: tuple[int, ...] = ()
        self._chosen = 0
        self._steps: tuple[int, ...] = ()
        self._films: dict[int, np.ndarray] = {}  # number -> (f, h, w) uint8
        self._now: dict[int, QImage] = {}
        self._strips: dict[int, QImage] = {}  # painted films, made when they are needed
        self._picture = (1, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName("Pinned places and their past")

    # --- in -------------------------------------------------------------------------------------------

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the images to come, None for rows of a table. All pictures go."""
        self._shape = shape
        self._forget()

    def set_rows(self, numbers: Sequence[int], chosen: int) -> None:
        """Which rows there are, in order, and which one is chosen (0 for none)."""
        self._numbers, self._chosen = tuple(numbers), chosen
        self._films = {number: film for number, film in self._films.items() if number in numbers}
        self._now = {number: image for number, image in self._now.items() if number in numbers}
        self._strips = {number: image for number, image in self._strips.items() if number in numbers}
        self._lay_out()

    def set_pictures(
        self, numbers: Sequence[int], steps: Sequence[int], frames: np.ndarray, live: np.ndarray
    ) -> None:
        """frames (k, f, d) of the rows `numbers` at `steps`, and what they look like now: (k, d)."""
        count, _, n_features = frames.shape
        if self._shape is not None and self._shape[0] * self._shape[1] != n_features:
            return  # of other data than the shape: their successors are on the way
        shape = picture_shape(self._shape, n_features)
        newest = as_pictures(live, self._shape)
        if shape != self._picture:
            self._forget()
            self._picture = shape
        steps = tuple(steps)
        if steps != self._steps:
            self._steps, self._films, self._strips = steps, {}, {}
            self.update()
        missing = [i for i in range(count) if numbers[i] in self._numbers and numbers[i] not in self._films]
        for i in missing:
            self._films[numbers[i]] = as_pictures(frames[i], self._shape).copy()
            self._strips.pop(numbers[i], None)
        for i, number in enumerate(numbers):
            if number in self._numbers:
                self._now[number] = pixel_image.to_image(newest[i], colours_of(self._shape))
        if missing:
            self.update()
        else:
            self.update(self._now_column().toAlignedRect())

    def forget_pictures(self) -> None:
        """Of another network: rows stay, pictures go."""
        self._forget()

    def _forget(self) -> None:
        self._films, self._strips, self._now, self._steps = {}, {}, {}, ()
        self._lay_out()

    # --- asked ----------------------------------------------------------------------------------------

    @property
    def numbers(self) -> tuple[int, ...]:
        """The rows in order."""
        return self._numbers

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps of the past frames."""
        return self._steps

    def film(self, number: int) -> np.ndarray | None:
        """Past frames (f, h, w) uint8 of a row."""
        return self._films.get(number)

    def now(self, number: int) -> QImage | None:
        """The newest picture of a row."""
        return self._now.get(number)

    def row_rect(self, number: int) -> QRect:
        """Where a row lies."""
        index = self._numbers.index(number)
        return QRectF(0, self._head() + index * self._row(), self.width(), self._row()).toAlignedRect()

    # --- measures -------------------------------------------------------------------------------------

    def _side(self) -> float:
        return NOW_PX * (theme.text_px() / 13.0) ** 0.7

    def _head(self) -> float:
        return QFontMetricsF(theme.font(0.92)).height() + PAD

    def _row(self) -> float:
        return self._side() + ROW_GAP

    def _now_size(self) -> tuple[int, int]:
        """(width, height) of the newest picture in device pixels."""
        room = self._side() * self.devicePixelRatioF()
        return pixel_image.fit_shape(room, room, self._picture)

    def _now_column(self) -> QRectF:
        side = self._side()
        return QRectF(self.width() - side - PAD, 0, side + PAD, self.height())

    def _tile(self) -> tuple[int, int, float]:
        """(width, height) of a past frame in device pixels, and where the first one begins."""
        ratio = self.devicePixelRatioF()
        left = PAD + 2 * head_radius() + 2 * PAD
        room = (self._now_column().left() - 2 * PAD - left) * ratio
        wide = max(8.0, min(room / MOST_FRAMES - GAP, self._side() * ratio))
        width, height = pixel_image.fit_shape(wide, self._side() * ratio, self._picture)
        return width, height, left

    def _lay_out(self) -> None:
        self._strips = {}
        self.setMinimumHeight(int(self._head() + len(self._numbers) * self._row() + PAD))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self.minimumHeight())

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look, dirty = theme.current(), QRectF(event.rect())
        if dirty.top() < self._head() and self._numbers:
            self._paint_head(painter)
        for number in self._numbers:
            row = QRectF(self.row_rect(number))
            if not row.intersects(dirty):
                continue
            if number == self._chosen:
                painter.setPen(QPen(QColor(look.accent), 1.2) if self.hasFocus() else Qt.PenStyle.NoPen)
                painter.setBrush(QColor(look.raised))
                painter.drawRoundedRect(row.adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
            self._paint_row(painter, number, row, dirty)

    def _paint_head(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        painter.setFont(theme.font(0.92))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(theme.current().muted))
        middle = int(Qt.AlignmentFlag.AlignCenter)
        now = self._now_column().adjusted(0, 0, -PAD, 0)
        now.setHeight(self._head())
        painter.drawText(now, middle, "now")
        width, _, left = self._tile()
        painter.drawText(QRectF(0, 0, left - PAD, now.height()), middle, "step")
        end = left - PAD
        for i, step in enumerate(self._steps):
            text = short_number(step)
            wide = metrics.horizontalAdvance(text)
            x = left + (i * (width + GAP) + width / 2) / ratio - wide / 2
            if x > end and x + wide < now.left():
                painter.drawText(QRectF(x, 0, wide + 2, now.height()), Qt.AlignmentFlag.AlignVCenter, text)
                end = x + wide + 4

    def _paint_row(self, painter: QPainter, number: int, row: QRectF, dirty: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        _, height, left = self._tile()
        head = QPointF(PAD + head_radius() + 2, row.center().y())
        paint_head(painter, head, number, chosen=number == self._chosen)
        if dirty.left() < self._now_column().left():
            strip = self._strip(number)
            if strip is not None:
                top = round((row.center().y() - height / ratio / 2) * ratio) / ratio
                painter.drawImage(QPointF(left, top), strip)
        image = self._now.get(number)
        if image is None:
            return
        wide, high = (size / ratio for size in self._now_size())
        middle = self._now_column().adjusted(0, 0, -PAD, 0).center().x()
        where = QRectF(round(middle - wide / 2), round(row.center().y() - high / 2), wide, high)
        if wide * ratio < image.width() * pixel_image.CRISP_FROM:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(where, image)

    def _strip(self, number: int) -> QImage | None:
        made = self._strips.get(number)
        film = self._films.get(number)
        if made is None and film is not None and len(film):
            width, height, _ = self._tile()
            ground = QColor(
                theme.current().raised if number == self._chosen else theme.current().surface
            ).rgb()
            canvas = tiled(film, height, width, GAP, ground & 0xFFFFFFFF, colours_of(self._shape))
            made = pixel_image.canvas_image(canvas).copy()
            made.setDevicePixelRatio(self.devicePixelRatioF())
            self._strips[number] = made
        return made

    # --- events ---------------------------------------------------------------------------------------

    def _number_at(self, place: QPoint) -> int:
        return next((number for number in self._numbers if self.row_rect(number).contains(place)), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._number_at(event.position().toPoint())
        if number and event.button() == Qt.MouseButton.LeftButton:
            self.row_chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose, Delete removes, Enter chooses the same row again."""
        key, chosen = event.key(), self._chosen if self._chosen in self._numbers else 0
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key))
        if step is not None and self._numbers:
            at = self._numbers.index(chosen) + step if chosen else 0
            self.row_chosen.emit(self._numbers[min(max(0, at), len(self._numbers) - 1)])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and chosen:
            self.removal_requested.emit(chosen)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen:
            self.row_chosen.emit(chosen)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._strips = {}
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out()
        super().changeEvent(event)
