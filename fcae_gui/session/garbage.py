"""Cyclic garbage is collected on the GUI thread only, and when nobody can feel it."""

from __future__ import annotations

import gc

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot
from PySide6.QtGui import QCursor

YOUNG_INTERVAL_MS = 1000  # generations 0 and 1: under a millisecond once everything old is frozen
IDLE_BEFORE_FULL_MS = 2000  # a full collection only when nobody has touched the window for so long
FULL_INTERVAL_MS = 20_000  # and not more often than that: between two, little can have piled up


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
        # The pointer's place once a second tells whether somebody is at work; an event filter on the whole
        # application would run Python for every event of every widget.
        self._pointer = QCursor.pos()
        self._since_input = QElapsedTimer()
        self._since_input.start()
        self._since_full = QElapsedTimer()
        self._since_full.start()
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNG_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    @Slot()
    def settle(self) -> None:
        """Collect and freeze what is left: unfrozen, one full collection stops everything for 0.3 s."""
        gc.collect()
        gc.freeze()
        self._timer.start()

    def close(self) -> None:
        """Hand the collector back as it was found."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def collect(self) -> None:
        """The young generations every second; all of them when the window has been idle."""
        if QCursor.pos() != self._pointer:
            self._pointer = QCursor.pos()
            self._since_input.restart()
        idle = self._since_input.elapsed() >= IDLE_BEFORE_FULL_MS
        if idle and self._since_full.elapsed() >= FULL_INTERVAL_MS:
            gc.collect()
            gc.freeze()
            self._since_full.restart()
        else:
            gc.collect(1)
