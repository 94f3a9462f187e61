"""Steps that would lose a run keep a copy of it first, so that every one of them can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.state import RunState

MAX_BYTES = 400_000_000  # of kept copies; the oldest go first


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


class UndoStack:
    """Two stacks of kept runs."""

    def __init__(self) -> None:
        self._undo: list[Kept] = []
        self._redo: list[Kept] = []

    @property
    def texts(self) -> tuple[str, str]:
        """What undo and redo would take back, "" when there is nothing."""
        return (self._undo[-1].text if self._undo else "", self._redo[-1].text if self._redo else "")

    def push(self, kept: Kept) -> None:
        """A new step was taken: what had been undone cannot be redone any more."""
        self._undo.append(kept)
        self._redo.clear()
        while len(self._undo) > 1 and sum(item.n_bytes for item in self._undo) > MAX_BYTES:
            self._undo.pop(0)

    def undo(self, now: RunState, dataset: Dataset) -> Kept | None:
        """Swap the present run with the last kept one."""
        return self._swap(self._undo, self._redo, now, dataset)

    def redo(self, now: RunState, dataset: Dataset) -> Kept | None:
        """The inverse of undo."""
        return self._swap(self._redo, self._undo, now, dataset)

    @staticmethod
    def _swap(source: list[Kept], target: list[Kept], now: RunState, dataset: Dataset) -> Kept | None:
        if not source:
            return None
        kept = source.pop()
        target.append(Kept(text=kept.text, state=now, dataset=dataset))
        return kept
