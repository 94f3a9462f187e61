"""Clusters of the codes on the map, kept up to date on a worker while somebody wants to see them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from fcae_gui.analysis.clusters import k_means
from fcae_gui.session.latest import LatestWorker

AGAIN_S = 1.5  # between two refreshes while the codes move
USUAL = 10  # clusters where there are no classes to count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    ticket: int
    codes: np.ndarray
    k: int
    start: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    ticket: int
    labels: np.ndarray
    centres: np.ndarray


def _answer(question: _Question) -> _Answer:
    k = min(question.k, max(1, int(np.isfinite(question.codes).all(axis=1).sum())))
    if not np.isfinite(question.codes).any():
        return _Answer(
            ticket=question.ticket, labels=np.zeros(len(question.codes), np.int64), centres=np.zeros((0, 0))
        )
    labels, centres = k_means(question.codes, k, start=question.start)
    return _Answer(ticket=question.ticket, labels=labels, centres=centres)


class Clusters(QObject):
    """As many clusters as there are classes; numbered alike from one refresh to the next."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: LatestWorker[_Question, _Answer] = LatestWorker("fcae-clusters", _answer)
        self._ticket = 0
        self._k = USUAL
        self._centres: np.ndarray | None = None
        self._asked: np.ndarray | None = None
        self._asked_at = 0.0
        self._given = False  # the labels were found elsewhere and stay as they are
        self.labels: np.ndarray | None = None

    def forget(self, classes: int = 0) -> None:
        """Another network or other samples: nothing known counts any more."""
        self._ticket += 1
        self._k = classes or self._k
        self._given = False
        self._centres = self._asked = self.labels = None

    def give(self, labels: np.ndarray | None) -> None:
        """Clusters found elsewhere, (n,) int64 with -1 for noise, until `forget`; None: our own again."""
        self._ticket += 1
        self._given = labels is not None
        self._centres = self._asked = None
        self.labels = labels
        if labels is not None:
            self.changed.emit()

    def poll(self, codes: np.ndarray | None, *, wanted: bool) -> None:
        """Once a frame."""
        answer = self._worker.take()
        if answer is not None and answer.ticket == self._ticket:
            self.labels, self._centres = answer.labels, answer.centres
            self.changed.emit()
        if not wanted or self._given or codes is None or codes is self._asked:
            return
        now = time.monotonic()
        if self.labels is None or now - self._asked_at >= AGAIN_S:
            self._asked, self._asked_at = codes, now
            self._worker.ask(_Question(ticket=self._ticket, codes=codes, k=self._k, start=self._centres))

    def close(self) -> bool:
        """End the worker; False when it is still busy after its grace."""
        return self._worker.close()
