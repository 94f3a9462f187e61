"""The inside of the child process: reads the request, runs the job, says what happens as lines of JSON."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from fcae_gui.data import scratch
from fcae_gui.files import read_container, write_container
from fcae_gui.jobs.registry import JOBS, Arrays, JobFailed, Values, find, in_words

KIND = "job"
REQUEST = "request"
NICE = 10  # the window and the training come first
NICE_VARIABLE = "FCAE_JOB_NICE"  # another number of steps, for whoever wants the result sooner
# In the child's environment from the start: libraries read them when they are loaded.
ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB", "NUMBA")}


class Speaker:
    """Tells the parent on standard output; what else prints goes nowhere.

    Under a Windows GUI script sys.stdout may be None, so the file descriptor is used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = 0
        self._stream: BinaryIO | None = None
        with contextlib.suppress(OSError):
            self._stream = os.fdopen(os.dup(1), "wb", buffering=0)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)  # a compiled library may print too, and would break our lines
            os.close(nowhere)
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end
        if sys.stderr is None:
            sys.stderr = sys.stdout

    def progress(self, fraction: float | None, text: str = "") -> None:
        """See registry.Tell."""
        self.say(event="progress", fraction=fraction, text=text)

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        """See registry.Tell."""
        self.say(event="partial", values=values, arrays=self._kept(arrays))

    def done(self, values: Values, arrays: Arrays | None) -> None:
        """The whole result."""
        self.say(event="done", values=values, arrays=self._kept(arrays))

    def failed(self, message: str, details: str = "") -> None:
        """Why there will be none."""
        self.say(event="failed", message=message, details=details)

    def say(self, **fields: Any) -> None:
        """One line."""
        if self._stream is not None:
            with contextlib.suppress(OSError):  # the parent is gone; the watcher of stdin ends this process
                self._stream.write(json.dumps(fields).encode("ascii") + b"\n")

    def _kept(self, arrays: Arrays | None) -> str:
        """Write arrays beside the request; the file's name, or "" where there are none."""
        if not arrays:
            return ""
        self._parts += 1
        name = f"part-{self._parts}"
        write_container(self._folder / name, kind=KIND, tensors=arrays, meta={})
        return name


def main(argv: list[str] | None = None) -> int:
    """Run one job; 0 when its result has been said, 1 after a failure that has been said."""
    parser = argparse.ArgumentParser(prog="python -m fcae_gui.jobs", description=__doc__)
    parser.add_argument("name", choices=sorted(JOBS), metavar="NAME")
    parser.add_argument("folder", type=Path, help="made by the parent process, with the request in it")
    args = parser.parse_args(argv)
    speaker = Speaker(args.folder)
    _end_with_parent(args.folder)
    _step_back()
    try:
        arrays, params = read_container(args.folder / REQUEST, kind=KIND)
        values, found = find(args.name)(arrays, params, speaker) or ({}, {})
        speaker.done(values, found)
    except Exception as error:  # noqa: BLE001 - told to the parent, which shows one sentence
        details = "" if isinstance(error, JobFailed) else traceback.format_exc()
        speaker.failed(in_words(error), details)
        return 1
    return 0


def _step_back() -> None:
    """Lower our own priority."""
    with contextlib.suppress(OSError):
        if hasattr(os, "nice"):
            said = os.environ.get(NICE_VARIABLE, "")
            os.nice(int(said) if said.isdecimal() else NICE)
            return
    if sys.platform == "win32":
        import psutil

        with contextlib.suppress(psutil.Error):
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)


def _end_with_parent(folder: Path) -> None:
    """Leave nothing behind when the parent ends in whatever way, which closes our standard input."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        scratch.remove(folder)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
