"""Rows of signed numbers as small pictures on one common scale: blue below 0, white at 0, orange above."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from fcae_gui import theme
from fcae_gui.widgets.empty_note import paint_empty
from fcae_gui.widgets.neuron_colours import end_colours
from fcae_gui.widgets.pixel_image import SIGNED, canvas_image, fit_shape, resized, signed_to_bytes

SMALL_PX, LARGE_PX = 44, 176  # side of a picture at ordinary text size
GAP_PX, EDGE_PX = 6, 8
ENLARGED_PX = 148


class FilterGrid(QAbstractScrollArea):
    """set_filters gives the rows, in the order of the units; set_order in which order to show them.

    Under the mouse, or the frame of the arrow keys, a picture is enlarged with its text.
    """

    pointed = Signal(int)  # unit that is enlarged, -1 for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.zeros((0, 0), np.float32)
        self._shape: tuple[int, int] | None = None
        self._columns: tuple[str, ...] = ()
        self._order = np.empty(0, np.int64)
        self._scale = 1.0
        self._text: Callable[[int], str] = str
        self._message = ""
        self._side = SMALL_PX
        self._under = self._at = -1  # places in the order: of the mouse and of the keys
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Filters")
        self.viewport().setMouseTracking(True)
        self.setMinimumSize(160, 80)

    # --- in -------------------------------------------------------------------------------------------

    def set_filters(self, values: np.ndarray, shape: tuple[int, int] | None, scale: float) -> None:
        """(n, d) float32, pictures of (height, width) or None for bars; `scale` is what full colour means."""
        others = values.shape != self._values.shape or shape != self._shape
        self._values, self._shape, self._scale = values, shape, max(scale, 1e-12)
        if others:
            self._order = np.arange(len(values))
            self._under = self._at = -1
            self._lay_out()
        self.viewport().update()

    def set_order(self, order: np.ndarray) -> None:
        """(n,) units in the order to show them; others than there are now are ignored."""
        if len(order) != len(self._values):
            return
        unit = int(self._order[self._at]) if 0 <= self._at < len(self._order) else -1
        self._order = order
        self._at = int(np.flatnonzero(order == unit)[0]) if unit >= 0 else -1
        self.viewport().update()

    def set_column_names(self, names: tuple[str, ...]) -> None:
        """For a table: a name per column, written beside the bars where there is room."""
        self._columns = names
        self.viewport().update()

    def set_text(self, text: Callable[[int], str]) -> None:
        """What is said of a unit when it is enlarged."""
        self._text = text

    def set_message(self, text: str) -> None:
        """What stands there while there is nothing."""
        self._message = text
        self.viewport().update()

    # --- asked ----------------------------------------------------------------------------------------

    @property
    def enlarged(self) -> int:
        """The unit that is enlarged, -1 for none."""
        place = self._under if self._under >= 0 else self._at if self.hasFocus() else -1
        return int(self._order[place]) if 0 <= place < len(self._order) else -1

    def order(self) -> np.ndarray:
        """(n,) units as they are shown."""
        return self._order

    def place_of(self, index: int) -> QRect:
        """Where the picture at place `index` of the order is, in the viewport."""
        side, columns = self._side, self._across(self._side)
        row, column = divmod(index, columns)
        top = EDGE_PX + row * (side + GAP_PX) - self.verticalScrollBar().value()
        return QRect(EDGE_PX + column * (side + GAP_PX), top, side, side)

    # --- layout ---------------------------------------------------------------------------------------

    def _across(self, side: int) -> int:
        return max(1, (self.viewport().width() - 2 * EDGE_PX + GAP_PX) // (side + GAP_PX))

    def _fitting_side(self) -> int:
        """The largest side with which all fit; small ones and a scroll bar when they are many."""
        factor = theme.text_px() / 13
        small, large = round(SMALL_PX * factor), round(LARGE_PX * factor)
        if not len(self._values):
            return small
        room = self.viewport().height() - 2 * EDGE_PX + GAP_PX
        for side in range(large, small, -2):
            if -(-len(self._values) // self._across(side)) * (side + GAP_PX) <= room:
                return side
        return small

    def _lay_out(self) -> None:
        self._side = side = self._fitting_side()
        lines = -(-len(self._values) // self._across(side))
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, 2 * EDGE_PX + lines * (side + GAP_PX) - GAP_PX - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(side // 2)
        self.setAccessibleDescription(f"{len(self._values):,} pictures")

    def _visible(self) -> range:
        side, top = self._side, self.verticalScrollBar().value()
        columns, pitch = self._across(side), side + GAP_PX
        first = max(0, (top - EDGE_PX) // pitch) * columns
        last = ((top + self.viewport().height()) // pitch + 1) * columns
        return range(min(first, len(self._order)), min(last, len(self._order)))

    def _index_at(self, place: QPoint) -> int:
        return next((index for index in self._visible() if self.place_of(index).contains(place)), -1)

    def sizeHint(self) -> QSize:
        return QSize(360, 220)

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self.viewport()), theme.current()
        painter.fillRect(self.viewport().rect(), QColor(look.surface))
        if not len(self._values):
            paint_empty(painter, QRectF(self.viewport().rect()), self._message)
            return
        visible = self._visible()
        units = self._order[visible.start : visible.stop]
        if self._shape is not None:
            self._paint_pictures(painter, visible, units)
        else:
            for index, unit in zip(visible, units.tolist(), strict=True):
                values = self._values[unit] / self._scale
                paint_signed_bars(painter, QRectF(self.place_of(index)), values, self._columns)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, colour in ((self._at if self.hasFocus() else -1, look.accent), (self._under, look.text)):
            if place in visible:
                painter.setPen(QPen(QColor(colour), 2.0))
                painter.drawRect(QRectF(self.place_of(place)).adjusted(-1, -1, 1, 1))
        if self.enlarged >= 0:
            self._paint_enlarged(painter, self._under if self._under >= 0 else self._at)

    def _paint_pictures(self, painter: QPainter, visible: range, units: np.ndarray) -> None:
        """All visible pictures in one canvas: one call paints them."""
        assert self._shape is not None
        ratio = self.devicePixelRatioF()
        width, height = (round(size * ratio) for size in self.viewport().size().toTuple())  # type: ignore[attr-defined]
        side = round(self._side * ratio)
        wide, tall = fit_shape(side, side, self._shape)
        data = signed_to_bytes(self._values[units] / np.float32(self._scale)).reshape(-1, *self._shape)
        made = SIGNED[resized(data, tall, wide)]  # (k, tall, wide) uint32
        canvas = np.full((height, width), np.uint32(QColor(theme.current().surface).rgb()), np.uint32)
        for index, picture in zip(visible, made, strict=True):
            place = self.place_of(index)
            left = round(place.left() * ratio) + (side - wide) // 2
            top = round(place.top() * ratio) + (side - tall) // 2
            cut = max(0, -top)
            if left + wide <= width and top < height and cut < tall:
                shown = picture[cut : cut + height - max(0, top)]
                canvas[top + cut : top + cut + len(shown), left : left + wide] = shown
        image = canvas_image(canvas)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)
        if not theme.current().dark:  # white pictures on a white ground need an edge
            painter.setPen(QPen(QColor(theme.current().line), 1))
            for index in visible:
                box = QRectF(0, 0, wide / ratio, tall / ratio)
                box.moveCenter(QRectF(self.place_of(index)).center())
                painter.drawRect(box)

    def _paint_enlarged(self, painter: QPainter, place: int) -> None:
        """A card beside the picture: large, with what it is in words."""
        unit, look = int(self._order[place]), theme.current()
        font = theme.font()
        metrics = QFontMetrics(font)
        room, at = self.viewport().rect(), self.place_of(place)
        side = min(round(ENLARGED_PX * theme.text_px() / 13), room.height() - 2 * GAP_PX)
        text_width = min(round(190 * theme.text_px() / 13), room.width() - side - 5 * GAP_PX)
        if text_width < 60:
            text_width, side = room.width() - 5 * GAP_PX, 0
        wrap = int(Qt.TextFlag.TextWordWrap)
        text = self._text(unit)
        needed = metrics.boundingRect(QRect(0, 0, text_width, 10_000), wrap, text).height()
        card = QRect(0, 0, side + text_width + 3 * GAP_PX, max(side, needed) + 2 * GAP_PX)
        card.moveTopLeft(QPoint(at.right() + GAP_PX, at.top()))
        if card.right() > room.right() - 1:
            card.moveRight(at.left() - GAP_PX)
        card.moveLeft(max(1, min(card.left(), room.right() - card.width())))
        card.moveTop(max(1, min(card.top(), room.bottom() - card.height())))
        painter.setPen(QPen(QColor(look.line), 1))
        painter.setBrush(QColor(look.raised))
        painter.drawRoundedRect(QRectF(card), 4, 4)
        if side:
            box = QRectF(card.left() + GAP_PX, card.top() + GAP_PX, side, side)
            self._paint_one(painter, box, unit)
        painter.setFont(font)
        painter.setPen(QColor(look.text))
        words = QRect(
            card.left() + side + 2 * GAP_PX, card.top() + GAP_PX, text_width, card.height() - 2 * GAP_PX
        )
        painter.drawText(words, wrap, text)

    def _paint_one(self, painter: QPainter, box: QRectF, unit: int) -> None:
        values = self._values[unit] / np.float32(self._scale)
        if self._shape is None:
            paint_signed_bars(painter, box, values, self._columns)
            return
        ratio = self.devicePixelRatioF()
        wide, tall = fit_shape(box.width() * ratio, box.height() * ratio, self._shape)
        data = signed_to_bytes(values).reshape(1, *self._shape)
        canvas = np.ascontiguousarray(SIGNED[resized(data, tall, wide)][0])
        image = canvas_image(canvas)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(box.topLeft(), image)

    # --- a hand on it ---------------------------------------------------------------------------------

    def _set_under(self, index: int) -> None:
        if index != self._under:
            self._under = index
            self.viewport().update()
            self.pointed.emit(self.enlarged)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_under(self._index_at(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._set_under(-1)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._across(self._side)
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or not len(self._order):
            super().keyPressEvent(event)
            return
        self._at = 0 if self._at < 0 else min(max(0, self._at + step), len(self._order) - 1)
        place, bar = self.place_of(self._at), self.verticalScrollBar()
        if place.top() < EDGE_PX:
            bar.setValue(bar.value() + place.top() - EDGE_PX)
        elif place.bottom() > self.viewport().height() - EDGE_PX:
            bar.setValue(bar.value() + place.bottom() - self.viewport().height() + EDGE_PX)
        self.viewport().update()
        self.pointed.emit(self.enlarged)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell_focus()

    def _tell_focus(self) -> None:
        """The frame of the keys is there only with the focus."""
        self.viewport().update()
        self.pointed.emit(self.enlarged)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._set_under(-1)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._lay_out()
        super().changeEvent(event)


def paint_signed_bars(
    painter: QPainter, box: QRectF, values: np.ndarray, names: tuple[str, ...] = ()
) -> None:
    """(d,) values in [-1, 1] as bars from a line in the middle, in the two signed colours.

    With names the bars lie, each beside its name, where there is room for a line of text per bar.
    """
    look = theme.current()
    low, high = end_colours("weight")
    painter.fillRect(box, QColor(look.raised))
    n = max(1, len(values))
    metrics = QFontMetrics(theme.font(0.92))
    if len(names) == n and box.height() / n >= metrics.height() * 0.9:
        each, label = (
            box.height() / n,
            min(box.width() * 0.6, max(metrics.horizontalAdvance(x) for x in names)),
        )
        painter.setFont(theme.font(0.92))
        middle, half = box.left() + label + 4 + (box.width() - label - 4) / 2, (box.width() - label - 4) / 2
        for i, value in enumerate(np.clip(values, -1, 1).tolist()):
            top = box.top() + i * each
            painter.setPen(QColor(look.muted))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            shown = metrics.elidedText(names[i], Qt.TextElideMode.ElideRight, round(label))
            painter.drawText(QRectF(box.left(), top, label, each), flags, shown)
            long = abs(value) * half
            bar = QRectF(middle - (long if value < 0 else 0), top + each * 0.2, max(1.0, long), each * 0.6)
            painter.fillRect(bar, low if value < 0 else high)
        painter.fillRect(QRectF(middle, box.top(), 1, box.height()), QColor(look.muted))
        return
    across, foot = box.width() / n, box.center().y()
    gap = across * 0.25 if across >= 4 else 0.0
    for i, value in enumerate(np.clip(values, -1, 1).tolist()):
        tall = abs(value) * box.height() / 2
        bar = QRectF(box.left() + i * across + gap / 2, foot - (tall if value > 0 else 0), across - gap, tall)
        painter.fillRect(bar, low if value < 0 else high)
    painter.fillRect(QRectF(box.left(), foot - 0.5, box.width(), 1), QColor(look.line))
