"""The two moments of a training against PCA, on losses made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fcae_gui.session.passing import WINDOW, Passing

FALLING = np.linspace(2.0, 0.0, 401, dtype=np.float32)[1:]  # loss after step i is 2 - i / 200


def _fed(losses: np.ndarray, error: float, *, can_pass: bool = True, piece: int = 7) -> Passing:
    passing = Passing()
    passing.set_error(error, can_pass=can_pass)
    for start in range(0, len(losses), piece):
        passing.append(losses[start : start + piece])
        passing.look()
    return passing


def test_the_moments_are_those_of_the_running_mean_however_the_losses_arrive() -> None:
    means = np.convolve(FALLING.astype(np.float64), np.ones(WINDOW) / WINDOW, "valid")
    near = WINDOW + int(np.flatnonzero(means <= 1.01)[0])
    for piece in (1, 7, 400):
        passing = _fed(FALLING, 1.0, piece=piece)
        assert passing.near_step == near
        assert passing.passed_step is not None and near < passing.passed_step
        assert means[passing.passed_step - WINDOW] < 1.0


def test_noise_around_the_error_passes_nothing() -> None:
    rng = np.random.default_rng(0)
    noise = (1.0 + 0.05 * rng.normal(size=5_000)).astype(np.float32)
    assert _fed(noise, 0.999).passed_step is None
    assert _fed(noise - np.float32(0.05), 0.999).passed_step is not None


def test_a_network_that_cannot_pass_is_never_said_to() -> None:
    passing = _fed(FALLING, 1.0, can_pass=False)
    assert passing.passed_step is None and passing.near_step is not None


def test_an_error_that_comes_late_finds_the_moment_in_what_was_kept() -> None:
    passing = Passing()
    passing.append(FALLING)
    assert not passing.look()
    passing.set_error(1.0, can_pass=True)
    assert passing.look()
    assert passing.passed_step == _fed(FALLING, 1.0).passed_step


def test_losses_in_another_unit_do_not_count() -> None:
    passing = Passing()
    passing.set_error(1.0, can_pass=True)
    passing.append(np.full(100, 0.1, np.float32))
    passing.clear(150)  # an edit took effect after step 150: fifty losses of the old unit are still to come
    passing.append(np.full(50, 0.1, np.float32))
    passing.append(np.full(100, 5.0, np.float32))
    assert not passing.look()
    passing.append(np.full(60, 0.1, np.float32))
    assert passing.look()
    assert passing.passed_step is not None and 250 < passing.passed_step <= 310


def test_steps_that_were_undone_are_forgotten() -> None:
    passing = _fed(FALLING, 1.0)
    assert passing.passed_step is not None
    passing.truncate(passing.passed_step - 1)
    assert passing.passed_step is None


@pytest.mark.mnist
def test_map_passes_two_components_of_mnist_within_its_first_epoch(mnist_dir: Path) -> None:
    from fcae_gui.analysis import pca
    from fcae_gui.data import catalog
    from fcae_gui.engine.presets import make_config
    from fcae_gui.engine.trainer import Trainer

    data = catalog.load("mnist", mnist_dir)
    trainer = Trainer(make_config("map", data, device="cpu", threads=1), data)
    passing = Passing()
    passing.set_error(pca.fit(data.train.features).train_sse(2) / 784, can_pass=True)
    for _ in range(trainer.steps_per_epoch):
        trainer.step()
    trainer.verify()
    passing.append(trainer.history.train)
    assert passing.look()
    assert passing.passed_step is not None and passing.passed_step < trainer.steps_per_epoch
    assert trainer.evaluate().test_sse < 43.64
