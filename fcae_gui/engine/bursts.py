"""Several training steps in one call that leaves the interpreter alone, so that a window costs little.

Made of some 45 calls, a step gives the interpreter away as often and must get it back each time; a window
that paints for a third of the time then takes a quarter of the trainer's (measured; 12 % with one call a
step). So the same calls, in the same order and with the same bits, are compiled as TorchScript. Where that
is not to be had, or for what it does not cover, the trainer makes its steps one by one.
"""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, List  # noqa: UP035 - TorchScript reads these names

import numpy as np
import torch
from torch import Tensor

from fcae_gui.engine.optimisers import BETAS, EPSILON

if TYPE_CHECKING:
    from fcae_gui.engine.batches import DeviceSamples
    from fcae_gui.engine.optimisers import Optimiser
    from fcae_gui.engine.passes import Pass

log = logging.getLogger(__name__)
MOST_STEPS = 64
_KINDS = {"none": 0, "leaky_relu": 1, "relu": 2, "elu": 3, "silu": 4, "tanh": 5, "sigmoid": 6}
_LOSSES = {"mse": 0, "bce": 1, "l1": 2}
_OPTIMISERS = {"adam": 0, "adamw": 1, "sgd": 2}


def _steps(
    data: Tensor, gathered: Tensor, order: Tensor, start: int, rates: List[float],  # noqa: UP006
    x: Tensor, weights: List[Tensor], transposed: List[Tensor], biases: List[Tensor],  # noqa: UP006
    weight_gradients: List[Tensor], bias_gradients: List[Tensor],  # noqa: UP006
    befores: List[Tensor], outputs: List[Tensor], deltas: List[Tensor], spare: Tensor,  # noqa: UP006
    kinds: List[int], slope: float, sigmoid: bool, loss: int, first_learning: int,  # noqa: UP006
    moved: List[Tensor], slopes: List[Tensor], first: List[Tensor], second: List[Tensor],  # noqa: UP006
    count: Tensor, optimiser: int, momentum: float, decay: float, beta1: float, beta2: float, epsilon: float,
    values: Tensor,
) -> int:  # fmt: skip
    """Steps made, at most len(rates); `values` gets their losses. One that is not finite is not made."""
    batch = x.size(0)
    n = x.numel()
    last = len(weights) - 1
    done = 0
    for k in range(len(rates)):
        rows = order.narrow(0, start + k * batch, batch)
        if data.dtype == torch.uint8:
            torch.index_select(data, 0, rows, out=gathered)
            torch.div(gathered, 255.0, out=x)
        else:
            torch.index_select(data, 0, rows, out=x)
        h = x
        for i in range(last + 1):
            torch.addmm(biases[i], h, transposed[i], out=befores[i])
            h = outputs[i]
            kind = kinds[i]
            if kind == 1:
                torch.ops.aten.leaky_relu_(h, slope)
            elif kind == 2:
                torch.ops.aten.relu_(h)
            elif kind == 3:
                torch.ops.aten.elu_(h)
            elif kind == 4:
                torch.ops.aten.silu(befores[i], out=h)
            elif kind == 5:
                torch.ops.aten.tanh_(h)
            elif kind == 6:
                torch.ops.aten.sigmoid_(h)
        gradient = deltas[last]
        factor = 1.0 / n
        if loss == 1:
            torch.sigmoid(h, out=gradient)
            torch.round(gradient, out=spare).sub_(x)
            wrong_side = torch.dot(h.view(-1), spare.view(-1))
            torch.neg(gradient, out=spare).add_(1.0)
            torch.maximum(gradient, spare, out=spare)
            group = 1  # the largest power of two that divides the count, at most 64
            while group < 64 and n % (2 * group) == 0:
                group *= 2
            value = (wrong_side - spare.view(group, -1).prod(0).log_().sum()) / n
            gradient.sub_(x)
        else:
            if sigmoid:
                torch.ops.aten.sigmoid_(h)
            torch.sub(h, x, out=gradient)
            all_errors = gradient.view(-1)
            if loss == 0:
                value = torch.dot(all_errors, all_errors) / n
                factor = 2.0 / n
            else:
                value = all_errors.abs().sum() / n
                gradient.sign_()
            if sigmoid:
                torch.ops.aten.sigmoid_backward(gradient, h, grad_input=gradient)
        number = float(value.item())
        if number - number != 0.0:
            return done
        values[done] = value
        for j in range(last + 1 - first_learning):
            i = last - j
            delta = deltas[i]
            if i > 0:
                torch.mm(delta.t(), outputs[i - 1], out=weight_gradients[i])
            else:
                torch.mm(delta.t(), x, out=weight_gradients[i])
            torch.sum(delta, [0], out=bias_gradients[i])
            if i > first_learning:
                g = deltas[i - 1]
                torch.mm(delta, weights[i], out=g)
                y = outputs[i - 1]
                kind = kinds[i - 1]
                if kind == 1 and slope != 0.0:
                    torch.ops.aten.leaky_relu_backward(g, y, slope, True, grad_input=g)
                elif kind == 1 or kind == 2:  # noqa: PLR1714 - TorchScript knows no sets
                    torch.ops.aten.threshold_backward(g, y, 0, grad_input=g)
                elif kind == 3:
                    torch.ops.aten.elu_backward(g, 1.0, 1.0, 1.0, True, y, grad_input=g)
                elif kind == 4:
                    torch.ops.aten.silu_backward(g, befores[i - 1], grad_input=g)
                elif kind == 5:
                    torch.ops.aten.tanh_backward(g, y, grad_input=g)
                elif kind == 6:
                    torch.ops.aten.sigmoid_backward(g, y, grad_input=g)
        slopes[0].mul_(factor)
        if optimiser == 2:
            torch.ops.aten._fused_sgd_(
                moved, slopes, first, weight_decay=decay, momentum=momentum, lr=rates[k],
                dampening=0.0, nesterov=False, maximize=False, is_first_step=False,
            )  # fmt: skip
        else:
            count.add_(1.0)
            if optimiser == 1:
                torch.ops.aten._fused_adamw_(
                    moved, slopes, first, second, [], [count], lr=rates[k], beta1=beta1, beta2=beta2,
                    weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False,
                )  # fmt: skip
            else:
                torch.ops.aten._fused_adam_(
                    moved, slopes, first, second, [], [count], lr=rates[k], beta1=beta1, beta2=beta2,
                    weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False,
                )  # fmt: skip
        done += 1
    return done


