"""What a network makes of one image: what went in, what came out, the error, and who lives near its code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image

GAP = 8
MOST_NEIGHBOURS = 10


class ReadingView(QWidget):
    """Three pictures with captions, a verdict in words, and a row of neighbours. In only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: tuple[int, int] | None = None
        self._captions = ("input", "output", "error")
        self._pictures: list[QImage] = []
        self._lines: tuple[str, ...] = ()
        self._verdict = self._vote = ""
        self._neighbours: list[tuple[QImage, str]] = []
        self._message = ""
        self.setMinimumSize(150, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the network makes of it")

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(rows, columns) of the pictures to come; empties the view."""
        self._shape = shape
        self.clear()

    def set_captions(self, first: str, second: str, third: str) -> None:
        """What stands above the three pictures."""
        self._captions = (first, second, third)
        self.update()

    def set_message(self, text: str) -> None:
        """What is said while there is nothing to show."""
        self._message = text
        self.update()

    def clear(self) -> None:
        """Nothing to show."""
        self._pictures, self._neighbours, self._lines, self._verdict = [], [], (), ""
        self.setAccessibleDescription(self._message)
        self.update()

    def show_pair(self, first: np.ndarray, second: np.ndarray) -> None:
        """Two images (d,) in [0, 1]; the third picture is their difference, second minus first."""
        if self._shape is None:
            return
        to = pixel_image.to_image
        self._pictures = [
            to(pixel_image.to_bytes(first).reshape(self._shape)),
            to(pixel_image.to_bytes(second).reshape(self._shape)),
            to(pixel_image.signed_to_bytes(second - first).reshape(self._shape), pixel_image.SIGNED),
        ]
        self.update()

    def show_words(self, verdict: str, vote: str, lines: Sequence[str]) -> None:
        """What it looks like, in large letters, how sure that is, and lines of figures."""
        self._verdict, self._vote, self._lines = verdict, vote, tuple(lines)
        self.setAccessibleDescription(self.text_twin())
        self.update()

    def show_neighbours(self, images: np.ndarray, names: Sequence[str]) -> None:
        """The samples with the nearest codes (k, d), nearest first, and their labels."""
        self._neighbours = []
        if self._shape is not None:
            for image, name in zip(images[:MOST_NEIGHBOURS], names, strict=False):
                pixels = pixel_image.to_bytes(image).reshape(self._shape)
                self._neighbours.append((pixel_image.to_image(pixels), name))
        self.update()

    @property
    def neighbours_shown(self) -> int:
        """How many neighbours there are to see."""
        return len(self._neighbours)

    def text_twin(self) -> str:
        """What is shown, in words."""
        if not self._pictures:
            return self._message
        names = ", ".join(name for _, name in self._neighbours if name)
        near = f" Nearest: {names}." if names else ""
        return ". ".join(part for part in (self._verdict, self._vote, *self._lines) if part) + "." + near

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        font, bold = theme.font(), theme.font(1.25, bold=True)
        painter.setFont(font)
        if not self._pictures:
            painter.setPen(QColor(look.muted))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(4, 4, -4, -4), flags, self._message)
            return
        line, large = QFontMetricsF(font).height(), QFontMetricsF(bold).height()
        width, height = float(self.width()), float(self.height())
        large = large if self._verdict else 0.0
        said = QFontMetricsF(bold).horizontalAdvance(self._verdict) + GAP
        beside = said + QFontMetricsF(font).horizontalAdvance(self._vote) <= width
        lines = self._lines if beside or not self._vote else (self._vote, *self._lines)
        words = large + line * len(lines) + 4
        # Two rows of two where that makes the pictures larger: input and output above, error and words below.
        rows, columns = self._shape or (1, 1)
        aspect = columns / rows
        near = 3.2 * line if self._neighbours else 0.0
        in_row = min((width - 2 * GAP) / 3 / aspect, height - line - words - near)
        in_square = min((width - GAP) / 2 / aspect, (height - 2 * line - near - words - GAP) / 2)
        square = in_square > in_row
        side = max(16.0, in_square if square else in_row)
        side = min(side, 168.0 * max(1.0, line / 16))
        places = [(0.0, 0.0), (side * aspect + GAP, 0.0)]
        places.append((0.0, side + line + 4) if square else (2 * (side * aspect + GAP), 0.0))
        painter.setFont(theme.font(0.85))
        for (x, y), caption, picture in zip(places, self._captions, self._pictures, strict=True):
            painter.setPen(QColor(look.muted))
            room = QRectF(x, y, side * aspect + GAP, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), caption)
            self._paint_picture(painter, picture, QRectF(x, y + line, side * aspect, side))
        top = places[-1][1] + line + side + 4
        painter.setFont(font)
        painter.setPen(QColor(look.text))
        if self._verdict:
            painter.setFont(bold)
            metrics = QFontMetricsF(bold)
            shown = metrics.elidedText(self._verdict, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRectF(0, top, width, large), int(Qt.AlignmentFlag.AlignLeft), shown)
            painter.setFont(font)
            if beside:
                room = QRectF(said, top, width - said, large)
                painter.drawText(
                    room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._vote
                )
        for i, text in enumerate(lines):
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(
                QRectF(0, top + large + i * line, width, line), int(Qt.AlignmentFlag.AlignLeft), shown
            )
        self._paint_neighbours(painter, top + words, line, aspect)

    def _paint_neighbours(self, painter: QPainter, top: float, line: float, aspect: float) -> None:
        if not self._neighbours:
            return
        metrics = QFontMetricsF(painter.font())
        widest = max(metrics.horizontalAdvance(name) for _, name in self._neighbours)
        side = min(44.0, self.height() - top - line - 2)
        each = max(side * aspect, min(widest, 2.0 * side)) + 5
        if side < 12:
            return
        look = theme.current()
        for i in range(min(len(self._neighbours), int((self.width() + 5) // each))):
            picture, name = self._neighbours[i]
            self._paint_picture(painter, picture, QRectF(i * each, top, side * aspect, side))
            painter.setPen(QColor(look.muted))
            room = QRectF(i * each, top + side + 1, each - 5, line)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, each - 5)
            painter.drawText(
                room,
                int(Qt.AlignmentFlag.AlignHCenter if widest <= side else Qt.AlignmentFlag.AlignLeft),
                text,
            )

    def _paint_picture(self, painter: QPainter, picture: QImage, room: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        wide, high = pixel_image.fit_shape(
            room.width() * ratio, room.height() * ratio, (picture.height(), picture.width())
        )
        where = QRectF(
            round(room.x() * ratio) / ratio, round(room.y() * ratio) / ratio, wide / ratio, high / ratio
        )
        smooth = wide < picture.width() * pixel_image.CRISP_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(where, picture)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(220, 300)
