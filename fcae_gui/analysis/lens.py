"""A loss taken apart: what every single pixel of one sample contributes, in double precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

LOSSES = ("mse", "l1", "bce")


def sigmoid(logits: Array) -> Array:
    """1 / (1 + exp(-a)) for every a, however large: float64 of the same shape."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logits, np.float64)))


def squared(x: Array, output: Array) -> Array:
    """(x_hat - x)^2 per value."""
    away = np.asarray(output, np.float64) - np.asarray(x, np.float64)
    return away * away


def absolute(x: Array, output: Array) -> Array:
    """|x_hat - x| per value."""
    return np.abs(np.asarray(output, np.float64) - np.asarray(x, np.float64))


def cross_entropy(x: Array, logits: Array) -> Array:
    """-x ln(p) - (1 - x) ln(1 - p) per value, with p = sigmoid(logits); finite however large they are."""
    x, a = np.asarray(x, np.float64), np.asarray(logits, np.float64)
    return np.maximum(a, 0.0) - a * x + np.log1p(np.exp(-np.abs(a)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One sample under the lens, all arrays (d,) float64.

    logits: what the last layer gives, before the output activation
    terms:  by loss, what each value contributes; None where the loss is not defined
    sums:   by loss, the sum of its terms; divided by d it is the mean that a network is trained on
    below, above: how many outputs lie under 0 and over 1; bounded: a sigmoid keeps them inside
    """

    x: Array
    output: Array
    logits: Array
    terms: dict[str, Array | None]
    sums: dict[str, float | None]
    below: int
    above: int
    bounded: bool

    @property
    def outside(self) -> int:
        """How many outputs lie outside [0, 1]."""
        return self.below + self.above

    @property
    def share_outside(self) -> float:
        """The same as a share of all values, 0 to 1."""
        return self.outside / len(self.x)


def read(x: Array, logits: Array, *, has_sigmoid: bool) -> Reading:
    """Take the losses of one sample x (d,) apart, given the last layer's values (d,).

    Cross-entropy needs a sigmoid output and targets in [0, 1]. Raises ValueError for unequal shapes.
    """
    x, logits = np.asarray(x, np.float64), np.asarray(logits, np.float64)
    if x.shape != logits.shape or x.ndim != 1 or not len(x):
        raise ValueError(f"x and logits must be equally long vectors, got {x.shape} and {logits.shape}")
    output = sigmoid(logits) if has_sigmoid else logits
    defined = has_sigmoid and float(x.min()) >= 0.0 and float(x.max()) <= 1.0
    terms: dict[str, Array | None] = {
        "mse": squared(x, output),
        "l1": absolute(x, output),
        "bce": cross_entropy(x, logits) if defined else None,
    }
    return Reading(
        x=x,
        output=output,
        logits=logits,
        terms=terms,
        sums={name: None if term is None else float(term.sum()) for name, term in terms.items()},
        below=int(np.count_nonzero(output < 0.0)),
        above=int(np.count_nonzero(output > 1.0)),
        bounded=has_sigmoid,
    )
