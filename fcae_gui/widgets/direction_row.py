"""One direction of the code: a slider between what the decoder makes of its two ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from fcae_gui import theme
from fcae_gui.widgets.sample_tile import SampleTile

REACH = 3.0  # standard deviations to each side: 99.7 % of a normal distribution
STEPS = 100  # of the slider per standard deviation
TILE = 38
PLUS = "+"


class _Slider(QSlider):
    """Leaves the wheel to the list it stands in, until it is in hand."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DirectionRow(QWidget):
    """set_* never emit; moved is a hand on the slider, let_go() its end."""

    moved = Signal(int, float)  # which direction, standard deviations from the mean
    let_go = Signal()

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self.low, self.high = SampleTile(TILE, self), SampleTile(TILE, self)
        self._name = QLabel(self)
        self._number = QLabel(self)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setRange(round(-REACH * STEPS), round(REACH * STEPS))
        self.slider.setSingleStep(STEPS // 10)
        self.slider.setPageStep(STEPS // 2)
        texts = QHBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._name, 1)
        texts.addWidget(self._number)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(texts)
        middle.addWidget(self.slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.low)
        row.addLayout(middle, 1)
        row.addWidget(self.high)
        self.slider.valueChanged.connect(self._on_value)
        self.slider.sliderReleased.connect(self.let_go)
        self._restyle()

    def set_texts(self, name: str, tip: str) -> None:
        """What the direction is called, and what it is."""
        if name != self._name.text():
            self._name.setText(name)
            self.slider.setAccessibleName(name)
        self.slider.setToolTip(tip)

    def set_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the pictures at the ends, None for a table."""
        self.low.set_shape(shape)
        self.high.set_shape(shape)

    def set_value(self, value: float) -> None:
        """Where the present code lies, in standard deviations; beyond the ends the number tells."""
        if self.slider.isSliderDown():
            self._write(value)
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(min(max(value, -REACH), REACH) * STEPS))
        self._write(value)

    def set_ends(self, low: np.ndarray, high: np.ndarray) -> None:
        """What the decoder makes of the ends: (d,) each."""
        self.low.set_values(low)
        self.high.set_values(high)

    def _write(self, value: float) -> None:
        text = f"{'−' if value < -0.005 else PLUS}{abs(value):.2f} σ"
        if text != self._number.text():
            self._number.setText(text)

    @Slot(int)
    def _on_value(self, steps: int) -> None:
        self._write(steps / STEPS)
        self.moved.emit(self._index, steps / STEPS)
        if not self.slider.isSliderDown():
            self.let_go.emit()  # a key or the wheel is a whole gesture

    def _restyle(self) -> None:
        font = theme.font(0.92)
        if font != self._name.font():
            self._name.setFont(font)
            self._number.setFont(font)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()
        super().changeEvent(event)
