"""The presets on the real MNIST: the figures that the lecture and the issue name."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import pytest

from fcae_gui.data.catalog import load
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.trainer import Trainer

pytestmark = pytest.mark.mnist
PCA_2 = 43.64  # sum of squared errors per test image with two principal components


@pytest.fixture
def mnist(mnist_dir: Path) -> Dataset:
    return load("mnist", mnist_dir)


def _sse(preset: str, dataset: Dataset, epochs: int, seed: int = 0) -> float:
    run = Trainer(make_config(preset, dataset, seed=seed, device="cpu", threads=1), dataset)
    while run.epoch < epochs:
        run.step()
    return run.evaluate().test_sse


def test_map_passes_two_principal_components_within_its_first_epoch(mnist: Dataset) -> None:
    assert _sse("map", mnist, 1) < 36.0 < PCA_2


def test_linear_finds_the_plane_of_two_principal_components(mnist: Dataset) -> None:
    run = Trainer(make_config("linear", mnist, device="cpu", threads=1), mnist)
    while run.epoch < 4:
        run.step()
    assert run.evaluate().test_sse < 1.01 * PCA_2
    x = mnist.train.as_float().astype(np.float64)
    _, vectors = np.linalg.eigh(np.cov(x.T))
    plane = vectors[:, -2:]  # (784, 2)
    decoder = np.linalg.qr(run.weights().decoder[0][0].astype(np.float64))[0]
    cosines = np.linalg.svd(plane.T @ decoder, compute_uv=False)
    assert np.degrees(np.arccos(cosines.clip(-1, 1))).max() < 5.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "epochs", "median", "worst"),
    [("notebook", 5, 8.4, 8.6), ("map", 10, 31.3, 34.0), ("linear", 20, 1.001 * PCA_2, 1.01 * PCA_2)],
)
def test_presets_reach_their_figures(
    preset: str, epochs: int, median: float, worst: float, mnist: Dataset
) -> None:
    found = [_sse(preset, mnist, epochs, seed) for seed in range(5)]
    assert statistics.median(found) <= median
    assert max(found) <= worst
