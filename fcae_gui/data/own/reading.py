"""Has own data opened by a child process, tells how far it is, and can be cancelled at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections import deque
from pathlib import Path
from typing import Any

from fcae_gui import children, paths
from fcae_gui.data import cache, scratch
from fcae_gui.data.dataset import Dataset
from fcae_gui.data.errors import BadData
from fcae_gui.data.own.assemble import Loaded
from fcae_gui.data.own.values import Found, Origin
from fcae_gui.data.preparation import Progress, State
from fcae_gui.files import read_container, shown

REQUEST, FOUND, DATASET, TOLD = "request.json", "found.fcae", "data.safetensors", "told.json"
KIND = "found"
_LOG = "child.log"


def inspect(path: Path) -> Found:
    """As door.inspect, in a process of its own, which is waited for. Raises BadFile."""
    reading = Reading(path=path)
    try:
        progress = reading.wait()
        if progress.state != "done":
            raise BadData(progress.message)
        return reading.found()
    finally:
        reading.close()


class Reading:
    """One file or folder being looked into or loaded: started when made, `poll` it from a timer.

    path looks into it, name (as Origin.name) loads it. Made and used on one thread. When it is done,
    `found` or `loaded` take the answer, once; `close` removes what is left.
    """

    def __init__(self, *, path: Path | None = None, name: str = "") -> None:
        self.title = shown(path) if path is not None else Origin.parse(name).title
        request = (
            {"what": "inspect", "path": str(path)} if path is not None else {"what": "load", "name": name}
        )
        self._stage = f"Looking at {self.title}" if path is not None else f"Reading {self.title}"
        self._done: tuple[int, int | None] = (0, None)
        self._ready = False
        self._failure = self._details = ""
        self._state: State = "running"
        self._lines: deque[bytes] = deque()
        self._work: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            root = paths.cache_dir()
            scratch.clear(root)
            self._work = scratch.make("own", root)
            (self._work / REQUEST).write_text(json.dumps(request), "utf-8")
            with (self._work / _LOG).open("wb") as log:
                self._process = subprocess.Popen(
                    children.command("fcae_gui.data.own", str(self._work)),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                    env={**children.environment(), "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"},
                    start_new_session=os.name == "posix",
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )  # fmt: skip
        except OSError as error:
            self._failure = f"{self.title} could not be opened: {error.strerror or error}."
            self._end("failed")
            return
        self._reader = threading.Thread(target=self._listen, name="own-data", daemon=True)
        self._reader.start()

    def poll(self) -> Progress:
        """Where things stand now; never blocks. A state other than 'running' is the last."""
        if self._state == "running" and self._process is not None:
            ended = self._process.poll() is not None
            if ended:
                self._reader.join()
            while self._lines:
                self._take(self._lines.popleft())
            if ended:
                self._end(self._verdict(self._process.returncode))
        done, total = self._done
        message = self._failure if self._state == "failed" else ""
        return Progress(done, total, self._stage, self._state, message, self._details)

    def wait(self, timeout: float | None = None) -> Progress:
        """Wait until it has ended, at most `timeout` seconds."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
        return self.poll()

    def cancel(self) -> None:
        """Stop now and leave nothing behind; no effect when it has ended already."""
        if self._state != "running" or self._process is None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        self._end("cancelled")

    def close(self) -> None:
        """Stop what runs and remove the folder between the two processes."""
        self.cancel()
        if self._work is not None:
            scratch.remove(self._work)

    def found(self) -> Found:
        """What was found, after it is done. Raises BadFile."""
        assert self._work is not None
        try:
            tensors, meta = read_container(self._work / FOUND, kind=KIND)
        finally:
            self.close()
        return Found.from_json(meta["found"], tensors["samples"])

    def loaded(self) -> Loaded:
        """The data set, after it is done: may take a while, so call it off the GUI thread. Raises BadFile."""
        assert self._work is not None
        try:
            dataset: Dataset = cache.load(self._work / DATASET)
            told = json.loads((self._work / TOLD).read_text("utf-8"))
        finally:
            self.close()
        skipped = tuple((str(name), str(why)) for name, why in told["skipped"])
        return Loaded(dataset, skipped, int(told["n_skipped"]), tuple(told["notes"]))

    def _listen(self) -> None:
        """Runs in a thread until the child has closed its end: pipes cannot be polled on Windows."""
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)

    def _take(self, line: bytes) -> None:
        try:
            said: Any = json.loads(line)
        except ValueError:
            return
        if not isinstance(said, dict):
            return
        self._stage = str(said.get("stage", self._stage))
        if "done" in said:
            self._done = int(said["done"]), int(said["total"])
        self._ready = self._ready or "ready" in said
        self._failure = str(said.get("failed", self._failure))

    def _verdict(self, code: int) -> State:
        if code == 0 and self._ready:
            return "done"
        if not self._failure:
            assert self._work is not None
            with contextlib.suppress(OSError):
                self._details = (self._work / _LOG).read_text("utf-8", errors="replace")[-4000:]
            self._failure = f"{self.title} could not be opened: its reader died (code {code})."
        return "failed"

    def _end(self, state: State) -> None:
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._state = state
        if state != "done" and self._work is not None:
            scratch.remove(self._work)
