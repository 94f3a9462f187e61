"""A slider over a few whole numbers whose every change is a piece of work for somebody else."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from fcae_gui.widgets.log_slider import QuietSlider

TELL_MS = 300  # at most three changes a second, and the last one always
GESTURE_MS = 1200  # keys and notches that follow each other faster are one gesture


class WholeDial(QWidget):
    """Slider over low .. high with the number beside it; keys and the wheel move it by one.

    edited(key, value, again): at most every TELL_MS, and always the value it ends at; `again` says that it
    belongs to the same gesture as the one before.
    """

    edited = Signal(str, int, bool)

    def __init__(self, key: str, low: int, high: int, *, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._value = low
        self._told = low
        self._waiting: list[int] = []  # told, and not confirmed yet
        self._quiet = False
        self._in_gesture = False
        self._since = QElapsedTimer()
        self.slider = QuietSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(low, high)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(4)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(title)
        self.number = QLabel(self)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.setFocusProxy(self.slider)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TELL_MS)
        self._timer.timeout.connect(self._tell)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderPressed.connect(self._begin)
        self.slider.sliderReleased.connect(self._on_released)
        self._show()

    def value(self) -> int:
        """The number shown; it may lie outside what the slider reaches."""
        return self._value

    def set_value(self, value: int) -> None:
        """Show what is in force, telling nobody; a late answer takes no later change back."""
        if value in self._waiting:
            del self._waiting[: self._waiting.index(value) + 1]
        else:
            self._waiting.clear()
        if self._waiting or self._timer.isActive() or self.slider.isSliderDown():
            return
        self._place(value)

    def give_back(self, value: int) -> None:
        """Show what is in force: the last wish was refused."""
        self._waiting.clear()
        self._timer.stop()
        self._place(value)

    def _place(self, value: int) -> None:
        self._quiet = True
        self.slider.setValue(value)
        self._quiet = False
        self._value = self._told = value
        self._show()

    def _show(self) -> None:
        self.number.setText(f"{self._value:,}")
        self.number.setMinimumWidth(self.number.fontMetrics().horizontalAdvance("000"))

    @Slot()
    def _begin(self) -> None:
        self._in_gesture = False

    @Slot(int)
    def _on_moved(self, value: int) -> None:
        if self._quiet or value == self._value:
            return
        self._value = value
        self._show()
        if not self._timer.isActive():
            self._tell()
            self._timer.start()

    @Slot()
    def _on_released(self) -> None:
        self._timer.stop()
        self._tell()
        self._in_gesture = False

    @Slot()
    def _tell(self) -> None:
        if self._value == self._told:
            return
        again = self._in_gesture and (self.slider.isSliderDown() or self._since.elapsed() < GESTURE_MS)
        self._in_gesture = True
        self._since.start()
        self._told = self._value
        self._waiting.append(self._value)
        self.edited.emit(self.key, self._value, again)
