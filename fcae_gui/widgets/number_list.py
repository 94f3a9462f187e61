"""A short list of whole numbers, edited as text ("128, 32") or one by one in spin boxes below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.widgets.fields import TextField, Whole

MOST_SPINS = 6  # two lines in a narrow form; a longer list is edited as text
_SEPARATORS = re.compile(r"[\s,;x×→>-]+")


def parse_whole_numbers(text: str, *, low: int, high: int, at_most: int) -> tuple[int, ...]:
    """Numbers in a text such as "128, 32" or "128-32"; an empty text is an empty list.

    Raises ValueError with one sentence for a person.
    """
    parts = [part for part in _SEPARATORS.split(text.strip()) if part]
    found: list[int] = []
    for part in parts:
        if not re.fullmatch(r"[0-9]{1,9}", part):
            raise ValueError(f"Write whole numbers such as 128, 32; “{part}” is not one.")
        number = int(part)
        if not low <= number <= high:
            raise ValueError(f"Each must be a whole number from {low:,} to {high:,}, got {number:,}.")
        found.append(number)
    if len(found) > at_most:
        raise ValueError(f"At most {at_most} numbers, got {len(found)}.")
    return tuple(found)


class FlowLayout(QLayout):
    """Lays items out in lines, like words."""

    def __init__(self, parent: QWidget, spacing: int = 3) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's: take over an item."""
        self._items.append(item)

    def count(self) -> int:
        """Qt's: number of items."""
        return len(self._items)

    def itemAt(self, at: int) -> QLayoutItem | None:  # type: ignore[override]
        """Qt's: the item, or None past the end."""
        return self._items[at] if 0 <= at < len(self._items) else None

    def takeAt(self, at: int) -> QLayoutItem | None:  # type: ignore[override]
        """Qt's: give the item back."""
        return self._items.pop(at) if 0 <= at < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Qt's: wants no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Qt's: narrower is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Qt's: height of all lines."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """Qt's: one item is enough in width."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Qt's: the largest single item."""
        size = QSize(0, 0)
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        """Qt's: place everything."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.x() + rect.width():
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        return y + line - rect.y()


class _Compact(Whole):
    """A spin box with room for four digits, so that three stand side by side in a narrow form."""

    def sizeHint(self) -> QSize:
        """Four digits, five where the number has them."""
        digits = "0" * max(4, len(str(self.value())))
        return QSize(self.fontMetrics().horizontalAdvance(digits) + 26, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Not less."""
        return self.sizeHint()


