"""A button that stays down, and shows it in the theme's accent: one of several choices."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from fcae_gui import theme
from fcae_gui.widgets.recolour import THEME_EVENTS, Role, recolour


class ChoiceButton(QToolButton):
    """Checkable; a shade of grey alone is not seen from the back row, nor in the dark theme at all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.toggled.connect(self._paint_state)

    @Slot()
    def _paint_state(self) -> None:
        look, down = theme.current(), self.isChecked()
        recolour(
            self,
            {
                Role.Button: look.accent if down else look.raised,
                Role.ButtonText: look.on_accent if down else look.text,
            },
        )

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        if event.type() in THEME_EVENTS:
            self._paint_state()
        return super().event(event)
