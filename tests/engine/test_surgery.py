"""Turning, widening and narrowing a code, against forward passes written out here in float64."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Edited, Refused, ResizeCode, RotateCode, Started
from fcae_gui.engine.optimisers import STATE_NAMES
from fcae_gui.engine.runfile import load_run, save_run
from fcae_gui.engine.script_text import refusal
from fcae_gui.engine.surgery import Turn, narrowing, principal_axes, rotation_refusal, turned, widened
from fcae_gui.engine.trainer import Trainer

from .samples import Driver, blobs, config, same, steps

N = 2_600  # more than judge, so that the rows that do are some of them
SHAPES: dict[str, dict[str, Any]] = {
    "map-like": {"encoder_widths": (14, 9)},
    "linear": {"encoder_widths": (), "output_activation": "none"},
    "tanh": {"encoder_widths": (12,), "activation": "tanh", "output_activation": "none"},
}


def learned(code: int, shape: str = "map-like", count: int = 120, **training: Any) -> Trainer:
    dataset = blobs(N)
    network = SHAPES[shape] | {"code_size": code}
    return steps(Trainer(config(dataset, network=network, **training), dataset), count)


def judged(run: Trainer) -> np.ndarray:
    """The 2,000 training images that decide which direction is missed least, (2000, d) float64."""
    features = run.dataset.train.features[np.arange(2_000) * N // 2_000]
    return features.astype(np.float64) / 255.0


def everything(run: Trainer) -> np.ndarray:
    return run.dataset.train.features.astype(np.float64) / 255.0


class Net:
    """The same network, in float64 and plain numpy."""

    def __init__(self, run: Trainer) -> None:
        self.config = run.config.network
        weights = run.weights()
        self.encoder = [(w.astype(np.float64), b.astype(np.float64)) for w, b in weights.encoder]
        self.decoder = [(w.astype(np.float64), b.astype(np.float64)) for w, b in weights.decoder]

    def _hidden(self, x: np.ndarray) -> np.ndarray:
        slope = self.config.leaky_slope
        return np.tanh(x) if self.config.activation == "tanh" else np.where(x > 0, x, slope * x)

    def _through(self, layers: list[tuple[np.ndarray, np.ndarray]], x: np.ndarray) -> np.ndarray:
        for i, (w, b) in enumerate(layers):
            x = x @ w.T + b
            if i < len(layers) - 1:
                x = self._hidden(x)
        return x

    def encode(self, x: np.ndarray) -> np.ndarray:
        z = self._through(self.encoder, x)
        return np.where(z > 0, z, 0.0) if self.config.code_activation == "relu" else z

    def decode(self, z: np.ndarray) -> np.ndarray:
        out = self._through(self.decoder, z)
        return 1.0 / (1.0 + np.exp(-out)) if self.config.output_activation == "sigmoid" else out


def loss(kind: str, made: np.ndarray, x: np.ndarray) -> float:
    if kind == "bce":
        made = np.clip(made, 1e-12, 1 - 1e-12)
        return float(-(x * np.log(made) + (1 - x) * np.log(1 - made)).mean())
    return float(np.abs(made - x).mean() if kind == "l1" else ((made - x) ** 2).mean())


def least_missed(run: Trainer) -> tuple[np.ndarray, np.ndarray]:
    """Held codes (n, d) of all training images with every principal direction in turn; the best one wins."""
    net, x = Net(run), everything(run)
    z = net.encode(x)
    mean = z.mean(0)
    directions = np.linalg.svd(z - mean, full_matrices=False)[2]  # (d, d), rows
    rows = np.arange(2_000) * N // 2_000
    losses, held = [], []
    for direction in directions:
        without = z - np.outer((z - mean) @ direction, direction)
        held.append(without)
        losses.append(loss(run.config.training.loss, net.decode(without[rows]), x[rows]))
    best = int(np.argmin(losses))
    return held[best], np.array(losses)


# --- growing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_growing_from_2_to_3_changes_no_reconstruction(shape: str, optimizer: str) -> None:
    rate = 1e-2 if optimizer == "adam" else 0.05
    run = learned(2, shape, optimizer=optimizer, learning_rate=rate)
    rows = np.arange(N)
    before = run.outputs("train", rows)
    edited = run.resize_code(3)
    assert np.abs(run.outputs("train", rows) - before).max() <= 1e-5
    assert (edited.step, edited.config.network.code_size) == (120, 3)
    assert edited.text.startswith("code 2 -> 3")


def test_an_activated_code_grows_too() -> None:
    dataset = blobs(N)
    run = steps(Trainer(config(dataset, network={"code_activation": "relu", "code_size": 4}), dataset), 60)
    before = run.outputs("test", np.arange(90))
    run.resize_code(9)
    assert np.abs(run.outputs("test", np.arange(90)) - before).max() <= 1e-5
    steps(run, 60)
    assert np.isfinite(run.history.train).all()


def test_new_units_are_not_dead_and_learn_at_once() -> None:
    run = learned(1, "tanh")
    before = run.evaluate().test_sse
    run.resize_code(2)
    codes = run.encode("train", np.arange(N))
    assert codes[:, 1].std() > 0.1 * codes[:, 0].std()
    assert abs(codes[:, 1].mean()) < 0.1 * codes[:, 1].std()
    steps(run, 300)
    assert run.evaluate().test_sse < 0.8 * before


# --- shrinking --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["mse", "bce", "l1"])
def test_shrinking_by_one_holds_the_least_missed_principal_direction_at_its_mean(
    shape: str, kind: str
) -> None:
    if kind == "bce" and SHAPES[shape].get("output_activation") == "none":
        pytest.skip("cross-entropy needs a sigmoid")
    run = learned(5, shape, loss=kind, learning_rate=3e-3)
    net = Net(run)
    held, losses = least_missed(run)
    assert np.ptp(losses) > 1e-4, "the candidates have to differ, or the choice shows nothing"
    edited = run.resize_code(4)
    made = run.outputs("train", np.arange(N))
    assert made.shape == (N, 20)
    assert np.abs(made - net.decode(held)).max() <= 1e-5
    assert "held at the mean" in edited.text
    assert "rotated" in edited.text


def test_several_sizes_at_once_are_one_after_the_other() -> None:
    once, often = learned(6), learned(6)
    once.resize_code(2)
    for size in (5, 4, 3, 2):
        often.resize_code(size)
    rows = np.arange(N)
    assert np.abs(once.outputs("train", rows) - often.outputs("train", rows)).max() <= 1e-5


def test_a_unit_of_an_activated_code_is_held_at_its_mean_without_a_rotation() -> None:
    dataset = blobs(N)
    network = {"code_activation": "relu", "code_size": 5}
    run = steps(Trainer(config(dataset, network=network), dataset), 120)
    net, x = Net(run), everything(run)
    z = net.encode(x)
    candidates = []
    for unit in range(5):
        held = z.copy()
        held[:, unit] = z[:, unit].mean()
        candidates.append(held)
    best = min(
        candidates, key=lambda held: loss("mse", net.decode(held[np.arange(2_000) * N // 2_000]), judged(run))
    )
    edited = run.resize_code(4)
    assert np.abs(run.outputs("train", np.arange(N)) - net.decode(best)).max() <= 1e-5
    assert "1 unit held" in edited.text


# --- rotating ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_a_rotation_leaves_every_reconstruction_and_uncorrelates_the_code(shape: str) -> None:
    run = learned(4, shape)
    rows = np.arange(N)
    before, generation = run.outputs("train", rows), run.generation
    mean = run.encode("train", rows).mean(0)
    edited = run.rotate_code()
    assert np.abs(run.outputs("train", rows) - before).max() <= 1e-5
    codes = run.encode("train", rows).astype(np.float64)
    correlation = np.corrcoef(codes.T)
    assert np.abs(correlation - np.eye(4)).max() < 1e-4
    assert np.all(np.diff(codes.var(0)) < 0), "the widest direction comes first"
    assert np.allclose(codes.mean(0), mean, atol=1e-4)
    assert run.generation == generation
    assert (edited.step, run.edits[-1].step) == (120, 120)


def test_an_activated_code_says_why_it_cannot_be_rotated() -> None:
    dataset = blobs()
    run = steps(Trainer(config(dataset, network={"code_activation": "tanh"}), dataset), 5)
    before = run.snapshot()
    with pytest.raises(ValueError, match="activated"):
        run.rotate_code()
    assert np.array_equal(before.weights["decoder.0.weight"], run.snapshot().weights["decoder.0.weight"])
    assert rotation_refusal(run.config).endswith(".")
    straight = run.config.with_network(code_activation="leaky_relu", leaky_slope=1.0)
    assert rotation_refusal(straight) == ""


def test_a_frozen_encoder_is_not_turned_and_loses_whole_units() -> None:
    run = learned(4, count=60)
    run.edit(run.config.with_training(freeze_encoder=True))
    before = run.snapshot()
    with pytest.raises(ValueError, match="frozen"):
        run.rotate_code()
    run.resize_code(2)
    after = steps(run, 3).snapshot()
    rows = {row.tobytes() for row in before.weights["encoder.2.weight"]}
    assert all(row.tobytes() in rows for row in after.weights["encoder.2.weight"])
    assert set(after.weights["encoder.2.bias"]) <= set(before.weights["encoder.2.bias"])
    run.resize_code(3)
    grown = run.snapshot().weights["encoder.2.weight"]
    assert np.array_equal(grown[:2], after.weights["encoder.2.weight"])


def test_a_turned_run_goes_on_as_the_unturned_one_under_momentum() -> None:
    """SGD does not depend on the basis: a rotation with rotated moments changes nothing but the basis."""
    plain = learned(3, "linear", optimizer="sgd", learning_rate=0.05)
    turned_run = learned(3, "linear", optimizer="sgd", learning_rate=0.05)
    _centre(plain)
    _centre(turned_run)
    turned_run.rotate_code()
    steps(plain, 40), steps(turned_run, 40)
    rows = np.arange(N)
    assert np.abs(plain.outputs("train", rows) - turned_run.outputs("train", rows)).max() < 1e-4


def _centre(run: Trainer) -> None:
    """Move the mean of the code to 0, where a turn moves no bias (a shifted code has another gradient)."""
    state = run.snapshot()
    z = Net(run).encode(everything(run))
    d = z.shape[1]
    turn = Turn(np.eye(d), z.mean(0), np.zeros(d))
    weights, moments = turned(
        state.weights, state.optimizer, len(run.config.network.encoder_widths) + 1, turn
    )
    run.restore(replace(state, weights=weights, optimizer=moments))


def test_first_moments_turn_as_the_gradient_does() -> None:
    """The gradient of the turned network is the turned gradient: autograd on both says so."""
    rng = np.random.default_rng(0)
    names = {"encoder.0.weight": (3, 7), "encoder.0.bias": (3,), "decoder.0.weight": (7, 3)}
    names["decoder.0.bias"] = (7,)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in names.items()}
    x = rng.normal(size=(50, 7)).astype(np.float32)
    codes = x @ weights["encoder.0.weight"].T + weights["encoder.0.bias"]
    mean, axes = principal_axes(codes)
    turn = Turn(axes, mean, mean)

    def gradients(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        t = {
            name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
            for name, value in values.items()
        }
        inputs = torch.tensor(x, dtype=torch.float64)
        z = inputs @ t["encoder.0.weight"].T + t["encoder.0.bias"]
        made = torch.tanh(z @ t["decoder.0.weight"].T + t["decoder.0.bias"])
        ((made - inputs) ** 2).sum().backward()
        return {name: value.grad.numpy() for name, value in t.items()}

    moments = {f"{name}.momentum": value for name, value in gradients(weights).items()}
    new, new_moments = turned(weights, moments, 1, turn)
    for name, value in gradients(new).items():
        assert np.allclose(new_moments[f"{name}.momentum"], value, rtol=1e-3, atol=1e-3), name


def test_a_map_turns_by_at_most_a_quarter_and_is_not_mirrored() -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        codes = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 2))
        axes = principal_axes(codes)[1]
        assert np.allclose(axes.T @ axes, np.eye(2))
        assert np.linalg.det(axes) == pytest.approx(1.0)
        assert axes[0, 0] >= 0.0


def test_sizes_that_cannot_be_are_refused() -> None:
    codes = np.random.default_rng(0).normal(size=(20, 3))
    for size in (0, 3, 4):
        with pytest.raises(ValueError, match="narrowed"):
            narrowing(codes, size, lambda _turn: 0.0)
    run = learned(2, count=3)
    for size, reason in ((2, "already"), (0, "code_size")):
        with pytest.raises(ValueError, match=reason):
            run.resize_code(size)
    with pytest.raises(ValueError, match="widened"):
        widened(run.snapshot().weights, {}, 3, 2, np.zeros((4, 9)), seed=(0,))


# --- the run around it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", sorted(STATE_NAMES))
def test_steps_history_and_moments_go_on_across_sizes_and_a_saved_run_goes_on_to_the_bit(
    optimizer: str, tmp_path: Any
) -> None:
    run = learned(2, optimizer=optimizer, learning_rate=1e-3)
    losses = run.history.train.copy()
    run.resize_code(4)
    steps(run, 30)
    run.resize_code(3)
    run.rotate_code()
    steps(run, 10)
    assert run.step_count == run.history.n_train == 160
    assert np.array_equal(run.history.train[:120], losses)
    assert [edit.step for edit in run.edits] == [120, 150, 150]
    assert [edit.config.network.code_size for edit in run.edits] == [4, 3, 3]
    assert run.initial_config.network.code_size == 2
    file = tmp_path / "grown.fcae"
    save_run(file, run.snapshot())
    again = Trainer(run.config, run.dataset, state=load_run(file))
    assert same(steps(again, 20), steps(run, 20))
    assert again.initial_config.network.code_size == 2


def test_a_rewind_keeps_the_size_with_fresh_weights() -> None:
    run = learned(2, count=20)
    run.resize_code(5)
    run.rewind()
    assert (run.step_count, run.config.network.code_size) == (0, 5)
    assert run.initial_config.network.code_size == 5
    assert same(run, Trainer(run.config, run.dataset))


@pytest.mark.parametrize("sizes", [(3,), (1,), (5, 2)])
def test_a_resize_before_the_first_step_is_another_start(sizes: tuple[int, ...]) -> None:
    run = learned(2, count=0)
    for size in sizes:
        run.resize_code(size)
    assert (run.edits, run.initial_config.network.code_size) == ((), sizes[-1])
    assert same(run, Trainer(run.config, run.dataset))
    first = run.snapshot().weights
    steps(run, 5).rewind()
    assert all(np.array_equal(first[name], value) for name, value in run.snapshot().weights.items())


def test_a_rotation_before_the_first_step_is_kept_as_an_edit(tmp_path: Path) -> None:
    run = learned(2, count=0)
    start = run.snapshot().weights
    run.rotate_code()
    turned_start = run.snapshot().weights
    assert not np.array_equal(start["decoder.0.weight"], turned_start["decoder.0.weight"])
    run.edit(run.config.with_training(learning_rate=3e-3))
    steps(run, 3)
    save_run(tmp_path / "run.fcae", run.snapshot())
    state = load_run(tmp_path / "run.fcae")
    assert [(edit.step, edit.config) for edit in state.edits] == [(0, run.config)]
    assert "(step 0)" in refusal(state)  # a script would start from the unturned weights
    run.rewind()
    assert run.edits == () and refusal(steps(run, 3).snapshot()) == ""


def test_the_loop_says_a_new_generation_with_the_old_seams_and_then_the_edit() -> None:
    driver = Driver(learned(2, count=0))
    driver.until(Started)
    for _ in range(3):
        driver.step()
    generation = driver.trainer.generation
    driver.put(ResizeCode(3))
    started, edited = driver.until(Started), driver.until(Edited)
    assert (started.reason, started.step) == ("resized", 3)
    assert started.generation == edited.generation != generation
    assert started.edits == ((3, edited.text),)
    driver.put(RotateCode())
    assert driver.until(Edited).generation == started.generation
    driver.put(ResizeCode(0))
    assert "code_size" in driver.until(Refused).message.lower()


# --- a frozen encoder -------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", sorted(STATE_NAMES))
def test_a_frozen_encoder_keeps_every_bit_and_the_decoder_learns_as_with_autograd(optimizer: str) -> None:
    dataset = blobs()
    run = steps(Trainer(config(dataset, optimizer=optimizer, weight_decay=1e-3), dataset), 7)
    run.edit(run.config.with_training(freeze_encoder=True))
    before = run.snapshot()
    batch = run.samples("train", run._rows(64).numpy())
    logits = run.network.logits(batch)
    torch.nn.functional.mse_loss(torch.sigmoid(logits), batch).backward()
    slopes = {name: p.grad.clone() for name, p in run.network.named_parameters() if p.grad is not None}
    run.step()
    decoder = run.network.pieces.views(run._gradients)
    assert torch.allclose(decoder["decoder.0.weight"], slopes["decoder.0.weight"], atol=1e-6)
    steps(run, 20)
    for _ in range(5):
        run.steps(4)
    after = run.snapshot()
    for name, value in before.weights.items():
        assert np.array_equal(value, after.weights[name]) == name.startswith("encoder"), name
    edited = run.edit(run.config.with_training(freeze_encoder=False))
    assert edited.text == "encoder freed, moments reset"
    steps(run, 2)
    assert not np.array_equal(run.snapshot().weights["encoder.0.weight"], before.weights["encoder.0.weight"])


def test_a_freed_encoder_begins_to_learn_without_a_leap() -> None:
    """With Adam's old count and moments of 0 the first step would be 3.2 times the learning rate."""
    run = learned(2, count=0, freeze_encoder=True, learning_rate=1e-3)
    steps(run, 200)
    before = run.snapshot().weights["encoder.0.weight"]
    run.edit(run.config.with_training(freeze_encoder=False))
    run.step()
    moved = np.abs(run.snapshot().weights["encoder.0.weight"] - before)
    assert 0.0 < moved.max() < 1.1e-3


def test_older_files_have_no_word_of_a_frozen_encoder() -> None:
    value = config(blobs()).to_json()
    del value["training"]["freeze_encoder"]
    assert RunConfig.from_json(value).training.freeze_encoder is False
    value["training"]["freeze_encoder"] = 1
    with pytest.raises(ValueError, match="freeze_encoder"):
        RunConfig.from_json(value)
