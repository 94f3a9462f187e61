"""Filters, atoms and activations: the panel and the part of the session behind it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.panels.filters import FiltersPanel
from fcae_gui.session.filters import FilterPage, Filters, Passage
from fcae_gui.widgets.strips_view import Strip
from fcae_gui.wires.kept_fresh import KeptFresh


class FiltersWires(QObject):
    """Connects the filters of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self.filters = Filters(window.session, self)
        self.panel = FiltersPanel()
        dock = window.add_tool("filters", "Filters", self.panel, "learn", "latent")
        dock.visibilityChanged.connect(self.filters.set_visible)
        self.fresh = KeptFresh(dock, self._look)
        window.actions_by_id["filters_show"].triggered.connect(self._on_show)
        window.session.dataset_changed.connect(self._on_dataset)
        window.latent.sample_hovered.connect(self.filters.set_row)
        self.panel.kind_chosen.connect(self.filters.set_kind)
        self.panel.grid.pointed.connect(self._on_pointed)
        self.filters.page_changed.connect(self._on_page)
        self.filters.passage_changed.connect(self._on_passage)

    def _look(self) -> None:
        self.filters.set_visible(True)
        self.filters.set_visible(self.fresh.visible)

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("filters")

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_column_names(dataset.feature_names if dataset.image_shape is None else ())

    @Slot(object)
    def _on_page(self, page: FilterPage) -> None:
        dataset = self._window.session.dataset
        shape = dataset.image_shape if dataset is not None else None
        if shape is not None and shape[0] * shape[1] != page.values.shape[1]:
            return  # weights of the network before
        self.panel.set_filters(page.values, shape, page.scale, beyond=page.beyond, text=page.text)
        self.panel.set_order(page.order)

    @Slot(object)
    def _on_passage(self, passage: Passage) -> None:
        strips = tuple(
            Strip(name, values) for name, values in zip(passage.names, passage.values, strict=True)
        )
        self.panel.set_strips(passage.title, strips)

    @Slot(int)
    def _on_pointed(self, unit: int) -> None:
        self.filters.hold_order(unit >= 0)


def connect(window: Any) -> FiltersWires:
    """Build and connect."""
    return FiltersWires(window)
