"""The code panel follows the configuration in force."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.engine.code_text import code_text
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.names import shape_name
from fcae_gui.panels.code import CodePanel
from fcae_gui.wires.kept_fresh import KeptFresh

STATUS_MS = 5000


class CodeWires(QObject):
    """Writes the text anew at every edit while the panel can be seen, and once when it is opened."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self._config: RunConfig | None = None
        self.panel = CodePanel()
        self._dock = window.add_tool("code", "PyTorch", self.panel, "learn", "network")
        self.fresh = KeptFresh(self._dock, self._write)
        window.session.config_changed.connect(self._on_config)
        window.actions_by_id["code_show"].triggered.connect(self._on_show)
        self.panel.copied.connect(self._on_copied)

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        self._config = config
        self.fresh.touch()

    def _write(self) -> None:
        if self._config is not None:
            self.panel.set_text(code_text(self._config))
            self.panel.set_summary(shape_name(self._config.network))

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("code")
        self.panel.view.setFocus()

    @Slot()
    def _on_copied(self) -> None:
        self._window.statusBar().showMessage("The PyTorch code is on the clipboard", STATUS_MS)


def connect(window: Any) -> CodeWires:
    """Build and connect."""
    return CodeWires(window)
