"""Take it with you: one export at a time, of a copy of the run as it is now, in a child process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.export_formats import in_words
from fcae_gui.engine.state import RunState
from fcae_gui.files import atomic_write, clear_unfinished
from fcae_gui.jobs import export_requests
from fcae_gui.jobs.export import reason
from fcae_gui.jobs.export_requests import NoScript, Request
from fcae_gui.session.background import Background
from fcae_gui.session.job import Job, JobEvent, Jobs

if TYPE_CHECKING:
    from fcae_gui.session.session import Session

SPARE_BYTES = 2_000_000  # left free on a disk when an export is begun
CLOSE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What has been written."""

    files: tuple[Path, ...]
    size: int
    note: str


class Taking(QObject):
    """Writes what is asked for. All that is wrong comes as one sentence through `failed`."""

    changed = Signal()  # what runs, how far it is
    done = Signal(object)  # Taken
    failed = Signal(str, str)  # one sentence, and details to copy

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = Jobs(session, self)
        self._background = Background()
        self._job: Job | None = None
        self._ticket = 0
        self._path: Path | None = None  # of what is on its way
        self._writing = False  # in a thread of our own, which is not broken off
        self._leaving: list[tuple[Job, Path]] = []  # cancelled: what they began is removed after their end
        self.text = ""
        self.fraction: float | None = None
        session.frame_passed.connect(self._on_frame)
        session.close_with(self._close)

    @property
    def running(self) -> bool:
        """Whether something is being written."""
        return self._path is not None

    # --- wishes -------------------------------------------------------------------------------------------

    def embedding(self, path: Path, *, format_name: str, split: str, size: int = 0) -> None:
        """Codes of "train", "test" or "all" samples with their labels."""
        self._begin(
            path, size, lambda state, data: export_requests.embedding(
                state, data, path, format_name=format_name, split=split
            ),
        )  # fmt: skip

    def network(self, path: Path, *, part: str, format_name: str, size: int = 0) -> None:
        """The encoder, the decoder or both."""
        self._begin(
            path, size, lambda state, data: export_requests.network(
                state, data, path, part=part, format_name=format_name
            ),
        )  # fmt: skip

    def script(self, path: Path, *, size: int = 0) -> None:
        """A PyTorch script that makes the run again."""
        self._begin(path, size, lambda state, data: export_requests.script(state, data, path))

    def losses(self, path: Path) -> None:
        """The loss curve as a table."""
        self._begin(path, 0, lambda state, _data: export_requests.losses(state, path))

    def table(self, path: Path, columns: list[str], rows: list[list[Any]]) -> None:
        """Another table."""
        self._begin(path, 0, lambda _state, _data: export_requests.table(columns, rows, path))

    def file(self, path: Path, content: bytes, note: str) -> None:
        """A file whose content is known already."""
        if self.running:
            return
        self._ticket += 1
        ticket, self._path, self._writing = self._ticket, path, True
        self.text, self.fraction = "Writing", None

        def written(_result: object) -> None:
            self._finish(ticket, Taken(files=(path,), size=len(content), note=note))

        def refused(error: Exception, details: str) -> None:
            said = reason(error, path) if isinstance(error, OSError) else str(error)
            self._fail(ticket, said, "" if isinstance(error, OSError) else details)

        self._background.submit("export", lambda: atomic_write(path, content), written, refused)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop now; nothing of the file remains. A file whose content was known comes to its end."""
        if self._path is None or self._writing:  # a file that is being written cannot be called back
            return
        self._ticket += 1
        if self._job is not None:
            self._job.cancel()
            self._leaving.append((self._job, self._path))
        self._end("Cancelled: nothing was written")

    # --- the job ------------------------------------------------------------------------------------------

    def _begin(self, path: Path, size: int, request: Callable[[RunState, Dataset], Request]) -> None:
        data = self._session.dataset
        if self.running or data is None:
            return
        self._ticket += 1
        ticket, self._path = self._ticket, path
        self.text, self.fraction = "Taking a copy of the run", None
        lacking = _no_space(path, size)
        if lacking:
            self._fail(ticket, lacking, "")
            return

        def copied(state: RunState) -> None:
            if ticket != self._ticket:
                return
            fits = state.config.network.input_size == data.n_features
            if not fits:
                self._fail(ticket, "The network changed just now: ask again.", "")
                return
            try:
                arrays, params = request(state, data)
            except NoScript as error:
                self._fail(ticket, str(error), "")
                return
            self._job = self._jobs.start("export", arrays, params, partial(self._heard, ticket))

        self._session.copy_run(copied)
        self.changed.emit()

    def _heard(self, ticket: int, event: JobEvent) -> None:
        if ticket != self._ticket:
            return
        if event.kind == "progress":
            self.text, self.fraction = event.text, event.fraction
            self.changed.emit()
        elif event.kind == "done":
            values = event.values
            files = tuple(Path(name) for name in values["files"])
            self._finish(ticket, Taken(files=files, size=values["bytes"], note=values["note"]))
        elif event.kind == "failed":
            self._fail(ticket, event.message, event.details)

    def _finish(self, ticket: int, taken: Taken) -> None:
        if ticket == self._ticket:
            self._end("")
            self.done.emit(taken)

    def _fail(self, ticket: int, text: str, details: str) -> None:
        if ticket == self._ticket:
            if self._path is not None and self._job is not None:
                self._leaving.append((self._job, self._path))
            self._end("")
            self.failed.emit(text, details)

    def _end(self, text: str) -> None:
        self._job, self._path, self._writing = None, None, False
        self.text, self.fraction = text, None
        self.changed.emit()

    @Slot()
    def _on_frame(self) -> None:
        self._background.poll()
        if self._leaving:
            self._clear([pair for pair in self._leaving if pair[0].ended])

    def _clear(self, ended: list[tuple[Job, Path]]) -> None:
        for pair in ended:
            self._leaving.remove(pair)
            clear_unfinished(pair[1])
            clear_unfinished(pair[1].with_name(f"{pair[1].stem}_data.npz"))

    def _close(self) -> bool:
        """After the jobs have been ended: take away what they had begun."""
        self.cancel()
        ended = [job.join(CLOSE_S) for job, _path in self._leaving]
        self._clear([pair for pair in self._leaving if pair[0].ended])
        return self._background.join(CLOSE_S) and all(ended)


def _no_space(path: Path, size: int) -> str:
    """Why a file of about that size does not fit, in one sentence; "" when it does or nobody knows."""
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:
        return ""  # told when it is written
    if free >= size + SPARE_BYTES:
        return ""
    return f"{path.name} needs about {in_words(size)}, but {path.parent} has only {in_words(free)} left."
