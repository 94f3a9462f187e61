"""Small inputs for forms: each knows its key and tells edited(key, value), never for set_value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from fcae_gui import theme
from fcae_gui.widgets.recolour import THEME_EVENTS, Role, recolour


def paint_field(field: QWidget, text: str = "") -> None:
    """Fields stand out from the panel they lie on; `text` is another colour for the writing."""
    now = theme.current()
    recolour(field, {Role.Base: now.raised, Role.Text: text or now.text})


class TextField(QLineEdit):
    """A line of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wrong = False
        self.paint_field()

    def set_wrong(self, wrong: bool) -> None:
        """Write in the colour of errors."""
        self._wrong = wrong
        self.paint_field()

    def paint_field(self) -> None:
        """Take the theme's colours."""
        paint_field(self, theme.current().bad if self._wrong else "")

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        if event.type() in THEME_EVENTS and hasattr(self, "_wrong"):
            self.paint_field()
        return super().event(event)


ARROW_PX = 36  # frame, margins and arrow of a closed box


class Choice(QComboBox):
    """One of a few named values; single values can be greyed with a reason."""

    edited = Signal(str, object)

    def __init__(self, key: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        for value, name in choices:
            self.addItem(name, value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # AdjustToContents would resize the box itself by a timer, past its layout, and flicker.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(self._on_activated)
        self._value = self.currentData()

    def value(self) -> str:
        """The chosen value (not its name)."""
        return str(self.currentData())

    def set_value(self, value: str) -> None:
        """Choose `value` without telling anyone; an unknown value is ignored."""
        at = self.findData(value)
        if at >= 0:
            self._value = value
            if at != self.currentIndex():
                self.setCurrentIndex(at)

    def set_refusal(self, value: str, reason: str) -> None:
        """Grey `value` and give `reason` as its tooltip; an empty reason allows it again."""
        at = self.findData(value)
        model = self.model()
        if at < 0 or not isinstance(model, QStandardItemModel):
            return
        item = model.item(at)
        item.setEnabled(not reason)
        item.setToolTip(reason)

    def is_allowed(self, value: str) -> bool:
        """False while `value` is greyed."""
        at = self.findData(value)
        return at >= 0 and bool(self.model().flags(self.model().index(at, 0)) & Qt.ItemFlag.ItemIsEnabled)

    def minimumSizeHint(self) -> QSize:
        """Room for a short name; with large text for the longest, which then goes below its label."""
        hint = self.sizeHint()
        if theme.text_px() < theme.PROJECTOR_TEXT_PX:
            hint.setWidth(min(hint.width(), self.fontMetrics().horizontalAdvance("AdamW") + ARROW_PX))
        return hint

    def sizeHint(self) -> QSize:
        """Room for the longest name."""
        metrics = self.fontMetrics()
        longest = max(metrics.horizontalAdvance(self.itemText(at)) for at in range(self.count()))
        return QSize(longest + ARROW_PX, super().sizeHint().height())

    @Slot(int)
    def _on_activated(self, at: int) -> None:
        value = self.itemData(at)
        if value != self._value:
            self._value = value
            self.edited.emit(self.key, value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel over a form scrolls the form; only a focused field takes it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Whole(QSpinBox):
    """A whole number. `doubling` steps through 64, 128, 256 ..; otherwise steps grow with the number.

    `live` tells every intermediate value while typing; otherwise Enter or leaving the field commits.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        key: str,
        low: int,
        high: int,
        *,
        doubling: bool = False,
        live: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._doubling = doubling
        self._quiet = False
        self.setRange(low, high)
        self.setKeyboardTracking(live)
        self.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self.setAccelerated(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("000") + 34)
        self.valueChanged.connect(self._on_value_changed)
        paint_field(self)
        paint_field(self.lineEdit())

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        if event.type() in THEME_EVENTS and hasattr(self, "key"):
            paint_field(self)
            paint_field(self.lineEdit())
        return super().event(event)

    def set_value(self, value: int) -> None:
        """Show `value` without telling anyone; a half-typed entry stays unless the value is another."""
        if value == self.value():
            return
        self._quiet = True
        self.setValue(value)
        self._quiet = False

    def stepBy(self, steps: int) -> None:
        """Double or halve in the doubling form, always landing on a power of two."""
        if not self._doubling:
            super().stepBy(steps)
            return
        exponent = math.log2(max(1, self.value()))
        exponent = math.floor(exponent) + steps if steps > 0 else math.ceil(exponent) + steps
        self.setValue(int(2 ** max(0, min(30, exponent))))
        self.selectAll()

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        if not self._quiet:
            self.edited.emit(self.key, value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel over a form scrolls the form; only a focused field takes it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def shown(value: float) -> str:
    """A number as short as it can be written without losing more than its fifth digit: 0.003, 1e-05."""
    return f"{value:.5g}"


class Number(TextField):
    """An exact number: Enter or leaving the field commits, Esc gives up, nonsense is refused aloud."""

    edited = Signal(str, object)
    refused = Signal(str, str)  # key, one sentence

    def __init__(
        self,
        key: str,
        low: float,
        high: float,
        *,
        title: str,
        above_low: bool = False,
        sample: str = "0.00005",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._low, self._high, self._above_low, self._title = low, high, above_low, title
        self._sample = sample
        self._value = low
        self._fit_width()
        self.editingFinished.connect(self._commit)
        self.textEdited.connect(self._on_text_edited)

    def value(self) -> float:
        """The last number that was set or committed."""
        return self._value

    def is_being_edited(self) -> bool:
        """True while half-typed text stands in the field."""
        return self.hasFocus() and self.isModified()

    def set_value(self, value: float) -> None:
        """Show `value` without telling anyone; a half-typed entry stays unless the value is another."""
        if value != self._value or not self.is_being_edited():
            self._value = value
            self._show_value()

    def problem(self, text: str) -> str:
        """One sentence that says why `text` cannot be taken; empty when it can."""
        try:
            value = float(text.strip().replace(",", "."))
        except ValueError:
            return f"{self._title} must be a number such as {shown(self._value)}, got “{text.strip()}”."
        inside = self._low <= value <= self._high and not (self._above_low and value == self._low)
        if inside:
            return ""
        least = "more than" if self._above_low else "at least"
        return f"{self._title} must be {least} {self._low:g} and at most {self._high:g}, got {text.strip()}."

    def _show_value(self) -> None:
        if self.text() != shown(self._value):
            self.setText(shown(self._value))
            self.setCursorPosition(0)
        self.setModified(False)
        self.set_wrong(False)

    def _fit_width(self) -> None:
        wide = QFontMetrics(self.font()).horizontalAdvance(self._sample) + 14
        self.setMinimumWidth(wide)
        self.setMaximumWidth(wide)

    @Slot(str)
    def _on_text_edited(self, text: str) -> None:
        self.set_wrong(bool(self.problem(text)))

    @Slot()
    def _commit(self) -> None:
        if not self.isModified():
            return
        text = self.text()
        problem = self.problem(text)
        if problem:
            self.setModified(False)
            self._show_value()
            self.refused.emit(self.key, problem)
            return
        value = float(text.strip().replace(",", "."))
        changed = value != self._value
        self._value = value
        self.setModified(False)
        self._show_value()
        if changed:
            self.edited.emit(self.key, value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives back the value that stood there."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._show_value()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tabbing into the field selects the number, ready to be replaced."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def changeEvent(self, event: Any) -> None:
        """Another font needs another width."""
        super().changeEvent(event)
        if event.type() == event.Type.FontChange and hasattr(self, "_sample"):
            self._fit_width()


class OpenEndedWhole(QWidget):
    """A whole number that may also be left open: value() is None while the box is ticked."""

    edited = Signal(str, object)

    def __init__(
        self,
        key: str,
        low: int,
        high: int,
        *,
        title: str,
        open_text: str,
        default: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self.number = Whole(key, low, high, parent=self)
        self.number.setValue(default)
        self.number.setAccessibleName(title)
        self.open_box = Tick(f"{key}_open", open_text, self)  # follows the theme by itself
        self.open_box.setAccessibleName(f"{title}: {open_text}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.number, 1)
        row.addWidget(self.open_box)
        self.setFocusProxy(self.number)
        self.number.edited.connect(self.edited)
        self.open_box.clicked.connect(self._on_clicked)

    def value(self) -> int | None:
        """The number, or None for open-ended."""
        return None if self.open_box.isChecked() else self.number.value()

    def set_value(self, value: int | None) -> None:
        """Show `value` without telling anyone; None keeps the last number, greyed."""
        self.open_box.setChecked(value is None)
        self.number.setEnabled(value is not None)
        if value is not None:
            self.number.set_value(value)

    @Slot(bool)
    def _on_clicked(self, _checked: bool) -> None:
        self.number.setEnabled(not self.open_box.isChecked())
        self.edited.emit(self.key, self.value())


class Tick(QCheckBox):
    """Something that is on or off."""

    edited = Signal(str, object)

    def __init__(self, key: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.key = key
        self.clicked.connect(self._on_clicked)
        self._paint_box()

    def set_value(self, value: bool) -> None:
        """Tick it or not, telling nobody."""
        self.setChecked(value)

    def _paint_box(self) -> None:
        now = theme.current()  # Fusion's empty box is all but invisible on a dark surface
        recolour(self, {Role.Base: now.line if now.dark else now.surface})

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        if event.type() in THEME_EVENTS and hasattr(self, "key"):
            self._paint_box()
        return super().event(event)

    @Slot(bool)
    def _on_clicked(self, checked: bool) -> None:
        self.edited.emit(self.key, checked)
