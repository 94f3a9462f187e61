"""The path panel: frames along a path through the code above the cross-fade of its two end images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.widgets.bar_view import BarView, Columns
from fcae_gui.widgets.frame_strip import FrameStrip
from fcae_gui.widgets.pixel_view import PixelView
from fcae_gui.widgets.tool_row import tool_button, tool_row

EMPTY = (
    "Choose two classes above, or draw a path on the map: click its points and press Enter, "
    "or drag a line.\n\n"
    "Its frames appear here, above a plain cross-fade of the same two images."
)
WAITING = "The path appears with the first codes of a network that it fits."
ROWS = ("decoded along the path", "pixel by pixel cross-fade")
HERE = ("decoded here", "cross-fade here")
FINE = 1000  # steps of the slider
ANY = -1
WORTH_WORDS = 8  # lines of room for the pictures, from which on they are named


class PathPanel(QWidget):
    """In: set_image_shape, set_classes, set_way, set_frames, set_at, set_now, set_playing. Out: wishes."""

    draw_requested = Signal(bool)
    classes_chosen = Signal(int, int, bool)  # two classes (-1 for any), and whether typical images are meant
    along_chosen = Signal(bool)
    play_requested = Signal(bool)
    loop_chosen = Signal(bool)
    clear_requested = Signal()
    scrubbed = Signal(float)  # 0 to 1

    def __init__(self, frames: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("path")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._first = self._chooser("Class at the start")
        self._second = self._chooser("Class at the end")
        self._to = QLabel("to", self)
        self._others = tool_button(
            self, "other images", "Other images of the two classes, by chance", tab_only=True
        )
        self._draw = tool_button(self, "draw", "Draw the path on the map (F)", checkable=True, tab_only=True)
        self._course = self._chooser("Course of the path")
        self._course.addItem("straight", False)
        self._course.addItem("along the data", True)
        self._course.setToolTip(
            "Straight through the code, or from neighbour to neighbour where there are data"
        )
        self._play = tool_button(
            self, "play", "Slide along the path (Shift+F)", checkable=True, tab_only=True
        )
        self._loop = tool_button(self, "loop", "Back and forth without an end", checkable=True, tab_only=True)
        self._clear = tool_button(self, "remove", "Remove the path; this can be undone", tab_only=True)
        self.strip = FrameStrip(ROWS, frames, self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, FINE)
        self.slider.setPageStep(FINE // (frames - 1))
        self.slider.setSingleStep(FINE // 100)
        self.slider.setAccessibleName("Place on the path")
        self._title = QLabel("", self)
        self._title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._said: list[QLabel] = []
        self._pictures = [PixelView(self), PixelView(self)]
        self._bars = [BarView(self), BarView(self)]
        self._shape: tuple[int, int] | None = None
        self._class_names: tuple[str, ...] | None = None
        self._lay_out()
        self._first.activated.connect(self._on_classes)
        self._second.activated.connect(self._on_classes)
        self._others.clicked.connect(self._on_others)
        self._draw.clicked.connect(self.draw_requested)
        self._course.activated.connect(self._on_course)
        self._play.clicked.connect(self.play_requested)
        self._loop.clicked.connect(self.loop_chosen)
        self._clear.clicked.connect(self.clear_requested)
        self.strip.scrubbed.connect(self.scrubbed)
        self.slider.valueChanged.connect(self._on_slider)
        self.set_classes(())
        self.set_way(None, along=False, ready=False)

    def _lay_out(self) -> None:
        top = tool_row((self._first, self._to, self._second, self._others), (self._draw,))
        second = tool_row((self._course, self._play, self._loop), (self._clear,))
        pair = QHBoxLayout()
        pair.setContentsMargins(8, 4, 8, 0)
        pair.setSpacing(12)
        for picture, bars, name, caption in zip(self._pictures, self._bars, ROWS, HERE, strict=True):
            half = QVBoxLayout()
            half.setSpacing(2)
            for view in (picture, bars):
                view.setAccessibleName(name)
                view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
                half.addWidget(view, 1)
            said = QLabel(caption, self)
            self._said.append(said)
            said.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            said.setAlignment(Qt.AlignmentFlag.AlignCenter)
            half.addWidget(said)
            pair.addLayout(half, 1)
        page = self._page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        self._title.setContentsMargins(8, 2, 8, 0)
        column.addWidget(self._title)
        column.addLayout(pair, 1)
        column.addSpacing(6)
        column.addWidget(self.strip)
        under = QHBoxLayout()
        under.setContentsMargins(8, 0, 8, 0)
        under.addWidget(self.slider)
        column.addLayout(under)
        self._empty = QLabel(EMPTY, self)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._empty.setMargin(16)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(top)
        whole.addLayout(second)
        whole.addWidget(self._pages, 1)

    def _chooser(self, name: str) -> QComboBox:
        chooser = QComboBox(self)
        chooser.setAccessibleName(name)
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return chooser

    # --- in -------------------------------------------------------------------------------------------

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table."""
        for bars in self._bars:
            bars.set_columns(columns)

    def set_image_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width), or None for a table, whose rows are drawn as bars. What was shown goes."""
        self._shape = shape
        self.strip.set_shape(shape)
        for picture, bars in zip(self._pictures, self._bars, strict=True):
            picture.set_shape(shape)
            bars.set_pixels(None)
            picture.setVisible(shape is not None)
            bars.setVisible(shape is None)

    def set_classes(self, names: Sequence[str]) -> None:
        """Names of the classes, empty without labels: then a path leads from any image to any other."""
        if tuple(names) == self._class_names:
            return
        self._class_names = tuple(names)
        for chooser in (self._first, self._second):
            chooser.clear()
            for label, name in enumerate(names):
                chooser.addItem(name, label)
            chooser.addItem("any image", ANY)
        self._second.setCurrentIndex(min(1, self._second.count() - 1))

    def set_way(self, text: str | None, *, along: bool, ready: bool) -> None:
        """What the path leads through (None: there is none), how, and whether its frames are there."""
        self._title.setText(text or "")
        self._course.setCurrentIndex(1 if along else 0)
        self._empty.setText(EMPTY if text is None else WAITING)
        self._pages.setCurrentIndex(1 if ready else 0)
        self._play.setEnabled(ready)
        self._clear.setEnabled(text is not None)
        self.setAccessibleDescription(f"Path {text}" if text else "No path")
        if not ready:
            self.strip.clear()

    def set_frames(self, frames: np.ndarray, blends: np.ndarray) -> None:
        """Pictures along the path, decoded and cross-faded: (frames, d) each."""
        self.strip.set_row(0, frames)
        self.strip.set_row(1, blends)

    def set_at(self, at: float) -> None:
        """Where on the path one is, 0 to 1."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(at * FINE))
        self.slider.blockSignals(False)
        self.strip.set_at(at)

    def set_now(self, decoded: np.ndarray, blend: np.ndarray) -> None:
        """What is decoded at this place, and the cross-fade there: (d,) each."""
        if self._shape is not None and self._shape[0] * self._shape[1] != len(decoded):
            return
        for picture, bars, pixels in zip(self._pictures, self._bars, (decoded, blend), strict=True):
            (picture if self._shape is not None else bars).set_pixels(pixels)

    def set_playing(self, playing: bool) -> None:
        """Whether the place slides by itself."""
        self._play.setChecked(playing)
        self._play.setText("pause" if playing else "play")

    def set_loop(self, loop: bool) -> None:
        """Whether it slides back and forth."""
        self._loop.setChecked(loop)

    def set_drawing(self, drawing: bool) -> None:
        """Whether the map's left button draws a path."""
        self._draw.setChecked(drawing)

    def classes(self) -> tuple[int, int]:
        """The two classes in the fields, -1 for any."""
        return int(self._first.currentData()), int(self._second.currentData())

    def choose_classes(self, first: int, second: int) -> None:
        """Put two classes into the fields."""
        for chooser, label in ((self._first, first), (self._second, second)):
            chooser.setCurrentIndex(max(0, chooser.findData(label)))

    # --- inside ---------------------------------------------------------------------------------------

    @Slot(int)
    def _on_classes(self, _index: int) -> None:
        self.classes_chosen.emit(*self.classes(), True)

    @Slot()
    def _on_others(self) -> None:
        self.classes_chosen.emit(*self.classes(), False)

    @Slot(int)
    def _on_course(self, index: int) -> None:
        self.along_chosen.emit(bool(self._course.itemData(index)))

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        self.scrubbed.emit(value / FINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the two pictures matter more than what is said beside them."""
        super().resizeEvent(event)
        line = QFontMetrics(theme.font()).height()
        rest = self._pages.height() - self.strip.height() - self.slider.sizeHint().height() - line
        for label in (self._title, *self._said):
            label.setVisible(rest > WORTH_WORDS * line)
