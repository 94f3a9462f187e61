"""The one sample under the loss lens: which it is, and what the newest network makes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.analysis import lens
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.engine.decoder import encode, logits
from fcae_gui.engine.events import Weights
from fcae_gui.session.row_errors import RowErrors
from fcae_gui.session.watching import Shown, caption_on_map, label_name

PICTURE_S = 1 / 15  # between two pictures of a learning network: as smooth as an eye needs here
SHARE = 0.04  # of the time at most goes into them, so that a large network is looked at less often


@dataclass(frozen=True, slots=True, kw_only=True)
class LensSample:
    """Row of the map, what it is in words, and its values (d,) float32."""

    row: int
    text: str
    x: np.ndarray


class Lens(QObject):
    """Chooses among the samples of the map and reads the losses of one. Works only while it is seen.

    A sample under the mouse on the map goes before the chosen one, until the mouse leaves it.
    """

    sample_changed = Signal(object)  # LensSample
    reading_changed = Signal(object)  # analysis.lens.Reading, None while no network fits
    classes_changed = Signal(object)  # tuple of (label, name)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.errors = RowErrors(self)
        self.errors.changed.connect(self._serve_worst)
        self._dataset: Dataset | None = None
        self._shown: Shown | None = None
        self._selected: np.ndarray | None = None  # (n,) bool
        self._among = "all"  # "all", "selected" or "class:3"
        self._row = 0
        self._hovered = -1
        self._visible = False
        self._worst_wanted = False
        self._weights: Weights | None = None
        self._read_from: Weights | None = None  # what is shown; an edit makes others at the same step
        self._next_at = 0.0

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def row(self) -> int:
        """The row of the map under the lens."""
        return self._hovered if self._hovered >= 0 else self._row

    @property
    def count(self) -> int:
        """Number of samples to choose from."""
        return 0 if self._shown is None else len(self._shown.map_features)

    @property
    def among(self) -> str:
        """Where stepping goes: "all", "selected" or "class:3"."""
        return self._among

    @property
    def seeking_worst(self) -> bool:
        """Whether the errors of all samples are being worked out to find the largest."""
        return self._worst_wanted

    # --- what a person wants ------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """To the next sample, or the previous with -1, among those that are stepped through."""
        rows = self._rows()
        if not len(rows):
            return
        if by > 0:
            at = int(np.searchsorted(rows, self._row, side="right")) % len(rows)
        else:
            at = (int(np.searchsorted(rows, self._row, side="left")) - 1) % len(rows)
        self.go(int(rows[at]))

    def go(self, row: int) -> None:
        """Put this row of the map under the lens."""
        if 0 <= row < self.count:
            self._row, self._hovered = row, -1
            self._tell_sample()

    def set_among(self, key: str) -> None:
        """Step through "all", "selected" or "class:3"; a sample that is not among them gives way."""
        self._among = key
        rows = self._rows()
        if len(rows) and self._row not in rows:
            self.go(int(rows[0]))

    def seek_worst(self) -> None:
        """Put the worst reconstructed of those stepped through under the lens, once errors are known."""
        self._worst_wanted = True
        self._serve_worst()

    @Slot(int)
    def hover(self, row: int) -> None:
        """The sample under the mouse on the map, -1 for none."""
        row = row if row < self.count else -1
        if row != self._hovered:
            self._hovered = row
            self._tell_sample()

    # --- what the session tells ---------------------------------------------------------------------------

    def set_visible(self, visible: bool) -> None:
        """Hidden, it does nothing."""
        self._visible = visible
        self._worst_wanted = self._worst_wanted and visible
        self._tell_sample()

    def set_shown(self, shown: Shown, dataset: Dataset) -> None:
        """Other samples are on the map."""
        before = self._dataset
        self._dataset, self._shown = dataset, shown
        self._hovered, self._selected = -1, None
        self.errors.set_features(shown.map_features)
        if before is None or before.name != dataset.name or self._row >= self.count:
            self._row = 0
        labels = () if shown.map_labels is None else np.unique(shown.map_labels).tolist()
        names = tuple((int(k), label_name(int(k), dataset.class_names)) for k in labels)
        if self._among != "all" and (self._among == "selected" or not len(self._rows())):
            self._among = "all"
        self.classes_changed.emit(names)
        self._tell_sample()

    def set_selected(self, mask: np.ndarray | None) -> None:
        """Selected rows of the map (n,) bool: a new selection puts its first sample under the lens."""
        self._selected = mask if mask is not None and len(mask) == self.count else None
        if self._selected is not None and not self._selected[min(self._row, self.count - 1)]:
            self.go(int(np.flatnonzero(self._selected)[0]))

    def start_generation(self) -> None:
        """Another network stands there."""
        self._weights = None
        self._read_from = None
        self.errors.forget()

    def poll(self, weights: Weights | None, *, running: bool) -> None:
        """Once a frame."""
        self._weights = weights
        self.errors.poll(weights, wanted=self._worst_wanted and self._visible, running=running)
        if not self._visible or weights is None or self._shown is None:
            return
        now = time.monotonic()
        if weights is not self._read_from and (not running or now >= self._next_at):
            self._read()
            self._next_at = now + max(PICTURE_S, (time.monotonic() - now) / SHARE)

    def close(self) -> bool:
        """End the worker; False when it is still busy after its grace."""
        return self.errors.close()

    # --- parts --------------------------------------------------------------------------------------------

    def _rows(self) -> np.ndarray:
        """Rows of the map that are stepped through, ascending."""
        if self._among == "selected" and self._selected is not None:
            return np.flatnonzero(self._selected)
        labels = None if self._shown is None else self._shown.map_labels
        kind, _, label = self._among.partition(":")
        if kind == "class" and labels is not None:
            return np.flatnonzero(labels == int(label))
        return np.arange(self.count)

    def _tell_sample(self) -> None:
        if not self._visible or self._shown is None or self._dataset is None or not self.count:
            return
        row, shown = self.row, self._shown
        text = caption_on_map(shown, row, self._dataset)
        x = Split(features=shown.map_features[row : row + 1]).as_float()[0]
        self.sample_changed.emit(LensSample(row=row, text=text, x=x))
        self._read()

    def _read(self) -> None:
        weights, shown = self._weights, self._shown
        if weights is None or shown is None:
            return
        row = self.row
        if weights.network.input_size != shown.map_features.shape[1]:
            return  # the data set has changed and the network has not yet
        x = Split(features=shown.map_features[row : row + 1]).as_float()
        with np.errstate(all="ignore"):  # a diverged network has values that are not numbers
            before = logits(weights, encode(weights, x))[0]  # (d,)
            has_sigmoid = weights.network.output_activation == "sigmoid"
            reading = lens.read(x[0], before, has_sigmoid=has_sigmoid)
        self._read_from = weights
        self.reading_changed.emit(reading)

    @Slot()
    def _serve_worst(self) -> None:
        errors, rows = self.errors.errors, self._rows()
        if not self._worst_wanted or errors is None or not self.errors.fresh or len(errors) != self.count:
            return
        self._worst_wanted = False
        if len(rows):
            self.go(int(rows[np.nan_to_num(errors[rows], nan=np.inf).argmax()]))
