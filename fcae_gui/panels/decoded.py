"""The decoded panel: what the decoder paints at the cursor, and the training image nearest to it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.bar_view import BarView, Columns
from fcae_gui.widgets.pixel_view import PixelView

PAD = 8
NEAREST_SHARE = 0.7  # of the decoded image's side: the two must not look like equals
ON_ONE_LINE = "   "
TICK_PX = 12  # room for the tick that the words about the nearest sample of a table begin with
PLUS = "\u2007"  # a space as wide as a figure
CREEP = 0.05  # of a code's length: what a learning network moves it within a second
EMPTY = "Click or drag in the map: what lives there appears here."
WIDEST = "z = −10.00 −10.00"
WIDEST_NOTE = "8.8 spacings off the data"
LONGEST = (  # what a caption may say; fewer words where the picture would suffer
    "nearest of 60,000 training images: label Ankle boot, distance 5.10 (usual 6.20)",
    "nearest: label Ankle boot, distance 5.10",
    "distance 5.10",
)
WAITING = ("The nearest training image appears when the cursor rests.", "nearest: when the cursor rests", "")
ENOUGH = 0.45  # of the decoded image's side: so large the nearest one should be before words get room


class DecodedPanel(QWidget):
    """In: show_image at every cursor move, show_latent, show_nearest when a search answers. Out: nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("decoded")
        self._shape: tuple[int, int] | None = None
        self._names: tuple[str, ...] = ()
        self._message = EMPTY
        self._has_image = self._has_nearest = self._nearest_stale = False
        self._latent: list[str] = []
        self._note: str | None = None  # None until somebody has one: then a line is kept for it
        self._latent_rows = 1
        self._latent_joint = "\n"
        self._latent_takes = (1, 2)
        self._captions = ["", "", ""]  # as LONGEST
        self._wordiness = 0
        self._point: tuple[float, ...] = ()
        self._code: tuple[float, ...] = ()
        self._nearest_code: tuple[float, ...] = ()  # where the nearest image was looked for
        self._nearest_values: np.ndarray | None = None
        self._latent_box, self._nearest_box, self._caption_box = QRectF(), QRectF(), QRectF()
        self.picture = PixelView(self)
        self.picture.setAccessibleName("Decoded image")
        self.nearest = PixelView(self)
        self.nearest.setAccessibleName("Nearest training image")
        self.nearest.setToolTip(
            "The training image with the smallest distance to the decoded one "
            "(root of the summed squared differences of all pixels). A small distance: the network may have "
            "remembered it; a large one: the decoded image is new."
        )
        self.bars = BarView(self)
        self.bars.setAccessibleName("Decoded values")
        self.bars.setToolTip(
            "Bars: what the decoder makes of the cursor. Ticks: the nearest training sample."
        )
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setMinimumSize(200, 120)
        self._arrange()

    # --- in

    def set_image_shape(self, shape: tuple[int, int] | None, feature_names: tuple[str, ...] = ()) -> None:
        """(height, width), or None for a table, whose samples are drawn as bars. Empties the panel."""
        self._shape, self._names = shape, tuple(feature_names)
        for view in (self.picture, self.nearest):
            view.set_shape(shape)
        self.bars.set_names(self._names)
        self.bars.set_pixels(None)
        self._has_image = self._has_nearest = self._nearest_stale = False
        self._latent, self._captions, self._point = [], ["", "", ""], ()
        self._set_message(EMPTY)
        self._arrange()

    def set_binary(self, binary: bool) -> None:
        """Black ink on white paper instead of white on black."""
        self.picture.set_binary(binary)
        self.nearest.set_binary(binary)

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table."""
        self.bars.set_columns(columns)

    def show_image(self, pixels: np.ndarray) -> None:
        """What the decoder gave: (d,) float32."""
        (self.picture if self._shape is not None else self.bars).set_pixels(pixels)
        if not self._has_image:
            self._has_image = True
            self._arrange()

    def show_latent(self, coordinates: np.ndarray, *, plane: tuple[float, float] | None = None) -> None:
        """The code at the cursor: (code size,); `plane` is where it lies on the map if projected.

        Far from where the nearest image was looked for it turns pale until it is shown anew. A plane that
        moves under the same code, or a code that moves with its plane, is no other point, and neither is one
        that creeps along while the network learns.
        """
        code = tuple(np.asarray(coordinates).ravel().tolist())
        if (plane is None or plane != self._point) and _is_far(code, self._nearest_code):
            self.clear_nearest()
        self._code, self._point = code, plane if plane is not None else code
        self._latent = latent_lines(np.asarray(coordinates, np.float64).ravel(), plane)
        self._take_room(len(coordinates))

    def set_place_note(self, text: str) -> None:
        """A line under the code that says where it lies, such as "on the data"; empty for nothing."""
        self._note = text
        self._take_room(self._latent_takes[1])

    def _take_room(self, coordinates: int) -> None:
        rows = len(self._latent) + (self._note is not None)
        if (rows, coordinates) != self._latent_takes:  # another kind of code, not another point
            self._latent_takes, self._latent_rows = (rows, coordinates), rows
            self._arrange()
        self.update(self._latent_box.toAlignedRect())

    def show_nearest(
        self,
        pixels: np.ndarray,
        label_text: str,
        distance: float,
        mean_distance: float | None = None,
        *,
        of: int | None = None,
    ) -> None:
        """The nearest training image: (d,) pixels, its label, its distance (root of the summed squares).

        mean_distance: how far a training image usually is from its nearest neighbour
        of: how many images were searched
        """
        if self._shape is not None:
            self.nearest.set_pixels(pixels)
        else:
            self.bars.set_reference(pixels)
        self._nearest_values = pixels
        self._has_nearest, self._nearest_stale = True, False
        self._nearest_code = self._code
        self._captions = nearest_texts(label_text, distance, mean_distance, of)
        if self._shape is None:
            self._captions = [text.replace("training image", "training sample") for text in self._captions]
        self.nearest.set_faded(False)
        self.setAccessibleDescription(self.text_twin())
        self.update(self._nearest_box.toAlignedRect())

    def clear_nearest(self) -> None:
        """The nearest image is not that of the present point: pale until the next one is found."""
        if self._has_nearest and not self._nearest_stale:
            self._nearest_stale = True
            self.nearest.set_faded(True)
            if self._shape is None:
                self.bars.set_reference(self._nearest_values, faded=True)
            self.update(self._nearest_box.toAlignedRect())

    def set_message(self, text: str) -> None:
        """What the empty panel says; an empty text brings back the usual one."""
        self._set_message(text or EMPTY)

    def text_twin(self) -> str:
        """What is shown, in words."""
        if not self._has_image:
            return self._message
        parts = [
            "Decoded image" if self._shape is not None else "Decoded sample",
            *(f"at {line}" for line in self._latent[:1]),
        ]
        if self._note:
            parts.append(f"({self._note})")
        stale = " (of an earlier point)" if self._nearest_stale else ""
        return " ".join(parts) + "." + (f" {self._captions[0]}{stale}." if self._has_nearest else "")

    def _set_message(self, text: str) -> None:
        self._message = text
        self.update()

    # --- layout and painting

    def _arrange(self) -> None:
        """Give the decoded image the largest place: the nearest one goes beside or beneath it."""
        metrics = QFontMetricsF(theme.font())
        if self._shape is None:
            self._arrange_table(metrics)
            return
        line = metrics.height()
        width, height = self.width() - 2.0 * PAD, self.height() - 2.0 * PAD
        latent = line * self._latent_rows + 4
        shape = self._shape or (1, 1)
        aspect = shape[1] / shape[0]
        # beside: the right column is as wide as the caption needs
        column = max(metrics.horizontalAdvance("nearest of 60,000"), width * 0.3)
        widest = (*self._latent, WIDEST if self._note is None else WIDEST_NOTE)
        figures = max(metrics.horizontalAdvance(text) for text in widest) + 2
        beside = min(height - latent, (width - column - 2 * PAD) / aspect)
        self._wordiness = 0
        # beneath: a strip for the nearest image with the caption at its right
        caption_beneath = self._caption_height(metrics, width * 0.62)
        strip = max(caption_beneath, height * 0.24)
        beneath = min(height - latent - strip - PAD, width / aspect)
        if beside >= beneath:
            big = self._fitted(PAD, PAD, beside * aspect, beside)
            own = max(big.width(), min(figures, width * 0.6))
            self._latent_box = QRectF(PAD, big.bottom() + 4, own, latent)
            left = PAD + own + 2 * PAD
            column = self.width() - PAD - left
            for self._wordiness in range(len(LONGEST)):
                caption = self._caption_height(metrics, column)
                small = min(column / aspect, height - caption - 4, beside * NEAREST_SHARE)
                if small >= ENOUGH * beside:
                    break
            self._nearest_box = QRectF(left, PAD, column, height)
            pictured = self._fitted(left, PAD, small * aspect, small)
            self._caption_box = QRectF(left, pictured.bottom() + 4, column, caption)
        else:
            big = self._fitted(PAD, PAD, beneath * aspect, beneath)
            self._latent_box = QRectF(PAD, big.bottom() + 4, width, latent)
            top = self._latent_box.bottom() + PAD / 2
            small = max(16.0, min(self.height() - PAD - top, width * 0.34 / aspect))
            self._nearest_box = QRectF(PAD, top, width, self.height() - PAD - top)
            pictured = self._fitted(PAD, top, small * aspect, small)
            self._caption_box = QRectF(
                pictured.right() + PAD, top, width - pictured.width() - PAD, max(small, caption_beneath)
            )
        for view, where in ((self.picture, big), (self.nearest, pictured)):
            place = QRect(
                int(where.x()), int(where.y()), int(where.width() + 0.999), int(where.height() + 0.999)
            )
            view.setGeometry(place)
            view.setVisible(self._has_image)
        self.bars.setVisible(False)
        self.update()

    def _latent_text(self, joint: str) -> str:
        return joint.join(text for text in (*self._latent, self._note) if text)

    def _arrange_table(self, metrics: QFontMetricsF) -> None:
        """Bars take the whole width, with a tick for the nearest sample in each; words stand beneath."""
        width = self.width() - 2.0 * PAD
        one_line = metrics.horizontalAdvance(self._latent_text(ON_ONE_LINE)) <= width
        self._latent_joint = ON_ONE_LINE if one_line else "\n"
        latent = metrics.height() * (1 if one_line else self._latent_rows) + 4
        for self._wordiness in range(len(LONGEST)):
            caption = self._caption_height(metrics, width - TICK_PX)
            if caption <= 1.2 * metrics.height() or self.height() - latent - caption >= 0.7 * self.height():
                break
        bottom = self.height() - PAD
        self._caption_box = QRectF(PAD + TICK_PX, bottom - caption, width - TICK_PX, caption)
        self._latent_box = QRectF(PAD, self._caption_box.top() - latent, width, latent)
        self._nearest_box = QRectF(PAD, self._caption_box.top(), width, caption)
        self.bars.setGeometry(PAD, PAD, int(width), max(16, int(self._latent_box.top() - 1.5 * PAD)))
        self.bars.setVisible(self._has_image)
        for view in (self.picture, self.nearest):
            view.setVisible(False)
        self.update()

    def _fitted(self, left: float, top: float, width: float, height: float) -> QRectF:
        """The place a picture really takes of a room, at its top left."""
        ratio = self.devicePixelRatioF()
        room = max(16.0, width * ratio), max(16.0, height * ratio)
        assert self._shape is not None
        wide, high = pixel_image.fit_shape(*room, self._shape)
        return QRectF(left, top, wide / ratio, high / ratio)

    def _caption_height(self, metrics: QFontMetricsF, width: float) -> float:
        """Height kept for the caption, whatever it says, so that nothing jumps when it comes."""
        box = QRectF(0, 0, max(40.0, width), 1e4)
        return metrics.boundingRect(box, int(Qt.TextFlag.TextWordWrap), LONGEST[self._wordiness]).height()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setFont(theme.font())
        if not self._has_image:
            painter.setPen(QColor(look.muted))
            room = QRectF(self.rect()).adjusted(PAD, PAD, -PAD, -PAD)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, self._message)
            return
        dirty = QRectF(event.rect())
        if self._latent and dirty.intersects(self._latent_box):
            painter.setPen(QColor(look.text))
            text = self._latent_text(self._latent_joint if self._shape is None else "\n")
            painter.drawText(self._latent_box, Qt.AlignmentFlag.AlignLeft, text)
        if dirty.intersects(self._caption_box):
            painter.setPen(QColor(look.text if self._has_nearest and not self._nearest_stale else look.muted))
            text = self._captions[self._wordiness] if self._has_nearest else WAITING[self._wordiness]
            if self._shape is None:
                text = text.replace("training image", "training sample")
                tick = QRectF(
                    PAD + 3, self._caption_box.top() + 2, 2.5, QFontMetricsF(theme.font()).height() - 4
                )
                painter.fillRect(tick, QColor(look.test))  # what the ticks in the bars mean
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self._caption_box, flags, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._arrange()
        super().changeEvent(event)


def signed(value: float) -> str:
    """Two decimals behind a sign as wide as a figure, so that numbers stand still while they change."""
    return f"{'−' if value < 0 else PLUS}{abs(value):.2f}"


def latent_lines(code: np.ndarray, plane: tuple[float, float] | None) -> list[str]:
    """A code in words: its numbers when there are few, else where it lies on the map and how large it is."""
    if len(code) <= 3 and plane is None:
        return ["z = " + " ".join(signed(float(value)) for value in code)]
    lines = [] if plane is None else ["plane " + " ".join(signed(value) for value in plane)]
    size = float(np.sqrt(np.square(code).sum()))
    return [*lines, f"{len(code):,} numbers, length {three_digits(size)}"]


def nearest_texts(label: str, distance: float, mean_distance: float | None, of: int | None) -> list[str]:
    """What is said about a nearest image, in many, some and few words."""
    where = f"nearest of {of:,} training images" if of else "nearest training image"
    named = f"label {label}, " if label else ""
    usual = f" (usual {three_digits(mean_distance)})" if mean_distance is not None else ""
    far = f"distance {three_digits(distance)}"
    return [f"{where}: {named}{far}{usual}", f"nearest: {named}{far}", far]


def _is_far(code: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two codes differ by more than CREEP of their length; codes of another size are far."""
    if len(code) != len(other):
        return True
    length = max(np.linalg.norm(code), np.linalg.norm(other))
    return bool(np.linalg.norm(np.subtract(code, other)) > CREEP * length)
