"""The code that decodes to wanted pixels: damped Gauss-Newton steps through the decoder, in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import Weights

Array = np.ndarray

MAX_CODE = 128  # the Jacobian has this many columns at most: above, a step would be felt
FEW_STEPS = 4  # for one move of a hand; the next frame goes on from there
MANY_STEPS = 40  # once the hand is off
ATTEMPTS = 5  # for each step, while the damping is found
FIRST_DAMPING = 1e-3  # of the curvature's diagonal
MOST_DAMPING = 1e8  # beyond it no step helps any more
WORTH_A_JUMP = 0.01  # of the cost: for less the cursor does not leave its valley
SMALL_GAIN = 1e-6  # of the cost: what is left to win cannot be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """Where a solution stands.

    z: (code,) float32; pixels: (d,) float32 decoded from it; cost: weighted sum of squared differences
    steps: accepted ones; done: whether more steps would change nothing that can be seen
    """

    z: Array
    pixels: Array
    cost: float
    steps: int
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Leash:
    """Adds sum(stiffness * (z - home)^2) to the cost, both (code,): without it a long code runs far off the
    data for the last thousandth of a pixel."""

    home: Array
    stiffness: Array


def solve(
    weights: Weights,
    z: Array,
    target: Array,
    importance: Array,
    *,
    leash: Leash | None = None,
    steps: int = FEW_STEPS,
) -> Solved:
    """Minimise sum(importance * (decode(z) - target)^2) from the code z by Levenberg-Marquardt.

    z (code,), target (d,), importance (d,) >= 0. Takes at most `steps` steps and never ends worse than it
    began. Raises ValueError when the code has more than MAX_CODE numbers or a size does not fit.
    """
    network = weights.network
    if network.code_size > MAX_CODE:
        raise ValueError(f"codes of up to {MAX_CODE} numbers can be solved for, got {network.code_size}")
    if target.shape != (network.input_size,) or importance.shape != (network.input_size,):
        raise ValueError(f"expected {network.input_size} pixels, got {target.shape} and {importance.shape}")
    z = np.asarray(z, np.float32)
    pixels, slopes = decode_with_slopes(weights, z)
    if leash is None:
        leash = Leash(home=z, stiffness=np.zeros(len(z), np.float32))
    cost = _cost(pixels, target, importance) + _pull(leash, z)
    damping, accepted, done = FIRST_DAMPING, 0, False
    curvature, downhill = _normal_equations(pixels, slopes, target, importance, leash, z)
    for _ in range(ATTEMPTS * steps):  # an attempt that fails costs a decode, a step a Jacobian too
        if not np.isfinite(cost) or accepted == steps:
            break
        diagonal = np.diag(curvature)
        floor = max(float(diagonal.max(initial=0.0)), 1e-12) * 1e-6  # a dead direction must not run away
        step = np.linalg.solve(curvature + np.diag(damping * np.maximum(diagonal, floor) + 1e-12), downhill)
        trial = (z + step).astype(np.float32)
        trial_pixels = decode(weights, trial[None])[0]
        trial_cost = _cost(trial_pixels, target, importance) + _pull(leash, trial)
        if trial_cost < cost:
            gain = cost - trial_cost
            done = gain <= SMALL_GAIN * cost
            z, cost = trial, trial_cost
            accepted += 1
            damping = max(damping / 5.0, 1e-9)
            pixels, slopes = decode_with_slopes(weights, z)
            curvature, downhill = _normal_equations(pixels, slopes, target, importance, leash, z)
        else:
            damping *= 6.0
            done = damping > MOST_DAMPING or float(np.abs(step).max(initial=0.0)) < 1e-7
        if done:
            break
    return Solved(z=z, pixels=pixels, cost=cost, steps=accepted, done=done)


def settle(
    weights: Weights,
    z: Array,
    target: Array,
    importance: Array,
    *,
    leash: Leash | None = None,
    steps: int = MANY_STEPS,
) -> Solved:
    """The same to the bottom, also from where the encoder puts the target: the better of the two.

    A decoder is not convex: from one start alone about one edit in fifty ends in a side valley.
    """
    first = solve(weights, z, target, importance, leash=leash, steps=steps)
    guess = encode(weights, target[None])[0]
    second = solve(weights, guess, target, importance, leash=leash, steps=steps)
    return second if second.cost < (1.0 - WORTH_A_JUMP) * first.cost else first


def decode_with_slopes(weights: Weights, z: Array) -> tuple[Array, Array]:
    """The decoded sample (d,) of the code z (code,), and its derivatives by every code unit (d, code).

    Forward accumulation: the slopes of all code units go through the layers beside the sample itself.
    """
    network = weights.network
    x = np.asarray(z, np.float32)
    if x.shape != (network.code_size,):
        raise ValueError(f"expected a code of {network.code_size} numbers, got shape {x.shape}")
    slopes: Array | None = None
    for i, (weight, bias) in enumerate(weights.decoder):
        if i:
            x, bend = _bent(x, network.activation, network.leaky_slope)
            if slopes is not None and bend is not None:
                slopes = slopes * bend[:, None]  # (width, code)
        x = weight @ x + bias
        slopes = weight if slopes is None else weight @ slopes  # (width, code)
    assert slopes is not None
    x, bend = _bent(x, network.output_activation, 0.0)
    return x, slopes if bend is None else slopes * bend[:, None]


def _bent(x: Array, name: str, slope: float) -> tuple[Array, Array | None]:
    """An activation and its derivative at x; None for a derivative of one everywhere."""
    one = np.float32(1)
    if name == "none":
        return x, None
    if name in ("leaky_relu", "relu"):
        low = np.float32(slope if name == "leaky_relu" else 0.0)
        bend = np.where(x > 0, one, low)
        return x * bend, bend
    if name == "elu":
        below = np.exp(np.minimum(x, 0))
        return np.where(x > 0, x, below - one), np.where(x > 0, one, below)
    if name == "tanh":
        y = np.tanh(x)
        return y, one - y * y
    y = (np.tanh(x * np.float32(0.5)) + one) * np.float32(0.5)  # the sigmoid, without overflow
    if name == "sigmoid":
        return y, y * (one - y)
    if name == "silu":
        return x * y, y + x * y * (one - y)
    raise ValueError(f"unknown activation {name!r}")


def _cost(pixels: Array, target: Array, importance: Array) -> float:
    away = (pixels - target).astype(np.float64)
    return float(importance.astype(np.float64) @ (away * away))


def _pull(leash: Leash, z: Array) -> float:
    away = (z - leash.home).astype(np.float64)
    return float(leash.stiffness.astype(np.float64) @ (away * away))


def _normal_equations(
    pixels: Array, slopes: Array, target: Array, importance: Array, leash: Leash, z: Array
) -> tuple[Array, Array]:
    """Gauss-Newton's matrix (code, code) and the direction downhill (code,), in float64."""
    weighted = slopes * importance[:, None]  # (d, code)
    curvature = (weighted.T @ slopes).astype(np.float64) + np.diag(leash.stiffness.astype(np.float64))
    downhill = weighted.T @ (target - pixels) + leash.stiffness * (leash.home - z)
    return curvature, downhill.astype(np.float64)
