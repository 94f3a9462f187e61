"""Whether anything of a widget can be seen: Qt counts a dock behind other tabs as visible too."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def on_screen(widget: QWidget) -> bool:
    """Shown, and not behind another tab or scrolled away."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()
