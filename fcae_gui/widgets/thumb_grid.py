"""Any number of small pictures in a scrolling grid, of which only the visible ones are ever made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from fcae_gui import theme
from fcae_gui.widgets.bar_view import spaced_bars
from fcae_gui.widgets.empty_note import paint_empty
from fcae_gui.widgets.pixel_image import GREY, canvas_image, fit_shape, ramp, resized, to_bytes

Array = np.ndarray

SIDE_PX = 56  # of a picture, at ordinary text size: twice the pixels of MNIST
GAP_PX = 8
EDGE_PX = 6
STRIPE_PX = 5


class ThumbGrid(QAbstractScrollArea):
    """set_samples gives the pictures, set_rows which of them to show and in which order; set_* never emit.

    One tab stop: arrows, Page keys, Home and End move the frame, and what it stands on is chosen.
    """

    hovered = Signal(int)  # sample under the mouse, -1 for none
    chosen = Signal(int)  # sample that was clicked or reached by a key
    drag_started = Signal(int)  # sample that is being pulled away with the mouse

    def __init__(
        self, parent: QWidget | None = None, *, caption_lines: int = 1, most_side: int = SIDE_PX
    ) -> None:
        """most_side: pictures grow up to this, at ordinary text size, while all of them can be seen."""
        super().__init__(parent)
        self._caption_lines = caption_lines
        self._most_side, self._fitting = most_side, SIDE_PX
        self._stripe: Callable[[int], QColor | None] | None = None
        self._features: Array | None = None
        self._shape: tuple[int, int] | None = None
        self._value_range = (0.0, 1.0)
        self._rows = np.empty(0, np.int64)
        self._caption: Callable[[int], str] = str
        self._message = ""
        self._at = -1  # place of the frame in the order
        self._under = -1
        self._pressed: QPoint | None = None  # where the left button went down on a picture
        self._canvas: Array = np.empty((0, 0), np.uint32)
        self._key: tuple[object, ...] = ()
        self._version = 0
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pictures")
        self.viewport().setMouseTracking(True)
        self.setMinimumSize(160, 100)

    # --- in -------------------------------------------------------------------------------------------

    def set_samples(self, features: Array | None, shape: tuple[int, int] | None) -> None:
        """The samples (n, d), uint8 or float32 in [0, 1], and (height, width) or None for bars."""
        self._features, self._shape = features, shape
        if features is not None and shape is None and len(features):
            some = features[:: max(1, len(features) // 2000)]
            self._value_range = (min(0.0, float(np.nanmin(some))), max(1e-6, float(np.nanmax(some))))
        self._rows = np.empty(0, np.int64)
        self._at = self._under = -1
        self._lay_out()

    def set_rows(self, rows: Array) -> None:
        """Which samples (k,) to show, in this order."""
        here = int(self._rows[self._at]) if 0 <= self._at < len(self._rows) else -1
        self._rows = np.asarray(rows, np.int64)
        where = np.flatnonzero(self._rows == here) if here >= 0 else np.empty(0, np.int64)
        self._at = int(where[0]) if len(where) else -1
        self._lay_out()

    def set_caption(self, caption: Callable[[int], str]) -> None:
        """The text under a sample; asked for those that can be seen, when they are painted."""
        self._caption = caption
        self.viewport().update()

    def set_stripe(self, stripe: Callable[[int], QColor | None]) -> None:
        """The colour of a bar along the foot of a sample's picture, None for none."""
        self._stripe = stripe
        self.viewport().update()

    def set_message(self, text: str) -> None:
        """What is said when there is nothing to show."""
        self._message = text
        self.viewport().update()

    def refresh(self) -> None:
        """Captions say something else now."""
        self.viewport().update()

    def picture(self, row: int) -> QImage:
        """One sample as it is drawn here, a null image when there is none."""
        if self._features is None or not 0 <= row < len(self._features):
            return QImage()
        return canvas_image(np.ascontiguousarray(self._pictures(np.array([row]), SIDE_PX)[0])).copy()

    # --- asked ----------------------------------------------------------------------------------------

    def rows(self) -> Array:
        """The samples in their order."""
        return self._rows

    def row_at(self, place: QPoint) -> int:
        """The sample at a place of the viewport, -1 for none."""
        index = self._index_at(place)
        return int(self._rows[index]) if index >= 0 else -1

    def place_of(self, index: int) -> QRect:
        """Where the picture at place `index` of the order is, in the viewport."""
        columns, side = self._columns(), self._side()
        row, column = divmod(index, columns)
        left = EDGE_PX + column * (side + GAP_PX)
        top = EDGE_PX + row * self._pitch() - self.verticalScrollBar().value()
        return QRect(left, top, side, side)

    # --- layout ---------------------------------------------------------------------------------------

    def _side(self) -> int:
        return round(self._fitting * theme.text_px() / 13)

    def _fit(self) -> None:
        """Take the largest side at which all pictures can be seen, or the ordinary one."""
        for side in range(self._most_side if len(self._rows) else SIDE_PX, SIDE_PX, -4):
            self._fitting = side
            lines = -(-len(self._rows) // self._columns())
            if 2 * EDGE_PX + lines * self._pitch() <= self.viewport().height():
                return
        self._fitting = SIDE_PX

    def _line(self) -> int:
        return self._caption_lines * QFontMetrics(theme.font(0.92)).height()

    def _pitch(self) -> int:
        return self._side() + self._line() + GAP_PX

    def _columns(self) -> int:
        return max(1, (self.viewport().width() - 2 * EDGE_PX + GAP_PX) // (self._side() + GAP_PX))

    def _lay_out(self) -> None:
        self._version += 1
        self._fit()
        lines = -(-len(self._rows) // self._columns())
        height = 2 * EDGE_PX + lines * self._pitch()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(1, self._pitch() // 2))
        self.setAccessibleDescription(f"{len(self._rows):,} pictures")
        self.viewport().update()

    def _visible(self) -> range:
        columns, top = self._columns(), self.verticalScrollBar().value()
        first = max(0, (top - EDGE_PX) // self._pitch()) * columns
        last = ((top + self.viewport().height()) // self._pitch() + 1) * columns
        return range(min(first, len(self._rows)), min(last, len(self._rows)))

    def _index_at(self, place: QPoint) -> int:
        for index in self._visible():
            if self.place_of(index).adjusted(-GAP_PX // 2, 0, GAP_PX // 2, self._line()).contains(place):
                return index
        return -1

    def sizeHint(self) -> QSize:
        return QSize(5 * (self._side() + GAP_PX) + 2 * EDGE_PX, 3 * self._pitch())

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        viewport, colours = self.viewport(), theme.current()
        painter = QPainter(viewport)
        if self._features is None or len(self._rows) == 0:
            painter.fillRect(viewport.rect(), QColor(colours.surface))
            paint_empty(painter, QRectF(viewport.rect()), self._message)
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        self._refresh_canvas(ratio)
        image = canvas_image(self._canvas)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)
        font = theme.font(0.92)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        for index in self._visible():
            place = self.place_of(index)
            below = QRect(
                place.left() - GAP_PX // 2, place.bottom() + 1, place.width() + GAP_PX, self._line()
            )
            text = self._caption(int(self._rows[index]))
            stripe = self._stripe(int(self._rows[index])) if self._stripe is not None else None
            if stripe is not None:
                painter.fillRect(place.adjusted(0, place.height() - STRIPE_PX, 0, 0), stripe)
            painter.setPen(QColor(colours.text if index in (self._at, self._under) else colours.muted))
            lines = [
                metrics.elidedText(line, Qt.TextElideMode.ElideRight, below.width())
                for line in text.splitlines()[: self._caption_lines]
            ]
            painter.drawText(below, centre, "\n".join(lines))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, colour in ((self._under, colours.text), (self._at, colours.accent)):
            if 0 <= index < len(self._rows):
                painter.setPen(QPen(QColor(colour), 2.0))
                painter.drawRoundedRect(QRectF(self.place_of(index)).adjusted(-2, -2, 2, 2), 3, 3)
        painter.end()

    def _refresh_canvas(self, ratio: float) -> None:
        viewport = self.viewport()
        width, height = round(viewport.width() * ratio), round(viewport.height() * ratio)
        key = (
            width, height, ratio, self._version, self.verticalScrollBar().value(), theme.current().name,
            theme.text_px(),
        )  # fmt: skip
        if key == self._key:
            return
        self._key = key
        if self._canvas.shape != (height, width):
            self._canvas = np.empty((height, width), np.uint32)
        surface = QColor(theme.current().surface).rgb()
        self._canvas.fill(surface)
        visible = self._visible()
        side = round(self._side() * ratio)
        pictures = self._pictures(self._rows[visible.start : visible.stop], side)  # (k, h, w) uint32
        tall, wide = pictures.shape[1:]
        for index, picture in zip(visible, pictures, strict=True):
            place = self.place_of(index)
            left = round(place.left() * ratio) + (side - wide) // 2
            top = round(place.top() * ratio) + (side - tall) // 2
            cut = max(0, -top)
            if left + wide <= width and top < height and cut < tall:
                shown = picture[cut : cut + height - max(0, top)]
                self._canvas[top + cut : top + cut + len(shown), left : left + wide] = shown

    def _pictures(self, rows: Array, side: int) -> Array:
        assert self._features is not None
        chosen = self._features[rows]
        if self._shape is None:
            values = chosen.astype(np.float32) / 255 if chosen.dtype == np.uint8 else chosen
            bars = spaced_bars(values, *self._value_range, side)
            now = theme.current()
            return ramp(now.raised, now.accent)[resized(bars, side, side)]
        grey = to_bytes(chosen).reshape(-1, *self._shape)
        width, height = fit_shape(side, side, self._shape)
        return GREY[resized(grey, height, width)]

    # --- a hand on it ---------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        self._set_under(self._index_at(place))
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (place - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            row, self._pressed = self.row_at(self._pressed), None
            if row >= 0:
                self.drag_started.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self._index_at(place) >= 0:
            self._pressed = place

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        pressed, self._pressed = self._pressed, None
        if pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            index = self._index_at(pressed)
            if index >= 0:
                self._choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._columns()
        page = columns * max(1, self.viewport().height() // self._pitch())
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page, Qt.Key.Key_Home: -len(self._rows),
            Qt.Key.Key_End: len(self._rows),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or len(self._rows) == 0:
            super().keyPressEvent(event)
            return
        index = 0 if self._at < 0 else min(max(0, self._at + step), len(self._rows) - 1)
        place = self.place_of(index)
        bar, bottom = self.verticalScrollBar(), self.viewport().height() - self._line() - EDGE_PX
        if place.top() < EDGE_PX:
            bar.setValue(bar.value() + place.top() - EDGE_PX)
        elif place.bottom() > bottom:
            bar.setValue(bar.value() + place.bottom() - bottom)
        self._choose(index)

    def event(self, event: QEvent) -> bool:
        ours = (Qt.Key.Key_Home, Qt.Key.Key_End)
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in ours
        ):
            event.accept()  # Home goes to the first picture, and does not rewind the training
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._set_under(-1)
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._set_under(-1)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._lay_out()
        super().changeEvent(event)

    def _set_under(self, index: int) -> None:
        if index != self._under:
            self._under = index
            self.viewport().update()
            self.hovered.emit(int(self._rows[index]) if 0 <= index < len(self._rows) else -1)

    def _choose(self, index: int) -> None:
        self._at = index
        self.viewport().update()
        self.chosen.emit(int(self._rows[index]))
