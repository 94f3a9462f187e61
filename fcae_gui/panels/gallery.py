"""The gallery: the selected samples as pictures, the worst first, and what else can be selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLocale, Signal, Slot
from PySide6.QtGui import QDoubleValidator, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.thumb_grid import ThumbGrid

SORTS = (
    ("worst", "worst first"),
    ("best", "best first"),
    ("class", "by class, worst first"),
    ("data", "as in the data"),
)
CLASS_KEY = "class"


class GalleryPanel(QWidget):
    """In: set_*. Out: what a person wishes; modes are "replace", "add" and "subtract"."""

    sample_chosen = Signal(int)  # row of the map
    sample_hovered = Signal(int)  # row of the map, -1 for none
    sort_chosen = Signal(str)
    worst_requested = Signal()
    quantity_chosen = Signal(str)  # the range that is shown is wanted for this one
    class_requested = Signal(int, str)  # class, mode
    range_requested = Signal(str, float, float, str)  # quantity, from, to (infinite when open), mode
    clear_requested = Signal()
    invert_requested = Signal()
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.grid = ThumbGrid(self)
        self.grid.setAccessibleName("Gallery")
        self.grid.set_message("The samples on the map appear here.")
        self.worst = QPushButton("Worst reconstructed", self)
        self.worst.setToolTip("Select the samples with the largest reconstruction error, and show them first")
        self.sort = self._chooser("Order of the pictures", "How the pictures are sorted")
        for key, text in SORTS:
            self.sort.addItem(text, key)
        self.what = self._chooser("Select by", "What to select by")
        self.which = self._chooser("Class", "Which class to select")
        self.low, self.high = self._number("From"), self._number("To")
        self._dash = QLabel("to", self)
        self.take = QPushButton("Select", self)
        self.take.setToolTip("Select exactly these")
        self.add = self._button("+", "Add these to the selection")
        self.remove = self._button("−", "Take these away from the selection")
        self.summary = QLabel("", self)
        self.summary.setAccessibleName("What is selected")
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.clear = self._button("Clear", "Select nothing")
        self.invert = self._button("Invert", "Select exactly what is not selected")
        self.export = self._button("Export ...", "Write the selected samples to a file")
        self._build()
        self._connect()
        self._show_form()

    def _build(self) -> None:
        rows = (
            (self.worst, None, QLabel("Sort", self), self.sort),
            (self.what, self.which, self.low, self._dash, self.high, None, self.take, self.add, self.remove),
            (self.summary, self.clear, self.invert, self.export),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for parts in rows:
            line = QHBoxLayout()
            line.setContentsMargins(6, 0, 6, 0)
            line.setSpacing(4)
            for part in parts:
                if part is None:
                    line.addStretch(1)
                else:
                    line.addWidget(part, 1 if part in (self.summary, self.low, self.high) else 0)
            column.addLayout(line)
        column.addWidget(self.grid, 1)
        order = (
            self.worst, self.sort, self.what, self.which, self.low, self.high, self.take, self.add,
            self.remove, self.clear, self.invert, self.export, self.grid,
        )  # fmt: skip
        for first, second in pairwise(order):
            self.setTabOrder(first, second)

    def _connect(self) -> None:
        self.worst.clicked.connect(self.worst_requested)
        self.sort.activated.connect(self._on_sort)
        self.what.activated.connect(self._on_what)
        for button, slot in (
            (self.take, self._on_take),
            (self.add, self._on_add),
            (self.remove, self._on_remove),
        ):
            button.clicked.connect(slot)
        self.low.returnPressed.connect(self._on_take)
        self.high.returnPressed.connect(self._on_take)
        self.clear.clicked.connect(self.clear_requested)
        self.invert.clicked.connect(self.invert_requested)
        self.export.clicked.connect(self.export_requested)
        self.grid.chosen.connect(self.sample_chosen)
        self.grid.hovered.connect(self.sample_hovered)

    def _chooser(self, name: str, tip: str) -> QComboBox:
        made = QComboBox(self)
        made.setAccessibleName(name)
        made.setToolTip(tip)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(6)
        return made

    def _button(self, text: str, tip: str) -> QToolButton:
        made = QToolButton(self)
        made.setText(text)
        made.setToolTip(tip)
        made.setAccessibleName(tip)
        made.setAutoRaise(True)
        return made

    def _number(self, name: str) -> QLineEdit:
        made = QLineEdit(self)
        made.setAccessibleName(name)
        made.setToolTip(f"{name} this value; empty for no limit")
        made.setMinimumWidth(40)
        check = QDoubleValidator(made)
        check.setLocale(QLocale.c())
        made.setValidator(check)
        return made

    # --- in -------------------------------------------------------------------------------------------

    def set_samples(self, features: np.ndarray | None, shape: tuple[int, int] | None) -> None:
        """The samples on the map, (n, d)."""
        self.grid.set_samples(features, shape)

    def set_rows(self, rows: np.ndarray) -> None:
        """Rows of the map to show, in this order."""
        self.grid.set_rows(rows)

    def set_caption(self, caption: Callable[[int], str]) -> None:
        """The text under the picture of a row."""
        self.grid.set_caption(caption)

    def refresh(self) -> None:
        """Captions have changed."""
        self.grid.refresh()

    def set_sort(self, key: str) -> None:
        """The order that is in force."""
        self.sort.setCurrentIndex(max(0, self.sort.findData(key)))

    def set_quantities(self, choices: Sequence[tuple[str, str]]) -> None:
        """What can be selected by besides the class, as (key, title)."""
        entries = [*([(CLASS_KEY, "class")] if self.which.count() else []), *choices]
        present = [(self.what.itemData(i), self.what.itemText(i)) for i in range(self.what.count())]
        if entries != present:
            before = self.what.currentData()
            self.what.clear()
            for key, text in entries:
                self.what.addItem(text, key)
            self.what.setCurrentIndex(max(0, self.what.findData(before)))
            self.low.clear()
            self.high.clear()
        self._show_form()

    def set_classes(self, names: Sequence[str]) -> None:
        """Names of the classes, empty without; set_quantities is to follow."""
        if [self.which.itemText(i) for i in range(self.which.count())] != list(names):
            self.which.clear()
            self.which.addItems(list(names))

    def set_range(self, low: float, high: float) -> None:
        """The smallest and largest value of the quantity that is chosen, as a hint in the empty fields."""
        self.low.setPlaceholderText(three_digits(low))
        self.high.setPlaceholderText(three_digits(high))

    def set_summary(self, text: str, *, selected: bool) -> None:
        """One line: how many are selected."""
        self.summary.setText(text)
        self.clear.setEnabled(selected)
        self.export.setEnabled(selected)

    def quantity(self) -> str:
        """Key of the quantity to select by, "" when it is the class."""
        key = self.what.currentData()
        return "" if key in (None, CLASS_KEY) else str(key)

    # --- inside ---------------------------------------------------------------------------------------

    def _show_form(self) -> None:
        by_class = not self.quantity()
        self.which.setVisible(by_class)
        for part in (self.low, self._dash, self.high):
            part.setVisible(not by_class)

    def _request(self, mode: str) -> None:
        key = self.quantity()
        if not key:
            if self.which.currentIndex() >= 0:
                self.class_requested.emit(self.which.currentIndex(), mode)
            return
        low, high = _value(self.low.text(), -np.inf), _value(self.high.text(), np.inf)
        self.range_requested.emit(key, min(low, high), max(low, high), mode)

    @Slot(int)
    def _on_sort(self, index: int) -> None:
        self.sort_chosen.emit(self.sort.itemData(index))

    @Slot(int)
    def _on_what(self, _index: int) -> None:
        self.low.clear()
        self.high.clear()
        self.low.setPlaceholderText("")
        self.high.setPlaceholderText("")
        self._show_form()
        self.quantity_chosen.emit(self.quantity())

    @Slot()
    def _on_take(self) -> None:
        self._request("replace")

    @Slot()
    def _on_add(self) -> None:
        self._request("add")

    @Slot()
    def _on_remove(self) -> None:
        self._request("subtract")


def _value(text: str, otherwise: float) -> float:
    try:
        return float(text)
    except ValueError:
        return otherwise
