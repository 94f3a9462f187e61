"""The canvas: draw or open an image and see what the network makes of it, or pull the decoded digit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.choice_button import ChoiceButton
from fcae_gui.widgets.forms import Remark
from fcae_gui.widgets.ink import Drawing
from fcae_gui.widgets.ink_field import InkField
from fcae_gui.widgets.pixel_brush import PixelBrush
from fcae_gui.widgets.reading_view import ReadingView

DRAW, PULL = "draw", "pull"
THINNEST, THICKEST, USUAL = 3, 25, 11  # width of the pen in hundredths of the field: MNIST's is about 9 to 13
BRUSH_SHARE = 0.08  # the brush on the decoded image: radius in its pixels per hundredth of the pen
NO_PICTURES = "This data set has no pictures: there is nothing to draw."
EMPTY = {
    DRAW: "What the network makes of your drawing appears here with the first stroke.",
    PULL: "Paint or erase pixels of the decoded image: the code follows, and the cursor slides on the map.",
}
CAPTIONS = {DRAW: ("input", "output", "error"), PULL: ("asked for", "decoded", "error")}


class CanvasPanel(QWidget):
    """In: set_*, show_*. Out: what a hand did. The drawing lives in the field."""

    drawing_changed = Signal()  # at every move of the pen: ask grey()
    drawing_finished = Signal(object, object)  # Drawing before and after one gesture
    mode_changed = Signal(str)  # DRAW or PULL
    brushed = Signal(object, float)  # pixels (k,) of the decoded image, and the value they should get
    brush_lifted = Signal()
    release_requested = Signal()  # let the painted pixels go
    open_requested = Signal()
    paste_requested = Signal()
    dropped = Signal(object)  # QMimeData
    shown_changed = Signal(bool)  # whether anybody can see the panel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._mode = DRAW
        self._shape: tuple[int, int] | None = None
        self.field = InkField(self)
        self.brush = PixelBrush(self)
        self.reading = ReadingView(self)
        self.reading.set_message(EMPTY[DRAW])
        self.remark = Remark(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.field)
        self._pages.addWidget(self.brush)
        self._nothing = QLabel(NO_PICTURES)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.hide()

        self._draw = self._button("Draw", "Draw on an empty field", checkable=True)
        self._pull = self._button(
            "Pull the code", "Paint on the decoded image; the code follows", checkable=True
        )
        self._pen = self._button("Pen", "White ink", checkable=True)
        self._eraser = self._button("Eraser", "Black ink (or the right button)", checkable=True)
        self._back = self._button("Undo stroke", "Take the last stroke back (Backspace)")
        self._clear = self._button("Clear", "Remove everything (Delete)")
        self._open = self._button("Open ...", "An image of your own, sized and centred like the data")
        self._paste = self._button("Paste", "The image on the clipboard")
        self._release = self._button("Let go", "Ask for nothing any more: paint anew from here (Delete)")
        for first, second in ((self._draw, self._pull), (self._pen, self._eraser)):
            group = QButtonGroup(self)
            group.addButton(first)
            group.addButton(second)
            first.setChecked(True)
        self._width = QSlider(Qt.Orientation.Horizontal)
        self._width.setRange(THINNEST, THICKEST)
        self._width.setValue(USUAL)
        self._width.setMinimumWidth(50)
        self._width.setMaximumWidth(120)
        self._width.setAccessibleName("Thickness")
        self._width.setToolTip("Thickness")

        modes, tools = QHBoxLayout(), QHBoxLayout()
        for row in (modes, tools):
            row.setSpacing(4)
        modes.addWidget(self._draw)
        modes.addWidget(self._pull)
        modes.addStretch(1)
        for button in (self._open, self._paste):
            modes.addWidget(button)
        for tool in (self._pen, self._eraser, self._width):
            tools.addWidget(tool)
        tools.addStretch(1)
        for button in (self._back, self._clear, self._release):
            tools.addWidget(button)
        body = QGridLayout()
        body.setSpacing(8)
        body.addWidget(self._pages, 0, 0)
        body.addWidget(self.reading, 0, 1)
        body.setColumnStretch(0, 58)
        body.setColumnStretch(1, 42)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addLayout(modes)
        layout.addLayout(tools)
        layout.addWidget(self.remark)
        layout.addLayout(body, 1)
        layout.addWidget(self._nothing, 1)
        self.setFocusProxy(self.field)
        self.setMinimumSize(300, 240)

        self.field.changed.connect(self._show_buttons)
        self.field.changed.connect(self.drawing_changed)
        self.field.finished.connect(self.drawing_finished)
        self.field.dropped.connect(self.dropped)
        self.brush.brushed.connect(self.brushed)
        self.brush.stroke_ended.connect(self.brush_lifted)
        self.brush.release_requested.connect(self.release_requested)
        self._draw.clicked.connect(self._on_draw)
        self._pull.clicked.connect(self._on_pull)
        self._pen.clicked.connect(self._use_pen)
        self._eraser.clicked.connect(self._use_pen)
        self._width.valueChanged.connect(self._use_pen)
        self._back.clicked.connect(self.field.take_back)
        self._clear.clicked.connect(self.field.clear)
        self._release.clicked.connect(self.release_requested)
        self._open.clicked.connect(self.open_requested)
        self._paste.clicked.connect(self.paste_requested)
        self._use_pen()
        self._show_mode()

    def _button(self, text: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = ChoiceButton(self) if checkable else QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text.removesuffix(" ..."))
        return button

    # --- in

    def set_image_shape(self, shape: tuple[int, int] | None) -> None:
        """(rows, columns) of the images of the data, None for a table. The drawing stays."""
        self._shape = shape
        self.brush.set_shape(shape)
        self.reading.set_shape(shape)
        if shape is not None:
            self.field.set_shape(shape)
        there = shape is not None
        self._pages.setVisible(there)
        self.reading.setVisible(there)
        self._nothing.setVisible(not there)
        for button in (self._draw, self._pull, self._pen, self._eraser, self._open, self._paste, self._width):
            button.setEnabled(there)
        self._show_buttons()

    def set_drawing(self, drawing: Drawing) -> None:
        """Show this drawing, not as a gesture."""
        self.field.set_drawing(drawing)
        self._show_buttons()

    def change_drawing(self, drawing: Drawing) -> None:
        """The same as a gesture of the user, such as an opened image."""
        self.field.change(drawing)
        self._show_buttons()

    def set_mode(self, mode: str) -> None:
        """DRAW or PULL."""
        if mode != self._mode:
            self._mode = mode
            (self._pull if mode == PULL else self._draw).setChecked(True)
            self._show_mode()

    def set_remark(self, text: str, tone: str = "muted") -> None:
        """One sentence under the tools, or nothing."""
        self.remark.set_remark(text, tone)  # type: ignore[arg-type]

    def show_reading(
        self, first: np.ndarray, second: np.ndarray, verdict: str, vote: str, lines: Sequence[str]
    ) -> None:
        """Input and output (or asked for and decoded), (d,) each, and what is said about them."""
        self.reading.show_pair(first, second)
        self.reading.show_words(verdict, vote, lines)
        self._show_buttons()

    def show_neighbours(self, images: np.ndarray, names: Sequence[str]) -> None:
        """Samples with the nearest codes, (k, d), and their labels."""
        self.reading.show_neighbours(images, names)

    def clear_reading(self) -> None:
        """Nothing is drawn or asked for."""
        self.reading.clear()
        self._show_buttons()

    def show_decoded(self, pixels: np.ndarray | None, marks: np.ndarray | None) -> None:
        """The decoded image under the brush (d,), and which of its pixels are held: 1, -1, 0.

        What is no picture of the present shape, as a sample of a table, leaves the brush empty.
        """
        shape = self._shape
        if pixels is not None and (shape is None or pixels.size != shape[0] * shape[1]):
            pixels = marks = None
        self.brush.set_pixels(pixels)
        self.brush.set_marks(marks)
        self._release.setEnabled(marks is not None)

    # --- asked

    @property
    def mode(self) -> str:
        """DRAW or PULL."""
        return self._mode

    def grey(self) -> np.ndarray:
        """What is drawn: (h, w) uint8, light ink on black."""
        return self.field.grey()

    # --- inside

    def _show_mode(self) -> None:
        pull = self._mode == PULL
        self._pages.setCurrentWidget(self.brush if pull else self.field)
        self.setFocusProxy(self.brush if pull else self.field)
        for button in (self._back, self._clear, self._open, self._paste):
            button.setVisible(not pull)
        self._release.setVisible(pull)
        self._pen.setText("Paint" if pull else "Pen")
        self._eraser.setText("Erase" if pull else "Eraser")
        self.reading.clear()
        self.reading.set_captions(*CAPTIONS[self._mode])
        self.reading.set_message(EMPTY[self._mode])
        self._show_buttons()

    @Slot()
    def _show_buttons(self) -> None:
        drawn = not self.field.drawing.empty and self._shape is not None
        self._back.setEnabled(drawn)
        self._clear.setEnabled(drawn)

    @Slot()
    def _on_draw(self) -> None:
        self._choose(DRAW)

    @Slot()
    def _on_pull(self) -> None:
        self._choose(PULL)

    def _choose(self, mode: str) -> None:
        if mode != self._mode:
            self.set_mode(mode)
            self.mode_changed.emit(mode)

    @Slot()
    def _use_pen(self) -> None:
        width, erases = self._width.value(), self._eraser.isChecked()
        self.field.set_pen(width=width / 100, erases=erases)
        self.brush.set_brush(radius=BRUSH_SHARE * width, erases=erases)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.shown_changed.emit(True)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self.shown_changed.emit(False)
