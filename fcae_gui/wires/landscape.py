"""The decoded landscape beneath the map's points, and how far the cursor is from the data."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup

from fcae_gui.session.landscape import MODES, Landscape, Mosaic
from fcae_gui.widgets.mosaic_layer import MosaicLayer
from fcae_gui.widgets.on_screen import on_screen

ACTIONS = ("landscape_next", *(f"landscape_{mode}" for mode in MODES))
SMALL_DOTS = 0.62  # of the usual radius


class LandscapeWires(QObject):
    """Connects the landscape of one window. It follows the map's view frame by frame while that is seen."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._cloud = window.latent.cloud
        self._act = window.actions_by_id
        self._tips = {name: self._act[name].statusTip() for name in ACTIONS}
        self.layer = MosaicLayer()
        self._cloud.add_layer(self.layer, beneath=True)
        self.landscape = Landscape(window.session, self)
        self.landscape.mosaic_changed.connect(self._on_mosaic)
        self.landscape.mode_changed.connect(self._on_mode)
        self.landscape.note_changed.connect(window.decoded.set_place_note)
        self.landscape.available_changed.connect(self._on_available)
        window.session.frame_passed.connect(self._look)
        self._cloud.view_changed.connect(self._look)
        self._act["landscape_next"].triggered.connect(self.landscape.next_mode)
        window.findChildren(QActionGroup, "landscape")[0].triggered.connect(self._on_chosen)
        self._act["workspace_explore"].toggled.connect(self._on_workspace)
        tip = self._act["landscape_next"].toolTip()
        choices = [self._act[f"landscape_{mode}"] for mode in MODES]
        self._button = window.latent.bar.add_menu("Landscape", tip, choices)
        self._tip = tip
        self._on_mode(self.landscape.mode)

    @Slot()
    def _look(self) -> None:
        box = self._cloud.box
        self.landscape.look(box.visible() if on_screen(self._cloud) else None, box.width, box.height)

    @Slot(object)
    def _on_mosaic(self, mosaic: Mosaic | None) -> None:
        if mosaic is None:
            self.layer.set_mosaic(None)
        else:
            self.layer.set_mosaic(mosaic.canvas, mosaic.box)
        self._show_points()

    @Slot(str)
    def _on_mode(self, mode: str) -> None:
        self._act[f"landscape_{mode}"].setChecked(True)
        self.layer.set_full(mode == "full")
        self._look()
        self._show_points()

    def _show_points(self) -> None:
        """Smaller points over a strong landscape: both are to be read."""
        strong = self.landscape.mode == "full" and self.layer.shown
        self._cloud.set_dot_scale(SMALL_DOTS if strong else 1.0)
        self._cloud.update()

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        self.landscape.set_mode(action.data())

    @Slot(bool)
    def _on_workspace(self, explore: bool) -> None:
        self.landscape.set_workspace("explore" if explore else "learn")

    @Slot(bool, str)
    def _on_available(self, available: bool, reason: str) -> None:
        for name in ACTIONS:
            self._act[name].setEnabled(available)
            self._act[name].setStatusTip(self._tips[name] if available else reason)
        self._button.setEnabled(available)
        self._button.setToolTip(self._tip if available else reason)


def connect(window: Any) -> LandscapeWires:
    """Build it for this window."""
    return LandscapeWires(window)
