"""A long computation in a child process, seen from the window: started, polled, cancelled at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PySide6.QtCore import QObject, Slot

from fcae_gui import children
from fcae_gui.data import scratch
from fcae_gui.files import read_container, write_container
from fcae_gui.jobs.child import KIND, ONE_CORE, REQUEST

if TYPE_CHECKING:
    from fcae_gui.session.session import Session

GRACE_S = 2.0  # for the thread of an ended child: it only has a folder to remove
_LOG = "child.log"

Arrays = Mapping[str, np.ndarray]
Kind = Literal["progress", "partial", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """What a job tells. "done", "failed" and "cancelled" are the last, and exactly one of them comes.

    fraction, text:   of a progress; None when nobody can know
    values, arrays:   of a partial or done
    message, details: of a failure: one sentence for the user, and what to copy for a report
    """

    kind: Kind
    fraction: float | None = None
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    message: str = ""
    details: str = ""

    @property
    def last(self) -> bool:
        """Whether nothing follows."""
        return self.kind in ("done", "failed", "cancelled")


class Job:
    """One run of a job. Made, polled and cancelled on one thread; neither ever waits.

    arrays: by name, or a function that makes them, which then runs in the job's thread: nothing is read,
            converted or written on the caller's
    params: JSON values
    module: whose `python -m` knows the name
    """

    def __init__(
        self,
        name: str,
        arrays: Arrays | Callable[[], Arrays],
        params: dict[str, Any] | None = None,
        *,
        module: str = "fcae_gui.jobs",
    ) -> None:
        self.name = name
        self._arrays: Arrays | Callable[[], Arrays] = arrays
        self._params = dict(params or {})
        self._module = module
        self._events: deque[JobEvent] = deque()
        self._lock = threading.Lock()  # held for moments: between "start the child" and "kill the child"
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self._told_last = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; everything that takes time happens in a thread and then in the child."""
        self._thread = threading.Thread(target=self._run, name=f"fcae-job-{self.name}", daemon=True)
        self._thread.start()

    def poll(self) -> list[JobEvent]:
        """What has been said since the last call, in order. Never waits."""
        if self._told_last:
            return []
        if self._cancelled:
            self._told_last = True
            return [JobEvent(kind="cancelled")]
        told = []
        while self._events and not self._told_last:
            told.append(self._events.popleft())
            self._told_last = told[-1].last
        return told

    def cancel(self) -> None:
        """End the child now; its folder goes with it. No effect after the end."""
        with self._lock:
            self._cancelled = self._cancelled or not self._told_last
            if self._process is not None:
                _kill(self._process)

    @property
    def ended(self) -> bool:
        """True when neither child, thread nor folder is left."""
        return self._thread is None or not self._thread.is_alive()

    def join(self, seconds: float = GRACE_S) -> bool:
        """Wait for the end; False when it has not come."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self.ended

    # --- in the job's thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        folder: Path | None = None
        try:
            scratch.clear()
            folder = scratch.make(f"job_{self.name}")
            arrays = self._arrays() if callable(self._arrays) else self._arrays
            if not self._cancelled:
                write_container(folder / REQUEST, kind=KIND, tensors=dict(arrays), meta=self._params)
            del arrays
            self._arrays = {}
            last = self._work(folder)
        except OSError as error:  # the disk is full, too many processes
            last = _failed(f"This could not be computed: {error.strerror or error}.")
        except Exception as error:  # noqa: BLE001 - told on the caller's thread
            last = _failed(f"This could not be computed: {error}", traceback.format_exc())
        finally:
            if folder is not None:
                scratch.remove(folder)
        self._events.append(last)

    def _work(self, folder: Path) -> JobEvent:
        """Start the child and listen until it has ended; the event that ends the job."""
        with (folder / _LOG).open("wb") as log, self._lock:
            if self._cancelled:
                return JobEvent(kind="cancelled")
            self._process = process = subprocess.Popen(
                children.command(self._module, self.name, str(folder)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**children.environment(), **ONE_CORE},
                # A group, so that all of it can be ended; not a session, in which Linux would forget `nice`.
                process_group=0 if os.name == "posix" else None,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        assert process.stdin is not None and process.stdout is not None
        last: JobEvent | None = None
        try:
            with process.stdout, process.stdin:
                for line in process.stdout:
                    event = _heard(line, folder)
                    if event is not None and event.last:
                        last = event
                    elif event is not None and last is None:
                        self._events.append(event)
        except BaseException:
            _kill(process)
            raise
        finally:
            process.wait()
        if last is not None:
            return last
        details = ""
        with contextlib.suppress(OSError):
            details = (folder / _LOG).read_text("utf-8", errors="replace")[-4000:]
        return _failed(
            f"The computation ended unexpectedly (code {process.returncode}); training goes on. "
            "Choosing fewer samples may help.",
            details,
        )


def _heard(line: bytes, folder: Path) -> JobEvent | None:
    """The event of one line, None for what is none of ours."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("event") not in ("progress", "partial", "done", "failed"):
        return None
    arrays: dict[str, np.ndarray] = {}
    if said.get("arrays"):
        file = folder / str(said["arrays"])
        arrays, _ = read_container(file, kind=KIND)
        file.unlink(missing_ok=True)
    return JobEvent(
        kind=said["event"],
        fraction=said.get("fraction"),
        text=str(said.get("text", "")),
        values=said.get("values") or {},
        arrays=arrays,
        message=str(said.get("message", "")),
        details=str(said.get("details", "")),
    )


def _failed(message: str, details: str = "") -> JobEvent:
    return JobEvent(kind="failed", message=message, details=details)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:  # its number may be another's by now
        return
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


class Jobs(QObject):
    """The jobs of one tool: polled with the session's frames, ended with the session."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: dict[Job, Callable[[JobEvent], None]] = {}
        self._leaving: set[Job] = set()  # cancelled, and their folder not removed yet
        session.frame_passed.connect(self.poll)
        session.close_with(self.close)

    def start(
        self,
        name: str,
        arrays: Arrays | Callable[[], Arrays],
        params: dict[str, Any],
        heard: Callable[[JobEvent], None],
        *,
        module: str = "fcae_gui.jobs",
    ) -> Job:
        """Start a job; `heard` gets its events on the GUI thread, the last one included."""
        job = Job(name, arrays, params, module=module)
        self._running[job] = heard
        job.start()
        return job

    @property
    def busy(self) -> bool:
        """Whether a job has not told its end."""
        return bool(self._running)

    @Slot()
    def poll(self) -> None:
        """Hand on what has been said; costs nothing while nothing runs."""
        if not self._running and not self._leaving:
            return
        for job, heard in list(self._running.items()):
            for event in job.poll():
                if event.last:
                    del self._running[job]
                    self._leaving.add(job)
                heard(event)
        self._leaving = {job for job in self._leaving if not job.ended}

    def cancel_all(self) -> None:
        """End every job; each still tells "cancelled"."""
        for job in self._running:
            job.cancel()

    def close(self) -> bool:
        """End every job and wait for their threads; False when one is still busy."""
        self.cancel_all()
        jobs = {*self._running, *self._leaving}
        self._running.clear()
        self._leaving.clear()
        clean = [job.join() for job in jobs]  # every one, also after one that was not
        return all(clean)
