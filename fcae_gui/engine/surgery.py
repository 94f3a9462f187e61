"""What can be done to a code without training: turn it, widen it, narrow it. Plain arrays, in float64.

A linear code z (d,) stands between the encoder's last layer and the decoder's first. With m the mean code and
Q (d, k) orthonormal directions, z' = Q^T (z - m) + m' is a code too, and the decoder's first layer can be
rewritten so that it makes of z' what it made of m + Q Q^T (z - m): the same for a full rotation, and for
fewer directions the same with the missing ones held at their mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.linear import is_linear_code

Arrays = dict[str, np.ndarray]
FIRST_MOMENTS = ("exp_avg", "momentum")  # they turn as gradients do; the others are means of squares
NEW_UNIT_SPREAD = 0.5  # of the spread that the code has: large enough to learn from, too small to jump


def rotation_refusal(config: RunConfig) -> str:
    """Why the code cannot be rotated, in one sentence; empty when it can."""
    if config.training.freeze_encoder:
        return "The encoder is frozen, and turning the code would rewrite its weights: let it learn first."
    if is_linear_code(config.network):
        return ""
    return (
        "The code is activated unit by unit, so turning it would change what the decoder sees; "
        "only a linear code (code activation none) can be rotated."
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """Another basis of the code: z' = axes^T (z - mean) + new_mean, for axes (d, k) and means (d,), (k,)."""

    axes: np.ndarray
    mean: np.ndarray
    new_mean: np.ndarray

    @property
    def offset(self) -> np.ndarray:
        """What z' is for z = 0, (k,)."""
        return self.new_mean - self.axes.T @ self.mean

    def codes(self, z: np.ndarray) -> np.ndarray:
        """Old codes (n, d) in the new basis, (n, k)."""
        return (z - self.mean) @ self.axes + self.new_mean

    def held(self, z: np.ndarray) -> np.ndarray:
        """Old codes (n, d) as the old decoder has to see them to do what the new one does, (n, d)."""
        return self.mean + (z - self.mean) @ self.axes @ self.axes.T


