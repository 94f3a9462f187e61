"""One job of a tool at a time: what it says of itself, and no word of one that was cancelled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from fcae_gui.session.job import Arrays, Job, JobEvent, Jobs

if TYPE_CHECKING:
    from fcae_gui.session.session import Session


class OneJob:
    """`text` and `fraction` follow the job while one runs; afterwards `text` is what was said at its end."""

    def __init__(self, session: Session, parent: QObject) -> None:
        self._jobs = Jobs(session, parent)
        self._job: Job | None = None
        self._ticket = 0
        self.text = ""
        self.fraction: float | None = None

    @property
    def running(self) -> bool:
        """Whether a job has neither ended nor been cancelled."""
        return self._job is not None

    def start(
        self,
        name: str,
        arrays: Arrays | Callable[[], Arrays],
        params: dict[str, Any],
        heard: Callable[[JobEvent], None],
    ) -> None:
        """Start a job; none may run. `heard` gets its events, the last one when it counts as ended."""
        self._ticket += 1
        self.text, self.fraction = "Starting", None
        self._job = self._jobs.start(name, arrays, params, partial(self._heard, self._ticket, heard))

    def cancel(self, text: str = "") -> bool:
        """Stop now; nothing more is heard of it. False when nothing runs."""
        if self._job is None:
            return False
        self._job.cancel()
        self.rest(text)
        return True

    def rest(self, text: str) -> None:
        """Nothing runs any more, and why."""
        self._job = None
        self.text, self.fraction = text, None

    def _heard(self, ticket: int, heard: Callable[[JobEvent], None], event: JobEvent) -> None:
        if ticket != self._ticket or self._job is None:
            return
        if event.kind == "progress":
            self.text, self.fraction = event.text, event.fraction
        elif event.last:
            self.rest("")
        heard(event)


class OneJobTool(QObject):
    """A tool that has one job at a time, `_work`, and says how it stands."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = OneJob(session, self)

    @property
    def running(self) -> bool:
        """Whether something is being computed."""
        return self._work.running

    @property
    def text(self) -> str:
        """What the job says, or how the last one ended."""
        return self._work.text

    @property
    def fraction(self) -> float | None:
        """How far the job is, None when that is not known."""
        return self._work.fraction
