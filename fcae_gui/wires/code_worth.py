"""What learning the code is worth, beside the box that freezes the encoder and as a line on the curve."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.session.code_worth import CodeWorth

LABEL = "random encoder"


class CodeWorthWires(QObject):
    """Connects the read-out of one window; `window.code_worth` is what other tools may ask."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._network, self._loss = window.network, window.loss
        self.worth = window.code_worth = CodeWorth(window.session, self)
        self.worth.changed.connect(self._show)

    @Slot()
    def _show(self) -> None:
        frozen = self.worth.frozen
        self._network.set_code_worth(self.worth.text())
        self._loss.set_kept(frozen.loss if frozen is not None else None, LABEL)


def connect(window: Any) -> CodeWorthWires:
    """Keep both errors on screen."""
    return CodeWorthWires(window)
