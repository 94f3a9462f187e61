"""Undo keeps runs, swaps them, and forgets the oldest when they grow too large."""

from __future__ import annotations

import numpy as np

from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.state import RunState
from fcae_gui.session import undo
from fcae_gui.session.undo import Kept, UndoStack
from tests.session.test_watching import dataset


def state(step: int, size: int = 10) -> RunState:
    config = RunConfig(
        network=NetworkConfig(input_size=16, encoder_widths=(), code_size=2),
        training=TrainingConfig(),
        data="t",
    )
    return RunState(
        config=config, initial_config=config, step=step, epoch=0, position=0,
        weights={"w": np.zeros(size, np.float32)}, optimizer={},
        train_losses=np.zeros(step, np.float32), test_losses=np.zeros((0, 3)),
    )  # fmt: skip


def test_undo_and_redo_walk_back_and_forth() -> None:
    stack, data = UndoStack(), dataset()
    stack.push(Kept(text="rewind", state=state(1), dataset=data))
    stack.push(Kept(text="new network", state=state(2), dataset=data))
    assert stack.texts == ("new network", "")
    kept = stack.undo(state(3), data)
    assert kept is not None and kept.state.step == 2
    assert stack.texts == ("rewind", "new network")
    kept = stack.redo(kept.state, data)
    assert kept is not None and kept.state.step == 3
    stack.undo(state(3), data)
    stack.push(Kept(text="data set", state=state(4), dataset=data))
    assert stack.texts == ("data set", ""), "a new step cannot be followed by an old redo"


def test_the_oldest_copies_go_first_when_they_grow_too_large(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(undo, "MAX_BYTES", 1000)
    stack, data = UndoStack(), dataset()
    for step in range(5):
        stack.push(Kept(text=str(step), state=state(step, size=100), dataset=data))
    walked = 0
    while stack.undo(state(9), data) is not None:
        walked += 1
    assert walked == 2