class NumberList(QWidget):
    """Text field with add and remove buttons, and one spin box per number.

    edited(key, tuple): after every change a person makes that leaves a valid list
    refused(key, str):  the text is no valid list; one sentence, empty once it is valid again
    """

    edited = Signal(str, object)
    refused = Signal(str, str)

    def __init__(
        self,
        key: str,
        low: int,
        high: int,
        at_most: int,
        *,
        title: str,
        item_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._low, self._high, self._at_most = low, high, at_most
        self._item_name = item_name
        self._numbers: tuple[int, ...] = ()
        self._problem = ""
        self.text_field = TextField(self)
        self.text_field.setPlaceholderText("none")
        self.text_field.setAccessibleName(f"{title}, as text")
        self.text_field.setMinimumWidth(60)
        self.add_button = self._button("+", f"Add a {item_name} before the end", f"Add {item_name}")
        self.remove_button = self._button("−", f"Remove the last {item_name}", f"Remove {item_name}")
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.text_field, 1)
        top.addWidget(self.remove_button)
        top.addWidget(self.add_button)
        self._spin_area = QWidget(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._spin_area.setSizePolicy(policy)
        self._flow = FlowLayout(self._spin_area)
        self._spins: list[_Compact] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._spin_area)
        self.setFocusProxy(self.text_field)
        self.text_field.textEdited.connect(self._on_text_edited)
        self.add_button.clicked.connect(self._on_add)
        self.remove_button.clicked.connect(self._on_remove)
        self._show_spins()

    def value(self) -> tuple[int, ...]:
        """The last valid list."""
        return self._numbers

    def problem(self) -> str:
        """What is wrong with the text now, one sentence; empty when it is a valid list."""
        return self._problem

    def set_value(self, numbers: tuple[int, ...]) -> None:
        """Show `numbers` without telling anyone."""
        self._problem = ""
        self._numbers = tuple(numbers)
        self._show_text()
        self._show_spins()

    def spins(self) -> Sequence[Whole]:
        """The spin boxes in use, in order."""
        return self._spins[: len(self._numbers)] if len(self._numbers) <= MOST_SPINS else []

    def _button(self, text: str, tip: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        button.setMinimumWidth(24)
        button.setMaximumWidth(32)
        return button

    def _show_text(self) -> None:
        text = ", ".join(str(number) for number in self._numbers)
        if self._parsed(self.text_field.text()) != self._numbers:
            self.text_field.setText(text)
            self.text_field.setCursorPosition(0)

    def _parsed(self, text: str) -> tuple[int, ...] | None:
        try:
            return parse_whole_numbers(text, low=self._low, high=self._high, at_most=self._at_most)
        except ValueError:
            return None

    def _show_spins(self) -> None:
        while len(self._spins) < min(MOST_SPINS, len(self._numbers)):
            spin = _Compact(str(len(self._spins)), self._low, self._high, live=True, parent=self._spin_area)
            before: QWidget = self._spins[-1] if self._spins else self.add_button
            spin.edited.connect(self._on_spin_edited)
            self._flow.addWidget(spin)
            self._spins.append(spin)
            self.setTabOrder(before, spin)
        count = len(self._numbers) if len(self._numbers) <= MOST_SPINS else 0
        for at, spin in enumerate(self._spins):
            spin.setVisible(at < count)
            if at < len(self._numbers):
                spin.setAccessibleName(f"{self._item_name} {at + 1} of {len(self._numbers)}")
                spin.setToolTip(f"Units in {self._item_name} {at + 1}")
                spin.set_value(self._numbers[at])
        self._spin_area.setVisible(count > 0)
        self.remove_button.setEnabled(bool(self._numbers))
        self.add_button.setEnabled(len(self._numbers) < self._at_most)
        self._flow.invalidate()
        self.updateGeometry()

    def _propose(self, numbers: tuple[int, ...]) -> None:
        self._numbers = numbers
        if self._problem:
            self._problem = ""
            self.refused.emit(self.key, "")
        self._show_spins()
        self.edited.emit(self.key, numbers)

    @Slot(str)
    def _on_text_edited(self, text: str) -> None:
        try:
            numbers = parse_whole_numbers(text, low=self._low, high=self._high, at_most=self._at_most)
        except ValueError as problem:
            self._problem = str(problem)
            self.refused.emit(self.key, self._problem)
            return
        self._propose(numbers)

    @Slot(str, object)
    def _on_spin_edited(self, key: str, value: int) -> None:
        numbers = list(self._numbers)
        numbers[int(key)] = value
        self._propose(tuple(numbers))
        self._show_text()

    @Slot()
    def _on_add(self) -> None:
        last = self._numbers[-1] if self._numbers else min(self._high, 128)
        self._propose((*self._numbers, max(self._low, last // 2 if self._numbers else last)))
        self._show_text()

    @Slot()
    def _on_remove(self) -> None:
        self._propose(self._numbers[:-1])
        self._show_text()

    def minimumSizeHint(self) -> QSize:
        """With large text room for three numbers side by side, below the label."""
        hint = super().minimumSizeHint()
        if theme.text_px() >= theme.PROJECTOR_TEXT_PX and self._spins:
            three = 3 * (self._spins[0].sizeHint().width() + self._flow.spacing())
            hint.setWidth(max(hint.width(), three))
        return hint

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other lines."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_flow"):
            self._flow.invalidate()
