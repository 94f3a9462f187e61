"""People's own data: dropped or chosen, looked into, shown in a preview, loaded, and found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from fcae_gui.data.dataset import Dataset
from fcae_gui.data.own.values import Choices, Found, Origin, is_own
from fcae_gui.files import BadFile, peek_container
from fcae_gui.panels.data_preview import DataPreview
from fcae_gui.session.own_data import OwnData
from fcae_gui.session.values import DataProgress
from fcae_gui.window.drops import Kind

FILTER = (
    "Data (*.csv *.tsv *.txt *.data *.npz *.npy *.idx *.idx3-ubyte *-ubyte *.gz);;All files (*)"
)  # fmt: skip
TITLE_LETTERS = 18  # of a file's name in the tool bar


class OwnDataWires(QObject):
    """Connects own data of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, window.session, window.settings
        self.own = OwnData(window.session, self)
        self.preview: DataPreview | None = None
        act = window.actions_by_id
        act["data_open"].triggered.connect(self._on_open)
        act["data_folder"].triggered.connect(self._on_folder)
        self.recent = QMenu("Recent own &data", window)
        self.recent.triggered.connect(self._on_recent)
        menu = window.menu("&Data")
        after = menu.actions()[menu.actions().index(act["data_folder"]) + 1]
        menu.insertMenu(after, self.recent)
        menu.insertSeparator(after)
        window.drops.last = Kind("own data", self._takes, self._on_dropped)
        self.own.found.connect(self._on_found)
        self.own.failed.connect(self._on_failed)
        self.own.progressed.connect(self._on_progressed)
        window.progress.strip.cancel_requested.connect(self.own.cancel)
        window.notices.action_chosen.connect(self._on_notice_action)
        self._session.dataset_changed.connect(self._on_dataset)
        self._fill_recent()

    def look(self, path: Path) -> None:
        """Look into a file or folder and show what is there."""
        self.own.look(path)

    # --- a hand -------------------------------------------------------------------------------------------

    @Slot()
    def _on_open(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self._window, "Open own data", "", FILTER)
        if name:
            self.look(Path(name))

    @Slot()
    def _on_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder of pictures")
        if name:
            self.look(Path(name))

    @staticmethod
    def _takes(dropped: list[Path]) -> bool:
        """Anything: what is wrong with it is said when it is looked into."""
        return bool(dropped)

    def _on_dropped(self, dropped: list[Path]) -> None:
        """One thing, or an images file with its labels, which finds them by itself."""
        images = [path for path in dropped if "label" not in path.name.lower()]
        if len(dropped) > 2 or (len(dropped) == 2 and len(images) != 1):
            self._on_failed("Drop one file, or one folder with all the images in it.", "")
            return
        path = images[0] if images else dropped[0]
        if _is_run(path):
            self._session.open(path)
        else:
            self.look(path)

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        if action.data() == "clear":
            self._settings.clear_recent_data()
            self._fill_recent()
        else:
            self._session.choose_data(action.data())

    @Slot(str)
    def _on_notice_action(self, action: str) -> None:
        if action == "find_data":
            name, _kind = QFileDialog.getOpenFileName(self._window, "Where is the data now?", "", FILTER)
            if name:
                self._session.open_with(Path(name))
        elif action == "find_folder":
            name = QFileDialog.getExistingDirectory(self._window, "Where is the folder now?")
            if name:
                self._session.open_with(Path(name))

    # --- what comes back ----------------------------------------------------------------------------------

    @Slot(object)
    def _on_found(self, found: Found) -> None:
        if self.preview is not None:
            self.preview.close()
        self.preview = DataPreview(found, self._window)
        self.preview.accepted_with.connect(self._on_chosen)
        self.preview.finished.connect(self._on_preview_done)
        self.preview.open()

    @Slot(object, object)
    def _on_chosen(self, found: Found, choices: Choices) -> None:
        try:
            self.own.load(found, choices)
        except BadFile as error:
            self._on_failed(str(error), "")

    @Slot(int)
    def _on_preview_done(self, _result: int) -> None:
        self.preview = None

    @Slot(str, str)
    def _on_failed(self, text: str, details: str) -> None:
        self._window.notices.show_notice(text, "error", details=details)

    @Slot(object)
    def _on_progressed(self, progress: DataProgress) -> None:
        self._window.progress.set_progress(progress)

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        """Own data stands in the chooser as long as the window is open, and in the menu ever after."""
        if not is_own(dataset.name):
            return
        chooser = self._window.run_bar.data
        if chooser.findData(dataset.name) < 0:
            title = dataset.title
            if len(title) > TITLE_LETTERS:
                title = f"{title[: TITLE_LETTERS - 3]}..."
            chooser.addItem(title, dataset.name)
            chooser.setItemData(chooser.count() - 1, str(Origin.parse(dataset.name).path), 3)  # ToolTipRole
        self._window.run_bar.set_data(dataset.name)
        self._settings.add_recent_data(dataset.name)
        self._fill_recent()

    def _fill_recent(self) -> None:
        self.recent.clear()
        for name in self._settings.recent_data:
            try:
                origin = Origin.parse(name)
            except ValueError:
                continue
            action = self.recent.addAction(origin.title.replace("&", "&&"))
            action.setData(name)
            action.setStatusTip(str(origin.path))
        self.recent.setEnabled(not self.recent.isEmpty())
        if not self.recent.isEmpty():
            self.recent.addSeparator()
            self.recent.addAction("Clear this list").setData("clear")


def _is_run(path: Path) -> bool:
    """True for a saved run under another name."""
    try:
        peek_container(path, kind="run")
    except BadFile:
        return False
    return True


def connect(window: Any) -> OwnDataWires:
    """Build and connect."""
    return OwnDataWires(window)
