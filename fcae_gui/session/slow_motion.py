"""One training iteration shown stage by stage, on a copy; at its end the run makes that very step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.state import RunState
from fcae_gui.session.background import Background
from fcae_gui.session.neuron_words import Stage, stages
from fcae_gui.session.session import Session

if TYPE_CHECKING:
    from fcae_gui.engine.events import Weights
    from fcae_gui.engine.trace import Trace

RHYTHM_MS = 1250  # long enough to read one number and see what moved

Phase = Literal["off", "waiting", "on", "stepping"]


class SlowMotion(QObject):
    """Off until `start`. While it is on, training rests; whatever else changes the run ends it."""

    phase_changed = Signal(str)  # Phase
    stage_changed = Signal(object)  # neuron_words.Stage; the trace is in `trace`
    rhythm_changed = Signal(bool)
    ended = Signal(str)  # why, in one sentence; "" when it was asked for

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background()
        self.phase: Phase = "off"
        self.trace: Trace | None = None
        self.largest_difference = float("nan")  # between the traced weights and those of the real step
        self._ticket = 0
        self._looked_at: Weights | None = None
        self._stages: tuple[Stage, ...] = ()
        self._at = 0
        self._rhythm = QTimer(self)
        self._rhythm.setInterval(RHYTHM_MS)
        self._rhythm.timeout.connect(self.next)
        session.frame_passed.connect(self._on_frame)
        session.state_changed.connect(self._on_state)
        session.config_changed.connect(self._on_config)
        session.generation_started.connect(self._on_generation)
        session.dataset_changed.connect(self._on_generation)
        session.close_with(self._close)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def on(self) -> bool:
        """Whether an iteration is being shown or prepared."""
        return self.phase != "off"

    @property
    def stage(self) -> Stage | None:
        """The stage on screen."""
        return self._stages[self._at] if self.phase in ("on", "stepping") and self._stages else None

    @property
    def plays(self) -> bool:
        """Whether the stages follow each other by themselves."""
        return self._rhythm.isActive()

    # --- intents ------------------------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Rest, and take the next iteration apart."""
        if self.phase in ("waiting", "stepping") or self._session.dataset is None:
            return
        self._session.pause()
        self._ticket += 1
        ticket = self._ticket
        self._set_phase("waiting")
        self._session.copy_run(lambda state: self._on_copy(ticket, state))

    @Slot()
    def next(self) -> None:
        """The next stage; after the update the real step is made, and then the next batch is taken."""
        if self.phase == "off":
            self.start()
        elif self.phase == "on":
            kind = self._stages[self._at].kind
            if kind == "done":
                self.start()
            elif kind == "update":
                self._set_phase("stepping")
                self._session.run_steps(1)
            else:
                self._go(self._at + 1)

    @Slot()
    def back(self) -> None:
        """The stage before; what has been learned stays learned."""
        if self.phase == "on" and self._at > 0 and self._stages[self._at].kind != "done":
            self._go(self._at - 1)

    @Slot(bool)
    def play(self, on: bool) -> None:
        """Stages on their rhythm, or by key only."""
        if on == self.plays:
            return
        if on:
            self._rhythm.start()
            if self.phase == "off":
                self.start()
        else:
            self._rhythm.stop()
        self.rhythm_changed.emit(on)

    @Slot()
    def run_on(self) -> None:
        """Enough: training goes on at its own speed."""
        self.end()
        self._session.play()

    @Slot()
    def end(self, why: str = "") -> None:
        """No slow motion any more; the run stays where it is."""
        if self.phase == "off":
            return
        self._ticket += 1
        self.trace, self._stages, self._at = None, (), 0
        self.play(False)
        self._set_phase("off")
        self.ended.emit(why)

    # --- what comes back ----------------------------------------------------------------------------------

    def _on_copy(self, ticket: int, state: RunState) -> None:
        dataset = self._session.dataset
        if ticket != self._ticket or dataset is None:
            return
        training = state.config.training
        if training.epochs is not None and dataset.complete and state.epoch >= training.epochs:
            # Past its target a run goes on at a constant rate: what is shown must be that step.
            rate = training.learning_rate / (10 if training.schedule == "cosine" else 1)
            self._session.edit({}, {"epochs": None, "schedule": "constant", "learning_rate": rate})
            self._session.copy_run(lambda state: self._on_copy(ticket, state))
            return
        self._background.submit(
            "trace",
            lambda: _traced(state, dataset),
            lambda trace: self._on_trace(ticket, trace),
            lambda error, _details: self._on_failed(ticket, error),
        )

    def _on_trace(self, ticket: int, trace: Trace) -> None:
        config = self._session.config
        if ticket != self._ticket or config is None:
            return
        if _differ(trace.config, config):  # changed while this was being worked out
            self._session.copy_run(lambda state: self._on_copy(ticket, state))
            return
        self.trace = trace
        self._stages = stages(len(trace.layers))
        self._set_phase("on")
        self._go(0)

    def _on_failed(self, ticket: int, error: Exception) -> None:
        if ticket == self._ticket:
            self.end(f"Slow motion is not possible here: {error}.")

    def _go(self, at: int) -> None:
        self._at = at
        self.stage_changed.emit(self._stages[at])

    @Slot()
    def _on_frame(self) -> None:
        if self.phase == "off":
            return
        self._background.poll()
        weights, trace = self._session.view.weights, self.trace
        if weights is None or trace is None or weights is self._looked_at or self.phase == "waiting":
            return
        if self.phase == "stepping":
            if weights.step == trace.step + 1 and self._session.state != "running":
                self.largest_difference = _difference(weights, trace, after=True)
                self._looked_at = weights
                self._set_phase("on")
                self._go(self._at + 1)
            elif weights.step > trace.step + 1:
                self.end("Slow motion has ended: the run has made another step.")
            return
        self._looked_at = weights
        done = self._stages[self._at].kind == "done"
        if weights.step > trace.step + done:
            self.end("Slow motion has ended: the run has made another step.")
        elif weights.step == trace.step + done and _difference(weights, trace, after=done) > self._accepted:
            self.end("Slow motion has ended: the run was changed.")

    @property
    def _accepted(self) -> float:
        """How far weights may lie from the traced ones and be taken for them."""
        return self.largest_difference if self._stages[self._at].kind == "done" else 0.0

    # --- what ends it -------------------------------------------------------------------------------------

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if state in ("diverged", "failed", "loading", "empty") or (state == "running" and self.phase == "on"):
            self.end("Slow motion has ended: training goes on." if state == "running" else "")

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        trace = self.trace
        if trace is not None and _differ(trace.config, config) and self.phase in ("on", "stepping"):
            self.end("Slow motion has ended: the run was changed.")

    @Slot(object)
    def _on_generation(self, _what: object) -> None:
        self.end("Slow motion has ended: a new start, another network or other data.")

    def _set_phase(self, phase: Phase) -> None:
        if phase != self.phase:
            self.phase = phase
            self.phase_changed.emit(phase)

    def _close(self) -> bool:
        self._rhythm.stop()
        self._ticket += 1
        self.phase = "off"
        return self._background.join(2.0)


def _differ(one: RunConfig, other: RunConfig) -> bool:
    """Whether their next steps can be different ones."""
    return one.network != other.network or one.training != other.training


def _difference(weights: Weights, trace: Trace, *, after: bool) -> float:
    """The largest between weights and those of a trace, before or after its step; inf for another shape."""
    largest = 0.0
    for layer, traced in zip(weights.encoder + weights.decoder, trace.layers, strict=False):
        pairs = (traced.weight_after, traced.bias_after) if after else (traced.weight, traced.bias)
        for one, other in zip(layer, pairs, strict=True):
            if one.shape != other.shape:
                return float("inf")
            largest = max(largest, float(np.abs(one - other).max()))
    return largest


def _traced(state: RunState, dataset: Dataset) -> Trace:
    from fcae_gui.engine.trace import trace

    return trace(state, dataset)
