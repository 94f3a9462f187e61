"""When a network is a linear map, and the columns that its decoder then adds up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.events import Weights

FLOPS_PER_WEIGHT = 6.0  # per sample: one multiply-add forwards, two backwards


def _straight(activation: str, slope: float) -> bool:
    return activation == "none" or (activation == "leaky_relu" and slope == 1.0)


def is_linear_code(network: NetworkConfig) -> bool:
    """Whether the code is a plain sum, with nothing done to it: it can be turned."""
    return _straight(network.code_activation, network.leaky_slope)


def why_not_linear(network: NetworkConfig) -> str:
    """What makes the network more than a linear map, in words; "" when nothing does."""
    if network.output_activation != "none":
        return f"its output goes through a {network.output_activation}"
    if network.encoder_widths and not _straight(network.activation, network.leaky_slope):
        return "its hidden layers are activated"
    if not is_linear_code(network):
        return "its code is activated"
    return ""


def is_linear(network: NetworkConfig) -> bool:
    """Whether the network is an affine map of its input: then it can at best equal PCA."""
    return not why_not_linear(network)


def can_pass_pca(network: NetworkConfig) -> bool:
    """False where no weights can beat PCA on the training set: a linear decoder (Bourlard and Kamp 1988)."""
    if network.output_activation != "none":
        return True
    return bool(network.encoder_widths) and not _straight(network.activation, network.leaky_slope)


def decoder_columns(weights: Weights) -> np.ndarray | None:
    """What one unit of each code number adds to the output before its activation: (d, code) float64.

    None when the decoder has activated hidden layers: what a number adds then depends on the others.
    """
    network = weights.network
    if len(weights.decoder) > 1 and not _straight(network.activation, network.leaky_slope):
        return None
    columns = weights.decoder[0][0].astype(np.float64)  # (width, code)
    for weight, _ in weights.decoder[1:]:
        columns = weight @ columns
    return columns


def training_flops(network: NetworkConfig, images: float) -> float:
    """Operations of training on so many images, forwards and backwards, estimated from the weights."""
    sizes = network.sizes
    weights = sum(a * b for a, b in pairwise(sizes))
    return FLOPS_PER_WEIGHT * weights * images
