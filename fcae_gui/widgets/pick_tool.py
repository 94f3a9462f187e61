"""A map tool that chooses points: press on one, or drag from one to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from fcae_gui.widgets.map_parts import Modifiers

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PickTool(QObject):
    """A MapTool. `at` tells the point that is meant by a place of the world, -1 for none."""

    chosen = Signal(int)  # index of a point
    step_requested = Signal(int)  # 1 for the next one, -1 for the one before

    shape = Qt.CursorShape.PointingHandCursor

    def __init__(self, at: Callable[[float, float], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self._last = -1

    def press(self, x: float, y: float, _modifiers: Modifiers) -> None:
        """Choose the point under the mouse."""
        self._last = -1
        self._choose(x, y)

    def drag(self, x: float, y: float, _modifiers: Modifiers) -> None:
        """Choose the points that the mouse comes across."""
        self._choose(x, y)

    def release(self, _x: float, _y: float, _modifiers: Modifiers) -> None:
        """Nothing more."""

    def key(self, event: QKeyEvent) -> bool:
        """Left and right step."""
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if not step or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        self.step_requested.emit(step)
        return True

    def _choose(self, x: float, y: float) -> None:
        row = self._at(x, y)
        if row >= 0 and row != self._last:
            self._last = row
            self.chosen.emit(row)
