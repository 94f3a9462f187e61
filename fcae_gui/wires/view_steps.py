"""Pan, zoom and reset of the map as steps that can be taken back: one step per gesture."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from fcae_gui.session.undo import Gesture

QUIET_MS = 500  # a turn of the wheel or a drag is one gesture; this long without movement ends it

ViewState = tuple[float, float, float] | None


class ViewSteps(QObject):
    """Remembers where the view was before a gesture, and pushes one step when it has come to rest."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._latent = window.latent
        self._history = window.session.history
        self._resting: ViewState = self._latent.view_state()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MS)
        self._timer.timeout.connect(self._on_rest)
        self._latent.cloud.view_changed.connect(self._timer.start)
        window.session.generation_started.connect(self._forget)

    @Slot()
    def _on_rest(self) -> None:
        before, after = self._resting, self._latent.view_state()
        if before == after:
            return
        self._resting = after
        self._history.push(Gesture("view", lambda: self._show(before), lambda: self._show(after)))

    def _show(self, state: ViewState) -> None:
        self._timer.stop()
        self._resting = state
        self._latent.set_view_state(state)

    @Slot()
    def _forget(self) -> None:
        """Another network's map may be shown whole again: that is no gesture."""
        self._timer.stop()
        self._resting = self._latent.view_state()


def connect(window: Any) -> ViewSteps:
    """Put the map's view under the history of the window."""
    return ViewSteps(window)
