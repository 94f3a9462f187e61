"""Cyclic garbage is collected on the GUI thread only, and when nobody can feel it."""

from __future__ import annotations

import gc

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Slot

YOUNG_INTERVAL_MS = 1000  # generations 0 and 1: under a millisecond once everything old is frozen
IDLE_BEFORE_FULL_MS = 2000  # a full collection only when nobody has touched the window for so long
FULL_INTERVAL_MS = 20_000  # and not more often than that: between two, little can have piled up

_INPUT_EVENTS = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.KeyPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchUpdate,
    }
)


class GarbageKeeper(QObject):
    """Owns the collector while a window is open.

    Automatic collection in the training thread freed widgets there and crashed within five seconds in five
    of five runs, so it is disabled before the first widget exists. Create this first, call `settle` once the
    window is built, and `close` when it is gone.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._since_input = QElapsedTimer()
        self._since_input.start()
        self._since_full = QElapsedTimer()
        self._since_full.start()
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNG_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    def settle(self) -> None:
        """Collect once and freeze what is left: unfrozen, one full collection stops everything for 0.3 s."""
        gc.collect()
        gc.freeze()
        self._timer.start()

    def close(self) -> None:
        """Hand the collector back as it was found."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that somebody is using the window; never swallows anything."""
        if event.type() in _INPUT_EVENTS:
            self._since_input.restart()
        return False

    @Slot()
    def collect(self) -> None:
        """The young generations every second; all of them when the window has been idle."""
        idle = self._since_input.elapsed() >= IDLE_BEFORE_FULL_MS
        if idle and self._since_full.elapsed() >= FULL_INTERVAL_MS:
            gc.collect()
            gc.freeze()
            self._since_full.restart()
        else:
            gc.collect(1)
