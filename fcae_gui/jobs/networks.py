"""A network as part of what a job is asked: weights as named arrays, its config as JSON; and its codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from fcae_gui.analysis.pca import as_unit
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import encode
from fcae_gui.engine.events import Layer, Weights
from fcae_gui.jobs.registry import Arrays, JobFailed, Values

PIECE_ROWS = 2_000


def named(layers: tuple[Layer, ...], half: str) -> Arrays:
    """Layers of the "encoder" or "decoder" by name: "encoder.0.weight" (out, in), "encoder.0.bias" (out,)."""
    arrays: Arrays = {}
    for i, (weight, bias) in enumerate(layers):
        arrays[f"{half}.{i}.weight"], arrays[f"{half}.{i}.bias"] = weight, bias
    return arrays


def network_of(params: Values) -> NetworkConfig:
    """The network of params["network"], as NetworkConfig.to_json has it."""
    return NetworkConfig.from_json(params["network"])


def weights_of(arrays: Mapping[str, np.ndarray], network: NetworkConfig, *, step: int = 0) -> Weights:
    """The layers that lie among arrays under their names; without a decoder where there is none."""

    def layers(half: str) -> tuple[Layer, ...]:
        depth = len(network.encoder_widths) + 1
        return tuple((arrays[f"{half}.{i}.weight"], arrays[f"{half}.{i}.bias"]) for i in range(depth))

    decoder = layers("decoder") if "decoder.0.weight" in arrays else ()
    return Weights(generation=0, step=step, network=network, encoder=layers("encoder"), decoder=decoder)


def codes_of(
    weights: Weights, samples: np.ndarray, told: Callable[[int], None] = lambda _done: None
) -> np.ndarray:
    """Codes of (n, d) uint8 or float32 samples in pieces, (n, code) float32; `told` how many are done.

    Raises JobFailed when they are not finite.
    """
    pieces = []
    for start in range(0, len(samples), PIECE_ROWS):
        told(start)
        pieces.append(encode(weights, as_unit(samples[start : start + PIECE_ROWS])))
    codes = np.concatenate(pieces)
    if not np.isfinite(codes).all():
        raise JobFailed("The code is not finite: the run has diverged. Rewind it and train on.")
    return codes