@functools.cache
def compiled() -> Callable[..., int] | None:
    """The steps as one call, or None where this torch cannot compile them. Takes 0.2 s the first time."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is deprecated in favour of what needs a C++ compiler
            return torch.jit.script(_steps)  # type: ignore[no-any-return]
    except Exception:
        log.info("steps are made one by one: this torch cannot compile them", exc_info=True)
        return None


class Burst:
    """The training step of one pass, its data and its optimiser, made many times in one call; CPU only."""

    def __init__(self, work: Pass, samples: DeviceSamples, optimiser: Optimiser, loss: str) -> None:
        """Raises RuntimeError where this torch cannot compile the steps."""
        self._run = compiled()
        if self._run is None:
            raise RuntimeError("this torch cannot compile the training step")
        config = work.config
        data = samples.data
        self._data = data
        self._gathered = torch.empty(work.x.shape, dtype=data.dtype)
        kinds = [_KINDS[kind] for kind in work.kinds]
        self._network = (
            work.x, work.weights, work.transposed, work.biases, work.weight_gradients, work.bias_gradients,
            work.befores, work.outputs, work.deltas, work.spare, kinds, config.leaky_slope,
            config.output_activation == "sigmoid", _LOSSES[loss], work.first_learning,
        )  # fmt: skip
        self._optimiser = optimiser
        self._values = torch.empty(MOST_STEPS)

    @property
    def batch(self) -> int:
        """Samples in each step."""
        return len(self._network[0])

    def run(self, order: Tensor, start: int, rates: list[float]) -> np.ndarray:
        """Make len(rates) steps, at most MOST_STEPS, on the samples of order (n,) int64 from `start` on.

        Returns the losses of the steps made, (k,) float32: fewer than asked for when the next one would not
        be finite; that step has changed nothing.
        """
        assert self._run is not None
        optimiser = self._optimiser
        done = self._run(
            self._data, self._gathered, order, start, rates, *self._network,
            optimiser.moved, optimiser.slopes, *optimiser.moved_moments, optimiser.count,
            _OPTIMISERS[optimiser.kind], optimiser.momentum, optimiser.decay, *BETAS, EPSILON, self._values,
        )  # fmt: skip
        return self._values[:done].numpy().copy()
