"""What the directions tool asks of workers: decoded ends of its sliders, and maps of hidden layers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from fcae_gui.analysis.plane import Plane, principal_plane, units_plane
from fcae_gui.engine.decoder import decode, encode, hidden
from fcae_gui.engine.events import Weights

SLICE = 2_000  # rows that are encoded at a time: a few megabytes of activations
PLANE_ROWS = 2_000  # enough activations for two principal components of a thousand units


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsQuestion:
    """codes: (2 k, code size), the low ends and then the high ends; slots: (3, n_features) or None."""

    ticket: int
    weights: Weights
    codes: np.ndarray
    slots: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Decoded ends (k, d) each; sum: the code of a - b + c and what is decoded from it."""

    ticket: int
    generation: int
    low: np.ndarray
    high: np.ndarray
    sum_code: np.ndarray | None
    sum_pixels: np.ndarray | None


def decode_ends(question: EndsQuestion) -> Ends:
    """One batch for everything the panel shows."""
    count = len(question.codes)
    batch, total = question.codes, None
    if question.slots is not None:
        a, b, c = encode(question.weights, question.slots)
        total = (a - b + c).astype(np.float32)
        batch = np.concatenate([batch, total[None]])
    pixels = decode(question.weights, batch)
    return Ends(
        ticket=question.ticket,
        generation=question.weights.generation,
        low=pixels[: count // 2],
        high=pixels[count // 2 : count],
        sum_code=total,
        sum_pixels=pixels[count] if total is not None else None,
    )


LayerKey = tuple[int, int, int, str, int, int]  # generation, watch, layer, kind, units


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerQuestion:
    """Which view of which hidden layer; features (n, d) as stored, uint8 or float32."""

    key: LayerKey
    weights: Weights
    features: np.ndarray
    before: Plane | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMap:
    """Places (n, 2) of the samples on a plane of a hidden layer, and what it cost."""

    key: LayerKey
    plane: Plane
    places: np.ndarray
    step: int
    seconds: float


def map_layer(question: LayerQuestion) -> LayerMap:
    """Encode as far as the layer, in slices, and look at its first two components or at two units."""
    began = time.perf_counter()
    _, _, layer, kind, first, second = question.key
    weights, features = question.weights, question.features
    some = _activations(weights, features[:: max(1, -(-len(features) // PLANE_ROWS))], layer)
    width = some.shape[1]
    if kind == "units":
        plane = units_plane(some, first, second, word=f"layer {layer}, unit")
    else:
        plane = principal_plane(some, question.before)
        shares = [f"{100 * share:.0f} %" for share in plane.share]
        plane = replace(
            plane,
            texts=(
                f"layer {layer}: component 1 of {width} units ({shares[0]} of variance)",
                f"component 2 ({shares[1]})",
            ),
        )
    places = [
        plane.to_map(_activations(weights, features[start : start + SLICE], layer))
        for start in range(0, len(features), SLICE)
    ]
    return LayerMap(
        key=question.key,
        plane=replace(plane, layer=layer),
        places=np.concatenate(places),
        step=weights.step,
        seconds=time.perf_counter() - began,
    )


def _activations(weights: Weights, features: np.ndarray, layer: int) -> np.ndarray:
    if features.dtype == np.uint8:
        features = features.astype(np.float32) / np.float32(255.0)
    return hidden(weights, features, layer)
