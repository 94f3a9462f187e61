"""The run in hand: the training thread behind it, its configuration, its state, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine import events as ev
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.state import RunState
from fcae_gui.session.runner import Runner
from fcae_gui.session.values import Notice, Numbers, State

EDIT_QUIET_MS = 300  # a dragged slider makes thirty edits a second and one mark on the curve


class RunLink(QObject):
    """Turns what comes out of the training thread into signals, and hands commands into it.

    Knows nothing of files, data sources, undo or what the window looks at: that is Session, built on this.
    """

    state_changed = Signal(str)  # values.State
    config_changed = Signal(object)  # RunConfig
    generation_started = Signal(object)  # events.Started: clear what belonged to the old network
    losses_grown = Signal(object)  # (k,) float32, of the steps that follow the ones already told
    losses_cut = Signal(int)  # everything after this step is void
    test_measured = Signal(int, float, float)  # step, loss, sum of squared errors per image
    edited = Signal(int, str)  # step, one line
    refused = Signal(str)  # one sentence: why a change cannot be
    observed = Signal(object)  # events.Observation of the present generation
    numbers_changed = Signal(object)  # values.Numbers
    noticed = Signal(object)  # values.Notice
    run_ended = Signal(object)  # events.RunEnded

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner: Runner | None = None
        self._leaving: list[Runner] = []  # old runners that are finishing their last step
        self._replies: list[tuple[Future[RunState], Callable[[RunState], None]]] = []
        self._dataset: Dataset | None = None
        self._config: RunConfig | None = None  # as the engine last confirmed it
        self._wanted: RunConfig | None = None  # as last asked for
        self._state: State = "empty"
        self._generation = -1
        self._started: ev.Started | None = None
        self._losses_told = 0
        self._tests_told = 0
        self._edit: tuple[int, str] | None = None  # the last live edit, told when no other follows
        self._observation: ev.Observation | None = None
        self._test: tuple[float, float] | None = None
        self.config_step = 0  # after how many steps the configuration last confirmed took effect
        self._seconds_trained = 0.0
        self._since_frame = QElapsedTimer()
        self._since_edit = QElapsedTimer()
        self._since_edit.start()

    # --- what there is --------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What the run is doing."""
        return self._state

    @property
    def config(self) -> RunConfig | None:
        """The configuration in force, None before the first data set is there."""
        return self._wanted

    @property
    def dataset(self) -> Dataset | None:
        """The data that is being learned."""
        return self._dataset

    @property
    def step(self) -> int:
        """Steps made, as last seen."""
        return self._observation.step if self._observation is not None else 0

    def trained_steps(self) -> int:
        """Steps whose loss is recorded: as exact as it gets without asking the training thread."""
        history = self._runner.history(self._generation) if self._runner is not None else None
        return history.n_train if history is not None else 0

    def history_bytes(self) -> int:
        """What the recorded losses weigh, twice: once in the engine, once behind the curve."""
        return 2 * 4 * self.trained_steps()

    def numbers(self) -> Numbers:
        """The numbers as they stand."""
        config, seen = self._config, self._observation
        history = self._runner.history(self._generation) if self._runner is not None else None
        losses = history.train if history is not None else np.empty(0, np.float32)
        return Numbers(
            state=self._state,
            epoch=seen.epoch if seen is not None else 0.0,
            step=seen.step if seen is not None else 0,
            images_per_s=seen.images_per_s if seen is not None and self._state == "running" else 0.0,
            seconds_left=seen.seconds_left if seen is not None and self._state == "running" else None,
            device=self._started.device_name if self._started is not None else "",
            device_kind=config.device if config is not None else "",
            threads=(config.threads or 0) if config is not None else 0,
            train_loss=float(losses[-50:].mean()) if len(losses) else None,
            test_loss=self._test[0] if self._test is not None else None,
            test_sse=self._test[1] if self._test is not None else None,
            target_epochs=config.training.epochs if config is not None else None,
        )

    def tell_numbers(self) -> None:
        """Refresh the numbers on screen now, between two of their ticks."""
        self.numbers_changed.emit(self.numbers())

    def copy_run(self, then: Callable[[RunState], None]) -> None:
        """Hand a complete copy of the run, taken after the commands given so far, to `then`."""
        self._checkpoint(then)

    # --- the frame ------------------------------------------------------------------------------------------

    def _take_from_runner(self) -> None:
        """One frame: facts in order, the newest observation, the losses since the last one."""
        self._take_replies()
        if self._runner is not None:
            facts, observation = self._runner.take()
            for fact in facts:
                self._on_fact(fact)
            if observation is not None and observation.generation == self._generation:
                self._observation = observation
                self.observed.emit(observation)
            self._tell_losses()
        self._leaving = [old for old in self._leaving if not old.join(0.0)]
        self._count_time()
        if self._edit is not None and self._since_edit.elapsed() > EDIT_QUIET_MS:
            self.edited.emit(*self._edit)
            self._edit = None

    def _stop_runners(self) -> bool:
        """Ask every training thread to stop and wait for it; False when one is still busy after its grace."""
        runners = [*self._leaving, *([self._runner] if self._runner is not None else [])]
        for runner in runners:
            runner.ask_to_stop()
        self._runner = None
        return all([runner.join() for runner in runners])  # noqa: C419 - each one is joined

    def _take_replies(self) -> None:
        waiting, self._replies = self._replies, []
        for future, then in waiting:
            if not future.done():
                self._replies.append((future, then))
            elif future.exception() is not None:
                self._say("error", f"The run could not be copied: {future.exception()}")
            else:
                then(future.result())

    def _on_fact(self, fact: ev.Event) -> None:
        match fact:
            case ev.Started():
                self._on_started(fact)
            case ev.StateChanged(state=state):
                # After an end the engine rests: the reason of the end says more than "paused".
                if state == "running" or self._state in ("running", "empty", "loading", "ready"):
                    self._set_state(state)
            case ev.Evaluated() if fact.generation == self._generation:
                self._test = (fact.test_loss, fact.test_sse)
            case ev.Edited() if fact.generation == self._generation:
                self._config, self.config_step = fact.config, fact.step
                self.config_changed.emit(fact.config)
                self._edit = (fact.step, fact.text)
                self._since_edit.restart()
            case ev.Refused(message=message):
                self._wanted = self._config
                self._refuse(message)
            case ev.RunEnded():
                self._on_ended(fact)
            case _:
                pass

    def _on_started(self, started: ev.Started) -> None:
        self._started = started
        if started.generation == self._generation:  # a fuller version of the data: the network goes on
            self._config = self._wanted = started.config
            return
        self._generation = started.generation
        self._config = self._wanted = started.config
        self.config_step = started.step
        self._edit = None  # of the run before: what belongs to this one is in its own list of edits
        self._losses_told = self._tests_told = 0
        if started.reason != "resized":  # the same run goes on: its numbers hold
            self._observation = None
            self._test = None
        if self._state in ("empty", "loading", "finished", "diverged", "failed"):
            self._set_state("paused")
        self.generation_started.emit(started)
        self.config_changed.emit(started.config)

    def _on_ended(self, end: ev.RunEnded) -> None:
        if end.reason == "finished":
            self._set_state("finished")
        elif end.reason == "diverged":
            self._set_state("diverged")
            self._say(
                "warn", f"{end.message} {end.advice}".strip(),
                actions=(("rewind", "Rewind"), ("slower", "A tenth of the rate, and go on")),
            )  # fmt: skip
        elif end.reason == "failed":
            self._set_state("failed")
            actions: tuple[tuple[str, str], ...] = ()
            if end.kind == "out_of_memory":
                actions = (("halve_batch", "Half the batch"), ("use_cpu", "Go on on the CPU"))
            elif end.kind == "device":
                actions = (("use_cpu", "Go on on the CPU"),)
            self._say("error", f"{end.message} {end.advice}".strip(), details=end.details, actions=actions)
        self.run_ended.emit(end)

    def _tell_losses(self) -> None:
        history = self._runner.history(self._generation) if self._runner is not None else None
        if history is None:
            return
        n_train = history.n_train
        if n_train < self._losses_told:
            self._losses_told = n_train
            self.losses_cut.emit(n_train)
        if n_train > self._losses_told:
            self.losses_grown.emit(history.train[self._losses_told : n_train])
            self._losses_told = n_train
        n_test = history.n_test
        self._tests_told = min(self._tests_told, n_test)
        for step, loss, sse in history.test[self._tests_told : n_test]:
            self.test_measured.emit(int(step), float(loss), float(sse))
        self._tests_told = n_test

    def _count_time(self) -> None:
        if self._since_frame.isValid():
            elapsed = self._since_frame.restart() / 1000.0
            if self._state == "running":
                self._seconds_trained += elapsed

    # --- the thread -----------------------------------------------------------------------------------------

    def _put(self, command: ev.Command) -> None:
        if self._runner is not None:
            self._runner.put(command)

    def _checkpoint(self, then: Callable[[RunState], None]) -> None:
        if self._runner is None:
            return
        future: Future[RunState] = Future()
        self._replies.append((future, then))
        self._put(ev.Checkpoint(future))

    def _replace_runner(self, config: RunConfig, dataset: Dataset, state: RunState | None) -> None:
        if self._runner is not None:
            self._runner.ask_to_stop()
            self._leaving.append(self._runner)
        self._replies.clear()
        self._config = self._wanted = config
        self._generation = -1
        self._runner = Runner(config, dataset, state)
        self._runner.start()

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
            self.numbers_changed.emit(self.numbers())

    def _refuse(self, text: str) -> None:
        """A change that cannot be: the panels show what is in force again, and why."""
        if self._wanted is not None:
            self.config_changed.emit(self._wanted)
        self.refused.emit(text)

    def _say(
        self,
        level: Literal["info", "warn", "error"],
        text: str,
        *,
        details: str = "",
        actions: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.noticed.emit(Notice(level=level, text=text, details=details, actions=actions))
