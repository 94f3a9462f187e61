"""Claim 5: nonlinearity is more powerful: a slope of 1 settles at PCA, a smaller one goes under it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.data import catalog, digits
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.trainer import Trainer

WAIT = 60_000
SETTLED = 1.003  # within 0.3 % of PCA's error


def pca_sse(train: np.ndarray, seen: np.ndarray, k: int = 2) -> float:
    """Squared error per image of the first k principal components of `train`, by a plain SVD, float64."""
    train, seen = train.astype(np.float64), seen.astype(np.float64)
    mean = train.mean(0)
    _, vectors = np.linalg.eigh((train - mean).T @ (train - mean))
    axes = vectors[:, -k:]
    left = (seen - mean) - (seen - mean) @ axes @ axes.T
    return float((left**2).sum() / len(seen))


def sse(run: Trainer, split: str) -> float:
    """Squared error per image of the network, on all of a half."""
    samples = run.train if split == "train" else run.test
    sums = np.zeros(2)
    for start in range(0, len(samples), 1000):
        sums += run.measure(run.network, samples.part(start, start + 1000))[1]
    return float(sums[1]) / len(samples)


def trained(dataset: Dataset, epochs: int, *, network: dict[str, Any], **training: Any) -> Trainer:
    config: RunConfig = make_config("slope", dataset, device="cpu", threads=1)
    config = config.with_network(**network).with_training(epochs=epochs, **training)
    run = Trainer(config, dataset)
    while not run.target_reached:
        run.step()
    return run


@pytest.fixture(scope="module")
def small() -> Dataset:
    return digits.load()


# --- in the window ----------------------------------------------------------------------------------------


def test_the_slider_takes_the_network_from_pca_to_under_it(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session, panel = window.session, window.network
    dataset = session.dataset
    floor = pca_sse(dataset.train.as_float(), dataset.test.as_float())
    measured: list[float] = []
    session.test_measured.connect(lambda _step, _loss, sse: measured.append(sse))
    bar = window.run_bar.preset
    bar.setCurrentIndex(bar.findData("slope"))
    bar.activated.emit(bar.currentIndex())  # 1
    field = panel.fields["leaky_slope"]
    qtbot.waitUntil(lambda: field.number.text() == "1", timeout=WAIT)
    assert field.isEnabled() and session.config.preset == "slope"
    with qtbot.waitSignal(session.edited, timeout=WAIT):  # else a fast machine is through too early
        panel.fields["epochs"].open_box.click()  # 2
    window.actions_by_id["play"].trigger()  # 3
    qtbot.waitUntil(lambda: bool(measured) and measured[-1] < 1.03 * floor, timeout=WAIT)
    assert min(measured) > 0.97 * floor, "a linear network cannot do much better than PCA"

    steps = session.trained_steps()
    field.slider.setFocus()
    for _ in range(4):  # 4: Page Up takes 0.2 at a time
        QTest.keyClick(field.slider, Qt.Key.Key_PageUp)
    assert field.value() == pytest.approx(0.2)
    qtbot.waitUntil(lambda: measured[-1] < 0.95 * floor, timeout=WAIT)
    assert session.config.network.leaky_slope == pytest.approx(0.2)
    assert session.trained_steps() > steps, "live: the run goes on"
    session.pause()


def test_the_slope_says_why_it_is_greyed(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    window.session.edit({"activation": "tanh"}, {})
    field = window.network.fields["leaky_slope"]
    qtbot.waitUntil(
        lambda: not field.isEnabled() and window.network._form.remark("leaky_slope") != "", timeout=WAIT
    )
    assert "leaky ReLU" in window.network._form.remark("leaky_slope")


# --- on a part of the data --------------------------------------------------------------------------------


def test_at_slope_1_it_settles_at_pca_and_below_it_goes_under(small: Dataset) -> None:
    x = small.train.as_float()
    floor = pca_sse(x, x)
    straight = sse(trained(small, 120, network={"leaky_slope": 1.0}, schedule="cosine"), "train")
    bent = sse(trained(small, 120, network={"leaky_slope": 0.2}, schedule="cosine"), "train")
    assert floor * (1 - 1e-5) <= straight <= SETTLED * floor
    assert bent < 0.9 * floor


def test_with_a_sigmoid_slope_1_is_not_linear_and_goes_under_pca(small: Dataset) -> None:
    x = small.train.as_float()
    network = {"leaky_slope": 1.0, "output_activation": "sigmoid"}
    assert sse(trained(small, 120, network=network), "train") < 0.995 * pca_sse(x, x)


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "elu", "silu", "tanh", "sigmoid", "none"])
def test_without_another_hidden_layer_and_without_a_sigmoid_nothing_passes_pca(
    small: Dataset, activation: str
) -> None:
    """Bourlard and Kamp 1988: the decoder is one linear layer, so the best it can reach is a plane."""
    x = small.train.as_float()
    floor = pca_sse(x, x)
    for slope in (1.0, 0.2, 0.0) if activation == "leaky_relu" else (1.0,):
        network = {"encoder_widths": (), "code_activation": activation, "leaky_slope": slope}
        assert sse(trained(small, 40, network=network), "train") >= floor * (1 - 1e-5), slope


# --- all of MNIST -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    try:
        return catalog.load("mnist")
    except catalog.MissingData as reason:
        pytest.skip(f"the real MNIST is not here: {reason}")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_on_mnist_slope_1_settles_within_three_thousandths_of_43_64_and_slope_02_goes_under(
    mnist: Dataset,
) -> None:
    x, seen = mnist.train.as_float(), mnist.test.as_float()
    floors = {"train": pca_sse(x, x), "test": pca_sse(x, seen)}
    assert floors["test"] == pytest.approx(43.64, abs=0.01)
    straight = trained(mnist, 6, network={"leaky_slope": 1.0})
    for split, floor in floors.items():
        assert sse(straight, split) == pytest.approx(floor, rel=0.003)
    bent = trained(mnist, 2, network={"leaky_slope": 0.2})
    assert sse(bent, "test") < floors["test"] and sse(bent, "train") < floors["train"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_on_mnist_a_sigmoid_makes_slope_1_settle_at_43_05(mnist: Dataset) -> None:
    run = trained(mnist, 8, network={"leaky_slope": 1.0, "output_activation": "sigmoid"})
    assert sse(run, "test") == pytest.approx(43.05, abs=0.1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("slope", [1.0, 0.5, 0.0])
def test_on_mnist_no_slope_passes_pca_without_another_hidden_layer(mnist: Dataset, slope: float) -> None:
    x = mnist.train.as_float()
    network = {"encoder_widths": (), "code_activation": "leaky_relu", "leaky_slope": slope}
    assert sse(trained(mnist, 4, network=network), "train") >= pca_sse(x, x) * (1 - 1e-5)
