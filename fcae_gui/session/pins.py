"""Pinned places of the latent space: each keeps decoding while the model learns, and has a past to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.engine.decoder import decode
from fcae_gui.engine.events import Started, Weights
from fcae_gui.session.film import Film
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.session import Session
from fcae_gui.session.undo import Gesture

MOST_PINS = 99  # two figures fit on a mark
LIVE_MS = 60  # between two pictures of all pins: what grows this slowly need not be seen more often


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """A place of the latent space, the code z (code,) float32, and the number it is called by."""

    number: int
    z: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class PinPictures:
    """What the pins looked like: of each number, in order, the past frames and the newest one.

    steps: (f,) of the frames;  frames: (k, f, d) float32;  live: (k, d) float32 at `step`
    """

    numbers: tuple[int, ...]
    steps: tuple[int, ...]
    frames: np.ndarray
    step: int
    live: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    generation: int
    pins: tuple[Pin, ...]
    newest: Weights
    frames: tuple[Weights, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    generation: int
    pins: tuple[Pin, ...]
    pictures: PinPictures


class _Developer:
    """Decodes all pins; of the past only what has not been decoded before. Called on a worker."""

    def __init__(self) -> None:
        self._generation = -1
        self._past: dict[tuple[int, int], np.ndarray] = {}  # (step, id of a pin) -> (d,)
        self._pins: tuple[Pin, ...] = ()  # held, so that an id is not given to another pin

    def __call__(self, question: _Question) -> _Answer:
        if question.generation != self._generation:
            self._generation, self._past = question.generation, {}
        pins, self._pins = question.pins, question.pins
        codes = np.stack([pin.z for pin in pins])  # (k, code)
        past: dict[tuple[int, int], np.ndarray] = {}
        for weights in question.frames:
            keys = [(weights.step, id(pin)) for pin in pins]
            new = [i for i, key in enumerate(keys) if key not in self._past]
            made = decode(weights, codes[new]) if new else ()
            past.update({key: self._past[key] for key in keys if key in self._past})
            past.update({keys[i]: row for i, row in zip(new, made, strict=True)})
        self._past = past
        live = decode(question.newest, codes)  # (k, d)
        frames = np.empty((len(pins), len(question.frames), live.shape[1]), np.float32)
        for j, weights in enumerate(question.frames):
            for i, pin in enumerate(pins):
                frames[i, j] = past[weights.step, id(pin)]
        pictures = PinPictures(
            numbers=tuple(pin.number for pin in pins),
            steps=tuple(weights.step for weights in question.frames),
            frames=frames,
            step=question.newest.step,
            live=live,
        )
        return _Answer(generation=question.generation, pins=pins, pictures=pictures)


class Pins(QObject):
    """The pins of one window. Pins of another code size sleep until a network of that size is back."""

    changed = Signal()  # which pins there are, where they lie on the map, or which one is chosen
    pictures_changed = Signal(object)  # PinPictures

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = session.view
        self._all: tuple[Pin, ...] = ()
        self._chosen = 0
        self._watched = False
        self._stale = True
        self._generation = -1
        self._code_size = 0
        self._seen: Weights | None = None
        self._film = Film()
        self._since = QElapsedTimer()
        self._since.start()
        self._worker: LatestWorker[_Question, _Answer] = LatestWorker("fcae-pins", _Developer())
        session.close_with(self._worker.close)
        session.generation_started.connect(self._on_started)
        session.frame_passed.connect(self._on_frame)
        session.view.plane_changed.connect(self._on_plane)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pins of the present code, in the order of pinning."""
        return tuple(pin for pin in self._all if len(pin.z) == self._code_size)

    @property
    def chosen(self) -> int:
        """Number of the chosen pin, 0 for none."""
        return self._chosen if any(pin.number == self._chosen for pin in self.pins) else 0

    def places(self) -> list[tuple[int, float, float]]:
        """(number, x, y) on the map of every pin; none while the map shows something else than codes."""
        pins, plane = self.pins, self._view.plane
        if not pins or not plane.decodes or plane.code_size != self._code_size:
            return []
        xy = plane.to_map(np.stack([pin.z for pin in pins]))  # (k, 2)
        return [(pin.number, float(x), float(y)) for pin, (x, y) in zip(pins, xy, strict=True)]

    # --- what a hand does ---------------------------------------------------------------------------------

    @Slot()
    def pin_cursor(self) -> None:
        """Pin the place under the cursor."""
        z = self._view.cursor_code()
        if z is None or len(self._all) >= MOST_PINS or not np.isfinite(z).all():
            return
        taken = {pin.number for pin in self._all}
        number = next(n for n in range(1, MOST_PINS + 1) if n not in taken)
        self._do(f"pin {number}", (*self._all, Pin(number, z.astype(np.float32))))
        self._chosen = number
        self.changed.emit()

    @Slot()
    def remove_last(self) -> None:
        """Take the newest pin away."""
        if self.pins:
            self.remove(self.pins[-1].number)

    @Slot(int)
    def remove(self, number: int) -> None:
        """Take this pin away."""
        left = tuple(pin for pin in self._all if pin.number != number)
        if len(left) < len(self._all):
            self._do(f"remove pin {number}", left)

    @Slot()
    def clear(self) -> None:
        """Take all pins away."""
        if self.pins:
            awake = {pin.number for pin in self.pins}
            self._do("remove all pins", tuple(pin for pin in self._all if pin.number not in awake))

    @Slot(int)
    def choose(self, number: int) -> None:
        """Mark a pin and bring the cursor there."""
        for pin in self.pins:
            if pin.number == number:
                self._chosen = number
                self.changed.emit()
                self._view.move_to_code(pin.z)

    @Slot(bool)
    def set_watched(self, watched: bool) -> None:
        """Whether somebody sees the pictures: else none are made."""
        self._watched = watched
        self._stale = True

    def _do(self, text: str, after: Sequence[Pin]) -> None:
        before, after = self._all, tuple(after)
        self._set(after)
        self._session.history.push(Gesture(text, lambda: self._set(before), lambda: self._set(after)))

    def _set(self, pins: tuple[Pin, ...]) -> None:
        self._all = pins
        self._stale = True
        self.changed.emit()

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_started(self, started: Started) -> None:
        self._generation = started.generation
        self._code_size = started.config.network.code_size
        self._seen = None
        self._film.clear()
        self._stale = True
        self.changed.emit()

    @Slot(object)
    def _on_plane(self, _plane: object) -> None:
        if self._all:
            self.changed.emit()

    @Slot()
    def _on_frame(self) -> None:
        weights = self._view.weights
        if weights is not None and weights is not self._seen and weights.generation == self._generation:
            self._seen = weights
            self._film.see(weights)
            self._stale = True
        answer = self._worker.take()
        if answer is not None and self._is_true(answer):
            self.pictures_changed.emit(answer.pictures)
        if self._stale and self._watched and self._worker.idle and self._since.elapsed() >= LIVE_MS:
            self._ask()

    def _ask(self) -> None:
        pins, weights, dataset = self.pins, self._seen, self._session.dataset
        if not pins or weights is None or dataset is None:
            return
        if weights.network.input_size != dataset.n_features or weights.network.code_size != self._code_size:
            return  # the data set has changed and the network has not yet
        self._stale = False
        self._since.restart()
        self._worker.ask(
            _Question(generation=self._generation, pins=pins, newest=weights, frames=self._film.frames)
        )

    def _is_true(self, answer: _Answer) -> bool:
        """Whether it is about the present network, the present data, and pins that are there."""
        dataset = self._session.dataset
        return (
            answer.generation == self._generation
            and all(pin in self._all for pin in answer.pins)
            and dataset is not None
            and answer.pictures.live.shape[1] == dataset.n_features
        )
