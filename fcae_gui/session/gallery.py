"""Which samples the gallery shows and in which order; and the worst reconstructed, selected at once."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.session.quantities import Quantities
from fcae_gui.session.selection import Mode, Selection

Array = np.ndarray

WORST = 100  # samples that "worst reconstructed" selects: a few screens of the gallery


class Gallery(QObject):
    """The selected rows of the map, or all of them while nothing is selected."""

    rows_changed = Signal(object)  # (k,) int64
    sort_changed = Signal(str)

    def __init__(self, selection: Selection, quantities: Quantities, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._quantities = quantities
        self._labels: Array | None = None
        self._sort = "worst"
        self._shown = False
        self._worst_wanted = False
        selection.changed.connect(self.refresh)
        quantities.changed.connect(self._on_values)

    @property
    def sort(self) -> str:
        """ "worst", "best", "class" or "data"."""
        return self._sort

    def set_labels(self, labels: Array | None) -> None:
        """Class of every row of the map (n,), or None."""
        self._labels = labels
        self._worst_wanted = False

    def set_sort(self, sort: str) -> None:
        """Another order."""
        self._sort = sort
        self._want()
        self.sort_changed.emit(sort)
        self.refresh()

    def set_shown(self, shown: bool) -> None:
        """Whether anybody can see it; hidden it does nothing."""
        self._shown = shown
        self._want()
        self.refresh()

    def select_worst(self) -> None:
        """Select the worst reconstructed rows, as soon as errors are known."""
        self._worst_wanted = True
        self._want()
        self.set_sort("worst")
        self._serve_worst()

    def select_class(self, label: int, mode: Mode) -> None:
        """Select the rows of a class."""
        if self._labels is not None and len(self._labels) == self._selection.map_size:
            self._selection.choose(self._labels == label, mode, "select a class")

    def select_range(self, key: str, low: float, high: float, mode: Mode) -> None:
        """Select the rows whose quantity lies in [low, high]; nothing happens while it is not known."""
        values = self._quantities.values(key)
        if values is not None and len(values) == self._selection.map_size:
            with np.errstate(invalid="ignore"):
                self._selection.choose((values >= low) & (values <= high), mode, "select a range")

    @Slot()
    def refresh(self) -> None:
        """Work the order out again."""
        if self._shown:
            self.rows_changed.emit(self._ordered())

    def _ordered(self) -> Array:
        mask = self._selection.mask
        rows = np.arange(self._selection.map_size) if mask is None else np.flatnonzero(mask)
        errors = self._quantities.row_errors.errors
        if errors is not None and len(errors) == self._selection.map_size and self._sort != "data":
            badness = np.nan_to_num(errors[rows], nan=np.inf, posinf=np.inf)
            rows = rows[np.argsort(badness if self._sort == "best" else -badness, kind="stable")]
        if (
            self._sort == "class"
            and self._labels is not None
            and len(self._labels) == len(self._selection.numbers)
        ):
            rows = rows[np.argsort(self._labels[rows], kind="stable")]
        return rows

    def _want(self) -> None:
        needed = self._worst_wanted or self._shown
        self._quantities.want("gallery", "error" if needed else "")

    def _serve_worst(self) -> None:
        errors = self._quantities.row_errors.errors
        if not self._worst_wanted or errors is None or len(errors) != self._selection.map_size:
            return
        if not self._quantities.row_errors.fresh:
            return  # left over from when they were last wanted: newer ones are on their way
        self._worst_wanted = False
        count = min(WORST, max(1, len(errors) // 10))
        mask = np.zeros(len(errors), bool)
        mask[np.argpartition(np.nan_to_num(errors, nan=np.inf), len(errors) - count)[-count:]] = True
        self._selection.choose(mask, "replace", "select the worst reconstructed")
        self._want()

    @Slot(str)
    def _on_values(self, key: str) -> None:
        if key == "error":
            self._serve_worst()
