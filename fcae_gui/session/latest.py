"""A worker for answers of which only the newest matters: a newer question replaces the one still waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

GRACE_S = 2.0  # for the work in hand when the window closes


class LatestWorker(Generic[Question, Answer]):
    """One daemon thread, one waiting question, one waiting answer. Touches no Qt.

    `answer` runs in the thread; what it raises is kept and handed to `take`, which raises it in the caller.
    """

    def __init__(self, name: str, answer: Callable[[Question], Answer]) -> None:
        self._answer = answer
        self._wake = threading.Condition()
        self._question: Question | None = None
        self._result: Answer | None = None
        self._error: Exception | None = None
        self._busy = False
        self._closing = False
        self._name = name
        self._thread: threading.Thread | None = None

    def ask(self, question: Question) -> None:
        """Replace the waiting question. The thread starts with the first one."""
        with self._wake:
            self._question = question
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._wake.notify()

    def take(self) -> Answer | None:
        """The newest answer that has not been taken, or None. Raises what the work raised."""
        with self._wake:
            result, self._result = self._result, None
            error, self._error = self._error, None
        if error is not None:
            raise error
        return result

    @property
    def idle(self) -> bool:
        """True when nothing waits and nothing is being worked on."""
        with self._wake:
            return self._question is None and not self._busy

    def close(self) -> bool:
        """End the thread after the work in hand; False when that took longer than GRACE_S."""
        with self._wake:
            self._closing = True
            self._question = None
            self._wake.notify()
        if self._thread is None:
            return True
        self._thread.join(GRACE_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                while self._question is None and not self._closing:
                    self._wake.wait()
                if self._closing:
                    return
                question, self._question = self._question, None
                self._busy = True
            assert question is not None
            try:
                result = self._answer(question)
            except Exception as error:  # noqa: BLE001 - handed to whoever takes the answer
                with self._wake:
                    self._error = error
            else:
                with self._wake:
                    self._result = result
