"""Numbers per sample on the map that it can be coloured by, sorted by and selected by."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.analysis.crowding import crowding
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.events import Weights
from fcae_gui.session.clusters import Clusters
from fcae_gui.session.row_errors import RowErrors
from fcae_gui.session.selection import sample_numbers
from fcae_gui.session.watching import Shown

Array = np.ndarray

AGAIN_S = 0.25  # colours that follow the map are renewed four times a second: dots glide, hues need not
MOST_UNITS = 64
SAMPLE = 10_000  # values decide the ends of a scale
ENDS = (0.01, 0.99)  # quantiles: a few extremes do not wash out the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """key: "error", "density", "unit:0" ..., "factor:slant" ...; title and unit as a person reads them.

    name: where there is little room
    """

    key: str
    name: str
    title: str
    unit: str = ""


ERROR = Quantity(key="error", name="error", title="reconstruction error", unit="sum of squares per image")
CLUSTER = Quantity(key="cluster", name="cluster", title="cluster of the code", unit="k-means")
DENSITY = Quantity(key="density", name="density", title="density on the map", unit="times the average")


def ends(values: Array) -> tuple[float, float]:
    """Where the scale of these values (n,) begins and ends; (0, 1) when there is none."""
    some = values[:: max(1, len(values) // SAMPLE)]
    some = some[np.isfinite(some)]
    if len(some) == 0:
        return (0.0, 1.0)
    low, high = (float(v) for v in np.quantile(some, ENDS))
    return (low, high) if high > low else (low, low + max(1e-6, abs(low) * 1e-3))


class Quantities(QObject):
    """Knows what there is for the present data and code, and works out what somebody wants."""

    choices_changed = Signal(object)  # tuple of Quantity
    changed = Signal(str)  # new values of the quantity with this key

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.row_errors = RowErrors(self)
        self.row_errors.changed.connect(self._on_errors)
        self.clusters = Clusters(self)
        self.clusters.changed.connect(self._on_clusters)
        self._wanted: dict[str, str] = {}  # who -> key
        self._factors: dict[str, Array] = {}
        self._code_size = 0
        self._codes: Array | None = None
        self._places: Array | None = None
        self._density: Array | None = None
        self._moved = False
        self._told_at = 0.0
        self._choices: tuple[Quantity, ...] = (ERROR, DENSITY, CLUSTER)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def choices(self) -> tuple[Quantity, ...]:
        """All quantities of the present data and network."""
        return self._choices

    def find(self, key: str) -> Quantity | None:
        """The quantity with this key, None when there is none any more."""
        return next((one for one in self._choices if one.key == key), None)

    def values(self, key: str) -> Array | None:
        """(n,) per row of the map, None while they are not known."""
        kind, _, which = key.partition(":")
        if kind == "error":
            return self.row_errors.errors
        if kind == "cluster":
            return self.clusters.labels
        if kind == "density":
            if self._density is None and self._places is not None:
                self._density = crowding(self._places[:, 0], self._places[:, 1])
            return self._density
        if kind == "factor":
            return self._factors.get(which)
        if kind == "unit" and self._codes is not None and int(which) < self._codes.shape[1]:
            return self._codes[:, int(which)]
        return None

    def want(self, who: str, key: str) -> None:
        """Keep the values of a quantity up to date for `who`; "" when it needs none."""
        self._wanted[who] = key

    # --- what the session tells ---------------------------------------------------------------------------

    def set_shown(self, shown: Shown, dataset: Dataset) -> None:
        """Other samples are on the map."""
        numbers = sample_numbers(shown, dataset)
        self._factors = {}
        for name, train in dataset.train.factors.items():
            test = dataset.test.factors.get(name)
            if test is not None:
                self._factors[name] = np.concatenate([train, test])[numbers]
        self._codes = self._places = self._density = None
        self.row_errors.set_features(shown.map_features)
        self.clusters.forget(len(dataset.class_names))
        self._tell_choices()

    def start_generation(self, code_size: int) -> None:
        """Another network stands there."""
        self._codes = self._places = self._density = None
        self.row_errors.forget()
        self.clusters.forget()
        self._code_size = code_size
        self._tell_choices()

    def set_map(self, places: Array, codes: Array | None) -> None:
        """New places (n, 2) and codes (n, code) of the samples."""
        self._places, self._codes, self._density = places, codes, None
        self._moved = True

    def poll(self, weights: Weights | None, *, running: bool) -> None:
        """Once a frame."""
        wanted = set(self._wanted.values())
        self.row_errors.poll(weights, wanted="error" in wanted, running=running)
        self.clusters.poll(self._codes, wanted="cluster" in wanted)
        now = time.monotonic()
        if self._moved and now - self._told_at >= AGAIN_S:
            self._moved, self._told_at = False, now
            for key in wanted:
                if key == "density" or key.startswith("unit:"):
                    self.changed.emit(key)

    def close(self) -> bool:
        """End the worker; False when it is still busy after its grace."""
        clean = self.row_errors.close()
        return self.clusters.close() and clean

    @Slot()
    def _on_clusters(self) -> None:
        self.changed.emit("cluster")

    @Slot()
    def _on_errors(self) -> None:
        self.changed.emit("error")

    def _tell_choices(self) -> None:
        units = range(min(self._code_size, MOST_UNITS))
        made = (
            ERROR,
            DENSITY,
            CLUSTER,
            *(Quantity(key=f"factor:{name}", name=name, title=name) for name in self._factors),
            *(Quantity(key=f"unit:{i}", name=f"code {i + 1}", title=f"code {i + 1}") for i in units),
        )
        if made != self._choices:
            self._choices = made
        self.choices_changed.emit(made)
