"""Pins: the panel, the marks on the map, the keys, and the part of the session behind them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.events import Started
from fcae_gui.panels.pins import PinsPanel
from fcae_gui.session.pins import PinPictures, Pins
from fcae_gui.widgets.pin_layer import PinLayer


class PinsWires(QObject):
    """Connects the pins of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self.pins = Pins(window.session, self)
        self.panel = PinsPanel()
        self.layer = PinLayer()
        self._cloud = window.latent.cloud
        self._cloud.add_layer(self.layer)
        dock = window.add_tool("pins", "Pins", self.panel)
        act = window.actions_by_id
        act["pins_pin"].triggered.connect(self.pins.pin_cursor)
        act["pins_remove_last"].triggered.connect(self.pins.remove_last)
        act["pins_clear"].triggered.connect(self.pins.clear)
        self.pins.changed.connect(self._on_changed)
        self.pins.pictures_changed.connect(self._on_pictures)
        self.panel.pin_requested.connect(self.pins.pin_cursor)
        self.panel.clear_requested.connect(self.pins.clear)
        self.panel.pin_chosen.connect(self.pins.choose)
        self.panel.removal_requested.connect(self.pins.remove)
        # A panel behind another tab still counts as visible: only the dock tells.
        dock.visibilityChanged.connect(self.pins.set_watched)
        window.session.generation_started.connect(self._on_started)
        window.session.dataset_changed.connect(self._on_dataset)

    @Slot()
    def _on_changed(self) -> None:
        self.panel.set_pins([pin.number for pin in self.pins.pins], self.pins.chosen)
        self.layer.set_pins(self.pins.places(), self.pins.chosen)
        self._cloud.update()

    @Slot(object)
    def _on_pictures(self, made: PinPictures) -> None:
        self.panel.set_pictures(made.numbers, made.steps, made.frames, made.live)

    @Slot(object)
    def _on_started(self, _started: Started) -> None:
        self.panel.forget_pictures()

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_image_shape(dataset.image_shape)


def connect(window: Any) -> PinsWires:
    """Build and connect."""
    return PinsWires(window)
