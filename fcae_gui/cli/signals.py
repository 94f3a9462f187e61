"""Ctrl-C and SIGTERM as a wish that the work looks at; the second one ends the process at once."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType

_SIGNALS = tuple(s for s in (signal.SIGINT, signal.SIGTERM) if s in signal.valid_signals())


class StopRequest:
    """While it is entered, the first signal only sets `number`; the next has its usual effect.

    The handler takes no lock and touches nothing else: it may run between any two bytecodes.
    """

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> StopRequest:
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return self.number != 0

    @property
    def exit_status(self) -> int:
        """As shells report it: 130 after Ctrl-C, 143 after SIGTERM; 0 when nothing was asked for."""
        return 128 + self.number if self.number else 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
