"""The captured step against the plain one, and that a CPU takes the plain one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from fcae_gui.engine.cuda_graph import LossBuffer
from fcae_gui.engine.trainer import DivergedError, Trainer

from .samples import blobs, config, steps, trainer

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def test_a_cpu_takes_the_plain_path() -> None:
    run = steps(trainer(), 3)
    assert run._captured is None
    assert run._loss_buffer is None


def test_losses_wait_in_the_buffer_in_order() -> None:
    buffer = LossBuffer(4, torch.device("cpu"))
    for value in (1.0, 2.0, 3.0):
        buffer.keep(torch.tensor(value))
    assert buffer.fetch().tolist() == [1.0, 2.0, 3.0]
    assert buffer.fetch().tolist() == []
    buffer.keep(torch.tensor(4.0))
    assert buffer.fetch().tolist() == [4.0]


def _deferred(run: Trainer) -> Trainer:
    """A run on the CPU that keeps its losses as one on a device does."""
    run._loss_buffer = LossBuffer(64, run.device)
    return run


def test_losses_fetched_later_are_those_of_every_step() -> None:
    plain, deferred = steps(trainer(), 150), steps(_deferred(trainer()), 150)
    assert deferred.history.n_train < 150
    deferred.verify()
    assert np.array_equal(plain.history.train, deferred.history.train)


def test_a_divergence_found_late_is_undone_to_the_same_step() -> None:
    def wild() -> Trainer:
        network = {"activation": "none", "output_activation": "none"}
        return Trainer(config(blobs(), network=network, optimizer="sgd", learning_rate=40.0), blobs())

    plain, deferred = wild(), _deferred(wild())
    for run in (plain, deferred):
        with pytest.raises(DivergedError):
            steps(run, 500)
    assert plain.step_count == deferred.step_count == deferred.history.n_train
    assert torch.equal(plain.network.flat, deferred.network.flat)
    assert np.array_equal(plain.history.train, deferred.history.train)


@needs_cuda
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("loss", ["mse", "bce", "l1"])
def test_the_captured_step_agrees_with_the_plain_one_after_200_steps(optimizer: str, loss: str) -> None:
    dataset = blobs()
    settings = replace(
        config(dataset, optimizer=optimizer, loss=loss, schedule="cosine", epochs=60), device="cuda"
    )
    captured, plain = Trainer(settings, dataset), Trainer(settings, dataset, graphs=False)
    assert captured._captured is not None
    assert plain._captured is None
    for run in (captured, plain):
        steps(run, 200).verify()
    assert np.allclose(captured.history.train, plain.history.train, rtol=1e-5)


@needs_cuda
def test_live_edits_reach_the_captured_step() -> None:
    dataset = blobs()
    settings = replace(config(dataset), device="cuda")
    runs = Trainer(settings, dataset), Trainer(settings, dataset, graphs=False)
    for run in runs:
        steps(run, 20)
        run.edit(run.config.with_training(learning_rate=1e-3, batch_size=32, loss="l1"))
        steps(run, 20)
        run.edit(run.config.with_network(activation="tanh"))
        steps(run, 20).verify()
    assert np.allclose(runs[0].history.train, runs[1].history.train, rtol=1e-5)
