"""The filters panel: what the units look for, what they paint, and what one sample does in every layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.filter_grid import FilterGrid
from fcae_gui.widgets.strips_view import Strip, StripsView

KINDS = (
    ("filters", "First-layer filters", "The weights into each unit of the first layer: what it looks for"),
    ("atoms", "Decoder atoms", "The weights out of each unit of the last hidden layer: what it paints"),
)
EMPTY = "The filters appear with the first weights."


class FiltersPanel(QWidget):
    """In: set_filters, set_order, set_strips. Out: kind_chosen ("filters" or "atoms")."""

    kind_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Which weights")
        for value, text, tip in KINDS:
            self.kind.addItem(text, value)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.kind.activated.connect(self._on_kind)
        self._scale = QLabel(self)
        self._scale.setAccessibleName("Scale of the colours")
        self._scale.setToolTip(
            "One scale for all pictures, so that strong units look strong. Pictures stand in the order of "
            "the length of their weights, the root of the sum of their squares."
        )
        self.grid = FilterGrid(self)
        self.grid.set_message(EMPTY)
        self._sample = QLabel(self)
        self._sample.setToolTip(
            "What every unit of every layer says of one sample, each layer on a scale of its own. Point at "
            "the latent map to choose another sample."
        )
        self.strips = StripsView(self)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 0)
        bar.addWidget(self.kind)
        bar.addStretch(1)
        scale = QHBoxLayout()
        scale.setContentsMargins(8, 0, 8, 0)
        scale.addWidget(self._scale)
        below = QVBoxLayout()
        below.setContentsMargins(8, 0, 8, 6)
        below.setSpacing(3)
        below.addWidget(self._sample)
        below.addWidget(self.strips, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(bar)
        column.addLayout(scale)
        column.addWidget(self.grid, 3)
        column.addLayout(below, 1)
        self.setMinimumSize(200, 160)

    # --- in -----------------------------------------------------------------------------------------------

    def set_filters(
        self,
        values: np.ndarray,
        shape: tuple[int, int] | None,
        scale: float,
        *,
        beyond: bool,
        text: Callable[[int], str],
    ) -> None:
        """(n, d) weights by unit; full colour stands for `scale`, and for more if `beyond`."""
        self.grid.set_text(text)
        self.grid.set_filters(values, shape, scale)
        most = f"{three_digits(scale)}{' and beyond' if beyond else ''}"
        self._scale.setText(f"blue −{three_digits(scale)}   white 0   orange +{most}")

    def set_order(self, order: np.ndarray) -> None:
        """(n,) units in the order to show."""
        self.grid.set_order(order)

    def set_column_names(self, names: tuple[str, ...]) -> None:
        """For a table."""
        self.grid.set_column_names(names)

    def set_strips(self, title: str, strips: tuple[Strip, ...]) -> None:
        """What one sample does in every layer, and which sample it is."""
        self._sample.setText(f"Activations of {title}")
        self.strips.set_strips(strips)

    @Slot(int)
    def _on_kind(self, index: int) -> None:
        self.kind_chosen.emit(self.kind.itemData(index))
