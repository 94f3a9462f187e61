"""The training loop: commands between steps, steps, and what there is to see, as a stream of events."""

from __future__ import annotations

import queue
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import torch

from fcae_gui.engine.bursts import MOST_STEPS
from fcae_gui.engine.config import TrainingConfig
from fcae_gui.engine.errors import classify
from fcae_gui.engine.events import (
    Checkpoint,
    Command,
    Edit,
    Event,
    Pause,
    Play,
    Refused,
    ResizeCode,
    Restore,
    Rewind,
    RotateCode,
    RunEnded,
    RunEpoch,
    SetData,
    SlowMotion,
    Started,
    StateChanged,
    StepOnce,
    Stop,
    Watch,
)
from fcae_gui.engine.observe import Observer
from fcae_gui.engine.trainer import DivergedError, Trainer

BURST_SECONDS = 0.008  # steps made before the next look at commands and at the clock
DIVERGED = "The loss left the finite numbers, so the last step was undone."
DIVERGED_ADVICE = "Choose a learning rate ten times smaller and play on, or rewind."


class Inbox:
    """Where any thread leaves commands for the training thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def put(self, command: Command) -> None:
        """Leave a command. Never blocks."""
        self._queue.put(command)

    def take(self, timeout: float | None = 0.0) -> Command | None:
        """The next command; waits up to timeout seconds (None: until there is one)."""
        if timeout == 0.0 and self._queue.empty():
            return None
        try:
            return self._queue.get(timeout != 0.0, timeout or None)
        except queue.Empty:
            return None


def serve(trainer: Trainer, inbox: Inbox, *, every_epoch: bool = False) -> Iterator[Event]:
    """Serve commands until Stop. Yields Started and StateChanged("paused"), and then whatever happens.

    Every run (from Play to rest at its target, a stop, divergence or a failure) ends in exactly one RunEnded;
    pauses do not end it. The steps are made in the thread that takes the events.

    every_epoch: measure on the test set at the end of every epoch, at once, instead of within the budget.
    """
    torch.set_num_threads(trainer.config.threads or 1)  # OpenMP and MKL keep this per thread
    service = _Service(trainer, inbox, every_epoch)
    yield service.started("restored" if trainer.step_count else "new")
    yield StateChanged(state="paused")
    while not service.stopped:
        try:
            yield from service.turn()
        except DivergedError:
            yield from service.end("diverged", DIVERGED, DIVERGED_ADVICE)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the run is kept and the loop lives on
            kind, message, advice = classify(error)
            details = "".join(traceback.format_exception(error))
            yield from service.end("failed", message, advice, kind, details)


class _Service:
    """What the loop remembers between two turns."""

    def __init__(self, trainer: Trainer, inbox: Inbox, every_epoch: bool) -> None:
        self._trainer = trainer
        self._inbox = inbox
        self._observer = Observer(trainer)
        self._every_epoch = every_epoch
        self._running = False
        self._goal: Literal["", "step", "epoch"] = ""  # where to pause by itself
        self._goal_step = 0
        self._in_run = False  # Play was given and RunEnded was not
        self._steps_at_once = 1
        self._interval = 0.0  # seconds between two steps in slow motion
        self._next_step = 0.0
        self._before_open_play: TrainingConfig | None = None  # a rewind goes back to its target
        self._blind = False  # looking failed: not tried again before something changes
        self.stopped = False

    def turn(self) -> Iterator[Event]:
        """Commands, then one step or one piece of looking, or waiting for a command."""
        # A single step is made before the next command is looked at: commands take effect in their order.
        command = None if self._goal == "step" else self._inbox.take(self._patience())
        while command is not None and self._goal != "step":
            yield from self._obey(command)
            if self.stopped:
                return
            command = None if self._goal == "step" else self._inbox.take()
        untrained = self._trainer.step_count == 0 and self._observer.unseen and not self._blind
        if self._running and not untrained and time.perf_counter() >= self._next_step:
            yield from self._step()  # but what an untrained network looks like is shown first
        elif self._observer.unseen and not self._blind:
            event = self._look()
            if event is not None:
                yield event

    def _patience(self) -> float | None:
        """How long to wait for a command: not at all with something to do, for ever with nothing."""
        if self._observer.unseen and not self._blind:
            return 0.0
        if not self._running:
            return None
        return max(0.0, self._next_step - time.perf_counter()) if self._interval else 0.0

    def _look(self) -> Event | None:
        try:
            return self._observer.show()
        except Exception:
            self._blind = True
            raise

    # --- steps --------------------------------------------------------------------------------------------

    def _step(self) -> Iterator[Event]:
        trainer, observer = self._trainer, self._observer
        if self._interval:
            self._next_step = time.perf_counter() + self._interval
        if not trainer.target_reached:
            observer.throughput.count(self._make_steps())
            self._blind = False
        if trainer.at_epoch_end:
            observer.epoch_ended()
            if self._every_epoch and not trainer.target_reached:
                yield observer.evaluate()
        if trainer.target_reached:
            trainer.verify()
            yield from observer.finish()
            yield from self.end("finished")
        elif self._at_goal():
            trainer.verify()
            yield from self._pause()
        else:
            event = observer.tick()
            if event is not None:
                yield event

    def _make_steps(self) -> int:
        """As many steps as fit into a moment, where nothing asks for fewer; returns the samples seen."""
        trainer = self._trainer
        most = 1 if self._interval else self._steps_at_once
        if self._goal == "step":
            most = min(most, self._goal_step - trainer.step_count)
        began, before = time.perf_counter(), trainer.step_count
        seen = trainer.steps(max(1, most))
        seconds = (time.perf_counter() - began) / max(1, trainer.step_count - before)
        self._steps_at_once = max(1, min(MOST_STEPS, int(BURST_SECONDS / max(seconds, 1e-6))))
        return seen

    def _at_goal(self) -> bool:
        if self._goal == "step":
            return self._trainer.step_count >= self._goal_step
        return self._goal == "epoch" and self._trainer.at_epoch_end

    def _play(self, goal: Literal["", "step", "epoch"]) -> Iterator[Event]:
        self._goal = goal
        self._in_run = True
        if goal == "step":
            self._next_step = 0.0
        self._trainer.ended = ""
        if self._trainer.target_reached:
            yield from self._open_play()
        if not self._running:
            self._running = True
            self._next_step = 0.0
            self._observer.resume()
            yield StateChanged(state="running")

    def _open_play(self) -> Iterator[Event]:
        """Past a reached target there is no schedule: the rate is constant."""
        training = self._trainer.config.training
        rate = training.learning_rate
        if training.schedule == "cosine":
            rate /= 10  # it had fallen to nothing: going on at the full rate would tear up what was learnt
        self._before_open_play = training
        config = self._trainer.config.with_training(epochs=None, schedule="constant", learning_rate=rate)
        yield self._trainer.edit(config, f"past the target: constant learning rate {rate:g}")

    def _pause(self) -> Iterator[Event]:
        self._goal = ""
        if self._running:
            self._running = False
            yield StateChanged(state="paused")

    def end(
        self,
        reason: Literal["finished", "stopped", "diverged", "failed"],
        message: str = "",
        advice: str = "",
        kind: str = "",
        details: str = "",
    ) -> Iterator[Event]:
        """Come to rest, with the one RunEnded of the run if one is on; a failure is told in any case."""
        if self._in_run:
            self._trainer.ended = reason
        yield from self._rest(
            RunEnded(
                generation=self._trainer.generation, reason=reason, step=self._trainer.step_count,
                epoch=self._trainer.epoch, message=message, advice=advice, kind=kind, details=details,
            )
        )  # fmt: skip

    def _rest(self, ended: RunEnded) -> Iterator[Event]:
        was_in_run, self._in_run = self._in_run, False
        yield from self._pause()
        if was_in_run:
            yield ended
        elif ended.reason in ("diverged", "failed"):
            yield Refused(message=f"{ended.message} {ended.advice}")

    # --- commands -----------------------------------------------------------------------------------------

    def started(self, reason: Literal["new", "rewound", "network", "data", "restored", "resized"]) -> Started:
        trainer = self._trainer
        return Started(
            generation=trainer.generation, config=trainer.config, step=trainer.step_count,
            epoch=trainer.epoch, device_name=trainer.device_name, reason=reason,
            edits=tuple((edit.step, edit.text) for edit in trainer.edits), task_step=self._task_step(),
        )  # fmt: skip

    def _task_step(self) -> int:
        """The step of the last edit that changed the loss or the code size, 0 without one."""
        step, before = 0, self._trainer.initial_config
        for edit in self._trainer.edits:
            now = edit.config
            if (now.training.loss, now.network.code_size) != (before.training.loss, before.network.code_size):
                step = edit.step
            before = now
        return step

    def _obey(self, command: Command) -> Iterator[Event]:
        self._blind = False
        match command:
            case Play():
                yield from self._play("")
            case StepOnce(steps=steps):
                self._goal_step = self._trainer.step_count + max(1, steps)
                yield from self._play("step")
            case RunEpoch():
                yield from self._play("epoch")
            case Pause():
                self._trainer.verify()
                yield from self._pause()
            case SlowMotion():
                rate = command.steps_per_second
                self._interval = 0.0 if not rate or rate <= 0.0 else 1.0 / rate
                self._next_step = min(self._next_step, time.perf_counter() + self._interval)
            case Checkpoint():
                yield from self._checkpoint(command)
            case Stop():
                yield from self.end("stopped")
                self.stopped = True
            case _:
                try:
                    yield from self._change(command)
                except DivergedError:
                    raise
                except ValueError as error:
                    yield Refused(message=f"{str(error).rstrip('.')}.")
                except Exception as error:  # noqa: BLE001 - too little memory, mostly; the run is as it was
                    _, message, advice = classify(error)
                    yield Refused(message=f"{message} {advice}")

    def _change(self, command: Command) -> Iterator[Event]:
        trainer, observer = self._trainer, self._observer
        match command:
            case Watch():
                observer.watch(command)
            case Rewind():
                trainer.rewind(command.seed, training=self._before_open_play)
                self._before_open_play = None
                observer.fresh()
                yield self.started("rewound")
            case Edit():
                generation = trainer.generation
                edited = trainer.edit(command.config)
                self._before_open_play = None
                if trainer.generation != generation:
                    observer.fresh()
                    yield self.started("network")
                else:
                    observer.edited()
                    yield edited
            case RotateCode():
                edited = trainer.rotate_code()
                observer.edited()
                yield edited
            case ResizeCode(size=size):
                edited = trainer.resize_code(size)
                observer.fresh()
                yield self.started("resized")
                yield edited
            case SetData():
                trainer.set_data(command.dataset, command.config, keep_weights=command.keep_weights)
                observer.forget_rows()
                if not command.keep_weights:
                    self._before_open_play = None
                yield self.started("data")
            case Restore():
                yield from self._restore(command)
            case _:
                raise TypeError(f"not a command: {command!r}")

    def _restore(self, command: Restore) -> Iterator[Event]:
        generation, step, epoch = self._trainer.generation, self._trainer.step_count, self._trainer.epoch
        self._trainer.restore(command.state)
        yield from self._rest(RunEnded(generation=generation, reason="stopped", step=step, epoch=epoch))
        self._before_open_play = None
        self._observer.fresh()
        yield self.started("restored")

    def _checkpoint(self, command: Checkpoint) -> Iterator[Event]:
        reply = command.reply
        if not reply.set_running_or_notify_cancel():
            return
        try:
            state = self._trainer.snapshot()
        except DivergedError:
            yield from self.end("diverged", DIVERGED, DIVERGED_ADVICE)
            state = self._trainer.snapshot()
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            reply.set_exception(error)
            return
        reply.set_result(replace(state))
