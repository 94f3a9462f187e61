"""A run comes back from its file exactly, and no bad file gets past the reader or costs the good one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fcae_gui import files
from fcae_gui.engine import runfile
from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.runfile import load_run, read_summary, save_run, weight_shapes
from fcae_gui.engine.state import EditRecord, RunState
from fcae_gui.files import BadFile, read_container, write_container

STEPS = 5


def some_config(**training: Any) -> RunConfig:
    return RunConfig(
        network=NetworkConfig(input_size=6, encoder_widths=(4,), code_size=2),
        training=TrainingConfig(**training),
        data="strokes",
        preset="map",
        seed=3,
        device="cpu",
        threads=2,
    )


def some_state(optimizer: str = "adam") -> RunState:
    rng = np.random.default_rng(0)
    first = some_config(optimizer=optimizer)
    second = first.with_training(learning_rate=0.01)
    third = second.with_training(loss="bce", batch_size=17)
    shapes = weight_shapes(first.network)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    kept = {
        name: rng.random(shape).astype(np.float32) for name, shape in runfile.optimizer_shapes(first).items()
    }
    return RunState(
        config=third,
        initial_config=first,
        step=STEPS,
        epoch=1,
        position=256,
        weights=weights,
        optimizer=kept,
        train_losses=rng.random(STEPS).astype(np.float32),
        test_losses=np.array([[0, 0.9, 50.0], [4, 0.5, 40.25]]),
        edits=(
            EditRecord(step=2, config=second, text="learning rate 0.001 -> 0.01"),
            EditRecord(step=2, config=third, text="loss MSE -> BCE, batch 256 -> 17"),
        ),
        data_fingerprint="ab" * 32,
        n_train=2000,
        ended="stopped",
        torch_version="2.15.0",
        seconds=1.5,
        view={"cursor": [0.5, -1.0], "rows": [3, 1, 2]},
    )


def assert_same(one: RunState, other: RunState) -> None:
    for field in fields(RunState):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            a, b = {"": a}, {"": b}
        if field.name in ("weights", "optimizer") or (isinstance(a, dict) and "" in a):
            assert a.keys() == b.keys()
            for name, value in a.items():
                assert (value.dtype, value.shape) == (b[name].dtype, b[name].shape)
                assert value.tobytes() == b[name].tobytes()
        else:
            assert a == b, field.name


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_a_run_comes_back_exactly(tmp_path: Path, optimizer: str) -> None:
    path = tmp_path / "run.fcae"
    state = some_state(optimizer)
    save_run(path, state)
    assert_same(load_run(path), state)


def test_a_run_before_its_first_step_comes_back_exactly(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    state = replace(
        some_state(),
        step=0,
        optimizer={},
        train_losses=np.zeros(0, np.float32),
        test_losses=np.zeros((0, 3)),
        edits=(),
        ended="",
    )
    save_run(path, state)
    assert_same(load_run(path), state)
    assert read_summary(path)["train_loss"] is None


def test_the_summary_says_what_the_run_is_without_reading_the_data(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    state = some_state()
    save_run(path, state)
    summary = read_summary(path)
    assert summary["network"] == [6, 4, 2, 4, 6]
    assert summary["parameters"] == 6 * 4 + 4 + 4 * 2 + 2 + 2 * 4 + 4 + 4 * 6 + 6
    assert summary["epoch"] == 1 + 256 / 2000
    assert (summary["step"], summary["seed"], summary["threads"], summary["device"]) == (STEPS, 3, 2, "cpu")
    assert summary["train_loss"] == float(state.train_losses[-1])
    assert (summary["test_loss"], summary["test_sse"]) == (0.5, 40.25)
    assert summary["edits"][1] == {"step": 2, "text": "loss MSE -> BCE, batch 256 -> 17"}
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + b"?")
    assert read_summary(path) == summary
    with pytest.raises(BadFile):
        load_run(path)


def test_a_dragged_slider_with_ten_thousand_edits_still_fits_into_the_header(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    state = some_state()
    rates = np.geomspace(1e-4, 1e-1, 10_000)
    edits = tuple(
        EditRecord(step=2, config=state.initial_config.with_training(learning_rate=float(r)), text=f"{r:g}")
        for r in rates
    )
    save_run(path, replace(state, edits=edits))
    assert load_run(path).edits == edits
    assert path.stat().st_size < files.MAX_HEADER_BYTES / 8


# --- what is refused --------------------------------------------------------------------------------------


def reason(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        load_run(path)
    message = str(caught.value)
    assert message.startswith("run.fcae ")
    assert len(message) < 200
    assert "\n" not in message
    assert not any(word in message for word in ("Error", "Traceback", "dict", "NoneType", "__"))
    return message


WEIGHT = "weights/encoder.0.weight"
MOMENT = "optimizer/encoder.0.weight.exp_avg_sq"


def put(key: str, value: Any) -> Any:
    return lambda tensors, meta: tensors.__setitem__(key, value)


def drop(key: str) -> Any:
    return lambda tensors, meta: tensors.pop(key)


def say(**entries: Any) -> Any:
    return lambda tensors, meta: meta.update(entries)


def configure(part: str | None = None, **entries: Any) -> Any:
    return lambda tensors, meta: (meta["config"][part] if part else meta["config"]).update(entries)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop(WEIGHT), "weights do not fit its network"),
        (put(WEIGHT, np.zeros((6, 4), np.float32)), "weights do not fit its network"),
        (put(WEIGHT, np.zeros((4, 6), np.float64)), "not numbers of single precision"),
        (put(WEIGHT, np.full((4, 6), np.nan, np.float32)), "not all finite"),
        (put("weights/encoder.9.weight", np.zeros((4, 6), np.float32)), "do not fit its network"),
        (put("payload/x", np.zeros(3)), "belong to nothing"),
        (put("weights", np.zeros(3)), "do not fit its network"),
        (drop(MOMENT), "optimiser does not fit"),
        (put(MOMENT, np.zeros((4, 5), np.float32)), "optimiser does not fit"),
        (put(MOMENT, np.zeros((4, 6), np.float64)), "optimiser is not in single"),
        (put(MOMENT, np.full((4, 6), np.inf, np.float32)), "optimiser is not finite"),
        (put(MOMENT, np.full((4, 6), -1, np.float32)), "optimiser is not possible"),
        (put("optimizer/step", np.array(-1, np.float32)), "optimiser does not fit"),
        (put("optimizer/step", np.array([-1], np.float32)), "optimiser is not possible"),
        (configure("training", optimizer="sgd"), "optimiser does not fit"),
        (drop("history/test"), "loss history is not complete"),
        (put("history/more", np.zeros(3)), "loss history is not complete"),
        (put("history/train", np.zeros(STEPS + 1, np.float32)), "one value for each step"),
        (put("history/train", np.zeros(STEPS)), "one value for each step"),
        (put("history/train", np.full(STEPS, np.nan, np.float32)), "loss history is not finite"),
        (put("history/test", np.zeros((2, 4))), "three columns"),
        (put("history/test", np.array([[4, 1, 1], [3, 1, 1.0]])), "do not belong to its steps"),
        (put("history/test", np.array([[9, 1, 1.0]])), "do not belong to its steps"),
        (put("history/test", np.array([[-1, 1, 1.0]])), "do not belong to its steps"),
        (configure("network", code_size=3), "do not fit its network"),
        (configure("network", code_size=0), "code_size must be a whole number from 1"),
        (configure("network", code_size=10**400), "a value is out of range"),
        (configure("network", encoder_widths=None), "settings cannot be understood"),
        (configure("network", encoder_widths=[1] * 1000), "settings are not valid"),
        (configure("network", activation="x" * 500), "a value is out of range"),
        (configure("network", surprise=1), "settings cannot be understood"),
        (configure("training", learning_rate=-1), "learning_rate must be"),
        (configure("training", epochs=True), "epochs must be a whole number"),
        (configure(seed=-1), "seed must be a whole number"),
        (configure(data=["strokes"]), "settings cannot be understood"),
        (configure(network=[]), "settings cannot be understood"),
        (configure(network="ab"), "settings cannot be understood"),
        (say(config=None), "entry config is missing"),
        (say(step=STEPS + 1), "one value for each step"),
        (say(step=True), "entry step is missing or not valid"),
        (say(step=1.0), "entry step is missing or not valid"),
        (say(step=-1), "counts is out of range"),
        (say(step=10**30), "counts is out of range"),
        (say(position=2001), "beyond its training samples"),
        (say(seconds=-1.0), "training time is not possible"),
        (say(seconds=10**400), "not valid"),
        (say(ended="exploded"), "does not say how the run ended"),
        (say(torch_version="9" * 2000), "entry torch_version"),
        (say(view=[]), "entry view"),
        (say(edits={}), "entry edits"),
        (say(edits=[1]), "list of changes cannot be read"),
        (say(edits=[{"step": "1", "text": "", "changed": {}}]), "list of changes cannot be read"),
        (say(edits=[{"step": 9, "text": "", "changed": {}}]), "changes does not belong to its steps"),
        (say(edits=[{"step": 1, "text": "", "changed": {"seed": -1}}]), "seed must be"),
        (say(edits=[{"step": 1, "text": "", "changed": {"network": 1}}]), "settings cannot be understood"),
    ],
)
def test_a_run_that_contradicts_itself_is_refused_in_one_sentence(
    tmp_path: Path, change: Any, words: str
) -> None:
    """The container is sound and signed here; only what it says cannot be true."""
    path = tmp_path / "run.fcae"
    save_run(path, some_state())
    tensors, meta = read_container(path, kind="run")
    change(tensors, meta)
    write_container(path, kind="run", tensors=tensors, meta=meta)
    assert words in reason(path)


def test_a_missing_entry_is_refused_whichever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    save_run(path, some_state())
    tensors, meta = read_container(path, kind="run")
    for key in meta.keys() - {"last"}:
        write_container(path, kind="run", tensors=tensors, meta={k: v for k, v in meta.items() if k != key})
        assert f"its entry {key} is missing" in reason(path)
    write_container(path, kind="run", tensors=tensors, meta={k: v for k, v in meta.items() if k != "last"})
    with pytest.raises(BadFile, match="last losses cannot be read"):
        read_summary(path)


def test_a_data_cache_is_not_taken_for_a_run(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    write_container(path, kind="dataset", tensors={"train": np.zeros((2, 2), np.uint8)}, meta={})
    assert reason(path) == "run.fcae holds a data set, not a saved run."


def test_a_state_that_could_not_be_read_back_is_not_written_over_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    good = some_state()
    save_run(path, good)
    broken = {name: value * np.float32(np.nan) for name, value in good.weights.items()}
    with pytest.raises(ValueError, match="this run cannot be saved: its weights are not all finite"):
        save_run(path, replace(good, weights=broken))
    assert_same(load_run(path), good)


def test_a_test_loss_that_overflowed_is_left_out_and_the_run_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    good = some_state()
    overflowed = np.vstack([good.test_losses, [5, np.inf, np.inf]])
    save_run(path, replace(good, test_losses=overflowed))
    assert_same(load_run(path), good)


# --- kill -9 ----------------------------------------------------------------------------------------------

SAVER = """
import sys
from dataclasses import replace
import numpy as np
from fcae_gui.engine.runfile import load_run, save_run

