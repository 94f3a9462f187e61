"""A tool's panel that is brought up to date only while somebody sees it, and once more before it is drawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDockWidget


class KeptFresh(QObject):
    """Lives in its dock, where dock.findChild(KeptFresh) finds it.

    refresh: shows all that the tool knows; it may be called at any time, also while the dock is hidden
    """

    def __init__(self, dock: QDockWidget, refresh: Callable[[], None]) -> None:
        super().__init__(dock)
        self._refresh = refresh
        self._stale = True
        self.visible = False
        dock.visibilityChanged.connect(self._on_visible)

    def touch(self) -> None:
        """There is more to show than the panel does: now, or when it comes to the front."""
        self._stale = True
        if self.visible:
            self._show()

    def bring_up_to_date(self) -> None:
        """Show everything although nobody looks: a picture is about to be taken."""
        if self._stale or not self.visible:
            self._show()

    def _show(self) -> None:
        self._stale = False
        self._refresh()

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        self.visible = visible
        if visible and self._stale:
            self._show()
