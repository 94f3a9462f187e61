"""Solving for a code: the Jacobian against torch's, the solutions against scipy's least squares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from fcae_gui.data.catalog import load
from fcae_gui.engine.config import ACTIVATIONS
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import Weights
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.solve import MAX_CODE, Leash, decode_with_slopes, settle, solve
from fcae_gui.engine.trainer import Trainer

EDITS = 50
ENOUGH = 200  # steps: to the bottom, where a hand is content with a few


def _trained(epochs: int = 6, **network: object) -> tuple[Weights, np.ndarray]:
    data = load("digits8")
    config = make_config("map", data, device="cpu", threads=1).with_network(**network)
    run = Trainer(config.with_training(epochs=None, schedule="constant"), data)
    while run.epoch < epochs:
        run.step()
    return run.weights(), data.test.as_float()


@pytest.fixture(scope="module")
def trained() -> tuple[Weights, np.ndarray]:
    return _trained(30)


def _decode_in_float64(weights: Weights, z: np.ndarray) -> np.ndarray:
    """An independent decoder for the map preset: leaky ReLU inside, a sigmoid at the end."""
    x = np.asarray(z, np.float64)
    for i, (weight, bias) in enumerate(weights.decoder):
        if i:
            x = np.where(x > 0, x, weights.network.leaky_slope * x)
        x = weight.astype(np.float64) @ x + bias
    return 1.0 / (1.0 + np.exp(-x))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("output", ["sigmoid", "none"])
def test_the_slopes_are_those_that_torch_finds(activation: str, output: str) -> None:
    import torch

    weights, _ = _trained(1, activation=activation, output_activation=output, code_size=5)
    z = np.random.default_rng(1).normal(size=5).astype(np.float32)
    pixels, slopes = decode_with_slopes(weights, z)
    assert np.allclose(pixels, decode(weights, z[None])[0], atol=1e-5)
    bends = {
        "none": lambda x: x, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
        "elu": torch.nn.functional.elu, "silu": torch.nn.functional.silu,
        "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x, weights.network.leaky_slope),
    }  # fmt: skip

    def through(x: torch.Tensor) -> torch.Tensor:
        for i, (weight, bias) in enumerate(weights.decoder):
            x = bends[activation](x) if i else x
            x = torch.tensor(weight.copy()).double() @ x + torch.tensor(bias.copy()).double()
        return bends[output](x)

    expected = torch.autograd.functional.jacobian(through, torch.tensor(z).double()).numpy()
    assert np.allclose(slopes, expected, atol=1e-4 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("stiffness", [0.0, 0.3])
def test_fifty_random_edits_end_where_scipy_ends(
    trained: tuple[Weights, np.ndarray], stiffness: float
) -> None:
    weights, samples = trained
    rng = np.random.default_rng(0)
    worse = []
    for _ in range(EDITS):
        z = encode(weights, samples[rng.integers(len(samples))][None])[0]
        target = decode(weights, z[None])[0]
        row, column = rng.integers(0, 6, 2)
        painted = np.zeros((8, 8), bool)
        painted[row : row + rng.integers(1, 4), column : column + rng.integers(1, 4)] = True
        target[painted.ravel()] = float(rng.integers(0, 2))
        importance = np.where(painted.ravel(), 8.0, 1.0).astype(np.float32)
        leash = Leash(home=z, stiffness=np.full(2, stiffness, np.float32))
        ours = settle(weights, z, target, importance, leash=leash, steps=ENOUGH)
        root = np.sqrt(importance.astype(np.float64))

        def away(p: np.ndarray) -> np.ndarray:
            pixels = root * (_decode_in_float64(weights, p) - target)  # noqa: B023 - called at once
            return np.concatenate([pixels, np.sqrt(stiffness) * (p - z)])  # noqa: B023

        theirs = least_squares(
            away,
            z.astype(np.float64), method="lm", xtol=1e-12, ftol=1e-12,
        )  # fmt: skip
        residual = float(np.linalg.norm(away(ours.z.astype(np.float64))))
        worse.append(residual / np.sqrt(2.0 * theirs.cost))
    assert max(worse) <= 1.01, sorted(worse)[-5:]


def test_the_code_of_a_decoded_code_is_found_again_as_scipy_finds_it(
    trained: tuple[Weights, np.ndarray],
) -> None:
    weights, samples = trained
    rng = np.random.default_rng(2)
    for row in rng.integers(0, len(samples), EDITS):
        z = encode(weights, samples[row][None])[0]
        image = decode(weights, z[None])[0]
        start = encode(weights, image[None])[0]
        ours = solve(weights, start, image, np.ones_like(image), steps=ENOUGH)
        theirs = least_squares(
            lambda p: _decode_in_float64(weights, p) - image,  # noqa: B023 - called at once
            start.astype(np.float64), method="lm", xtol=1e-12, ftol=1e-12,
        )  # fmt: skip
        size = float(np.linalg.norm(image))
        assert np.sqrt(ours.cost) <= np.sqrt(2.0 * theirs.cost) + 0.01 * size


def test_a_few_steps_never_make_it_worse_and_bring_the_painted_pixels_nearer(
    trained: tuple[Weights, np.ndarray],
) -> None:
    weights, samples = trained
    for sample in samples[:20]:
        z = encode(weights, sample[None])[0]
        target = decode(weights, z[None])[0]
        before = target.copy()
        target[27:29] = 1.0 - np.round(target[27:29])
        importance = np.ones(64, np.float32)
        importance[27:29] = 20.0
        first = float(importance @ (before - target) ** 2)
        found = solve(weights, z, target, importance)
        assert found.cost < first
        assert np.allclose(found.pixels, decode(weights, found.z[None])[0], atol=1e-6)


def test_a_dead_decoder_leaves_the_code_where_it_is() -> None:
    weights, _ = _trained(1)
    still = tuple((np.zeros_like(w), b) for w, b in weights.decoder)
    dead = Weights(generation=0, step=0, network=weights.network, encoder=weights.encoder, decoder=still)
    z = np.array([0.5, -0.5], np.float32)
    found = solve(dead, z, np.zeros(64, np.float32), np.ones(64, np.float32), steps=ENOUGH)
    assert np.isfinite(found.z).all() and np.allclose(found.z, z)


def test_codes_that_are_too_long_and_images_of_another_size_are_refused() -> None:
    weights, _ = _trained(1)
    with pytest.raises(ValueError, match="64 pixels"):
        solve(weights, np.zeros(2, np.float32), np.zeros(63, np.float32), np.ones(63, np.float32))
    assert MAX_CODE >= 64
