"""What a person has chosen in the directions tool: a value that undo can bring back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One sample of the data, (d,) float32, and what it is in words."""

    values: np.ndarray
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """layer: 0 for the code, else a hidden layer; kind: "pca", "units", "images" or "tour"; units from 0.

    start: the sample that holds what the map does not show, None for the mean; slots: a, b, c
    """

    layer: int = 0
    kind: str = "pca"
    units: tuple[int, int] = (0, 1)
    start: Sample | None = None
    start_choice: tuple[str, int] = ("mean", 0)
    slots: tuple[Sample | None, Sample | None, Sample | None] = (None, None, None)

    def same_plane(self, other: Chosen) -> bool:
        """Whether the map looks the same."""
        return (self.layer, self.kind, self.units) == (other.layer, other.kind, other.units)

    def with_slot(self, index: int, sample: Sample | None) -> Chosen:
        """Another image as a, b or c."""
        slots = list(self.slots)
        slots[index] = sample
        return replace(self, slots=(slots[0], slots[1], slots[2]))

    def fitted(self, n_features: int, code_size: int, widths: tuple[int, ...]) -> Chosen:
        """What is left of it on this data set and network: samples of another size and units that are not
        there go, and so does a plane that needs them."""
        start = self.start if self.start is not None and len(self.start.values) == n_features else None
        a, b, c = (one if one is not None and len(one.values) == n_features else None for one in self.slots)
        slots = (a, b, c)
        layer = self.layer if self.layer <= len(widths) else 0
        size = widths[layer - 1] if layer else code_size
        kind, units = self.kind, self.units
        if max(units) >= size:
            units = (0, 1)
            kind = "pca" if kind == "units" else kind
        if size <= 2 or (layer and kind not in ("pca", "units")) or (kind == "images" and None in slots):
            kind = "pca"
        return replace(
            self, layer=layer, kind=kind, units=units, slots=slots, start=start,
            start_choice=self.start_choice if start is not None else ("mean", 0),
        )  # fmt: skip
