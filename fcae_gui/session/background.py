"""Work that must not block the window: done in daemon threads, its end told on the GUI thread."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class _Done:
    then: Callable[[Any], None]
    failed: Callable[[Exception, str], None]
    result: Any
    error: Exception | None
    details: str


class Background:
    """`submit` from the GUI thread, `poll` in its frame timer; threads touch no Qt."""

    def __init__(self) -> None:
        self._done: deque[_Done] = deque()
        self._threads: set[threading.Thread] = set()

    def submit(
        self,
        name: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception, str], None],
    ) -> None:
        """Run `work` in a thread; `then(result)` or `failed(error, traceback text)` follow in `poll`."""

        def run() -> None:
            try:
                self._done.append(_Done(then, failed, work(), None, ""))
            except Exception as error:  # noqa: BLE001 - told to `failed` on the GUI thread
                self._done.append(_Done(then, failed, None, error, traceback.format_exc()))

        thread = threading.Thread(target=run, name=f"fcae-{name}", daemon=True)
        self._threads.add(thread)
        thread.start()

    @property
    def busy(self) -> bool:
        """True while work runs or an end has not been told."""
        return bool(self._done) or any(thread.is_alive() for thread in self._threads)

    def poll(self) -> None:
        """Tell what has ended, in the order of ending."""
        while self._done:
            done = self._done.popleft()
            if done.error is None:
                done.then(done.result)
            else:
                done.failed(done.error, done.details)
        self._threads = {thread for thread in self._threads if thread.is_alive()}

    def join(self, seconds: float) -> bool:
        """Wait for all threads; False when one is still busy."""
        for thread in self._threads:
            thread.join(seconds)
        return not any(thread.is_alive() for thread in self._threads)
