"""How the decoder was: copies of it at steps that grow geometrically, so that any place has a past."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from fcae_gui.engine.events import Weights

FRAMES = 11  # with the newest one twelve
LEAST_FRAMES = 3
MAX_BYTES = 48_000_000  # of kept decoders: a very large network gets fewer frames
LEAST_GAP = 0.25  # powers of two between two frames: the first ones are near enough to each other


class Film:
    """Of every published network the decoder is kept, when it is enough steps after the last kept one.

    When there are too many, the one goes whose loss leaves the steps most evenly spaced on a logarithmic
    scale; the first and the last one stay.
    """

    def __init__(self) -> None:
        self._kept: list[Weights] = []

    @property
    def frames(self) -> tuple[Weights, ...]:
        """The kept networks without their encoders, the oldest first."""
        return tuple(self._kept)

    def clear(self) -> None:
        """Another network: its past begins now."""
        self._kept.clear()

    def see(self, weights: Weights) -> bool:
        """Consider a newly published network; True when the frames have changed."""
        before = len(self._kept)
        while self._kept and self._kept[-1].step > weights.step:  # a run that went back
            self._kept.pop()
        cut = len(self._kept) != before
        if self._kept and self._gap(weights.step) < self._wanted_gap(weights.step):
            return cut
        self._kept.append(_decoder_of(weights))
        if len(self._kept) > _most_frames(weights):
            places = np.log2(np.array([one.step for one in self._kept]) + 1.0)
            gaps = np.diff(places)
            del self._kept[1 + int(np.argmin(gaps[:-1] * gaps[1:]))]
        return True

    def _gap(self, step: int) -> float:
        return math.log2((step + 1) / (self._kept[-1].step + 1))

    @staticmethod
    def _wanted_gap(step: int) -> float:
        return max(LEAST_GAP, math.log2(step + 1) / FRAMES)


def _most_frames(weights: Weights) -> int:
    size = sum(weight.nbytes + bias.nbytes for weight, bias in weights.decoder)
    return min(max(MAX_BYTES // max(1, size), LEAST_FRAMES), FRAMES)


def _decoder_of(weights: Weights) -> Weights:
    """Its own copy: the published arrays are pieces of one that holds the encoder too."""
    layers = tuple((weight.copy(), bias.copy()) for weight, bias in weights.decoder)
    return replace(weights, encoder=(), decoder=layers)
