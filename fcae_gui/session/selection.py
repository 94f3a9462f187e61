"""Which samples are selected: one answer that every view shares, each change one step of the history."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.session.undo import Gesture, History
from fcae_gui.session.watching import Shown

Array = np.ndarray
Mode = Literal["replace", "add", "subtract"]


def sample_numbers(shown: Shown, dataset: Dataset) -> Array:
    """The sample behind every map row, (n,) int64: rows of the training half first, then of the test half."""
    rows = np.asarray(shown.watch.map_rows, np.int64)
    return rows + len(dataset.train) if shown.watch.map_split == "test" else rows


class Selection(QObject):
    """Remembers samples, not map rows: a selection outlives another choice of samples on the map.

    None stands for no selection at all: then nothing is dimmed.
    """

    changed = Signal()

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._dataset: Dataset | None = None
        self._numbers = np.empty(0, np.int64)  # sample behind every map row
        self._chosen: Array | None = None  # (samples,) bool
        self._mask: Array | None = None

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def mask(self) -> Array | None:
        """(n,) bool over the rows of the map, None when nothing is selected."""
        return self._mask

    @property
    def rows(self) -> Array:
        """Selected rows of the map, (k,) int64, in the order of the data."""
        return np.flatnonzero(self._mask) if self._mask is not None else np.empty(0, np.int64)

    @property
    def count(self) -> int:
        """How many rows of the map are selected."""
        return int(np.count_nonzero(self._mask)) if self._mask is not None else 0

    @property
    def map_size(self) -> int:
        """Rows of the map."""
        return len(self._numbers)

    @property
    def numbers(self) -> Array:
        """The sample behind every map row, (n,): rows of the training half first, then of the test half."""
        return self._numbers

    # --- changes ------------------------------------------------------------------------------------------

    def set_shown(self, shown: Shown, dataset: Dataset) -> None:
        """Other samples are on the map. Of another data set nothing stays selected."""
        if self._dataset is None or dataset.identity != self._dataset.identity:
            self._chosen = None
        self._dataset = dataset
        self._numbers = sample_numbers(shown, dataset)
        self._refresh()

    def choose(self, mask: Array, mode: Mode = "replace", text: str = "selection") -> bool:
        """Select rows of the map, (n,) bool; False when that changes nothing. One step of the history.

        Raises ValueError when `mask` is not as long as the map.
        """
        if mask.shape != (len(self._numbers),):
            raise ValueError(f"the mask must have shape ({len(self._numbers)},), got {mask.shape}")
        if self._dataset is None:
            return False
        size = len(self._dataset.train) + len(self._dataset.test)
        chosen = np.zeros(size, bool)
        if mode != "replace" and self._chosen is not None:
            chosen |= self._chosen
        hit = self._numbers[np.asarray(mask, bool)]
        chosen[hit] = mode != "subtract"
        return self._become(chosen if chosen.any() else None, text)

    @Slot()
    def clear(self) -> None:
        """Select nothing."""
        self._become(None, "clear selection")

    @Slot()
    def invert(self) -> None:
        """Select what is on the map and was not selected."""
        if len(self._numbers):
            now = self._mask if self._mask is not None else np.zeros(len(self._numbers), bool)
            self.choose(~now, "replace", "invert selection")

    # --- parts --------------------------------------------------------------------------------------------

    def _become(self, chosen: Array | None, text: str) -> bool:
        before, of = self._chosen, self._dataset
        same = before is chosen if before is None or chosen is None else bool((before == chosen).all())
        if same or of is None:
            return False
        self._put(chosen, of.identity)
        self._history.push(
            Gesture(
                text,
                lambda: self._put(before, of.identity),
                lambda: self._put(chosen, of.identity),
                n_bytes=0 if chosen is None else chosen.nbytes,
            )
        )
        return True

    def _put(self, chosen: Array | None, of: tuple[object, ...]) -> None:
        if self._dataset is not None and self._dataset.identity == of:
            self._chosen = chosen
            self._refresh()

    def _refresh(self) -> None:
        mask = None if self._chosen is None else self._chosen[self._numbers]
        self._mask = mask if mask is not None and mask.any() else None
        self.changed.emit()
