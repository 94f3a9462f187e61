"""What a run can return to: where it stood some steps ago, and a copy of all that a step changes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

SHADOW_STEPS = 64  # a diverged run is replayed from the last shadow: at most so many steps are made twice


class DivergedError(ArithmeticError):
    """A step gave a loss or weights that are not finite; it has been undone, exactly."""


@dataclass(slots=True)
class Progress:
    """Where a run stands."""

    step: int = 0
    epoch: int = 0  # completed passes over the training data
    position: int = 0  # samples of the present epoch already seen
    epoch_began: int = 0  # the step at which the present epoch began
    last_epoch_began: int = 0


class Shadow:
    """A copy of a run's progress and of the tensors that a step changes; its memory is used again."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._tensors: list[Tensor] = []

    def due(self, progress: Progress) -> bool:
        """Whether so many steps have been made that the next copy is due."""
        return progress.step - self._progress.step >= SHADOW_STEPS

    def steps_left(self, progress: Progress) -> int:
        """Steps that may be made before the next copy is due."""
        return SHADOW_STEPS - (progress.step - self._progress.step)

    def take(self, progress: Progress, tensors: list[Tensor]) -> None:
        """Copy where the run stands."""
        if len(tensors) != len(self._tensors):
            self._tensors = [torch.empty_like(tensor) for tensor in tensors]
        for kept, tensor in zip(self._tensors, tensors, strict=True):
            kept.copy_(tensor)
        self._progress = replace(progress)

    def put_back(self, tensors: list[Tensor]) -> Progress:
        """Overwrite the tensors with the copy, and say where the run stands then."""
        for tensor, kept in zip(tensors, self._tensors, strict=True):
            tensor.copy_(kept)
        return replace(self._progress)


def all_finite(tensors: list[Tensor]) -> bool:
    """Whether every number is finite."""
    for tensor in tensors:
        # A sum is finite only if all its parts are; it may overflow, so the slow test has the last word.
        if not math.isfinite(tensor.sum().item()) and not bool(tensor.isfinite().all()):  # sync point
            return False
    return True
