"""A run that stands still: everything needed to go on exactly where it stopped, as plain host values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fcae_gui.engine.config import RunConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRecord:
    """A live change: it took effect after `step` steps; `config` is what held from then on."""

    step: int
    config: RunConfig
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """A complete copy of a run between two steps.

    weights:   by name, such as "encoder.0.weight" (out, in), "encoder.0.bias" (out,), float32
    optimizer: by name, such as "encoder.0.weight.exp_avg"; empty before the first step
    position:  samples of the current epoch already seen; the order is a function of (seed, epoch)
    """

    config: RunConfig
    initial_config: RunConfig
    step: int
    epoch: int
    position: int
    weights: dict[str, np.ndarray]
    optimizer: dict[str, np.ndarray]
    train_losses: np.ndarray  # (step,) float32
    test_losses: np.ndarray  # (k, 3) float64: step, loss, sum of squared errors per image
    edits: tuple[EditRecord, ...] = ()
    data_fingerprint: str = ""
    n_train: int = 0
    ended: str = ""  # the reason of the last RunEnded, or ""
    torch_version: str = ""
    seconds: float = 0.0  # spent training
    view: dict[str, object] = field(default_factory=dict)  # what a window wants to find again; JSON values
