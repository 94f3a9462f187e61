"""Many steps in one call are the same steps, to the bit."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import torch

from fcae_gui.engine import bursts
from fcae_gui.engine.config import ACTIVATIONS, LOSSES, OPTIMIZERS, NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.trainer import DivergedError, Trainer
from tests.engine.samples import blobs

if bursts.compiled() is None:
    pytest.skip("this torch cannot compile the training step", allow_module_level=True)


def config_of(activation: str = "leaky_relu", output: str = "sigmoid", **training: object) -> RunConfig:
    return RunConfig(
        network=NetworkConfig(
            input_size=20, encoder_widths=(9, 5), code_size=2, activation=activation, output_activation=output
        ),
        training=TrainingConfig(**{"batch_size": 32, "learning_rate": 0.02, **training}),
        data="blobs", device="cpu", threads=1,
    )  # fmt: skip


def one_by_one_and_at_once(config: RunConfig, steps: int, dataset=None) -> tuple[Trainer, Trainer]:
    dataset = dataset or blobs()
    single, many = Trainer(config, dataset), Trainer(config, dataset)
    while single.step_count < steps:
        single.step()
    while many.step_count < steps:
        many.steps(min(7, steps - many.step_count))
    return single, many


def assert_same(single: Trainer, many: Trainer) -> None:
    assert torch.equal(single.network.flat, many.network.flat)
    np.testing.assert_array_equal(single.history.train, many.history.train)
    one, other = single.snapshot(), many.snapshot()
    for name, value in one.optimizer.items():
        np.testing.assert_array_equal(value, other.optimizer[name], err_msg=name)
    assert (one.epoch, one.position, one.step) == (other.epoch, other.position, other.step)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_activation_and_loss_gives_the_same_bits(activation: str, loss: str) -> None:
    outputs = ("sigmoid",) if loss == "bce" else ("sigmoid", "none")
    for output in outputs:
        assert_same(*one_by_one_and_at_once(config_of(activation, output, loss=loss), 40))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("schedule", ["constant", "warmup", "cosine"])
def test_every_optimiser_and_schedule_gives_the_same_bits(
    optimizer: str, frozen: bool, schedule: str
) -> None:
    config = config_of(
        optimizer=optimizer,
        freeze_encoder=frozen,
        schedule=schedule,
        epochs=9,
        warmup_steps=11,
        weight_decay=0.01,
    )
    assert_same(*one_by_one_and_at_once(config, 70))


@pytest.mark.parametrize("slope", [0.0, 0.2, 1.0])
def test_every_slope_gives_the_same_bits(slope: float) -> None:
    assert_same(*one_by_one_and_at_once(config_of().with_network(leaky_slope=slope), 30))


def test_plain_gradient_descent_without_momentum_gives_the_same_bits() -> None:
    assert_same(*one_by_one_and_at_once(config_of(optimizer="sgd", momentum=0.0), 30))


def test_samples_kept_as_floats_give_the_same_bits() -> None:
    assert_same(*one_by_one_and_at_once(config_of(), 40, blobs(as_bytes=False)))


def test_a_burst_ends_with_the_epoch_and_makes_its_short_last_batch() -> None:
    trainer = Trainer(config_of(batch_size=48), blobs())
    seen = 0
    while not trainer.at_epoch_end:
        seen += trainer.steps(1000)
    assert seen == trainer.n_train
    assert trainer.step_count == trainer.steps_per_epoch


def test_an_edit_between_two_bursts_counts_from_the_next_step() -> None:
    single, many = one_by_one_and_at_once(config_of(), 20)
    for trainer in (single, many):
        trainer.edit(
            trainer.config.with_training(learning_rate=0.005, loss="l1").with_network(leaky_slope=0.5)
        )
    while single.step_count < 40:
        single.step()
    while many.step_count < 40:
        many.steps(min(6, 40 - many.step_count))
    assert_same(single, many)


def test_divergence_inside_a_burst_leads_back_to_the_same_last_good_step() -> None:
    config = config_of(output="none", optimizer="sgd", learning_rate=40.0)
    single, many = Trainer(config, blobs()), Trainer(config, blobs())
    with pytest.raises(DivergedError):
        for _ in range(500):
            single.step()
        single.verify()
    with pytest.raises(DivergedError):
        for _ in range(500):
            many.steps(16)
        many.verify()
    assert np.isfinite(many.network.flat.numpy()).all()
    assert_same(single, many)


def test_other_threads_get_the_interpreter_while_a_burst_is_made() -> None:
    config = RunConfig(
        network=NetworkConfig(input_size=20, encoder_widths=(1500, 1500), code_size=2),
        training=TrainingConfig(batch_size=64), data="blobs", device="cpu", threads=1,
    )  # fmt: skip
    trainer = Trainer(config, blobs())
    trainer.steps(2)
    gaps, running = [], True

    def watch() -> None:
        last = time.perf_counter()
        while running:
            time.sleep(0)
            now = time.perf_counter()
            gaps.append((last, now))
            last = now

    thread = threading.Thread(target=watch)
    thread.start()
    began = time.perf_counter()
    trainer.steps(4)
    ended = time.perf_counter()
    running = False
    thread.join()
    within = [min(now, ended) - max(last, began) for last, now in gaps if now > began and last < ended]
    assert len(within) > 3 and max(within) < ended - began  # it was never held from beginning to end
