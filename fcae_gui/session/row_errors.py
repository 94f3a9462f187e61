"""How badly each sample of the map is reconstructed, worked out beside the training."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import Weights
from fcae_gui.session.latest import LatestWorker

Array = np.ndarray

SLICE = 512  # rows at once: small pieces give the interpreter back every few milliseconds
LEAST_S = 3.0  # between two rounds while the model learns
SHARE = 0.1  # of the time at most is spent on rounds while it learns


@dataclass(frozen=True, slots=True)
class _Question:
    ticket: int
    weights: Weights
    features: Array


@dataclass(frozen=True, slots=True)
class _Answer:
    ticket: int
    step: int
    errors: Array  # (n,) float32
    seconds: float


def squared_errors(weights: Weights, features: Array, stop: threading.Event | None = None) -> Array | None:
    """Sum of squared errors per sample (n, d), uint8 or float32: (n,) float32; None when `stop` was set."""
    errors = np.empty(len(features), np.float32)
    for start in range(0, len(features), SLICE):
        if stop is not None and stop.is_set():
            return None
        x = features[start : start + SLICE]
        if x.dtype == np.uint8:
            x = x.astype(np.float32) / np.float32(255.0)
        with np.errstate(all="ignore"):  # a diverged network has errors that are not numbers
            away = decode(weights, encode(weights, x)) - x
            errors[start : start + SLICE] = np.einsum("ij,ij->i", away, away)
    return errors


class RowErrors(QObject):
    """Newest errors of the samples on the map; worked out only while somebody wants them."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._worker: LatestWorker[_Question, _Answer | None] = LatestWorker("fcae-errors", self._answer)
        self._ticket = 0
        self._features: Array | None = None
        self._errors: Array | None = None
        self._step = -1
        self._next_at = 0.0
        self._fresh = False

    @property
    def fresh(self) -> bool:
        """Whether the errors have been kept up to date since somebody wanted them."""
        return self._fresh

    @property
    def errors(self) -> Array | None:
        """(n,) float32 per row of the map, None until the first are there."""
        return self._errors

    @property
    def step(self) -> int:
        """Step of the network that made these errors, -1 without any."""
        return self._step

    def set_features(self, features: Array | None) -> None:
        """The samples on the map, (n, d) as stored. What was known is void."""
        self._features = features
        self.forget()

    def forget(self) -> None:
        """Another network: answers on their way are void too."""
        self._ticket += 1
        self._step = -1
        self._next_at = 0.0
        self._fresh = False
        if self._errors is not None:
            self._errors = None
            self.changed.emit()

    def poll(self, weights: Weights | None, *, wanted: bool, running: bool) -> None:
        """Once a frame: take what is there, and ask again when it is time."""
        answer = self._worker.take()
        if answer is not None:
            if running:
                pause = max(LEAST_S, answer.seconds / SHARE)
                self._next_at = time.monotonic() + pause
            if answer.ticket == self._ticket:
                self._errors, self._step, self._fresh = answer.errors, answer.step, wanted
                self.changed.emit()
        if not wanted:
            self._fresh, self._next_at = False, 0.0
        if not wanted or weights is None or self._features is None or not self._worker.idle:
            return
        if weights.network.input_size != self._features.shape[1]:
            return
        if weights.step == self._step:
            if not self._fresh:
                self._fresh = True
                self.changed.emit()
            return
        if not running or time.monotonic() >= self._next_at:
            self._worker.ask(_Question(self._ticket, weights, self._features))

    def close(self) -> bool:
        """End the worker; False when it is still busy after its grace."""
        self._stop.set()
        return self._worker.close()

    def _answer(self, question: _Question) -> _Answer | None:
        began = time.monotonic()
        errors = squared_errors(question.weights, question.features, self._stop)
        if errors is None:
            return None
        return _Answer(question.ticket, question.weights.step, errors, time.monotonic() - began)
