"""Brings data sets into the session: from a cache, a folder, a download, a pen, or a file of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fcae_gui.data import catalog
from fcae_gui.data.own.assemble import Loaded
from fcae_gui.data.own.reading import Reading
from fcae_gui.data.preparation import Preparation
from fcae_gui.session.background import Background
from fcae_gui.session.values import DataProgress, Notice

if TYPE_CHECKING:
    from collections.abc import Callable


class DataSource(QObject):
    """One request at a time; a new one replaces the one in hand. `poll` is called by the frame timer."""

    arrived = Signal(
        object, str
    )  # Dataset, and the name that was asked for; twice for Strokes at first start
    progressed = Signal(object)  # DataProgress
    failed = Signal(object, str)  # Notice, and the name that was asked for
    noticed = Signal(object)  # Notice: what should be known about data that has arrived

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._ticket = 0
        self._name = ""
        self._data_dir: Path | None = None
        self._preparation: Preparation | Reading | None = None
        self._quiet = False  # Strokes renders on while its first part is in use: no bar, no fuss

    @property
    def name(self) -> str:
        """The name in hand, "" when nothing is."""
        return self._name

    def request(self, name: str, data_dir: Path | None) -> None:
        """Ask for a data set by its catalog name."""
        self.cancel(tell=False)
        self._name, self._data_dir, self._quiet = name, data_dir, False
        if catalog.is_own(name):
            self._prepare()
            return
        source = catalog.SOURCES[name]
        if catalog.find(name, data_dir) != "missing":
            self.progressed.emit(DataProgress(title=source.title, text=f"Reading {source.title} ..."))
            self._load(self._read)
        elif name == "strokes":
            self.progressed.emit(DataProgress(title=source.title, text="Drawing the first digits ..."))
            self._quiet = True
            self._load(lambda: Loaded(catalog.load_quick_strokes()))
        else:
            self._prepare()

    def cancel(self, *, tell: bool = True) -> None:
        """Give up what is in hand; nothing half-done is left on disk."""
        self._ticket += 1
        if self._preparation is not None:
            self._preparation.cancel()
            self._preparation = None
        if self._name and tell:
            self.progressed.emit(DataProgress(title="", text="", done=True))
        self._name = ""

    def poll(self) -> None:
        """Look after the child process that fetches."""
        if self._preparation is None:
            return
        preparation = self._preparation
        progress = preparation.poll()
        title = catalog.title_of(self._name)
        if progress.state == "running":
            if not self._quiet:
                self.progressed.emit(
                    DataProgress(
                        title=title, text=progress.stage, done_bytes=progress.done_bytes,
                        total_bytes=progress.total_bytes, can_cancel=True,
                        in_bytes=isinstance(preparation, Preparation),
                    )
                )  # fmt: skip
            return
        self._preparation = None
        if progress.state == "done":
            self._load(preparation.loaded if isinstance(preparation, Reading) else self._read)
        elif progress.state == "failed":
            self._give_up(Notice(level="error", text=progress.message, details=progress.details))

    def _prepare(self) -> None:
        if catalog.is_own(self._name):
            self._preparation = Reading(name=self._name)
        else:
            self._preparation = Preparation(self._name, self._data_dir)

    def _read(self) -> Loaded:
        return Loaded(catalog.load(self._name, self._data_dir))

    def _load(self, work: Callable[[], Loaded]) -> None:
        """Run `work` in a thread; what it returns counts unless something else was asked for since."""
        ticket = self._ticket

        def loaded(made: Loaded) -> None:
            if ticket == self._ticket:
                self._loaded(made)

        def failed(error: Exception, details: str) -> None:
            if ticket == self._ticket:
                self._give_up(Notice(level="error", text=str(error), details=details))

        self._background.submit("data", work, loaded, failed)

    def _loaded(self, made: Loaded) -> None:
        name, dataset = self._name, made.dataset
        self.progressed.emit(DataProgress(title=dataset.title, text="", done=True))
        if dataset.complete:
            self._name = ""
        else:
            self._prepare()  # the rest arrives while the first part is being learned
        self.arrived.emit(dataset, name)
        remarks = _remarks(made)
        if remarks is not None:
            self.noticed.emit(remarks)

    def _give_up(self, notice: Notice) -> None:
        name, self._name = self._name, ""
        self.progressed.emit(DataProgress(title="", text="", done=True))
        self.failed.emit(notice, name)

    def close(self) -> None:
        """Stop what runs."""
        self.cancel(tell=False)


def _remarks(loaded: Loaded) -> Notice | None:
    """What was skipped or filled while own data was read; the whole list can be copied."""
    sentences = [f"{note}." for note in loaded.notes]
    if loaded.n_skipped:
        name, why = loaded.skipped[0]
        more = f", and {loaded.n_skipped - 1:,} more" if loaded.n_skipped > 1 else ""
        sentences.append(f"{loaded.n_skipped:,} skipped: {name} ({why}){more}.")
    if not sentences:
        return None
    details = "\n".join(f"{name}: {why}" for name, why in loaded.skipped)
    return Notice(level="info", text=f"{loaded.dataset.title}: {' '.join(sentences)}", details=details)
