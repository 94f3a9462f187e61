"""Activations of hidden layers in numpy against torch's own layers, for every activation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import hidden
from fcae_gui.engine.events import Weights

TORCH = {
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.1),
    "relu": functional.relu,
    "elu": functional.elu,
    "silu": functional.silu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def weights_of(activation: str) -> tuple[Weights, np.ndarray]:
    rng = np.random.default_rng(0)
    sizes = (12, 9, 7, 3)
    encoder = tuple(
        (rng.normal(size=(b, a)).astype(np.float32), rng.normal(size=b).astype(np.float32))
        for a, b in pairwise(sizes)
    )
    network = NetworkConfig(
        input_size=12, encoder_widths=(9, 7), code_size=3, activation=activation, leaky_slope=0.1
    )
    made = Weights(generation=0, step=0, network=network, encoder=encoder, decoder=encoder[::-1])
    return made, rng.normal(size=(20, 12)).astype(np.float32)


@pytest.mark.parametrize("activation", sorted(TORCH))
def test_hidden_layers_are_those_of_torch(activation: str) -> None:
    weights, x = weights_of(activation)
    expected = torch.from_numpy(x)
    for layer in (1, 2):
        weight, bias = weights.encoder[layer - 1]
        expected = TORCH[activation](
            functional.linear(expected, torch.from_numpy(weight), torch.from_numpy(bias))
        )
        np.testing.assert_allclose(hidden(weights, x, layer), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize("layer", [0, 3, -1])
def test_a_layer_that_is_not_hidden_is_refused(layer: int) -> None:
    weights, x = weights_of("tanh")
    with pytest.raises(ValueError, match="hidden layer"):
        hidden(weights, x, layer)
