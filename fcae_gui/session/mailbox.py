"""One slot between the training thread and the window: the newest observation, and every fact."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace

from fcae_gui.engine.events import Event, Observation


class Mailbox:
    """Written by the training thread, emptied by the frame timer. Never blocks for longer than a swap.

    An observation replaces the one that nobody has taken yet (a queue of signals froze the window for
    seconds); codes, outputs and weights that only the older one carries move on into the newer one. All
    other events are facts and are kept in order.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: Observation | None = None
        self._facts: deque[Event] = deque()

    def post(self, event: Event) -> None:
        """Put one event in, from any thread."""
        with self._lock:
            if isinstance(event, Observation):
                self._newest = _merged(self._newest, event)
            else:
                self._facts.append(event)

    def take(self) -> tuple[list[Event], Observation | None]:
        """Everything since the last call: facts in order, and the newest observation or None."""
        with self._lock:
            facts = list(self._facts)
            self._facts.clear()
            newest, self._newest = self._newest, None
        return facts, newest


def _merged(older: Observation | None, newer: Observation) -> Observation:
    if older is None or older.generation != newer.generation:
        return newer
    return replace(
        newer,
        weights=newer.weights if newer.weights is not None else older.weights,
        outputs=newer.outputs if newer.outputs is not None else older.outputs,
        codes=newer.codes if newer.codes is not None else older.codes,
    )
