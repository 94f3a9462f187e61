"""The training thread: a plain daemon thread that drives the engine and never touches Qt."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Command, Event, Observation, RunEnded, Started, Stop
from fcae_gui.engine.history import LossHistory
from fcae_gui.engine.state import RunState
from fcae_gui.session.mailbox import Mailbox

if TYPE_CHECKING:
    from fcae_gui.engine.loop import Inbox

JOIN_SECONDS = 2.0  # how long closing waits for the step in flight


class Runner:
    """Owns the thread. Commands go in through `put`, events come out through `take`.

    A QThread freed or left running at exit aborts the process every time; a daemon thread exits cleanly.
    torch is imported in the thread, so that the window is on screen before that is done.
    """

    def __init__(self, config: RunConfig, dataset: Dataset, state: RunState | None = None) -> None:
        self._config, self._dataset, self._state = config, dataset, state
        self._mailbox = Mailbox()
        self._histories: dict[int, LossHistory] = {}
        self._waiting: list[Command] = []  # commands that came before the engine stood
        self._inbox: Inbox | None = None
        self._inbox_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="fcae-trainer", daemon=True)

    def start(self) -> None:
        """Begin. The first event is Started, or RunEnded("failed") when the engine could not be built."""
        self._thread.start()

    def put(self, command: Command) -> None:
        """Hand a command to the engine, from any thread."""
        with self._inbox_lock:
            if self._inbox is None:
                self._waiting.append(command)
            else:
                self._inbox.put(command)

    def take(self) -> tuple[list[Event], Observation | None]:
        """Facts in order and the newest observation since the last call."""
        return self._mailbox.take()

    def history(self, generation: int) -> LossHistory | None:
        """The loss history of a generation whose Started has been taken."""
        return self._histories.get(generation)

    def ask_to_stop(self) -> None:
        """Ask the thread to end after the step in flight."""
        self.put(Stop())

    def join(self, seconds: float = JOIN_SECONDS) -> bool:
        """Wait for the thread; False when it is still busy."""
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            from fcae_gui.engine.loop import Inbox, serve  # imports torch: about two seconds
            from fcae_gui.engine.trainer import Trainer

            trainer = Trainer(self._config, self._dataset, state=self._state)
            inbox = Inbox()
            with self._inbox_lock:
                for command in self._waiting:
                    inbox.put(command)
                self._inbox = inbox
            del self._dataset, self._state  # the trainer holds what it needs of them
            for event in serve(trainer, inbox):
                if isinstance(event, Started):
                    self._histories = {event.generation: trainer.history}
                self._mailbox.post(event)
        except Exception as error:  # noqa: BLE001 - the thread's last word must reach the window
            self._mailbox.post(_failure(error))


def _failure(error: Exception) -> RunEnded:
    kind, message, advice = "other", f"The training engine stopped: {error}", "Start over, or choose the CPU."
    classify: Callable[[BaseException], tuple[str, str, str]] | None = None
    try:
        from fcae_gui.engine.errors import classify as known

        classify = known
    except ImportError:
        message = "PyTorch could not be loaded"
        advice = "Install it again: pip install --force-reinstall torch torchvision"
    if classify is not None:
        kind, message, advice = classify(error)
    return RunEnded(
        generation=-1, reason="failed", step=0, epoch=0.0, message=message, advice=advice, kind=kind,
        details="".join(traceback.format_exception(error)),
    )  # fmt: skip


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll `condition` until it holds or the time is up (for closing, when no event loop runs)."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
