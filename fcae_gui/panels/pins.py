"""The pins panel: pinned places of the map, each with a filmstrip of how it looked through training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.film_table import FilmTable
from fcae_gui.widgets.tool_row import tool_button, tool_row

EMPTY = (
    "Press P to pin the place under the cursor.\n\n"
    "A pin keeps decoding while the network learns, and shows how the same place looked before."
)


class PinsPanel(QWidget):
    """In: set_image_shape, set_pins, set_pictures. Out: what a person wishes."""

    pin_requested = Signal()
    clear_requested = Signal()
    pin_chosen = Signal(int)
    removal_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pins")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._pin = tool_button(self, "pin", "Pin the place under the cursor (P)", tab_only=True)
        self._remove = tool_button(self, "remove", "Take the chosen pin away (Delete)", tab_only=True)
        self._clear = tool_button(self, "remove all", "Take all pins away; this can be undone", tab_only=True)
        self.table = FilmTable()
        self.table.setBackgroundRole(QPalette.ColorRole.Base)
        scroll = QScrollArea(self)
        scroll.setWidget(self.table)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setBackgroundRole(QPalette.ColorRole.Base)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll = scroll
        self._empty = QLabel(EMPTY, self)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._empty.setMargin(16)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(tool_row((self._pin,), (self._remove, self._clear)))
        column.addWidget(self._pages, 1)
        self._pin.clicked.connect(self.pin_requested)
        self._clear.clicked.connect(self.clear_requested)
        self._remove.clicked.connect(self._on_remove)
        self.table.row_chosen.connect(self.pin_chosen)
        self.table.removal_requested.connect(self.removal_requested)
        self._chosen = 0
        self.set_pins((), 0)

    # --- in -------------------------------------------------------------------------------------------

    def set_image_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width), or None for a table, whose rows are drawn as bars. All pictures go."""
        self.table.set_shape(shape)

    def set_pins(self, numbers: Sequence[int], chosen: int) -> None:
        """Which pins there are, and the chosen one (0 for none)."""
        fresh = len(numbers) > len(self.table.numbers)
        self._chosen = chosen
        self.table.set_rows(numbers, chosen)
        self._pages.setCurrentIndex(1 if numbers else 0)
        self._remove.setEnabled(bool(chosen))
        self._clear.setEnabled(bool(numbers))
        count = len(numbers)
        self.setAccessibleDescription(f"{count} pin{'s' if count != 1 else ''}")
        if fresh and chosen in numbers:
            row = self.table.row_rect(chosen)
            self._scroll.ensureVisible(0, row.center().y(), 0, row.height())

    def set_pictures(
        self, numbers: Sequence[int], steps: Sequence[int], frames: np.ndarray, live: np.ndarray
    ) -> None:
        """Past frames (k, f, d) of the pins `numbers` at `steps`, and what they decode to now: (k, d)."""
        self.table.set_pictures(numbers, steps, frames, live)

    def forget_pictures(self) -> None:
        """Another network: what its pins look like comes soon."""
        self.table.forget_pictures()

    def _on_remove(self) -> None:
        if self._chosen:
            self.removal_requested.emit(self._chosen)
