"""PCA beside the network: its floor line, its row in the grid, its map, and the read-outs under both maps."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Slot

from fcae_gui.analysis.plane import Plane
from fcae_gui.panels.pca import PcaPanel
from fcae_gui.session.baseline import Baseline
from fcae_gui.session.colouring import Colours
from fcae_gui.session.standing import Standing
from fcae_gui.session.watching import Shown
from fcae_gui.wires.kept_fresh import KeptFresh

STATUS_MS = 8000


class PcaWires(QObject):
    """Connects PCA of one window; `window.baseline` and `window.standing` are what other tools may ask."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.panel = PcaPanel()
        self.dock = window.add_tool("pca", "PCA", self.panel, workspace="learn", beside="latent")
        self.baseline = window.baseline = Baseline(self)
        self.standing = window.standing = Standing(window.session, self.baseline, self)
        self._places: np.ndarray | None = None
        self._points = 0  # on the map
        self.fresh = KeptFresh(self.dock, self._refresh)
        self._connect_session()
        self._connect_panel()

    def _connect_session(self) -> None:
        session, view, window = self._session, self._session.view, self._window
        view.shown_changed.connect(self._on_shown)
        view.map_changed.connect(self._on_map)
        view.plane_changed.connect(self._on_plane)
        session.generation_started.connect(self._on_generation)
        session.frame_passed.connect(self._on_frame)
        self.baseline.changed.connect(self._on_baseline)
        self.baseline.progressed.connect(self._on_progress)
        self.standing.floor_changed.connect(window.loss.set_floor)
        self.standing.reference_changed.connect(window.reconstructions.set_reference)
        self.standing.passed.connect(self._on_passed)
        self.standing.scores_changed.connect(self.panel.set_scores)
        self.standing.readings_changed.connect(self.panel.set_readings)

    def _connect_panel(self) -> None:
        window = self._window
        self.dock.visibilityChanged.connect(self.standing.set_visible)
        window.actions_by_id["pca_show"].triggered.connect(self._on_show)
        window.latent.sample_hovered.connect(self.panel.mark)
        window.latent.classes_shown_changed.connect(self.panel.set_classes_shown)
        self.panel.sample_hovered.connect(window.latent.cloud.mark)
        self.panel.fit_requested.connect(self.baseline.fit_again)
        self.panel.rotate_requested.connect(self._session.rotate_code)
        window.selection.changed.connect(self._on_selection)
        window.colouring.changed.connect(self._on_colours)

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("pca")

    def _refresh(self) -> None:
        self.panel.set_points(self._places, glide=False)
        if not self.fresh.visible:  # the read-outs too are to be those of now
            self.standing.set_visible(True)
            self.standing.set_visible(False)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self._session.dataset
        self._set_places(None, glide=False)
        self._points = len(shown.map_features)
        self.panel.set_labels(shown.map_labels, dataset.class_names if dataset is not None else ())

    @Slot(object)
    def _on_generation(self, _started: object) -> None:
        self._set_places(None, glide=False)

    @Slot(object, bool)
    def _on_map(self, places: np.ndarray, glide: bool) -> None:
        self._set_places(places, glide=glide)

    def _set_places(self, places: np.ndarray | None, *, glide: bool) -> None:
        self._places = places
        if self.fresh.visible:
            self.panel.set_points(places, glide=glide)
        else:
            self.fresh.touch()

    @Slot(object)
    def _on_plane(self, plane: Plane) -> None:
        self.panel.set_axes(*plane.axis_texts())

    @Slot()
    def _on_selection(self) -> None:
        self.panel.set_chosen(self._window.selection.mask)

    @Slot(object)
    def _on_colours(self, colours: Colours) -> None:
        """The colours of the latent map, for the same points."""
        values = colours.values
        self.panel.set_coloured(colours.by_class or colours.quantity is not None)
        if colours.quantity is not None and colours.quantity.key == "cluster":
            values = None  # many colours without an order: the classes say as much
        if (
            values is None
            or len(values) != self._points
            or not np.isfinite([colours.low, colours.high]).all()
        ):
            self.panel.set_values(None)
            return
        scale = np.float32(max(colours.high - colours.low, 1e-30))
        self.panel.set_values((values.astype(np.float32) - np.float32(colours.low)) / scale)

    @Slot()
    def _on_baseline(self) -> None:
        self.panel.set_state(self.baseline.state)

    @Slot(float)
    def _on_progress(self, share: float) -> None:
        if self.fresh.visible:
            self.panel.set_state("computing", share)

    @Slot(int, str)
    def _on_passed(self, step: int, text: str) -> None:
        self._window.loss.mark(step, "passes PCA")
        self._window.statusBar().showMessage(text, STATUS_MS)

    @Slot()
    def _on_frame(self) -> None:
        if self.fresh.visible:
            self.panel.advance()


def connect(window: Any) -> PcaWires:
    """Build it for this window."""
    return PcaWires(window)
