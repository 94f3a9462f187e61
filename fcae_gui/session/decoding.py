"""From a place on the map to pixels, by the newest published weights: at once, or on a worker when large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fcae_gui.engine.decoder import decode
from fcae_gui.engine.events import Weights
from fcae_gui.session.latest import LatestWorker

# Decoders up to this size answer in under 3 ms in numpy, which is less than handing the work to a thread and
# waiting for the next frame; larger ones would be felt while dragging.
INLINE_PARAMETERS = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """pixels (d,) float32 of the code z (code_size,) at the place xy of the map, by the weights of `step`."""

    generation: int
    step: int
    xy: tuple[float, float]
    z: np.ndarray
    pixels: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    weights: Weights
    xy: tuple[float, float]
    z: np.ndarray


def _decode(request: _Request) -> Decoded:
    return Decoded(
        generation=request.weights.generation,
        step=request.weights.step,
        xy=request.xy,
        z=request.z,
        pixels=decode(request.weights, request.z[None, :])[0],
    )


class DecodeService:
    """Latest wins: a newer place replaces one that is still waiting."""

    def __init__(self) -> None:
        self._worker: LatestWorker[_Request, Decoded] = LatestWorker("fcae-decode", _decode)

    def request(self, weights: Weights, z: np.ndarray, xy: tuple[float, float]) -> Decoded | None:
        """The answer when the decoder is small; None when it comes from `take` later."""
        request = _Request(weights=weights, xy=xy, z=z)
        if sum(layer[0].size for layer in weights.decoder) <= INLINE_PARAMETERS:
            return _decode(request)
        self._worker.ask(request)
        return None

    def take(self) -> Decoded | None:
        """An answer of the worker, once."""
        return self._worker.take()

    def close(self) -> bool:
        """End the worker."""
        return self._worker.close()
