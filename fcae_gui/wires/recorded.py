"""A recorded curve beside the live one: its commands, and its place in the loss plot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from fcae_gui.session.recorded import NOTHING, Beside, Recorded

STATUS_MS = 8000
FILTER = "Runs and recorded curves (*.fcae *.json);;All files (*)"


class RecordedWires(QObject):
    """Connects the recorded curve of one window; `recorded` is what lessons may ask."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self.recorded = window.recorded = Recorded(window.session, self)
        self._shown: Beside = NOTHING
        self._turned = False  # the axis of steps was made logarithmic here
        self.recorded.changed.connect(self._on_changed)
        self.recorded.refused.connect(self._on_refused)
        self.recorded.said.connect(self._on_said)
        window.loss.recorded_hidden.connect(self.recorded.clear)
        act = window.actions_by_id
        act["curve_hinton"].triggered.connect(self.recorded.show_hinton)
        act["curve_open"].triggered.connect(self._on_open)
        act["curve_clear"].triggered.connect(self.recorded.clear)
        act["curve_clear"].setEnabled(False)

    @Slot(object)
    def _on_changed(self, beside: Beside) -> None:
        loss = self._window.loss
        if beside is not self._shown:
            had, has = bool(self._shown.name), bool(beside.name)
            self._shown = beside
            loss.set_published(beside.published, beside.published_label)
            loss.set_recorded(
                beside.name, beside.train[:, 0], beside.train[:, 1], beside.test[:, 0], beside.test[:, 1]
            )
            if has != had:
                self._turn_axis(has)
        shown = bool(beside.name) or beside.published is not None
        self._window.actions_by_id["curve_clear"].setEnabled(shown)

    def _turn_axis(self, on: bool) -> None:
        """Logarithmic steps: the first epochs of a live run can then be seen beside all of a long one."""
        loss = self._window.loss
        look = loss.look_state()
        if on and not look["log_x"]:
            self._turned = True
            loss.set_look(**{**look, "log_x": True})
        elif not on and self._turned:
            self._turned = False
            loss.set_look(**{**look, "log_x": False})

    @Slot()
    def _on_open(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self._window, "Show a recorded curve", "", FILTER)
        if name:
            self.recorded.open(Path(name))

    @Slot(str)
    def _on_refused(self, text: str) -> None:
        self._window.notices.show_notice(text, "warn")

    @Slot(str)
    def _on_said(self, text: str) -> None:
        self._window.statusBar().showMessage(text, STATUS_MS)


def connect(window: Any) -> RecordedWires:
    """Keep what was recorded beside what is live."""
    return RecordedWires(window)
