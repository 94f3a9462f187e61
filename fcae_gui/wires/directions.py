"""The Directions panel connected to its part of the session, and samples dragged out of the grid."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.analysis.plane import Plane
from fcae_gui.data.dataset import Dataset
from fcae_gui.panels.directions import DirectionsPanel
from fcae_gui.session.directions import Directions
from fcae_gui.session.directions_state import Chosen, Sample
from fcae_gui.session.watching import Shown
from fcae_gui.widgets import row_drag
from fcae_gui.widgets.sample_tile import sample_image

STATUS_MS = 5000


class DirectionsWires(QObject):
    """Holds both and translates between their words."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self._shown: Shown | None = None
        self.panel = panel = DirectionsPanel()
        self.tool = tool = Directions(window.session, self)
        window.add_tool("directions", "Directions", panel)

        panel.plane_requested.connect(tool.choose_plane)
        panel.tour_run_requested.connect(tool.run_tour)
        panel.start_requested.connect(tool.start_from)
        panel.slider_moved.connect(tool.slide)
        panel.slider_let_go.connect(tool.let_go)
        panel.reset_requested.connect(tool.reset)
        panel.slot_requested.connect(tool.fill_slot)
        panel.slot_dropped.connect(tool.fill_slot)
        panel.result_requested.connect(tool.show_sum)
        panel.shown_changed.connect(tool.set_active)

        tool.network_changed.connect(panel.set_layers)
        tool.chosen_changed.connect(self._on_chosen)
        tool.directions_changed.connect(panel.set_directions)
        tool.values_changed.connect(panel.set_values)
        tool.ends_changed.connect(panel.set_ends)
        tool.slot_changed.connect(self._on_slot)
        tool.sum_changed.connect(panel.set_result)
        tool.tour_running_changed.connect(panel.set_tour_running)
        tool.extent_changed.connect(self._on_extent)
        tool.told.connect(self._on_told)

        window.session.dataset_changed.connect(self._on_dataset)
        window.session.view.shown_changed.connect(self._on_shown)
        window.session.view.plane_changed.connect(self._on_plane)
        window.reconstructions.grid.dragged.connect(self._on_dragged)

        act = window.actions_by_id
        for name, slot in (
            ("directions_components", tool.show_components), ("directions_units", tool.show_next_units),
            ("directions_images", tool.show_images_plane), ("directions_tour", tool.toggle_tour),
            ("directions_layer", tool.next_layer), ("directions_cursor", tool.start_from_cursor),
            ("directions_random", tool.start_from_random), ("directions_reset", tool.reset),
            ("directions_sum", tool.show_sum),
        ):  # fmt: skip
            act[name].triggered.connect(slot)

    @Slot(object)
    def _on_chosen(self, chosen: Chosen) -> None:
        self.panel.set_plane(chosen.layer, chosen.kind, *chosen.units)
        self.panel.set_start(*chosen.start_choice, chosen.start.text if chosen.start is not None else "")

    @Slot(int, object)
    def _on_slot(self, index: int, sample: Sample | None) -> None:
        if sample is None:
            self.panel.set_slot(index, None, "")
        else:
            self.panel.set_slot(index, sample.values, sample.text)

    @Slot(object)
    def _on_extent(self, reach: float | None) -> None:
        box = None if reach is None else (-reach, -reach, reach, reach)
        self._window.latent.cloud.set_least_extent(box)

    @Slot(str)
    def _on_told(self, text: str) -> None:
        self._window.statusBar().showMessage(text, STATUS_MS)

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_image_shape(dataset.image_shape)
        self.panel.set_class_names(dataset.class_names)
        self._on_chosen(self.tool.chosen)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown

    @Slot(object)
    def _on_plane(self, plane: Plane) -> None:
        self._window.latent.cloud.set_cursor_shown(plane.decodes)

    @Slot(int)
    def _on_dragged(self, index: int) -> None:
        """A sample of the reconstruction grid leaves it under the mouse."""
        shown, dataset = self._shown, self._window.session.dataset
        if shown is None or dataset is None or not 0 <= index < len(shown.watch.grid_rows):
            return
        picture = sample_image(shown.grid_images[index], dataset.image_shape)
        row = int(shown.watch.grid_rows[index])
        row_drag.start(self._window.reconstructions.grid, shown.watch.grid_split, row, picture)


def connect(window: Any) -> DirectionsWires:
    """Build and connect."""
    return DirectionsWires(window)
