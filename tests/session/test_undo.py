"""One history: steps walk back and forth, runs change places, the oldest go when they grow too large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.state import RunState
from fcae_gui.session import undo
from fcae_gui.session.undo import Gesture, History, Kept, RunStep
from tests.session.test_watching import dataset


def kept(text: str, step: int, size: int = 10) -> Kept:
    config = RunConfig(
        network=NetworkConfig(input_size=16, encoder_widths=(), code_size=2),
        training=TrainingConfig(),
        data="t",
    )
    state = RunState(
        config=config, initial_config=config, step=step, epoch=0, position=0,
        weights={"w": np.zeros(size, np.float32)}, optimizer={},
        train_losses=np.zeros(step, np.float32), test_losses=np.zeros((0, 3)),
    )  # fmt: skip
    return Kept(text=text, state=state, dataset=dataset())


def test_gestures_walk_back_and_forth_and_say_what_is_next() -> None:
    history, pins = History(), ["a", "b"]
    told: list[tuple[str, str]] = []
    history.changed.connect(lambda back, forth: told.append((back, forth)))
    history.push(Gesture("pin", lambda: pins.remove("b"), lambda: pins.append("b")))
    history.undo()
    assert pins == ["a"] and history.texts == ("", "pin")
    history.redo()
    assert pins == ["a", "b"] and history.texts == ("pin", "")
    history.undo()
    history.push(Gesture("lasso", lambda: None, lambda: None))
    assert history.texts == ("lasso", ""), "a new step cannot be followed by an old redo"
    assert told[-1] == ("lasso", "")


def test_runs_change_places() -> None:
    present = [kept("", 9)]

    def exchange(wanted: Kept, got: Callable[[Kept], None]) -> None:
        got(present[0])
        present[0] = wanted

    history = History()
    history.push(RunStep(kept("rewind", 3), exchange))
    history.undo()
    assert present[0].state.step == 3
    history.redo()
    assert present[0].state.step == 9
    history.undo()
    assert present[0].state.step == 3


def test_the_oldest_copies_go_first_when_they_grow_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "MAX_BYTES", 1000)
    history, undone = History(), []
    for step in range(5):
        history.push(RunStep(kept(str(step), step, size=100), lambda one, _got: undone.append(one.text)))
    for _ in range(9):
        history.undo()
    assert undone == ["4", "3"]
