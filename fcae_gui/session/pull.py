"""Pixels painted on the decoded image, and the code that follows them: solved while the hand moves."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.engine.decoder import decode
from fcae_gui.engine.events import Weights
from fcae_gui.engine.solve import MAX_CODE, Leash, Solved, settle, solve
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.session import Session
from fcae_gui.session.undo import Gesture

FOLLOW_MS = 100  # painted pixels at rest follow the learning network ten times a second
SLIDE = 0.35  # of what is left of the way, each frame: the eye can follow the cursor
ARRIVED = 1e-3  # of the size of the code
INLINE_WORK = 40_000_000  # decoder parameters times code size: about 4 ms a step
STIFFNESS = 0.2  # squared pixels that one spread of the data's codes costs: keeps long codes near the data
SPREAD_ROWS = 500
STRONGEST, WEAKEST = 30.0, 6.0  # how much more a painted pixel counts than a free one
SHARE = 0.3  # of the image: what all painted pixels together count for, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is asked of the decoder: marks (d,) 1 painted, -1 erased, 0 free on the image as it was.

    home (code,): where the image was, and base (d,): how it looked
    """

    home: np.ndarray
    base: np.ndarray
    marks: np.ndarray

    @property
    def target(self) -> np.ndarray:
        """The image asked for: (d,) in [0, 1]."""
        wanted = np.where(self.marks > 0, np.float32(1), np.float32(0))
        return np.where(self.marks != 0, wanted, self.base).astype(np.float32)

    @property
    def importance(self) -> np.ndarray:
        """Weights of the pixels (d,): few painted ones must outweigh the many that should stay."""
        painted = self.marks != 0
        weight = SHARE * len(self.base) / max(1, int(painted.sum()))
        return np.where(painted, min(max(weight, WEAKEST), STRONGEST), 1.0).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """target and pixels (d,), marks (d,), the code z, and how far the painted pixels have come: 0 to 1."""

    target: np.ndarray
    pixels: np.ndarray
    marks: np.ndarray
    z: np.ndarray
    reached: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    weights: Weights
    z: np.ndarray
    held: Held
    spread: np.ndarray | None  # (code,) of the codes of the data
    to_the_bottom: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    question: _Question
    solved: Solved


def _solve(question: _Question) -> _Answer:
    held = question.held
    way = settle if question.to_the_bottom else solve
    leash = None
    if question.spread is not None and question.spread.shape == held.home.shape:
        leash = Leash(home=held.home, stiffness=np.float32(STIFFNESS) / np.square(question.spread))
    solved = way(question.weights, question.z, held.target, held.importance, leash=leash)
    return _Answer(question=question, solved=solved)


