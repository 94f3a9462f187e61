"""Looks into a person's own file or folder in another process, and remembers what was opened lately."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.data.own.reading import Reading
from fcae_gui.data.own.values import Choices, Found, Origin
from fcae_gui.files import BadFile
from fcae_gui.session.values import DataProgress

PATIENCE_MS = 300  # what is quicker than this needs no bar


class OwnData(QObject):
    """One look at a time; a new one replaces it. Nothing is loaded before somebody has seen what it is."""

    found = Signal(object)  # Found
    failed = Signal(str, str)  # one sentence, details
    progressed = Signal(object)  # DataProgress

    def __init__(self, session: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reading: Reading | None = None
        self._since = QElapsedTimer()
        self._told = False
        session.frame_passed.connect(self._on_frame)
        session.close_with(self._close)

    @property
    def busy(self) -> bool:
        """True while something is being looked into."""
        return self._reading is not None

    def look(self, path: Path) -> None:
        """Find out what a file or folder holds; `found` or `failed` follows."""
        self.cancel()
        self._since.restart()
        self._reading = Reading(path=path)

    def load(self, found: Found, choices: Choices) -> str:
        """Have the session learn it; returns the name under which it is known. Raises BadFile."""
        name = Origin(Path(found.path), choices).name
        self._session.choose_data(name)
        return name

    @Slot()
    def cancel(self) -> None:
        """Give up what is in hand."""
        if self._reading is not None:
            self._reading.close()
            self._end()

    @Slot()
    def _on_frame(self) -> None:
        reading = self._reading
        if reading is None:
            return
        progress = reading.poll()
        if progress.state == "running":
            if self._since.elapsed() > PATIENCE_MS:
                self._told = True
                self.progressed.emit(
                    DataProgress(
                        title=reading.title, text=f"{progress.stage} ...", done_bytes=progress.done_bytes,
                        total_bytes=progress.total_bytes, can_cancel=True, in_bytes=False,
                    )
                )  # fmt: skip
            return
        self._end()
        if progress.state == "done":
            try:
                self.found.emit(reading.found())
            except BadFile as error:
                self.failed.emit(str(error), "")
        elif progress.state == "failed":
            self.failed.emit(progress.message, progress.details)

    def _end(self) -> None:
        self._reading = None
        if self._told:
            self._told = False
            self.progressed.emit(DataProgress(title="", text="", done=True))

    def _close(self) -> bool:
        if self._reading is not None:
            self._reading.close()
            self._reading = None
        return True
