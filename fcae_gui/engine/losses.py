"""Losses and their gradients with respect to the logits, written out: a third of the time autograd needs.

Every loss is the mean over all samples and features of a batch. `value_and_gradient` fills the gradient in
place; torch's own losses are the reference in the tests.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def value_and_gradient(loss: str, sigmoid: bool, logits: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """The loss as a 0-dim tensor, and its gradient (n, d) with respect to the logits (n, d)."""
    n = x.numel()
    output = torch.sigmoid(logits) if sigmoid else logits
    if loss == "bce":
        value = bce_sum(logits, output, x).div_(n)
        return value, torch.sub(output, x).div_(n)
    error = output - x
    if loss == "mse":
        flat = error.view(-1)
        value = torch.dot(flat, flat).div_(n)
        error.mul_(2.0 / n)
    else:
        value = error.abs().sum().div_(n)
        error.sign_().div_(n)
    if sigmoid:
        error = torch.ops.aten.sigmoid_backward(error, output)
    return value, error


def bce_sum(logits: Tensor, output: Tensor, x: Tensor) -> Tensor:
    """Sum of the cross-entropies of output = sigmoid(logits) with targets x."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum")


def measure(loss: str, sigmoid: bool, logits: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """(sum of the loss over all samples and features, sum of squared errors), 0-dim float64 tensors."""
    output = torch.sigmoid(logits) if sigmoid else logits
    error = output - x
    sse = error.square().sum(dtype=torch.float64)
    if loss == "mse":
        return sse, sse
    if loss == "l1":
        return error.abs().sum(dtype=torch.float64), sse
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dtype=torch.float64), sse
