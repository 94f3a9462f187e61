"""Sliders with an exact field: by equal factors for a learning rate, by equal steps for a share."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from fcae_gui.widgets.fields import Number

TICKS_PER_DECADE = 60  # about one per pixel of a short slider
KEY_STEP = 3  # one key press or wheel notch changes the value by a factor 1.12
PAGE_STEP = 20  # Page Up and Page Down: a factor of 2.15
LIVE_INTERVAL_MS = 33  # while dragging, at most one value per frame


class QuietSlider(QSlider):
    """A slider that leaves the wheel to the form around it until it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only a focused slider turns with the wheel: one notch is one key step."""
        notches = event.angleDelta().y()
        if not self.hasFocus() or not notches:
            event.ignore()
            return
        action = QSlider.SliderAction
        self.triggerAction(action.SliderSingleStepAdd if notches > 0 else action.SliderSingleStepSub)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Home and End belong to the slider that has the focus before they belong to the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            event.accept()
            return True
        return super().event(event)


class LogSlider(QWidget):
    """Slider over [low, high] in equal factors; the exact field beside it also takes values beyond it.

    edited(key, value):    live, also while dragging, at most every LIVE_INTERVAL_MS, the last value always
    committed(key, value): once per gesture: on release, Enter, a key or a wheel notch
    """

    edited = Signal(str, object)
    committed = Signal(str, object)
    refused = Signal(str, str)

    def __init__(
        self,
        key: str,
        low: float,
        high: float,
        *,
        title: str,
        exact_low: float = 0.0,
        exact_high: float = 1e6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not 0 < low < high:
            raise ValueError(f"a logarithmic slider needs 0 < low < high, got {low} and {high}")
        self._set_up(key, low, high, title, exact_low, exact_high)
        self.slider.setRange(0, round(math.log10(high / low) * TICKS_PER_DECADE))
        self.slider.setSingleStep(KEY_STEP)
        self.slider.setPageStep(PAGE_STEP)
        self.slider.setAccessibleName(f"{title}, logarithmic slider")

    def _set_up(
        self, key: str, low: float, high: float, title: str, exact_low: float, exact_high: float,
        *, above_low: bool = True,
    ) -> None:  # fmt: skip
        self.key = key
        self._low, self._high = low, high
        self._value = low
        self._told: float | None = None
        self._quiet = False
        self.slider = QuietSlider(Qt.Orientation.Horizontal, self)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setMinimumWidth(60)
        self.number = Number(key, exact_low, exact_high, title=title, above_low=above_low, parent=self)
        self.number.setAccessibleName(f"{title}, exact value")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.setFocusProxy(self.slider)
        self.setTabOrder(self.slider, self.number)
        self._live = QTimer(self)
        self._live.setSingleShot(True)
        self._live.setInterval(LIVE_INTERVAL_MS)
        self._live.timeout.connect(self._tell)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(self._commit)
        self.number.edited.connect(self._on_number_edited)
        self.number.refused.connect(self.refused)

    def value(self) -> float:
        """The value, exact: not rounded to the slider."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show `value` without telling anyone; does not fight a hand on the slider."""
        if self.slider.isSliderDown():
            return
        self._live.stop()
        self._value = value
        self._told = value
        self._place_slider()
        self.number.set_value(value)

    def _place_slider(self) -> None:
        self._quiet = True
        self.slider.setValue(round(max(0.0, min(float(self.slider.maximum()), self._tick_of(self._value)))))
        self._quiet = False

    def _tick_of(self, value: float) -> float:
        return math.log10(max(value, 1e-300) / self._low) * TICKS_PER_DECADE

    def _value_at(self, tick: int) -> float:
        exact = self._low * 10 ** (tick / TICKS_PER_DECADE)
        return float(f"{max(self._low, min(self._high, exact)):.2g}")

    @Slot(int)
    def _on_slider_moved(self, tick: int) -> None:
        if self._quiet:
            return
        self._value = self._value_at(tick)
        self.number.set_value(self._value)
        if self.slider.isSliderDown():
            if not self._live.isActive():
                self._tell()
                self._live.start()
        else:
            self._commit()

    @Slot(str, object)
    def _on_number_edited(self, _key: str, value: float) -> None:
        self._value = value
        self._place_slider()
        self._commit()

    @Slot()
    def _tell(self) -> None:
        if self._told != self._value:
            self._told = self._value
            self.edited.emit(self.key, self._value)

    @Slot()
    def _commit(self) -> None:
        self._live.stop()
        self._tell()
        self.committed.emit(self.key, self._value)


class FallingSlider(LogSlider):
    """The same over [0, 1] in equal steps, falling: 1 on the left, 0 on the right."""

    STEPS = 100

    def __init__(self, key: str, *, title: str, parent: QWidget | None = None) -> None:
        QWidget.__init__(self, parent)
        self._set_up(key, 0.0, 1.0, title, 0.0, 1.0, above_low=False)
        self.slider.setRange(0, self.STEPS)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(20)
        self.slider.setAccessibleName(f"{title}, slider from 1 to 0")

    def _tick_of(self, value: float) -> float:
        return self.STEPS * (1.0 - value)

    def _value_at(self, tick: int) -> float:
        return round(1.0 - tick / self.STEPS, 4)
