"""The published weights at work without torch: one decode takes a fraction of a millisecond."""

from __future__ import annotations

import numpy as np

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.events import Layer, Weights

Array = np.ndarray


def decode(weights: Weights, z: Array) -> Array:
    """Samples for latent points: (n, code_size) -> (n, n_features) float32, after the output activation.

    Raises ValueError when the number of coordinates differs from the code size.
    """
    return _activate(logits(weights, z), weights.network.output_activation, 0.0)


def logits(weights: Weights, z: Array) -> Array:
    """What the last layer gives before the output activation: (n, code_size) -> (n, n_features) float32.

    Raises ValueError when the number of coordinates differs from the code size.
    """
    network = weights.network
    x = _checked(z, network.code_size, "coordinates")
    return _through(weights.decoder, x, network.activation, network.leaky_slope)  # (n, n_features)


def encode(weights: Weights, x: Array) -> Array:
    """Codes of samples: (n, n_features) float32 in the data's units -> (n, code_size) float32.

    Raises ValueError when the number of features differs from the input size.
    """
    network = weights.network
    h = _checked(x, network.input_size, "features")
    h = _through(weights.encoder, h, network.activation, network.leaky_slope)  # (n, code)
    return _activate(h, network.code_activation, network.leaky_slope)


def hidden(weights: Weights, x: Array, layer: int) -> Array:
    """Activations of the encoder's hidden layer 1, 2 ... : (n, n_features) float32 -> (n, width) float32.

    Raises ValueError when there is no such hidden layer, or as `encode` does.
    """
    network = weights.network
    if not 1 <= layer < len(weights.encoder):
        raise ValueError(f"expected a hidden layer from 1 to {len(weights.encoder) - 1}, got {layer}")
    h = _checked(x, network.input_size, "features")
    h = _through(weights.encoder[:layer], h, network.activation, network.leaky_slope)
    return _activate(h, network.activation, network.leaky_slope)  # (n, width)


def layer_names(network: NetworkConfig) -> tuple[str, ...]:
    """Names of the layers in the order in which a sample passes them: "encoder.0" ... "decoder.1"."""
    half = len(network.encoder_widths) + 1
    return tuple(f"{part}.{i}" for part in ("encoder", "decoder") for i in range(half))


def kinds_of(network: NetworkConfig) -> tuple[str, ...]:
    """The activation behind each layer, in the same order."""
    half = len(network.encoder_widths) + 1
    kinds: list[str] = [network.activation] * (2 * half)
    kinds[half - 1] = network.code_activation
    kinds[-1] = network.output_activation
    return tuple(kinds)


def activations(weights: Weights, x: Array) -> tuple[list[Array], list[Array]]:
    """All layers at work on samples x (n, n_features): what stands before each activation and after it.

    Two lists of float32 (n, width), one entry per layer. Raises ValueError as `encode` does.
    """
    h = _checked(x, weights.network.input_size, "features")
    before, after = [], []
    with np.errstate(over="ignore", invalid="ignore"):  # a run that is about to diverge can still be shown
        for (weight, bias), kind in zip(
            weights.encoder + weights.decoder, kinds_of(weights.network), strict=True
        ):
            before.append(h @ weight.T + bias)  # (n, out)
            h = _activate(before[-1], kind, weights.network.leaky_slope)
            after.append(h)
    return before, after


def _checked(x: Array, width: int, what: str) -> Array:
    x = np.asarray(x, np.float32)
    if x.ndim != 2 or x.shape[1] != width:
        raise ValueError(f"expected an array (n, {width}) of {what}, got shape {x.shape}")
    return x


def _through(layers: tuple[Layer, ...], x: Array, activation: str, slope: float) -> Array:
    """All layers, with the hidden activation between them and none after the last."""
    for i, (weight, bias) in enumerate(layers):
        if i:
            x = _activate(x, activation, slope)
        x = x @ weight.T
        x += bias
    return x


def _activate(x: Array, name: str, slope: float) -> Array:
    if name == "none":
        return x
    if name == "leaky_relu":
        return np.maximum(x, x * np.float32(slope))  # the slope is at most 1
    if name == "relu":
        return np.maximum(x, np.float32(0))
    if name == "elu":
        return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
    if name == "silu":
        return x * _sigmoid(x)
    if name == "tanh":
        return np.tanh(x)
    if name == "sigmoid":
        return _sigmoid(x)
    raise ValueError(f"unknown activation {name!r}")


def _sigmoid(x: Array) -> Array:
    # By way of tanh: it neither overflows nor warns, however large x is.
    half = np.float32(0.5)
    y = np.tanh(x * half)
    y += np.float32(1)
    y *= half
    return y