class Pull(QObject):
    """Holds the painted pixels of one window. One stroke of the brush is one step of the history."""

    pulled = Signal(object)  # Pulled, or None when nothing is painted any more
    refused = Signal(str)  # one sentence: why nothing can be pulled now

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = session.view
        self._active = False
        self._held: Held | None = None
        self._z: np.ndarray | None = None
        self._goal: np.ndarray | None = None  # where the cursor slides
        self._before: tuple[Held | None, np.ndarray] | None = None  # of the stroke under way
        self._seen: Weights | None = None
        self._moving = False  # the cursor moves because of us
        self._sent: deque[np.ndarray] = deque(maxlen=60)  # two seconds of places it was sent to
        self._since = QElapsedTimer()
        self._since.start()
        self._worker: LatestWorker[_Question, _Answer] = LatestWorker("fcae-pull", _solve)
        session.close_with(self._worker.close)
        session.frame_passed.connect(self._on_frame)
        session.generation_started.connect(self._on_started)
        session.view.decoded.connect(self._on_decoded)

    @property
    def held(self) -> Held | None:
        """What is asked for."""
        return self._held

    @property
    def z(self) -> np.ndarray | None:
        """The code found so far."""
        return self._z

    @Slot(bool)
    def set_active(self, active: bool) -> None:
        """Whether somebody looks."""
        self._active = active
        if not active:
            self.forget()

    @Slot(object, float)
    def brush(self, pixels: np.ndarray, value: float) -> None:
        """Ask for this value, 1 or 0, at these pixels (k,)."""
        weights = self._view.weights
        z = self._view.cursor_code() if self._held is None else self._z
        if weights is None or z is None or z.shape != (weights.network.code_size,):
            self.refused.emit("The map shows no codes now: choose the code on the map again.")
            return
        if weights.network.code_size > MAX_CODE:
            self.refused.emit(
                f"Codes of up to {MAX_CODE} numbers can be pulled; this one has {weights.network.code_size}."
            )
            return
        if len(pixels) and int(pixels.max()) >= weights.network.input_size:
            return  # the data set has changed and the network has not yet
        if self._before is None:
            self._before = (self._held, z)
        held = self._held
        if held is None or len(held.base) != weights.network.input_size:
            base = np.clip(decode(weights, z[None])[0], 0.0, 1.0)
            held = Held(home=z, base=base, marks=np.zeros(len(base), np.int8))
        marks = held.marks.copy()
        marks[pixels] = 1 if value > 0.5 else -1
        self._held, self._z, self._goal = replace(held, marks=marks), z, None
        self._solve(weights)

    @Slot()
    def lift(self) -> None:
        """The brush is up: the gesture is one step of the history, and the rest of the way is solved."""
        if self._before is None or self._held is None or self._z is None:
            self._before = None
            return
        (held, z), self._before = self._before, None
        after, weights = self._held, self._view.weights
        generation = weights.generation if weights is not None else -1
        self._session.history.push(
            Gesture(
                "pull the code",
                lambda: self._restore(held, z, generation),
                lambda: self._restore(after, z, generation),
                n_bytes=5 * len(after.base),
            )
        )
        if weights is not None:
            self._worker.ask(self._question(weights, to_the_bottom=True))

    @Slot()
    def release(self) -> None:
        """Let the painted pixels go; the code stays where it is."""
        if self._held is not None and self._z is not None and self._view.weights is not None:
            held, z, generation = self._held, self._z, self._view.weights.generation
            self.forget()
            self._session.history.push(
                Gesture(
                    "let the painted pixels go",
                    lambda: self._restore(held, z, generation),
                    self.forget,
                    n_bytes=5 * len(held.base),
                )
            )

    @Slot()
    def forget(self) -> None:
        """Nothing is asked for any more."""
        self._before = self._goal = None
        if self._held is not None:
            self._held = self._z = None
            self.pulled.emit(None)

    # --- inside

    def _restore(self, held: Held | None, z: np.ndarray, generation: int) -> None:
        weights = self._view.weights
        if weights is None or weights.generation != generation or len(z) != weights.network.code_size:
            return  # the network of that stroke is gone
        self._before = self._goal = None
        if held is None or not self._active:
            self.forget()
            self._view.move_to_code(z)
            return
        self._held, self._z = held, z
        self._worker.ask(self._question(weights, to_the_bottom=True))
        self._go(z, decode(weights, z[None])[0])

    def _question(self, weights: Weights, *, to_the_bottom: bool) -> _Question:
        assert self._held is not None and self._z is not None
        codes, spread = self._view.codes, None
        if codes is not None and codes.shape[1] == len(self._z):
            some = codes[:: max(1, len(codes) // SPREAD_ROWS)]
            spread = np.maximum(np.std(some, axis=0), 1e-3)
            spread = spread if np.isfinite(spread).all() else None
        return _Question(
            weights=weights, z=self._z, held=self._held, spread=spread, to_the_bottom=to_the_bottom
        )

    def _solve(self, weights: Weights) -> None:
        assert self._held is not None and self._z is not None
        self._seen = weights
        self._since.restart()
        question = self._question(weights, to_the_bottom=False)
        work = weights.network.code_size * sum(layer[0].size for layer in weights.decoder)
        if work <= INLINE_WORK:
            solved = _solve(question).solved
            self._go(solved.z, solved.pixels)
        else:
            self._worker.ask(question)

    def _go(self, z: np.ndarray, pixels: np.ndarray) -> None:
        """The code is here now: the cursor too."""
        held = self._held
        if held is None or not np.isfinite(z).all():
            return
        self._z = z
        painted = held.marks != 0
        start = float(np.square(held.base - held.target)[painted].sum())
        now = float(np.square(pixels - held.target)[painted].sum())
        reached = 1.0 - min(1.0, now / start) if start > 1e-9 else 1.0
        self._sent.append(z)
        self._moving = True
        try:
            self._view.move_to_code(z)
        finally:
            self._moving = False
        self.pulled.emit(Pulled(target=held.target, pixels=pixels, marks=held.marks, z=z, reached=reached))

    @Slot(object)
    def _on_decoded(self, answer: Decoded) -> None:
        """Somebody else has moved the cursor: what was painted there is no longer asked for."""
        if self._held is None or self._z is None or self._moving or self._before is not None:
            return
        # A large decoder answers frames later: every place the cursor was sent to of late is ours.
        ours = (z for z in self._sent if z.shape == answer.z.shape)
        if not any(np.allclose(answer.z, z, atol=1e-5, rtol=1e-4) for z in ours):
            self.forget()

    @Slot()
    def _on_frame(self) -> None:
        answer = self._worker.take()
        weights = self._view.weights
        if answer is not None and self._is_true(answer, weights):
            if answer.question.to_the_bottom:
                self._goal = answer.solved.z
            else:
                self._go(answer.solved.z, answer.solved.pixels)
        if weights is None or self._held is None or self._z is None or not self._active:
            return
        if len(self._held.base) != weights.network.input_size or len(self._z) != weights.network.code_size:
            self.forget()
        elif self._goal is not None:
            self._slide(weights)
        elif weights is not self._seen and self._since.elapsed() >= FOLLOW_MS and self._worker.idle:
            self._solve(weights)

    def _is_true(self, answer: _Answer, weights: Weights | None) -> bool:
        """Whether it is about what is asked for now, and about the present network."""
        return (
            answer.question.held is self._held
            and self._before is None
            and weights is not None
            and answer.question.weights.generation == weights.generation
        )

    def _slide(self, weights: Weights) -> None:
        assert self._goal is not None and self._z is not None
        way = self._goal - self._z
        near = float(np.abs(way).max()) <= ARRIVED * (1e-3 + float(np.abs(self._goal).max()))
        z = self._goal if near else (self._z + np.float32(SLIDE) * way).astype(np.float32)
        if near:
            self._goal = None
        self._seen = weights
        self._since.restart()
        self._go(z, decode(weights, z[None])[0])

    @Slot(object)
    def _on_started(self, _started: object) -> None:
        self._seen = None
        self.forget()
