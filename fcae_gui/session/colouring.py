"""What the colours of the points on the map stand for: their class, a quantity, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.session.quantities import Quantities, Quantity, ends

Array = np.ndarray

BY_CLASS, BY_NOTHING = "class", "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """By class or by nothing when `quantity` is None, else values (n,) and where their scale begins and ends.

    low and high are NaN while the values are still being worked out.
    """

    by_class: bool
    quantity: Quantity | None = None
    values: Array | None = None
    low: float = float("nan")
    high: float = float("nan")


class Colouring(QObject):
    """The choice, and the values behind it as they change."""

    choices_changed = Signal(object, str)  # ((key, text), ...) and the key that is chosen
    changed = Signal(object)  # Colours

    def __init__(self, quantities: Quantities, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quantities = quantities
        self._key = BY_CLASS
        self._size = 0
        quantities.choices_changed.connect(self._on_choices)
        quantities.changed.connect(self._on_values)

    @property
    def key(self) -> str:
        """ "class", "nothing", or the key of a quantity."""
        return self._key

    def set_size(self, n: int) -> None:
        """How many samples there are on the map."""
        self._size = n

    def choose(self, key: str) -> None:
        """Colour by this from now on."""
        plain = key in (BY_CLASS, BY_NOTHING)
        if not plain and self._quantities.find(key) is None:
            key, plain = BY_CLASS, True
        self._key = key
        self._quantities.want("colour", "" if plain else key)
        self._tell_choices()
        self._tell()

    def give_clusters(self, labels: Array | None) -> None:
        """Labels (n,) int64 for "cluster", per row of the map, -1 for noise; None: our own k-means again."""
        self._quantities.clusters.give(labels)

    @Slot(object)
    def _on_choices(self, _choices: object) -> None:
        """The data or the network are others now; what is gone falls back to the classes."""
        self.choose(self._key)

    @Slot(str)
    def _on_values(self, key: str) -> None:
        if key == self._key:
            self._tell()

    def _tell_choices(self) -> None:
        quantities = [(one.key, one.name) for one in self._quantities.choices]
        choices = ((BY_CLASS, "class"), *quantities, (BY_NOTHING, "nothing"))
        self.choices_changed.emit(choices, self._key)

    def _tell(self) -> None:
        quantity = self._quantities.find(self._key)
        if quantity is None:
            self.changed.emit(Colours(by_class=self._key == BY_CLASS))
            return
        values = self._quantities.values(self._key)
        if values is None:
            unknown = np.full(self._size, np.nan, np.float32)
            self.changed.emit(Colours(by_class=False, quantity=quantity, values=unknown))
            return
        low, high = ends(values)
        self.changed.emit(Colours(by_class=False, quantity=quantity, values=values, low=low, high=high))
