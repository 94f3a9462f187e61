"""What can be put on a map of points from outside: layers that paint, and tools that take the left button."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter

from fcae_gui.widgets.view_box import ViewBox

Modifiers = Qt.KeyboardModifier


class MapLayer(Protocol):
    """Paints in plot coordinates: (0, 0) is the upper left corner of the plot, box.to_screen leads there."""

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """Paint for a screen of `ratio` device pixels per pixel. The plot clips. Called for every frame."""


class MapTool(Protocol):
    """Takes presses, drags and keys of the map in place of the cursor. Places are world coordinates.

    Panning (right button, Shift), zooming and hovering stay with the map.
    """

    shape: Qt.CursorShape

    def press(self, x: float, y: float, modifiers: Modifiers) -> None:
        """The left button went down."""

    def drag(self, x: float, y: float, modifiers: Modifiers) -> None:
        """The mouse moved while it is down."""

    def release(self, x: float, y: float, modifiers: Modifiers) -> None:
        """It went up: the gesture is complete."""

    def key(self, event: QKeyEvent) -> bool:
        """A key while the map has the focus; True when the tool has used it."""
