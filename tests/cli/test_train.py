"""`fcae train` keeps its promises: what it prints, what it saves, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fcae_gui import cli
from fcae_gui.cli.signals import StopRequest
from fcae_gui.cli.train import _finite
from fcae_gui.data import digits, plants
from fcae_gui.engine.runfile import load_run, save_run
from fcae_gui.engine.state import RunState

DIGITS = ["train", "--data", "digits", "--device", "cpu", "--threads", "1"]
EPOCH_KEYS = ["epoch", "step", "train_loss", "test_loss", "test_sse", "images_per_s"]
FCAE = [sys.executable, "-c", "import sys; from fcae_gui.cli import main; sys.exit(main(sys.argv[1:]))"]
posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "run.fcae"


def test_json_is_one_object_per_epoch_and_then_how_it_ended(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*DIGITS, "--epochs", "3", "--seed", "5", "--out", str(out), "--json"]) == 0
    *epochs, last = lines(capsys.readouterr().out)
    assert [list(epoch) for epoch in epochs] == [EPOCH_KEYS] * 3
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    assert epochs[2]["test_sse"] < epochs[0]["test_sse"]
    assert last["ended"] == "finished"
    assert last["test_sse"] == epochs[-1]["test_sse"]
    state = load_run(out)
    assert (state.config.seed, state.config.threads, state.config.device) == (5, 1, "cpu")
    assert (state.step, state.epoch, state.ended) == (epochs[-1]["step"], 3, "finished")
    assert len(state.train_losses) == state.step


def test_the_test_sse_is_the_sum_of_squared_errors_per_test_image(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Checked by walking the saved weights through the hourglass by hand."""
    cli.main([*DIGITS, "--preset", "linear", "--epochs", "2", "--out", str(out), "--json"])
    told = lines(capsys.readouterr().out)[-1]["test_sse"]
    weights = {name: value.astype(np.float64) for name, value in load_run(out).weights.items()}
    x = digits.load().test.as_float().astype(np.float64)
    z = x @ weights["encoder.0.weight"].T + weights["encoder.0.bias"]
    y = z @ weights["decoder.0.weight"].T + weights["decoder.0.bias"]
    assert told == pytest.approx(((x - y) ** 2).sum(axis=1).mean(), rel=1e-5)


def test_a_frozen_encoder_stays_random_and_the_decoder_learns(out: Path) -> None:
    cli.main([*DIGITS, "--epochs", "1", "--freeze-encoder", "--out", str(out)])
    first = load_run(out)
    cli.main(["train", "--resume", str(out), "--epochs", "2", "--json"])
    second = load_run(out)
    assert second.config.training.freeze_encoder
    for name, value in first.weights.items():
        assert np.array_equal(value, second.weights[name]) == name.startswith("encoder"), name
    cli.main([*DIGITS, "--epochs", "1", "--out", str(out)])
    assert not np.array_equal(load_run(out).weights["encoder.0.weight"], first.weights["encoder.0.weight"])


def test_without_epochs_and_data_the_preset_decides(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "--preset", "slide", "--out", str(out), "--json"]) == 0
    said = capsys.readouterr()
    *epochs, last = lines(said.out)
    assert [epoch["epoch"] for epoch in epochs] == [*range(1, 51)]
    assert load_run(out).config.data == "plants" and "Note" not in said.err
    table = plants.load()
    mean = table.train.features.mean(axis=0)
    plane = np.linalg.svd(table.train.features - mean, full_matrices=False)[2][:2]
    away = table.test.features - mean
    left = float(np.square(away - away @ plane.T @ plane).sum(axis=1).mean())
    assert last["test_sse"] < 0.75 * left  # two principal components leave a third more


