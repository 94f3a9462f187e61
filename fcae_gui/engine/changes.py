"""Between a run and its surroundings: what a change is called, and whether a stored state fits."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.network import shapes_of
from fcae_gui.engine.state import RunState


def check_state(state: RunState) -> None:
    """Raise ValueError when the parts of a state contradict each other."""
    shapes = shapes_of(state.config.network)
    if set(shapes) != set(state.weights):
        raise ValueError(f"the weights do not fit the network: {sorted(set(shapes) ^ set(state.weights))[0]}")
    for name, shape in shapes.items():
        if tuple(state.weights[name].shape) != shape:
            raise ValueError(f"{name} must have shape {shape}, got {tuple(state.weights[name].shape)}")
    if len(state.train_losses) != state.step:
        raise ValueError(f"train_losses must hold {state.step} values, got {len(state.train_losses)}")


def fill(targets: dict[str, Tensor], values: dict[str, np.ndarray], what: str) -> None:
    if set(targets) != set(values):
        odd = sorted(set(targets) ^ set(values))[0]
        raise ValueError(f"the {what} of the run does not fit its network: {odd}")
    for name, target in targets.items():
        value = np.asarray(values[name], np.float32)
        if value.shape != tuple(target.shape):
            raise ValueError(f"{name} must have shape {tuple(target.shape)}, got {value.shape}")
        target.copy_(torch.from_numpy(value.copy()))


def describe_change(old: RunConfig, new: RunConfig) -> str:
    """One line: which fields changed, from what to what."""
    parts: list[str] = []
    for a, b in ((old.network, new.network), (old.training, new.training), (old, new)):
        for name in a.__dataclass_fields__:
            before, after = getattr(a, name), getattr(b, name)
            if name == "freeze_encoder" and before != after:
                parts.append("encoder frozen" if after else "encoder freed, moments reset")
            elif name not in ("network", "training", "preset") and before != after:
                parts.append(f"{name.replace('_', ' ')} {_shown(before)} -> {_shown(after)}")
    return ", ".join(parts) or "nothing changed"


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return "-".join(str(part) for part in value) or "none"
    return "open" if value is None else str(value)
