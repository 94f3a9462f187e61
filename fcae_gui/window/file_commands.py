"""Opening, saving, recent files, pictures, and the question before closing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget

from fcae_gui.session.session import Session
from fcae_gui.session.settings import Settings

RUN_FILTER = "fcae runs (*.fcae)"


class FileCommands(QObject):
    """Asks for names and hands them to the session."""

    failed = Signal(str)  # one sentence

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        self.recent = QMenu("Open &recent", window)
        self.recent.triggered.connect(self._on_recent)
        session.saved.connect(self._remember)
        session.opened.connect(self._remember)
        self._fill_recent()

    @Slot()
    def open(self) -> None:
        """Ask for a run file and open it."""
        name, _kind = QFileDialog.getOpenFileName(
            self._window, "Open run", "", f"{RUN_FILTER};;All files (*)"
        )
        if name:
            self._session.open(Path(name))

    @Slot()
    def save(self) -> None:
        """Save to the file this run came from, or ask."""
        if self._session.file is not None:
            self._session.save(self._session.file)
        else:
            self.save_as()

    @Slot()
    def save_as(self) -> bool:
        """Ask for a name and save; False when nobody gave one."""
        start = str(self._session.file or "run.fcae")
        name, _kind = QFileDialog.getSaveFileName(self._window, "Save run", start, RUN_FILTER)
        if not name:
            return False
        file = Path(name)
        self._session.save(file if file.suffix else file.with_suffix(".fcae"))
        return True

    @Slot()
    def save_picture(self) -> None:
        """Ask for a name and write what the window shows."""
        name, _kind = QFileDialog.getSaveFileName(self._window, "Save picture", "fcae_gui.png", "PNG (*.png)")
        if name and not self.write_picture(Path(name)):
            self.failed.emit(f"{Path(name).name} could not be written.")

    def write_picture(self, file: Path) -> bool:
        """Write what the window shows as a PNG; False when the file could not be written."""
        return self._window.grab().save(str(file), "PNG")

    def may_leave(self) -> bool:
        """Ask what to do with an unsaved run, and do it; False when the window is to stay."""
        asked = QMessageBox(self._window)
        asked.setWindowTitle("Close")
        asked.setText("This run is not saved.")
        asked.setInformativeText("Save it, so that training can go on where it stopped?")
        asked.setStandardButtons(
            QMessageBox.StandardButton.Save
            | QMessageBox.StandardButton.Discard
            | QMessageBox.StandardButton.Cancel
        )
        asked.setDefaultButton(QMessageBox.StandardButton.Save)
        answer = asked.exec()
        if answer == QMessageBox.StandardButton.Save:
            return self._save_and_wait()
        return answer == QMessageBox.StandardButton.Discard

    def _save_and_wait(self) -> bool:
        session = self._session
        if session.file is not None:
            session.save(session.file)
        elif not self.save_as():
            return False
        while session.writing:  # the session's own timer takes the reply and tells the end
            QApplication.processEvents()
        return not session.worth_asking

    @Slot(object)
    def _remember(self, file: Path) -> None:
        self._settings.add_recent(file)
        self._fill_recent()

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        if action.data() == "clear":
            self._settings.clear_recent()
            self._fill_recent()
        else:
            self._session.open(Path(action.data()))

    def _fill_recent(self) -> None:
        self.recent.clear()
        for file in self._settings.recent:
            action = self.recent.addAction(file.name.replace("&", "&&"))
            action.setData(str(file))
            action.setStatusTip(str(file))
        self.recent.setEnabled(not self.recent.isEmpty())
        if not self.recent.isEmpty():
            self.recent.addSeparator()
            self.recent.addAction("Clear this list").setData("clear")
