"""Theme, text size and the settings page of a window, remembered for the next start."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from fcae_gui import theme
from fcae_gui.engine.names import DEVICE_NAMES
from fcae_gui.session.session import Session
from fcae_gui.session.settings import Settings
from fcae_gui.widgets.settings_box import SettingsBox

TEXT_SCALES = (0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)


class Looks(QObject):
    """Applies a choice at once to the whole application."""

    changed = Signal()

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings

    @Slot(QAction)
    def on_theme_action(self, action: QAction) -> None:
        """A theme was chosen in the menu."""
        self.choose_theme(action.data())

    @Slot(str)
    def choose_theme(self, name: str) -> None:
        """ "light", "dark" or "projector"."""
        self._settings.theme = name
        self._apply(name, theme.scale())

    @Slot()
    def larger(self) -> None:
        """The next larger text."""
        self._step(1)

    @Slot()
    def smaller(self) -> None:
        """The next smaller text."""
        self._step(-1)

    @Slot()
    def usual(self) -> None:
        """The text size of a first start."""
        self.choose_scale(1.0)

    @Slot(float)
    def choose_scale(self, scale: float) -> None:
        """Text size as a multiple of the theme's."""
        self._settings.text_scale = scale
        self._apply(theme.current().name, scale)

    @Slot()
    def show_settings(self) -> None:
        """Open the settings page; every choice takes effect at once."""
        config = self._session.config
        box = SettingsBox(
            themes=[(name, name.capitalize()) for name in theme.THEMES],
            theme=theme.current().name,
            scales=[(scale, f"{100 * scale:.0f} %") for scale in TEXT_SCALES],
            scale=theme.scale(),
            devices=list(DEVICE_NAMES.items()),
            device=config.device if config is not None else "auto",
            autostart=self._settings.autostart,
            parent=self._window,
        )
        box.theme_chosen.connect(self.choose_theme)
        box.text_scale_chosen.connect(self.choose_scale)
        box.device_chosen.connect(self._session.use_device)
        box.autostart_chosen.connect(self._on_autostart)
        box.open()

    @Slot(bool)
    def _on_autostart(self, on: bool) -> None:
        self._settings.autostart = on

    def _step(self, direction: int) -> None:
        now = min(range(len(TEXT_SCALES)), key=lambda i: abs(TEXT_SCALES[i] - theme.scale()))
        self.choose_scale(TEXT_SCALES[min(max(now + direction, 0), len(TEXT_SCALES) - 1)])

    def _apply(self, name: str, scale: float) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, name, scale)
        self.changed.emit()