def test_for_people_it_says_how_it_ended_and_where_the_run_is(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*DIGITS, "--epochs", "2", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "Finished at epoch 2" in said.out
    assert f"Saved as {out}" in said.out
    assert "the input now has 64 features instead of 784" in said.err
    assert "epoch   2  train 0." in said.err
    assert "images/s, loss" in said.err


def test_without_out_the_run_gets_a_name_of_its_own_and_never_replaces_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        cli.main([*DIGITS, "--epochs", "1", "--json"])
    assert sorted(path.name for path in tmp_path.glob("*.fcae")) == [
        "map-digits8-0-2.fcae",
        "map-digits8-0.fcae",
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    weights = []
    for number, seed in enumerate(("1", "1", "2")):
        path = tmp_path / f"{number}.fcae"
        cli.main([*DIGITS, "--epochs", "2", "--seed", seed, "--out", str(path), "--json"])
        weights.append(b"".join(value.tobytes() for value in load_run(path).weights.values()))
    assert weights[0] == weights[1] != weights[2]


def test_a_resumed_run_has_the_same_numbers_as_one_that_never_stopped(tmp_path: Path) -> None:
    whole, half = tmp_path / "whole.fcae", tmp_path / "half.fcae"
    arguments = [*DIGITS, "--preset", "notebook", "--json"]  # its rate does not depend on the target
    cli.main([*arguments, "--epochs", "4", "--out", str(whole)])
    cli.main([*arguments, "--epochs", "2", "--out", str(half)])
    assert cli.main(["train", "--resume", str(half), "--epochs", "4", "--json"]) == 0
    one, other = load_run(whole), load_run(half)
    assert (one.step, one.epoch) == (other.step, other.epoch)
    assert one.train_losses.tobytes() == other.train_losses.tobytes()
    for kept in ("weights", "optimizer"):
        a, b = getattr(one, kept), getattr(other, kept)
        assert a.keys() == b.keys()
        assert all(value.tobytes() == b[name].tobytes() for name, value in a.items())
    assert [edit.step for edit in other.edits] == [one.step // 2]


def test_a_run_that_has_reached_its_target_asks_for_a_larger_one(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main([*DIGITS, "--epochs", "1", "--out", str(out), "--json"])
    capsys.readouterr()
    assert cli.main(["train", "--resume", str(out)]) == 2
    assert "has already made 1 epochs: give --epochs N with a larger N" in capsys.readouterr().err


def test_a_run_that_diverges_says_so_and_keeps_the_last_finite_weights(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main([*DIGITS, "--preset", "linear", "--epochs", "1", "--out", str(out), "--json"])
    state = load_run(out)
    wild = state.config.with_training(learning_rate=1e5, schedule="constant", optimizer="sgd")
    save_run(out, replace(state, config=wild, optimizer={}))
    capsys.readouterr()
    assert cli.main(["train", "--resume", str(out), "--epochs", "9", "--json"]) == 1
    said = capsys.readouterr()
    last = lines(said.out)[-1]
    assert last["ended"] == "diverged"
    assert last["message"] in said.err
    assert last["advice"] in said.err
    kept = load_run(out)
    assert kept.ended == "diverged"
    assert kept.step == last["step"]


@posix
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_cleanly_and_keeps_it(out: Path, number: int, status: int) -> None:
    command = [*FCAE, *DIGITS, "--epochs", "100000", "--out", str(out), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        first = json.loads(child.stdout.readline())
        assert first["epoch"] == 1
        child.send_signal(number)
        said, complaints = child.communicate(timeout=60)
    assert child.returncode == status
    assert "Traceback" not in complaints
    last = lines(said)[-1]
    assert last["ended"] == "stopped"
    state = load_run(out)
    assert state.step == last["step"] >= first["step"]
    assert state.ended == "stopped"


@posix
def test_a_reader_that_goes_away_ends_the_run_and_keeps_it(out: Path) -> None:
    command = [*FCAE, *DIGITS, "--epochs", "100000", "--out", str(out), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        complaints = child.stderr.read()
        assert child.wait(timeout=60) == 141
    assert "Traceback" not in complaints
    assert "Exception" not in complaints
    assert load_run(out).ended == "stopped"


@posix
def test_the_second_signal_has_its_usual_effect() -> None:
    before = signal.getsignal(signal.SIGINT)
    with StopRequest() as stop:
        assert not stop
        signal.raise_signal(signal.SIGINT)
        assert stop
        assert stop.exit_status == 130
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is before


def test_strokes_are_drawn_when_they_are_first_asked_for(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FCAE_CACHE_DIR", str(tmp_path / "cache"))
    assert cli.main(["train", "--data", "strokes", "--epochs", "1", "--out", str(out), "--json"]) == 0
    said = capsys.readouterr()
    assert "Preparing Strokes: 100%" in said.err
    assert lines(said.out)[-1]["ended"] == "finished"
    assert load_run(out).n_train >= 10_000


@posix
def test_a_disk_that_refuses_the_run_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: object, state: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fcae_gui.cli.train.save_run", full)
    out = tmp_path / "run.fcae"
    assert cli.main([*DIGITS, "--epochs", "1", "--out", str(out), "--json"]) == 1
    assert f"the run cannot be saved as {out}: No space left on device" in capsys.readouterr().err


def test_a_comparison_that_does_not_fit_into_the_memory_leaves_the_run_told(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_arguments: object) -> None:
        raise MemoryError("Unable to allocate 2.00 GiB")

    monkeypatch.setattr("fcae_gui.analysis.pca.fit", too_large)
    assert cli.main([*DIGITS, "--epochs", "1", "--out", str(out), "--json"]) == 0
    said = capsys.readouterr()
    last = lines(said.out)[-1]
    assert (last["ended"], last["pca_test_loss"], last["pca_excess"]) == ("finished", None, None)
    assert "Unable to allocate 2.00 GiB" in said.err and "Traceback" not in said.err
    assert load_run(out).epoch == 1


def test_a_long_run_is_saved_on_the_way_and_goes_on_when_the_disk_refuses(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []

    def full_at_first(path: Path, state: RunState) -> None:
        saved.append(state.epoch)
        if len(saved) == 1:
            raise OSError(28, "No space left on device")
        save_run(path, state)

    monkeypatch.setattr("fcae_gui.cli.train.save_run", full_at_first)
    monkeypatch.setattr("fcae_gui.cli.train.AUTOSAVE_S", 0)
    assert cli.main([*DIGITS, "--epochs", "3", "--out", str(out)]) == 0
    assert saved == [1, 2, 3, 3]
    assert "Not saved this time: No space left on device" in capsys.readouterr().err
    assert load_run(out).epoch == 3


@pytest.mark.skipif(torch.cuda.is_available(), reason="the device that must be missing is here")
def test_a_device_that_is_not_here_is_one_sentence(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "--data", "digits", "--device", "cuda", "--out", str(out)]
    assert cli.main(arguments) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == "fcae train: device 'cuda' is not available on this machine: choose auto or cpu"
    assert not out.exists()


@posix
def test_a_signal_while_strokes_are_drawn_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    out, cache = tmp_path / "run.fcae", tmp_path / "cache"
    command = [*FCAE, "train", "--data", "strokes", "--out", str(out)]
    environment = {**os.environ, "FCAE_CACHE_DIR": str(cache)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, bufsize=1, env=environment) as child:
        assert child.stderr is not None
        while not child.stderr.read(1):
            pass  # the bar has begun
        child.send_signal(signal.SIGINT)
        said = child.stderr.read()
        assert child.wait(timeout=60) == 130
    assert "fcae train: interrupted" in said
    assert "Traceback" not in said
    assert not out.exists()
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_numbers_that_json_does_not_know_become_null() -> None:
    assert _finite({"a": float("nan"), "b": float("-inf"), "c": 1.5, "d": 3}) == {
        "a": None,
        "b": None,
        "c": 1.5,
        "d": 3,
    }


def test_info_says_what_was_trained(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main([*DIGITS, "--epochs", "2", "--seed", "7", "--out", str(out), "--json"])
    trained = lines(capsys.readouterr().out)[-1]
    assert cli.main(["info", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["network"] == [64, 128, 32, 2, 32, 128, 64]
    assert (told["seed"], told["threads"], told["device"], told["data"]) == (7, 1, "cpu", "digits8")
    assert (told["step"], told["epoch"], told["ended"]) == (trained["step"], 2.0, "finished")
    assert told["test_sse"] == trained["test_sse"]
    assert cli.main(["info", str(out)]) == 0
    text = capsys.readouterr().out
    assert "64-128-32-2-32-128-64" in text
    assert "threads      1" in text


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "epochs", "median_at_most", "worst_at_most"),
    [("notebook", 5, 8.4, 8.6), ("map", 10, 34.0, np.inf)],
)
def test_the_promised_errors_on_mnist_are_reached(
    mnist_dir: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    preset: str,
    epochs: int,
    median_at_most: float,
    worst_at_most: float,
) -> None:
    errors = []
    for seed in range(5):
        arguments = ["train", "--preset", preset, "--data", "mnist", "--data-dir", str(mnist_dir)]
        arguments += ["--epochs", str(epochs), "--seed", str(seed), "--out", str(out), "--json"]
        assert cli.main(arguments) == 0
        errors.append(lines(capsys.readouterr().out)[-1]["test_sse"])
    assert np.median(errors) <= median_at_most
    assert max(errors) <= worst_at_most
