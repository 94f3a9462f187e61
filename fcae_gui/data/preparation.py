"""Has a data set prepared by a child process, and tells how far it is; can be cancelled at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fcae_gui import paths
from fcae_gui.data import catalog, scratch
from fcae_gui.data.errors import could_not_download
from fcae_gui.data.official import PUBLISHED

State = Literal["running", "done", "failed", "cancelled"]

STALL_S = 30.0  # torchvision writes every 32 kB, so anything below 1 kB/s counts as standing still
_WAIT_SLICE_S = 0.1  # how often wait() looks whether bytes still arrive
_LOG = "child.log"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a preparation is.

    total_bytes: None until it is known
    stage:       what is being done, for a status line
    message:     one or two sentences for the user when it failed, else empty
    details:     what the child printed when it ended unexpectedly, to copy
    """

    done_bytes: int
    total_bytes: int | None
    stage: str
    state: State
    message: str = ""
    details: str = ""


class Preparation:
    """One data set on its way into the cache: started when made, `poll` it from a timer or `wait` for it.

    Made and used on one thread. A child that is still running ends by itself when this process ends.
    """

    def __init__(
        self,
        name: str,
        data_dir: str | os.PathLike[str] | None = None,
        *,
        stall_s: float = STALL_S,
    ) -> None:
        self.name = name
        self._title = catalog.SOURCES[name].title
        self._stall_s = stall_s
        self._sizes = {f.packed: f.size for f in PUBLISHED[name].downloads} if name in PUBLISHED else {}
        self._stage = f"Preparing {self._title}"
        self._drawn: tuple[int, int | None] = (0, None)
        self._downloading = False
        self._ready = False
        self._failure = ""
        self._details = ""
        self._state: State = "running"
        self._seen_bytes = 0
        self._seen_at = time.monotonic()
        self._lines: deque[bytes] = deque()
        self._work: Path | None = None
        try:
            root = paths.cache_dir()
            scratch.clear(root)
            self._work = scratch.make(name, root)
            self._process = self._start(root, self._work, data_dir)
        except OSError as error:  # the cache folder cannot be written, or there are too many processes
            if self._work is not None:
                scratch.remove(self._work)
            where = f" ({error.filename})" if error.filename else ""
            self._failure = f"{self._title} could not be prepared: {error.strerror or error}{where}."
            self._state = "failed"
            return
        self._reader = threading.Thread(target=self._read, name=f"prepare-{name}", daemon=True)
        self._reader.start()

    def poll(self) -> Progress:
        """Where things stand now; never blocks. A state other than 'running' is the last."""
        if self._state == "running":
            ended = self._process.poll() is not None
            if ended:
                self._reader.join()
            self._listen()
            if ended:
                self._finish(self._verdict())
            elif self._stalled():
                self._kill()
                why = f"nothing has arrived for {self._stall_s:.0f} seconds"
                self._failure = could_not_download(self._title, why)
                self._finish("failed")
        return self._progress()

    def cancel(self) -> None:
        """Stop now and leave nothing half-done behind; no effect when it has ended already."""
        if self._state == "running":
            self._kill()
            self._finish("cancelled")

    def wait(self, timeout: float | None = None) -> Progress:
        """Wait until it has ended, or for `timeout` seconds; still watches for a stall meanwhile."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (progress := self.poll()).state == "running":
            left = _WAIT_SLICE_S if deadline is None else min(_WAIT_SLICE_S, deadline - time.monotonic())
            if left <= 0:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(left)
        return progress

    def __enter__(self) -> Preparation:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.cancel()

    # --- the child ----------------------------------------------------------------------------------------

    def _start(
        self, root: Path, work: Path, data_dir: str | os.PathLike[str] | None
    ) -> subprocess.Popen[bytes]:
        """Start the child with pipes of our own: a Windows GUI script has no standard streams to inherit."""
        # -P: a file that happens to be called torch.py in the current folder must not be run.
        command = [sys.executable, "-P", "-m", "fcae_gui.data.fetch", self.name, "--cache", str(root)]
        command += ["--work", str(work)]
        if data_dir:
            command += ["--data-dir", str(Path(data_dir).expanduser().resolve())]
        environment = {**os.environ, "TQDM_DISABLE": "1", "PYTHONUNBUFFERED": "1"}
        package_root = Path(__file__).resolve().parents[2]
        if package_root.name not in (
            "site-packages",
            "dist-packages",
        ):  # a checkout: let the child find it too
            known = environment.get("PYTHONPATH")
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, (known, str(package_root))))
        with (work / _LOG).open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                start_new_session=os.name == "posix",  # a group of its own, which cancel can end as a whole
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    def _read(self) -> None:
        """Runs in a thread until the child has closed its end: pipes cannot be polled on Windows."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)

    def _kill(self) -> None:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        self._reader.join()

    def _finish(self, state: State) -> None:
        """The child has ended: close the pipes and remove whatever it left."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        assert self._work is not None
        scratch.remove(self._work)
        self._state = state

    def _verdict(self) -> State:
        """What the end of the child means."""
        if self._ready:  # said when the cache file is in place
            return "done"
        if not self._failure:
            assert self._work is not None
            with contextlib.suppress(OSError):
                self._details = (self._work / _LOG).read_text("utf-8", errors="replace")[-4000:]
            self._failure = (
                f"{self._title} could not be prepared: the process that does it ended unexpectedly "
                f"(code {self._process.returncode}). Try again, or choose Strokes, which needs no download."
            )
        return "failed"

    # --- what it says -------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Take in the lines that have arrived."""
        while self._lines:
            try:
                said = json.loads(self._lines.popleft())
            except ValueError:
                continue
            if isinstance(said, dict):
                self._seen_at = time.monotonic()
                self._take(said)

    def _take(self, said: dict[str, Any]) -> None:
        if "stage" in said:
            self._stage = str(said["stage"])
            self._downloading = bool(said.get("begin"))
        if "file" in said:
            self._sizes[str(said["file"])] = int(said["size"])
        if "done" in said:
            self._drawn = int(said["done"]), int(said["total"])
        self._ready = self._ready or "ready" in said
        self._failure = str(said.get("failed", self._failure))

    def _arrived(self) -> int:
        """Bytes on the disk so far."""
        assert self._work is not None
        total = 0
        with contextlib.suppress(OSError), os.scandir(self._work / scratch.DOWNLOADS) as files:
            for file in files:
                with contextlib.suppress(OSError):
                    total += file.stat().st_size
        return total

    def _stalled(self) -> bool:
        """True when a download has stood still for too long."""
        arrived, now = self._arrived(), time.monotonic()
        if not self._downloading or arrived != self._seen_bytes:
            self._seen_bytes, self._seen_at = arrived, now
        return now - self._seen_at > self._stall_s

    def _progress(self) -> Progress:
        done, total = self._drawn
        if self._sizes:
            total = sum(self._sizes.values())
            done = min(self._seen_bytes, total)
        if self._state == "done" and total is not None:
            done = total
        message = self._failure if self._state == "failed" else ""
        return Progress(done, total, self._stage, self._state, message, self._details)
