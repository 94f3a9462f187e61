"""The surgery of the code on a run: which samples it looks at, and the run that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from fcae_gui.engine import losses
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.linear import is_linear_code
from fcae_gui.engine.network import activation, through
from fcae_gui.engine.state import RunState
from fcae_gui.engine.surgery import (
    Turn,
    narrowing,
    rotation,
    rotation_refusal,
    turned,
    widened,
)

if TYPE_CHECKING:
    from fcae_gui.engine.trainer import Trainer

AXES_ROWS = 60_000  # training samples whose codes give the principal axes
JUDGED_ROWS = 2_000  # training samples on which the least missed direction is found
PIECE_ROWS = 1_000


def spread_rows(n: int, most: int) -> np.ndarray:
    """At most so many rows of n, evenly spread: (k,) int64."""
    return np.arange(min(n, most), dtype=np.int64) * n // min(n, most)


def rotated(trainer: Trainer) -> tuple[RunState, str]:
    """The run with its code on its principal axes, and a line about it. ValueError when that cannot be."""
    refusal = rotation_refusal(trainer.config)
    if refusal:
        raise ValueError(refusal)
    state = trainer.snapshot()
    turn = rotation(_codes(trainer))
    depth = len(trainer.config.network.encoder_widths) + 1
    weights, moments = turned(state.weights, state.optimizer, depth, turn)
    text = "code rotated onto its principal axes, moments rotated too"
    return replace(state, weights=weights, optimizer=moments), text


def with_code(config: RunConfig, size: int) -> RunConfig:
    """The same run with a code of another size. ValueError when that cannot be."""
    if size == config.network.code_size:
        raise ValueError(f"the code has {size} numbers already")
    return replace(config.with_network(code_size=size), preset="")


def resized(trainer: Trainer, size: int) -> tuple[RunState, str]:
    """The run with a code of another size, and a line about it. ValueError when that cannot be.

    What a frozen encoder keeps is kept to the bit: it loses whole units, as an activated code does.
    """
    old = trainer.config.network
    config = with_code(trainer.config, size)
    state = trainer.snapshot()
    depth = len(old.encoder_widths) + 1
    text = f"code {old.code_size} -> {size}: "
    if size > old.code_size:
        seed = (config.seed, state.step, size)
        weights, moments = widened(state.weights, state.optimizer, depth, size, _hidden(trainer), seed=seed)
        text += "no output changed, moments of the new units reset"
    else:
        linear = is_linear_code(old) and not trainer.config.training.freeze_encoder
        turn = narrowing(_codes(trainer), size, _Judge(trainer), linear=linear)
        weights, moments = turned(state.weights, state.optimizer, depth, turn)
        out = old.code_size - size
        what = ("principal direction" if linear else "unit") + ("s" if out > 1 else "")
        text += f"{out} {what} held at the mean, moments {'rotated' if linear else 'kept'}"
    return replace(state, config=config, weights=weights, optimizer=moments), text


class _Judge:
    """The loss on JUDGED_ROWS training samples when the code is narrowed by a turn."""

    def __init__(self, trainer: Trainer) -> None:
        self._network, self._loss = trainer.network, trainer.config.training.loss
        self._x = trainer.samples("train", spread_rows(trainer.n_train, JUDGED_ROWS))
        with torch.no_grad():
            self._z = self._network.encode(self._x).cpu().numpy().astype(np.float64)  # sync point

    def __call__(self, turn: Turn) -> float:
        codes = torch.from_numpy(turn.held(self._z).astype(np.float32)).to(self._x.device)
        sigmoid = self._network.config.output_activation == "sigmoid"
        with torch.no_grad():
            logits = self._network.decode_logits(codes)
            return float(losses.measure(self._loss, sigmoid, logits, self._x)[0])  # sync point


def _codes(trainer: Trainer) -> np.ndarray:
    """Codes of the training samples, (n, code) float64."""
    return _of_training_samples(trainer, trainer.network.encode, AXES_ROWS)


def _hidden(trainer: Trainer) -> np.ndarray:
    """What the encoder's last layer sees, (n, in) float64, for as many samples as judge."""
    network = trainer.network
    before = network.layers("encoder")[:-1]
    activate = activation(network.config.activation, network.config.leaky_slope)

    def seen(x: Tensor) -> Tensor:
        h = through(before, x, activate)
        return h if not before or activate is None else activate(h)

    return _of_training_samples(trainer, seen, JUDGED_ROWS)


def _of_training_samples(trainer: Trainer, what: Callable[[Tensor], Tensor], most: int) -> np.ndarray:
    rows = spread_rows(trainer.n_train, most)
    with torch.no_grad():
        pieces = [
            what(trainer.samples("train", rows[start : start + PIECE_ROWS])).cpu().numpy()  # sync point
            for start in range(0, len(rows), PIECE_ROWS)
        ]
    return np.concatenate(pieces).astype(np.float64)
