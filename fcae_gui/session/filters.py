"""What the filters panel shows: weights of the first or last layer as pictures, one sample in all layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import activations
from fcae_gui.engine.events import Weights
from fcae_gui.engine.names import short_function
from fcae_gui.session.session import Session
from fcae_gui.session.watching import Shown, caption_on_map

Kind = Literal["filters", "atoms"]
FULL_COLOUR = 0.998  # of the weights lie within the scale: a few huge ones must not turn the rest white
ENOUGH_WEIGHTS = 100_000  # to find that scale from
ORDER_AGAIN_MS = 2000  # pictures that change places faster cannot be followed


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterPage:
    """Rows (n, inputs or outputs) of weights, their norms and order, and what full colour stands for.

    biases: (n,) of the units, None for atoms, which have none of their own
    """

    kind: Kind
    values: np.ndarray
    norms: np.ndarray
    biases: np.ndarray | None
    order: np.ndarray
    scale: float
    beyond: bool
    network: NetworkConfig

    def text(self, unit: int) -> str:
        """What the picture of a unit is."""
        n, number = len(self.values), unit + 1
        size = f"length {self.norms[unit]:.3g}"
        layer = "code" if not self.network.encoder_widths else "hidden"
        if self.kind == "filters" and self.biases is not None:
            return (
                f"Unit {number} of {n:,}, first {layer} layer\n{size}, bias {self.biases[unit]:.3g}\n\n"
                "Its weights: inputs that are orange raise it, blue ones lower it."
            )
        where = "code" if not self.network.encoder_widths else "last hidden layer"
        before = ", before the sigmoid" if self.network.output_activation == "sigmoid" else ""
        return (
            f"Atom {number} of {n:,}\n{size}\n\n"
            f"What unit {number} of the {where} adds to the output for every 1 of its activation{before}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One sample in all layers: names of the layers and (size,) values; title says which sample."""

    title: str
    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]


class Filters(QObject):
    """Works three times a second and only while its panel is on screen (`set_visible`)."""

    page_changed = Signal(object)  # FilterPage
    passage_changed = Signal(object)  # Passage

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._visible = False
        self._kind: Kind = "filters"
        self._held = False
        self._page: FilterPage | None = None
        self._seen: tuple[int, int, Kind] = (-1, -1, "filters")
        self._shown: Shown | None = None
        self._row = 0
        self._since_order = QElapsedTimer()
        self._since_order.start()
        session.numbers_changed.connect(self._on_numbers)
        session.view.shown_changed.connect(self._on_shown)

    # --- in -----------------------------------------------------------------------------------------------

    def set_visible(self, visible: bool) -> None:
        """Nothing is done for a hidden panel."""
        self._visible = visible
        self._seen = (-1, -1, self._kind)
        self._look()

    def set_kind(self, kind: Kind) -> None:
        """First-layer filters, or atoms of the last layer."""
        self._kind = kind
        self._look()

    def hold_order(self, held: bool) -> None:
        """Pictures do not run away from a hand."""
        self._held = held

    def set_row(self, row: int) -> None:
        """Follow this row of the map through the layers; -1 keeps the one there is."""
        if row >= 0 and row != self._row:
            self._row = row
            if self._visible:
                self._pass_sample()

    @property
    def row(self) -> int:
        """Row of the map whose activations are shown."""
        return self._row

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown, self._row = shown, 0
        if self._visible:
            self._pass_sample()

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        self._look()

    # --- work ---------------------------------------------------------------------------------------------

    def _look(self) -> None:
        weights = self._session.view.weights
        if not self._visible or weights is None:
            return
        now = (weights.generation, weights.step, self._kind)
        if now != self._seen:
            self._seen = now
            self._page = self._made(weights)
            self.page_changed.emit(self._page)
            self._pass_sample()

    def _made(self, weights: Weights) -> FilterPage:
        if self._kind == "filters":
            values, biases = weights.encoder[0][0], weights.encoder[0][1]
        else:
            values, biases = np.ascontiguousarray(weights.decoder[-1][0].T), None
        norms = np.sqrt(np.einsum("ij,ij->i", values, values))  # (n,)
        size = np.abs(values.ravel()[:: max(1, values.size // ENOUGH_WEIGHTS)])
        top = float(size.max())
        scale = float(np.quantile(size, FULL_COLOUR)) if values.size > 1000 else top
        old = self._page
        same = old is not None and old.kind == self._kind and old.values.shape == values.shape
        if same and (self._held or self._since_order.elapsed() < ORDER_AGAIN_MS):
            assert old is not None
            order = old.order
        else:
            order = np.argsort(-norms, kind="stable")
            self._since_order.restart()
        return FilterPage(
            kind=self._kind, values=values, norms=norms, biases=biases, order=order, scale=max(scale, 1e-12),
            beyond=scale < top, network=weights.network,
        )  # fmt: skip

    def _pass_sample(self) -> None:
        weights, shown, dataset = self._session.view.weights, self._shown, self._session.dataset
        if weights is None or shown is None or dataset is None or self._row >= len(shown.map_features):
            return
        sample = shown.map_features[self._row : self._row + 1]
        if sample.shape[1] != weights.network.input_size:
            return  # the network for these samples is on its way
        sample = sample.astype(np.float32) / 255 if sample.dtype == np.uint8 else sample
        _before, after = activations(weights, sample)
        self.passage_changed.emit(
            Passage(
                title=caption_on_map(shown, self._row, dataset),
                names=layer_titles(weights.network),
                values=(sample[0], *(layer[0] for layer in after)),
            )
        )


def layer_titles(network: NetworkConfig) -> tuple[str, ...]:
    """Names of all layers with their sizes, from the input to the output."""
    half = len(network.encoder_widths)
    hidden = short_function(network.activation)
    names = ["input", *[hidden] * half, "code", *[hidden] * half, "output"]
    return tuple(f"{name} {size:,}" for name, size in zip(names, network.sizes, strict=True))
