"""The loop: commands between steps, what is shown and when, and the one end of every run."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import (
    Checkpoint,
    Edit,
    Edited,
    Evaluated,
    Event,
    Observation,
    Pause,
    Play,
    Refused,
    Restore,
    Rewind,
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
from fcae_gui.engine.loop import Inbox, serve
from fcae_gui.engine.state import RunState
from fcae_gui.engine.trainer import Trainer

from .samples import Driver, blobs, config, same, steps, trainer

WATCH = Watch(5, "test", np.arange(6), "test", np.arange(90))


def _of(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_it_begins_paused_and_makes_no_step_before_play() -> None:
    driver = Driver(trainer())
    assert driver.until(Started).reason == "new"
    assert driver.until(StateChanged).state == "paused"
    driver.put(Stop())
    driver.rest()
    assert driver.trainer.step_count == 0
    assert not _of(driver.events, RunEnded)  # nothing was run, so nothing ends


def test_a_run_to_its_target_ends_finished_once_with_everything_shown() -> None:
    driver = Driver(trainer(epochs=3))
    driver.put(WATCH, Play())
    ended = driver.until(RunEnded)
    assert (ended.reason, ended.step, ended.epoch) == ("finished", 15, 3.0)
    driver.put(Stop())
    driver.rest()
    assert len(_of(driver.events, RunEnded)) == 1
    last = [event for event in _of(driver.events, Observation) if event.codes is not None][-1]
    assert last.step == last.codes.step == last.outputs.step == last.weights.step == 15
    assert _of(driver.events, Evaluated)[-1].step == 15
    assert driver.events.index(last) < driver.events.index(ended)
    assert same(driver.trainer, steps(trainer(epochs=3), 15))


def test_the_untrained_state_is_shown_before_the_first_step_also_while_paused() -> None:
    for commands in ((WATCH,), (WATCH, Play())):
        driver = Driver(trainer(epochs=3))
        driver.put(*commands)
        observation = driver.until(Observation)
        while observation.codes is None:
            observation = driver.until(Observation)
        assert observation.step == observation.codes.step == 0
        assert observation.codes.watch_id == observation.outputs.watch_id == 5
        driver.put(Stop())
        driver.rest()


def test_codes_and_outputs_are_those_of_the_published_weights() -> None:
    driver = Driver(trainer())
    driver.put(WATCH)
    driver.step()
    observation = driver.until_codes(1)
    x = driver.trainer.dataset.test.as_float()
    assert observation.codes.step == observation.step == 1
    assert np.allclose(observation.codes.points, encode(observation.weights, x), atol=1e-5)
    expected = decode(observation.weights, encode(observation.weights, x[:6]))
    assert np.allclose(observation.outputs.images, expected, atol=1e-5)
    for array in (observation.codes.points, observation.outputs.images):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1.0


def test_step_once_and_one_epoch_pause_by_themselves() -> None:
    driver = Driver(trainer())
    driver.put(StepOnce())
    states = [driver.until(StateChanged).state for _ in range(3)]
    assert states == ["paused", "running", "paused"]
    assert driver.trainer.step_count == 1
    driver.put(RunEpoch())
    assert [driver.until(StateChanged).state for _ in range(2)] == ["running", "paused"]
    assert driver.trainer.epoch == 1.0
    driver.put(RunEpoch())
    assert [driver.until(StateChanged).state for _ in range(2)] == ["running", "paused"]
    assert driver.trainer.epoch == 2.0
    driver.put(Stop())
    assert _of(driver.rest(), RunEnded)[0].reason == "stopped"
    assert len(_of(driver.events, RunEnded)) == 1


def test_a_pause_in_mid_epoch_changes_no_number() -> None:
    driver = Driver(trainer(epochs=4))
    driver.put(WATCH)
    for _ in range(7):
        driver.step()
    driver.put(Play())
    driver.until(RunEnded)
    assert same(driver.trainer, steps(trainer(epochs=4), 20))


def test_pause_and_stop_are_obeyed_while_it_runs_without_end() -> None:
    driver = Driver(trainer())
    driver.put(WATCH, Play())
    while driver.trainer.step_count == 0:
        driver.until(Observation)
    driver.put(Pause())
    assert driver.until(StateChanged).state == "paused"
    at = driver.trainer.step_count
    assert driver.until_codes(at).step == at
    assert driver.trainer.step_count == at
    driver.put(Stop())
    driver.rest()


def test_play_past_the_target_is_open_ended_at_a_constant_rate_and_recorded() -> None:
    driver = Driver(trainer(epochs=2, schedule="cosine", learning_rate=1e-2))
    driver.put(Play())
    driver.until(RunEnded)
    driver.put(Play())
    edited = driver.until(Edited)
    assert edited.config.training.epochs is None
    assert edited.config.training.schedule == "constant"
    assert driver.trainer.edits[-1].step == 10
    driver.until(Observation)
    while driver.trainer.step_count < 25:
        driver.until(Observation)
    assert driver.trainer.rate == pytest.approx(1e-3)
    driver.put(Rewind())
    started = driver.until(Started)
    assert started.reason == "rewound"
    assert (started.config.training.epochs, started.config.training.schedule) == (2, "cosine")
    driver.put(Stop())
    driver.rest()
    assert [event.reason for event in _of(driver.events, RunEnded)] == ["finished", "stopped"]


def test_a_diverged_run_says_so_once_and_can_be_played_on_with_a_smaller_rate() -> None:
    dataset = blobs()
    network = {"activation": "none", "output_activation": "none"}
    driver = Driver(Trainer(config(dataset, network=network, optimizer="sgd", learning_rate=40.0), dataset))
    driver.put(WATCH, Play())
    ended = driver.until(RunEnded)
    assert ended.reason == "diverged"
    assert "learning rate" in ended.advice
    assert driver.trainer.history.n_train == ended.step
    state = _checkpoint_at_rest(driver)
    assert state.ended == "diverged"
    assert all(np.isfinite(value).all() for value in state.weights.values())
    driver.put(Rewind(), Edit(driver.trainer.config.with_training(learning_rate=0.01, epochs=2)), Play())
    assert driver.until(RunEnded).reason == "finished"


def _checkpoint_at_rest(driver: Driver) -> RunState:
    reply: Future[RunState] = Future()
    driver.put(Checkpoint(reply), Edit(driver.trainer.config))
    driver.until(Edited)
    return reply.result(0)


def test_a_failing_step_ends_the_run_and_the_loop_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(trainer(epochs=3))
    work = driver.trainer._pass(64)

    def fail() -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(work, "backward", fail)
    monkeypatch.setattr(driver.trainer, "_burst", None)  # step by step: only there can it be made to fail
    driver.put(Play())
    ended = driver.until(RunEnded)
    assert (ended.reason, ended.kind, ended.step) == ("failed", "out_of_memory", 0)
    assert "smaller batch" in ended.advice
    assert "RuntimeError" in ended.details
    monkeypatch.undo()
    driver.put(Play())
    assert driver.until(RunEnded).reason == "finished"
    assert same(driver.trainer, steps(trainer(epochs=3), 15))


def test_edits_are_live_where_they_can_be_and_otherwise_start_a_new_network() -> None:
    driver = Driver(trainer())
    driver.put(StepOnce(), Edit(driver.trainer.config.with_training(learning_rate=0.5)))
    edited = driver.until(Edited)
    assert (edited.step, edited.text) == (1, "learning rate 0.01 -> 0.5")
    generation = edited.generation
    driver.put(Edit(driver.trainer.config.with_network(code_size=3)))
    started = driver.until(Started)
    while started.reason == "new":
        started = driver.until(Started)
    assert (started.reason, started.step, started.config.network.code_size) == ("network", 0, 3)
    assert started.generation > generation
    driver.put(Edit(replace(driver.trainer.config, data="elsewhere")), Stop())
    assert _of(driver.rest(), Refused)


def test_bad_rows_are_refused_and_the_old_ones_are_still_watched() -> None:
    driver = Driver(trainer())
    driver.put(WATCH, Watch(6, "test", np.arange(6), "test", np.array([90])))
    assert "0 to 89" in driver.until(Refused).message
    while (observation := driver.until(Observation)).codes is None:
        pass
    assert observation.codes.watch_id == 5
    driver.put(Stop())
    driver.rest()


def test_a_checkpoint_taken_while_it_runs_can_be_resumed_exactly() -> None:
    driver = Driver(trainer(epochs=8))
    reply: Future[RunState] = Future()
    while driver.trainer.step_count < 7:
        driver.step()
    driver.put(Checkpoint(reply), Play())
    driver.until(RunEnded)
    state = reply.result(0)
    resumed = Trainer(state.config, blobs(), state=state)
    assert same(steps(resumed, 40 - state.step), driver.trainer)


def test_restore_ends_the_run_and_stands_paused_at_the_restored_step() -> None:
    state = steps(trainer(), 9).snapshot()
    driver = Driver(trainer())
    driver.put(WATCH, Play())
    driver.until(Observation)
    driver.put(Restore(state))
    assert driver.until(RunEnded).reason == "stopped"
    started = driver.until(Started)
    assert (started.reason, started.step) == ("restored", 9)
    driver.put(WATCH)
    assert driver.until(Observation).step == 9
    driver.put(Restore(replace(state, weights={})))
    driver.until(Refused)
    driver.step()
    assert same(driver.trainer, steps(trainer(), 10))


def test_set_data_asks_for_new_rows_to_watch() -> None:
    driver = Driver(trainer())
    driver.put(WATCH, StepOnce())
    driver.until(Observation)
    other = blobs(50, 12, n_test=10)
    driver.put(SetData(other, config(other)))
    while driver.until(Started).reason != "data":
        pass
    observation = driver.until(Observation)
    assert observation.outputs is None
    driver.put(Watch(9, "train", np.arange(3), "all", np.arange(60)))
    while (observation := driver.until(Observation)).codes is None:
        pass
    assert observation.codes.points.shape == (60, 2)


def test_every_epoch_is_measured_when_asked_for() -> None:
    driver = Driver(trainer(epochs=4), every_epoch=True)
    driver.put(Play())
    driver.until(RunEnded)
    assert [event.epoch for event in _of(driver.events, Evaluated)] == [1.0, 2.0, 3.0, 4.0]
    assert [row[0] for row in driver.trainer.history.test] == [5, 10, 15, 20]


def test_slow_motion_waits_between_steps_and_still_obeys() -> None:
    driver = Driver(trainer())
    driver.put(WATCH, SlowMotion(0.01), Play())  # a step every hundred seconds
    while driver.trainer.step_count == 0:
        driver.until(Observation)
    driver.put(Stop())
    driver.rest()
    assert driver.trainer.step_count == 1


def test_a_paused_loop_sleeps_on_its_inbox() -> None:
    class Counting(Inbox):
        waits = 0

        def take(self, timeout: float | None = 0.0) -> Any:
            self.waits += 1
            return super().take(timeout)

    inbox = Counting()
    stream = serve(trainer(), inbox)
    inbox.put(WATCH)
    while not (isinstance(event := next(stream), Observation) and event.codes is not None):
        pass
    waits = inbox.waits
    events: list[Event] = []
    thread = threading.Thread(target=lambda: events.extend(stream))
    thread.start()
    inbox.put(StepOnce())
    inbox.put(Stop())
    thread.join(30)
    assert not thread.is_alive()
    assert inbox.waits - waits < 20
    assert _of(events, RunEnded)
