"""Adam, AdamW and SGD on one flat tensor of weights, and the learning rate as a pure function of progress."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from fcae_gui.engine.config import TrainingConfig
from fcae_gui.engine.network import Pieces

BETAS = (0.9, 0.999)
EPSILON = 1e-8
STATE_NAMES = {"adam": ("exp_avg", "exp_avg_sq"), "adamw": ("exp_avg", "exp_avg_sq"), "sgd": ("momentum",)}


def learning_rate(training: TrainingConfig, step: int, epoch: float) -> float:
    """The rate of the step after `step` steps and `epoch` passes (with fraction) over the data.

    Warm-up rises linearly over warmup_steps; cosine falls from there to 0 at the target (Loshchilov and
    Hutter 2017, without restarts).
    """
    rate = training.learning_rate
    if training.schedule == "constant":
        return rate
    if step < training.warmup_steps:
        rate *= (step + 1) / training.warmup_steps
    if training.schedule == "cosine" and training.epochs is not None:
        rate *= 0.5 * (1.0 + math.cos(math.pi * min(1.0, epoch / training.epochs)))
    return rate


class Optimiser:
    """The moments of one optimiser, and the step they make: fused kernels, one call for the whole network.

    Weights, gradients and moments are flat tensors (pieces.size,); the padding between them stays 0.
    """

    def __init__(self, training: TrainingConfig, pieces: Pieces, weights: Tensor, gradients: Tensor) -> None:
        self.kind = training.optimizer
        self._pieces = pieces
        self._weights, self._gradients = weights, gradients
        self.moments = {name: torch.zeros_like(weights) for name in STATE_NAMES[self.kind]}
        self.count = torch.zeros((), device=weights.device)  # float32: steps made, for Adam's bias correction
        self.configure(training)

    def configure(self, training: TrainingConfig) -> None:
        """Take another momentum or weight decay, freeze the encoder or free it; the moments stay.

        The kind must be the same.
        """
        self.momentum, self.decay = training.momentum, training.weight_decay
        # The encoder comes first: what is frozen is left out of the one call, moments and all.
        start = self._pieces.start_of("decoder.0.weight") if training.freeze_encoder else 0
        self.moved = [self._weights[start:]]
        self.slopes = [self._gradients[start:]]
        self._kept = {name: [moment[start:]] for name, moment in self.moments.items()}
        if self.kind == "sgd" and self.momentum == 0.0:
            self.moments["momentum"].zero_()  # what was gathered must not come back with a later momentum

    @property
    def moved_moments(self) -> tuple[list[Tensor], list[Tensor]]:
        """First and second moments of what is moved; an empty list for what the optimiser does not keep."""
        if self.kind == "sgd":
            return (self._kept["momentum"] if self.momentum else [], [])
        return self._kept["exp_avg"], self._kept["exp_avg_sq"]

    def apply(self, rate: float | Tensor) -> None:
        """One step on the gradients as they are; a tensor as rate can be changed inside a CUDA graph."""
        if self.kind == "sgd":
            torch._fused_sgd_(
                self.moved, self.slopes, self._kept["momentum"] if self.momentum else [],
                weight_decay=self.decay, momentum=self.momentum, lr=rate, dampening=0.0,
                nesterov=False, maximize=False, is_first_step=False,
            )  # fmt: skip
            return
        self.count.add_(1.0)
        step = torch._fused_adamw_ if self.kind == "adamw" else torch._fused_adam_
        step(
            self.moved, self.slopes, self._kept["exp_avg"], self._kept["exp_avg_sq"], [],
            [self.count], lr=rate, beta1=BETAS[0], beta2=BETAS[1], weight_decay=self.decay, eps=EPSILON,
            amsgrad=False, maximize=False,
        )  # fmt: skip

    def tensors(self) -> dict[str, Tensor]:
        """By name, such as "encoder.0.weight.exp_avg", as views; and the count of steps as "step" (1,)."""
        result = {
            f"{weight}.{name}": view
            for name, flat in self.moments.items()
            for weight, view in self._pieces.views(flat).items()
        }
        if self.kind != "sgd":
            result["step"] = self.count.view(1)
        return result
