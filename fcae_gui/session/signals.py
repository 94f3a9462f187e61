"""Ctrl-C and SIGTERM: the handler notes, the event loop closes."""

from __future__ import annotations

import contextlib
import socket
from types import FrameType

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget


class CloseRequest(QObject):
    """Closes `window` without a question after `note` was called from a signal handler."""

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._asked = False
        self._ends: tuple[socket.socket, socket.socket] | None = None

    def keep(self, here: socket.socket, there: socket.socket) -> None:
        """Hold the two ends of the wake-up pair as long as the handler lives."""
        self._ends = (here, there)

    def note(self, _number: int, _frame: FrameType | None) -> None:
        """The signal handler: nothing but a note."""
        self._asked = True

    @Slot()
    def serve(self) -> None:
        """Called by the event loop: empty the wake-up pair, and close if asked."""
        if self._ends is not None:
            with contextlib.suppress(BlockingIOError):
                self._ends[0].recv(4096)
        if self._asked:
            self._asked = False
            self._window.close_without_asking()  # type: ignore[attr-defined]
