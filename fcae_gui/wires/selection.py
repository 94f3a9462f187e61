"""Selecting on the map: the tools in hand, the shared selection, and what the map shows of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.session.selection import Selection
from fcae_gui.session.watching import Shown


class SelectionWires(QObject):
    """Connects the selection of one window. `window.selection` is what every tool shares."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.selection = Selection(window.session.history, self)
        window.selection = self.selection
        act = window.actions_by_id
        act["tool_cursor"].setChecked(True)
        act["tool_cursor"].toggled.connect(self._on_cursor)
        self._session.view.shown_changed.connect(self._on_shown)

    @Slot(bool)
    def _on_cursor(self, on: bool) -> None:
        if on:
            self._window.latent.cloud.set_tool(None)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        if self._session.dataset is not None:
            self.selection.set_shown(shown, self._session.dataset)


def connect(window: Any) -> SelectionWires:
    """Build and connect."""
    return SelectionWires(window)