def principal_axes(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean (d,), axes (d, d)) of codes (n, d): orthonormal columns by falling variance.

    Each axis points to where it has a positive share of the unit that it replaces, so that a map turns by at
    most a quarter and is not mirrored.
    """
    codes = np.asarray(codes, np.float64)
    mean = codes.mean(0)
    centred = codes - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)  # by rising variance
    axes = vectors[:, ::-1].copy()
    axes *= np.where(np.diag(axes) < 0.0, -1.0, 1.0)
    return mean, axes


def rotation(codes: np.ndarray) -> Turn:
    """The turn onto the principal axes of codes (n, d); the mean code stays where it is."""
    mean, axes = principal_axes(codes)
    return Turn(axes, mean, mean)


def narrowing(codes: np.ndarray, size: int, loss_of: Callable[[Turn], float], *, linear: bool = True) -> Turn:
    """The turn that leaves `size` directions of codes (n, d): one after the other is held at its mean.

    Each time it is the one whose removal raises the loss least; loss_of(turn) measures it. The directions are
    the principal axes of a linear code, and the single units of an activated one.
    """
    d = codes.shape[1]
    if not 1 <= size < d:
        raise ValueError(f"a code of {d} can be narrowed to 1 to {d - 1} numbers, got {size}")
    if linear:
        mean, axes = principal_axes(codes)
    else:
        mean, axes = np.asarray(codes, np.float64).mean(0), np.eye(d)
    kept = list(range(d))
    missed = dict.fromkeys(kept, -np.inf)  # what the loss would rise by, as last measured
    loss = loss_of(Turn(axes, mean, mean))
    while len(kept) > size:
        least = -1
        # What is left is missed the more: a direction that was missed more before is not asked again.
        for out in sorted(kept, key=missed.__getitem__):
            if least >= 0 and missed[out] >= missed[least]:
                break
            rest = [k for k in kept if k != out]
            missed[out] = loss_of(Turn(axes[:, rest], mean, mean[rest])) - loss
            if least < 0 or missed[out] < missed[least]:
                least = out
        kept.remove(least)
        loss += missed[least]
    return Turn(axes[:, kept], mean, mean[kept])


def turned(weights: Arrays, moments: Arrays, depth: int, turn: Turn) -> tuple[Arrays, Arrays]:
    """Weights and moments (by name, as in a RunState) of the same network with the turned code.

    depth: layers of the encoder. First moments turn exactly as gradients do. The means of squares are carried
    over as if the gradients of two units were uncorrelated: only Adam's scale of a step is at stake.
    """
    inner, outer = f"encoder.{depth - 1}", "decoder.0"
    axes, offset = turn.axes, turn.offset
    old = {
        name: np.asarray(value, np.float64)
        for name, value in weights.items()
        if name.startswith((inner, outer))
    }
    new = dict(weights)
    new[f"{inner}.weight"] = _single(axes.T @ old[f"{inner}.weight"])  # (k, in)
    new[f"{inner}.bias"] = _single(axes.T @ old[f"{inner}.bias"] + offset)  # (k,)
    new[f"{outer}.weight"] = _single(old[f"{outer}.weight"] @ axes)  # (out, k)
    new[f"{outer}.bias"] = _single(
        old[f"{outer}.bias"] + old[f"{outer}.weight"] @ (turn.mean - axes @ turn.new_mean)
    )
    new_moments = dict(moments)
    for name in _moment_names(moments):
        mix, shift = (axes, offset) if name in FIRST_MOMENTS else (axes**2, offset**2)
        into = f"{outer}.weight.{name}"
        new_moments[into] = _single(
            np.asarray(moments[into], np.float64) @ mix
            + np.outer(np.asarray(moments[f"{outer}.bias.{name}"], np.float64), shift)
        )
        for part in ("weight", "bias"):
            key = f"{inner}.{part}.{name}"
            new_moments[key] = _single(mix.T @ np.asarray(moments[key], np.float64))
    return new, new_moments


def widened(
    weights: Arrays, moments: Arrays, depth: int, size: int, hidden: np.ndarray, *, seed: Sequence[int]
) -> tuple[Arrays, Arrays]:
    """Weights and moments of the same network with a code of `size`, whose function is the same.

    The decoder does not listen to the new units yet (zero columns). They see the last hidden layer through
    random weights and are 0 on average; hidden (n, in) is what that layer (or the input) gives for some
    samples. Their means of squares are those of the other units, so that their first steps are no jumps.
    """
    inner, outer = f"encoder.{depth - 1}", "decoder.0"
    weight = np.asarray(weights[f"{inner}.weight"], np.float64)
    extra = size - len(weight)
    if extra < 1:
        raise ValueError(f"a code of {len(weight)} cannot be widened to {size}")
    hidden = np.asarray(hidden, np.float64)
    mean = hidden.mean(0)
    rows = np.random.default_rng(list(seed)).normal(size=(extra, weight.shape[1]))
    spread = ((hidden - mean) @ rows.T).std(0)
    usual = float(((hidden - mean) @ weight.T).std(0).mean())
    rows *= (NEW_UNIT_SPREAD * usual / np.where(spread > 0.0, spread, 1.0))[:, None]
    new = dict(weights)
    new[f"{inner}.weight"] = _single(np.vstack([weight, rows]))
    new[f"{inner}.bias"] = _single(np.concatenate([weights[f"{inner}.bias"], -rows @ mean]))
    silent = np.zeros((len(weights[f"{outer}.weight"]), extra))
    new[f"{outer}.weight"] = _single(np.hstack([weights[f"{outer}.weight"], silent]))
    new_moments = dict(moments)
    for name in _moment_names(moments):
        squares = name not in FIRST_MOMENTS
        for key, axis in ((f"{inner}.weight", 0), (f"{inner}.bias", 0), (f"{outer}.weight", 1)):
            value = np.asarray(moments[f"{key}.{name}"], np.float64)
            typical = value.mean(axis, keepdims=True) * squares
            added = np.repeat(typical, extra, axis)
            new_moments[f"{key}.{name}"] = _single(np.concatenate([value, added], axis))
    return new, new_moments


def _moment_names(moments: Arrays) -> list[str]:
    return sorted({name.rpartition(".")[2] for name in moments if name != "step"})


def _single(value: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(value, np.float32)
