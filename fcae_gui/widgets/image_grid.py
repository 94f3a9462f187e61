"""Rows of small pictures over each other, painted as one image, so that a frame costs little."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.bar_view import bars_as_pixels
from fcae_gui.widgets.grid_placement import Placement, place

GAP = 2  # device-independent pixels between pictures
BAND_GAP = 8
MARGIN = 4
BAR_HEIGHT = 48  # pixels of a bar picture before it is fitted


class ImageGrid(QWidget):
    """`count` samples: a row of originals, one of outputs, then optional ones: a reference that is held
    against the outputs, and the signed difference of output and original."""

    hovered = Signal(int)  # sample under the mouse or chosen by key, -1 for none
    dragged = Signal(int)  # a sample that the mouse pulls away with its left button

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._features = 0
        self._originals: np.ndarray | None = None  # (k, d) float32
        self._outputs: np.ndarray | None = None
        self._reference: np.ndarray | None = None
        self._labels = {"original": "original", "output": "output", "reference": "", "error": "error"}
        self._errors_shown = False
        self._message = ""
        self._chosen = -1
        self._pressed: QPointF | None = None  # where the left button went down on a sample
        self._placement: Placement | None = None
        self._canvas: np.ndarray | None = None
        self._image: QImage | None = None
        self._stale = (True, True)  # originals, outputs
        self._range = (0.0, 1.0)
        self._focus_shown = False
        self._grey = pixel_image.GREY
        self._outside_marked = False
        self._most_bands: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 60)

    # --- what is shown

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures, None for a table. What was shown goes."""
        self._shape = shape
        self._originals = self._outputs = self._reference = None
        self.choose(-1)
        self._lay_out_soon()

    def set_message(self, text: str) -> None:
        """What stands there while there is nothing to show."""
        self._message = text
        self.update()

    def set_errors_shown(self, shown: bool) -> None:
        """The third row."""
        if shown != self._errors_shown:
            self._errors_shown = shown
            self._lay_out_soon()

    def set_reference(self, images: np.ndarray | None, label: str = "") -> None:
        """(k, d) float32 of the same samples as a row under the outputs, with a short label; None: no row."""
        if images is not None and (self._originals is None or images.shape != self._originals.shape):
            images = None
        if (images is None) != (self._reference is None) or label != self._labels["reference"]:
            self._lay_out_soon()
        self._reference, self._labels["reference"] = images, label
        self._stale = (True, True)
        self.update()

    def set_single_band(self, single: bool) -> None:
        """All samples in one line, however small, instead of in as many as make them largest."""
        self._most_bands = 1 if single else None
        self._lay_out_soon()

    @property
    def bands(self) -> int:
        """In how many lines the samples stand."""
        return self._placement.bands if self._placement is not None else 1

    def set_binary(self, binary: bool) -> None:
        """Black ink on white paper instead of white on black; signed differences stay as they are."""
        self._grey = pixel_image.BINARY if binary else pixel_image.GREY
        self._stale = (True, True)
        self.update()

    def set_outside_marked(self, marked: bool) -> None:
        """Whether pixels of outputs under 0 are blue and those over 1 orange."""
        if marked != self._outside_marked:
            self._outside_marked = marked
            self._stale = (self._stale[0], True)
            self.update()

    def set_originals(self, images: np.ndarray | None) -> None:
        """(k, d) float32; outputs of other samples go."""
        changed = images is None or self._originals is None or images.shape != self._originals.shape
        self._originals, self._outputs = images, None
        if self._reference is not None:
            self._reference = None
            self._lay_out_soon()
        if images is not None and len(images):
            self._features = images.shape[1]
            self._range = (min(0.0, float(np.nanmin(images))), max(1e-9, float(np.nanmax(images))))
        if changed:
            self.choose(-1)
            self._lay_out_soon()
        self._stale = (True, True)
        self.update()

    def set_outputs(self, images: np.ndarray) -> None:
        """(k, d) float32 for the same samples; others are ignored, as they belong to an older choice."""
        if self._originals is None or images.shape != self._originals.shape:
            return
        self._outputs = images
        self._stale = (self._stale[0], True)
        self.update()

    @property
    def chosen(self) -> int:
        """The framed sample, -1 for none."""
        return self._chosen

    @property
    def count(self) -> int:
        """Number of samples."""
        return 0 if self._originals is None else len(self._originals)

    def pair(self, index: int) -> tuple[np.ndarray, np.ndarray | None]:
        """(original, output or None) of a sample: (d,) each."""
        assert self._originals is not None
        return self._originals[index], None if self._outputs is None else self._outputs[index]

    def reference(self, index: int) -> np.ndarray | None:
        """The reference (d,) of a sample, None without one."""
        return None if self._reference is None else self._reference[index]

    def rows(self) -> list[str]:
        """What the rows hold, from above: "original", "output", and where shown "reference", "error"."""
        names = ["original", "output"]
        if self._reference is not None:
            names.append("reference")
        if self._errors_shown:
            names.append("error")
        return names

    @property
    def outside_marked(self) -> bool:
        """Whether outputs outside [0, 1] are coloured."""
        return self._outside_marked

    def outside(self) -> tuple[int, int] | None:
        """(how many output values lie outside [0, 1], how many there are), None without outputs."""
        if self._outputs is None or not self._outputs.size:
            return None
        values = self._outputs
        return int(np.count_nonzero((values < 0) | (values > 1))), values.size

    @property
    def value_range(self) -> tuple[float, float]:
        """Lowest and highest value of the originals, 0 included."""
        return self._range

    def choose(self, index: int) -> None:
        """Frame a sample; -1 for none. Emits when it changed."""
        index = index if 0 <= index < self.count else -1
        if index != self._chosen:
            self._chosen = index
            self.update()
            self.hovered.emit(index)

    def rect_of(self, index: int) -> QRect:
        """Where a sample's column of pictures lies, in this widget."""
        if self._placement is None or not 0 <= index < self.count:
            return QRect()
        ratio, place_ = self.devicePixelRatioF(), self._placement
        x0, y0 = place_.origin(0, index)
        _, y1 = place_.origin(place_.rows - 1, index)
        corner = self._corner()
        high = y1 - y0 + place_.tile[1]
        return QRectF(
            corner.x() + x0 / ratio, corner.y() + y0 / ratio, place_.tile[0] / ratio, high / ratio
        ).toAlignedRect()

    def index_at(self, at: QPointF) -> int:
        """The sample at a position, -1 for none."""
        for index in range(self.count):
            if QRectF(self.rect_of(index)).adjusted(-1, -1, 1, 1).contains(at):
                return index
        return -1

    # --- painting

    def _lay_out_soon(self) -> None:
        self._placement = None
        self.update()

    def _tile_shape(self) -> tuple[int, int]:
        if self._shape is not None:
            return self._shape
        across = min(3.0, max(1.0, self._features / 8))  # few bars need no more width than height
        return BAR_HEIGHT, round(across * BAR_HEIGHT)

    def _corner(self) -> QPointF:
        """Top left of the pictures: centred, on whole device pixels."""
        ratio = self.devicePixelRatioF()
        wide, high = self._placement.size() if self._placement else (0, 0)
        return QPointF(
            max(0, int((self.width() * ratio - wide) / 2)) / ratio,
            max(0, int((self.height() * ratio - high) / 2)) / ratio,
        )

    def _lay_out(self) -> None:
        ratio = self.devicePixelRatioF()
        metrics = QFontMetricsF(theme.font())
        rows = self.rows()
        wide = max(metrics.horizontalAdvance(self._labels[name]) for name in rows) + 6
        self._placement = place(
            self.count,
            len(rows),
            self._tile_shape(),
            room=(int((self.width() - 2 * MARGIN) * ratio), int((self.height() - 2 * MARGIN) * ratio)),
            label=(round(wide * ratio), round(metrics.height() * ratio)),
            gap=max(1, round(GAP * ratio)),
            band_gap=round(BAND_GAP * ratio),
            most_bands=self._most_bands,
        )
        size = self._placement.size()
        ground = np.uint32(QColor(theme.current().surface).rgb() & 0xFFFFFFFF)
        self._canvas = np.full((size[1], size[0]), ground, np.uint32)
        self._image = pixel_image.canvas_image(self._canvas)
        self._image.setDevicePixelRatio(ratio)
        self._stale = (True, True)

    def _as_tiles(self, values: np.ndarray, *, signed: bool) -> tuple[np.ndarray, np.ndarray]:
        """(k, d) values -> ((k, tile height, tile width) uint8, colour table)."""
        assert self._placement is not None
        wide, high = self._placement.tile
        if self._shape is not None:
            data = pixel_image.signed_to_bytes(values) if signed else pixel_image.to_bytes(values)
            table = pixel_image.SIGNED if signed else self._grey
            return pixel_image.resized(data.reshape(len(values), *self._shape), high, wide), table
        look = theme.current()
        low, top = self._range
        most = max(abs(low), abs(top))
        bars = bars_as_pixels(values, -most, most, high) if signed else bars_as_pixels(values, low, top, high)
        spaced = np.zeros((len(values), high, 4 * values.shape[1]), np.uint8)
        for i in range(3):  # three quarters bar, one quarter gap
            spaced[:, :, i::4] = bars
        colour = look.test if signed else look.accent
        return pixel_image.resized(spaced, high, wide), pixel_image.ramp(look.raised, colour)

    def _put(self, row: int, values: np.ndarray, *, signed: bool = False) -> None:
        """Write one row of pictures into the canvas."""
        assert self._placement is not None and self._canvas is not None
        tiles, table = self._as_tiles(values, signed=signed)
        wide, high = self._placement.tile
        coloured = table[tiles]
        if row == 1 and self._outside_marked and self._shape is not None:
            for outside, colour in ((values < 0, pixel_image.BELOW), (values > 1, pixel_image.ABOVE)):
                if outside.any():
                    spots = outside.astype(np.uint8).reshape(-1, *self._shape) * np.uint8(255)
                    coloured[pixel_image.resized(spots, high, wide) > 127] = colour
        for index in range(len(values)):
            x, y = self._placement.origin(row, index)
            self._canvas[y : y + high, x : x + wide] = coloured[index]

    def _refresh(self) -> None:
        ratio = self.devicePixelRatioF()
        if self._placement is None or (self._image is not None and self._image.devicePixelRatio() != ratio):
            self._lay_out()
        assert self._originals is not None
        rows = self.rows()
        if self._stale[0]:
            self._put(0, self._originals)
            if self._reference is not None:
                self._put(rows.index("reference"), self._reference)
        if self._stale[1]:
            if self._outputs is not None:
                self._put(1, self._outputs)
                if self._errors_shown:
                    self._put(rows.index("error"), self._outputs - self._originals, signed=True)
            else:
                self._blank(1)
                if self._errors_shown:
                    self._blank(rows.index("error"))
        self._stale = (False, False)

    def _blank(self, row: int) -> None:
        assert self._placement is not None and self._canvas is not None
        wide, high = self._placement.tile
        colour = np.uint32(QColor(theme.current().raised).rgb() & 0xFFFFFFFF)
        for index in range(self.count):
            x, y = self._placement.origin(row, index)
            self._canvas[y : y + high, x : x + wide] = colour

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = theme.current()
        if self._focus_shown:
            painter.setPen(QPen(QColor(look.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if not self.count:
            painter.setFont(theme.font())
            painter.setPen(QColor(look.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 4, -8, -4), flags, self._message)
            return
        self._refresh()
        assert self._placement is not None and self._image is not None
        corner = self._corner()
        painter.drawImage(corner, self._image)
        self._paint_labels(painter, corner)
        if self._chosen >= 0:
            painter.setPen(QPen(QColor(look.accent), max(1.5, look.line_px * 0.75)))
            painter.drawRect(QRectF(self.rect_of(self._chosen)).adjusted(-1, -1, 0, 0))

    def _paint_labels(self, painter: QPainter, corner: QPointF) -> None:
        assert self._placement is not None
        ratio, made = self.devicePixelRatioF(), self._placement
        painter.setFont(theme.font())
        painter.setPen(QColor(theme.current().muted))
        for band in range(made.bands):
            for row, name in enumerate(self.rows()):
                x, y = made.origin(row, band * made.columns)
                if made.left:
                    box = QRectF(
                        corner.x(), corner.y() + y / ratio, made.left / ratio - 5, made.tile[1] / ratio
                    )
                    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                else:
                    box = QRectF(
                        corner.x() + x / ratio, corner.y() + (y - made.top) / ratio, 400, made.top / ratio
                    )
                    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
                painter.drawText(box, flags | Qt.TextFlag.TextDontClip, self._labels[name])

    # --- events

    def resizeEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self._lay_out_soon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out_soon()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.index_at(event.position()) >= 0:
            self._pressed = event.position()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            away = (event.position() - self._pressed).manhattanLength()
            index = self.index_at(self._pressed)
            if away >= QGuiApplication.styleHints().startDragDistance() and index >= 0:
                self._pressed = None
                self.choose(-1)
                self.dragged.emit(index)
            return
        self.choose(self.index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.choose(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = False
        self.choose(-1)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose a sample, Escape none."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.count:
            step = 1 if key == Qt.Key.Key_Right else -1
            start = self._chosen if self._chosen >= 0 else (-1 if step > 0 else self.count)
            self.choose(min(max(0, start + step), self.count - 1))
        elif key == Qt.Key.Key_Escape and self._chosen >= 0:
            self.choose(-1)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, 180)