path = sys.argv[1]
state = load_run(path)
for _ in range(100):
    mark = state.step + 1
    weights = {name: np.full_like(value, mark) for name, value in state.weights.items()}
    state = replace(state, step=mark, weights=weights, train_losses=np.full(mark, mark, np.float32))
    save_run(path, state)
    print(mark, flush=True)
"""


def kill_while_saving(path: Path, kills: int) -> None:
    """Start a process that saves 100 times, kill it at a random moment, look at the file; again and again."""
    network = NetworkConfig(input_size=400, encoder_widths=(300,), code_size=2)
    config = replace(some_config(), network=network)
    state = replace(
        some_state(),
        config=config,
        initial_config=config,
        step=0,
        weights={name: np.zeros(shape, np.float32) for name, shape in weight_shapes(network).items()},
        optimizer={},
        train_losses=np.zeros(0, np.float32),
        test_losses=np.zeros((0, 3)),
        edits=(),
    )
    save_run(path, state)
    moments = random.Random(0)
    interrupted = 0
    for _ in range(kills):
        before = load_run(path).step
        with subprocess.Popen(
            [sys.executable, "-c", SAVER, path], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            confirmed = int(child.stdout.readline())
            time.sleep(moments.uniform(0, 0.03))  # the moment of death is what is drawn here, not a wait
            child.kill()
            confirmed = max([confirmed, *(int(line) for line in child.stdout.read().split())])
        interrupted += child.returncode == -signal.SIGKILL
        found = load_run(path)
        assert before < confirmed <= found.step <= confirmed + 1  # nothing reported as saved was lost
        assert np.all(found.train_losses == found.step)
        assert all(np.all(value == found.step) for value in found.weights.values())
    assert interrupted > kills / 2


needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")


@needs_kill
def test_a_kill_during_saves_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    kill_while_saving(tmp_path / "run.fcae", kills=12)


@needs_kill
@pytest.mark.slow
def test_a_hundred_kills_during_saves_leave_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    kill_while_saving(tmp_path / "run.fcae", kills=100)
