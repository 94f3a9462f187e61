"""Dropping the decoder: the right half of the drawing fades, and the code runs into a classifier."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QSize, Slot
from PySide6.QtWidgets import QToolButton

from fcae_gui.data.dataset import Dataset
from fcae_gui.widgets.on_screen import on_screen

ICON_PX = 16


class DropDecoderWires(QObject):
    """One button at the drawing, and the same as a command."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self.action = window.actions_by_id["drop_decoder"]
        self.button = QToolButton()
        self.button.setDefaultAction(self.action)
        self.button.setAutoRaise(True)
        self.button.setIconSize(QSize(ICON_PX, ICON_PX))
        self.button.setAccessibleName("Drop the decoder")
        window.network.hourglass.set_corner(self.button)
        self.action.toggled.connect(self._on_toggled)
        window.session.dataset_changed.connect(self._on_dataset)

    @Slot(bool)
    def _on_toggled(self, dropped: bool) -> None:
        if not on_screen(self._window.docks["network"]):
            self._window.show_tool("network")
        self._window.network.hourglass.set_dropped(dropped)
        self.button.setAccessibleName("Bring the decoder back" if dropped else "Drop the decoder")

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        labels = dataset.train.labels
        known = len(dataset.class_names) or (0 if labels is None else int(labels.max()) + 1)
        self._window.network.hourglass.set_classes(known or 10)


def connect(window: Any) -> DropDecoderWires:
    """Give the window the button."""
    return DropDecoderWires(window)
