"""The curve of a recorded run: what is kept of it, and that a file is believed only when it can be right."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fcae_gui.data import digits
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.recorded import MAX_BYTES, load_curve, of_run, read_curve, write_curve
from fcae_gui.engine.runfile import save_run
from fcae_gui.engine.state import EditRecord, RunState
from fcae_gui.engine.trainer import Trainer
from fcae_gui.files import BadFile


@pytest.fixture(scope="module")
def state() -> RunState:
    """30 steps of `map` on small digits, six to an epoch, measured after each epoch."""
    data = digits.load()
    run = Trainer(make_config("map", data, device="cpu", threads=1), data)
    for step in range(1, 31):
        run.step()
        if step % run.steps_per_epoch == 0:
            run.evaluate()
    return run.snapshot()


def test_means_of_the_losses_stand_at_their_epochs(state: RunState) -> None:
    curve = of_run(state)
    assert curve.steps_per_epoch == 6 and curve.epochs == pytest.approx(5.0)
    losses = state.train_losses.astype(np.float64)
    assert curve.train[0] == pytest.approx([0.5 / 6, losses[0]])
    assert np.all(np.diff(curve.train[:, 0]) > 0)
    assert curve.train[:, 1].min() >= losses.min() and curve.train[:, 1].max() <= losses.max()
    assert curve.test[:, 0] == pytest.approx(np.arange(1, 6))
    assert curve.test[:, 1:] == pytest.approx(state.test_losses[:, 1:])
    assert curve.sse == pytest.approx(state.test_losses[-1, 2])


def test_epochs_follow_a_batch_size_that_was_changed(state: RunState) -> None:
    smaller = state.config.with_training(batch_size=128)  # twelve steps to an epoch from step 12 on
    changed = replace(state, config=smaller, edits=(EditRecord(step=12, config=smaller, text="batch"),))
    curve = of_run(changed)
    assert curve.epochs == pytest.approx(2 + 18 / 12)
    assert curve.test[:, 0] == pytest.approx([1.0, 2.0, 2.5, 3.0, 3.5])


def test_a_run_whose_loss_was_changed_is_not_one_curve(state: RunState, tmp_path) -> None:  # type: ignore[no-untyped-def]
    other = state.config.with_training(loss="l1")
    changed = replace(state, config=other, edits=(EditRecord(step=12, config=other, text="loss"),))
    with pytest.raises(ValueError, match="loss was changed"):
        of_run(changed)
    save_run(tmp_path / "run.fcae", changed)
    with pytest.raises(
        BadFile, match=r"^run\.fcae has no curve to show: its loss was changed while it learned\.$"
    ):
        load_curve(tmp_path / "run.fcae")


def test_a_curve_comes_back_from_its_file(state: RunState, tmp_path) -> None:  # type: ignore[no-untyped-def]
    save_run(tmp_path / "run.fcae", state)
    curve = load_curve(tmp_path / "run.fcae")
    write_curve(tmp_path / "curve.json", curve)
    again = load_curve(tmp_path / "curve.json")
    assert again.train == pytest.approx(curve.train, rel=1e-3, abs=1e-4)
    assert again.test == pytest.approx(curve.test, rel=1e-3, abs=1e-4)
    for name in ("preset", "data", "loss", "network", "steps_per_epoch", "seed", "threads", "torch"):
        assert getattr(again, name) == getattr(curve, name)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": True},
        {"loss": "hinge"},
        {"preset": "x" * 1000},
        {"data": "\x1b[2J"},
        {"network": []},
        {"network": [784, -1, 784]},
        {"network": [784, 2.0, 784]},
        {"steps_per_epoch": 0},
        {"steps_per_epoch": True},
        {"seed": 2**70},
        {"minutes": -1},
        {"minutes": "long"},
        {"train": [[1, 0.5], [1, 0.4]]},
        {"train": [[2, 0.5], [1, 0.4]]},
        {"train": [[1, -0.5]]},
        {"train": [[1, True]]},
        {"train": [[1]]},
        {"train": {}},
        {"train": [[i, 1.0] for i in range(5000)]},
        {"test": [[1, 0.5]]},
        {"test": [[1, 0.5, 1e40]]},
        {"train": [], "test": []},
        {"more": 1},
    ],
)
def test_what_cannot_be_right_is_refused_in_one_sentence(state: RunState, tmp_path, change: dict) -> None:  # type: ignore[no-untyped-def,type-arg]
    file = tmp_path / "curve.json"
    write_curve(file, of_run(state))
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(BadFile, match=r"^curve\.json is [^\n]*\.$"):
        read_curve(file)


@pytest.mark.parametrize("epochs", [1, 90])
def test_the_curve_of_a_run_with_many_steps_to_an_epoch_comes_back(
    state: RunState, tmp_path: Path, epochs: int
) -> None:
    """MNIST in batches of 4: 15,000 steps make one epoch."""
    config = state.config.with_training(batch_size=4)
    measured = np.array([[step, 0.1, 30.0] for step in (0, 1, 2, 15_000 * epochs - 1, 15_000 * epochs)])
    long = replace(
        state, config=config, initial_config=config, n_train=60_000, step=15_000 * epochs,
        train_losses=np.full(15_000 * epochs, 0.1, np.float32), test_losses=measured,
    )  # fmt: skip
    curve = of_run(long)
    write_curve(tmp_path / "curve.json", curve)
    again = read_curve(tmp_path / "curve.json")
    assert len(again.train) == len(curve.train) and len(again.test) == len(curve.test) == 5
    assert again.epochs == pytest.approx(epochs)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1, "a": 1}',
        b"[" * 50_000,
        b" " * MAX_BYTES + b"1",
    ],
)
def test_no_bytes_raise_anything_else(tmp_path, content: bytes) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "curve.json"
    file.write_bytes(content)
    with pytest.raises(BadFile, match=r"^curve\.json is [^\n]*\.$"):
        read_curve(file)


def test_a_missing_file_is_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadFile, match=r"^gone\.json was not found\.$"):
        read_curve(tmp_path / "gone.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(BadFile, match=r"^pipe\.json is not a file\.$"):
        read_curve(tmp_path / "pipe.json")
    with pytest.raises(BadFile, match="the name is not valid"):
        read_curve(tmp_path / "nul\0.json")
