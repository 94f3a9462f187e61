"""One history of everything that can be taken back: gestures on the map, and steps that would lose a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.state import RunState

MAX_STEPS = 200
MAX_BYTES = 400_000_000  # of kept runs; the oldest steps go first


class Step(Protocol):
    """Something that was done. `text` completes "Undo: ..."; n_bytes is what keeping it costs."""

    @property
    def text(self) -> str: ...

    @property
    def n_bytes(self) -> int: ...

    def undo(self) -> None:
        """Take it back."""

    def redo(self) -> None:
        """Do it again."""


@dataclass(slots=True)
class Gesture:
    """A step made of two functions, for pins, paths, selections and views: one per gesture of a hand."""

    text: str
    take_back: Callable[[], None]
    do_again: Callable[[], None]
    n_bytes: int = 0

    def undo(self) -> None:
        """Take it back."""
        self.take_back()

    def redo(self) -> None:
        """Do it again."""
        self.do_again()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A run as it was before a step called `text` ("new network", "start over" ...)."""

    text: str
    state: RunState
    dataset: Dataset

    @property
    def n_bytes(self) -> int:
        """Size of the copy; the data set is shared and not counted."""
        arrays = [*self.state.weights.values(), *self.state.optimizer.values(), self.state.train_losses]
        return sum(array.nbytes for array in arrays)


class RunStep:
    """A step that lost a run. Taking it back and doing it again are the same: the two runs change places.

    exchange(kept, got): bring `kept` back, and hand a copy of the run that was there to `got` later.
    """

    def __init__(self, kept: Kept, exchange: Callable[[Kept, Callable[[Kept], None]], None]) -> None:
        self._kept = kept
        self._exchange = exchange

    @property
    def text(self) -> str:
        """What was done."""
        return self._kept.text

    @property
    def n_bytes(self) -> int:
        """Size of the copy."""
        return self._kept.n_bytes

    def undo(self) -> None:
        """Change places."""
        self._exchange(self._kept, self._take)

    redo = undo

    def _take(self, kept: Kept) -> None:
        self._kept = kept


class History(QObject):
    """Steps in order; `changed` says what undo and redo would take back, "" for nothing."""

    changed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def texts(self) -> tuple[str, str]:
        """What undo and redo would take back."""
        return (self._done[-1].text if self._done else "", self._undone[-1].text if self._undone else "")

    def push(self, step: Step) -> None:
        """A step was done: what had been undone cannot be redone any more."""
        self._done.append(step)
        self._undone.clear()
        while len(self._done) > MAX_STEPS or (
            len(self._done) > 1 and sum(one.n_bytes for one in self._done) > MAX_BYTES
        ):
            self._done.pop(0)
        self.changed.emit(*self.texts)

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        if self._done:
            step = self._done.pop()
            self._undone.append(step)
            step.undo()
            self.changed.emit(*self.texts)

    @Slot()
    def redo(self) -> None:
        """Do the last undone step again."""
        if self._undone:
            step = self._undone.pop()
            self._done.append(step)
            step.redo()
            self.changed.emit(*self.texts)
