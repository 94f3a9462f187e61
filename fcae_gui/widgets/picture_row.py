"""A few pictures beside each other with a line of text under each; some can be marked and chosen."""

from __future__ import annotations

from collections.abc import Sequence
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
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.bar_view import Columns, paint_sample_bars, spaced_bars

GAP_PX = 5.0
FRAME_PX = 2.5
BAR_ROWS = 48
NAMED_PX = 220.0  # width of a sample of a table from which its bars have names
MOST_TOLD = 24  # columns in a tip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """values (d,) float32 or None while they are on their way; signed: around 0, blue below, orange above."""

    values: np.ndarray | None
    text: str = ""
    short: str = ""  # said instead when there is no room for the text
    signed: bool = False
    marked: bool = False
    number: int = -1  # what `chosen` says
    tip: str = ""


class PictureRow(QWidget):
    """Pictures share the width; a heading above, if any. With `choosable` a click or Enter chooses one."""

    chosen = Signal(int)  # Picture.number

    def __init__(
        self, name: str, *, most: int, heading: bool = False, choosable: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._most = most  # as many are laid out, so that nothing moves when fewer are there
        self._with_heading = heading
        self._heading = ""
        self._empty = ""
        self._choosable = choosable
        self._shape: tuple[int, int] | None = None
        self._pictures: tuple[Picture, ...] = ()
        self._images: list[QImage | None] = []
        self._columns = Columns()
        self._at = -1  # under the mouse or reached by keys
        self._by_keys = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if choosable:
            self.setMouseTracking(True)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- in -------------------------------------------------------------------------------------------

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures, None for bars. What was shown goes."""
        self._shape = shape
        self.set_pictures(())

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table, told where there is room and in the tip."""
        self._columns = columns
        self.update()

    def set_heading(self, text: str) -> None:
        """What stands above."""
        if text != self._heading:
            self._heading = text
            self.update()

    def set_empty_text(self, text: str) -> None:
        """What stands there without pictures."""
        self._empty = text
        self.update()

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these."""
        self._pictures = tuple(pictures)
        self._images = [self._image(one) for one in self._pictures]
        if self._at >= len(self._pictures):
            self._at = -1
        texts = [f"{one.text}{' (marked)' if one.marked else ''}" for one in self._pictures]
        self.setAccessibleDescription(", ".join(texts))
        self.update()

    # --- asked ----------------------------------------------------------------------------------------

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What is shown."""
        return self._pictures

    @property
    def heading(self) -> str:
        """What stands above."""
        return self._heading

    def rect_of(self, index: int) -> QRectF:
        """Where a picture lies, without its text."""
        line = self._line()
        top = line + 4.0 if self._with_heading else 0.0
        wide = max(8.0, (self.width() - GAP_PX * (self._most - 1)) / self._most)
        high = max(8.0, self.height() - top - line - 6.0)
        rows, columns = self._shape if self._shape is not None else (3, 4)
        ratio = self.devicePixelRatioF()
        room = 2 * FRAME_PX if self._choosable else 0.0
        w, h = pixel_image.fit_shape((wide - room) * ratio, (high - room) * ratio, (rows, columns))
        if self._shape is None:
            w, h = int((wide - room) * ratio), int((high - room) * ratio)
        left = index * (wide + GAP_PX) + (wide - w / ratio) / 2
        return QRectF(
            round(left * ratio) / ratio, round((top + room / 2) * ratio) / ratio, w / ratio, h / ratio
        )

    def height_at(self, width: float, most: float) -> int:
        """The height at which the pictures fill `width`, none higher than `most`."""
        wide = max(8.0, (width - GAP_PX * (self._most - 1)) / self._most)
        rows, columns = self._shape if self._shape is not None else (3, 4)
        high = min(most, wide * rows / columns)
        return round(high + self._line() + 8.0 + (self._line() + 4.0 if self._with_heading else 0.0))

    def index_at(self, at: QPointF) -> int:
        """The picture at a position, -1 for none."""
        for index in range(len(self._pictures)):
            if self.rect_of(index).adjusted(-3, -3, 3, 3 + self._line()).contains(at):
                return index
        return -1

    # --- inside ---------------------------------------------------------------------------------------

    def _line(self) -> float:
        return QFontMetricsF(theme.font()).height()

    def _image(self, picture: Picture) -> QImage | None:
        values = picture.values
        if values is None:
            return None
        if self._shape is not None:
            if values.size != self._shape[0] * self._shape[1]:
                return None
            data = pixel_image.signed_to_bytes(values) if picture.signed else pixel_image.to_bytes(values)
            table = pixel_image.SIGNED if picture.signed else pixel_image.GREY
            return pixel_image.to_image(data.reshape(self._shape), table)
        low, high = min(0.0, float(np.nanmin(values))), max(1e-6, float(np.nanmax(values)))
        if picture.signed:
            low, high = -max(high, -low), max(high, -low)
        look = theme.current()
        return pixel_image.to_image(
            spaced_bars(values[None], low, high, BAR_ROWS)[0],
            pixel_image.ramp(look.raised, look.test if picture.signed else look.accent),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look, line = theme.current(), self._line()
        painter.setFont(theme.font())
        metrics = QFontMetricsF(theme.font())
        if self._with_heading:
            painter.setPen(QColor(look.muted))
            shown = metrics.elidedText(self._heading, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignLeft), shown)
        if not self._pictures and self._empty:
            painter.setPen(QColor(look.muted))
            top = line + 4.0 if self._with_heading else 0.0
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(0, top, self.width(), self.height() - top), int(flags), self._empty)
        for index, (picture, image) in enumerate(zip(self._pictures, self._images, strict=True)):
            self._paint_one(painter, self.rect_of(index), picture, image, index == self._at)
            wide = (self.width() - GAP_PX * (self._most - 1)) / self._most
            box = QRectF(
                index * (wide + GAP_PX) - 3, self.rect_of(index).bottom() + FRAME_PX + 1, wide + 6, line
            )
            painter.setPen(QColor(look.accent if picture.marked else look.text))
            painter.setFont(theme.font(bold=picture.marked))
            bold = QFontMetricsF(painter.font())
            said = picture.text
            if picture.short and bold.horizontalAdvance(said) > box.width():
                said = picture.short
            shown = bold.elidedText(said, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), shown)

    def _paint_one(
        self, painter: QPainter, where: QRectF, picture: Picture, image: QImage | None, at: bool
    ) -> None:
        look = theme.current()
        if image is None:
            painter.fillRect(where, QColor(look.raised))
        else:
            crisp = self._shape is None or where.width() >= image.width() * pixel_image.CRISP_FROM
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not crisp)
            if self._shape is None and not picture.signed and where.width() >= NAMED_PX:
                assert picture.values is not None
                limits = (
                    min(0.0, float(np.nanmin(picture.values))),
                    max(1.0, float(np.nanmax(picture.values))),
                )
                painter.fillRect(where, QColor(look.surface))
                paint_sample_bars(painter, where, picture.values, self._columns, limits)
            else:
                painter.drawImage(where, image)
        if picture.signed:
            painter.setPen(QPen(QColor(look.line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(where.adjusted(-0.5, -0.5, 0.5, 0.5))
        if picture.marked or at:
            half = FRAME_PX / 2
            painter.setPen(
                QPen(QColor(look.text if at else look.accent), FRAME_PX if picture.marked else 1.5)
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(where.adjusted(-half, -half, half, half))

    # --- hand and keys --------------------------------------------------------------------------------

    def _go_to(self, index: int) -> None:
        if index != self._at:
            self._at = index
            tip = self._pictures[index].tip if index >= 0 else ""
            self.setToolTip(tip)
            pointing = Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor
            self.setCursor(pointing)
            self.update()

    def _choose(self, index: int) -> None:
        if self._choosable and 0 <= index < len(self._pictures) and self._pictures[index].number >= 0:
            self.chosen.emit(self._pictures[index].number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._choosable:
            self._go_to(self.index_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._choosable:
            self._choose(self.index_at(event.position()))
        else:
            super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._go_to(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._go_to(0 if self._pictures else -1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._go_to(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from one to the next, Enter chooses."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._choosable and self._pictures:
            self._go_to(min(max(0, self._at + step), len(self._pictures) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0:
            self._choose(self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Bars of a table have no names: the tip tells them."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._shape is None:
            index = self.index_at(QPointF(event.pos()))
            values = self._pictures[index].values if index >= 0 else None
            if values is not None and len(values) <= MOST_TOLD:
                named = self._columns
                said = named.value_text if not self._pictures[index].signed else named.change_text
                lines = [f"{named.name(i)}: {said(i, float(value))}" for i, value in enumerate(values)]
                tip = self._pictures[index].tip
                QToolTip.showText(event.globalPos(), "\n".join([tip, *lines] if tip else lines), self)
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.set_pictures(self._pictures)  # bars are painted in the theme's colours
            self.updateGeometry()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        line = self._line()
        top = line + 4 if self._with_heading else 0
        side = 44 if self._choosable else 96
        return QSize(round(self._most * (side + GAP_PX)), round(top + side + line + 4))

    def minimumSizeHint(self) -> QSize:
        line = self._line()
        top = line + 4 if self._with_heading else 0
        side = 30 if self._choosable else 56
        return QSize(round(self._most * (side + 4)), round(top + side + line + 4))
