"""What a network is before its first step."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from fcae_gui.engine.config import STARTS, NetworkConfig, OutputActivation
from fcae_gui.engine.network import LAST_SPREAD, Autoencoder, initialise

MEAN = torch.rand(40, generator=torch.Generator().manual_seed(3))


def started(start: str, output: OutputActivation = "sigmoid", seed: int = 0) -> Autoencoder:
    config = NetworkConfig(
        input_size=40, encoder_widths=(300, 200), code_size=7, start=start, output_activation=output
    )
    network = Autoencoder(config)
    initialise(network, seed, MEAN)
    return network


@pytest.mark.parametrize("start", STARTS)
def test_the_same_seed_gives_the_same_network_and_another_one_another(start: str) -> None:
    assert torch.equal(started(start).flat, started(start).flat)
    assert not torch.equal(started(start).flat, started(start, seed=1).flat)


def test_hes_start_keeps_the_variance_from_layer_to_layer() -> None:
    network = started("he")
    layers = [*network.encoder, *network.decoder]
    for layer in layers[:-1]:
        wanted = math.sqrt(2.0 / layer.weight.shape[1])
        assert layer.weight.std().item() == pytest.approx(wanted, rel=0.05)
    assert layers[-1].weight.std().item() == pytest.approx(LAST_SPREAD * math.sqrt(2.0 / 300), rel=0.05)


@pytest.mark.parametrize("start", ["mean", "he"])
@pytest.mark.parametrize("output", ["sigmoid", "none"])
def test_the_first_output_is_near_the_mean_sample(start: str, output: OutputActivation) -> None:
    network = started(start, output)
    with torch.no_grad():
        first = network(MEAN[None])[0]
    # The biases between the layers are not 0 with the other start: it is further away.
    bound = 0.08 if start == "he" else 0.25
    np.testing.assert_allclose(first.numpy(), MEAN.clamp(0.01, 0.99).numpy(), atol=bound)
